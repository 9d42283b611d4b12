"""V5: chance fades as one over the square root of the number of people, and nothing else does."""

from __future__ import annotations

import numpy as np
import pytest

from sim.agents.consumer import consumer_quarter
from tests.verification.bass import bass_by_rank, bass_quarter
from tests.verification.worlds import PLAIN, Rule, shopper_share, world

BASS = {**PLAIN, "innovation": 0.01, "imitation": 0.4}


@pytest.mark.parametrize(
    ("rule", "sizes", "seeds"),
    [
        (consumer_quarter, (1_000, 4_000, 16_000), 20),
        (bass_quarter, (1_000, 4_000, 16_000, 64_000), 30),
    ],
)
def test_distance_from_the_mean_field_halves_with_four_times_the_people(
    rule: Rule, sizes: tuple[int, ...], seeds: int
) -> None:
    """Slope of log error on log N between -0.7 and -0.3; one half is expected.

    A root mean square over S seeds is known to a factor of about 1 +- 1 / sqrt(2 S), so the slope
    has a standard error of 0.08 with 20 seeds over a factor of 16 in size, and of 0.04 with 30 over
    a factor of 64: noise that did not fade (slope 0) or faded as 1/N (slope -1) cannot pass.
    """
    limit = shopper_share(world(BASS, agents=100_000, end="2024Q4", rule=bass_by_rank).run())[-1]
    errors = []
    for agents in sizes:
        shares = [
            shopper_share(world(BASS, agents=agents, end="2024Q4", seed=seed, rule=rule).run())[-1]
            for seed in range(seeds)
        ]
        errors.append(float(np.sqrt(np.mean((np.array(shares) - limit) ** 2))))
    slope = np.polyfit(np.log(sizes), np.log(errors), 1)[0]
    assert -0.7 < slope < -0.3
    assert errors[-1] < 1.6 * np.sqrt(0.25 * 41.0 / sizes[-1]) / 2.0


def test_more_people_in_the_country_are_more_of_the_same() -> None:
    """I19: with the same totals per person, shares differ by chance only (five deviations).

    The deviation of the smaller world, 0.25 sqrt((p + q) / (p N)), rules that of the difference.
    """
    agents = 40_000
    shares = [
        shopper_share(world(BASS, agents=size, end="2024Q4").run())[-1]
        for size in (agents, 2 * agents)
    ]
    deviation = 0.25 * np.sqrt(41.0 / agents) * np.sqrt(1.5)
    assert abs(shares[0] - shares[1]) < 5.0 * deviation
