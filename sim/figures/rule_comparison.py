"""One picture for a rule of one's own: a panel for each indicator, beside the shipped rule."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure

from sim.figures.captions import headline
from sim.figures.style import COLOURS, DATA, FAINT, house_style
from sim.rows import rows_where

WIDTH, HEIGHT = 3.4, 3.5  # inches of a panel
FIRST_YEAR = 2015
_LARGE = ((1e9, "billion"), (1e6, "million"), (1e3, "thousand"))


def rule_comparison(
    table: pd.DataFrame,
    panels: Mapping[str, str],
    rules: Sequence[str],
    title: str,
    caption: str,
) -> Figure:
    """Lines of two `rules`, the shipped one first, in a panel for each indicator of `panels`.

    `table` has the columns rule, indicator, unit, year, value, low and high; `panels` says what
    each indicator is. An indicator that only one rule has gets one line.
    """
    with house_style():
        figure = Figure(figsize=(WIDTH * len(panels), HEIGHT + 1.0))
        grid = figure.subplots(1, len(panels), squeeze=False)[0]
        for axes, (indicator, words) in zip(grid, panels.items(), strict=True):
            mine = rows_where(table, indicator=indicator)
            most = float(mine["high"].max())
            factor, size = next(((f, w) for f, w in _LARGE if most >= f), (1.0, ""))
            for rule, colour in zip(rules, (FAINT, COLOURS[0]), strict=True):
                line = rows_where(mine, rule=rule)
                if line.empty:
                    continue
                years = line["year"].astype(int)
                axes.plot(years, line["value"] / factor, color=colour, linewidth=2, label=rule)
                low, high = line["low"] / factor, line["high"] / factor
                axes.fill_between(years, low, high, color=colour, alpha=0.2, linewidth=0)
            unit = str(mine["unit"].iloc[0])
            axes.set_title(_wrapped(words))
            axes.set_ylabel(f"{size} {unit}".strip())
            axes.set_ylim(bottom=min(0.0, float(mine["low"].min()) / factor))
            last = max(int(mine["year"].astype(int).max()), FIRST_YEAR + 1)
            axes.set_xlim(FIRST_YEAR, last)
            axes.set_xticks(range(FIRST_YEAR, last + 1, 5))
        grid[0].legend(loc="upper left")
        headline(figure, title)
        figure.supxlabel(caption, fontsize=8, color=DATA, x=0.01, ha="left")
    return figure


def _wrapped(words: str, most: int = 32) -> str:
    return "\n".join(textwrap.wrap(words, most)[:3])
