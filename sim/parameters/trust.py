"""How strongly trust acts on shopping, solved from what was measured about victims.

A victim loses the share `victim_trust_loss` of trust, which returns at `trust_recovery`. While it
is low the hazard of giving up shopping is `shopper_lapse * exp(b * missing trust)`, and that of
starting again `victim_return * exp(-b * trust_in_starting * missing trust)`. The sensitivity b is
the one at which a shopper who was defrauded is `victim_shopping_drop` less likely to shop a year
later than one who was not, through both (Boehme and Moore 2012 measured 4 to 5 percentage points).
Spending of those who shop is no part of that.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from itertools import accumulate, pairwise
from typing import NamedTuple

from scipy.optimize import brentq

_STEPS = 16

SOLVED_FROM = (
    "victim_shopping_drop",
    "victim_trust_loss",
    "trust_level",
    "trust_recovery",
    "shopper_lapse",
    "victim_return",
    "trust_in_starting",
    "largest_trust_sensitivity",
)
"""Parameters of which the sensitivity is a function."""


class _Case(NamedTuple):
    missing: float  # trust, just after
    recovery: float
    lapse: float
    again: float
    starting: float


def trust_sensitivity(values: Mapping[str, float]) -> float:
    """The sensitivity b (log hazard per unit of trust), up to `largest_trust_sensitivity`."""
    case = _Case(
        values["victim_trust_loss"] * values["trust_level"],
        values["trust_recovery"],
        values["shopper_lapse"],
        values["victim_return"],
        values["trust_in_starting"],
    )
    return _solve(values["victim_shopping_drop"], case, values["largest_trust_sensitivity"])


@functools.lru_cache(maxsize=4096)
def _solve(drop: float, case: _Case, largest: float) -> float:
    if drop <= 0 or case.missing <= 0 or case.lapse <= 0 or drop >= 1:
        return 0.0

    def surplus(b: float) -> float:
        return _drop_after_a_year(b, case) - drop

    if surplus(largest) < 0:
        return largest
    return float(brentq(surplus, 0.0, largest, xtol=1e-12))


def _drop_after_a_year(b: float, case: _Case) -> float:
    """Probability to shop of others less that of a victim; integrals by Simpson's rule."""
    gaps = [case.missing * math.exp(-case.recovery * k / _STEPS) for k in range(_STEPS + 1)]
    stops = [case.lapse * (math.exp(b * gap) - 1.0) for gap in gaps]
    starts = [case.again * math.exp(-b * case.starting * gap) for gap in gaps]
    ordinary = case.lapse + case.again
    extra = _simpson(stops) + _simpson([start - case.again for start in starts])
    kept = math.exp(-ordinary) * (1.0 - math.exp(-extra))
    if case.again == 0.0:
        return kept
    # who gave up and shops again: others in closed form, victims with the hazards of each time
    others = case.again / ordinary * (1.0 - math.exp(-ordinary))
    speeds = [case.lapse + stop + start for stop, start in zip(stops, starts, strict=True)]
    means = [(one + other) / 2.0 / _STEPS for one, other in pairwise(speeds)]
    passed = [0.0, *accumulate(means)]
    again = [
        start * math.exp(done - passed[-1]) for start, done in zip(starts, passed, strict=True)
    ]
    return kept + others - _simpson(again)


def _simpson(values: list[float]) -> float:
    """Integral over a year of values at equal steps."""
    weights = [1 if k in (0, _STEPS) else (4 if k % 2 else 2) for k in range(_STEPS + 1)]
    return sum(w * v for w, v in zip(weights, values, strict=True)) / (3 * _STEPS)
