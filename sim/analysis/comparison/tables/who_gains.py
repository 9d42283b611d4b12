"""Tables of the account of who gains: effects by group, and ranges of jobs, tax, offline sales."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.comparison.changes import YEARS, changes_of
from sim.analysis.comparison.contrasts import ASSUMPTIONS, Contrast
from sim.analysis.comparison.pairs import CUMULATIVE_FROM, Pairs, independent, spread
from sim.analysis.comparison.run_parameters import RunParameters
from sim.analysis.comparison.tables.summary import PLACES
from sim.gains.coefficients import coefficients
from sim.gains.rule import JOBS, Bounds, bounds
from sim.model.indicators import INDICATORS
from sim.quantile_bands import interval
from sim.target import TARGET_YEAR, median
from sim.units import COUNTRIES, REGION

Floats = NDArray[np.float64]
SPLITS = {
    "income": ("q1", "q2", "q3", "q4", "q5"),
    "area": ("urban", "rural"),
    "sex": ("women", "men"),
    "size": ("micro", "small", "medium"),
}
"""Groups that are a whole together."""
OF_PEOPLE, OF_FIRMS = ("income", "area", "sex"), ("size", "area", "sex")
OUTCOMES = {
    "shoppers": OF_PEOPLE,
    "gmv_real_usd": OF_PEOPLE,
    "smes_online": OF_FIRMS,
    "seller_revenue_usd": OF_FIRMS,
}
"""What is split, and how: people by income, area and sex; firms by size, area and owner's sex."""
PERIODS = {
    str(TARGET_YEAR): slice(len(YEARS) - 1, None),
    f"{CUMULATIVE_FROM}-{TARGET_YEAR}": slice(None),
}
MONEY = "constant 2022 US$"
FEWEST_AGENTS = 100  # whose change a share of people may rest on
ABOUT = ["scenario", "baseline", "effect_of", "country"]
SHARES = ["share_of_effect", "share_low", "share_high", "share_before"]
GROUP_COLUMNS = [*ABOUT, "indicator", "split", "group", "effect", "low", "high", "unit", *SHARES]
RANGE_COLUMNS = [
    *(*ABOUT, "measure", "period", "low", "central", "high", "runs_low", "runs_high", "unit")
]
COEFFICIENT_COLUMNS = ["coefficient", "unit", "low", "central", "high", "meaning", "source"]
COLUMNS = list(dict.fromkeys([*GROUP_COLUMNS, *RANGE_COLUMNS, *COEFFICIENT_COLUMNS]))
Sided = tuple[Contrast, Pairs]


def sided(
    contrasts: list[Contrast], paired: Mapping[str, Pairs], assumed: Mapping[str, Pairs]
) -> list[Sided]:
    """Every comparison with its pairs."""
    return [
        (one, (assumed if one.effect_of == ASSUMPTIONS else paired)[one.scenario])
        for one in contrasts
    ]


def group_table(sides: list[Sided], scale: int) -> pd.DataFrame:
    """What each comparison changes in 2030 by group, and the group's share of the whole change.

    `share_of_effect` is the sum over pairs of the group's change over that of everybody's, so the
    shares of a split add up to 1; its interval is that of the pairs' own ratios. It is unknown
    where the whole change is zero or has no one sign, and for people also where it is that of fewer
    than `FEWEST_AGENTS` agents over all pairs (`scale` people each). `share_before` is the group's
    share of the level without the policy.
    """
    rows = []
    for contrast, pairs in sides:
        about = (contrast.scenario, contrast.against, contrast.effect_of)
        for country in PLACES:
            for name, splits in OUTCOMES.items():
                for split in splits:
                    for group in SPLITS[split]:
                        if pairs.has(country, name, group) and pairs.has(country, name):
                            found = _of_group(pairs, country, name, group, scale)
                            rows.append((*about, country, name, split, group, *found))
    return pd.DataFrame(rows, columns=GROUP_COLUMNS)


def _of_group(pairs: Pairs, country: str, name: str, group: str, scale: int) -> tuple[object, ...]:
    mine, theirs = pairs.both(country, name, group)
    all_mine, all_theirs = pairs.both(country, name)
    change, whole = mine - theirs, all_mine - all_theirs
    unit = INDICATORS[name].unit
    least = FEWEST_AGENTS * scale if unit == "persons" else 0.0
    share = _share(change, whole, pairs, least)
    return (*spread(change, pairs.draws), unit, *share, _of(theirs, all_theirs))


def _share(change: Floats, whole: Floats, pairs: Pairs, least: float) -> tuple[float, float, float]:
    _, low, high = spread(whole, pairs.draws)
    if not whole.any() or low < 0.0 < high or abs(float(whole.sum())) < least:
        return np.nan, np.nan, np.nan
    moved = whole != 0.0
    ratios = change[moved] / whole[moved]
    several = [run for run, one in zip(pairs.runs, moved, strict=True) if one]
    return _of(change, whole), *interval(ratios, independent(several)[0])


def _of(part: Floats, whole: Floats) -> float:
    total = float(whole.sum())
    return float(part.sum()) / total if total else np.nan


def range_table(sides: list[Sided], settings: RunParameters) -> pd.DataFrame:
    """Lowest, central and highest value of jobs, tax and offline sales, by place and period.

    `low` and `high` are ends over both the coefficients and the runs: the lower end of the band of
    the pairs' lowest values, and the upper end of that of their highest. `runs_low` and `runs_high`
    leave the coefficients at their centre.
    """
    rows = []
    for contrast, pairs in sides:
        about = (contrast.scenario, contrast.against, contrast.effect_of)
        changes = {iso: changes_of(pairs, contrast.mine, settings, iso) for iso in COUNTRIES}
        for period, years in PERIODS.items():
            found = {iso: bounds(one, years) for iso, one in changes.items()}
            found[REGION] = _together(list(found.values()))
            for country in PLACES:
                for measure, one in found[country].items():
                    ends = _ends(one, pairs.draws)
                    unit = _unit(measure, period)
                    rows.append((*about, country, measure, period, *ends, unit))
    return pd.DataFrame(rows, columns=RANGE_COLUMNS)


def _together(countries: list[dict[str, Bounds]]) -> dict[str, Bounds]:
    first, *others = countries
    whole = dict(first)
    for other in others:
        whole = {name: one.plus(other[name]) for name, one in whole.items()}
    return whole


def _ends(one: Bounds, draws: int) -> tuple[float, float, float, float, float]:
    middle = (median(one.central), *interval(one.central, draws))
    low, high = interval(one.low, draws)[0], interval(one.high, draws)[1]
    return low, middle[0], high, middle[1], middle[2]


def _unit(measure: str, period: str) -> str:
    if measure not in JOBS:
        return MONEY
    return "persons" if period == str(TARGET_YEAR) else "person-years"


def coefficient_table() -> pd.DataFrame:
    """The coefficients behind the ranges, with their bounds and sources."""
    rows = [
        (one.name, one.unit, one.low, one.central, one.high, one.meaning, one.source)
        for one in coefficients().values()
    ]
    return pd.DataFrame(rows, columns=COEFFICIENT_COLUMNS)
