"""Names at the ends of lines, moved apart where they would touch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.figures.style import INK

GAP = 0.072  # of the height of a panel, between two labels
LEADER = (1.0, 1.04)  # where the thin line to a label begins and ends, in widths of a panel


@dataclass(frozen=True)
class Label:
    """A text for the end of a line that is at `height` (in the units of the axis)."""

    text: str
    height: float
    colour: str


def end_labels(axes: Axes, labels: Sequence[Label], end: float, lines: int = 1) -> None:
    """Write the labels beside a panel whose lines end at x = `end`; those without a height, never.

    The limits of the axes must be final. `lines` are those of a label.
    """
    known = [label for label in labels if math.isfinite(label.height)]
    to_axes = axes.transScale + axes.transLimits
    heights = [
        min(max(float(to_axes.transform((end, label.height))[1]), 0.0), 1.0) for label in known
    ]  # a line that leaves the panel is labelled at its edge
    for label, height, place in zip(known, heights, spread(heights, GAP * lines), strict=True):
        axes.add_artist(
            Line2D(
                LEADER,
                (height, place),
                transform=axes.transAxes,
                color=label.colour,
                linewidth=0.7,
                clip_on=False,
            )
        )
        axes.text(
            LEADER[1] + 0.008,
            place,
            label.text,
            transform=axes.transAxes,
            va="center",
            ha="left",
            fontsize=8.5,
            color=INK.get(label.colour, label.colour),
        )


def spread(wanted: Sequence[float], gap: float, low: float = 0.0, high: float = 1.0) -> list[float]:
    """Positions near the wanted ones that keep at least `gap` between neighbours.

    Works from the bottom up, merging labels that would touch into blocks that are centred on what
    their members wanted; everything stays between `low` and `high` as long as it fits.
    """
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    blocks: list[tuple[list[int], float]] = []  # members from the bottom up, and their centre
    for index in order:
        members, centre = [index], wanted[index]
        while True:
            half = gap * (len(members) - 1) / 2
            centre = min(max(centre, low + half), max(high - half, low + half))
            if not blocks:
                break
            below, middle = blocks[-1]
            if centre - half - gap >= middle + gap * (len(below) - 1) / 2 - 1e-12:
                break
            blocks.pop()
            members = below + members
            centre = sum(wanted[i] for i in members) / len(members)
        blocks.append((members, centre))
    placed = [0.0] * len(wanted)
    for members, centre in blocks:
        bottom = centre - gap * (len(members) - 1) / 2
        for rank, index in enumerate(members):
            placed[index] = bottom + rank * gap
    return placed
