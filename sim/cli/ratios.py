"""The table of scenarios and countries: 2030 over 2022 in three measures that are never mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sim.analysis.words import country_name
from sim.cli.show import table
from sim.target import MEASURES
from sim.units import COUNTRIES, REGION

if TYPE_CHECKING:
    from rich.table import Table

    from sim.analysis.comparison import Comparison

_GROWTH = {"nominal_usd": "growth_nominal", "real_usd": "growth_real"}
_PLACES = (*COUNTRIES, REGION)


def ratio_table(result: Comparison) -> Table:
    """A row a scenario, a block a measure; the first row is the bar: the online share of 2022.

    Intervals of the policies are in `summary.csv`: next to the baseline's they would tell nothing.
    """
    places = ["five together" if place == REGION else country_name(place) for place in _PLACES]
    made = table(
        f"2030 over 2022: a doubling is 2 (in brackets: {result.band} of '{result.baseline}')",
        ["", *places],
        right=places,
        tight=True,
    )
    for measure, words in MEASURES.items():
        made.add_row(f"[bold]{words}[/bold]")
        bar = [_bar(result, measure, place) for place in _PLACES]
        made.add_row("  online share unchanged", *bar)
        for name in result.scenarios:
            only = name != result.baseline
            cells = [_ratio(result.table, name, place, measure, only) for place in _PLACES]
            made.add_row(f"  {name}", *cells)
        years = [_doubled(result.table, result.baseline, place, measure) for place in _PLACES]
        made.add_row(f"  {result.baseline} doubles", *years)
    return made


def _row(frame: pd.DataFrame, scenario: str, country: str, measure: str) -> pd.Series:
    return frame[
        (frame["scenario"] == scenario)
        & (frame["country"] == country)
        & (frame["measure"] == measure)
    ].iloc[0]


def _ratio(frame: pd.DataFrame, scenario: str, country: str, measure: str, only: bool) -> str:
    row = _row(frame, scenario, country, measure)
    if only or row["runs"] < 2:
        return f"{row['ratio']:.2f}"
    return f"{row['ratio']:.2f} ({_brief(row['low'])}-{_brief(row['high'])})"


def _brief(ratio: float) -> str:
    return f"{ratio:.1f}" if ratio >= 9.95 else f"{ratio:.2f}"


def _doubled(frame: pd.DataFrame, scenario: str, country: str, measure: str) -> str:
    year = _row(frame, scenario, country, measure)["year_doubled"]
    return "not by 2030" if pd.isna(year) else f"in {year}"


def _bar(result: Comparison, measure: str, country: str) -> str:
    if measure not in _GROWTH:
        return "1.00"
    row = result.bar[result.bar["country"] == country].iloc[0]
    return f"{row[_GROWTH[measure]]:.2f}"
