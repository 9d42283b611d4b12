"""The best use of a budget: money by lever and country, and how sure each lever is."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.text.formatting import rounded, short
from sim.figures.captions import headline, place_name
from sim.figures.mix_captions import caption, lever_name
from sim.figures.style import COLOURS, DATA, FAINT, house_style
from sim.rows import rows_where
from sim.units import COUNTRIES, REGION

MILLION = 1e6
SMALL = 1e5  # US$ a year, below which no number is written
_JOINT = "agreements"
_MARKS = ("o", "s")


def optimum(
    table: pd.DataFrame,
    *,
    purses: Mapping[str, str],
    title: str,
    unit: str,
    text: str,
    runs: str,
) -> Figure:
    """A panel a purse with money by lever and country, the share of draws, what is lost without.

    `table` has the columns of `optimum.csv`, of the best mix only; `purses` are in words; `unit` is
    that of the objective.
    """
    levers = [str(name) for name in dict.fromkeys(table["lever"])]
    with house_style():
        figure = Figure(figsize=(11.0, 2.6 + 0.46 * len(levers)))
        grid = figure.subplots(1, 4, sharey=True, width_ratios=[1.25, 1.25, 0.8, 0.8])
        for axes, (purse, words) in zip(grid, purses.items(), strict=False):
            _money(axes, rows_where(table, purse=purse), levers)
            axes.set_title(textwrap.fill(words.capitalize(), 24), fontsize=9.5)
        _marks(grid[2], table, levers, purses, "share_of_draws", 100.0)
        grid[2].set_title("In the best mix\nof a draw", fontsize=9.5)
        grid[2].set_xlabel("% of draws")
        grid[2].set_xlim(-5.0, 105.0)
        _marks(grid[3], table, levers, purses, "lost_without", 1.0)
        grid[3].set_title("Lost without\nthe lever", fontsize=9.5)
        grid[3].set_xlabel(unit)
        grid[3].xaxis.set_major_locator(MaxNLocator(3))
        grid[3].xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(float(value))))
        grid[0].set_yticks(range(len(levers)), [lever_name(name, 26) for name in levers])
        grid[0].set_ylim(len(levers) - 0.4, -0.6)
        headline(figure, title, key=grid[0])
        caption(figure, text, runs, "no levers")
    return figure


def _money(axes: Axes, rows: pd.DataFrame, levers: list[str]) -> None:
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")
    for row, lever in enumerate(levers):
        one = rows_where(rows, lever=lever)
        mine = dict(zip(one["country"], one["usd_a_year"].astype(float), strict=True))
        left, parts = 0.0, [(iso, mine.get(iso, 0.0)) for iso in COUNTRIES]
        whole = mine[REGION]
        parts.append((_JOINT, max(whole - sum(value for _, value in parts), 0.0)))
        for at, (name, value) in enumerate(parts):
            axes.barh(
                row,
                value / MILLION,
                0.62,
                left=left,
                color=COLOURS[at % len(COLOURS)],
                edgecolor="white",
                linewidth=0.6,
                label=(place_name(name) if name in COUNTRIES else name) if row == 0 else None,
                zorder=2,
            )
            left += value / MILLION
        words = rounded(whole / MILLION) if whole >= SMALL else "none" if not whole else "< 0.1"
        axes.annotate(
            words,
            (left, row),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=DATA,
        )
    axes.set_xlim(0.0, 1.25 * max(axes.get_xlim()[1], 1e-6))
    axes.set_xlabel("US$ million a year")
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _marks(
    axes: Axes,
    table: pd.DataFrame,
    levers: list[str],
    purses: Mapping[str, str],
    column: str,
    factor: float,
) -> None:
    """A mark a lever and purse."""
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")
    axes.axvline(0.0, color=FAINT, linewidth=1.0, zorder=1)
    for number, (purse, words) in enumerate(purses.items()):
        mine = rows_where(table, purse=purse, country=REGION)
        known = dict(zip(mine["lever"], mine[column], strict=True))
        places = [(row, known.get(lever)) for row, lever in enumerate(levers)]
        shown = [(row, factor * v) for row, v in places if v is not None and v == v]
        axes.plot(
            [value for _, value in shown],
            [row + 0.16 * (2 * number - 1) for row, _ in shown],
            _MARKS[number],
            color=COLOURS[number],
            markeredgecolor="white",
            markersize=7,
            linestyle="none",
            label=words.split(" for ")[0],
            zorder=3,
        )
    axes.margins(x=0.12)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), fontsize=8)
