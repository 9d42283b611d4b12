"""A back-of-the-envelope check of a trade effect: what theory alone predicts of a change in trade.

Whatever lets neighbours in more cheaply lowers the share of purchases that stays at home; with
productivity spread as a Pareto distribution, that fall alone tells by how much prices fall
(Arkolakis, Costinot and Rodriguez-Clare 2012): d ln P = (1/theta) d ln lambda_home. Cheaper online
goods draw spending from the market to the screen, and more spending brings in more varieties, which
is the loop:

    d ln E = -(eta - 1) (1 - s) / (1 - G) * (1/theta) * d ln lambda_home
    G      =  (eta - 1) (1 - s) (1/(sigma - 1) - 1/theta)

It knows nothing of budgets, agents, adoption or time; what the agents add is the gap between both.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def loop_gain(eta: Floats, share: Floats, sigma: Floats, theta: Floats) -> Floats:
    """Spending, varieties and prices that feed on each other; below 1 they come to rest.

    `eta` is the elasticity between online and offline, `share` the online share of consumption,
    `sigma` the elasticity between varieties, `theta` the shape of the productivity distribution.
    """
    return np.asarray((eta - 1.0) * (1.0 - share) * (1.0 / (sigma - 1.0) - 1.0 / theta))


def expected_change(
    home_share_change: Floats, eta: Floats, share: Floats, sigma: Floats, theta: Floats
) -> Floats:
    """Expected change in the log of online spending, given d ln lambda_home."""
    gain = loop_gain(eta, share, sigma, theta)
    direct = (eta - 1.0) * (1.0 - share) / theta
    return np.asarray(-direct / (1.0 - gain) * home_share_change)
