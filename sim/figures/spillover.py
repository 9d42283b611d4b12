"""Does a crackdown reduce scams or displace them: domestic, spillover and total effect."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.text.formatting import listed
from sim.figures.captions import RunsShown, headline, put_caption
from sim.figures.style import COLOURS, FAINT, TARGET, house_style
from sim.rows import rows_where
from sim.target import TARGET_YEAR
from sim.units import COUNTRIES

OUTCOMES = {
    "syndicate_capital": "Capital of syndicates that work from there",
    "victims": "People defrauded in the year",
    "scam_losses_usd": "Losses to scams",
}
OWN, NEIGHBOURS, TOTAL = "own", "neighbours", "total"
MARKS = {
    OWN: ("o", COLOURS[0], "countries that act"),
    NEIGHBOURS: ("s", COLOURS[1], "other countries"),
    TOTAL: ("D", TARGET, "all five countries"),
}
APART = 0.24


def crackdown(table: pd.DataFrame, runs: RunsShown) -> Figure:
    """Three panels: syndicates, victims and losses in 2030, in per cent of the baseline there.

    `table` has the columns of `spillover.csv`, and at least one row.
    """
    names = list(dict.fromkeys(table["scenario"]))
    with house_style():
        figure = Figure(figsize=(12.5, 2.9 + 0.62 * len(names)))
        grid = figure.subplots(1, len(OUTCOMES), sharey=True)
        for (indicator, title), axes in zip(OUTCOMES.items(), grid, strict=True):
            _panel(axes, rows_where(table, indicator=indicator), names)
            axes.set_title(title)
        labels = [f"{name}\n{_who(table, name)}" for name in names]
        grid[0].set_yticks(range(len(names)), labels)
        grid[0].set_ylim(len(names) - 0.5, -0.5)
        headline(
            figure,
            _finding(table),
            key=grid[0],
        )
        put_caption(
            figure,
            runs,
            "Marks: median of paired differences (common random numbers), in per cent of the "
            "baseline's value in the same countries. Each panel has its own scale.",
            band="lines",
        )
    return figure


def _finding(table: pd.DataFrame) -> str:
    """The title: losses in all five countries under the policy that changes them most."""
    losses = rows_where(table, indicator="scam_losses_usd", where=TOTAL).dropna(subset="effect")
    if losses.empty:
        return f"Effects of anti-scam enforcement in {TARGET_YEAR} at home and abroad"
    name, value = max(
        zip(losses["scenario"], losses["effect"].astype(float), strict=True),
        key=lambda one: abs(one[1]),
    )
    return (
        f"Losses to scams in the five countries together in {TARGET_YEAR}: {100 * value:+.0f} % "
        f"under '{name}'"
    )


def _who(table: pd.DataFrame, scenario: str) -> str:
    own = rows_where(table, scenario=scenario, where=OWN)["countries"].iloc[0]
    names = own.split()
    if len(names) == len(COUNTRIES):
        return "all five countries act"
    return f"{listed(names)} act{'s' if len(names) == 1 else ''}"


def _panel(axes: Axes, table: pd.DataFrame, names: list[str]) -> None:
    axes.axvline(0.0, color=FAINT, linewidth=1.0, zorder=1)
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")
    for row in table.to_dict("records"):
        mark, colour, words = MARKS[row["where"]]
        everybody = len(row["countries"].split()) == len(COUNTRIES)
        if everybody and row["where"] == OWN:
            continue  # where all five act, theirs is the total
        acting = set(table.loc[table["scenario"] == row["scenario"], "where"])
        shift = list(MARKS).index(row["where"]) - 1 if NEIGHBOURS in acting else 0
        height = names.index(row["scenario"]) + APART * shift
        value, low, high = (100.0 * float(row[name]) for name in ("effect", "low", "high"))
        axes.plot([low, high], [height, height], color=colour, linewidth=1.8, zorder=2)
        axes.plot(
            [value], [height], mark, color=colour, markersize=6, linestyle="", label=words, zorder=3
        )
    axes.margins(x=0.1)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:+g}" if value else "0"))
    axes.set_xlabel("% of the baseline", fontsize=8)
