"""Does a crackdown reduce scams or displace them: domestic, spillover and total effect."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.spillover import (
    ENFORCEMENT,
    NEIGHBOURS,
    OUTCOMES,
    OWN,
    TOTAL,
    spillover,
)
from sim.analysis.text.formatting import listed
from sim.errors import InputError
from sim.figures.captions import headline, put_caption
from sim.figures.style import COLOURS, FAINT, TARGET, house_style
from sim.target import TARGET_YEAR
from sim.units import COUNTRIES

MARKS = {
    OWN: ("o", COLOURS[0], "countries that act"),
    NEIGHBOURS: ("s", COLOURS[1], "other countries"),
    TOTAL: ("D", TARGET, "all five countries"),
}
APART = 0.24


def spillover_table(comparison: Comparison) -> pd.DataFrame:
    """The columns of `spillover.csv`; empty where no scenario acts against scams."""
    acting = {
        name: comparison.settings.acting(name, ENFORCEMENT)
        for name, changed in comparison.changed_levers.items()
        if ENFORCEMENT in changed
    }
    return spillover(comparison.paired, acting)


def crackdown(comparison: Comparison) -> Figure:
    """Three panels: syndicates, victims and losses in 2030, in per cent of the baseline there.

    Raises InputError where no scenario acts against scams.
    """
    table = spillover_table(comparison)
    if table.empty:
        raise InputError(
            "no scenario of this result acts against scams",
            allowed=f"a scenario with the lever {ENFORCEMENT}, such as crackdown_khm",
        )
    names = list(dict.fromkeys(table["scenario"]))
    with house_style():
        figure = Figure(figsize=(12.5, 2.9 + 0.62 * len(names)))
        grid = figure.subplots(1, len(OUTCOMES), sharey=True)
        for (indicator, title), axes in zip(OUTCOMES.items(), grid, strict=True):
            _panel(axes, table[table["indicator"] == indicator], names)
            axes.set_title(title)
        labels = [f"{name}\n{_who(table, name)}" for name in names]
        grid[0].set_yticks(range(len(names)), labels)
        grid[0].set_ylim(len(names) - 0.5, -0.5)
        headline(
            figure,
            "Domestic, spillover and total effects of anti-scam enforcement in "
            f"{TARGET_YEAR}, against {comparison.baseline}",
            key=grid[0],
        )
        put_caption(
            figure,
            comparison,
            "Marks: median of paired differences (common random numbers), in per cent of the "
            "baseline's value in the same countries. Each panel has its own scale.",
            band="lines",
        )
    return figure


def _who(table: pd.DataFrame, scenario: str) -> str:
    own = table[(table["scenario"] == scenario) & (table["where"] == OWN)]["countries"].iloc[0]
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
