"""Ratio 2030/2022 and effects of policies against the scale: they should stop moving."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from sim.figures.style import COLOURS, DATA, FAINT, house_style
from sim.rows import rows_where
from sim.units import COUNTRIES, COUNTRY_NAMES, REGION

MEASURE = "nominal_usd"
WIDE = 1.96  # standard errors on each side


def convergence(table: pd.DataFrame) -> Figure:
    """Two rows of panels by place: the baseline's ratio, and below the effects on it.

    Bars are 95 % Monte-Carlo intervals over seeds, the grey band is that of the finest scale.
    """
    shown = rows_where(table, measure=MEASURE)
    names = list(dict.fromkeys(shown["scenario"]))
    policies = names[1:]
    rows = 2 if policies else 1
    with house_style():
        figure = Figure(figsize=(13.0, 3.0 * rows + 0.5))
        grid = figure.subplots(rows, 6, squeeze=False)
        for column, place in enumerate((*COUNTRIES, REGION)):
            here = rows_where(shown, country=place)
            top = grid[0, column]
            _series(top, rows_where(here, scenario=names[0]), "ratio", DATA, 0.0)
            _band(top, rows_where(here, scenario=names[0]), "ratio")
            title = COUNTRY_NAMES[place]
            top.set_title(title[:1].upper() + title[1:])
            for number, name in enumerate(policies):
                axes = grid[1, column]
                shift = (number - (len(policies) - 1) / 2) * 0.06
                colour = COLOURS[number % len(COLOURS)]
                _series(axes, rows_where(here, scenario=name), "effect_ratio", colour, shift)
            for axes in grid[:, column]:
                _scale_axis(axes, sorted(set(here["scale"]), reverse=True))
        grid[0, 0].set_ylabel(f"{names[0]}: purchases in nominal\nUS$, 2030 over 2022")
        if policies:
            grid[1, 0].set_ylabel("policy less baseline,\nsame ratio")
            for axes in grid[1]:
                axes.axhline(0.0, color=FAINT, linewidth=0.8)
            handles, labels = grid[1, 0].get_legend_handles_labels()
            figure.legend(handles, labels, loc="outside upper right", ncols=len(labels))
        for axes in grid[-1]:
            axes.set_xlabel("people per agent")
        seeds = int(shown["runs"].max())
        figure.suptitle(
            f"Does the scale matter? Means over {seeds} seeds with 95 % Monte-Carlo intervals",
            x=0.01,
            ha="left",
            fontsize=11,
        )
    return figure


def _series(axes: Axes, rows: pd.DataFrame, number: str, colour: str, shift: float) -> None:
    ordered = rows.sort_values("scale", ascending=False)
    axes.errorbar(
        ordered["scale"].to_numpy(float) * np.exp(-shift),
        ordered[number],
        yerr=WIDE * ordered[f"{number}_se"].fillna(0.0),
        color=colour,
        marker="o",
        markersize=4.0,
        linewidth=1.0,
        capsize=2.5,
        label=str(ordered["scenario"].iloc[0]),
    )


def _band(axes: Axes, rows: pd.DataFrame, number: str) -> None:
    finest = rows.sort_values("scale").iloc[0]
    middle, half = float(finest[number]), WIDE * float(np.nan_to_num(finest[f"{number}_se"]))
    axes.axhspan(middle - half, middle + half, color=FAINT, alpha=0.18, linewidth=0)


def _scale_axis(axes: Axes, scales: list[int]) -> None:
    axes.set_xscale("log")
    axes.set_xlim(max(scales) * 1.4, min(scales) / 1.4)  # finer to the right
    axes.xaxis.set_major_locator(FixedLocator(scales))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(_short))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.tick_params(axis="x", rotation=60)


def _short(scale: float, _: int | None = None) -> str:
    return f"{scale / 1000:g}k" if scale >= 1000 else f"{scale:g}"
