"""The account of who gains on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.text.gain_rows import (
    GROUP_TITLE,
    RANGE_TITLE,
    gain_columns,
    gain_group_rows,
    gain_range_rows,
)
from sim.cli.console.tables import bold, table

if TYPE_CHECKING:
    from rich.table import Table

    from sim.analysis.comparison.who_gains import WhoGains
    from sim.analysis.text.console_tables import ConsoleRow


def gain_group_table(result: WhoGains) -> Table:
    """A column a policy: the change of each group, and its share of the whole change."""
    return _table(GROUP_TITLE, gain_columns(result.gains), gain_group_rows(result.gains))


def gain_range_table(result: WhoGains) -> Table:
    """A column a policy: from the lowest to the highest value of jobs, tax and offline sales."""
    return _table(RANGE_TITLE, gain_columns(result.gains), gain_range_rows(result.gains))


def _table(title: str, heads: list[str], groups: dict[str, list[ConsoleRow]]) -> Table:
    made = table(f"{title}; five countries", ["", *heads], right=heads)
    for heading, rows in groups.items():
        made.add_row(bold(heading))
        for row in rows:
            made.add_row(f"  {row.words}", *row.cells)
    return made
