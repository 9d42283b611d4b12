"""What is estimated: dimensions, their priors, and how they become parameters.

A dimension is a parameter of one country or of all. Its coordinate is a standard normal score of
the parameter's prior (`Parameter.quantile`), so a prior is a normal density whatever the unit.
Countries are partially pooled: two countries' scores of one parameter correlate by one half, as in
draws of the prior.

Parameters whose central values were set by looking at the very figures that they are now fitted to
get a prior twice as wide here: otherwise the figures would count twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.parameters.table import parameter_table
from sim.parameters.trust import SOLVED_FROM, trust_sensitivity
from sim.parameters.values import SHARED_WEIGHT
from sim.units import COUNTRIES, REGION

Floats = NDArray[np.float64]

MODULES: dict[str, tuple[str, ...]] = {
    "internet": ("connection_hazard", "affordability_slope"),
    "accounts": ("account_hazard", "account_peer_effect", "account_income_slope"),
    "shoppers": (
        "adoption_shift",
        "start_shopper_share",
        "spending_level",
        "covid_spending",
        "innovation",
        "imitation",
        "shopper_lapse",
        "adoption_income_slope",
        "habit_time",
        "covid_adoption",
    ),
}
"""Parameters by module, in the order in which the modules are estimated."""

_SET_FROM_DATA = (
    "connection_hazard",
    "account_hazard",
    "adoption_shift",
    "start_shopper_share",
    "spending_level",
)
WIDENED = dict.fromkeys(_SET_FROM_DATA, 2.0)
_GRID = np.linspace(-4.0, 4.0, 33)  # scores at which the sensitivity to trust is solved


@dataclass(frozen=True)
class Extra:
    """A number of the observation model: its prior is normal, of its logarithm if `log`."""

    name: str
    centre: float
    spread: float
    log: bool
    meaning: str

    def value(self, z: Floats) -> Floats:
        """The number at standard normal scores."""
        if self.log:
            return np.asarray(self.centre * np.exp(self.spread * z))
        return np.asarray(self.centre + self.spread * z)


_PER_YEAR = "Discrepancy: standard deviation of what the model misses, per square root of a year"
EXTRAS: dict[str, tuple[Extra, ...]] = {
    "internet": (Extra("drift_internet", 0.10, 0.42, True, f"{_PER_YEAR}, log odds."),),
    "accounts": (Extra("drift_accounts", 0.10, 0.42, True, f"{_PER_YEAR}, log odds."),),
    "shoppers": (
        Extra("drift_shoppers", 0.10, 0.42, True, f"{_PER_YEAR}, log odds."),
        Extra("drift_value", 0.10, 0.42, True, f"{_PER_YEAR}, logs."),
        Extra(
            "coverage_step", 0.25, 0.152, False,
            "How much more e-Conomy SEA counts from 2020 on than before, logs.",
        ),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Dimension:
    """One coordinate: a parameter of one country or of all (`GMS5`), or an observation's number."""

    name: str
    country: str
    widened: float = 1.0

    @property
    def label(self) -> str:
        """`"THA.spending_level"`, `"imitation"`."""
        return self.name if self.country == REGION else f"{self.country}.{self.name}"


