"""Forecasts that are hard to beat, from what was known at an origin and nothing else.

Each is a sample for years after the last known figure, normal on the scale of the indicator (logs
of money, logits of shares). A method that has too few figures gives None and makes none up
(`why_not` says which). The spread is that of the method's own errors on the known figures, a year
ahead, and grows with the horizon; it is never taken below `FLOOR`, since with few figures a
method can fit them by chance, and since outcomes are measured with an error of that size.

Spreads about the last figure hold the growth that these methods do not expect, so that their
bands are wide for a growing series; medians are compared by MASE, whatever the spread.

Realised nominal consumption is given to the one method that can use it, as the model gets it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri

from sim.calibration.data.targets import Vintage, series_known
from sim.calibration.forecast.curves import bass, fit_bass, fit_damped, fit_gompertz, gompertz
from sim.data.country import Country
from sim.data.load import load_tables
from sim.data.schema import YEARS

if TYPE_CHECKING:
    import pandas as pd

FLOOR = 0.10
"""Least standard deviation a year ahead, in logs or logits: 0.10 is 2.5 points of a half."""
SAMPLE = 999
MONEY = "ecommerce_value_nominal_usd"

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class KnownFigures:
    """What a benchmark is told: a series up to an origin, on its scale, and consumption."""

    indicator: str
    country: str
    origin: int
    years: tuple[int, ...]
    values: tuple[float, ...]
    """Logs of US$, or logits of shares."""
    consumption: Mapping[int, float] = field(default_factory=dict)
    """Realised household consumption by year, nominal US$; also of the years to be forecast."""

    def ahead(self, years: Sequence[int]) -> Floats:
        """Years from the last known figure to each of `years`, at least one."""
        steps = np.asarray(years, dtype=float) - self.years[-1]
        if (steps < 1).any():
            raise ValueError(f"{list(years)} are not all after {self.years[-1]}")
        return steps


class Normal(NamedTuple):
    """Mean and standard deviation for each year, on the scale of the indicator."""

    mean: Floats
    sd: Floats


class Benchmark(NamedTuple):
    """A method: what it is, the figures that it needs, and its forecast."""

    words: str
    needs: int
    forecast: Callable[[KnownFigures, Sequence[int]], Normal | None]


def known_at(
    targets: pd.DataFrame,
    origin: int,
    indicator: str,
    country: str,
    consumption: Mapping[int, float] | None = None,
    vintage: Vintage = "published",
) -> KnownFigures:
    """What was known at `origin` of an indicator of a country (`targets.series_known`)."""
    years, values = series_known(targets, origin, indicator, country, vintage)
    on_scale = np.log(values) if indicator == MONEY else logit(values)
    return KnownFigures(
        indicator, country, origin, tuple(years), tuple(on_scale.tolist()), consumption or {}
    )


def nominal_consumption(country: Country) -> dict[int, float]:
    """Household consumption of a country by year, nominal US$: income, prices, exchange rates."""
    path = country.consumption_per_head * country.population * country.nominal_per_real
    return dict(zip(YEARS, path.tolist(), strict=True))


def why_not(name: str, known: KnownFigures) -> str:
    """Why a benchmark makes no forecast from `known`; empty if it makes one."""
    benchmark = BENCHMARKS[name]
    if len(known.values) < benchmark.needs:
        return f"{benchmark.needs} figures needed, {len(known.values)} known in {known.origin}"
    if known.indicator != MONEY and name in ("constant_share", "published"):
        return "for the value of e-commerce only"
    if name == "constant_share" and not set(known.years) <= set(known.consumption):
        return "consumption is not given for all known years"
    if name == "published" and not _own_report(known):
        return f"no published forecast of the report of {known.origin}, or no earlier one"
    return ""


def predict(
    name: str, known: KnownFigures, years: Sequence[int], sample: int = SAMPLE
) -> Floats | None:
    """Forecast of a benchmark: `sample` values for each of `years`, in US$ or shares, or None.

    Shape (sample, years). Row i has the same quantile in every year: the middles of equal steps of
    probability, so that no seed is needed and scores carry no noise of drawing.
    """
    if why_not(name, known):
        return None
    found = BENCHMARKS[name].forecast(known, years)
    if found is None:
        return None
    z = ndtri((np.arange(sample) + 0.5) / sample)
    values = found.mean + np.outer(z, found.sd)
    return np.exp(values) if known.indicator == MONEY else expit(values)


def _changes(known: KnownFigures) -> tuple[Floats, Floats]:
    """Changes from figure to figure, and the years between them."""
    return np.diff(known.values), np.diff(np.asarray(known.years, dtype=float))


def _spread(errors: Floats, freedom: int) -> float:
    """Standard deviation of errors a year ahead, at least `FLOOR`."""
    return max(float(np.sqrt(errors @ errors / freedom)), FLOOR)


def _last_value(known: KnownFigures, years: Sequence[int]) -> Normal:
    """Random walk: errors are the changes over the root of the years between; grows by the root."""
    change, gap = _changes(known)
    sd = _spread(change / np.sqrt(gap), len(change))
    steps = known.ahead(years)
    return Normal(np.full(len(steps), known.values[-1]), sd * np.sqrt(steps))


def _drift(known: KnownFigures, years: Sequence[int]) -> Normal:
    """Random walk with the mean change a year; h years on, h + h^2/n variances (n years known)."""
    change, gap = _changes(known)
    span = float(gap.sum())
    slope = float(change.sum()) / span
    sd = _spread((change - slope * gap) / np.sqrt(gap), len(change) - 1)
    steps = known.ahead(years)
    return Normal(known.values[-1] + slope * steps, sd * np.sqrt(steps + steps * steps / span))


def _exponential(known: KnownFigures, years: Sequence[int]) -> Normal:
    """Straight line through the logs (logits): constant growth, with the error of prediction."""
    x, y = np.asarray(known.years, dtype=float), np.asarray(known.values)
    centred = x - x.mean()
    squares = float(centred @ centred)
    slope = float(centred @ y) / squares
    sd = _spread(y - y.mean() - slope * centred, len(y) - 2)
    away = known.ahead(years) + known.years[-1] - x.mean()
    return Normal(y.mean() + slope * away, sd * np.sqrt(1 + 1 / len(y) + away * away / squares))


def _growth_curve(known: KnownFigures, years: Sequence[int]) -> Normal:
    """Bass for shares, Gompertz for money; errors of the fit, growing by the root of the years."""
    t = np.asarray(known.years) - known.years[0]
    steps = known.ahead(years)
    later = steps + known.years[-1] - known.years[0]
    if known.indicator == MONEY:
        curve = fit_gompertz(t, known.values)
        mean = gompertz(later, *curve.parameters)
    else:
        curve = fit_bass(t, known.values)
        mean = logit(np.clip(bass(later, *curve.parameters), 1e-6, 1 - 1e-6))
    return Normal(mean, max(curve.sd, FLOOR) * np.sqrt(steps))


def _damped_trend(known: KnownFigures, years: Sequence[int]) -> Normal:
    """Exponential smoothing with a damped trend; variance as its recursion has it."""
    fitted = fit_damped(known.years, known.values)
    steps = known.ahead(years).astype(int).tolist()
    sd = max(fitted.sd, FLOOR)
    growth = np.array([fitted.growth_of_variance(step) for step in steps])
    return Normal(np.array([fitted.mean(step) for step in steps]), sd * np.sqrt(growth))


def _constant_share(known: KnownFigures, years: Sequence[int]) -> Normal:
    """Value grows as nominal consumption grew; errors are changes of the log share."""
    path = {year: float(np.log(value)) for year, value in known.consumption.items()}
    change, gap = _changes(known)
    share = change - np.diff([path[year] for year in known.years])
    sd = _spread(share / np.sqrt(gap), len(change))
    steps = known.ahead(years)
    grown = np.array([path[year] for year in years]) - path[known.years[-1]]
    return Normal(known.values[-1] + grown, sd * np.sqrt(steps))


def _own_report(known: KnownFigures) -> dict[int, dict[int, float]]:
    """Forecasts of the value in logs, edition -> year -> mean over sources, up to the origin.

    Empty unless the report of the origin's year is among them and an earlier one. Figures from
    memory are never used, and an old report is not passed off as the newest.
    """
    found: dict[int, dict[int, list[float]]] = {}
    for row in load_tables().rows:
        if (row.indicator, row.country, row.kind) != (
            "ecom_gmv_e_conomy",
            known.country,
            "forecast",
        ):
            continue
        if row.source_id != "recall" and row.edition <= known.origin:
            years = found.setdefault(row.edition, {})
            years.setdefault(row.year, []).append(float(np.log(row.value)))
    if known.origin not in found or len(found) < 2:
        return {}
    return {
        edition: {year: float(np.mean(logs)) for year, logs in sorted(found[edition].items())}
        for edition in sorted(found)
    }


def _published(known: KnownFigures, years: Sequence[int]) -> Normal | None:
    """Constant growth from the last known value to what e-Conomy SEA of the origin's year said.

    It gave no error: taken is how it moved its forecast of the same year from report to report.
    """
    reports = _own_report(known)
    own = reports[known.origin]
    steps = known.ahead(years)
    if max(years) > max(own):
        return None
    mean = np.interp(
        np.asarray(years, dtype=float),
        [known.years[-1], *own],
        [known.values[-1], *own.values()],
    )
    moves = [
        (reports[later][year] - reports[earlier][year]) / np.sqrt(later - earlier)
        for earlier, later in pairwise(reports)
        for year in reports[later]
        if year in reports[earlier]
    ]
    sd = _spread(np.array(moves), len(moves)) if moves else FLOOR
    return Normal(mean, sd * np.sqrt(steps))


BENCHMARKS: dict[str, Benchmark] = {
    "last_value": Benchmark("the last known figure", 2, _last_value),
    "drift": Benchmark("the last known figure and the mean change", 3, _drift),
    "exponential": Benchmark("constant growth (of shares: of their odds)", 3, _exponential),
    "growth_curve": Benchmark("Bass curve of shares, Gompertz curve of money", 5, _growth_curve),
    "damped_trend": Benchmark("exponential smoothing with a damped trend", 5, _damped_trend),
    "constant_share": Benchmark("constant share of nominal consumption", 2, _constant_share),
    "published": Benchmark("the forecast of e-Conomy SEA of that year", 1, _published),
}
