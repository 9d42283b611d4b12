"""The table of effects in plain groups: people, trade, sellers, scams, who gains and who pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from sim.analysis.effects import CUMULATIVE
from sim.analysis.pairs import CUMULATIVE_FROM, distinguishable
from sim.analysis.words import short, with_interval
from sim.cli.show import table
from sim.units import REGION

if TYPE_CHECKING:
    from rich.table import Table

    from sim.analysis.comparison import Comparison

UNSURE = "\u00b0"  # after an effect whose interval includes zero
_HUNDREDTHS = ("share", "index 0 to 1", "2019-21 = 1")


class Line(NamedTuple):
    """One line: its words, the indicator and group of `effects.csv`; `welfare` is of the other."""

    words: str
    name: str
    group: str = "all"
    welfare: bool = False


GROUPS: dict[str, tuple[Line, ...]] = {
    "E-commerce and people in 2030": (
        Line("online purchases, US$", "gmv_real_usd"),
        Line("people online", "connected"),
        Line("people with an account", "account_holders"),
        Line("people who shop online", "shoppers"),
        Line("  in the countryside", "shoppers", "rural"),
        Line("  women", "shoppers", "women"),
        Line("  poorest fifth", "shoppers", "q1"),
    ),
    "Trade in 2030": (
        Line("bought at home, US$", "gmv_home_usd"),
        Line("from neighbours, US$", "gmv_region_usd"),
        Line("from the rest of the world", "gmv_row_usd"),
        Line("price index, points of 100", "online_price_index"),
    ),
    "Sellers in 2030": (
        Line("small firms online", "smes_online"),
        Line("  that sell to neighbours", "sme_exporters"),
        Line("sales of micro firms, US$", "seller_revenue_usd", "micro"),
        Line("  of small firms", "seller_revenue_usd", "small"),
        Line("  of medium firms", "seller_revenue_usd", "medium"),
        Line("  of firms of women", "seller_revenue_usd", "women"),
        Line("  of rural firms", "seller_revenue_usd", "rural"),
        Line("profit from these sales", "seller_profit_usd"),
    ),
    "Scams": (
        Line("victims in 2030", "victims"),
        Line("losses 2026-30, US$", "scam_losses_usd" + CUMULATIVE),
        Line("trust 2030, points of 100", "trust"),
        Line("syndicates 2030, 2023 = 1", "syndicate_capital"),
    ),
    "Gains and costs, 2026-30, US$": (
        Line("buyers, from lower prices", "lower_prices_usd", "all", True),
        Line("  poorest fifth", "lower_prices_usd", "q1", True),
        Line("offline sales", "offline_sales_usd", "all", True),
        Line("tax on online purchases", "treasury_usd", "all", True),
        Line("cost of programmes", "programme_cost_usd", "all", True),
        Line("  planned, not paid", "lever_shortfall_usd" + CUMULATIVE),
    ),
}


def effect_table(result: Comparison) -> Table:
    """A column a scenario: the median of paired differences and its interval."""
    names = [name for name in result.scenarios if name != result.baseline]
    known = _known(result.effects, "indicator", "effect")
    gains = _known(result.welfare, "measure", "value")
    several = (
        f"; in brackets: {result.band}, {UNSURE}: they include zero" if result.pairs > 1 else ""
    )
    made = table(
        f"Effects in the five countries together, run by run under the same luck{several}",
        ["", result.baseline, *names],
        right=[result.baseline, *names],
        tight=True,
    )
    for title, lines in GROUPS.items():
        rows = []
        for line in lines:
            found = gains if line.welfare else known
            cells = [found.get((name, line.name, line.group)) for name in names]
            if any(cell is not None for cell in cells):
                words = ["" if cell is None else _cell(*cell, result.pairs) for cell in cells]
                rows.append((f"  {line.words}", _level(result, line), *words))
        if rows:
            made.add_row(f"[bold]{title}[/bold]")
            for row in rows:
                made.add_row(*row)
    return made


_Effect = tuple[float, float, float, str]


def _known(frame: pd.DataFrame, name: str, value: str) -> dict[tuple[str, str, str], _Effect]:
    mine = frame[frame["country"] == REGION]
    keys = zip(mine["scenario"], mine[name], mine["group"], strict=True)
    found = zip(mine[value], mine["low"], mine["high"], mine["unit"], strict=True)
    return {
        (str(a), str(b), str(c)): (float(d), float(e), float(f), str(unit))
        for (a, b, c), (d, e, f, unit) in zip(keys, found, strict=True)
    }


def _cell(value: float, low: float, high: float, unit: str, pairs: int) -> str:
    if value == low == high == 0.0:
        return "none"
    value, low, high = (part * _times(unit) for part in (value, low, high))
    if pairs < 2:
        return ("+" if value > 0 else "") + short(value)
    unsure = "" if distinguishable(low, high) else UNSURE
    return with_interval(value, low, high) + unsure


def _times(unit: str) -> float:
    return 100.0 if unit in _HUNDREDTHS else 1.0


def _level(result: Comparison, line: Line) -> str:
    """The baseline's own value, so that the size of an effect can be judged."""
    if line.welfare:
        return ""
    from sim.indicators import INDICATORS

    plain = line.name.removesuffix(CUMULATIVE)
    first = CUMULATIVE_FROM if plain != line.name else 0
    value = result.level(REGION, plain, line.group, first)
    return short(value * _times(INDICATORS[plain].unit)) if value == value else ""
