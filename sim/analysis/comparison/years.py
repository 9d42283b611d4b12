"""Quarterly series of all runs as tables of years: a year is the sum of its flows, or its Q4."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.model.indicators import INDICATORS
from sim.units import QUARTERS_PER_YEAR

KEYS = ["scenario", "country", "indicator", "group", "seed", "draw"]
# A price index is no sum: that of a year is the mean of its quarters, weighted with purchases.
WEIGHTED_BY = {"online_price_index": "gmv_real_usd"}
# What is also kept by quarter, from this year on: gains from lower prices are added up by quarter.
BY_QUARTER = ("gmv_real_usd", "online_price_index")
QUARTERS_FROM = 2026
_PLACES = ["country", "indicator", "group"]

Floats = NDArray[np.float64]


class Panels(NamedTuple):
    """All finished runs: `years` (one column a year) and `quarters` (one a quarter), by `KEYS`."""

    years: pd.DataFrame
    quarters: pd.DataFrame


class _Run(NamedTuple):
    """One run: names (rows by `_PLACES`), quarter labels and values (rows, quarters)."""

    names: list[NDArray[np.object_]]
    quarters: list[str]
    values: Floats


class Matrices:
    """Long tables of runs as matrices; tables with the same rows are laid out once."""

    def __init__(self) -> None:
        self._codes: list[NDArray[np.integer[Any]]] = []
        self._words: list[pd.Index] = []

    def run(self, series: pd.DataFrame) -> _Run:
        """One run, its rows in order of their names."""
        coded = [series[name].astype("category").cat for name in ("quarter", *_PLACES)]
        codes = [one.codes.to_numpy(dtype=np.int64) for one in coded]
        words = [one.categories for one in coded]
        known = len(self._words) == len(words) and all(
            one.equals(other) and np.array_equal(mine, theirs)
            for one, other, mine, theirs in zip(words, self._words, codes, self._codes, strict=True)
        )
        if not known:
            self._codes, self._words = codes, words
            self._lay_out([[str(word) for word in one] for one in words])
        values = np.full(self._shape, np.nan)
        values[self._where] = series["value"].to_numpy(dtype=np.float64)
        return _Run(self._names, self._quarters, values[:, self._kept])

    def values(
        self, series: pd.DataFrame, wanted: Sequence[tuple[str, str, str]], years: Sequence[int]
    ) -> Floats:
        """Values (wanted, years) of country, indicator and group; NaN where they are not there."""
        run = self.run(series)
        row = self._rows
        by_year = _years_of(run, years)
        found = np.full((len(wanted), len(years)), np.nan)
        for at, (country, indicator, group) in enumerate(wanted):
            known = INDICATORS.get(indicator)  # None: of a rule of one's own
            of = (known.of if known else None) or ()
            parts = [row.get((country, name, group)) for name in of]
            whole = row.get((country, indicator, group))
            for column, year in enumerate(years):
                if whole is None or year not in by_year:
                    continue
                if parts and None not in parts:
                    top, bottom = (float(by_year[year][part]) for part in parts)
                    found[at, column] = top / bottom if bottom > 0.0 and top == top else 0.0
                else:
                    found[at, column] = by_year[year][whole]
        return found

    def _lay_out(self, words: list[list[str]]) -> None:
        quarters = sorted(words[0])
        place = {name: at for at, name in enumerate(quarters)}
        columns = np.array([place[name] for name in words[0]])[self._codes[0]]
        key = np.zeros(len(columns), dtype=np.int64)
        for some, codes in zip(words[1:], self._codes[1:], strict=True):
            key = key * len(some) + codes
        rows, inverse = np.unique(key, return_inverse=True)
        self._shape, self._where = (len(rows), len(quarters)), (inverse, columns)
        names: list[NDArray[np.object_]] = []
        for some in reversed(words[1:]):
            names.insert(0, np.array(some, dtype=object)[rows % len(some)])
            rows = rows // len(some)
        self._names = names
        self._rows = {key: at for at, key in enumerate(zip(*names, strict=True))}
        self._kept = np.isin(np.arange(len(quarters)), columns)
        self._quarters = [q for q, keep in zip(quarters, self._kept, strict=True) if keep]


def _years_of(run: _Run, wanted: Sequence[int] | None = None) -> dict[int, Floats]:
    """Values of each complete year, by row; of the `wanted` ones alone if they are given."""
    flow = np.array([_is_flow(name) for name in run.names[1]], dtype=bool)
    weights = _weights(run)
    position = {label: at for at, label in enumerate(run.quarters)}
    years: dict[int, Floats] = {}
    whole = range(int(run.quarters[0][:4]), int(run.quarters[-1][:4]) + 1)
    for year in whole if wanted is None else wanted:
        labels = [f"{year}Q{k + 1}" for k in range(QUARTERS_PER_YEAR)]
        if not all(label in position for label in labels):
            continue
        part = run.values[:, [position[label] for label in labels]]
        values = np.where(flow, part.sum(axis=1), part[:, -1])
        for row, weight in weights.items():
            share = part[weight] / part[weight].sum() if part[weight].sum() > 0 else None
            if share is not None:
                values[row] = float(part[row] @ share)
        years[year] = values
    return years


def _weights(run: _Run) -> dict[int, int]:
    """The row of the weight for each row of an index."""
    countries, indicators, groups = run.names
    index = {key: at for at, key in enumerate(zip(countries, indicators, groups, strict=True))}
    found = {}
    for name, weight in WEIGHTED_BY.items():
        for row in np.flatnonzero(indicators == name):
            other = index.get((countries[row], weight, groups[row]))
            if other is not None:
                found[int(row)] = other
    return found


def _is_flow(indicator: str) -> bool:
    known = INDICATORS.get(indicator)
    return known is not None and known.kind == "flow"


def _table(
    names: list[list[NDArray[np.object_]]],
    runs: list[tuple[str, int, int]],
    columns: list[int] | list[str],
    values: list[Floats],
) -> pd.DataFrame:
    sizes = [len(part[0]) for part in names]
    scenarios, seeds, draws = (np.repeat([run[k] for run in runs], sizes) for k in range(3))
    words = [np.concatenate([part[k] for part in names]) for k in range(len(_PLACES))]
    index = pd.MultiIndex.from_arrays(
        [scenarios.astype(object), *words, seeds.astype(int), draws.astype(int)], names=KEYS
    )
    return pd.DataFrame(np.concatenate(values), index=index, columns=columns).sort_index()


class _Reduced(NamedTuple):
    """What is kept of a run: its years, and the late quarters of the rows of `BY_QUARTER`."""

    key: tuple[str, int, int]
    names: list[NDArray[np.object_]]
    years: dict[int, Floats]
    late_names: list[NDArray[np.object_]]
    late: dict[str, Floats]


def _reduced(key: tuple[str, int, int], run: _Run) -> _Reduced:
    chosen = np.isin(run.names[1].astype(str), BY_QUARTER)
    late = {
        label: run.values[chosen, at]
        for at, label in enumerate(run.quarters)
        if int(label[:4]) >= QUARTERS_FROM
    }
    return _Reduced(key, run.names, _years_of(run), [words[chosen] for words in run.names], late)


def _assembled(runs: list[_Reduced]) -> Panels:
    keys = [run.key for run in runs]
    years = sorted(set().union(*(run.years for run in runs)))
    late = sorted(set().union(*(run.late for run in runs)))
    values = [_columns(run.years, years, len(run.names[0])) for run in runs]
    table = _with_ratios(_table([run.names for run in runs], keys, years, values))
    parts = [_columns(run.late, late, len(run.late_names[0])) for run in runs]
    return Panels(table, _table([run.late_names for run in runs], keys, late, parts))


def _columns(found: Mapping[Any, Floats], wanted: Sequence[Any], rows: int) -> Floats:
    """Columns side by side, NaN where one was not found."""
    table = np.full((rows, len(wanted)), np.nan)
    for at, name in enumerate(wanted):
        if name in found:
            table[:, at] = found[name]
    return table


def yearly(series: pd.DataFrame, draw: int) -> pd.DataFrame:
    """Years of one run: rows keyed by scenario, country, indicator, group, seed and draw.

    Years that are not complete are left out. The ratio of a year is the ratio of its parts, where
    the parts are there; else it is the one of the last quarter.
    """
    key = (str(series["scenario"].iloc[0]), int(series["seed"].iloc[0]), draw)
    return _assembled([_reduced(key, Matrices().run(series))]).years


def _with_ratios(table: pd.DataFrame) -> pd.DataFrame:
    names = table.index.get_level_values("indicator")
    present = set(names)
    for share in [n for n in INDICATORS if n in present]:
        parts = INDICATORS[share].of
        if parts is None or not present.issuperset(parts):
            continue
        top, bottom = (table[names == part].droplevel("indicator") for part in parts)
        mine = table[names == share].droplevel("indicator").index
        ratio = (top / bottom.where(bottom > 0)).fillna(0.0)
        table.loc[names == share] = ratio.reindex(mine).to_numpy()
    return table


def panels(all_series: Iterable[pd.DataFrame], runs: pd.DataFrame) -> Panels:
    """Years of all finished runs (rows as in `yearly`, one column a year), and late quarters."""
    draws = dict(zip(runs["scenario"] + " " + runs["run"], runs["draw"], strict=True))
    found, matrix = [], Matrices()
    for series in all_series:
        if series.empty:
            continue
        scenario = str(series["scenario"].iloc[0])
        draw = int(draws[f"{scenario} {series['run'].iloc[0]}"])
        key = (scenario, int(series["seed"].iloc[0]), draw)
        found.append(_reduced(key, matrix.run(series)))
    if not found:
        empty = pd.DataFrame(index=pd.MultiIndex.from_arrays([[]] * len(KEYS), names=KEYS))
        return Panels(empty, empty)
    return _assembled(found)


def select(
    table: pd.DataFrame, scenario: str, country: str, indicator: str, group: str = "all"
) -> pd.DataFrame:
    """Rows of one scenario, place, indicator and group, indexed by seed and draw."""
    try:
        chosen = pd.DataFrame(
            table.iloc[table.index.get_loc((scenario, country, indicator, group))]
        )
    except KeyError:
        chosen = table.iloc[:0]
    return chosen.droplevel([0, 1, 2, 3])
