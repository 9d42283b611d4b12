"""Scores of forecasts that are samples: CRPS, coverage, PIT, pinball loss, MASE, skill.

Money is scored on logs and shares as they are (`scored`): a plain CRPS of money would be a score
of Thailand. All scores but coverage, PIT and skill are losses: smaller is better. A sample may
carry weights (draws of a posterior); they need not sum to one.

Sources: Gneiting and Raftery 2007, doi:10.1198/016214506000001437 (CRPS, pinball loss); Hyndman
and Koehler 2006, doi:10.1016/j.ijforecast.2006.03.001 (MASE); Dawid 1984, doi:10.2307/2981683
(PIT).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Z95 = 1.6448536269514722  # 95 % point of a standard normal
LEVELS = (0.5, 0.8, 0.9)
FEWEST_BLOCKS = 5
_RESAMPLES = 4000

Floats = NDArray[np.float64]


def scored(values: ArrayLike, unit: str) -> Floats:
    """The values on the scale on which they are scored: logs of money, shares as they are."""
    plain = np.asarray(values, dtype=float)
    return np.log(plain) if unit == "usd" else plain


def crps(sample: ArrayLike, observed: float, weights: ArrayLike | None = None) -> float:
    """Continuous ranked probability score of a (weighted) sample, in the unit of the sample.

    E|X - z| - E|X - X'| / 2 of the sample taken as the whole distribution. Sorted, the second term
    is one sum: sum_i w_i x_i (2 W_i - w_i - 1), W_i the weights up to i.
    """
    x, w = _sorted(sample, weights)
    x = x - observed  # keeps digits where the sample is far from zero
    spread = float(np.sum(w * x * (2.0 * np.cumsum(w) - w - 1.0)))
    return float(np.sum(w * np.abs(x))) - spread


def pinball(quantile: float, probability: float, observed: float) -> float:
    """Loss of a forecast `quantile`; the CRPS is twice its mean over all probabilities."""
    above = observed - quantile
    return max(probability * above, (probability - 1.0) * above)


def quantiles(
    sample: ArrayLike, probabilities: ArrayLike, weights: ArrayLike | None = None
) -> Floats:
    """Quantiles of a (weighted) sample, straight between the middles of its steps (Hazen)."""
    x, w = _sorted(sample, weights)
    return np.interp(np.asarray(probabilities, dtype=float), np.cumsum(w) - w / 2.0, x)


def pit(sample: ArrayLike, observed: float, weights: ArrayLike | None = None) -> float:
    """Probability integral transform: share of the sample below `observed`, ties half.

    Uniform between 0 and 1 over many forecasts if they are calibrated.
    """
    x, w = _sorted(sample, weights)
    return float(np.sum(w[x < observed]) + np.sum(w[x == observed]) / 2.0)


def inside(
    sample: ArrayLike,
    observed: float,
    weights: ArrayLike | None = None,
    levels: Sequence[float] = LEVELS,
) -> NDArray[np.bool_]:
    """Whether `observed` lies in the central interval of each level, edges included."""
    tails = (1.0 - np.asarray(levels)) / 2.0
    low, high = quantiles(sample, tails, weights), quantiles(sample, 1.0 - tails, weights)
    return (low <= observed) & (observed <= high)


def coverage(
    samples: Sequence[ArrayLike],
    observed: Sequence[float],
    weights: Sequence[ArrayLike] | None = None,
    levels: Sequence[float] = LEVELS,
) -> dict[float, float]:
    """Share of outcomes inside the central interval of each level; NaN without outcomes."""
    if not len(observed):
        return dict.fromkeys(levels, math.nan)
    each = [None] * len(observed) if weights is None else weights
    hits = [inside(*case, levels) for case in zip(samples, observed, each, strict=True)]
    return dict(zip(levels, np.mean(hits, axis=0).tolist(), strict=True))


def naive_error(years: Sequence[int], values: Sequence[float]) -> float:
    """Mean absolute change a year of a series known at the origin; NaN if it has one value.

    A gap of several years counts as one change of its mean yearly size.
    """
    if len(values) < 2:
        return math.nan
    return float(np.mean(np.abs(np.diff(values)) / np.diff(years)))


class Skill(NamedTuple):
    """Skill against a benchmark with its interval, the number of forecasts and of blocks."""

    value: float
    low: float
    high: float
    points: int
    blocks: int

    @property
    def better(self) -> bool:
        """Whether the numbers allow the word "better": the interval lies above zero.

        With fewer than five blocks they never do. Equal forecasts win in all of b blocks with
        probability 2**-b, and then every resample is above zero: 25 % for two countries, 3 % for
        five, within the 5 % that a 90 % interval leaves on one side.
        """
        return self.blocks >= FEWEST_BLOCKS and self.low > 0.0


def skill(
    model: ArrayLike,
    benchmark: ArrayLike,
    blocks: Sequence[str],
    *,
    level: float = 0.9,
    seed: int = 0,
) -> Skill:
    """1 - mean score of the model / mean score of the benchmark, with a block bootstrap.

    `model` and `benchmark` are losses of the same forecasts, `blocks` their countries: a resample
    draws countries with replacement and takes all forecasts of each, since those of one country
    err together. Forecasts that either side did not make (NaN) are left out. Low and high are NaN
    with fewer than two blocks, all three without forecasts or against a perfect benchmark.
    """
    ours, theirs = np.asarray(model, dtype=float), np.asarray(benchmark, dtype=float)
    names = np.asarray(blocks)
    if not len(ours) == len(theirs) == len(names):
        raise ValueError(f"{len(ours)} and {len(theirs)} scores of {len(names)} forecasts")
    both = np.isfinite(ours) & np.isfinite(theirs)
    ours, theirs, names = ours[both], theirs[both], names[both]
    found = np.unique(names)
    if not theirs.sum() > 0:
        return Skill(math.nan, math.nan, math.nan, len(ours), len(found))
    value = float(1.0 - ours.sum() / theirs.sum())
    if len(found) < 2:
        return Skill(value, math.nan, math.nan, len(ours), len(found))
    sums = np.array([[ours[names == name].sum(), theirs[names == name].sum()] for name in found])
    luck = np.random.default_rng(seed)
    drawn = sums[luck.integers(len(found), size=(_RESAMPLES, len(found)))].sum(axis=1)
    drawn = drawn[drawn[:, 1] > 0]
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(1.0 - drawn[:, 0] / drawn[:, 1], [tail, 1.0 - tail])
    return Skill(value, float(low), float(high), len(ours), len(found))


def _sorted(sample: ArrayLike, weights: ArrayLike | None) -> tuple[Floats, Floats]:
    """The sample in order and its weights, which sum to one; refuses what has no distribution."""
    x = np.asarray(sample, dtype=float)
    w = np.ones(x.shape) if weights is None else np.asarray(weights, dtype=float)
    if x.ndim != 1 or not x.size or w.shape != x.shape:
        raise ValueError(f"a sample of shape {x.shape} with weights of shape {w.shape}")
    if not np.isfinite(x).all() or not (w >= 0).all() or not 0 < w.sum() < math.inf:
        raise ValueError("a sample has finite values and weights of zero or more, not all zero")
    order = np.argsort(x, kind="stable")
    kept = order[w[order] > 0]
    return x[kept], w[kept] / w.sum()
