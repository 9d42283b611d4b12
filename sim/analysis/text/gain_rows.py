"""The tables of who gains as text, for console, report and dashboard."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import pandas as pd

from sim.analysis.comparison.contrasts import ASSUMPTIONS
from sim.analysis.text.console_tables import ConsoleRow
from sim.analysis.text.formatting import short, with_interval
from sim.analysis.text.who_gains import BUYERS, PURCHASES, SALES, GainTables
from sim.gains.rule import JOBS, MEASURES
from sim.rows import rows_where
from sim.units import REGION

Row = Mapping[Hashable, Any]
HEADINGS = {
    PURCHASES: "Online purchases, US$",
    BUYERS: "Online buyers",
    SALES: "Online sales of small firms, US$",
}
GROUP_WORDS = {
    "q1": "poorest fifth",
    "q2": "second fifth",
    "q3": "middle fifth",
    "q4": "fourth fifth",
    "q5": "richest fifth",
    "urban": "towns",
    "rural": "countryside",
    "women": "women",
    "men": "men",
    "micro": "micro firms",
    "small": "small firms",
    "medium": "medium firms",
}
RANGE_HEADINGS = {True: "Jobs, 2030", False: "US$, 2026-2030"}
RANGE_WORDS = {
    "offline_sales_displaced_usd": "offline sales replaced",
    "jobs_online_sellers": "at online sellers",
    "jobs_offline_shops": "lost in offline shops",
    "jobs_net": "net",
    "tax_collected_usd": "tax collected online",
    "tax_lost_home_usd": "tax lost, sellers at home pay less",
    "tax_lost_imports_usd": "tax lost, untaxed imports",
    "tax_net_usd": "tax, net of replaced shops",
}
GROUP_TITLE = (
    "Who gains in 2030: change (low, high), the group's share of the whole change, and in brackets "
    "its share of the level without the policy; ?: not known"
)
RANGE_TITLE = "Ranges over coefficients and runs: jobs, tax and offline sales (no best estimate)"


def gain_columns(tables: GainTables) -> list[str]:
    """The policies, one a column."""
    found = tables.ranges[tables.ranges["effect_of"] != ASSUMPTIONS]
    return [str(name) for name in dict.fromkeys(found["scenario"])]


def gain_group_rows(tables: GainTables, country: str = REGION) -> dict[str, list[ConsoleRow]]:
    """A block for each thing that is shared out, a row for each group.

    Groups of firms by area and owner's sex are in the table that is written.
    """
    known = _known(tables.groups, country)
    rows: dict[str, list[ConsoleRow]] = {}
    for indicator, title in HEADINGS.items():
        mine = rows_where(known, indicator=indicator)
        mine = rows_where(mine, split="size") if indicator == SALES else mine
        rows[title] = [
            ConsoleRow(GROUP_WORDS[str(group)], _cells(own, gain_columns(tables), _group_cell))
            for group, own in mine.groupby("group", sort=False)
        ]
    return {title: found for title, found in rows.items() if found}


def gain_range_rows(tables: GainTables, country: str = REGION) -> dict[str, list[ConsoleRow]]:
    """Jobs of 2030, then money of 2026-2030: a row for each measure."""
    known = _known(tables.ranges, country)
    rows: dict[str, list[ConsoleRow]] = {}
    for measure in MEASURES:
        jobs = measure in JOBS
        mine = rows_where(known, measure=measure)
        mine = mine[mine["period"].str.contains("-") != jobs]
        cells = _cells(mine, gain_columns(tables), _range_cell)
        rows.setdefault(RANGE_HEADINGS[jobs], []).append(ConsoleRow(RANGE_WORDS[measure], cells))
    return rows


def _known(table: pd.DataFrame, country: str) -> pd.DataFrame:
    mine = rows_where(table, country=country)
    return mine[mine["effect_of"] != ASSUMPTIONS]


def _cells(own: pd.DataFrame, names: list[str], cell: Callable[[Row], str]) -> tuple[str, ...]:
    found = {str(row["scenario"]): row for row in own.to_dict("records")}
    return tuple(cell(found[name]) if name in found else "" for name in names)


def _group_cell(row: Row) -> str:
    change = with_interval(row["effect"], row["low"], row["high"])
    return f"{change}; {_percent(row['share_of_effect'])} ({_percent(row['share_before'])})"


def _range_cell(row: Row) -> str:
    ends = [short(row[name]) for name in ("low", "high")]
    return f"{ends[0]} to {ends[1]}" if ends[0] != ends[1] else ends[0]


def _percent(share: float) -> str:
    return "?" if math.isnan(share) else f"{100.0 * share:.0f} %"
