"""Bands of draws: quantiles that are right for small samples, and what a band may be called.

A band from the 5th to the 95th percentile is to hold nine tenths of the distribution that the draws
come from. With plotting positions k / (n + 1) (Weibull 1939; type 6 of Hyndman and Fan 1996,
doi:10.2307/2684934) it does so whatever the distribution, from 19 draws on; NumPy's default holds
82 % with 20 draws and 86 % with 40. The ends of a band of few draws are uncertain all the same, so
below `FEWEST` independent draws only the range is given, and it is called a range.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

FEWEST = 40  # independent draws from which a band has percentiles
LOW, HIGH = 0.05, 0.95

Floats = NDArray[np.float64]


def quantile(values: ArrayLike, probability: ArrayLike, axis: int = -1) -> Floats:
    """Quantiles along an axis, at positions k / (n + 1); probabilities come first."""
    found = np.quantile(
        np.asarray(values, dtype=np.float64),
        np.asarray(probability, dtype=np.float64),
        axis=axis,
        method="weibull",
    )
    return np.asarray(found, dtype=np.float64)


def interval(sample: Floats, draws: int | None = None) -> tuple[float, float]:
    """Ends of the band of a sample: 5th and 95th percentile, or the range of few draws.

    `draws` is how many independent draws the values come from, where these are fewer than the
    values (several seeds of a draw are one draw). Values that are nan are left out.
    """
    known = sample[~np.isnan(sample)]
    if known.size == 0:
        return math.nan, math.nan
    if is_range(known.size if draws is None else min(draws, known.size)):
        return float(known.min()), float(known.max())
    low, high = quantile(known, (LOW, HIGH))
    return float(low), float(high)


def intervals(samples: Floats, draws: int | None = None) -> Floats:
    """`interval` of each row, in the shape (rows, 2)."""
    count = samples.shape[1] if draws is None else min(draws, samples.shape[1])
    if not samples.size or np.isnan(samples).any():
        return np.array([interval(row, draws) for row in samples]).reshape(-1, 2)
    if is_range(count):
        return np.stack([samples.min(axis=1), samples.max(axis=1)], axis=1)
    return quantile(samples, (LOW, HIGH)).T


def is_range(draws: int) -> bool:
    """True where a band of so many independent draws is their range."""
    return draws < FEWEST


def band_name(draws: int, of: str = "draws") -> str:
    """`"5-95 % of 40 draws"`, or `"range of 10 draws"`; `of` is what is independent."""
    return f"{'range' if is_range(draws) else '5-95 %'} of {draws} {of}"
