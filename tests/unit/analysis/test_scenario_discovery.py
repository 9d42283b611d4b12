"""PRIM against boxes that are known."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.policy_mixes.scenario_discovery import (
    discover,
    halves,
    inside,
    judged,
    least_points,
    only,
)


def cube(count: int = 800, seed: int = 3) -> dict[str, np.ndarray]:
    luck = np.random.default_rng(seed)
    return {name: luck.random(count) for name in "abcdef"}


def test_the_box_that_fails_is_found() -> None:
    points = cube()
    failed = (points["a"] > 0.6) & (points["c"] < 0.5)
    box = discover(points, failed)
    assert box is not None
    assert set(box.limits) == {"a", "c"}
    assert box.limits["a"][0] == pytest.approx(0.6, abs=0.02)
    assert box.limits["a"][1] == np.inf
    assert box.limits["c"][1] == pytest.approx(0.5, abs=0.02)
    assert box.limits["c"][0] == -np.inf
    assert box.coverage > 0.97
    assert box.density > 0.95
    assert max(box.quasi_p.values()) < 1e-6


def test_a_box_in_the_middle_and_noise() -> None:
    points = cube(1500)
    core = (abs(points["b"] - 0.5) < 0.25) & (points["e"] > 0.4)
    luck = np.random.default_rng(9)
    failed = np.where(core, luck.random(1500) < 0.95, luck.random(1500) < 0.03)
    mine, held = halves(np.arange(1500))
    box = discover(only(points, mine), failed[mine])
    assert box is not None
    assert {"b", "e"} <= set(box.limits)
    assert box.limits["b"][0] == pytest.approx(0.25, abs=0.06)
    assert box.limits["b"][1] == pytest.approx(0.75, abs=0.06)
    again = judged(only(points, held), failed[held], box.limits)
    assert again.coverage > 0.75
    assert again.density > 0.8


def test_futures_that_share_parameters_are_not_held_out_against_one_another() -> None:
    worlds = np.repeat(np.arange(100), np.tile([1, 2, 3, 6], 25))
    mine, held = halves(worlds)
    assert (mine ^ held).all() and not set(worlds[mine]) & set(worlds[held])
    assert 85 <= held.sum() <= 100  # of 300


def test_inputs_of_few_values_can_be_restricted() -> None:
    points = cube()
    points["path"] = np.tile([0.0, 1.0, 2.0, 3.0], 200)
    failed = points["path"] == 3.0
    box = discover(points, failed)
    assert box is not None
    assert box.limits == {"path": (3.0, np.inf)}
    assert (box.coverage, box.density, box.mass) == (1.0, 1.0, 0.25)


def test_no_more_inputs_are_restricted_than_asked_for() -> None:
    points = cube(4000)
    failed = np.all([points[name] > 0.3 for name in "abcdef"], axis=0)
    box = discover(points, failed)
    assert box is not None
    assert len(box.limits) <= 4
    two = discover(points, failed, most=2)
    assert two is not None
    assert len(two.limits) <= 2


def test_nothing_to_discover() -> None:
    points = cube(100)
    assert discover(points, np.zeros(100, dtype=bool)) is None
    assert discover(points, np.ones(100, dtype=bool)) is None


def test_quasi_p_values_tell_luck_from_cause() -> None:
    """A range that matters is no luck; one that does not is."""
    points = cube()
    failed = points["a"] > 0.6
    box = judged(points, failed, {"a": (0.6, np.inf), "b": (0.5, np.inf)})
    assert box.quasi_p["a"] < 1e-10
    assert box.quasi_p["b"] > 0.3
    assert inside(points, {"a": (0.6, 1.0)}).sum() == failed.sum()


def rare(case: int) -> tuple[dict[str, np.ndarray], np.ndarray, dict[str, tuple[float, float]]]:
    """Futures of which 2 to 6 % fail, all that lie in a box of two to four of 6 to 14 inputs."""
    luck = np.random.default_rng(1000 + case)
    count, inputs = int(luck.choice([500, 1000, 2000])), int(luck.integers(6, 15))
    points = {f"x{k}": luck.random(count) for k in range(inputs)}
    chosen = luck.permutation(list(points))[: int(luck.integers(2, 5))]
    side = luck.uniform(0.02, 0.06) ** (1.0 / len(chosen))
    limits: dict[str, tuple[float, float]] = {}
    for name in chosen:
        low = float(luck.choice([0.0, 1.0 - side, luck.uniform(0.0, 1.0 - side)]))
        limits[str(name)] = (low, low + side)
    return points, inside(points, limits), limits


def test_failures_of_two_to_six_per_cent_of_futures_are_found_with_their_edges() -> None:
    """Twenty boxes that are known: nineteen or more come out, with the very inputs."""
    found = 0
    for case in range(20):
        points, failed, limits = rare(case)
        box = discover(points, failed)
        if box is None or set(box.limits) != set(limits):
            continue
        edges = [
            abs(max(seen, 0.0) - true) if at == 0 else abs(min(seen, 1.0) - true)
            for name, sides in limits.items()
            for at, (seen, true) in enumerate(zip(box.limits[name], sides, strict=True))
        ]
        found += box.coverage >= 0.9 and box.density >= 0.9 and max(edges) < 0.12
    assert found >= 19


@pytest.mark.parametrize("rate", [0.02, 0.05, 0.3])
def test_failures_dealt_out_at_random_have_no_box(rate: float) -> None:
    for case in range(8):
        luck = np.random.default_rng(case)
        points = {f"x{k}": luck.random(500) for k in range(10)}
        assert discover(points, luck.random(500) < rate) is None


def test_a_chance_of_noise_is_a_bound() -> None:
    """The best half-line of 300 points and 5 inputs is seldom called significant in noise."""
    wrong = 0
    for case in range(60):
        luck = np.random.default_rng(case)
        points = {f"x{k}": luck.random(300) for k in range(5)}
        failed = luck.random(300) < 0.05
        for name in points:
            sides = [(value, np.inf) for value in points[name][failed]]
            if any(judged(points, failed, {name: side}).p_value <= 0.05 for side in sides):
                wrong += 1
                break
    assert wrong <= 3


def test_least_size_follows_the_number_of_failures() -> None:
    def least(count: int, failures: int) -> int:
        return least_points(np.arange(count) < failures)

    assert (least(1000, 20), least(1000, 60), least(1000, 500)) == (10, 30, 100)
    assert least(144, 3) == 5
