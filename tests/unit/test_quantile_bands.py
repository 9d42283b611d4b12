"""Bands: percentiles that are right for small samples, ranges of few draws, and their names."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.analysis.comparison.pairs import independent
from sim.experiments.run import PRIOR_DRAWS
from sim.quantile_bands import FEWEST, band_name, interval, intervals, quantile


@pytest.mark.parametrize("count", [20, 40, 80, 200])
@pytest.mark.parametrize("shape", [0.25, 0.5, 1.0])
def test_a_band_holds_nine_tenths_of_a_skewed_distribution(count: int, shape: float) -> None:
    samples = np.random.default_rng(count).lognormal(0.0, shape, (4000, count))
    low, high = quantile(samples, (0.05, 0.95))
    inside = stats.lognorm.cdf(high, shape) - stats.lognorm.cdf(low, shape)
    assert inside.mean() == pytest.approx(0.90, abs=0.006)


def test_a_band_of_several_seeds_of_forty_draws_holds_nine_tenths_too() -> None:
    rng = np.random.default_rng(1)
    for seeds, noise in ((1, 0.5), (2, 0.1), (2, 1.0), (5, 0.3)):
        draws = rng.standard_normal((3000, FEWEST, 1))
        runs = draws + noise * rng.standard_normal((3000, FEWEST, seeds))
        ends = intervals(runs.reshape(3000, -1), FEWEST) / math.hypot(1.0, noise)
        inside = stats.norm.cdf(ends[:, 1]) - stats.norm.cdf(ends[:, 0])
        assert inside.mean() == pytest.approx(0.90, abs=0.015)


def test_percentiles_are_those_of_scipy() -> None:
    values = np.random.default_rng(2).lognormal(size=57)
    theirs = stats.mstats.mquantiles(values, [0.05, 0.5, 0.95], alphap=0, betap=0)
    assert quantile(values, (0.05, 0.5, 0.95)) == pytest.approx(theirs, abs=1e-14)


def test_few_draws_have_a_range_however_many_runs_they_have() -> None:
    assert interval(np.array([3.0, 1.0, 2.0, 9.0])) == (1.0, 9.0)
    values = np.arange(1.0, 100.0)
    assert interval(values) == (5.0, 95.0)
    assert interval(values, FEWEST) == (5.0, 95.0)
    assert interval(values, FEWEST - 1) == (1.0, 99.0)
    assert interval(values[: FEWEST - 1]) == (1.0, FEWEST - 1.0)
    assert all(math.isnan(end) for end in interval(np.array([np.nan])))


def test_values_that_are_not_known_do_not_count_as_draws() -> None:
    values = np.arange(1.0, FEWEST + 1.0)
    values[7] = np.nan
    assert interval(values, FEWEST) == (1.0, float(FEWEST))
    rows = np.stack([values, np.arange(1.0, FEWEST + 1.0)])
    assert intervals(rows, FEWEST)[0].tolist() == [1.0, float(FEWEST)]
    assert intervals(rows, FEWEST)[1] == pytest.approx([2.05, 38.95])


def test_the_name_says_what_a_band_is_and_of_how_many() -> None:
    assert band_name(10) == "range of 10 draws"
    assert band_name(39, "seeds") == "range of 39 seeds"
    assert band_name(40) == "5-95 % of 40 draws"


def test_seeds_of_one_draw_are_one_draw_and_of_central_parameters_what_differs() -> None:
    assert independent([(seed, draw) for seed in (1, 2, 3) for draw in (1, 2)]) == (2, "draws")
    assert independent([(seed, 0) for seed in range(5)]) == (5, "seeds")
    assert independent([(seed, PRIOR_DRAWS) for seed in range(5)]) == (5, "seeds")
    assert independent([(seed, 4) for seed in range(3)]) == (3, "seeds")
    assert independent([(1, PRIOR_DRAWS + draw) for draw in range(1, 8)]) == (7, "draws")


@pytest.mark.parametrize("draws", [None, 3, FEWEST])
@pytest.mark.parametrize("count", [1, 2, FEWEST - 1, FEWEST, 57])
def test_bands_of_many_samples_are_those_of_each(draws: int | None, count: int) -> None:
    samples = np.random.default_rng(3).normal(size=(20, count))
    assert intervals(samples, draws).tolist() == [list(interval(row, draws)) for row in samples]
    samples[3, 0] = np.nan
    found = intervals(samples, draws)
    assert np.array_equal(found, [interval(row, draws) for row in samples], equal_nan=True)
