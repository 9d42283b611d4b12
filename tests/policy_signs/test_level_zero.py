"""A lever at level zero is no lever: every number and every person stays the same to the last bit.

Also: a lever without any known effect, at the values that everybody gets, changes budgets only.
"""

from __future__ import annotations

import pytest

from sim.policy.levers import LEVERS
from tests.policy_signs.trial import (
    MODEST,
    MONEY,
    block,
    books_close,
    differing,
    national,
    same_people_and_firms,
    trial,
    untouched,
)

# Grade D, and zero at the central values. Courses are grade D for what they do to adoption; that
# people learn and sell more by them was measured, so they have an effect. Protection of consumers
# raises or lowers trust by a judgement.
WITHOUT_EFFECT = ("ai_governance", "innovation_fund", "talent_mobility")


@pytest.mark.parametrize("name", LEVERS)
def test_level_zero_is_no_lever(name: str) -> None:
    model = trial(block(name, 0.0)).run()
    assert differing(model, untouched()) == set()
    assert same_people_and_firms(model, untouched())


def test_all_levers_at_zero_are_no_levers() -> None:
    levers = {name: block(name, 0.0)[name] for name in LEVERS}
    model = trial(levers).run()
    assert differing(model, untouched()) == set()
    assert same_people_and_firms(model, untouched())


@pytest.mark.parametrize("name", LEVERS)
def test_a_lever_does_nothing_before_it_begins(name: str) -> None:
    model = trial(block(name, MODEST[name], start="2019Q1"))
    for _ in range(16):
        model.step()
    short = trial(end="2018Q4").run()
    assert model.quarter == "2018Q4"
    assert differing(model, short) == set()
    assert same_people_and_firms(model, short)


def test_the_levers_without_effect_are_of_grade_d() -> None:
    grade_d = {name for name, lever in LEVERS.items() if lever.grade == "D"}
    assert grade_d == {*WITHOUT_EFFECT, "digital_skills", "consumer_protection"}


@pytest.mark.parametrize("name", WITHOUT_EFFECT)
def test_without_a_known_effect_only_budgets_change(name: str) -> None:
    """Here nobody is short of money, so nothing but the lever's own account and what is left."""
    model = trial(block(name, MODEST[name])).run()
    changed = differing(model, untouched())
    assert changed == {
        f"spending_{name}_usd",
        "budget_spending_usd",
        "budget_returned_usd",
        *(("budget_carry_usd",) if "budget_carry_usd" in changed else ()),
    }
    assert same_people_and_firms(model, untouched())
    books_close(model)


@pytest.mark.parametrize("name", WITHOUT_EFFECT)
def test_without_a_known_effect_it_lowers_only_the_money_left_for_others(name: str) -> None:
    """At its largest level it eats most of the budget, and broadband gets less of it."""
    broadband = block("broadband_investment", 3.0)
    alone = trial(broadband).run()
    shared = trial(broadband | block(name)).run()
    ate_all = trial(block(name)).run()
    left, before = (
        national(model, "spending_broadband_investment_usd") for model in (shared, alone)
    )
    assert (left <= before).all()
    assert (left[4:] < 0.9 * before[4:]).any()
    assert (national(shared, "network_capital_usd") <= national(alone, "network_capital_usd")).all()
    nothing = untouched()
    assert differing(ate_all, nothing) <= MONEY
    assert same_people_and_firms(ate_all, nothing)
    for model in (alone, shared, ate_all):
        books_close(model)


def test_levels_within_means_leave_no_shortfall() -> None:
    """What the other tests of this folder call modest is so."""
    for name, level in MODEST.items():
        model = trial(block(name, level)).run()
        assert national(model, "lever_shortfall_usd").max() == 0.0, name
