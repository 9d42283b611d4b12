"""How well losses to scams agree with what police, agencies and panels report of them.

A figure is the true loss times the reporting factor of its source times an error. The logarithm of
a factor is normal; half of its variance is common to the countries of a kind of source and half a
country's own, and one country's factor is the same in all years. Factors are integrated out, which
leaves a normal density of the logarithms. True losses below what police knew of are impossible.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.calibration.data.scam_figures import POLICE, REPORTING, ScamFigure
from sim.parameters.values import SHARED_WEIGHT
from sim.units import COUNTRIES

Floats = NDArray[np.float64]
ERROR = 0.3  # standard deviation of a figure about loss times factor, logs


def scam_log_likelihood(figures: Sequence[ScamFigure], losses: Floats, years: range) -> Floats:
    """Log likelihood by run of the figures about `years`.

    `losses` are logs of nominal US$ (runs, countries, years), as `TwinObserver.losses` gives them.
    Minus infinity where a run loses less in a year than police knew of.
    """
    known = [one for one in figures if one.year in years]
    if not known:
        return np.zeros(len(losses))
    values = np.array([one.value for one in known])
    truth = np.stack(
        [losses[:, COUNTRIES.index(one.country), one.year - years.start] for one in known], axis=1
    )
    mean = np.array([REPORTING[one.indicator].mean for one in known])
    missed = values[None] - truth - mean[None]
    factor = np.linalg.cholesky(_covariance(known))
    scaled = np.linalg.solve(factor, missed.T)
    fit = -0.5 * (scaled * scaled).sum(axis=0) - np.log(np.diagonal(factor)).sum()
    police = np.array([one.indicator == POLICE for one in known])
    possible = (truth[:, police] >= values[police][None]).all(axis=1)
    return np.where(possible, fit, -np.inf)


def _covariance(known: Sequence[ScamFigure]) -> Floats:
    """Covariance of figures about the truth: factors of sources and errors."""
    table = np.zeros((len(known), len(known)))
    for i, one in enumerate(known):
        for j, other in enumerate(known):
            if one.indicator == other.indicator:
                common = 1.0 if one.country == other.country else SHARED_WEIGHT * SHARED_WEIGHT
                table[i, j] = common * REPORTING[one.indicator].spread ** 2
    return table + ERROR**2 * np.eye(len(known))
