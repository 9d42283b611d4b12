"""How much of a lever is in effect, and how much must be paid for: exact values by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from sim.errors import InputError
from sim.parameters.table import parameter_table
from sim.policy.levers import COST_BASES, LEVERS, PAIRS, SCOPES
from sim.policy.schedule import Schedule, level, overlap, paid
from sim.units import FIRST_QUARTER, LAST_QUARTER, quarter_index

Q = quarter_index("2026Q1")
ENFORCEMENT = Schedule("anti_scam_enforcement", ("KHM", "THA"), 0.5, Q, None, 0.5, 1.0)
MONEY = Schedule("broadband_investment", ("KHM",), 2.0, Q, quarter_index("2027Q4"), 1.0, 0.0)


def effects(schedule: Schedule, first: str, count: int) -> list[float]:
    return [schedule.level_at(quarter_index(first) + i) for i in range(count)]


def payments(schedule: Schedule, first: str, count: int) -> list[float]:
    return [schedule.paid_at(quarter_index(first) + i) for i in range(count)]


def test_lag_then_ramp() -> None:
    assert effects(ENFORCEMENT, "2025Q4", 8) == [0, 0, 0, 0.125, 0.25, 0.375, 0.5, 0.5]


def test_payment_follows_the_ramp_without_the_lag() -> None:
    assert payments(ENFORCEMENT, "2025Q4", 7) == [0, 0.125, 0.25, 0.375, 0.5, 0.5, 0.5]


def test_without_lag_and_ramp_the_first_quarter_has_it_all() -> None:
    step = replace(ENFORCEMENT, lag_years=0.0, ramp_years=0.0)
    assert effects(step, "2025Q4", 3) == payments(step, "2025Q4", 3) == [0, 0.5, 0.5]


def test_without_an_end_it_stays() -> None:
    assert ENFORCEMENT.level_at(LAST_QUARTER) == ENFORCEMENT.paid_at(LAST_QUARTER) == 0.5


def test_an_action_ends_with_its_end() -> None:
    ended = replace(ENFORCEMENT, end=quarter_index("2027Q4"))
    assert effects(ended, "2027Q3", 4) == [0.5, 0.5, 0, 0]
    assert payments(ended, "2027Q3", 4) == [0.5, 0.5, 0, 0]


def test_money_arrives_in_full_one_lag_later() -> None:
    assert payments(MONEY, "2025Q4", 10) == [0, *[2.0] * 8, 0]
    assert effects(MONEY, "2026Q4", 10) == [0, *[2.0] * 8, 0]


@pytest.mark.parametrize("ramp", [0.0, 0.25, 0.5, 1.75, 3.0])
@pytest.mark.parametrize("lag", [0.0, 0.25, 1.0])
def test_all_money_paid_before_the_end_of_time_arrives(lag: float, ramp: float) -> None:
    money = replace(MONEY, lag_years=lag, ramp_years=ramp)
    quarters = range(FIRST_QUARTER, LAST_QUARTER + 1)
    sums = [sum(map(money.level_at, quarters)), sum(map(money.paid_at, quarters))]
    assert sums[0] == pytest.approx(sums[1], rel=1e-14)


def test_a_lag_of_part_of_a_quarter_leaves_the_rest_of_that_quarter() -> None:
    assert effects(replace(MONEY, lag_years=0.125), "2026Q1", 2) == [1.0, 2.0]


def test_one_quarter_of_ramp_is_as_good_as_none() -> None:
    one, none = (replace(ENFORCEMENT, ramp_years=ramp) for ramp in (0.25, 0.0))
    assert effects(one, "2025Q4", 9) == effects(none, "2025Q4", 9)


def test_a_ramp_that_the_end_cuts_short_never_gets_there() -> None:
    cut = replace(ENFORCEMENT, lag_years=0.0, end=Q + 1)
    assert effects(cut, "2026Q1", 3) == payments(cut, "2026Q1", 3) == [0.125, 0.25, 0]


def test_the_level_of_a_place_is_the_sum_of_its_schedules() -> None:
    first = replace(ENFORCEMENT, lag_years=0.0, ramp_years=0.0, end=Q + 3)
    second = replace(first, places=("KHM",), level=0.75, start=Q + 4, end=None)
    both = [first, second]
    assert [level(both, "KHM", Q + i) for i in (-1, 0, 3, 4)] == [0, 0.5, 0.5, 0.75]
    assert [paid(both, "THA", Q + i) for i in (-1, 0, 3, 4)] == [0, 0.5, 0.5, 0]
    assert level(both, "VNM", Q) == paid(both, "VNM", Q) == 0
    assert level([], "KHM", Q) == paid([], "KHM", Q) == 0


@pytest.mark.parametrize("name", LEVERS)
def test_the_neutral_level_is_as_good_as_absent(name: str) -> None:
    lever = LEVERS[name]
    idle = Schedule(name, lever.places, lever.neutral, Q, Q + 4, 0.5, 1.0)
    for quarter in range(FIRST_QUARTER, LAST_QUARTER + 1):
        assert level([idle], lever.places[0], quarter) == lever.neutral
        assert paid([idle], lever.places[0], quarter) == 0
        assert math.copysign(1, idle.level_at(quarter)) == 1


def test_overlap_names_places_and_time() -> None:
    other = replace(ENFORCEMENT, places=("THA", "VNM"), start=Q + 4, end=Q + 7)
    assert overlap(ENFORCEMENT, other) == (("THA",), Q + 4, Q + 7)
    assert overlap(replace(ENFORCEMENT, end=Q + 3), other) is None
    assert overlap(ENFORCEMENT, replace(other, places=("VNM",))) is None
    assert overlap(ENFORCEMENT, replace(other, end=None)) == (("THA",), Q + 4, LAST_QUARTER)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"lever": "anti_scam"}, "did you mean 'anti_scam_enforcement'"),
        ({"level": -0.1}, "0 to 5 (1/year)"),
        ({"level": 5.1}, "above the range"),
        ({"level": math.nan}, "nan is not a number"),
        ({"level": math.inf}, "above the range"),
        ({"level": True}, "True is not a number"),
        ({"level": "0.5"}, "is not a number"),
        ({"start": FIRST_QUARTER - 1}, "2014Q4 is outside"),
        ({"start": "2026Q1"}, "is not the number of a quarter"),
        ({"start": 8104.0}, "is not the number of a quarter"),
        ({"end": Q - 1}, "the end 2025Q4 comes before the start 2026Q1"),
        ({"end": LAST_QUARTER + 1}, "2031Q1 is outside"),
        ({"lag_years": -0.25}, "negative"),
        ({"lag_years": math.nan}, "cannot be used"),
        ({"ramp_years": 100.0}, "0 to 16 (years)"),
        ({"ramp_years": math.inf}, "longer than the model runs"),
        ({"places": ()}, "empty"),
        ({"places": ("KHM", "KHM")}, "listed twice"),
        ({"places": ("Viet Nam",)}, "write 'VNM'"),
        ({"places": ("KHM-THA",)}, "is not a place here"),
    ],
)
def test_every_number_of_a_schedule_is_checked(change: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as caught:
        replace(ENFORCEMENT, **change)
    assert says in str(caught.value)
    assert "where: levers." in str(caught.value)


def test_the_lever_table_is_sound() -> None:
    for name, lever in LEVERS.items():
        assert name == lever.name
        assert lever.scope in SCOPES
        assert lever.minimum <= lever.neutral <= lever.maximum
        assert lever.grade in ("A", "B", "C", "D")
        assert lever.unit and lever.title and lever.meaning and lever.source and lever.seeds
        assert set(lever.price_parameters) <= set(parameter_table())
        assert lever.prices and set(lever.prices) <= set(COST_BASES)
        Schedule(name, lever.places, lever.maximum, Q, None, lever.lag_years, lever.ramp_years)
    numbers = {lever.number for lever in LEVERS.values()}
    assert numbers == set(range(1, 15))  # as the documents count them


def test_there_are_ten_pairs_in_alphabetical_order() -> None:
    assert len(PAIRS) == 10
    assert all(pair == "-".join(sorted(pair.split("-"))) for pair in PAIRS)
