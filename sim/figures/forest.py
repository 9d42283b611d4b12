"""What each scenario changes in six outcomes of the five countries, with intervals and costs.

Policy and assumptions are lines of their own: the effect of a policy is against the same
assumptions without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.text.formatting import money
from sim.figures.captions import RunsShown, headline, put_caption
from sim.figures.style import COLOURS, FAINT, INK, house_style
from sim.target import TARGET_YEAR

OUTCOMES = {
    "gmv_real_usd": "All online purchases",
    "gmv_region_usd": "Purchases from neighbours",
    "shoppers": "People who shop online",
    "sme_exporters": "Small firms that sell to neighbours",
    "seller_profit_usd": "Profit of small online sellers",
    "scam_losses_usd": "Losses to scams",
}
LEAST_SPAN = 1e-4  # per cent that fill a panel, so that noise does not


class ForestLine(NamedTuple):
    """One comparison of a scenario: what its policy changes, or its assumptions without policy.

    `changes` has median, low and high over the other side by outcome; None where it is unknown.
    """

    scenario: str
    words: str
    only_assumptions: bool
    cost: float
    changes: Mapping[str, tuple[float, float, float] | None]


def forest(lines: Sequence[ForestLine], runs: RunsShown) -> Figure:
    """Six panels: the change in per cent of the other side, a line a comparison, own scales.

    Scenarios stand in their order with their cost up to 2030 under the name.
    """
    with house_style():
        figure = Figure(figsize=(12.5, 3.6 + 0.62 * len(lines)))
        grid = figure.subplots(2, 3, sharey=True)
        for (indicator, title), axes in zip(OUTCOMES.items(), grid.flat, strict=True):
            _panel(axes, lines, indicator)
            axes.set_title(title)
        labels = [f"{line.scenario}\n{_below(line)}" for line in lines]
        grid[0][0].set_yticks(range(len(lines)), labels)
        grid[0][0].set_ylim(len(lines) - 0.5, -0.5)
        headline(figure, _finding(lines))
        put_caption(
            figure,
            runs,
            f"Dots: {_dots(lines, runs.pairs)}. Each panel has its own scale. Cost: all public "
            "money up to 2030, constant 2022 US$.",
            band="lines",
        )
    return figure


def _finding(lines: Sequence[ForestLine]) -> str:
    """The title: the largest change whose range does not include zero."""
    known = [
        (found[0], title, line.scenario)
        for line in lines
        for indicator, title in OUTCOMES.items()
        if (found := line.changes[indicator]) is not None and found[1] * found[2] > 0.0
    ]
    if not known:
        return f"No change of these outcomes in {TARGET_YEAR} can be distinguished from zero"
    value, title, name = max(known, key=lambda one: abs(one[0]))
    what = f"{title[0].lower()}{title[1:]}"
    return f"The largest change in {TARGET_YEAR}: {what} {_percent(100.0 * value)} under '{name}'"


def _dots(lines: Sequence[ForestLine], pairs: int) -> str:
    told = f"median of {pairs} paired differences" if pairs > 1 else "one paired difference"
    told += " (common random numbers), in per cent of the baseline"
    if any(line.only_assumptions for line in lines):
        told += (
            "; a policy is compared with the same assumptions without it, and open dots show "
            "the effect of assumptions without any policy"
        )
    return told


def _panel(axes: Axes, lines: Sequence[ForestLine], indicator: str) -> None:
    axes.axvline(0.0, color=FAINT, linewidth=1.0, zorder=1)
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")
    widest = LEAST_SPAN
    names = list(dict.fromkeys(line.scenario for line in lines))
    for height, line in enumerate(lines):
        found = line.changes[indicator]
        if found is None or np.isnan(found[0]):
            continue
        value, low, high = (100.0 * part for part in found)
        colour = COLOURS[(names.index(line.scenario) + 1) % len(COLOURS)]
        face = "white" if line.only_assumptions else colour
        axes.plot([low, high], [height, height], color=colour, linewidth=2.2, zorder=2)
        axes.plot(
            [value],
            [height],
            "o",
            color=colour,
            markerfacecolor=face,
            markersize=6.5,
            label=line.words,
            zorder=3,
        )
        axes.annotate(
            _percent(value),
            (value, height),
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            fontsize=8,
            color=INK[colour],
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
            zorder=2.5,
        )
        widest = max(widest, abs(low), abs(high))
    axes.margins(x=0.12)
    if widest == LEAST_SPAN:
        axes.set_xlim(-1.0, 1.0)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_xlabel("% of the baseline", fontsize=8)


def _percent(value: float) -> str:
    if value == 0.0:
        return "0 %"
    return f"{value:+.1f} %" if abs(value) >= 0.1 else f"{value:+.1g} %"


def _below(line: ForestLine) -> str:
    """The line under the name of a scenario: the cost of a policy, or that it has none."""
    if line.only_assumptions:
        return "assumptions, no policy"
    if np.isnan(line.cost):
        return "cost unknown"
    return f"costs {money(line.cost)}" if line.cost else "costs nothing"
