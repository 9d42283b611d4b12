"""Indices, effects and worth of data on functions whose answers are known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.analysis.sensitivity.finite_runs import usable
from sim.analysis.sensitivity.regression import Smooth
from sim.analysis.sensitivity.shapley_effects import UNEXPLAINED, caution, shapley_effects
from sim.analysis.sensitivity.sobol import saltelli, sobol_indices
from sim.analysis.sensitivity.value_of_information import worth_of
from sim.errors import InputError, MekongError

A, B = 7.0, 0.1


def ishigami(x: np.ndarray) -> np.ndarray:
    return np.sin(x[..., 0]) * (1 + B * x[..., 2] ** 4) + A * np.sin(x[..., 1]) ** 2


FIRST = 0.5 * (1 + B * np.pi**4 / 5) ** 2
SECOND = A**2 / 8
TOGETHER = 8 * B**2 * np.pi**8 / 225
VARIANCE = FIRST + SECOND + TOGETHER


def in_design(function, groups, n=2048, seed=7) -> np.ndarray:
    return function(np.pi * (2 * saltelli(n, groups, seed) - 1))


# ---- Sobol' indices -------------------------------------------------------------------------


def test_indices_of_the_ishigami_function() -> None:
    found = sobol_indices(in_design(ishigami, [[0], [1], [2]]), ["a", "b", "c"])
    first = np.array([FIRST, SECOND, 0.0]) / VARIANCE
    total = np.array([FIRST + TOGETHER, SECOND, TOGETHER]) / VARIANCE
    assert found["first"].to_numpy() == pytest.approx(first, abs=0.01)
    assert found["total"].to_numpy() == pytest.approx(total, abs=0.01)
    for name, true in (("first", first), ("total", total)):
        assert (found[f"{name}_low"] < true).all() and (true < found[f"{name}_high"]).all()


def test_indices_are_those_of_scipy() -> None:
    results = in_design(ishigami, [[0], [1], [2]], n=256)
    theirs = stats.sobol_indices(
        func={
            "f_A": results[None, :, 0],
            "f_B": results[None, :, -1],
            "f_AB": results[:, 1:-1].T[:, None, :],
        },
        n=256,
    )
    found = sobol_indices(results, ["a", "b", "c"])
    assert found["first"].to_numpy() == pytest.approx(theirs.first_order, abs=1e-12)
    assert found["total"].to_numpy() == pytest.approx(theirs.total_order, abs=1e-12)


def test_a_group_is_one_input_and_what_does_nothing_has_nothing() -> None:
    results = in_design(ishigami, [[0, 2], [1], [3]])
    found = sobol_indices(results, ["a and c", "b", "idle"]).set_index("input")
    assert found.loc["a and c", "first"] == pytest.approx((FIRST + TOGETHER) / VARIANCE, abs=0.01)
    assert (found.loc["idle", ["total", "total_low", "total_high"]] == 0.0).all()


def test_first_and_total_of_an_additive_function_are_equal_and_exact() -> None:
    weights = np.array([1.0, 2.0, 3.0])
    found = sobol_indices(
        in_design(lambda x: x @ weights, [[0], [1], [2]], n=4096), ["a", "b", "c"]
    )
    assert found["first"].to_numpy() == pytest.approx(weights**2 / 14.0, abs=2e-3)
    assert found["total"].to_numpy() == pytest.approx(weights**2 / 14.0, abs=2e-3)


def test_the_same_seed_is_the_same_table_and_another_is_not() -> None:
    results = in_design(ishigami, [[0], [1], [2]], n=64)
    one, same = (sobol_indices(results, ["a", "b", "c"], seed=3) for _ in range(2))
    pd.testing.assert_frame_equal(one, same, check_exact=True)
    other = sobol_indices(results, ["a", "b", "c"], seed=4)
    assert not np.array_equal(one["first_low"], other["first_low"])
    assert not np.array_equal(saltelli(64, [[0]], 3), saltelli(64, [[0]], 4))


def test_a_constant_outcome_has_no_indices_and_an_odd_number_is_refused() -> None:
    assert sobol_indices(np.ones((8, 3)), ["a"])["first"].isna().all()
    with pytest.raises(InputError, match="100 points"):
        saltelli(100, [[0]], 1)


# ---- the guard ------------------------------------------------------------------------------


def test_runs_that_are_not_finite_are_refused_by_name_and_dropped_in_blocks() -> None:
    results = in_design(ishigami, [[0], [1], [2]], n=16)
    results[3, 2] = np.nan
    with pytest.raises(MekongError, match="1 of 16 failed or are not finite: block 3"):
        usable(results, lambda k: f"block {k}")
    with pytest.raises(InputError, match="not finite"):
        sobol_indices(results, ["a", "b", "c"])
    kept = usable(results, lambda k: f"block {k}", "drop")
    assert kept.sum() == 15 and not kept[3]
    without = np.delete(results, 3, axis=0)
    pd.testing.assert_frame_equal(
        sobol_indices(results[kept], ["a", "b", "c"]), sobol_indices(without, ["a", "b", "c"])
    )
    with pytest.raises(InputError, match="zero"):
        usable(results, str, "zero")
    with pytest.raises(MekongError, match="fewer than two"):
        usable(np.array([[1.0], [np.inf]]), str, "drop")


# ---- Shapley effects ------------------------------------------------------------------------


def table_of(x: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(x, columns=list("abcdef")[: x.shape[1]])


def test_effects_of_the_ishigami_function_share_the_interaction() -> None:
    x = np.pi * (2 * np.random.default_rng(1).random((3000, 3)) - 1)
    found = shapley_effects(table_of(x), ishigami(x), {k: [k] for k in "abc"})
    true = np.array([FIRST + TOGETHER / 2, SECOND, TOGETHER / 2]) / VARIANCE
    assert found["share"].to_numpy()[:3] == pytest.approx(true, abs=0.05)
    assert 0.0 <= found["share"].iloc[3] < 0.09  # neighbours of a wavy function are not the same
    assert found["share"].sum() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("correlation", [0.0, 0.5, -0.4, 0.9])
def test_effects_of_a_linear_function_of_correlated_inputs(correlation: float) -> None:
    """Owen and Prieur (2017), theorem for two Gaussian inputs."""
    size = 2.0  # the standard deviation of the second
    covariance = [[1.0, correlation * size], [correlation * size, size**2]]
    x = np.random.default_rng(2).multivariate_normal([0, 0], covariance, 4000)
    found = shapley_effects(table_of(x), x.sum(axis=1), {k: [k] for k in "ab"})
    squared = correlation**2 / 2
    both = 1 + size**2 + 2 * correlation * size
    one = (1 * (1 - squared) + correlation * size + size**2 * squared) / both
    assert found["share"].to_numpy() == pytest.approx([one, 1 - one, 0.0], abs=0.02)


def test_groups_of_many_columns_share_as_their_sums_do() -> None:
    x = np.random.default_rng(3).standard_normal((1500, 12))
    weights = np.repeat([1.0, 2.0, 0.0], 4)
    columns = [f"c{k}" for k in range(12)]
    groups = {name: columns[4 * k : 4 * k + 4] for k, name in enumerate("abc")}
    found = shapley_effects(pd.DataFrame(x, columns=columns), x @ weights, groups)
    assert found["share"].to_numpy() == pytest.approx([0.2, 0.8, 0.0, 0.0], abs=0.04)


def test_a_group_that_never_varies_has_exactly_nothing() -> None:
    x = np.random.default_rng(4).standard_normal((400, 2))
    frame = table_of(x).assign(still=3.0)
    found = shapley_effects(frame, x[:, 0], {"a": ["a"], "b": ["b"], "still": ["still"]})
    assert (found.iloc[2][["share", "low", "high"]] == 0.0).all()
    assert found["share"].sum() == pytest.approx(1.0, abs=1e-12)


def test_effects_refuse_what_is_not_finite_and_repeat_with_their_seed() -> None:
    x = np.random.default_rng(5).standard_normal((300, 2))
    groups = {"a": ["a"], "b": ["b"]}
    one, same = (shapley_effects(table_of(x), x[:, 0], groups, seed=2) for _ in range(2))
    pd.testing.assert_frame_equal(one, same, check_exact=True)
    x[4, 1] = np.nan
    with pytest.raises(InputError, match="not finite"):
        shapley_effects(table_of(x), x[:, 0], groups)
    with pytest.raises(InputError, match="not there"):
        shapley_effects(table_of(x), x[:, 0], {"a": ["a"], "z": ["z"]})


@pytest.mark.parametrize("noise", [0.0, 0.2, 0.5])
def test_noise_is_a_part_of_its_own_and_idle_groups_have_nothing(noise: float) -> None:
    """Two inputs that matter, four to one, among five that do not."""
    rng = np.random.default_rng(11)
    x = rng.standard_normal((1000, 7))
    plain = x @ [2.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    y = plain + math.sqrt(5.0 * noise / (1.0 - noise)) * rng.standard_normal(1000)
    frame = pd.DataFrame(x, columns=list("abcdefg"))
    found = shapley_effects(frame, y, {k: [k] for k in "abcdefg"}).set_index("group")["share"]
    assert found["a"] == pytest.approx(0.8 * (1.0 - noise), abs=0.05)
    assert found["b"] == pytest.approx(0.2 * (1.0 - noise), abs=0.04)
    assert found[list("cdefg")].abs().max() < 0.025
    assert found[UNEXPLAINED] == pytest.approx(noise, abs=0.05)


@pytest.mark.parametrize("columns", [2, 4])
def test_an_interaction_within_a_group_is_the_groups(columns: int) -> None:
    """y = 2 a1 a2 + b1 + b2: two thirds and one third, and nothing for the idle group."""
    x = np.random.default_rng(3).standard_normal((1500, 3 * columns))
    names = [f"c{k}" for k in range(3 * columns)]
    groups = {g: names[columns * k : columns * (k + 1)] for k, g in enumerate("abc")}
    y = 2.0 * x[:, 0] * x[:, 1] + x[:, columns] + x[:, columns + 1]
    found = shapley_effects(pd.DataFrame(x, columns=names), y, groups)
    assert found["share"].to_numpy()[:3] == pytest.approx([2 / 3, 1 / 3, 0.0], abs=0.06)
    assert 0.0 <= found["share"].iloc[3] < 0.09


def test_correlated_inputs_among_idle_ones() -> None:
    covariance = np.eye(6)
    covariance[0, 1] = covariance[1, 0] = 0.7
    x = np.random.default_rng(5).multivariate_normal(np.zeros(6), covariance, 1500)
    found = shapley_effects(table_of(x), x[:, 0], {k: [k] for k in "abcdef"})
    true = [1 - 0.49 / 2, 0.49 / 2, 0.0, 0.0, 0.0, 0.0, 0.0]
    assert found["share"].to_numpy() == pytest.approx(true, abs=0.04)


def test_a_table_that_must_not_be_used_is_named() -> None:
    rng = np.random.default_rng(6)
    x = rng.standard_normal((400, 3))
    groups = {k: [k] for k in "abc"}
    assert caution(shapley_effects(table_of(x), x[:, 0], groups)) == ""
    assert "Not to be used" in caution(
        shapley_effects(table_of(x), rng.standard_normal(400), groups)
    )
    assert "does not vary" in caution(shapley_effects(table_of(x), np.ones(400), groups))


# ---- worth of data --------------------------------------------------------------------------


def test_a_datum_narrows_a_linear_quantity_as_theory_says() -> None:
    rng = np.random.default_rng(6)
    theta = rng.standard_normal((4000, 3))
    quantity = theta @ [2.0, 1.0, 0.5]
    datum = theta[:, :1] + 0.5 * rng.standard_normal((4000, 1))
    true = 4.0 / 5.25 * 1.0 / 1.25
    found = worth_of(datum, quantity)
    assert found.reduction == pytest.approx(true, abs=0.02)
    assert found.low < true < found.high
    assert math.isnan(found.gain)


def test_the_gain_of_a_better_choice_is_the_unit_normal_loss() -> None:
    rng = np.random.default_rng(7)
    theta = rng.standard_normal(8000)
    benefit = 0.4 + theta
    datum = (theta + 0.75 * rng.standard_normal(8000))[:, None]
    spread = math.sqrt(1.0 / (1.0 + 0.75**2))  # of the mean given the datum
    true = (
        0.4 * stats.norm.cdf(0.4 / spread) + spread * stats.norm.pdf(0.4 / spread) - 0.4
    )  # E max(0, m) - 0.4
    found = worth_of(datum, benefit, benefit)
    assert found.gain == pytest.approx(true, rel=0.08)
    assert found.gain_low < true < found.gain_high


def test_noise_is_worth_nothing_however_many_numbers_it_has() -> None:
    rng = np.random.default_rng(8)
    quantity = rng.standard_normal(300)
    found = worth_of(rng.standard_normal((300, 80)), quantity, quantity)
    assert found.reduction < 0.02
    assert worth_of(np.ones((300, 2)), quantity).reduction < 0.02


def test_a_fit_speaks_of_runs_that_it_has_not_seen() -> None:
    rng = np.random.default_rng(9)
    x = rng.standard_normal((200, 3))
    y = rng.standard_normal(200)
    said = Smooth(x).out_of_fold(y)
    changed = y.copy()
    changed[17] += 50.0
    assert Smooth(x).out_of_fold(changed)[17] == pytest.approx(said[17], abs=1e-12)
