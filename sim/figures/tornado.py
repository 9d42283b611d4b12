"""Which inputs move a result most: the swing of each between its lowest and its highest value."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.figures.captions import CHARACTERS_PER_INCH, headline
from sim.figures.style import COLOURS, DATA, INK, TARGET, house_style
from sim.target import POSTERIOR_ORIGIN

LARGEST = 10  # inputs shown


def tornado(table: pd.DataFrame, *, what: str, unit: str, question: str, runs: str) -> Figure:
    """Bars of the ten inputs with the widest swing, from a study that varies one at a time.

    `table` has the columns of `tornado.csv`, the widest swing first. `what` and `unit` name the
    result; `question` and `runs` (scenario, baseline, seeds, scale) go into the caption.
    """
    shown = table.head(LARGEST)
    with house_style():
        figure = Figure(figsize=(10.0, 2.3 + 0.42 * len(shown)))
        axes = figure.subplots()
        for height, row in enumerate(shown.to_dict("records")):
            for end, colour in (("low", COLOURS[1]), ("high", COLOURS[0])):
                at = float(row[f"at_{end}"])
                axes.barh(
                    height,
                    at - row["middle"],
                    0.66,
                    left=row["middle"],
                    color=colour,
                    label=f"input at its {end}est",
                    zorder=2,
                )
                right = at >= row["middle"]
                if _inner(row, end):  # its place is taken by the longer bar
                    at, right = row["middle"], not right
                axes.annotate(
                    f"{row[f'input_{end}']:.3g}",
                    (at, height),
                    xytext=(4 if right else -4, 0),
                    textcoords="offset points",
                    ha="left" if right else "right",
                    va="center",
                    fontsize=8,
                    color=INK[colour],
                )
        middle = float(table["middle"].iloc[0])
        axes.axvline(middle, color=TARGET, linewidth=1.0, zorder=3)
        axes.set_yticks(range(len(shown)), [_name(name) for name in shown["input"]])
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.grid(False, axis="y")
        axes.grid(True, axis="x")
        axes.margins(x=0.1)
        axes.xaxis.set_major_locator(MaxNLocator(6))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _: f"{at:g}"))
        axes.set_xlabel(f"{what}, {unit}")
        headline(figure, f"Most influential inputs: {what}", key=axes)
        left_out = len(table) - len(shown)
        others = f" The other {left_out} have smaller effects." if left_out else ""
        text = (
            f"Question: {question} Each bar changes one input alone, from its lowest to its "
            f"highest value (numbers at the ends), all else at its default; medians over {runs}. "
            f"Line: all inputs at their defaults ({middle:.3g}).{others} Interactions are not "
            f"shown. Last outcome data: {POSTERIOR_ORIGIN}. Scenarios, not forecasts."
        )
        width = int(figure.get_figwidth() * CHARACTERS_PER_INCH)
        figure.supxlabel(
            "\n".join(textwrap.wrap(text, width)), x=0.01, ha="left", fontsize=8.5, color=DATA
        )
    return figure


def _inner(row: dict[Any, Any], end: str) -> bool:
    """Whether the bar of one end lies within that of the other."""
    mine, other = (
        float(row[f"at_{one}"]) - float(row["middle"])
        for one in (end, "high" if end == "low" else "low")
    )
    return mine * other > 0.0 and abs(mine) < abs(other)


def _name(column: str) -> str:
    return column.removeprefix("parameters.").replace("_", " ")