class PriorSpace:
    """The coordinates of one module, and the parameters that they stand for.

    `without` names parameters that are not estimated (their values come from elsewhere). Points
    are arrays (points, dimensions) of scores.
    """

    def __init__(self, module: str, without: Sequence[str] = ()) -> None:
        self.module = module
        self.extras = {extra.name: extra for extra in EXTRAS[module]}
        self.dimensions: list[Dimension] = []
        for name in MODULES[module]:
            if name in without:
                continue
            places = COUNTRIES if parameter_table()[name].by_country else (REGION,)
            self.dimensions += [Dimension(name, iso, WIDENED.get(name, 1.0)) for iso in places]
        self.dimensions += [Dimension(name, REGION) for name in self.extras]
        self._factor = np.linalg.cholesky(self._covariance())

    def __len__(self) -> int:
        return len(self.dimensions)

    def _covariance(self) -> Floats:
        """Prior covariance of the scores."""
        common = SHARED_WEIGHT * SHARED_WEIGHT
        count = len(self.dimensions)
        table = np.zeros((count, count))
        for i, one in enumerate(self.dimensions):
            for j, other in enumerate(self.dimensions):
                if one.name == other.name:
                    share = 1.0 if i == j else common
                    table[i, j] = share * one.widened * other.widened
        return table

    def log_prior(self, points: Floats) -> Floats:
        """Log density of the prior, without its constant."""
        scaled = np.linalg.solve(self._factor, points.T)
        return np.asarray(-0.5 * (scaled * scaled).sum(axis=0))

    def prior(self, count: int, rng: np.random.Generator) -> Floats:
        """Points drawn from the prior."""
        return np.asarray(rng.standard_normal((count, len(self))) @ self._factor.T)

    def value(self, dimension: Dimension, z: Floats) -> Floats:
        """Values of one dimension at scores."""
        if dimension.name in self.extras:
            return self.extras[dimension.name].value(z)
        quantile = parameter_table()[dimension.name].quantile
        return np.array([quantile(dimension.country, float(one)) for one in z])

    def values(self, points: Floats) -> dict[str, Floats]:
        """Values by label of the dimension."""
        return {
            dimension.label: self.value(dimension, points[:, column])
            for column, dimension in enumerate(self.dimensions)
        }

    def extra(self, name: str, points: Floats) -> Floats:
        """Values of a number of the observation model."""
        column = next(i for i, one in enumerate(self.dimensions) if one.name == name)
        return self.extras[name].value(points[:, column])

    def rows(
        self,
        points: Floats,
        base: NDArray[np.void],
        sensitivity: Sensitivity,
        worlds: NDArray[np.int64],
    ) -> NDArray[np.void]:
        """Parameters by point and country: those of `base`, with what the points say.

        `base` by point and country, `worlds` the position of each point's world.
        """
        rows = base.copy()
        for column, dimension in enumerate(self.dimensions):
            if dimension.name in self.extras:
                continue
            values = self.value(dimension, points[:, column])
            places = COUNTRIES if dimension.country == REGION else (dimension.country,)
            for iso in places:
                rows[dimension.name][:, COUNTRIES.index(iso)] = values
        if any(dimension.name == "shopper_lapse" for dimension in self.dimensions):
            sensitivity.fill(rows, worlds)
        return rows


class Sensitivity:
    """The sensitivity to trust as a function of the hazard of giving up, by world and country.

    `base` are the parameters of the worlds (worlds, countries).
    """

    def __init__(self, base: NDArray[np.void]) -> None:
        quantile = parameter_table()["shopper_lapse"].quantile
        lapse = np.unique([quantile(COUNTRIES[0], float(z)) for z in _GRID])
        names = [name for name in SOLVED_FROM if name != "shopper_lapse"]
        self._log_lapse = np.log(lapse)
        self._solved = np.array(
            [
                [_solved({name: float(row[name]) for name in names}, lapse) for row in world]
                for world in base
            ]
        )

    def fill(self, rows: NDArray[np.void], worlds: NDArray[np.int64]) -> None:
        """Writes `trust_sensitivity` by linear interpolation in the log of the hazard."""
        grid = self._log_lapse
        lapse = np.clip(np.log(rows["shopper_lapse"]), grid[0], grid[-1])
        right = np.clip(np.searchsorted(grid, lapse), 1, len(grid) - 1)
        share = (lapse - grid[right - 1]) / (grid[right] - grid[right - 1])
        at = worlds[:, None], np.arange(rows.shape[1])[None]
        left, after = self._solved[(*at, right - 1)], self._solved[(*at, right)]
        rows["trust_sensitivity"] = left + share * (after - left)


def _solved(values: Mapping[str, float], lapse: Floats) -> list[float]:
    return [trust_sensitivity({**values, "shopper_lapse": x}) for x in lapse.tolist()]


def overrides(
    spaces: Mapping[str, PriorSpace], points: Mapping[str, Floats], number: int
) -> dict[str, float]:
    """Point `number` of every module as overrides of a `ParameterSet`, without observation."""
    found: dict[str, float] = {}
    for module, space in spaces.items():
        one = points[module][number : number + 1]
        for column, dimension in enumerate(space.dimensions):
            if dimension.name not in space.extras:
                found[dimension.label] = float(space.value(dimension, one[:, column])[0])
    return found
