"""When reforms start, and what acting now is worth against waiting for evidence."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.text.formatting import amount, short
from sim.figures.captions import headline
from sim.figures.mix_captions import caption, lever_name
from sim.figures.style import COLOURS, DATA, FAINT, house_style


def sequence(
    table: pd.DataFrame,
    strategies: pd.DataFrame,
    *,
    years: Sequence[int],
    words: Mapping[str, str],
    title: str,
    text: str,
    runs: str,
    baseline: str,
) -> Figure:
    """Left the calendar of the best plan; right effects of the strategies and their regret.

    Tables have the columns of `sequence.csv` and `sequence_strategies.csv`.
    """
    with house_style():
        figure = Figure(figsize=(11.0, 3.0 + 0.5 * max(len(table), len(strategies))))
        grid = figure.subplots(1, 3, width_ratios=[1.3, 1.0, 0.7])
        _calendar(grid[0], table, years)
        rows = strategies.to_dict("records")
        unit = str(strategies["unit"].iloc[0])
        _values(grid[1], rows)
        grid[1].set_yticks(
            range(len(rows)), [textwrap.fill(words[str(row["strategy"])], 24) for row in rows]
        )
        grid[1].set_xlabel(unit)
        grid[1].set_title("What each strategy adds", fontsize=9.5)
        _regret(grid[2], rows)
        grid[2].set_xlabel(unit)
        grid[2].set_title("Regret", fontsize=9.5)
        headline(figure, title)
        caption(figure, text, runs, baseline)
    return figure


def _calendar(axes: Axes, table: pd.DataFrame, years: Sequence[int]) -> None:
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")
    last = max(years) + 1
    rows = table.to_dict("records")
    for row, one in enumerate(rows):
        start = int(one["start"])
        words = f"US$ {one['usd_a_year'] / 1e6:,.3g} m a year"
        if start:
            axes.barh(
                row, last - start, 0.55, left=start, color=COLOURS[row % len(COLOURS)], zorder=2
            )
        else:
            words = f"not started ({words})"
        sure = f"{words}; same year in {100 * float(one['share_of_draws']):.0f} % of draws"
        axes.annotate(
            sure,
            (min(years), row - 0.36),
            xytext=(2, 0),
            textcoords="offset points",
            va="bottom",
            fontsize=7.8,
            color=DATA,
        )
    axes.set_yticks(range(len(rows)), [lever_name(str(one["lever"]), 22) for one in rows])
    axes.set_ylim(len(rows) - 0.5, -0.85)
    axes.set_xlim(min(years), last)
    axes.set_xticks(list(years), [str(year) for year in years])
    for label in axes.get_xticklabels():
        label.set_horizontalalignment("left")
    axes.set_title("Best plan in expectation: in force from the start", fontsize=9.5)


def _values(axes: Axes, rows: Sequence[Mapping[object, object]]) -> None:
    axes.axvline(0.0, color=FAINT, linewidth=1.0, zorder=1)
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")
    for row, one in enumerate(rows):
        value, low, high = (_number(one[name]) for name in ("value", "low", "high"))
        axes.plot([low, high], [row, row], color=COLOURS[0], linewidth=2.0, zorder=2)
        axes.plot([value], [row], "o", color=COLOURS[0], markeredgecolor="white", markersize=7)
        axes.annotate(
            amount(value),
            (value, row),
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            fontsize=8,
            color=DATA,
        )
    axes.set_ylim(len(rows) - 0.5, -0.7)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(float(value))))


def _regret(axes: Axes, rows: Sequence[Mapping[object, object]]) -> None:
    """A bar for the mean and a mark for the largest."""
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")
    for row, one in enumerate(rows):
        mean, most = (_number(one[name]) for name in ("regret_mean", "regret_max"))
        axes.barh(row, mean, 0.45, color=COLOURS[5], label="mean" if row == 0 else None, zorder=2)
        axes.plot(
            [most],
            [row],
            "D",
            color=COLOURS[1],
            markeredgecolor="white",
            markersize=6,
            linestyle="none",
            label="largest" if row == 0 else None,
            zorder=3,
        )
    axes.set_yticks(range(len(rows)), [""] * len(rows))
    axes.set_ylim(len(rows) - 0.5, -0.7)
    axes.set_xlim(left=0.0)
    axes.margins(x=0.1)
    axes.xaxis.set_major_locator(MaxNLocator(3))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(float(value))))
    axes.legend(loc="lower right", fontsize=8)


def _number(value: object) -> float:
    return float(str(value))
