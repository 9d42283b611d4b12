"""The order of draws: beginnings that stand for the whole, in cases with known answers."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calibration.data.observables import OBSERVABLES, VALUE
from sim.calibration.posterior.support_points import growth_of_value, representative_order
from sim.units import COUNTRIES


def test_three_of_three_groups_come_first() -> None:
    """Equal groups far apart: the middle one first, then one of each before any comes again."""
    points = np.array([[0.0], [100.0], [200.0]] * 20) + np.linspace(0.0, 1.0, 60)[:, None]
    order = representative_order(points)
    assert sorted(order) == list(range(60))
    groups = (points[order, 0] // 50).astype(int) // 2
    assert groups[0] == 1
    assert [sorted(groups[k : k + 3]) for k in (0, 3, 6)] == [[0, 1, 2]] * 3


def test_beginnings_are_nearer_to_the_whole_than_chance_makes_them() -> None:
    luck = np.random.default_rng(5)
    points = luck.normal(size=(200, 6)) @ luck.normal(size=(6, 6))
    wanted = np.quantile(points, [0.1, 0.5, 0.9], axis=0)

    def miss(order: np.ndarray, count: int) -> float:
        found = np.quantile(points[order[:count]], [0.1, 0.5, 0.9], axis=0)
        return float((np.abs(found - wanted) / points.std(axis=0)).mean())

    chance = [luck.permutation(200) for _ in range(200)]
    order = representative_order(points)
    for count, better in ((10, 0.85), (40, 0.6)):
        assert miss(order, count) < better * np.mean([miss(one, count) for one in chance])


def test_units_of_features_do_not_matter_and_points_may_stand_twice() -> None:
    luck = np.random.default_rng(6)
    points = luck.normal(size=(50, 3))
    assert (representative_order(points) == representative_order(points * [1.0, 8.0, 0.25])).all()
    same = np.zeros((4, 2))
    assert sorted(representative_order(same)) == [0, 1, 2, 3]


def test_growth_is_that_of_every_country_and_of_their_sum() -> None:
    observables = np.zeros((2, len(OBSERVABLES), len(COUNTRIES), 16))
    observables[:, VALUE, :, 7] = np.log(1e9)
    observables[:, VALUE, :, 15] = np.log(2e9)
    observables[1, VALUE, 0, 15] = np.log(7e9)
    growth = growth_of_value(observables, 2015)
    assert growth[0] == pytest.approx(np.log([2.0] * 6))
    assert growth[1] == pytest.approx(np.log([7.0, 2.0, 2.0, 2.0, 2.0, 3.0]))
