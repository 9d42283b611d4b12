"""Every study predicted from all others: what was found, on the scale of its own prediction."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures.captions import headline, put_text
from sim.figures.style import COLOURS, DATA, FAINT, TARGET, house_style

_WIDEST = 1.5  # half widths of an interval that are shown
_WORDS = 1.03  # where the column of numbers begins, in widths of the panel


def left_out_studies(table: pd.DataFrame) -> Figure:
    """Left sizes, right signs, a line a study.

    Columns: study (words), unit, estimate, predicted, low, high (90 % of what the other studies
    predict), inside_90. For a sign `predicted` is the probability of the sign that was found.
    """
    sizes = table[table["unit"] != "sign"].reset_index(drop=True)
    signs = table[table["unit"] == "sign"].reset_index(drop=True)
    with house_style():
        longest = max(len(sizes), len(signs))
        figure = Figure(figsize=(12.5, 2.1 + 0.25 * longest))
        figure.set_layout_engine("constrained", w_pad=0.1)
        left, right = figure.subplots(1, 2, width_ratios=[1.25, 1.0])
        _sizes(left, sizes)
        _signs(right, signs)
        for axes, shown in ((left, sizes), (right, signs)):
            axes.set_yticks(range(len(shown)), list(shown["study"]))
            axes.set_ylim(longest - 0.4, -0.8)
            axes.tick_params(axis="y", length=0, labelsize=8)
            axes.grid(False, axis="y")
            axes.grid(True, axis="x")
        within = int(sizes["inside_90"].astype(bool).sum())
        headline(
            figure,
            f"Studies predicted from all others: {within} of {len(sizes)} sizes within 90 %",
        )
        put_text(
            figure,
            "Left: dots are what a study found, on the scale of its prediction: 0 is the median, "
            "the shaded range 90 %. Numbers: found; predicted (5 to 95 %). The range has the "
            "uncertainty of the parameters and of carrying a study here. Right: probability that "
            "the other studies gave to the sign that was found; 0.5 is a coin.",
        )
    return figure


def _sizes(axes: Axes, table: pd.DataFrame) -> None:
    axes.axvspan(-1.0, 1.0, color="#E3EDF5", zorder=0, linewidth=0)
    axes.axvline(0.0, color=TARGET, linewidth=1.0, zorder=1)
    for height, row in enumerate(table.to_dict("records")):
        side = row["high"] if row["estimate"] > row["predicted"] else row["low"]
        place = (row["estimate"] - row["predicted"]) / abs(side - row["predicted"])
        shown = min(max(place, -_WIDEST), _WIDEST)
        colour = COLOURS[0] if row["inside_90"] else COLOURS[1]
        marker = "o" if shown == place else (">" if place > 0 else "<")
        axes.plot(shown, height, marker, color=colour, markersize=5.5, zorder=3)
        found, predicted, low, high = (
            _number(row[name], row["unit"]) for name in ("estimate", "predicted", "low", "high")
        )
        axes.text(
            *(_WORDS, height, f"{found}; {predicted} ({low} to {high}){_UNITS[row['unit']]}"),
            transform=axes.get_yaxis_transform(),
            va="center",
            fontsize=7.5,
            color=DATA,
        )
    axes.set_xlim(-_WIDEST - 0.1, _WIDEST + 0.1)
    axes.set_title("Size")
    axes.set_xlabel("found less predicted, in half widths of the 90 % range", fontsize=8.5)


def _signs(axes: Axes, table: pd.DataFrame) -> None:
    axes.axvline(0.5, color=TARGET, linewidth=1.0, zorder=1)
    for height, row in enumerate(table.to_dict("records")):
        colour = COLOURS[0] if row["predicted"] >= 0.5 else COLOURS[1]
        axes.plot([0.5, row["predicted"]], [height] * 2, color=FAINT, linewidth=1.2, zorder=2)
        axes.plot(row["predicted"], height, "o", color=colour, markersize=5.5, zorder=3)
    axes.set_xlim(0.0, 1.0)
    axes.set_title("Sign that was found")
    axes.set_xlabel("probability", fontsize=8.5)


_UNITS = {"relative_change": " %", "share_points": " pp", "elasticity": "", "ratio": ""}


def _number(value: float, unit: str) -> str:
    text = f"{100 * value:+.1f}" if _UNITS[unit] else f"{value:.1f}"
    return text.replace("-", "\u2212")
