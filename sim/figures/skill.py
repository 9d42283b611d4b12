"""How good forecasts of years not used were: skill against benchmarks, and where outcomes fell."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from scipy.stats import binom

from sim.figures.captions import headline, put_text
from sim.figures.style import COLOURS, DATA, FAINT, TARGET, house_style
from sim.rows import rows_where
from sim.target import POSTERIOR_ORIGIN

MEASURES = {
    "internet_users_share": "Internet users",
    "account_share": "Accounts",
    "adults_buying_online_share": "Shoppers",
    "ecommerce_value_nominal_usd": "E-commerce value",
}
_WORST = -1.5  # skill shown at least; what lies below is drawn as an arrow
_BINS = 5


def skill(table: pd.DataFrame) -> Figure:
    """A panel a measure, a line a benchmark: skill and its interval.

    Columns: measure, benchmark (words), value, low, high, points, blocks, better. Low and high may
    be NaN (one country). A dot is filled only where `better`.
    """
    measures = [name for name in MEASURES if name in set(table["measure"])]
    names = list(dict.fromkeys(table["benchmark"]))
    with house_style():
        figure = Figure(figsize=(2.6 + 3.4 * max(len(measures), 2), 2.2 + 0.42 * len(names)))
        grid = figure.subplots(1, len(measures), sharey=True, squeeze=False)[0]
        for measure, axes in zip(measures, grid, strict=True):
            own = rows_where(table, measure=measure)
            for row in own.to_dict("records"):
                _line(axes, names.index(row["benchmark"]), row)
            axes.axvline(0.0, color=TARGET, linewidth=1.0, zorder=1)
            axes.set_xlim(_WORST - 0.12, 1.9)
            axes.set_xticks([-1, 0, 1], ["\u22121", "0", "1"])
            axes.grid(False, axis="y")
            axes.grid(True, axis="x")
            axes.set_title(MEASURES[measure])
            axes.set_xlabel("skill", fontsize=8.5)
        grid[0].set_yticks(range(len(names)), names)
        grid[0].set_ylim(len(names) - 0.5, -0.6)
        headline(figure, "Forecasts of years not used, against benchmarks")
        put_text(
            figure,
            "Skill: 1 less the mean CRPS over that of the benchmark (money on logs): 1 is "
            "perfect, 0 as good, below it worse. Lines: 90 % of resamples of whole countries; none "
            "where one country was scored. Filled: five countries and the whole line above zero, "
            "the only case in which "
            "\u201cbetter\u201d is said. Right: forecasts, countries. Arrow: worse than shown. "
            f"Last outcome data: {POSTERIOR_ORIGIN}.",
        )
    return figure


def _line(axes: Axes, height: int, row: dict) -> None:
    if np.isfinite(row["value"]):
        colour = COLOURS[0] if row["better"] else DATA
        if np.isfinite(row["low"]):
            ends = np.clip([row["low"], row["high"]], _WORST, 1.0)
            axes.plot(ends, [height, height], color=colour, linewidth=2.0, zorder=2)
        axes.plot(
            max(row["value"], _WORST),
            height,
            "<" if row["value"] < _WORST else "o",
            color=colour,
            markerfacecolor=colour if row["better"] else "white",
            markersize=6,
            zorder=3,
        )
    text = f"{row['points']}, {row['blocks']}" if row["points"] else "none"
    axes.text(1.85, height, text, ha="right", va="center", fontsize=8, color=FAINT)


def pit_histogram(table: pd.DataFrame) -> Figure:
    """A panel a measure: how many outcomes fell into each fifth of their forecasts.

    Columns: measure and pit (0 to 1), a row an outcome.
    """
    measures = [name for name in MEASURES if name in set(table["measure"])]
    with house_style():
        figure = Figure(figsize=(1.2 + 2.9 * max(len(measures), 2), 3.5))
        grid = figure.subplots(1, len(measures), squeeze=False)[0]
        for measure, axes in zip(measures, grid, strict=True):
            values = table.loc[table["measure"] == measure, "pit"].to_numpy(dtype=float)
            counts, edges = np.histogram(values, bins=_BINS, range=(0.0, 1.0))
            low, high = binom.interval(0.9, len(values), 1.0 / _BINS)
            axes.axhspan(low, high, color="#E5E5E5", zorder=0)
            axes.axhline(len(values) / _BINS, color=TARGET, linewidth=1.0, zorder=3)
            axes.bar(edges[:-1], counts, 0.96 / _BINS, align="edge", color=COLOURS[0], zorder=2)
            axes.set_xlim(0, 1)
            axes.set_ylim(0, 1.08 * max(counts.max(), high))
            axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
            axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}"))
            axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
            axes.grid(False)
            axes.set_title(f"{MEASURES[measure]}: {len(values)}")
            axes.set_xlabel("% of the forecast below the outcome", fontsize=8.5)
        grid[0].set_ylabel("outcomes")
        headline(figure, "Where outcomes fell in their forecasts")
        put_text(
            figure,
            "High at the left: forecasts too high; at the right: too low; in the middle: bands "
            "too wide; at both ends: too narrow. Line and grey: what calibrated forecasts give, "
            "and nine tenths of their sampling variation if outcomes were independent, which "
            f"outcomes of one country are not. Last outcome data: {POSTERIOR_ORIGIN}.",
        )
    return figure
