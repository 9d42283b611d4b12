"""Where a costly curve crosses a level: a scan, then a root within a bracket."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scipy.optimize import brentq

Curve = Callable[[float], float]
TOLERANCE = 2e-3  # of the bracket


@dataclass(frozen=True)
class Crossing:
    """Where the curve reaches the level (nan if nowhere), and what was seen on the way.

    `several` is true where the scan crosses the level more than once; the crossing nearest to the
    start is given. `best` is the place of the scan with the highest value.
    """

    at: float
    several: bool
    best: float


def crossing(curve: Curve, level: float, scan: Sequence[float], start: float) -> Crossing:
    """The place nearest to `start` at which a curve reaches a level from either side.

    `scan` are places in rising order; places where the curve is not known (nan) are passed over.
    """
    known = [(place, curve(place) - level) for place in scan]
    known = [(place, value) for place, value in known if not math.isnan(value)]
    if not known:
        return Crossing(math.nan, False, math.nan)
    best = max(known, key=lambda pair: pair[1])[0]
    brackets = [
        (one, other) for (one, low), (other, high) in pairwise(known) if (low < 0.0) != (high < 0.0)
    ]
    if not brackets:
        return Crossing(math.nan, False, best)
    low, high = min(brackets, key=lambda ends: _distance(ends, start))
    root = brentq(lambda x: curve(x) - level, low, high, xtol=TOLERANCE * (high - low))
    return Crossing(float(root), len(brackets) > 1, best)


def _distance(ends: tuple[float, float], start: float) -> float:
    low, high = ends
    return 0.0 if low <= start <= high else min(abs(low - start), abs(high - start))
