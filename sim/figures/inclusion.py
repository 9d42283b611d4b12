"""Who buys online: by area, sex and income fifth, in 2022 and in 2030 under every scenario."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.figures.captions import RunsShown, headline, place_name, put_caption
from sim.figures.style import COLOURS, DATA, FAINT, house_style
from sim.rows import rows_where
from sim.target import BASE_YEAR, TARGET_YEAR
from sim.units import COUNTRIES, REGION

# Groups from the top down, with gaps between what can be compared.
ROWS = {
    "urban": ("towns", 0.0),
    "rural": ("countryside", 1.0),
    "men": ("men", 2.6),
    "women": ("women", 3.6),
    "q5": ("richest fifth", 5.2),
    "q4": ("fourth", 6.2),
    "q3": ("middle fifth", 7.2),
    "q2": ("second", 8.2),
    "q1": ("poorest fifth", 9.2),
}
APART, TOGETHER = 0.22, 0.8  # between the marks of two scenarios; all of them, of a row
ROOMY = 3  # scenarios for which the usual height is enough


def inclusion(table: pd.DataFrame, runs: RunsShown) -> Figure:
    """Six panels: the share of adults who buy online, by group, in per cent.

    `table` has the columns of `inclusion.csv`.
    """
    with house_style():
        more = max(len(runs.scenarios) - ROOMY, 0)
        figure = Figure(figsize=(12.5, 8.6 + 1.2 * more))
        grid = figure.subplots(2, 3, sharey=True, sharex=True)
        for place, axes in zip((*COUNTRIES, REGION), grid.flat, strict=True):
            _panel(axes, rows_where(table, country=place), runs)
            axes.set_title(place_name(place))
        for axes in grid[1]:
            axes.set_xlabel("% of the group's adults who buy online", fontsize=8)
        grid[0][0].set_yticks([at for _, at in ROWS.values()], [name for name, _ in ROWS.values()])
        grid[0][0].set_ylim(9.9, -0.7)
        grid[0][0].set_xlim(left=0.0)
        headline(figure, _finding(table, runs.baseline), key=grid[0][0])
        put_caption(
            figure,
            runs,
            f"Grey ring: the baseline in {BASE_YEAR}. Dots: {TARGET_YEAR}, median over runs. "
            "Fifths are of income within each country.",
            band="lines through the dots",
        )
    return figure


def _finding(table: pd.DataFrame, baseline: str) -> str:
    """The title: the richest and the poorest of the baseline."""
    last = _of(rows_where(table, country=REGION), baseline, TARGET_YEAR)["value"].dropna()
    if not {"q1", "q5"} <= set(last.index):
        return f"Who buys online in {BASE_YEAR} and {TARGET_YEAR}"
    return (
        f"In {TARGET_YEAR} {last['q5']:.0f} % of the richest fifth and {last['q1']:.0f} % of the "
        f"poorest buy online (five countries together, '{baseline}')"
    )


def _panel(axes: Axes, table: pd.DataFrame, runs: RunsShown) -> None:
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    base = _of(table, runs.baseline, BASE_YEAR)
    names = [group for group in ROWS if group in base.index]
    heights = [ROWS[group][1] for group in names]
    middle = (len(runs.scenarios) - 1) / 2
    apart = min(APART, TOGETHER / max(2 * middle, 1))
    last = {name: _of(table, name, TARGET_YEAR) for name in runs.scenarios}
    for group, height in zip(names, heights, strict=True):
        ends = [float(shown["value"][group]) for shown in (base, *last.values())]
        axes.hlines(height, min(ends), max(ends), color="#DDDDDD", linewidth=1.2, zorder=1)
    axes.plot(
        base.loc[names, "value"],
        heights,
        "o",
        markerfacecolor="white",
        markeredgecolor=FAINT,
        markersize=6,
        label=f"{runs.baseline}, {BASE_YEAR}",
        zorder=3,
    )
    for number, scenario in enumerate(runs.scenarios):
        mine, colour = last[scenario].loc[names], COLOURS[number % len(COLOURS)]
        at = [height + apart * (number - middle) for height in heights]
        axes.hlines(at, mine["low"], mine["high"], color=colour, linewidth=1.6, zorder=3.5)
        axes.plot(
            mine["value"],
            at,
            "o",
            color=colour,
            markersize=5,
            label=f"{scenario}, {TARGET_YEAR}",
            zorder=4,
        )
    if not names:
        axes.annotate("not known", (0.02, 0.97), xycoords="axes fraction", va="top", color=DATA)


def _of(table: pd.DataFrame, scenario: str, year: int) -> pd.DataFrame:
    """In per cent, by group."""
    mine = rows_where(table, scenario=scenario, year=year).set_index("group")
    return 100.0 * mine[["value", "low", "high"]].astype(float)
