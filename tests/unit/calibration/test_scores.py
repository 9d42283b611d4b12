"""Scores against numbers worked out by hand, closed forms and a reference library."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm
from scoringrules import crps_ensemble

from sim.calibration.forecast.scores import (
    coverage,
    crps,
    inside,
    naive_error,
    pinball,
    pit,
    quantiles,
    scored,
    skill,
)


def draws(n: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).gamma(2.0, 1.5, n)


def test_crps_by_hand():
    # X is 1 or 3: E|X - 2| = 1, E|X - X'| = 1, so 1 - 1/2. And of one point the error itself.
    assert crps([3.0, 1.0], 2.0) == pytest.approx(0.5)
    assert crps([1.0, 3.0], 5.0) == pytest.approx(3.0 - 0.5)
    assert crps([4.0], 1.5) == pytest.approx(2.5)
    # Weights 3:1 on 0 and 4, seen 1: E|X - z| = 1.5, E|X - X'| = 2 * .75 * .25 * 4 = 1.5.
    assert crps([4.0, 0.0], 1.0, weights=[1.0, 3.0]) == pytest.approx(1.5 - 0.75)


def test_crps_is_the_sum_over_all_pairs():
    x, w = draws(60), np.random.default_rng(2).random(60)
    w /= w.sum()
    pairs = np.abs(x[:, None] - x[None, :])
    expected = np.sum(w * np.abs(x - 2.2)) - 0.5 * np.sum(w[:, None] * w[None, :] * pairs)
    assert crps(x, 2.2, 7 * w) == pytest.approx(expected, rel=1e-12)
    assert crps(x + 1e6, 1e6 + 2.2, w) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("z", [-1.0, 0.3, 2.0, 9.0])
def test_crps_agrees_with_the_library(z: float):
    x, w = draws(200), np.random.default_rng(3).random(200)
    assert crps(x, z) == pytest.approx(float(crps_ensemble(z, x, estimator="nrg")), rel=1e-9)
    theirs = crps_ensemble(z, x, ens_w=w / w.sum(), estimator="nrg")
    assert crps(x, z, w) == pytest.approx(float(theirs), rel=1e-9)


@pytest.mark.parametrize("z", [-2.0, 0.0, 0.7])
def test_crps_of_a_normal_has_its_closed_form(z: float):
    sample = norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    closed = z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / math.sqrt(math.pi)
    assert crps(sample, z) == pytest.approx(closed, abs=2e-4)


def test_crps_is_twice_the_mean_pinball_loss():
    x = draws(400)
    probabilities = (np.arange(400) + 0.5) / 400
    losses = [
        pinball(q, p, 2.0) for q, p in zip(quantiles(x, probabilities), probabilities, strict=True)
    ]
    assert 2 * np.mean(losses) == pytest.approx(crps(x, 2.0), rel=1e-3)
    assert pinball(10.0, 0.9, 12.0) == pytest.approx(1.8)
    assert pinball(10.0, 0.9, 5.0) == pytest.approx(0.5)


def test_crps_is_least_for_the_true_spread():
    seen = norm.ppf((np.arange(200) + 0.5) / 200)
    sample = norm.ppf((np.arange(500) + 0.5) / 500)
    mean = {s: np.mean([crps(s * sample, z) for z in seen]) for s in (0.5, 1.0, 2.0)}
    assert mean[1.0] < mean[0.5] and mean[1.0] < mean[2.0]


def test_quantiles_are_those_of_hazen_and_weights_count_as_copies():
    x = draws(37)
    p = np.array([0.05, 0.25, 0.5, 0.9])
    assert quantiles(x, p) == pytest.approx(np.quantile(x, p, method="hazen"))
    assert quantiles([1.0, 2.0], [0.5], weights=[1.0, 1.0]) == pytest.approx(1.5)
    # Weight 3 of 4 on 10: the middle of its step is at 1 - 3/8.
    assert quantiles([0.0, 10.0], [0.625], weights=[1, 3]) == pytest.approx(10.0)
    assert quantiles([0.0, 5.0, 10.0], [0.625], weights=[1, 0, 3]) == pytest.approx(10.0)


def test_pit_by_hand_and_uniform_when_calibrated():
    assert pit([1, 2, 3, 4], 2.5) == 0.5
    assert pit([1, 2, 3, 4], 3.0) == pytest.approx(0.625)  # the tie counts half
    assert pit([1, 2], 1.5, weights=[3, 1]) == 0.75
    assert (pit([1, 2], 0.0), pit([1, 2], 3.0)) == (0.0, 1.0)
    sample = norm.ppf((np.arange(999) + 0.5) / 999)
    seen = np.random.default_rng(5).normal(size=2000)
    counts = np.histogram([pit(sample, z) for z in seen], bins=4, range=(0, 1))[0]
    assert np.abs(counts - 500).max() < 70


def test_coverage_by_hand():
    sample = np.arange(1, 101, dtype=float)  # central half: 25.5 to 75.5
    assert inside(sample, 25.5).tolist() == [True, True, True]
    assert inside(sample, 20.0).tolist() == [False, True, True]
    assert inside(sample, 97.0).tolist() == [False, False, False]
    assert inside(sample, 97.0, levels=(0.98,)).tolist() == [True]
    found = coverage([sample] * 4, [50.0, 20.0, 8.0, 97.0])
    assert found == {0.5: 0.25, 0.8: 0.5, 0.9: 0.75}
    heavy = np.where(sample < 50, 100.0, 1.0)  # almost all weight on 1 to 49
    assert coverage([sample], [80.0], [heavy], levels=(0.9,)) == {0.9: 0.0}
    assert math.isnan(coverage([], [])[0.5])


def test_the_naive_error_by_hand():
    assert naive_error([2015, 2016, 2018], [1.0, 2.0, 6.0]) == pytest.approx(1.5)
    assert math.isnan(naive_error([2015], [1.0]))


def test_money_is_scored_on_logs_and_shares_as_they_are():
    assert scored([math.e], "usd") == pytest.approx([1.0])
    assert scored([0.3], "fraction") == pytest.approx([0.3])


FIVE = ["KHM", "LAO", "MMR", "THA", "VNM"]


def test_skill_by_hand():
    found = skill([1.0, 2.0, math.nan], [2.0, 4.0, 9.0], ["THA", "VNM", "KHM"])
    assert found == (0.5, 0.5, 0.5, 2, 2)  # half the loss in each country, whichever is drawn
    assert skill([3.0], [2.0], ["THA"])[:1] == (-0.5,)
    assert math.isnan(skill([3.0], [2.0], ["THA"]).low)
    assert math.isnan(skill([], [], []).value)
    with pytest.raises(ValueError, match="2 and 1"):
        skill([1.0, 2.0], [1.0], ["THA"])


def test_bootstrap_draws_whole_countries():
    # Two countries, one loss 1 and one 3 against 2: the mean of the drawn is 1, 2 or 3, each
    # country with its three forecasts. Were forecasts drawn, values between would occur.
    found = skill([1.0] * 3 + [3.0] * 3, [2.0] * 6, ["THA"] * 3 + ["VNM"] * 3)
    assert found == (0.0, -0.5, 0.5, 6, 2)


def test_skill_is_repeatable_and_its_interval_holds_it():
    luck = np.random.default_rng(8)
    ours, theirs = luck.random(40), luck.random(40) + 0.2
    blocks = FIVE * 8
    first = skill(ours, theirs, blocks, seed=4)
    assert first == skill(ours, theirs, blocks, seed=4) != skill(ours, theirs, blocks, seed=5)
    assert first.low < first.value < first.high
    narrow = skill(ours, theirs, blocks, seed=4, level=0.5)
    assert first.low < narrow.low < narrow.high < first.high


def test_better_is_said_only_where_five_countries_say_so():
    assert skill([1.0] * 5, [2.0] * 5, FIVE).better
    assert not skill([1.0] * 4, [2.0] * 4, FIVE[:4]).better
    assert not skill([1, 1, 1, 1, 6], [2.0] * 5, FIVE).better
    assert not skill([2.0], [4.0], ["THA"]).better


@pytest.mark.parametrize(
    ("sample", "weights"),
    [([], None), ([1.0, math.nan], None), ([1.0, 2.0], [1.0]), ([1.0], [0.0]), ([1.0], [-1.0])],
)
def test_what_is_no_distribution_is_refused(sample: list, weights: list | None):
    with pytest.raises(ValueError, match="sample"):
        crps(sample, 1.0, weights)
