"""Mixes of equal cost: pairs of objectives, the frontier in colour, national mixes hollow."""

from __future__ import annotations

import re
from collections.abc import Hashable
from itertools import cycle
from string import ascii_uppercase
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.text.formatting import money, short
from sim.figures.captions import headline
from sim.figures.mix_captions import caption
from sim.figures.style import COLOURS, FAINT, TARGET, house_style
from sim.rows import rows_where

MOST_LETTERS = 14  # mixes that carry a letter in the picture
NATIONAL = "national"  # a kind of mix: levers of single countries only
_PART = re.compile(r"([a-z]+)(\d+)")
ACROSS = {
    "gmv_region_usd": (
        "Trade among the five countries",
        "bought from neighbours in 2030, US$",
        1.0,
    ),
    "losses_usd": ("Losses to scams", "losses 2026-2030, US$ (less is better)", 1.0),
    "gap_2030": ("Inclusion", "gap in 2030, points of 100 (less is better)", 100.0),
}


def front(table: pd.DataFrame, *, runs: str, baseline: str) -> Figure:
    """Three panels over all online purchases: trade in the region, losses, inclusion gap.

    `table` has the columns of `frontier.csv`.
    """
    with house_style():
        figure = Figure(figsize=(13.0, 5.4))
        grid = figure.subplots(1, 3, sharey=True)
        for axes, (key, (title, words, times)) in zip(grid, ACROSS.items(), strict=True):
            _panel(axes, table, key, times)
            axes.set_title(title)
            axes.set_xlabel(words)
        grid[0].set_ylabel("all online purchases in 2030, US$")
        headline(
            figure,
            f"Mixes of equal cost ({_cost(table)}): which are on the efficient frontier?",
            key=grid[0],
        )
        lettered = _lettered(table)
        letters = ", ".join(
            f"{letter} {in_words(row)}"
            for row, letter in zip(lettered, ascii_uppercase, strict=False)
        )
        letters = f" Letters: {letters}." if letters else ""
        if len(lettered) == MOST_LETTERS:
            letters += " All others have their names in frontier.csv."
        national = rows_where(table, kind=NATIONAL)
        beaten = int(national["dominated"].sum())
        text = (
            f"Each mark is a mix of levers: the difference from the baseline in the five countries "
            f"together, mean over runs, constant 2022 US$. On the frontier: no other mix is at "
            f"least as good in purchases, trade, losses, inclusion and cost and better in one "
            f"({int((table['front'] == 1).sum())} of {len(table)}). National mixes use levers of "
            f"single countries only; {beaten} of {len(national)} are dominated. Intervals are in "
            f"frontier.csv.{letters}"
        )
        caption(figure, text, runs, baseline)
    return figure


def _panel(axes: Axes, table: pd.DataFrame, key: str, times: float) -> None:
    axes.grid(True, axis="both")
    axes.axvline(0.0, color=FAINT, linewidth=0.8, zorder=1)
    for first in (False, True):
        for national in (False, True):
            mine = table[
                ((table["front"] == 1) == first) & ((table["kind"] == NATIONAL) == national)
            ]
            colour = COLOURS[0] if first else FAINT
            words = "on the frontier" if first else "dominated"
            words += ", national" if national else ", joint"
            axes.plot(
                times * mine[key],
                mine["gmv_real_usd"],
                "o" if national else "D",
                color=colour,
                markerfacecolor="white" if national else colour,
                markersize=6.0 if first else 4.5,
                linestyle="none",
                label=words,
                zorder=3 if first else 2,
            )
    for row, letter, place in zip(
        _lettered(table), ascii_uppercase, cycle(((-9, 5), (9, 5), (-9, -6), (9, -6))), strict=False
    ):
        axes.annotate(
            letter,
            (times * row[key], row["gmv_real_usd"]),
            xytext=place,
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=8,
            fontweight="bold",
            color=TARGET,
            zorder=4,
        )
    axes.margins(0.08)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(float(value))))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(float(value))))


def _lettered(table: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """The mixes that carry a letter: those with a name of their own, then the frontier's."""
    named = rows_where(table, made="named")
    front = table[(table["front"] == 1) & (table["made"] != "named")]
    rows = pd.concat([named, front.sort_values("gmv_real_usd", ascending=False)])
    return rows.head(MOST_LETTERS).to_dict("records")


def in_words(row: dict[Hashable, Any]) -> str:
    """The name of a mix; of a division of the budget its shares: `rules 25 % + networks 75 %`."""
    name = str(row["mix"])
    parts = [_PART.fullmatch(part) for part in name.split("-")]
    if row["made"] == "named" or not all(parts):
        return name
    return " + ".join(f"{part[1]} {part[2]} %" for part in parts if part)


def _cost(table: pd.DataFrame) -> str:
    return f"about {money(float(table['cost_usd'].median()))} up to 2030"
