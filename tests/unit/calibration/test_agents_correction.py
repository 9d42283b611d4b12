"""What agents add to the mean-field model, learnt from runs of both."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calibration.data.observables import OBSERVABLES, VALUE
from sim.calibration.posterior.agents_correction import correction

SHOPPERS = OBSERVABLES.index("adults_buying_online_share")
SHAPE = (len(OBSERVABLES), 5, 8)


def runs(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, *SHAPE))


def test_a_linear_difference_is_found_again_at_other_points() -> None:
    rng = np.random.default_rng(1)
    constant, of_shoppers, of_value = (rng.normal(size=SHAPE) for _ in range(3))

    def agents(mean_field: np.ndarray) -> np.ndarray:
        shoppers, value = mean_field[:, SHOPPERS, None], mean_field[:, VALUE, None]
        return np.asarray(mean_field + constant + of_shoppers * shoppers + of_value * value)

    seen, new = runs(30, 2), runs(4, 3)
    found = correction(seen, agents(seen))
    assert found.applied(new) == pytest.approx(agents(new), abs=1e-9)
    assert found.applied(new[..., :5]) == pytest.approx(agents(new)[..., :5], abs=1e-9)


def test_chance_of_single_runs_is_averaged_out() -> None:
    """A difference of 0.3 in runs whose luck is 0.1: known to 0.1 / 20 from 400 of them."""
    seen, new = runs(400, 4), runs(3, 5)
    luck = 0.1 * np.random.default_rng(6).normal(size=seen.shape)
    away = correction(seen, seen + 0.3 + luck).applied(new) - new
    assert away == pytest.approx(np.full(new.shape, 0.3), abs=0.06)
    assert away.std() < 0.02


def test_where_all_runs_agree_only_the_mean_is_taken() -> None:
    seen = np.repeat(runs(1, 7), 10, axis=0)
    assert correction(seen, seen + 0.2).applied(seen) == pytest.approx(seen + 0.2)
