"""Mixes over futures: shares in which each meets the criteria, and regret."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.text.formatting import short
from sim.figures.captions import headline
from sim.figures.mix_captions import caption
from sim.figures.style import COLOURS, DATA, FAINT, house_style

_SHORT = {
    "doubling": "doubling, real",
    "losses": "losses in target",
    "gap": "gap no wider",
    "all": "all three",
}
Percentages = Mapping[tuple[str, str, str], float]  # by number, of what, and mix
_SHOWN = ("gmv_real_usd", "gmv_region_usd", "losses_usd")


def robustness_bars(
    table: pd.DataFrame,
    *,
    criteria: Mapping[str, str],
    outcomes: Mapping[str, str],
    worlds: int,
    seeds: int,
    scale: int,
) -> Figure:
    """Left the share of futures by criterion; right regret in three outcomes (90th, largest).

    `table` has the columns of `robustness.csv`, the baseline first; `criteria` and `outcomes` are
    in words, `worlds` the number of sets of values of what was not estimated.
    """
    names = [str(name) for name in dict.fromkeys(table["mix"])]
    baseline, mixes = names[0], names[1:]
    values = {
        (row["number"], row["of"], row["mix"]): 100.0 * float(row["value"])
        for row in table.to_dict("records")
    }
    with house_style():
        figure = Figure(figsize=(13.0, 3.2 + 0.5 * len(names)))
        grid = figure.subplots(1, 4, width_ratios=[1.5, 1, 1, 1])
        _shares(grid[0], values, names)
        for axes, outcome in zip(grid[1:], _SHOWN, strict=True):
            _regret(axes, values, outcome, mixes)
            axes.set_title("Regret:\n" + textwrap.fill(outcomes[outcome], 26), fontsize=9.5)
        headline(figure, f"Performance of {len(mixes)} mixes in {table['futures'].iloc[0]} futures")
        text = (
            "Futures: parameter draws of the posterior (parameters that were not estimated have "
            f"{worlds} sets of values from the prior), each with its own growth, "
            "conflict in Myanmar, foreign sellers and AI in scams; every mix is run in all of them "
            f"with common random numbers. Left: share of futures in which {criteria['doubling']}, "
            f"{criteria['losses']}, {criteria['gap']}. Right: regret, the distance of a mix from "
            "the best of these mixes in the same future, in per cent of the baseline's value; "
            "bars: 90th percentile, lines: maximum. Shares are of futures, not probabilities."
        )
        runs = (
            f"{seeds} seed{'s' if seeds > 1 else ''} per future; one agent represents "
            f"{scale:,} people"
        )
        caption(figure, text, runs, baseline)
    return figure


def _shares(axes: Axes, values: Percentages, names: list[str]) -> None:
    high = 0.8 / len(_SHORT)
    for row, name in enumerate(names):
        for at, criterion in enumerate(_SHORT):
            share = values["share_satisfied", criterion, name]
            place = row + (at - (len(_SHORT) - 1) / 2) * high
            axes.barh(
                place,
                share,
                0.9 * high,
                color=COLOURS[at],
                label=_SHORT[criterion] if row == 0 else None,
                zorder=2,
            )
            axes.text(share + 1.0, place, f"{share:.0f}", va="center", fontsize=7, color=DATA)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.45, -0.55)
    axes.set_xlim(0.0, 108.0)
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")
    axes.set_xlabel("% of futures")
    axes.set_title("Satisfies")
    axes.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2, fontsize=8, columnspacing=1.0
    )


def _regret(axes: Axes, values: Percentages, outcome: str, mixes: list[str]) -> None:
    for row, name in enumerate(mixes):
        usual, most = (values[number, outcome, name] for number in ("regret_p90", "regret_max"))
        axes.plot([0.0, most], [row, row], color=FAINT, linewidth=1.6, zorder=2)
        axes.plot([most], [row], "|", color=DATA, markersize=9, zorder=3)
        axes.barh(row, usual, 0.5, color=COLOURS[5], zorder=2.5)
        axes.text(
            most, row, f"  {short(usual)}, {short(most)}", va="center", fontsize=7.5, color=DATA
        )
    axes.set_yticks(range(len(mixes)), mixes)
    axes.set_ylim(len(mixes) - 0.45, -0.55)
    high = axes.get_xlim()[1]
    axes.set_xlim(0.0, max(1.35 * high, 1e-6))
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_xlabel("% of the baseline's")
