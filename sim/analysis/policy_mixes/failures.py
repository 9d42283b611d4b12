"""`boxes.csv`: in which futures a mix fails, as ranges of a few inputs, found and then tested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.policy_mixes.scenario_discovery import (
    AIM,
    Box,
    discover,
    good,
    halves,
    inside,
    judged,
    only,
)
from sim.analysis.policy_mixes.states_of_the_world import range_words

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Points = Mapping[str, Floats]
Tested = tuple[Box, Box]  # on the futures it was found on, and on those held out
MOST_BOXES = 2
COLUMNS = [
    *("box", "mix", "fails", "input", "low", "high", "lowest", "highest", "words", "quasi_p"),
    *("p_value", "coverage", "density", "mass"),
    *("held_out_coverage", "held_out_density", "held_out_mass", "futures", "failures"),
]


def boxes_of(points: Points, fails: Bools, worlds: NDArray[np.int64]) -> list[Tested]:
    """Up to two boxes, the second in what the first leaves, each tested on a third held out."""
    mine, held = halves(worlds)
    left = mine.copy()
    found: list[Tested] = []
    while len(found) < MOST_BOXES and left.sum() > 1:
        box = discover(only(points, left), fails[left])
        if box is None:
            break
        here, there = (judged(only(points, s), fails[s], box.limits) for s in (mine, held))
        found.append((here, there))
        left &= ~inside(points, box.limits)
    return found


def box_table(
    found: Sequence[Tested], mix: str, criterion: str, points: Points, fails: Bools
) -> pd.DataFrame:
    """A row for each restricted input of each box; sides that are open are empty."""
    rows = [
        (
            *(number, mix, criterion, name),
            *(side if np.isfinite(side) else np.nan for side in limit),
            *(float(points[name].min()), float(points[name].max())),
            *(range_words(name, *limit, points), box.quasi_p[name]),
            *(box.p_value, box.coverage, box.density, box.mass),
            *(held.coverage, held.density, held.mass, len(fails), int(fails.sum())),
        )
        for number, (box, held) in enumerate(found, start=1)
        for name, limit in box.limits.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def box_sentences(found: Sequence[Tested], points: Points, fails: Bools) -> list[str]:
    """What the boxes say, and whether they hold on futures held out."""
    if not fails.any() or fails.all():
        said = "fails in every future" if fails.any() else "never fails"
        return [f"It {said}, so there is no box to search for."]
    if not found:
        return ["No small set of inputs explains when it fails."]
    base = float(fails.mean())
    sentences = []
    for number, (box, held) in enumerate(found, start=1):
        ranges = "; ".join(range_words(name, *limit, points) for name, limit in box.limits.items())
        if held.mass > 0.0:
            test = f"held out: density {_percent(held.density)}, coverage {_percent(held.coverage)}"
        else:
            test = "no future held out lies in it"
        sentences.append(
            f"Box {number}, where it fails: {ranges}. Coverage {_percent(box.coverage)}, density "
            f"{_percent(box.density)} (all futures: {_percent(base)}); {test}."
            f"{_doubt(box, held, base)}"
        )
    return sentences


def _doubt(box: Box, held: Box, base: float) -> str:
    if not (held.mass > 0.0 and held.density > base):
        return " It does not hold in the held-out futures, so it may be a chance result."
    if good(box) and good(held):
        return ""
    return f" Coverage or density is below {_percent(AIM)}: a hint, not a rule."


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
