"""The table of effects on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.plain_tables import UNSURE, effect_rows
from sim.cli.show import table

if TYPE_CHECKING:
    from rich.table import Table

    from sim.analysis.comparison import Comparison


def effect_table(result: Comparison) -> Table:
    """A column a scenario: the median of paired differences and its interval."""
    names = [name for name in result.scenarios if name != result.baseline]
    several = (
        f"; in brackets: {result.band}, {UNSURE}: they include zero" if result.pairs > 1 else ""
    )
    made = table(
        f"Effects in the five countries together, run by run under the same luck{several}",
        ["", result.baseline, *names],
        right=[result.baseline, *names],
        tight=True,
    )
    for title, rows in effect_rows(result).items():
        made.add_row(f"[bold]{title}[/bold]")
        for row in rows:
            made.add_row(f"  {row.words}", *row.cells)
    return made
