"""What a datum would be worth: how much knowing it is expected to narrow a decision.

For every draw the datum is simulated, with its error, and the decision quantity is regressed on it
(Strong, Oakley and Brennan 2014; Strong, Oakley, Brennan and Breeze 2015): the fit is the
expectation given the datum. Runs are judged by a fit without them, so noise does not look like
knowledge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.sensitivity.regression import Smooth
from sim.analysis.sensitivity.sobol import RESAMPLES
from sim.errors import InputError
from sim.quantile_bands import HIGH, LOW, quantile

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Worth:
    """Expected fall of a variance as a share of it, and expected gain of a better choice.

    `low` and `high` are the 5th and 95th percentile of a bootstrap over draws.
    """

    reduction: float
    low: float
    high: float
    gain: float = float("nan")
    gain_low: float = float("nan")
    gain_high: float = float("nan")


def worth_of(
    datum: Floats,
    quantity: Floats,
    benefit: Floats | None = None,
    *,
    seed: int = 1,
    resamples: int = RESAMPLES,
) -> Worth:
    """What knowing `datum` (draws, numbers) says about `quantity` and about a choice.

    `benefit` is the net benefit of one mix over another in every draw; the gain is that of choosing
    with the datum over choosing without, in its unit: E[max(0, E[b | datum])] - max(0, E[b]).
    Raises InputError for what is not finite.
    """
    if not (np.isfinite(datum).all() and np.isfinite(quantity).all()):
        raise InputError("a value is not finite", todo="choose the draws with `usable` first")
    n = len(quantity)
    rng = np.random.default_rng(seed)
    weights = np.full((n, resamples + 1), 1.0 / n)
    weights[:, 1:] = rng.multinomial(n, np.full(n, 1.0 / n), size=resamples).T / n
    smooth = Smooth(datum, seed)
    left = (quantity - smooth.out_of_fold(quantity)) ** 2 @ weights
    spread = (quantity - quantity.mean()) ** 2 @ weights
    fall = np.clip(1.0 - left / np.where(spread > 0.0, spread, np.nan), 0.0, None)
    numbers = [float(fall[0]), *_interval(fall)]
    if benefit is not None:
        fitted = smooth.out_of_fold(benefit)
        informed = np.maximum(fitted, 0.0) @ weights
        # The plain choice is judged by the same fits: their mean, so that nothing known is worth 0.
        gain = np.clip(informed - np.maximum(fitted @ weights, 0.0), 0.0, None)
        numbers += [float(gain[0]), *_interval(gain)]
    return Worth(*numbers)


def _interval(values: Floats) -> tuple[float, float]:
    low, high = quantile(values[1:], (LOW, HIGH))
    return float(low), float(high)
