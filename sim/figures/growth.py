"""Where the growth of online purchases comes from, in parts that add up."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter

from sim.figures.captions import RunsShown, headline, place_in_title, place_name, put_caption
from sim.figures.style import COLOURS, DATA, TARGET, house_style
from sim.rows import rows_where
from sim.target import BASE_YEAR, FACTOR, TARGET_YEAR
from sim.units import COUNTRIES, REGION

NAMES = {  # of the terms, in the order in which they are drawn
    "people": "more people",
    "connected": "more internet users",
    "adopters": "more online shoppers",
    "spending": "more spending each (real)",
    "prices": "prices and exchange rates",
}
BAR = 0.72  # height of a bar, of the distance between two
LEAST_TO_WRITE = 0.022  # a part narrower than this share of the axis has no number in it


def growth(
    table: pd.DataFrame, ratios: Mapping[str, Mapping[str, float]], runs: RunsShown
) -> Figure:
    """A bar a place and scenario: the terms of ln(2030/2022) of nominal purchases, which add up.

    `table` has the columns of `growth.csv`; `ratios` are 2030 over 2022 by scenario and place.
    """
    places = [place for place in (*COUNTRIES, REGION) if (table["country"] == place).any()]
    with house_style():
        rows = len(places) * len(runs.scenarios)
        figure = Figure(figsize=(12.5, 2.2 + 0.33 * (rows + 1.1 * len(places))))
        axes = figure.subplots()
        labels = []
        height = 0.0
        for place in places:
            axes.text(
                0.0,
                height - 0.1,
                place_name(place),
                transform=axes.get_yaxis_transform(),
                ha="right",
                fontweight="bold",
                gid="place",
            )
            height += 0.75
            for scenario in runs.scenarios:
                mine = rows_where(table, scenario=scenario, country=place)
                if mine.empty:
                    continue
                terms = mine.set_index("term")["value"].astype(float)
                _bar(axes, terms, height, ratios[scenario][place])
                labels.append((height, scenario))
                height += 1.0
            height += 0.35
        _finish(axes, labels)
        headline(
            figure,
            _finding(table, (places or [REGION])[-1], runs.baseline),
            key=axes,
        )
        put_caption(
            figure,
            runs,
            "Decomposition of log growth in nominal US$ (means over runs); the parts add up to the "
            "dot: population, share of internet users, share of online shoppers among them, real "
            "purchases per shopper, prices with exchange rates. Dashed: doubling, "
            f"100 ln {FACTOR:.0f} = {100 * math.log(FACTOR):.0f}. Regional values are sums over "
            "countries, so shifts between countries are in the parts. Number at the end: 2030 over "
            f"2022, {_statistic(runs)}, as in all tables and maps; the dot, a sum of means, "
            "may differ slightly.",
        )
    return figure


def _finding(table: pd.DataFrame, place: str, baseline: str) -> str:
    """The title: the largest part of the baseline's growth."""
    mine = rows_where(table, scenario=baseline, country=place).set_index("term")["value"]
    if mine.empty or mine.isna().any():
        return f"The parts of growth {BASE_YEAR}-{TARGET_YEAR}"
    largest = max(NAMES, key=lambda term: float(mine[term]))
    points = f"{100 * mine[largest]:.0f} of {100 * mine['total']:.0f} log points"
    where = place_in_title(place)
    return f"Largest part of growth {BASE_YEAR}-{TARGET_YEAR}, {where}: {NAMES[largest]}, {points}"


def _statistic(runs: RunsShown) -> str:
    return f"median of {runs.pairs} runs" if runs.pairs > 1 else "of the one run"


def _bar(axes: Axes, terms: pd.Series, height: float, ratio: float) -> None:
    left = {True: 0.0, False: 0.0}  # where the next rise and the next fall begin
    for number, term in enumerate(NAMES):
        value = 100.0 * float(terms[term])
        side = value >= 0.0
        axes.barh(
            height, value, BAR, left=left[side], color=COLOURS[number], label=NAMES[term], zorder=2
        )
        axes.annotate(
            f"{value:.0f}",
            (left[side] + value / 2, height),
            ha="center",
            va="center",
            fontsize=8,
            color="white" if number in (0, 1, 2) else TARGET,
            bbox={"facecolor": COLOURS[number], "edgecolor": "none", "pad": 0.8},
            gid="part",
            zorder=4.5,
        )
        left[side] += value
    total = 100.0 * float(terms["total"])
    axes.plot([total], [height], "o", color=TARGET, markersize=5.5, label="total", zorder=5)
    axes.annotate(
        f"×{ratio:.2f}",
        (max(left[True], total), height),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        fontsize=9,
        fontweight="bold",
        color=DATA,
    )


def _finish(axes: Axes, labels: list[tuple[float, str]]) -> None:
    axes.axvline(0.0, color=DATA, linewidth=1.0, zorder=3)
    doubled = 100.0 * math.log(FACTOR)
    axes.axvline(doubled, color=TARGET, linewidth=1.2, linestyle=(0, (4, 2.5)), zorder=4)
    axes.annotate(
        "doubling",
        (doubled, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        fontsize=8.5,
    )
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_yticks([height for height, _ in labels], [text for _, text in labels])
    axes.set_ylim((labels[-1][0] if labels else 0.0) + 0.6, -0.6)
    axes.margins(x=0.07)
    bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    if all(bar.get_width() >= 0.0 for bar in bars):
        axes.set_xlim(left=0.0)
    axes.set_xlabel("100 x ln(2030 / 2022), log points")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    widest = axes.get_xlim()[1] - axes.get_xlim()[0]
    for text, bar in zip(
        [text for text in axes.texts if text.get_gid() == "part"], bars, strict=True
    ):
        text.set_visible(abs(bar.get_width()) >= LEAST_TO_WRITE * widest)
