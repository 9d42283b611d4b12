"""What outcomes and effects depend on: Sobol' indices, Shapley effects, value of information."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.figures.captions import headline, place_name, put_text
from sim.figures.style import COLOURS, DATA, FAINT, house_style
from sim.meanfield.outcomes import EFFECT, LEVEL, NET_BENEFIT, PLACES, RATIO, VALUE
from sim.rows import rows_where
from sim.target import POSTERIOR_ORIGIN
from sim.units import REGION

LARGEST = 10  # bars of a panel
WIDEST = 1.05  # of an axis of Sobol' indices
BAND = "Whiskers: 5th to 95th percentile of a bootstrap"


class Asked(NamedTuple):
    """What a sensitivity analysis was asked, as captions tell it.

    `blocks` is the size of the Sobol' design, `draws` that of the sample of the `source`, `worth`
    the value of a dollar of added purchases in the net benefit.
    """

    scenario: str
    baseline: str
    blocks: int
    draws: int
    source: str
    worth: float


def sobol(table: pd.DataFrame, asked: Asked) -> Figure:
    """First-order and total indices of purchases (above) and of the effect on them, by year.

    `table` has the columns of `sobol.csv`.
    """
    table = rows_where(table, country=REGION, outcome=VALUE)
    years = sorted(set(table["year"]))
    over = (table[["first_high", "total_high"]] > WIDEST).any(axis=None)
    cut = f"Bars and whiskers are cut at {WIDEST:.0%}." if over else ""
    titles = {LEVEL: "Online purchases", EFFECT: f"Effect of {asked.scenario}"}
    with house_style():
        figure = Figure(figsize=(3.0 + 2.9 * len(years), 7.4))
        grid = figure.subplots(2, len(years), squeeze=False, sharex=True)
        for row, (kind, title) in enumerate(titles.items()):
            mine = rows_where(table, kind=kind)
            last = rows_where(mine, year=years[-1]).set_index("input")
            order = last["total"].nlargest(LARGEST).index
            for column, year in enumerate(years):
                axes = grid[row, column]
                here = rows_where(mine, year=year).set_index("input").reindex(order)
                axes.set_title(f"{title}, {year}")
                _share_axis(axes)
                axes.set_xlim(-0.12, WIDEST)
                names = [name.replace("_", " ") for name in order]
                axes.set_yticks(range(len(order)), names if column == 0 else [""] * len(order))
                axes.set_ylim(len(order) - 0.4, -0.6)
                if here["total"].isna().all():
                    axes.text(0.5, 0.5, "no effect yet", transform=axes.transAxes, ha="center",
                              color=DATA)  # fmt: skip
                    continue
                _bars(axes, here, "total", COLOURS[5], 0.19, "total: with interactions")
                _bars(axes, here, "first", COLOURS[0], -0.19, "first-order: alone")
        for axes in grid[-1]:
            axes.set_xlabel("share of variance")
            axes.xaxis.set_tick_params(labelbottom=True)
        headline(figure, "Which single inputs matter: Sobol' indices, five countries together",
                 key=grid[0, 0])  # fmt: skip
        put_text(figure, " ".join([
            f"The {LARGEST} inputs with the largest total index, of {len(set(table['input']))}; "
            "purchases as logarithms of nominal US$.",
            f"Baseline: {asked.baseline}.", _runs(asked, design=True), BAND + ".",
            cut, _END,
        ]))  # fmt: skip
    return figure


def shapley(table: pd.DataFrame, asked: Asked) -> Figure:
    """Shapley effects by group of parameters: the ratio above, the effect of the policy below.

    `table` has the columns of `shapley_effects.csv`.
    """
    year = int(table["year"].max())
    rows = (
        (LEVEL, RATIO, f"purchases in nominal US$,\n{year} over 2022"),
        (EFFECT, VALUE, f"effect of {asked.scenario}\non purchases in {year}"),
    )
    groups = list(dict.fromkeys(table["group"]))
    with house_style():
        figure = Figure(figsize=(13.0, 6.4))
        grid = figure.subplots(2, len(PLACES), sharex=True)
        for row, (kind, outcome, label) in enumerate(rows):
            mine = rows_where(table, kind=kind, outcome=outcome, year=year)
            for column, place in enumerate(PLACES):
                axes = grid[row, column]
                here = rows_where(mine, country=place).set_index("group").reindex(groups)
                _bars(axes, here, "share", COLOURS[row], 0.0, "")
                _share_axis(axes)
                names = groups if column == 0 else [""] * len(groups)
                axes.set_yticks(range(len(groups)), names)
                axes.set_ylim(len(groups) - 0.4, -0.6)
                axes.set_title(place_name(place) if place != REGION else "Five countries")
            grid[row, 0].set_ylabel(label, fontweight="bold")
        for axes in grid[-1]:
            axes.set_xlabel("share of variance")
        headline(figure, "Where the uncertainty comes from: Shapley effects by group of parameters")
        put_text(figure, " ".join([
            "Shares and the unexplained part sum to one. Money in logarithms.",
            f"Baseline: {asked.baseline}.",
            _runs(asked), BAND + ", given nearest neighbours; shares near zero may come out below "
            "it.", _END,
        ]))  # fmt: skip
    return figure


def information(table: pd.DataFrame, asked: Asked) -> Figure:
    """How much each data source is expected to narrow three quantities.

    `table` has the columns of `information.csv`; exact values have no error there.
    """
    year = int(table["year"].max())
    panels = [
        (EFFECT, VALUE, f"Effect of {asked.scenario} on\npurchases in {year}"),
        (LEVEL, RATIO, f"Purchases {year} over 2022,\nbaseline"),
        (EFFECT, NET_BENEFIT, f"Net benefit of {asked.scenario},\nto {year}"),
    ]
    with house_style():
        figure = Figure(figsize=(12.0, 5.6))
        grid = figure.subplots(1, len(panels), sharex=True)
        for axes, (kind, outcome, title) in zip(grid, panels, strict=True):
            mine = rows_where(table, kind=kind, outcome=outcome)
            shown = mine.nlargest(LARGEST + 2, "reduction")
            exact = [bool(error == 0.0) for error in shown["error"]]
            for height, row in enumerate(shown.to_dict("records")):
                bound = exact[height]
                label = "exact values of a group of parameters" if bound else "a survey or series"
                one = pd.DataFrame([row], index=[height])
                _bars(axes, one, "reduction", FAINT if bound else COLOURS[0], height, label, 0.66)
            names = [_datum(*one) for one in zip(shown["datum"], exact, strict=True)]
            axes.set_yticks(range(len(shown)), names)
            axes.set_ylim(len(shown) - 0.4, -0.6)
            axes.set_title(title)
            _share_axis(axes)
            axes.set_xlabel("expected reduction of the variance")
        key = max(grid, key=lambda axes: len(set(axes.get_legend_handles_labels()[1])))
        headline(figure, "How much each new data source would reduce uncertainty", key=key)
        put_text(figure, " ".join([
            "Surveys of 2026 in all five countries, with the errors of the table.",
            f"Net benefit: {asked.worth:g} of added purchases, less added "
            "losses to scams and public money; constant 2022 US$.",
            f"Baseline: {asked.baseline}.", _runs(asked), BAND + ".", _END,
        ]))  # fmt: skip
    return figure


_END = f"Last outcome data: {POSTERIOR_ORIGIN}. Scenarios, not forecasts."


def _runs(asked: Asked, design: bool = False) -> str:
    where = "Mean-field approximation; prices and scams as in a run with central parameters"
    if design:
        return f"{where}; {asked.blocks} blocks of a Sobol' design over the prior."
    return f"{where}; {asked.draws} draws of the {asked.source}."


def _bars(
    axes: Axes,
    rows: pd.DataFrame,
    number: str,
    colour: str,
    shift: float,
    label: str,
    thick: float | None = None,
) -> None:
    """Bars with whiskers; `number` has columns for its ends."""
    prefix = f"{number}_" if f"{number}_low" in rows else ""
    at = np.arange(len(rows)) + shift
    value = rows[number].to_numpy(float)
    low, high = (rows[f"{prefix}{end}"].to_numpy(float) for end in ("low", "high"))
    height = thick or (0.36 if prefix else 0.66)
    axes.barh(at, value, height, color=colour, label=label or None, zorder=2)
    axes.hlines(at, low, high, color=DATA, linewidth=0.9, zorder=3)


def _share_axis(axes: Axes) -> None:
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")
    axes.axvline(0.0, color=DATA, linewidth=0.8, zorder=4)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _: f"{100 * at:.0f} %"))


def _datum(name: str, exact: bool) -> str:
    if exact:
        return f"all of: {name.partition(': ')[2]}"
    return name.replace("_", " ")
