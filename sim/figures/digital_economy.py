"""The digital economy by sector and place: the account, published ranges, the doubling."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.figures.captions import RunsShown, headline, place_in_title, put_caption
from sim.figures.history import BILLION
from sim.figures.style import COLOURS, DATA, FAINT, house_style
from sim.figures.trajectory import draw_doubling, look_alike, not_drawn
from sim.rows import row_where, rows_where
from sim.target import BASE_YEAR, POSTERIOR_ORIGIN, TARGET_YEAR, trajectory
from sim.units import REGION

FIRST_SHOWN = 2019


def digital_economy(
    years: pd.DataFrame,
    doubling: pd.DataFrame,
    places: Mapping[str, str],
    sectors: Mapping[str, str],
    runs: RunsShown,
) -> Figure:
    """A row for each place, a column for each sector; the last column is all of them together.

    `years` and `doubling` are those of the account. Scenarios that are one line with the baseline
    to the eye are not drawn.
    """
    with house_style():
        figure = Figure(figsize=(12.5, 2.35 * len(places) + 1.2))
        grid = figure.subplots(len(places), len(sectors), sharex=True, squeeze=False)
        first = next(iter(places))
        hidden: set[str] = set()
        for row, (place, name) in zip(grid, places.items(), strict=True):
            for axes, (sector, title) in zip(row, sectors.items(), strict=True):
                hidden |= _panel(axes, rows_where(years, country=place, sector=sector), runs)
                found = row_where(
                    doubling,
                    scenario=runs.baseline,
                    country=place,
                    sector=sector,
                    measure="nominal_usd",
                )
                above = f"{title[0].upper()}{title[1:]}\n" if place == first else ""
                axes.set_title(f"{above}\u00d7{float(found['ratio']):.2f}", fontsize=9.5, pad=3)
            row[0].set_ylabel(f"{name}\nUS$ billion, nominal", fontsize=8.5)
        headline(figure, _finding(doubling, list(sectors)[-1], runs), key=grid[0][-1])
        put_caption(
            figure,
            runs,
            f"Lines: median over runs; above each panel: {TARGET_YEAR} over {BASE_YEAR} in the "
            f"baseline. Dashed: doubling. Grey bars: published figures from {FIRST_SHOWN} on, "
            "range of editions with rounding (e-Conomy SEA); dotted: last year fitted; countries "
            "without bars have no published figure, so their sectors other than e-commerce are "
            "ranges from income and use. Model error is not in the bands. Every panel has a scale "
            f"of its own. {_not_drawn(hidden, runs)}",
            band="shaded",
        )
    return figure


def _finding(doubling: pd.DataFrame, sector: str, runs: RunsShown) -> str:
    """The title: growth of the five countries together."""
    where = place_in_title(REGION)
    row = row_where(
        doubling, scenario=runs.baseline, country=REGION, sector=sector, measure="nominal_usd"
    )
    if pd.isna(row["ratio"]):
        return f"The digital economy and its doubling under '{runs.baseline}', {where}"
    return (
        f"The digital economy of {TARGET_YEAR} is {float(row['ratio']):.2f} times that of "
        f"{BASE_YEAR} under '{runs.baseline}', {where}"
    )


def _not_drawn(hidden: set[str], runs: RunsShown) -> str:
    said = not_drawn([name for name in runs.scenarios if name in hidden], runs.baseline)
    return f"{said}." if said else ""


def _panel(axes: Axes, rows: pd.DataFrame, runs: RunsShown) -> set[str]:
    """Draws a panel; returns the scenarios that are one line with the baseline."""
    hidden: set[str] = set()
    first = rows_where(rows, scenario=runs.baseline).set_index("year").sort_index()
    for number, scenario in enumerate(runs.scenarios):
        mine = rows_where(rows, scenario=scenario).sort_values("year")
        if scenario != runs.baseline and look_alike(first, mine.set_index("year")):
            hidden.add(scenario)
            continue
        colour = COLOURS[number % len(COLOURS)]
        low, middle, high = (mine[name] / BILLION for name in ("low", "median", "high"))
        if scenario == runs.baseline:
            axes.fill_between(mine["year"], low, high, color=colour, alpha=0.18, linewidth=0)
        width = max(2.6 - 1.2 * number, 1.0)
        axes.plot(mine["year"], middle, color=colour, linewidth=width, label=scenario, zorder=4)
    base = rows_where(rows, scenario=runs.baseline)
    _published(axes, base)
    start = float(row_where(base, year=BASE_YEAR)["median"]) / BILLION
    span = range(BASE_YEAR, TARGET_YEAR + 1)
    doubled = [trajectory(start, year) for year in span]
    draw_doubling(axes, span, doubled, 1.2)
    axes.axvline(POSTERIOR_ORIGIN + 0.5, color=FAINT, linewidth=0.8, linestyle=":", zorder=1)
    axes.set_xlim(FIRST_SHOWN - 0.4, TARGET_YEAR + 0.4)
    axes.set_xticks([2019, 2022, 2026, 2030])
    axes.set_ylim(bottom=0.0)
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    return hidden


def _published(axes: Axes, rows: pd.DataFrame) -> None:
    """Bars of published ranges; always an entry of the key, so that panels have the same one."""
    known = rows[rows["published_low"].notna()]
    low, high = (known[f"published_{end}"].to_numpy() / BILLION for end in ("low", "high"))
    axes.vlines(
        known["year"].to_numpy(np.float64),
        low,
        high,
        color=DATA,
        linewidth=3.2,
        label="published",
        zorder=3,
    )
