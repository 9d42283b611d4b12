"""Where a mix fails: the futures on the inputs of the first box, and how good the box is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from sim.figures.captions import headline
from sim.figures.mix_captions import caption
from sim.figures.style import COLOURS, DATA, FAINT, TARGET, house_style
from sim.rows import rows_where

Floats = NDArray[np.float64]
Choices = Mapping[str, Sequence[str]]
Range = dict[Any, Any]
_OTHERS = ("parameters.adoption_shift", "paths.growth")  # shown where a box has one input


def boxes(
    table: pd.DataFrame,
    points: Mapping[str, Floats],
    fails: NDArray[np.bool_],
    *,
    choices: Choices,
    criterion: str,
    runs: str,
    baseline: str,
) -> Figure:
    """Left all futures by the two inputs that matter most; right every range with its p-value.

    `table` has the columns of `boxes.csv`, of which the first box is shown; `points` are the inputs
    of all futures, `fails` says in which the mix does, `criterion` what it fails. `choices` are
    those of each outside path, in their order.
    """
    ranges = rows_where(table, box=1).sort_values("quasi_p", kind="stable")
    ranges = ranges.fillna({"low": -np.inf, "high": np.inf})
    order: list[Range] = ranges.to_dict("records")
    box = order[0]
    with house_style():
        figure = Figure(figsize=(12.5, 5.6))
        left, right = figure.subplots(1, 2, width_ratios=[1.15, 1.0])
        _futures(left, points, fails, order, choices)
        _ranges(right, order, choices)
        headline(figure, f"When does '{box['mix']}' fail?")
        said = "; ".join(row["words"] for row in order)
        held = _percent(box["held_out_density"]) if box["held_out_mass"] else "no future in it"
        text = (
            f"Fails: not ({criterion}). The box: {said}. Coverage (share of all failures "
            f"in it) {_percent(box['coverage'])}, density (share of it that fails) "
            f"{_percent(box['density'])} against {_percent(float(fails.mean()))} of all; on the "
            f"third of the futures held out {_percent(box['held_out_coverage'])} and "
            f"{held}. p: quasi-p-value, the "
            "probability of so many failures if that range did not matter. Marks at the same "
            "point share parameters, but not external conditions."
        )
        caption(figure, text, runs, baseline)
    return figure


def _futures(
    axes: Axes,
    points: Mapping[str, Floats],
    fails: NDArray[np.bool_],
    order: list[Range],
    choices: Choices,
) -> None:
    limits = {row["input"]: (row["low"], row["high"]) for row in order}
    across, up = [*limits, *(name for name in _OTHERS if name not in limits)][:2]
    at = {name: _jittered(points[name], name, k) for k, name in enumerate((across, up))}
    within = np.logical_and.reduce(
        [(low <= points[name]) & (points[name] <= high) for name, (low, high) in limits.items()]
    )
    for failed, colour, words in ((False, COLOURS[0], "satisfies"), (True, COLOURS[1], "fails")):
        mine = fails == failed
        axes.plot(
            at[across][mine],
            at[up][mine],
            "x" if failed else "o",
            color=colour,
            markerfacecolor="none",
            markersize=5.0,
            linestyle="none",
            label=f"{words} ({int((mine & within).sum())} of {int(mine.sum())} in the box)",
            zorder=3,
        )
    sides = []
    for name in (across, up):
        values = at[name]
        low, high = limits.get(name, (-np.inf, np.inf))
        pad = 0.04 * (values.max() - values.min() or 1.0)
        half = 0.45 if name.startswith("paths.") else 0.0
        bottom, top = values.min() - pad, values.max() + pad
        sides.append((max(low - half, bottom), min(high + half, top)))
        (axes.set_xlim if name == across else axes.set_ylim)(bottom, top)
    (x0, x1), (y0, y1) = sides
    axes.add_patch(
        Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, edgecolor=TARGET, linewidth=1.6, zorder=4)
    )
    axes.grid(True, axis="both")
    for name, axis in ((across, axes.xaxis), (up, axes.yaxis)):
        if name.startswith("paths."):
            axis.set_ticks(range(len(_of(choices, name))), _of(choices, name))
    axes.set_xlabel(_label(across))
    axes.set_ylabel(_label(up))
    axes.set_title("Every mark is a future")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2, fontsize=8.5)


def _jittered(values: Floats, name: str, stream: int) -> Floats:
    """Marks of an outside path, which has two or three values, side by side."""
    if not name.startswith("paths."):
        return values
    luck = np.random.default_rng(stream)
    return np.asarray(values + luck.uniform(-0.3, 0.3, len(values)))


def _ranges(axes: Axes, order: list[Range], choices: Choices) -> None:
    for row, one in enumerate(order):
        name, bottom, top = one["input"], float(one["lowest"]), float(one["highest"])

        def part(value: float, bottom: float = bottom, top: float = top) -> float:
            return (min(max(value, bottom), top) - bottom) / (top - bottom or 1.0)

        axes.plot([0.0, 1.0], [row, row], color=FAINT, linewidth=2.0, zorder=1)
        axes.plot([part(one[end]) for end in ("low", "high")], [row, row], color=COLOURS[1],
                  linewidth=8.0, zorder=2, solid_capstyle="butt")  # fmt: skip
        words = f"{one['words']}  (p = {one['quasi_p']:.2g})"
        axes.text(0.0, row - 0.3, words, fontsize=8.5)
        for x, value, side in ((0.0, bottom, "left"), (1.0, top, "right")):
            said = _said(name, value, choices)
            axes.text(x, row + 0.24, said, fontsize=7.5, ha=side, va="center", color=DATA)
    axes.set_ylim(len(order) - 0.4, -0.7)
    axes.set_xlim(-0.02, 1.02)
    axes.set_yticks([])
    axes.set_xticks([])
    axes.grid(False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_title("The box within the range of all futures")


def _of(choices: Choices, name: str) -> Sequence[str]:
    """The choices of an outside path by its name as an input."""
    return choices[name.partition(".")[2]]


def _said(name: str, value: float, choices: Choices) -> str:
    if name.startswith("paths."):
        return _of(choices, name)[int(value)]
    return f"{value:.3g}"


def _label(name: str) -> str:
    return name.partition(".")[2].replace("_", " ")


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
