"""What the agents say beyond the mean-field model: a regression of the difference.

The mean-field model leaves out fixed neighbours and differences between people who are alike. A
run of the agents shows that with the chance of its own thousands of people, which a country of
millions does not have. So the difference is taken as a linear function of what the mean-field model
says of shoppers and of value, by observable, country and year, fitted to many runs of both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calibration.data.observables import OBSERVABLES, VALUE

Floats = NDArray[np.float64]
_PREDICTORS = (OBSERVABLES.index("adults_buying_online_share"), VALUE)


@dataclass(frozen=True)
class Correction:
    """Coefficients (observables, countries, years, 3): a constant, and slopes on deviations from
    the `centres` of shoppers and of value (2, countries, years)."""

    coefficients: Floats
    centres: Floats

    def applied(self, observables: Floats) -> Floats:
        """Observables of mean-field runs with what agents add, for the first years of the fit."""
        years = observables.shape[3]
        centres = self.centres[..., :years]
        away = observables[:, _PREDICTORS] - centres  # runs, 2, countries, years
        constant, *slopes = np.moveaxis(self.coefficients[:, :, :years], 3, 0)
        added = constant + sum(slope * away[:, None, number] for number, slope in enumerate(slopes))
        return np.asarray(observables + added)


def correction(mean_field: Floats, agents: Floats) -> Correction:
    """The regression of agents less mean field on runs of both at the same points.

    Arrays are (runs, observables, countries, years), of the same years.
    """
    predictors = mean_field[:, _PREDICTORS]
    centres = predictors.mean(axis=0)
    away = np.moveaxis(predictors - centres, 1, 3)  # runs, countries, years, 2
    design = np.concatenate([np.ones((*away.shape[:3], 1)), away], axis=3)
    differences = np.moveaxis(agents - mean_field, 1, 3)  # runs, countries, years, observables
    solved = np.linalg.pinv(np.moveaxis(design, 0, 2)) @ np.moveaxis(differences, 0, 2)
    return Correction(np.transpose(solved, (3, 0, 1, 2)), centres)
