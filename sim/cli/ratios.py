"""The table of scenarios and countries: 2030 over 2022 in three measures that are never mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.comparison.summary import PLACES
from sim.analysis.text.console_tables import ratio_rows, statistic_words
from sim.analysis.text.formatting import country_name
from sim.cli.show import bold, table
from sim.units import REGION

if TYPE_CHECKING:
    from rich.table import Table

    from sim.analysis.comparison.result import Comparison


def ratio_table(result: Comparison) -> Table:
    """A row a scenario, a block a measure; the first row is the bar: the online share of 2022.

    Intervals of the policies are in `summary.csv`: next to the baseline's they would tell nothing.
    """
    places = ["five together" if place == REGION else country_name(place) for place in PLACES]
    made = table(
        f"2030 over 2022: a doubling is 2 ({statistic_words(result)})",
        ["", *places],
        right=places,
        tight=True,
    )
    for measure, rows in ratio_rows(result).items():
        made.add_row(bold(measure))
        for row in rows:
            made.add_row(f"  {row.words}", *row.cells)
    return made
