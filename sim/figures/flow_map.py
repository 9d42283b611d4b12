"""A map of the five countries: growth of each, and what small firms sell across borders."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, LinearSegmentedColormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Polygon
from numpy.typing import NDArray

from sim.analysis.text.formatting import money, signed_money
from sim.figures.captions import RunsShown, headline, put_caption
from sim.figures.style import COLOURS, DATA, FAINT, TARGET, house_style
from sim.resources import shipped
from sim.target import TARGET_YEAR
from sim.units import COUNTRIES, COUNTRY_NAMES

# Where the arrows of a country meet, and where its name stands (longitude, latitude).
CENTRES = {
    "KHM": (105.0, 12.2),
    "LAO": (102.6, 19.6),
    "MMR": (96.3, 20.8),
    "THA": (100.6, 14.6),
    "VNM": (108.3, 14.9),
}
LABELS = {
    "KHM": (103.0, 10.2),
    "LAO": (102.4, 20.9),
    "MMR": (95.6, 22.3),
    "THA": (99.8, 9.6),
    "VNM": (110.6, 13.1),
}
NAMED = 6  # largest flows that carry their value
WIDEST = 9.0  # points, of a flow of `LARGEST`; the same in every map, so that maps compare
SMALLEST, LARGEST = 1e5, 1e9  # US$, the ends of the scale of widths, which is logarithmic
KEY = (1e6, 1e7, 1e8)  # US$, the widths that are shown below a map
BEND = 0.28
ALONG = 0.51  # where on its arrow a value stands: there those of the large ones do not touch
_MIDDLE_LATITUDE = 16.0
Outline = NDArray[np.float64]
Flows = Mapping[tuple[str, str], float]  # US$ by seller and buyer


@cache
def outlines() -> dict[str, list[Outline]]:
    """Outer rings of every country: arrays of (longitude, latitude)."""
    text = shipped("calibration", "data", "outlines.geojson").read_text(encoding="utf-8")
    return {
        feature["properties"]["iso3"]: [
            np.array(polygon[0]) for polygon in feature["geometry"]["coordinates"]
        ]
        for feature in json.loads(text)["features"]
    }


def flow_map(
    ratios: Mapping[str, Mapping[str, float]],
    levels: Flows,
    changes: Flows,
    runs: RunsShown,
    scenario: str | None = None,
) -> Figure:
    """Left the baseline in 2030 (`levels`), right what a `scenario` changes, if one is named.

    `ratios` are nominal purchases of 2030 over 2022 by scenario and place, which colour the
    countries; arrows are online sales of small firms from one country to another, as wide as they
    are large.
    """
    with house_style():
        figure = Figure(figsize=(12.5 if scenario else 7.2, 8.2))
        grid = figure.subplots(1, 2 if scenario else 1, squeeze=False)[0]
        shown = [runs.baseline, *([scenario] if scenario else [])]
        found = [ratios[name] for name in shown]
        largest = max(
            2.5, *(found[k].get(iso, 0.0) for k in range(len(shown)) for iso in COUNTRIES)
        )
        colours, scale = _colours(), LogNorm(1.0, largest)
        for axes, name, mine in zip(grid, shown, found, strict=True):
            _land(axes, mine, colours, scale)
            base = name == runs.baseline
            _arrows(axes, levels if base else changes, signed=not base)
            if base:
                axes.set_title(f"{name}: sales across borders in {TARGET_YEAR}")
            else:
                axes.set_title(f"{name}: change of these sales")
        bar = figure.colorbar(ScalarMappable(scale, colours), ax=list(grid), shrink=0.5, pad=0.01)
        ticks = [1.0, *(float(step) for step in (1.5, 2, 3, 4, 6, 8, 12) if step <= largest)]
        bar.set_ticks(ticks, labels=[f"×{tick:g}" for tick in ticks])
        bar.ax.minorticks_off()
        bar.set_label(f"nominal purchases of {TARGET_YEAR} over 2022 (2 = doubled)")
        headline(figure, _finding(levels, changes if scenario else {}, scenario))
        put_caption(
            figure,
            runs,
            "Arrows: online sales of small firms from one country to another in "
            f"{TARGET_YEAR}, constant 2022 US$, medians over runs"
            + (" of paired differences on the right" if scenario else "")
            + f"; widths have one logarithmic scale in every map, and the {NAMED} largest are "
            "coloured and labelled (blue: a fall). Sales of large brands and from the rest of the "
            "world are not drawn. "
            "Outlines: Natural Earth, 1:50m; they take no position on borders.",
        )
    return figure


def _finding(levels: Flows, changes: Flows, scenario: str | None) -> str:
    """The title: the largest flow, and the one that a scenario changes most."""
    known = {pair: value for pair, value in levels.items() if value > 0.0}
    if not known:
        return f"Nothing is sold between the five countries in {TARGET_YEAR}"
    (seller, buyer), value = max(known.items(), key=lambda one: one[1])
    told = (
        f"From {COUNTRY_NAMES[seller]} to {COUNTRY_NAMES[buyer]} most is sold: {money(value)} in "
        f"{TARGET_YEAR}"
    )
    moved = {pair: change for pair, change in changes.items() if abs(change) > 0.0}
    if not moved:
        return told
    other, change = max(moved.items(), key=lambda one: abs(one[1]))
    pair = " to ".join(COUNTRY_NAMES[iso] for iso in other)
    changed = "this" if other == (seller, buyer) else pair
    return f"{told}; '{scenario}' changes {changed} most, {signed_money(change)}"


def _colours() -> Colormap:
    return LinearSegmentedColormap.from_list("house", ["#F6F3EA", "#D5E6F1", "#A9CDE4", "#7FB2D6"])


def _land(axes: Axes, ratio: Mapping[str, float], colours: Colormap, scale: LogNorm) -> None:
    for iso, rings in outlines().items():
        value = ratio.get(iso, math.nan)
        face = "#EEEEEE" if math.isnan(value) else colours(scale(value))
        for ring in rings:
            axes.add_patch(
                Polygon(ring, facecolor=face, edgecolor="white", linewidth=1.0, gid=iso, zorder=1)
            )
    for iso, place in LABELS.items():
        axes.plot(*CENTRES[iso], "o", color=TARGET, markersize=4, zorder=5)
        value = ratio.get(iso, math.nan)
        says = "unknown" if math.isnan(value) else f"×{value:.2f}"
        axes.annotate(
            f"{COUNTRY_NAMES[iso]}\n{says}",
            place,
            ha="center",
            va="center",
            fontsize=9.5,
            fontweight="bold",
            color=TARGET,
            bbox={"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 1.2},
            zorder=6,
        )
    every = np.concatenate([ring for rings in outlines().values() for ring in rings])
    axes.set_xlim(every[:, 0].min() - 0.4, every[:, 0].max() + 2.6)
    axes.set_ylim(every[:, 1].min() - 0.4, every[:, 1].max() + 0.4)
    axes.set_aspect(1.0 / math.cos(math.radians(_MIDDLE_LATITUDE)))
    axes.set_axis_off()


def _arrows(axes: Axes, flows: Flows, signed: bool) -> None:
    known = {pair: value for pair, value in flows.items() if value and not math.isnan(value)}
    if not known:
        axes.annotate("no change" if signed else "no sales", (0.02, 0.02), xycoords="axes fraction")
        return
    named = sorted(known, key=lambda pair: -abs(known[pair]))[:NAMED]
    for (one, other), value in known.items():
        start, end = np.array(CENTRES[one]), np.array(CENTRES[other])
        width = width_of(value)
        large = (one, other) in named
        colour = (COLOURS[1] if value > 0 else COLOURS[0]) if large else FAINT
        axes.add_patch(
            FancyArrowPatch(
                tuple(start),
                tuple(end),
                connectionstyle=f"arc3,rad={BEND}",
                arrowstyle=f"simple,head_length={4 + width},head_width={3 + 1.6 * width},"
                f"tail_width={max(0.5 * width, 0.4)}",
                shrinkA=4,
                shrinkB=6,
                facecolor=colour,
                edgecolor="none",
                alpha=0.9 if large else 0.7,
                gid=f"{one}-{other}",
                zorder=3 + large,
            )
        )
        if large:
            bend = (start + end) / 2 + BEND * np.array([end[1] - start[1], start[0] - end[0]])
            ways = ((1 - ALONG) ** 2, 2 * ALONG * (1 - ALONG), ALONG**2)
            place = ways[0] * start + ways[1] * bend + ways[2] * end
            words = money(abs(value)).removeprefix("US$ ")
            sign = ("+" if value > 0 else "\u2212") if signed else ""
            axes.annotate(
                f"{sign}{words}",
                tuple(place),
                ha="center",
                va="center",
                fontsize=7.5,
                color=TARGET,
                bbox={"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 0.5},
                zorder=5,
            )
    _key(axes)


def width_of(value: float) -> float:
    """The width of an arrow in points: logarithmic, the same in every map."""
    place = math.log(max(abs(value), SMALLEST) / SMALLEST) / math.log(LARGEST / SMALLEST)
    return WIDEST * min(max(place, 0.06), 1.0)


def _key(axes: Axes) -> None:
    """What a width means, in the corner that the countries leave free."""
    for line, value in enumerate(reversed(KEY)):
        height = 0.03 + 0.035 * line
        axes.plot(
            [0.02, 0.09],
            [height, height],
            color=FAINT,
            linewidth=0.5 * width_of(value),
            solid_capstyle="butt",
            transform=axes.transAxes,
        )
        axes.annotate(
            f"{money(value)} of 2022",
            (0.10, height),
            xycoords="axes fraction",
            fontsize=8,
            color=DATA,
            va="center",
        )
