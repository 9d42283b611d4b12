"""What passes through each channel: the part of an effect that is missing with the channel off."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures.captions import RunsShown, headline, put_caption
from sim.figures.style import COLOURS, DATA, TARGET, house_style
from sim.target import TARGET_YEAR
from sim.units import REGION

BILLION = 1e9
MEASURE = "gmv_real_usd"
WHOLE, PART = "effect", "difference"  # columns of the table, each with `_low` and `_high`
COLOUR = {WHOLE: COLOURS[0], PART: COLOURS[1]}
LABEL = {WHOLE: "the whole effect", PART: "passes through this channel"}
WORDS_WIDTH = 130


def channels(table: pd.DataFrame, titles: Mapping[str, str], runs: RunsShown) -> Figure:
    """For each scenario a panel: its effect, and what passes through each channel, largest first.

    `table` has the columns of `channels.csv`; `titles` are the words for channels. Channels through
    which nothing passes are named under the panel.
    """
    shown = table[(table["country"] == REGION) & (table["indicator"] == MEASURE)]
    panels = {
        str(name): rows.to_dict("records") for name, rows in shown.groupby("scenario", sort=False)
    }
    heights = [2.2 + sum(not _idle(row) for row in rows) for rows in panels.values()]
    with house_style():
        figure = Figure(figsize=(10.0, 1.9 + sum(0.6 + 0.36 * height for height in heights)))
        grid = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights)
        for axes, (name, rows) in zip(grid[:, 0], panels.items(), strict=True):
            _panel(axes, rows, titles)
            axes.set_title(name)
        headline(
            figure,
            _finding(panels, titles),
            key=grid[0, 0],
        )
        put_caption(
            figure,
            runs,
            "Five countries. What passes through a channel is the effect with all channels on "
            "less that with this one off, in the scenario and its baseline, run by run. Channels "
            "work together, so the parts need not add up.",
            band="lines",
        )
    return figure


def _finding(panels: Mapping[str, list[dict[Hashable, Any]]], titles: Mapping[str, str]) -> str:
    """The title: the channel with the most of the largest effect."""
    name = max(panels, key=lambda one: abs(panels[one][0][WHOLE]))
    busy = [row for row in panels[name] if not _idle(row)]
    if not busy:
        return f"'{name}' changes online purchases of {TARGET_YEAR} through none of these channels"
    most = max(busy, key=lambda row: abs(row[PART]))
    words = titles.get(most["channel"], most["channel"])
    return f"'{name}' changes online purchases of {TARGET_YEAR} most through: {words}"


def _panel(axes: Axes, rows: list[dict[Hashable, Any]], titles: Mapping[str, str]) -> None:
    busy = sorted((row for row in rows if not _idle(row)), key=lambda row: -abs(row[PART]))
    lines = [(WHOLE, rows[0]), *((PART, row) for row in busy)]
    axes.axvline(0.0, color=TARGET, linewidth=1.0, zorder=1)
    for height, (column, row) in enumerate(lines):
        low, value, high = (float(row[f"{column}{end}"]) / BILLION for end in ("_low", "", "_high"))
        axes.plot([low, high], [height, height], color=COLOUR[column], linewidth=2.2, zorder=2)
        label = LABEL[column] if height < 2 else None
        axes.plot([value], [height], "o", color=COLOUR[column], label=label, zorder=3)
    words = [
        "Effect, all channels on",
        *(titles.get(row["channel"], row["channel"]) for row in busy),
    ]
    axes.set_yticks(range(len(lines)), words)
    axes.set_ylim(len(lines) - 0.5, -0.5)
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")
    idle = [titles.get(row["channel"], row["channel"]) for row in rows if _idle(row)]
    nothing = f"Nothing passes through: {', '.join(idle)}." if idle else ""
    below = textwrap.wrap(nothing, WORDS_WIDTH)
    axes.set_xlabel("\n".join(["billion constant 2022 US$", *below]), color=DATA)


def _idle(row: Mapping[Hashable, Any]) -> bool:
    return not any(row[f"{PART}{end}"] for end in ("_low", "", "_high"))
