"""V15: trust settles where what victims lose equals what time gives back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.verification.worlds import STILL, total, world

LEVEL, RECOVERY, LOSS, HAZARD = 0.7, 0.5, 0.5, 0.6
CONTINUOUS = LEVEL * RECOVERY / (RECOVERY + LOSS * HAZARD)
SCAMS = {
    **STILL,
    "trust_level": LEVEL,
    "trust_recovery": RECOVERY,
    "victim_trust_loss": LOSS,
    "scam_hazard": HAZARD,
    "skill_scam_protection": 0.0,
    "word_of_mouth": 0.0,
}


def _mean_trust(steps: int, end: str, agents: int = 100_000) -> NDArray[np.float64]:
    model = world(SCAMS, agents=agents, steps=steps, end=end).run()
    return total(model, "trust_sum") / total(model, "connected_adults")


def _ratio(dt: float) -> float:
    """What is left of a distance from the resting level after one step."""
    return math.exp(-RECOVERY * dt) - LOSS * (1.0 - math.exp(-HAZARD * dt))


def _resting(dt: float) -> float:
    return LEVEL * (1.0 - math.exp(-RECOVERY * dt)) / (1.0 - _ratio(dt))


def test_trust_rests_at_the_balance_of_a_quarter() -> None:
    """Mean of the last eight years within 1e-3 of the quarter's own balance.

    Trust of one person varies by about 0.13, so by 0.0004 in the mean of 100,000; eight years hold
    about six independent means. Without any time step the balance is 0.4375, lower by 0.002.
    """
    trust = _mean_trust(1, "2030Q4")
    assert float(trust[-32:].mean()) == pytest.approx(_resting(0.25), abs=1e-3)
    assert abs(_resting(0.25) - CONTINUOUS) > 0.0015


def test_trust_follows_continuous_time_when_steps_are_short() -> None:
    """T* = kappa T0 / (kappa + chi v) and its rate, within 1e-3 at a sixty-fourth of a year."""
    trust = _mean_trust(16, "2016Q4", 200_000)
    t = np.arange(1, 9) / 4.0
    expected = CONTINUOUS + (LEVEL - CONTINUOUS) * np.exp(-(RECOVERY + LOSS * HAZARD) * t)
    assert np.abs(trust - expected).max() < 1e-3
    assert _resting(1.0 / 64.0) == pytest.approx(CONTINUOUS, abs=3e-4)


def test_trust_approaches_its_rest_at_the_right_rate() -> None:
    """Every quarter of the first four years within 1e-3 of the geometric approach."""
    trust = _mean_trust(1, "2018Q4")
    rest = _resting(0.25)
    expected = rest + (LEVEL - rest) * _ratio(0.25) ** np.arange(1, 17)
    assert np.abs(trust - expected).max() < 1e-3
    assert -math.log(_ratio(1e-6)) / 1e-6 == pytest.approx(RECOVERY + LOSS * HAZARD, rel=1e-5)
