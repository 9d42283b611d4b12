"""What it takes: the ratio of 2030 to 2022 over the value of a parameter or level of a lever."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogFormatter

from sim.figures.captions import headline, place_name
from sim.figures.mix_captions import caption
from sim.figures.style import COLOURS, FAINT, TARGET, house_style
from sim.parameters.table import parameter_table
from sim.target import MEASURES


def threshold(
    row: Mapping[str, Any], points: pd.DataFrame, *, text: str, seeds: int, scale: int
) -> Figure:
    """Two lines, the scenario and its baseline, with the target and the range of the prior.

    `row` is the row of `required.csv`, `points` has the columns of `required_points.csv`.
    """
    with house_style():
        figure = Figure(figsize=(9.0, 4.9))
        axes = figure.subplots()
        parameter = None if row["kind"] == "lever" else parameter_table()[row["what"]]
        if parameter is not None and not parameter.by_country:
            axes.axvspan(
                parameter.low,
                parameter.high,
                color="#EFEFEF",
                zorder=0,
                label="5-95 % of the prior",
            )
            if parameter.prior == "log" and points["value"].min() > 0.0:
                axes.set_xscale("log")
                axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
                axes.xaxis.set_minor_formatter(LogFormatter())  # plain text, no mathematics
        for column, name, colour in (
            ("baseline_ratio", row["baseline"], FAINT),
            ("ratio", row["scenario"], COLOURS[0]),
        ):
            axes.plot(points["value"], points[column], "o-", color=colour, label=name, markersize=4)
        target = row["target"]
        axes.axhline(
            target, color=TARGET, linewidth=1.0, linestyle="--", label=f"{target:g} times 2022"
        )
        axes.axvline(row["central"], color=FAINT, linewidth=0.9, linestyle=":", label="default")
        if not math.isnan(row["value"]):
            axes.plot([row["value"]], [target], "D", color=COLOURS[1], markersize=8, zorder=4)
            axes.annotate(
                f"{row['value']:.3g}",
                (row["value"], target),
                xytext=(8, -13),
                textcoords="offset points",
                color=COLOURS[1],
                fontweight="bold",
            )
        axes.set_xlabel(f"{row['what'].replace('_', ' ')} ({row['unit']})")
        axes.set_ylabel(f"2030 over 2022, {MEASURES[row['measure']]}")
        headline(figure, f"What it takes: {place_name(row['country'])}", key=axes)
        runs = (
            f"{seeds} seed{'s' if seeds > 1 else ''}, all other parameters central; one agent "
            f"represents {scale:,} people"
        )
        caption(figure, text, runs, row["baseline"])
    return figure
