"""Where a mix fails: the futures on the inputs of the first box, and how good the box is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from sim.analysis.policy_mixes.scenario_discovery import Box, inside
from sim.analysis.policy_mixes.states_of_the_world import OUTSIDE, range_words
from sim.errors import InputError
from sim.figures.captions import headline
from sim.figures.mix_captions import caption
from sim.figures.style import COLOURS, DATA, FAINT, TARGET, house_style

if TYPE_CHECKING:
    from sim.analysis.policy_mixes.robustness import Robustness

Floats = NDArray[np.float64]


def boxes(result: Robustness) -> Figure:
    """Left all futures by the two inputs that matter most; right every range with its p-value.

    Raises InputError where no box was found.
    """
    if not result.found:
        raise InputError("no box was found in this result")
    box, held = result.found[0]
    order = sorted(box.limits, key=lambda name: box.quasi_p[name])
    with house_style():
        figure = Figure(figsize=(12.5, 5.6))
        left, right = figure.subplots(1, 2, width_ratios=[1.15, 1.0])
        _futures(left, result, box, order)
        _ranges(right, result, box, order)
        headline(figure, f"When does '{result.recommended}' fail?")
        said = "; ".join(range_words(n, *box.limits[n], result.points) for n in order)
        base = float(result.fails.mean())
        text = (
            f"Fails: not ({_criterion(result)}). The box: {said}. Coverage (share of all failures "
            f"in it) {_percent(box.coverage)}, density (share of it that fails) "
            f"{_percent(box.density)} against {_percent(base)} of all; on the third of the futures "
            f"held out {_percent(held.coverage)} and "
            f"{_percent(held.density) if held.mass else 'no future in it'}. p: quasi-p-value, the "
            "probability of so many failures if that range did not matter. Marks at the same "
            "point share parameters, but not external conditions."
        )
        about = result.manifest
        runs = (
            f"{len(result.futures)} futures of {len(about['seeds'])} seed; one agent represents "
            f"{about['scale']:,} people"
        )
        caption(figure, text, runs, result.baseline)
    return figure


def _futures(axes: Axes, result: Robustness, box: Box, order: list[str]) -> None:
    across, up = order[0], order[1] if len(order) > 1 else _other(result, order[0])
    fails = result.fails
    at = {name: _spread_out(result.points[name], name, k) for k, name in enumerate((across, up))}
    within = inside(result.points, box.limits)
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
        low, high = box.limits.get(name, (-np.inf, np.inf))
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
            choices = OUTSIDE[name.partition(".")[2]]
            axis.set_ticks(range(len(choices)), choices)
    axes.set_xlabel(_label(across))
    axes.set_ylabel(_label(up))
    axes.set_title("Every mark is a future")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2, fontsize=8.5)


def _spread_out(values: Floats, name: str, stream: int) -> Floats:
    """Marks of an outside path, which has two or three values, side by side."""
    if not name.startswith("paths."):
        return values
    luck = np.random.default_rng(stream)
    return np.asarray(values + luck.uniform(-0.3, 0.3, len(values)))


def _other(result: Robustness, name: str) -> str:
    return next(key for key in ("parameters.adoption_shift", "paths.growth") if key != name)


def _ranges(axes: Axes, result: Robustness, box: Box, order: list[str]) -> None:
    for row, name in enumerate(order):
        values = result.points[name]
        bottom, top = float(values.min()), float(values.max())
        low, high = box.limits[name]

        def part(value: float, bottom: float = bottom, top: float = top) -> float:
            return (min(max(value, bottom), top) - bottom) / (top - bottom or 1.0)

        axes.plot([0.0, 1.0], [row, row], color=FAINT, linewidth=2.0, zorder=1)
        axes.plot([part(low), part(high)], [row, row], color=COLOURS[1], linewidth=8.0, zorder=2,
                  solid_capstyle="butt")  # fmt: skip
        words = range_words(name, low, high, result.points)
        axes.text(0.0, row - 0.3, f"{words}  (p = {box.quasi_p[name]:.2g})", fontsize=8.5)
        for x, value, side in ((0.0, bottom, "left"), (1.0, top, "right")):
            said = _said(name, value)
            axes.text(x, row + 0.24, said, fontsize=7.5, ha=side, va="center", color=DATA)
    axes.set_ylim(len(order) - 0.4, -0.7)
    axes.set_xlim(-0.02, 1.02)
    axes.set_yticks([])
    axes.set_xticks([])
    axes.grid(False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_title("The box within the range of all futures")


def _said(name: str, value: float) -> str:
    if name.startswith("paths."):
        return OUTSIDE[name.partition(".")[2]][int(value)]
    return f"{value:.3g}"


def _label(name: str) -> str:
    return name.partition(".")[2].replace("_", " ")


def _criterion(result: Robustness) -> str:
    from sim.analysis.policy_mixes.robustness import CRITERIA

    return CRITERIA[result.criterion]


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
