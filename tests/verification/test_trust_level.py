"""V15: trust settles where what victims lose equals what time gives back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.verification.worlds import STILL, total, world

LEVEL, RECOVERY, LOSS, HAZARD = 0.7, 0.5, 0.5, 0.6
SCAMS = {
    **STILL,
    "trust_level": LEVEL,
    "trust_recovery": RECOVERY,
    "victim_trust_loss": LOSS,
    "scam_hazard": HAZARD,
    "skill_scam_protection": 0.0,
    "word_of_mouth": 0.0,
}


def _mean_trust(steps: int, end: str) -> NDArray[np.float64]:
    model = world(SCAMS, agents=200_000, steps=steps, end=end).run()
    return total(model, "trust_sum") / total(model, "connected_adults")


def _ratio(dt: float) -> float:
    """What is left of a distance from the resting level after one step."""
    return math.exp(-RECOVERY * dt) - LOSS * (1.0 - math.exp(-HAZARD * dt))


def _resting(dt: float) -> float:
    return LEVEL * (1.0 - math.exp(-RECOVERY * dt)) / (1.0 - _ratio(dt))


def test_trust_rests_at_the_balance_of_a_quarter() -> None:
    """Mean of the last eight years within 1e-3 of the quarter's own balance.

    Trust of one person varies by about 0.13, so by 0.0003 in the mean of 200,000. The balance of a
    quarter lies 0.006 below that of no time at all (0.4375), so the latter is the wrong answer here.
    """
    trust = _mean_trust(1, "2030Q4")
    assert float(trust[-32:].mean()) == pytest.approx(_resting(0.25), abs=1e-3)
    assert abs(_resting(0.25) - LEVEL * RECOVERY / (RECOVERY + LOSS * HAZARD)) > 0.003


def test_trust_rests_at_the_balance_of_continuous_time() -> None:
    """T* = kappa T0 / (kappa + chi v) = 0.4375 within 1e-3 at 1/128 of a year."""
    trust = _mean_trust(32, "2022Q4")
    limit = LEVEL * RECOVERY / (RECOVERY + LOSS * HAZARD)
    gone = math.exp(-(RECOVERY + LOSS * HAZARD) * 7.0)
    expected = limit + (LEVEL - limit) * gone
    assert float(trust[27]) == pytest.approx(expected, abs=1e-3)
    assert _resting(1.0 / 128.0) == pytest.approx(limit, abs=3e-4)


def test_trust_approaches_its_rest_at_the_right_rate() -> None:
    """Every quarter of the first four years within 1e-3 of the geometric approach."""
    trust = _mean_trust(1, "2018Q4")
    rest = _resting(0.25)
    expected = rest + (LEVEL - rest) * _ratio(0.25) ** np.arange(1, 17)
    assert np.abs(trust - expected).max() < 1e-3
    assert -math.log(_ratio(1e-6)) / 1e-6 == pytest.approx(RECOVERY + LOSS * HAZARD, rel=1e-5)
