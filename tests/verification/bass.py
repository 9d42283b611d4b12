"""The smallest rules that are still the model of Bass: for students, and to check the engine alone.

`bass_quarter` decides by lot. `bass_by_rank` takes the lot out: person number i of N starts to shop
when the probability of having started by now passes (i + 1/2) / N, so the share of shoppers is the
mean field to within 1/N, and the error of the time step can be seen without any noise.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.rng import decision, uniform
from sim.units import QUARTER_YEARS, exponential, hazard_to_probability

START = decision("bass_start")
STOP = decision("bass_stop")


def bass_quarter(person: Any, env: Any, params: Any, rng: Any) -> None:
    """Start as others do, stop for no reason."""
    if person.shopper:
        if uniform(rng, STOP) < hazard_to_probability(params.shopper_lapse):
            person.shopper = False
    elif uniform(rng, START) < hazard_to_probability(
        params.innovation + params.imitation * env.shopper_share
    ):
        person.shopper = True


def bass_by_rank(person: Any, env: Any, params: Any, rng: Any) -> None:
    """The same without chance; `habit` is the probability of having started. Nobody stops."""
    hazard = params.innovation + params.imitation * env.shopper_share
    person.habit = 1.0 - (1.0 - person.habit) * exponential(-QUARTER_YEARS * hazard)
    if person.habit > (env.number + 0.5) / env.country_size:
        person.shopper = True


def bass_share(p: float, q: float, t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of shoppers after t years when there were none (Bass 1969)."""
    decay = np.exp(-(p + q) * t)
    return np.asarray((1.0 - decay) / (1.0 + q / p * decay))


def logistic_share(q: float, start: float, t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of shoppers after t years when p = 0 and a share `start` shopped at the beginning."""
    grown = start * np.exp(q * t)
    return np.asarray(grown / (1.0 - start + grown))
