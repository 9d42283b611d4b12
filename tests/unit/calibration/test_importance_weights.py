"""Runs of the agents against the mean-field model's: weights, resampling, predictions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.calibration.data.observables import OBSERVABLES, VALUE
from sim.calibration.posterior.importance_weights import effective, resampled, weights_of
from sim.calibration.posterior.likelihood import Known
from sim.calibration.posterior.predictive import bands, with_discrepancy
from sim.units import COUNTRIES

YEARS = range(2015, 2031)
NONE = np.zeros(3)  # small firms that sell online


def test_weights_are_ratios_of_likelihoods() -> None:
    mean_field = np.array([-10.0, -900.0, -3.0])
    agents = mean_field + np.log([1.0, 2.0, 5.0])
    assert weights_of(agents, mean_field, NONE) == pytest.approx([1 / 8, 2 / 8, 5 / 8])
    assert weights_of(agents - 800.0, mean_field, NONE) == pytest.approx([1 / 8, 2 / 8, 5 / 8])


def test_a_world_in_which_most_small_firms_sold_online_weighs_nothing() -> None:
    even = np.zeros(3)
    found = weights_of(np.array([0.0, 0.0, 50.0]), even, np.array([0.2, 0.5, 0.51]))
    assert found == pytest.approx([0.5, 0.5, 0.0])
    taken = resampled(found, 1, 7)
    assert len(taken) == 7 and set(taken.tolist()) == {0, 1}


def test_the_effective_sample_size_is_that_of_kish() -> None:
    assert effective(np.array([1 / 8, 2 / 8, 5 / 8])) == pytest.approx(64 / 30)
    assert effective(np.full(40, 1 / 40)) == pytest.approx(40.0)
    assert effective(np.array([1.0, 0.0, 0.0])) == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(5))
def test_systematic_resampling_keeps_whole_shares(seed: int) -> None:
    """Eight draws of weights that are multiples of an eighth: exactly so many of each."""
    weights = np.array([0.0, 4.0, 2.0, 0.0, 1.0, 1.0, 0.0, 0.0]) / 8.0
    chosen = resampled(weights, seed, len(weights))
    assert np.bincount(chosen, minlength=8).tolist() == [0, 4, 2, 0, 1, 1, 0, 0]
    assert (resampled(weights, seed, len(weights)) == chosen).all()


def test_resampling_is_right_on_average_and_in_random_order() -> None:
    weights = np.array([0.05, 0.35, 0.6])
    counts = [
        np.bincount(resampled(weights, seed, len(weights)), minlength=3) for seed in range(3000)
    ]
    assert np.mean(counts, axis=0) / 3.0 == pytest.approx(weights, abs=0.01)
    assert {tuple(resampled(np.full(3, 1 / 3), seed, 3)) for seed in range(60)} == {
        *((a, b, c) for a in range(3) for b in range(3) for c in range(3) if len({a, b, c}) == 3)
    }


def test_bands_are_quantiles_of_shares_and_dollars() -> None:
    """Three equally likely draws: Hazen's 5 and 95 % points are the ends, the middle is theirs."""
    truth = np.zeros((3, 4, 5, len(YEARS)))
    truth[:, 0] = np.array([-1.0, 0.0, 1.0])[:, None, None]
    truth[:, VALUE, 3, 8] = np.log([1e9, 3e9, 2e9])
    rows = bands(truth, YEARS, (0.05, 0.5, 0.95))
    assert len(rows) == 4 * 5 * 16
    assert list(rows[0]) == ["indicator", "country", "year", "q05", "q50", "q95"]
    at = {(row["indicator"], row["country"], row["year"]): row for row in rows}
    share = at["internet_users_share", "LAO", 2015]
    low = 1.0 / (1.0 + math.e)
    assert (share["q05"], share["q50"], share["q95"]) == pytest.approx((low, 0.5, 1.0 - low))
    money = at["ecommerce_value_nominal_usd", "THA", 2023]
    assert (money["q05"], money["q50"], money["q95"]) == pytest.approx((1e9, 2e9, 3e9))
    order = [(row["indicator"], row["country"], row["year"]) for row in rows]
    assert order == [(i, c, y) for i in OBSERVABLES for c in COUNTRIES for y in YEARS]


def test_bands_follow_weights() -> None:
    truth = np.zeros((3, 4, 5, len(YEARS)))
    truth[:, 1, 0, 0] = [-2.0, 0.0, 2.0]
    heavy = np.array([1e-9, 1e-9, 1.0])
    row = next(
        row
        for row in bands(truth, YEARS, (0.5,), heavy / heavy.sum())
        if (row["indicator"], row["country"], row["year"]) == ("account_share", "KHM", 2015)
    )
    assert row["q50"] == pytest.approx(1.0 / (1.0 + math.exp(-2.0)), abs=1e-6)


def test_what_runs_miss_is_added_where_figures_are_and_grows_where_there_are_none() -> None:
    runs = np.zeros((4000, 4, 5, len(YEARS)))
    names = ("drift_internet", "drift_accounts", "drift_shoppers", "drift_value")
    numbers = {name: np.full(4000, 0.1) for name in names} | {"coverage_step": np.zeros(4000)}
    years = np.array([2020, 2023])
    known = Known(VALUE, 3, years, np.array([0.5, 0.7]), np.zeros(2), np.zeros(2, dtype=bool))
    truth = with_discrepancy(runs, YEARS, [known], numbers, seed=1)
    assert truth[:, VALUE, 3, 8] == pytest.approx(0.7, abs=1e-3)
    last = truth[:, VALUE, :, 15]
    assert last[:, 3].mean() == pytest.approx(0.7, abs=0.02)
    assert last[:, 3].std() == pytest.approx(0.1 * math.sqrt(7.0), rel=0.05)
    assert last[:, 4].mean() == pytest.approx(0.0, abs=0.03)
    assert last[:, 4].std() == pytest.approx(math.sqrt(0.16 + 0.0025), rel=0.05)
    assert abs(np.corrcoef(last[:, 3], last[:, 4])[0, 1]) < 0.06
    again = with_discrepancy(runs, YEARS, [known], numbers, seed=1)
    assert again.tobytes() == truth.tobytes()
    assert (runs == 0.0).all()  # what came in stays as it was
