"""What passes through each channel: effects with all channels on and with one of them off."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from sim.figures.captions import Runs, headline, put_caption
from sim.figures.style import COLOURS, TARGET, house_style
from sim.target import TARGET_YEAR
from sim.units import REGION

BILLION = 1e9
MEASURE = "gmv_real_usd"


def channels(table: pd.DataFrame, titles: Mapping[str, str], runs: Runs) -> Figure:
    """For each scenario a panel with a line a channel: what is left of its effect without it.

    `table` has the columns of `channels.csv`; `titles` are the words for channels.
    """
    shown = table[(table["country"] == REGION) & (table["indicator"] == MEASURE)]
    names = list(dict.fromkeys(shown["scenario"]))
    most = max((shown["scenario"] == name).sum() for name in names)
    with house_style():
        figure = Figure(figsize=(10.0, 2.4 + len(names) * (0.9 + 0.42 * most)))
        grid = figure.subplots(len(names), 1, squeeze=False)
        for axes, name in zip(grid[:, 0], names, strict=True):
            mine = shown[shown["scenario"] == name].to_dict("records")
            whole = float(mine[0]["effect"]) / BILLION
            axes.axvline(0.0, color=TARGET, linewidth=1.0, zorder=1)
            axes.axvline(whole, color=COLOURS[0], linewidth=1.4, label="all channels on", zorder=2)
            for height, row in enumerate(mine):
                low, value, high = (
                    float(row[f"effect_off{end}"]) / BILLION for end in ("_low", "", "_high")
                )
                axes.plot([low, high], [height, height], color=COLOURS[1], linewidth=2.2, zorder=2)
                axes.plot(
                    [value], [height], "o", color=COLOURS[1],
                    label="this channel off" if height == 0 else None, zorder=3,
                )  # fmt: skip
            axes.set_yticks(
                range(len(mine)), [titles.get(r["channel"], r["channel"]) for r in mine]
            )
            axes.set_ylim(len(mine) - 0.5, -0.5)
            axes.grid(False, axis="y")
            axes.set_title(name)
            axes.set_xlabel("billion constant 2022 US$")
        headline(
            figure,
            f"What is left of the effect on online purchases in {TARGET_YEAR} without a channel",
            key=grid[0, 0],
        )
        put_caption(
            figure,
            runs,
            "Dots: the effect with the channel off in the scenario and its baseline alike; the "
            "distance from the line passes through that channel.",
            band="lines",
        )
    return figure
