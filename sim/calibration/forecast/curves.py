"""Curves of benchmark forecasts: Bass, Gompertz, and exponential smoothing with a damped trend.

Nothing here knows of countries; years are counted from the first observation, values are logits
of shares or logs of money. Sources: Bass 1969, doi:10.1287/mnsc.15.5.215; Gardner and McKenzie
1985, doi:10.1287/mnsc.31.10.1237; Hyndman et al. 2008, doi:10.1007/978-3-540-71918-2.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import least_squares
from scipy.special import expit, logit

Floats = NDArray[np.float64]

# Usual bounds of a damped trend (Hyndman et al. 2008): less damping cannot be told from none.
_DAMPINGS = (0.8, 0.85, 0.9, 0.95, 0.98)
_WEIGHTS = np.linspace(0.1, 1.0, 10)
_SHARES = np.linspace(0.0, 1.0, 11)
_SMALLEST = 1e-6


class Curve(NamedTuple):
    """A fitted curve: its parameters and the standard deviation of what it misses."""

    parameters: tuple[float, ...]
    sd: float


def bass(t: ArrayLike, start: float, p: float, q: float, ceiling: float) -> Floats:
    """Share of adopters after `t` years, from a share `start` at t = 0.

    dF/dt = (p + q F/m) (m - F), with m the ceiling: (p + qG)/(1 - G) of G = F/m grows at p + q.
    """
    first = start / ceiling
    odds = (p + q * first) / (1.0 - first) * np.exp((p + q) * np.asarray(t, dtype=float))
    return ceiling * (odds - p) / (odds + q)


def gompertz(t: ArrayLike, ceiling: float, gap: float, rate: float) -> Floats:
    """Log of a level that nears the log `ceiling`; the gap of logs shrinks at `rate` a year."""
    return ceiling - gap * np.exp(-rate * np.asarray(t, dtype=float))


def fit_bass(t: ArrayLike, logits: ArrayLike) -> Curve:
    """Least squares on logits: start, p, q and ceiling (`bass`), p + q up to 1.7 a year."""
    seen = np.asarray(logits, dtype=float)
    shares = expit(seen)
    top = min(float(shares.max()), 0.999)

    def missed(x: Floats) -> Floats:
        start, p, q, above = x
        ceiling = top + (1.0 - top) * above
        path = bass(t, min(start, 0.999 * ceiling), p, q, ceiling)
        return logit(np.clip(path, _SMALLEST, 1.0 - _SMALLEST)) - seen

    low, high = [_SMALLEST, 1e-4, 0.0, 0.01], [0.999, 0.2, 1.5, 1.0]
    starts = [[float(np.clip(shares[0], 0.001, 0.99)), 0.01, q, 0.5] for q in (0.05, 0.3, 0.8)]
    best = _best(missed, starts, low, high)
    start, p, q, above = best
    ceiling = top + (1.0 - top) * above
    fitted = (float(min(start, 0.999 * ceiling)), float(p), float(q), float(ceiling))
    return Curve(fitted, _sd(missed(best), 4))


def fit_gompertz(t: ArrayLike, logs: ArrayLike) -> Curve:
    """Least squares on logs: ceiling, gap and rate (`gompertz`), the rate from 0.02 to 2 a year."""
    times, seen = np.asarray(t, dtype=float), np.asarray(logs, dtype=float)

    def missed(x: Floats) -> Floats:
        return gompertz(times, *x) - seen

    low, high = [-np.inf, 0.0, 0.02], [np.inf, np.inf, 2.0]
    range_ = max(float(np.ptp(seen)), 0.1)
    starts = [[float(seen.max()) + 0.5, range_ + 0.5, rate] for rate in (0.05, 0.3, 1.0)]
    best = _best(missed, starts, low, high)
    return Curve((float(best[0]), float(best[1]), float(best[2])), _sd(missed(best), 3))


class Damped(NamedTuple):
    """State at the last observation and weights of a damped trend; `sd` of its one-step errors."""

    level: float
    slope: float
    level_weight: float
    slope_weight: float
    damping: float
    sd: float

    def mean(self, steps: int) -> float:
        """Level `steps` years on: the slope counts damping + damping^2 + ... + damping^steps."""
        return self.level + self.slope * _damped_sum(self.damping, steps)

    def growth_of_variance(self, steps: int) -> float:
        """Variance of the forecast over that of one step: 1 + sum of c_j^2, j = 1 to steps - 1.

        c_j = level weight + slope weight x (damping + ... + damping^j).
        """
        total = 1.0
        for j in range(1, steps):
            c = self.level_weight + self.slope_weight * _damped_sum(self.damping, j)
            total += c * c
        return total


def smooth(
    t: ArrayLike, values: ArrayLike, level_weight: float, slope_weight: float, damping: float
) -> tuple[float, float, Floats]:
    """Level and slope after the last observation, and errors from the third one on.

    Level and slope start from the first two observations. Through years without observation they
    move by themselves; the error after such a gap is divided by the root of its length.
    """
    times, seen = np.asarray(t, dtype=int), np.asarray(values, dtype=float)
    level = float(seen[1])
    slope = float((seen[1] - seen[0]) / (times[1] - times[0]))
    errors = []
    for i in range(2, len(seen)):
        gap = int(times[i] - times[i - 1])
        for _ in range(gap):
            slope *= damping
            level += slope
        error = float(seen[i]) - level
        level += level_weight * error
        slope += slope_weight * error
        errors.append(error / np.sqrt(gap))
    return level, slope, np.array(errors)


def fit_damped(t: ArrayLike, values: ArrayLike) -> Damped:
    """The weights and the damping with the least squared errors, over a grid.

    A grid of 550 has no wrong valley to end in, and of few observations no finer one is worth it.
    """
    best, least = None, np.inf
    for damping in _DAMPINGS:
        for weight in _WEIGHTS:
            for share in _SHARES:
                level, slope, errors = smooth(t, values, weight, weight * share, damping)
                squares = float(errors @ errors)
                if squares < least:
                    least = squares
                    best = Damped(
                        level,
                        slope,
                        float(weight),
                        float(weight * share),
                        damping,
                        _sd(errors, 3),
                    )
    if best is None:
        raise ValueError("a damped trend needs finite values")
    return best


def _damped_sum(damping: float, steps: int) -> float:
    return damping * (1.0 - damping**steps) / (1.0 - damping)


def _sd(errors: Floats, parameters: int) -> float:
    return float(np.sqrt(errors @ errors / max(len(errors) - parameters, 1)))


def _best(missed, starts, low, high) -> Floats:  # type: ignore[no-untyped-def]
    fits = [least_squares(missed, start, bounds=(low, high)) for start in starts]
    return min(fits, key=lambda fit: fit.cost).x
