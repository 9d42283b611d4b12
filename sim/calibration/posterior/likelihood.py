"""How well a run agrees with the figures: errors of measurement, and what the model misses.

A series of one indicator and country is the run's value plus a discrepancy plus an error. The
discrepancy is a random walk that starts at the end of 2014 (the start stocks are data): years next
to each other share it, and a forecast drifts away from the run the further it goes. Its size is
estimated and never zero (Kennedy and O'Hagan 2001 in spirit). e-Conomy SEA counted less before
2020: those figures stand below the run by `coverage_step`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.calibration.data.observables import OBSERVABLES, VALUE, on_scale
from sim.units import COUNTRIES

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

START_YEAR = 2014
WIDER_FROM = 2020  # e-Conomy SEA counts more from the figures of this year on
NARROW_EDITION = 2020  # what was published up to then still counted less
DRIFT_OF = ("drift_internet", "drift_accounts", "drift_shoppers", "drift_value")
"""The discrepancy of each observable, in the order of `OBSERVABLES`."""
OFFSET = 0.05  # discrepancy at the start, which keeps the covariance regular
MODULE_OF_OBSERVABLE = ("internet", "accounts", "shoppers", "shoppers")
"""The module in whose likelihood an observable stands; value and shoppers go together."""


@dataclass(frozen=True)
class Known:
    """The figures of one observable and country: `values` on their scale, variances of errors."""

    observable: int
    country: int
    years: NDArray[np.int64]
    values: Floats
    variances: Floats
    narrow: NDArray[np.bool_]  # counted before coverage was widened


def known_series(targets: pd.DataFrame) -> list[Known]:
    """The figures by observable and country; `targets` as `as_known` gives them.

    The weight of a row divides its variance, as it multiplies a normal log likelihood.
    """
    found = []
    for (indicator, iso), rows in targets.groupby(["indicator", "country"], sort=True):
        rows = rows.sort_values("year")
        pairs = zip(rows["value"], rows["scale"], strict=True)
        economy = rows["family"] == "e-conomy"
        narrow = economy & (
            (rows["year"] < WIDER_FROM)
            | ((rows["year"] == WIDER_FROM) & (rows["edition"] <= NARROW_EDITION))
        )
        found.append(
            Known(
                OBSERVABLES.index(indicator),
                COUNTRIES.index(iso),
                rows["year"].to_numpy(np.int64),
                np.array([on_scale(value, scale) for value, scale in pairs]),
                (rows["error"] ** 2 / rows["weight"]).to_numpy(float),
                narrow.to_numpy(bool),
            )
        )
    return found


def walk(one: NDArray[np.int64], other: NDArray[np.int64]) -> Floats:
    """Covariance of a unit random walk from the end of 2014, by pair of years."""
    return np.minimum.outer(one - START_YEAR, other - START_YEAR).astype(float)


def expected(known: Known, observables: Floats, years: range, step: Floats) -> Floats:
    """What runs say of the figures (runs, figures); `step` by run."""
    at = known.years - years.start
    run = observables[:, known.observable, known.country, :][:, at]
    return np.asarray(run - step[:, None] * known.narrow[None])


def log_likelihood(
    known: list[Known], observables: Floats, years: range, numbers: Mapping[str, Floats]
) -> Floats:
    """Log likelihood by run; `numbers` are the observation model's, by name and run.

    Observables are on the scale of the targets, (runs, observables, countries, years).
    """
    total = np.zeros(len(observables))
    none = np.zeros(len(observables))
    for series in known:
        step = numbers.get("coverage_step", none) if series.observable == VALUE else none
        missed = series.values[None] - expected(series, observables, years, step)
        drift = numbers[DRIFT_OF[series.observable]]
        covariance = (
            drift[:, None, None] ** 2 * walk(series.years, series.years)[None]
            + OFFSET**2
            + np.diag(series.variances)[None]
        )
        factor = np.linalg.cholesky(covariance)
        scaled = np.linalg.solve(factor, missed[:, :, None])[:, :, 0]
        diagonal = np.log(np.diagonal(factor, axis1=1, axis2=2))
        total += -0.5 * (scaled * scaled).sum(axis=1) - diagonal.sum(axis=1)
    return total


def discrepancy(
    series: Known | None,
    observable: int,
    observables: Floats,
    country: int,
    years: range,
    numbers: Mapping[str, Floats],
    rng: np.random.Generator,
) -> Floats:
    """Draws of what the runs miss in every year (runs, years), given the figures that are known.

    The figures tie the random walk down where they are; beyond the last it walks on.
    """
    runs = len(observables)
    at = np.arange(years.start, years.stop)
    drift = numbers[DRIFT_OF[observable]]
    prior = walk(at, at)[None] * drift[:, None, None] ** 2 + OFFSET**2
    noise = rng.standard_normal((runs, len(at), 1))
    if series is None:
        return _drawn(np.zeros((runs, len(at))), prior, noise)
    none = np.zeros(runs)
    step = numbers.get("coverage_step", none) if observable == VALUE else none
    missed = series.values[None] - expected(series, observables, years, step)
    cross = walk(at, series.years)[None] * drift[:, None, None] ** 2 + OFFSET**2
    inner = (
        walk(series.years, series.years)[None] * drift[:, None, None] ** 2
        + OFFSET**2
        + np.diag(series.variances)[None]
    )
    gain = np.linalg.solve(inner, np.swapaxes(cross, 1, 2))
    mean = (np.swapaxes(gain, 1, 2) @ missed[:, :, None])[:, :, 0]
    return _drawn(mean, prior - cross @ gain, noise)


def _drawn(mean: Floats, covariance: Floats, noise: Floats) -> Floats:
    regular = covariance + 1e-10 * np.eye(covariance.shape[1])[None]
    return np.asarray(mean + (np.linalg.cholesky(regular) @ noise)[:, :, 0])
