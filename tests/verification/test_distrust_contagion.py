"""V16: distrust that spreads by word of mouth, as a stress case with a rule of its own.

In the model trust is a number and word of mouth counts victims, so distrust never feeds on itself.
Here a person either trusts or not (trust below 0.4), and hears of distrust, not of victims: the SIS
model of epidemics, with a threshold below which distrust dies out.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

from sim.rng import decision, uniform
from sim.units import hazard_to_probability
from tests.verification.worlds import STILL, shopper_share, world

LOSE_TRUST = decision("lose_trust")
REGAIN_TRUST = decision("regain_trust")
DISTRUSTFUL = 0.4


def distrust_quarter(person: Any, env: Any, params: Any, rng: Any) -> None:
    """`shopper` marks those who distrust, so that everybody sees their share in the country."""
    if person.trust < DISTRUSTFUL:
        if uniform(rng, REGAIN_TRUST) < hazard_to_probability(params.trust_recovery):
            person.trust = 1.0
    elif uniform(rng, LOSE_TRUST) < hazard_to_probability(
        params.scam_hazard + params.imitation * env.shopper_share
    ):
        person.trust = 0.0
    person.shopper = person.trust < DISTRUSTFUL


def resting(spread: float, direct: float, recovery: float) -> float:
    """Share of distrust in continuous time."""
    gap = spread - direct - recovery
    return (gap + math.sqrt(gap * gap + 4.0 * spread * direct)) / (2.0 * spread)


def resting_in_steps(spread: float, direct: float, recovery: float, dt: float) -> float:
    """The same when people act once in `dt` years."""

    def surplus(share: float) -> float:
        lost = (1.0 - share) * (1.0 - math.exp(-(direct + spread * share) * dt))
        return lost - share * (1.0 - math.exp(-recovery * dt))

    return float(brentq(surplus, 1e-9, 1.0, xtol=1e-15))


def _settled(spread: float, direct: float, recovery: float, steps: int) -> float:
    """Mean share of distrust in the last seven years of twelve, with 300,000 people."""
    parameters = {
        **STILL,
        "imitation": spread,
        "scam_hazard": direct,
        "trust_recovery": recovery,
        "trust_level": 0.3,  # everybody distrusts at first
    }
    model = world(parameters, agents=300_000, steps=steps, end="2026Q4", rule=distrust_quarter)
    return float(np.mean(shopper_share(model.run())[-28:]))


@pytest.mark.parametrize("steps", [1, 4])
@pytest.mark.parametrize(("spread", "direct"), [(2.0, 0.1), (0.6, 0.2), (3.0, 0.0)])
def test_distrust_rests_where_the_equation_says(spread: float, direct: float, steps: int) -> None:
    """Within 2e-3 of the root of the step's own equation (sampling: 0.0005)."""
    expected = resting_in_steps(spread, direct, 1.0, 0.25 / steps)
    assert _settled(spread, direct, 1.0, steps) == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize(("spread", "direct"), [(2.0, 0.1), (0.6, 0.2), (3.0, 0.0)])
def test_the_step_equation_becomes_the_closed_form(spread: float, direct: float) -> None:
    """1e-4 asks for steps below a thousandth of a year, which only the equation can take."""
    assert resting_in_steps(spread, direct, 1.0, 1.0 / 4096.0) == pytest.approx(
        resting(spread, direct, 1.0), abs=1e-4
    )


def test_below_the_threshold_distrust_dies_out() -> None:
    """Spread 0.5 against recovery 1: e^-6 of the distrust is left after twelve years."""
    assert resting(0.5, 0.0, 1.0) == 0.0
    assert _settled(0.5, 0.0, 1.0, 1) < 0.02


def test_above_the_threshold_it_stays_without_any_scam() -> None:
    assert resting(3.0, 0.0, 1.0) == pytest.approx(1.0 - 1.0 / 3.0)
    assert _settled(3.0, 0.0, 1.0, 4) > 0.6
