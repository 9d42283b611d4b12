"""What each lever of a mix adds: bars of Shapley values, from first in to last in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.text.formatting import short
from sim.figures.captions import headline, place_name
from sim.figures.mix_captions import caption, lever_name
from sim.figures.style import COLOURS, DATA, FAINT, TARGET, house_style
from sim.rows import rows_where
from sim.units import REGION

PANELS = {
    "gmv_real_usd": "All online purchases in 2030",
    "gmv_region_usd": "Bought from neighbours in 2030",
    "sme_exporters": "Small firms that export, 2030",
    "rural_shoppers": "Rural online shoppers, 2030",
    "poor_shoppers": "Shoppers, two poorest fifths, 2030",
    "losses_avoided_usd": "Losses to scams avoided, 2026-30",
}


def shapley_bars(
    table: pd.DataFrame,
    levers: Sequence[str],
    *,
    band: str,
    permutations: int,
    runs: str,
    country: str = REGION,
) -> Figure:
    """Six panels, a bar a lever: mean Shapley value, its interval, and first-in and last-in.

    `table` has the columns of `attribution.csv`, `band` says what its low and high are,
    `permutations` how many orders were sampled (0: all were run).
    """
    scenario, baseline = (str(table[name].iloc[0]) for name in ("scenario", "baseline"))
    units = dict(zip(table["outcome"], table["unit"], strict=True))
    table = table[(table["country"] == country) & table["lever"].isin(levers)]
    with house_style():
        figure = Figure(figsize=(12.5, 3.4 + 0.84 * len(levers)))
        grid = figure.subplots(2, 3, sharey=True)
        for (outcome, title), axes in zip(PANELS.items(), grid.flat, strict=True):
            _panel(axes, rows_where(table, outcome=outcome), levers)
            axes.set_title(title)
            axes.set_xlabel(units.get(outcome, ""), fontsize=8)
        for axes in grid[:, 0]:
            axes.set_yticks(range(len(levers)), [lever_name(name) for name in levers])
        grid[0][0].set_ylim(len(levers) - 0.4, -0.6)
        headline(
            figure,
            f"What each lever of '{scenario}' adds: {place_name(country)}",
            key=grid[0][0],
        )
        sampled = (
            f" {permutations} orders were sampled; their error is in attribution.csv."
            if permutations
            else ""
        )
        text = (
            "Bars: Shapley value, the effect averaged over all orders of adding levers, mean over "
            f"runs; they add up to the effect of all.{sampled} Grey lines: {band}, over "
            "seeds and parameters. Between the marks: its effect alone and on top of all others. "
            "Each panel has its own scale."
        )
        caption(figure, text, runs, baseline)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, levers: Sequence[str]) -> None:
    axes.axvline(0.0, color=FAINT, linewidth=1.0, zorder=1)
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")
    known = {str(row["lever"]): row for row in rows.to_dict("records")}
    for height, name in enumerate(levers):
        if name not in known:
            continue
        row = known[name]
        colour = COLOURS[0] if row["value"] >= 0.0 else COLOURS[1]
        axes.barh(height, row["value"], 0.5, color=colour, zorder=2, label="Shapley value")
        axes.plot(
            [row["low"], row["high"]], [height + 0.33] * 2, color=FAINT, linewidth=2.0, zorder=2.5
        )
        for mark, key, words in ((">", "first_in", "alone"), ("<", "last_in", "on top of all")):
            axes.plot(
                [row[key]],
                [height],
                mark,
                color="white",
                markeredgecolor=TARGET,
                markersize=5.0,
                label=words,
                linestyle="none",
                zorder=3,
            )
        axes.annotate(
            f"{'+' if row['value'] > 0 else ''}{short(row['value'])}",
            (max(row["value"], row["first_in"], row["last_in"], 0.0), height),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=DATA,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.8},
            zorder=4,
        )
    low, high = axes.get_xlim()
    axes.set_xlim(low, high + 0.1 * (high - low))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(float(value))))
    if not len(rows) or not np.any(rows["value"]):
        axes.set_xlim(-1.0, 1.0)
