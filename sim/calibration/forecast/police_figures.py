"""Losses to scams that police will know of: what the model says is lost, and the part they see.

The part that police of a country know of (`data.scam_figures.REPORTING`) is the same in all years.
Figures up to the origin say what it is in each draw, given what that draw loses; a later figure is
the loss of its year times that part times an error, and never more than the loss.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.calibration.data.scam_figures import POLICE, REPORTING, ScamFigure
from sim.calibration.posterior.scam_likelihood import ERROR
from sim.units import COUNTRIES

Floats = NDArray[np.float64]
MEASURE = "scam_losses_known_to_police_usd"


def known_to_police(
    log_losses: Floats, years: range, figures: Sequence[ScamFigure], seed: int
) -> dict[str, Floats]:
    """Draws of what police know of, logs of nominal US$ (draws, years), by country with figures.

    `log_losses` are logs of nominal US$ by draw, country and year; `figures` those that are known.
    """
    rng = np.random.default_rng([seed, 700])
    prior = REPORTING[POLICE]
    found = {}
    for country, iso in enumerate(COUNTRIES):
        mine = [
            f for f in figures if f.indicator == POLICE and f.country == iso and f.year in years
        ]
        luck = rng.standard_normal((2, len(log_losses), len(years)))
        if not mine:
            continue
        lost = log_losses[:, country, :]
        seen = np.stack([f.value - lost[:, f.year - years.start] for f in mine])
        precision = 1.0 / prior.spread**2 + len(mine) / ERROR**2
        mean = (prior.mean / prior.spread**2 + seen.sum(axis=0) / ERROR**2) / precision
        share = mean + luck[0, :, 0] / np.sqrt(precision)
        found[iso] = lost + np.minimum(share[:, None] + ERROR * luck[1], 0.0)
    return found
