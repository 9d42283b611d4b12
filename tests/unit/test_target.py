"""The doubling by hand: trajectory, ratios, years, gaps, weights."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from sim.quantile_bands import interval
from sim.target import (
    POSTERIOR_ORIGIN,
    countries_doubled,
    doubling,
    fans,
    first_year_doubled,
    informative,
    median,
    medians,
    population_weighted,
    share_must_rise,
    trajectory,
    value_weighted,
    yearly_growth,
    years_late,
)
from tests.helpers.code_checks import CHECKOUT

YEARS = list(range(2022, 2031))


def test_the_trajectory_doubles_in_eight_years() -> None:
    assert trajectory(3.0, 2022) == 3.0
    assert trajectory(3.0, 2026) == pytest.approx(3.0 * math.sqrt(2.0))
    assert trajectory(3.0, 2030) == pytest.approx(6.0)


def test_the_origin_is_that_of_the_shipped_posterior() -> None:
    text = (CHECKOUT / "calibration" / "posterior" / "manifest.json").read_text(encoding="utf-8")
    assert json.loads(text)["origin"] == POSTERIOR_ORIGIN


def test_growth_and_delay_of_known_ratios() -> None:
    assert yearly_growth(2.0) == pytest.approx(0.0905077)
    assert years_late(2.0) == 0.0
    assert years_late(1.0) == 8.0
    assert years_late(math.sqrt(2.0)) == pytest.approx(4.0)
    assert years_late(4.0) == -8.0
    assert math.isnan(years_late(0.0))


def test_the_trajectory_passed_the_end_value_so_many_years_ago() -> None:
    late = years_late(1.7)
    assert trajectory(1.0, 2030 - late) == pytest.approx(1.7)


def test_doubling_needs_a_year_after_2022() -> None:
    assert first_year_doubled([2021, 2022, 2023, 2024], [9.0, 2.0, 1.9, 2.0]) == 2024
    assert first_year_doubled([2022, 2030], [1.0, 1.999]) is None


def test_three_runs_by_hand() -> None:
    # Ratios 2030/2022: 1.5, 2.0, 3.0; gaps 2V - V: 50, 0, -100.
    ends = np.array([150.0, 200.0, 300.0])
    values = np.linspace(np.full(3, 100.0), ends, len(YEARS), axis=1)
    found = doubling(values, YEARS)
    assert found.value_2022 == 100.0
    assert found.value_2030 == 200.0
    assert found.ratio == 2.0
    assert (found.low, found.high) == (1.5, 3.0)
    assert found.share_doubled == pytest.approx(2 / 3)
    assert found.year_doubled == 2030
    assert found.gap_2030 == 0.0
    assert found.gap_years == 0.0
    assert found.runs == 3


def test_the_base_is_the_one_of_the_run() -> None:
    # Medians of values would say 150 / 200 = 0.75; each run doubles from its own base.
    values = np.array([[10.0] * 8 + [20.0], [200.0] * 8 + [400.0], [75.0] * 8 + [150.0]])
    found = doubling(values, YEARS)
    assert found.ratio == 2.0
    assert found.year_doubled == 2030
    assert found.share_doubled == 1.0


def test_years_before_2022_do_not_count_and_a_dip_after_doubling_does_not_undo_it() -> None:
    values = np.array([[500.0, 100.0, 250.0, 180.0]])
    found = doubling(values, [2021, 2022, 2029, 2030])
    assert found.year_doubled == 2029
    assert found.ratio == 1.8
    assert found.share_doubled == 0.0


def test_a_run_without_a_base_is_left_out_of_ratios() -> None:
    values = np.array([[0.0, 5.0], [1.0, 3.0]])
    found = doubling(values, [2022, 2030])
    assert found.ratio == 3.0
    assert found.share_doubled == 1.0
    assert math.isnan(doubling(np.array([[0.0, 5.0]]), [2022, 2030]).ratio)


@pytest.mark.parametrize("size", [0, 1, 4, 12, 60])
def test_rows_at_once_are_rows_one_by_one_to_the_last_bit(size: int) -> None:
    rows = np.random.default_rng(size).lognormal(size=(9, size))
    rows[2:4, : size // 3] = np.nan
    rows[5] = np.nan
    one_by_one = [(interval(row)[0], median(row), interval(row)[1]) for row in rows]
    assert np.array_equal(fans(rows), np.array(one_by_one), equal_nan=True)
    assert np.array_equal(medians(rows), [median(row) for row in rows], equal_nan=True)


def test_the_region_by_people_and_by_value() -> None:
    ratios = {"KHM": 3.0, "LAO": 2.0, "MMR": 1.0, "THA": 1.5, "VNM": 2.5, "GMS5": 1.9}
    people = {"KHM": 1.0, "LAO": 1.0, "MMR": 3.0, "THA": 4.0, "VNM": 1.0}
    assert population_weighted(ratios, people) == pytest.approx(16.5 / 10)
    assert countries_doubled(ratios) == ("KHM", "LAO", "VNM")
    value = {"KHM": 1.0, "LAO": 0.0, "MMR": 0.0, "THA": 6.0, "VNM": 3.0}
    growth = {"KHM": 2.0, "LAO": 9.0, "MMR": 9.0, "THA": 1.0, "VNM": 2.0}
    assert value_weighted(growth, value) == pytest.approx(1.4)


def test_how_far_the_online_share_must_rise() -> None:
    assert share_must_rise(1.25) == pytest.approx(1.6)
    assert math.isnan(share_must_rise(0.0))


def test_a_country_past_one_and_a_half_says_little_about_policy() -> None:
    assert informative(1.5)
    assert not informative(1.51)
    assert informative(math.nan)
