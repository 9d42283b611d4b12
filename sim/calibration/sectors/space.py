"""What is estimated of one sector: its coordinates and how they become values of the account.

The coordinates are standard normal scores as in `posterior.prior`; shares of countries are
partially pooled there, so Cambodia, Lao PDR and Myanmar, which have no figure, get what Thailand
and Viet Nam say of the common part, and keep the prior of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.calibration.posterior.prior import Dimension, Extra, PriorSpace
from sim.parameters.table import sector_table
from sim.sectors.rule import TRAVEL
from sim.units import COUNTRIES, REGION

Floats = NDArray[np.float64]
DRIFT = Extra(
    "drift_sector", 0.10, 0.42, True,
    "Discrepancy: what the account misses of a sector, per square root of a year, logs.",
)  # fmt: skip
OF_TRAVEL = ("travel_pandemic_loss", "travel_recovery")


class SectorSpace(PriorSpace):
    """The coordinates of one sector, with the size of what the account misses of it."""

    def __init__(self, sector: str) -> None:
        self.module = sector
        self.extras = {DRIFT.name: DRIFT}
        names = [f"{sector}_{part}" for part in ("share", "growth", "income")]
        names += OF_TRAVEL if sector == TRAVEL else ()
        self.dimensions = [
            Dimension(name, place)
            for name in names
            for place in (COUNTRIES if sector_table()[name].by_country else (REGION,))
        ]
        self.dimensions.append(Dimension(DRIFT.name, REGION))
        self._factor = np.linalg.cholesky(self._covariance())

    def value(self, dimension: Dimension, z: Floats) -> Floats:
        """Values of one dimension at scores."""
        if dimension.name in self.extras:
            return self.extras[dimension.name].value(z)
        quantile = sector_table()[dimension.name].quantile
        return np.array([quantile(dimension.country, float(one)) for one in z])

    def account_values(
        self, points: Floats, base: Mapping[str, dict[str, float]]
    ) -> dict[str, Floats]:
        """Values of the account by name (points, countries): those of `base` and of the points."""
        found = {
            name: np.tile([by_country[iso] for iso in COUNTRIES], (len(points), 1))
            for name, by_country in base.items()
        }
        for column, dimension in enumerate(self.dimensions):
            if dimension.name in self.extras:
                continue
            values = self.value(dimension, points[:, column])
            for iso in COUNTRIES if dimension.country == REGION else (dimension.country,):
                found[dimension.name][:, COUNTRIES.index(iso)] = values
        return found

    def estimates(self, point: Floats) -> dict[str, float]:
        """One point as estimates by label, without the observation model."""
        return {
            label: float(value[0])
            for label, value in self.values(point[None]).items()
            if label not in self.extras
        }
