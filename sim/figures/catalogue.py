"""Which pictures suit a result, in the order in which a person should look at them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from matplotlib.figure import Figure

from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.spillover import ENFORCEMENT
from sim.figures.flow_map import flow_map
from sim.figures.forest import forest
from sim.figures.growth import growth
from sim.figures.inclusion import inclusion
from sim.figures.signing import cells, signing
from sim.figures.spillover import crackdown
from sim.figures.trajectory import trajectory

FEWEST_DATES = 3  # agreements of different dates worth a heat map


def pictures(comparison: Comparison) -> dict[str, Callable[[], Figure]]:
    """A function for each picture, by the name of its file."""
    found: dict[str, Callable[[], Figure]] = {
        "trajectory": partial(trajectory, comparison),
        "growth": partial(growth, comparison),
    }
    if comparison.contrasts.all:
        found["effects"] = partial(forest, comparison)
    found["inclusion"] = partial(inclusion, comparison)
    found["map"] = partial(flow_map, comparison)
    if any(
        ENFORCEMENT in changed and comparison.settings.acting(name, ENFORCEMENT)
        for name, changed in comparison.changed_levers.items()
    ):
        found["crackdown"] = partial(crackdown, comparison)
    dates = {cell[1:] for cell in cells(comparison)}
    if len(dates) >= FEWEST_DATES and len(dates) == len(cells(comparison)):
        found["signing"] = partial(signing, comparison)
    return found
