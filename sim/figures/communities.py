"""A grid of communities, coloured by a share of their people: one picture for each quarter."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.figures.captions import headline
from sim.figures.style import DATA, house_style
from sim.units import COUNTRY_NAMES

WIDTH = 12.0
ROW, ABOVE = 2.6, 0.9  # inches of the panels of one field, and of title and caption
COLOUR_MAPS = ("Blues", "Oranges", "Greens", "Purples")
LEAST_TOP = 0.01  # of a scale of colours


def community_frames(
    communities: pd.DataFrame,
    quarters: Sequence[str],
    fields: Mapping[str, NDArray[np.float64]],
    names: Mapping[str, str],
    title: str,
    caption: str,
) -> Iterator[tuple[str, Figure]]:
    """The same figure for each quarter, coloured anew: a row for each field, a panel a country.

    `communities` has the columns country and area, towns first; `fields` the shape (quarters,
    communities). Cells of a panel are communities in the order of their numbers, row by row.
    """
    with house_style():
        figure = Figure(figsize=(WIDTH, ROW * len(fields) + ABOVE))
        isos = list(dict.fromkeys(communities["country"]))
        grid = figure.subplots(len(fields), len(isos), squeeze=False)
        images = []
        for line, (name, values) in enumerate(fields.items()):
            norm = Normalize(min(0.0, float(values.min())), max(float(values.max()), LEAST_TOP))
            colours = COLOUR_MAPS[line % len(COLOUR_MAPS)]
            for axes, iso in zip(grid[line], isos, strict=True):
                mine = np.flatnonzero(communities["country"] == iso)
                towns = int((communities["area"].iloc[mine] == "town").sum())
                axes.set_axis_off()
                image = axes.imshow(
                    _cells(values[0, mine]), cmap=colours, norm=norm, interpolation="nearest"
                )
                axes.set_title(f"{COUNTRY_NAMES[iso]}\n" if line == 0 else "", fontsize=9.5)
                axes.text(
                    *(0.0, 1.02, f"{towns} of {len(mine)} in towns, on top" if line == 0 else ""),
                    transform=axes.transAxes,
                    fontsize=7.5,
                    color=DATA,
                )
                images.append((image, values, mine))
            bar = ScalarMappable(norm, colours)
            figure.colorbar(bar, ax=list(grid[line]), label=names[name], shrink=0.85, pad=0.01)
        figure.supxlabel(caption, fontsize=8, color=DATA, x=0.01, ha="left")
    for at, quarter in enumerate(quarters):
        with house_style():
            for image, values, mine in images:
                image.set_data(_cells(values[at, mine]))
            headline(figure, f"{title}: {quarter}")
        yield quarter, figure


def _cells(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values in a nearly square block, row by row; what is left over is not drawn."""
    wide = math.ceil(math.sqrt(len(values)))
    cells = np.full(wide * math.ceil(len(values) / wide), np.nan)
    cells[: len(values)] = values
    return cells.reshape(-1, wide)
