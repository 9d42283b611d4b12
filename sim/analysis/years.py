"""Quarterly series of all runs as one table of years: a year is the sum of its flows, or its Q4."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from sim.indicators import INDICATORS
from sim.units import QUARTERS_PER_YEAR

KEYS = ["scenario", "country", "indicator", "group", "seed", "draw"]


def yearly(series: pd.DataFrame, draw: int) -> pd.DataFrame:
    """Years of one run: rows keyed by scenario, country, indicator, group, seed and draw.

    Years that are not complete are left out. The ratio of a year is the ratio of its parts, where
    the parts are there; else it is the one of the last quarter.
    """
    quarters = list(dict.fromkeys(series["quarter"].astype(str)))
    wide = series.pivot(
        index=["scenario", "country", "indicator", "group", "seed"],
        columns="quarter",
        values="value",
    )
    wide.columns = wide.columns.astype(str)
    wide.index = pd.MultiIndex.from_frame(
        wide.index.to_frame(index=False).astype(dict.fromkeys(KEYS[:4], str)).assign(draw=draw)
    )
    flow = wide.index.get_level_values("indicator").map(_is_flow).to_numpy(dtype=bool)
    years: dict[int, pd.Series] = {}
    for year in range(int(quarters[0][:4]), int(quarters[-1][:4]) + 1):
        names = [f"{year}Q{k + 1}" for k in range(QUARTERS_PER_YEAR)]
        if all(name in wide.columns for name in names):
            total = wide[names].sum(axis=1, skipna=False)
            years[year] = total.where(flow, wide[names[-1]])
    return _with_ratios(pd.DataFrame(years)).sort_index()


def _is_flow(indicator: str) -> bool:
    known = INDICATORS.get(indicator)
    return known is not None and known.kind == "flow"


def _with_ratios(table: pd.DataFrame) -> pd.DataFrame:
    names = table.index.get_level_values("indicator")
    present = set(names)
    for share in [n for n in INDICATORS if n in present]:
        parts = INDICATORS[share].of
        if parts is None or not present.issuperset(parts):
            continue
        top, bottom = (table[names == part].droplevel("indicator") for part in parts)
        ratio = (top / bottom.where(bottom > 0)).fillna(0.0)
        mine = table[names == share].droplevel("indicator").index
        table.loc[names == share] = ratio.reindex(mine).to_numpy()
    return table


def panel(all_series: Iterable[pd.DataFrame], runs: pd.DataFrame) -> pd.DataFrame:
    """The years of all finished runs (rows as in `yearly`, one column a year)."""
    draws = dict(zip(runs["scenario"] + " " + runs["run"], runs["draw"], strict=True))
    tables = []
    for series in all_series:
        if series.empty:
            continue
        name = f"{series['scenario'].iloc[0]} {series['run'].iloc[0]}"
        tables.append(yearly(series, int(draws[name])))
    if not tables:
        return pd.DataFrame(index=pd.MultiIndex.from_arrays([[]] * len(KEYS), names=KEYS))
    return pd.concat(tables).sort_index()


def select(
    table: pd.DataFrame, scenario: str, country: str, indicator: str, group: str = "all"
) -> pd.DataFrame:
    """Rows of one scenario, place, indicator and group, indexed by seed and draw."""
    try:
        chosen = table.xs((scenario, country, indicator, group), level=[0, 1, 2, 3])
    except KeyError:
        chosen = table.iloc[:0].droplevel([0, 1, 2, 3])
    return pd.DataFrame(chosen)
