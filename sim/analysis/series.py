"""The series of all runs of a result as one long table, or as a cube of labelled dimensions.

A row is one number: run, scenario, seed, draw, design_point, country, year (a whole number) or
quarter (a period), indicator, group, value, unit. Without other wishes it holds the headline
indicators of everybody by year, which is small; all of them by quarter are 150,000 rows a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.analysis.comparison.pairs import independent
from sim.analysis.comparison.years import yearly as years_of
from sim.errors import InputError, MekongError, known_name
from sim.experiments.run import part_name
from sim.experiments.storage.part_files import DONE
from sim.experiments.storage.store import Store
from sim.model.indicators import ALL_GROUPS, INDICATORS
from sim.quantile_bands import intervals
from sim.rows import rows_where

if TYPE_CHECKING:
    import xarray

ALL = "all"
HEADLINES = (
    *("gmv_nominal_usd", "gmv_real_usd", "consumption_share", "gmv_region_usd"),
    *("shoppers", "adults_buying_online_share", "internet_users_share", "account_share"),
    *("smes_online_share", "sme_exporters", "victims", "scam_losses_usd", "trust"),
)
ABOUT = ["run", "scenario", "seed", "draw", "design_point"]
WORDS = ["country", "indicator", "group", "unit"]


def wanted_indicators(names: Sequence[str] | None, own: Iterable[str] = ()) -> list[str]:
    """Checked names: the headlines for None, everything for "all". Raises InputError."""
    if names is None:
        return list(HEADLINES)
    if list(names) == [ALL]:
        return [*INDICATORS, *own]
    for name in names:
        listed = "`mekong list indicators` lists them"
        known_name(name, [*INDICATORS, *own], "--indicators", "indicator", listed)
    return list(dict.fromkeys(names))


def wanted_groups(names: Sequence[str] | None, every: bool = False) -> list[str]:
    """Checked names: everybody for None, all groups with `every`. Raises InputError."""
    if every:
        return list(ALL_GROUPS)
    for name in names or ():
        known_name(name, ALL_GROUPS, "--groups", "group")
    return list(dict.fromkeys(names or [ALL]))


def long_tables(
    store: Store, runs: pd.DataFrame, indicators: list[str], groups: list[str], yearly: bool
) -> Iterator[pd.DataFrame]:
    """The series of one finished run after another, with what distinguishes runs."""
    # the parts of a ratio are needed to make its years
    needed = [part for name in indicators for part in _parts(name)]
    for run in rows_where(runs, status=DONE).to_dict("records"):
        series = store.one(part_name(run["run"], run["scenario"]), needed, groups)
        if series.empty:
            continue
        frame = _by_year(series) if yearly else series
        frame = frame[frame["indicator"].isin(indicators)]
        time = "year" if yearly else "quarter"
        columns = ["country", time, "indicator", "group", "value", "unit"]
        frame = frame[columns].reset_index(drop=True)
        for at, name in enumerate(ABOUT):
            frame.insert(at, name, run[name])
        yield frame.astype(dict.fromkeys(WORDS, "str"))


def _parts(name: str) -> tuple[str, ...]:
    known = INDICATORS.get(name)  # None: of a rule of one's own
    return (name, *((known.of if known else None) or ()))


def _by_year(series: pd.DataFrame) -> pd.DataFrame:
    units = series[["indicator", "unit"]].astype("str").drop_duplicates()
    table = years_of(series, 0).droplevel(["scenario", "seed", "draw"])
    table.columns.name = "year"
    frame = table.reset_index().melt(["country", "indicator", "group"], value_name="value")
    frame["year"] = frame["year"].astype("int64")
    return frame.dropna(subset="value").merge(units, on="indicator", how="left")


def as_periods(quarters: pd.Series) -> pd.Series:
    """Labels such as 2026Q1 as periods, which have an order, a distance and a year."""
    labels = quarters.astype("category")
    periods = pd.PeriodIndex([str(one) for one in labels.cat.categories], freq="Q")
    return pd.Series(periods.take(labels.cat.codes.to_numpy()), quarters.index, name="quarter")


def long_series(
    store: Store,
    runs: pd.DataFrame,
    indicators: str | Sequence[str] | None = None,
    groups: str | Sequence[str] | None = None,
    *,
    countries: str | Sequence[str] | None = None,
    quarterly: bool = False,
) -> pd.DataFrame:
    """The table of the head of this file. Raises InputError for unknown names."""
    one = wanted_indicators(_listed(indicators))
    several = wanted_groups(_listed(groups), _listed(groups) == ["every"])
    frames = list(long_tables(store, runs, one, several, not quarterly))
    if not frames:
        raise MekongError("the runs of this result hold none of these", where=str(store.folder))
    table = pd.concat(frames, ignore_index=True)
    chosen = _listed(countries)
    if chosen is not None:
        there = list(dict.fromkeys(table["country"]))
        for name in chosen:
            known_name(name, there, "countries", "country")
        table = table[table["country"].isin(chosen)].reset_index(drop=True)
    if quarterly:
        table["quarter"] = as_periods(table["quarter"])
    return table


def _listed(names: str | Sequence[str] | None) -> list[str] | None:
    return [names] if isinstance(names, str) else None if names is None else list(names)


def as_cube(table: pd.DataFrame, attributes: dict[str, Any]) -> xarray.Dataset:
    """A variable an indicator over run, country, time and group; runs have scenario, seed, draw.

    Raises InputError where xarray is not installed.
    """
    try:
        import xarray
    except ImportError as error:
        raise lacking("xarray") from error
    time = "year" if "year" in table.columns else "quarter"
    # a run that stands for two scenarios is there under each
    names = table["run"] + "-" + table["scenario"]
    runs = table.assign(run=names).drop_duplicates("run").set_index("run")[ABOUT[1:]]
    found = {}
    for name, rows in table.assign(run=names).groupby("indicator", sort=False):
        about = INDICATORS.get(str(name))  # None: of a rule of one's own
        pairs = about is not None and about.grouped == "pairs"
        place = "pair" if pairs else "country"
        keys = ["run", "country", time] + ([] if pairs else ["group"])
        cube = rows.set_index(keys)["value"].to_xarray().rename(country=place)
        cube = cube.reindex(run=list(runs.index))
        cube.attrs = {"units": str(rows["unit"].iloc[0])}
        if about is not None:
            cube.attrs |= {"long_name": about.definition, "kind": about.kind}
        found[str(name)] = cube
    whole = xarray.Dataset(found, attrs=attributes)
    return whole.assign_coords({name: ("run", runs[name].to_numpy()) for name in ABOUT[1:]})


def lacking(library: str) -> InputError:
    """What to say where a library of the extra `exchange` is not installed."""
    return InputError(
        f"this needs the library {library}, which is not installed",
        todo="pip install 'mekong-digital-economy[exchange]', or choose another format",
    )


def quantiles(table: pd.DataFrame) -> pd.DataFrame:
    """Low, median and high over the runs of each scenario and design point.

    The ends are those of all tables: 5th and 95th percentile, or the range of few draws
    (`sim.quantile_bands`).
    """
    time = "year" if "year" in table.columns else "quarter"
    keys = ["scenario", "design_point", "country", time, "indicator", "group", "unit"]
    wide = table.set_index([*keys, "seed", "draw"])["value"].unstack(["seed", "draw"], sort=False)
    samples = wide.to_numpy(np.float64)
    ends = intervals(samples, independent_draws(table))
    values = {"low": ends[:, 0], "median": np.nanmedian(samples, axis=1), "high": ends[:, 1]}
    return pd.DataFrame(values, index=wide.index).reset_index()


def independent_draws(table: pd.DataFrame) -> int:
    """How many independent draws the runs of a table are of, or seeds where there is one draw."""
    runs = table[["seed", "draw"]].drop_duplicates()
    return independent(runs.itertuples(index=False, name=None))[0]
