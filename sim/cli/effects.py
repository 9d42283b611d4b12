"""The table of effects on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.text.console_tables import (
    PRIOR_DRIVEN,
    UNSURE,
    effect_columns,
    effect_rows,
    shows_prior,
)
from sim.cli.show import bold, table

if TYPE_CHECKING:
    from rich.table import Table

    from sim.analysis.comparison.result import Comparison


def effect_table(result: Comparison) -> Table:
    """A column a comparison: median and interval of paired differences; how much is prior."""
    heads = effect_columns(result)
    several = (
        f": median of {result.pairs}, in brackets {result.band}, {UNSURE}: they include zero"
        if result.pairs > 1
        else ""
    )
    groups = effect_rows(result)
    prior = [PRIOR_DRIVEN] if shows_prior(groups) else []
    made = table(
        f"Paired differences (common random numbers), five countries together{several}",
        ["", *heads, *prior],
        right=[*heads, *prior],
        tight=True,
    )
    for title, rows in groups.items():
        made.add_row(bold(title))
        for row in rows:
            made.add_row(f"  {row.words}", *row.cells, *([row.prior] if prior else []))
    return made
