"""The doubling: does an account reach twice its 2022 value by 2030, and when?

The account is e-commerce of the five countries unless another of `sim.accounts` is asked for.

The trajectory is `V(2022) * 2**((year - 2022) / 8)`. It is followed in three measures that are
always named and never mixed: nominal US$, constant 2022 US$, and online spending as a share of
household consumption. V(2022) is always the one of the run itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.quantile_bands import interval, intervals
from sim.units import COUNTRIES

BASE_YEAR = 2022
TARGET_YEAR = 2030
FACTOR = 2.0
POSTERIOR_ORIGIN = 2024  # last year of the outcomes that the shipped posterior was fitted to
INFORMATIVE_UNTIL = 1.5  # a baseline past this ratio when a policy starts says little about it

MEASURES: dict[str, str] = {
    "nominal_usd": "nominal US$",
    "real_usd": "constant 2022 US$",
    "consumption_share": "share of household consumption",
}

Floats = NDArray[np.float64]


def trajectory(base: float, year: float) -> float:
    """The value at `year` on the way from `base` in 2022 to twice `base` in 2030."""
    return float(base * FACTOR ** ((year - BASE_YEAR) / (TARGET_YEAR - BASE_YEAR)))


def yearly_growth(ratio: float) -> float:
    """Compound growth per year (a fraction) that makes a 2030/2022 ratio of `ratio`."""
    if not ratio > 0:
        return math.nan
    return float(ratio ** (1.0 / (TARGET_YEAR - BASE_YEAR)) - 1.0)


def years_late(ratio: float) -> float:
    """Years by which 2030 lags the trajectory, which had this ratio so long ago; < 0 when ahead."""
    if not ratio > 0:
        return math.nan
    return (TARGET_YEAR - BASE_YEAR) * (1.0 - math.log2(ratio))


def first_year_doubled(years: Sequence[int], ratios: Sequence[float]) -> int | None:
    """The first year after 2022 whose ratio to 2022 is at least two, or None."""
    for year, ratio in zip(years, ratios, strict=True):
        if year > BASE_YEAR and ratio >= FACTOR:
            return int(year)
    return None


def median(sample: Floats) -> float:
    """Median of the known values of a sample, nan when there is none."""
    known = sample[~np.isnan(sample)]
    return float(np.median(known)) if known.size else math.nan


def medians(samples: Floats) -> Floats:
    """`median` of each row."""
    if samples.size and not np.isnan(samples).any():
        return np.asarray(np.median(samples, axis=1))
    return np.array([median(row) for row in samples])


def fans(samples: Floats, draws: int | None = None) -> Floats:
    """Low end of the band, `median` and high end of each row, in the shape (rows, 3).

    `draws` is the number of independent draws (see `sim.quantile_bands.interval`).
    """
    ends = intervals(samples, draws)
    return np.stack([ends[:, 0], medians(samples), ends[:, 1]], axis=1)


@dataclass(frozen=True)
class Doubling:
    """One place, one scenario, one measure, over all runs (values in the unit of the measure)."""

    value_2022: float
    value_2030: float
    ratio: float
    low: float
    high: float
    share_doubled: float
    doubled: int
    judged: int
    year_doubled: int | None
    gap_2030: float
    gap_years: float
    cagr: float
    runs: int


def own_ratios(values: Floats, years: Sequence[int]) -> Floats:
    """Each run's path over its own value of 2022; nan where a run has nothing in 2022."""
    base = values[:, list(years).index(BASE_YEAR)]
    safe = np.where(base > 0, base, np.nan)
    return np.asarray(values / safe[:, None], dtype=np.float64)


def doubling(values: Floats, years: Sequence[int], draws: int | None = None) -> Doubling:
    """Judge yearly paths (one row a run, one column a year) against the doubling.

    Values and ratio are medians over runs, `share_doubled` is the share of runs whose own ratio is
    at least two (`doubled` of those `judged`, which have something in 2022), `year_doubled` follows
    the median of the runs' ratios, and `gap_2030` is the median of 2 V(2022) - V(2030): positive
    when short. `draws` is the number of independent draws.
    """
    base = values[:, list(years).index(BASE_YEAR)]
    last = values[:, list(years).index(TARGET_YEAR)]
    ratios = own_ratios(values, years)
    final = ratios[:, list(years).index(TARGET_YEAR)]
    ratio = median(final)
    low, high = interval(final, draws)
    known = final[~np.isnan(final)]
    return Doubling(
        value_2022=median(base),
        value_2030=median(last),
        ratio=ratio,
        low=low,
        high=high,
        share_doubled=float(np.mean(known >= FACTOR)) if known.size else math.nan,
        doubled=int((known >= FACTOR).sum()),
        judged=int(known.size),
        year_doubled=first_year_doubled(years, list(medians(ratios.T))),
        gap_2030=median(FACTOR * base - last),
        gap_years=years_late(ratio),
        cagr=yearly_growth(ratio),
        runs=int(values.shape[0]),
    )


def population_weighted(ratios: Mapping[str, float], people: Mapping[str, float]) -> float:
    """Mean ratio of the five countries with people of 2022 as weights."""
    known = [iso for iso in COUNTRIES if iso in ratios and not math.isnan(ratios[iso])]
    total = sum(people[iso] for iso in known)
    if not total > 0:
        return math.nan
    return sum(ratios[iso] * people[iso] for iso in known) / total


def countries_doubled(ratios: Mapping[str, float]) -> tuple[str, ...]:
    """The countries whose ratio is at least two."""
    return tuple(iso for iso in COUNTRIES if ratios.get(iso, math.nan) >= FACTOR)


def value_weighted(growth: Mapping[str, float], value_2022: Mapping[str, float]) -> float:
    """Growth of the five countries together when every country keeps its online share of 2022."""
    total = sum(value_2022[iso] for iso in COUNTRIES)
    if not total > 0:
        return math.nan
    return sum(growth[iso] * value_2022[iso] for iso in COUNTRIES) / total


def share_must_rise(growth: float) -> float:
    """Times the online share must rise for a doubling, given growth of consumption alone."""
    return FACTOR / growth if growth > 0 else math.nan


def informative(baseline_ratio_at_start: float) -> bool:
    """False when the baseline is already past 1.5 times 2022 as a policy starts."""
    return not baseline_ratio_at_start > INFORMATIVE_UNTIL
