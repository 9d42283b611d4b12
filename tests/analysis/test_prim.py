"""PRIM against boxes that are known."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.prim import discover, halves, inside, judged, only


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
