"""Scenario discovery: the patient rule induction method (Friedman and Fisher 1999).

Given futures as points and whether something failed in each, PRIM looks for a box, a range for a
few of the inputs, in which failures are dense and which holds most of them (Bryant and Lempert
2010). It peels a little off one side of the box at a time, the side whose removal raises density
most surely; then it puts sides back where that makes the box no worse (pasting), and drops inputs
that matter least until few are left.

Coverage is the share of all failures that lie in the box, density the share of the box that fails.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Limits = dict[str, tuple[float, float]]

PEEL = 0.05  # share of the box that is taken off at a time
PASTE = 0.02
LEAST_SHARE = 0.5  # of the number of failures that a box must hold in points, and
FEWEST_POINTS = 5  # at least so many, and
MOST_MASS = 0.1  # never more of all points than this
MOST_INPUTS = 4
MOST_QUASI_P = 0.05
MOST_P = 0.05  # chance that noise alone gives so dense a box anywhere
AIM = 0.7  # of coverage and of density


@dataclass(frozen=True)
class Box:
    """Ranges (both ends in) of the inputs that are restricted, and what the box holds.

    `quasi_p` is, by input, the probability that so many failures lie in the box if the range of
    that input did not matter: its other ranges alone, with the density that they have. `p_value`
    is a bound on the chance that failures dealt out at random give so dense a box anywhere.
    """

    limits: Limits
    coverage: float
    density: float
    mass: float
    quasi_p: dict[str, float] = field(default_factory=dict)
    p_value: float = 1.0


def inside(points: Mapping[str, Floats], limits: Limits) -> Bools:
    """Which points lie in a box."""
    count = len(next(iter(points.values())))
    found = np.ones(count, dtype=bool)
    for name, (low, high) in limits.items():
        found &= (points[name] >= low) & (points[name] <= high)
    return found


def judged(points: Mapping[str, Floats], failed: Bools, limits: Limits) -> Box:
    """A box with its coverage, density, mass and quasi-p-values on some points."""
    within = inside(points, limits)
    hits, size = int(failed[within].sum()), int(within.sum())
    quasi = {name: _quasi_p(points, failed, limits, name) for name in limits}
    return Box(
        limits=dict(limits),
        coverage=hits / max(int(failed.sum()), 1),
        density=hits / size if size else float("nan"),
        mass=size / len(failed),
        quasi_p=quasi,
        p_value=_p_value(points, failed, limits),
    )


def _p_value(points: Mapping[str, Floats], failed: Bools, limits: Limits) -> float:
    """Bound on the chance of a box as dense as this one where failures are dealt out at random.

    Pulled in to the failures that it holds, each of its s sides passes through one of the F
    failures. There are no more than C(2 d, s) F^s such boxes among d inputs, and in each of them
    the failures that are on no side are binomial: their tail times that number bounds the chance.
    """
    every, tight = int(failed.sum()), dict(limits)
    hits = inside(points, limits) & failed
    sides = 0
    if not hits.any():
        return 1.0
    for name, (low, high) in limits.items():
        mine = points[name][hits]
        found = (
            float(mine.min()) if np.isfinite(low) else low,
            float(mine.max()) if np.isfinite(high) else high,
        )
        tight[name], sides = found, sides + int(np.isfinite(found).sum())
    free, size = int(hits.sum()) - sides, int(inside(points, tight).sum()) - sides
    if free < 1:
        return 1.0
    among = math.lgamma(2 * len(points) + 1) - math.lgamma(2 * len(points) - sides + 1)
    among += sides * math.log(every) - math.lgamma(sides + 1)
    tail = float(binom.logsf(free - 1, size, every / len(failed)))
    return math.exp(min(0.0, among + tail))


def least_points(failed: Bools) -> int:
    """How many points a box must hold: half as many as fail, so that rare failures can be found."""
    wanted = max(FEWEST_POINTS, math.ceil(LEAST_SHARE * int(failed.sum())))
    return min(wanted, max(FEWEST_POINTS, math.ceil(MOST_MASS * len(failed))))


def _quasi_p(points: Mapping[str, Floats], failed: Bools, limits: Limits, name: str) -> float:
    others = {key: value for key, value in limits.items() if key != name}
    around, within = inside(points, others), inside(points, limits)
    density = float(failed[around].mean())
    return float(binom.sf(int(failed[within].sum()) - 1, int(within.sum()), density))


def discover(
    points: Mapping[str, Floats],
    failed: Bools,
    *,
    peel: float = PEEL,
    least: int | None = None,
    most: int = MOST_INPUTS,
) -> Box | None:
    """The box that best holds the failures, with at most `most` restricted inputs.

    Boxes hold `least` points or more (without: `least_points`). Every box on the way of peeling is
    cleared of inputs whose range could arise by chance; of those that noise would hardly give
    (`p_value`) the one is taken whose coverage and density are highest together (their harmonic
    mean). None where nothing or everything fails, or no box is denser than the whole.
    """
    fewest = least_points(failed) if least is None else least
    if not failed.any() or failed.all():
        return None
    limits: Limits | None = _peeled(points, failed, {}, peel, fewest)
    best, best_score = None, _score(points, failed, {})
    while limits is not None:
        found = _cleared(points, failed, limits, most)
        score = _score(points, failed, found.limits)
        if found.limits and score > best_score and found.p_value <= MOST_P:
            best, best_score = found, score
        limits = _peeled(points, failed, limits, peel, fewest)
    return best if best is not None and best.density > float(failed.mean()) else None


def _cleared(points: Mapping[str, Floats], failed: Bools, limits: Limits, most: int) -> Box:
    """A box without idle inputs and those whose range could arise by chance, its sides pasted."""
    found = judged(
        points, failed, _pasted(points, failed, _without_idle(points, failed, limits, most))
    )
    while found.quasi_p and max(found.quasi_p.values()) > MOST_QUASI_P:
        worst = max(found.quasi_p, key=lambda name: found.quasi_p[name])
        rest = {name: limit for name, limit in found.limits.items() if name != worst}
        found = judged(points, failed, _pasted(points, failed, rest))
    return found


def _score(points: Mapping[str, Floats], failed: Bools, limits: Limits) -> float:
    within = inside(points, limits)
    hits = int(failed[within].sum())
    return 2.0 * hits / max(int(failed.sum()) + int(within.sum()), 1)


def _density(points: Mapping[str, Floats], failed: Bools, limits: Limits) -> float:
    within = inside(points, limits)
    return float(failed[within].mean()) if within.any() else 0.0


def _peeled(
    points: Mapping[str, Floats],
    failed: Bools,
    limits: Limits,
    peel: float,
    least: int,
) -> Limits | None:
    """The box without the slice whose removal raises density most surely; None at the end."""
    within = inside(points, limits)
    best, best_gain = None, 0.0
    for name in points:
        for candidate in _slices(points[name], within, limits.get(name), peel):
            kept = within & (points[name] >= candidate[0]) & (points[name] <= candidate[1])
            lost = int(within.sum() - kept.sum())
            if lost == 0 or kept.sum() < least:
                continue
            # In standard errors of the difference between what stays and what goes, so that
            # neither an input of two values nor one point of many has a head start.
            gone = within & ~kept
            gain = float(failed[kept].mean() - failed[gone].mean())
            gain /= math.sqrt(1.0 / float(kept.sum()) + 1.0 / lost)
            if gain > best_gain:
                best, best_gain = {**limits, name: candidate}, gain
    return best


def _slices(
    values: Floats, within: Bools, limit: tuple[float, float] | None, peel: float
) -> list[tuple[float, float]]:
    """Ranges that are left when a slice at the low or the high end of the box is gone.

    Slices hold `peel` of the box, and twice, four and eight times as much: in a few points a thin
    slice cannot tell an input that matters from one that does not.
    """
    mine = values[within]
    low, high = limit or (float("-inf"), float("inf"))
    known = np.unique(mine)
    found: dict[tuple[float, float], None] = {}
    for share in (peel, 2 * peel, 4 * peel, 8 * peel):
        lower = known[known > np.quantile(mine, share)]
        upper = known[known < np.quantile(mine, 1.0 - share)]
        if len(lower):
            found[float(lower[0]), high] = None
        if len(upper):
            found[low, float(upper[-1])] = None
    return list(found)


def _without_idle(points: Mapping[str, Floats], failed: Bools, limits: Limits, most: int) -> Limits:
    """The box without the inputs whose range does not make it better, and at most so many."""
    kept = dict(limits)
    while len(kept) > 1:
        scores = {
            name: _score(points, failed, {k: v for k, v in kept.items() if k != name})
            for name in kept
        }
        name = max(scores, key=lambda key: scores[key])
        if len(kept) <= most and scores[name] < _score(points, failed, kept):
            break
        del kept[name]
    return kept


def _pasted(points: Mapping[str, Floats], failed: Bools, limits: Limits) -> Limits:
    """The box with sides moved out again as long as that makes it no worse."""
    better = True
    while better:
        better = False
        for name in list(limits):
            for candidate in _wider(points, limits, name):
                trial = {**limits, name: candidate}
                if _score(points, failed, trial) > _score(points, failed, limits):
                    limits, better = trial, True
    return limits


def _wider(points: Mapping[str, Floats], limits: Limits, name: str) -> list[tuple[float, float]]:
    """Ranges of one input with one side moved out past a few more points."""
    low, high = limits[name]
    others = inside(points, {key: value for key, value in limits.items() if key != name})
    values = np.sort(points[name][others])
    step = max(1, int(PASTE * len(values)))
    below, above = values[values < low], values[values > high]
    found = []
    if len(below):
        found.append((float(below[max(0, len(below) - step)]), high))
    if len(above):
        found.append((low, float(above[min(len(above), step) - 1])))
    return found


def halves(worlds: NDArray[np.int64], seed: int = 1) -> tuple[Bools, Bools]:
    """Which futures a box is found on and which are held out to test it: two thirds and a third.

    Futures of one world share most parameters, so they stay together; else a test would be no test.
    """
    numbers, sizes = np.unique(worlds, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(numbers))
    few = order[np.cumsum(sizes[order]) <= len(worlds) // 3]
    held = np.isin(worlds, numbers[few])
    return ~held, held


def only(points: Mapping[str, Floats], chosen: Bools) -> dict[str, Floats]:
    """Some of the points."""
    return {name: values[chosen] for name, values in points.items()}


def good(box: Box) -> bool:
    """True where coverage and density both reach what scenario discovery aims at."""
    return box.coverage >= AIM and box.density >= AIM
