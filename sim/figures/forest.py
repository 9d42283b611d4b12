"""What each scenario changes in six outcomes of the five countries, with intervals and costs."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.comparison import Comparison
from sim.analysis.words import money
from sim.figures.captions import headline, put_caption
from sim.figures.style import COLOURS, FAINT, INK, house_style
from sim.target import TARGET_YEAR
from sim.units import REGION

OUTCOMES = {
    "gmv_real_usd": "All online purchases",
    "gmv_region_usd": "Purchases from neighbours",
    "shoppers": "People who shop online",
    "sme_exporters": "Small firms that sell to neighbours",
    "seller_profit_usd": "Profit of small online sellers",
    "scam_losses_usd": "Losses to scams",
}
LEAST_SPAN = 1e-4  # per cent that fill a panel, so that noise does not


def forest(comparison: Comparison) -> Figure:
    """Six panels: the change in per cent of the baseline, a line a scenario, each on its own scale.

    Scenarios stand in their order with their cost up to 2030 under the name.
    """
    names = [name for name in comparison.scenarios if name != comparison.baseline]
    with house_style():
        figure = Figure(figsize=(12.5, 3.6 + 0.62 * len(names)))
        grid = figure.subplots(2, 3, sharey=True)
        for (indicator, title), axes in zip(OUTCOMES.items(), grid.flat, strict=True):
            _panel(axes, comparison, names, indicator)
            axes.set_title(title)
        labels = [f"{name}\n{_cost(comparison, name)}" for name in names]
        grid[0][0].set_yticks(range(len(names)), labels)
        grid[0][0].set_ylim(len(names) - 0.5, -0.5)
        headline(
            figure,
            f"What changes in {TARGET_YEAR} in the five countries together, against "
            f"{comparison.baseline}",
        )
        put_caption(
            figure,
            comparison,
            "Dots: median of paired differences under the same luck, in per cent of the baseline. "
            "Every panel has a scale of its own. Cost: all public money up to 2030, constant 2022 "
            "US$.",
            band="lines",
        )
    return figure


def _panel(axes: Axes, comparison: Comparison, names: list[str], indicator: str) -> None:
    axes.axvline(0.0, color=FAINT, linewidth=1.0, zorder=1)
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")
    widest = LEAST_SPAN
    for height, name in enumerate(names):
        found = comparison.relative(name, indicator)
        if found is None or np.isnan(found[0]):
            continue
        value, low, high = (100.0 * part for part in found)
        colour = COLOURS[(height + 1) % len(COLOURS)]
        axes.plot([low, high], [height, height], color=colour, linewidth=2.2, zorder=2)
        axes.plot([value], [height], "o", color=colour, markersize=6.5, label=name, zorder=3)
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


def _cost(comparison: Comparison, scenario: str) -> str:
    rows = comparison.effects
    rows = rows[(rows["scenario"] == scenario) & (rows["country"] == REGION)]
    cost = float(rows["cost_usd"].iloc[0]) if len(rows) else float("nan")
    return "cost unknown" if np.isnan(cost) else f"costs {money(cost)}" if cost else "costs nothing"
