"""I4: the books of a government close to the last unit, whatever is planned, earned and granted.

opening + revenue + grants = spending + returned + closing, in whole units of 2**-16 US$.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.agents.government import Government, Plan
from sim.agents.mesa_adapter import mesa
from sim.policy.levers import LEVERS
from sim.units import USD_SCALE
from tests.policy_signs.trial import BOOKS, national
from tests.properties.random_worlds import World, examples, worlds

MONEY = st.integers(0, 10**12).map(lambda k: k / 997.0)
NAMES = ("roads", "bridges", "ferries", "ports")
QUARTER = st.tuples(st.lists(MONEY, min_size=4, max_size=4), MONEY, MONEY)
YEARS = st.integers(0, 16).map(lambda k: k / 4.0)


def _spend(
    quarters: Sequence[tuple[list[float], float, float]], limit: float, in_order: bool = False
) -> Government:
    """A government after some quarters, the books of each of them checked."""
    government = Government(mesa.Model(), "THA")
    opening = 0
    for costs, revenue, grants in quarters:
        plans = [Plan(name, cost) for name, cost in zip(NAMES, costs, strict=True)]
        books = government.spend(plans, revenue, limit, grants, in_order=in_order)
        spent = sum(books.spending.values())
        wanted = sum(int(cost * USD_SCALE) for cost in costs)
        assert books.opening == opening
        assert books.revenue == int(revenue * USD_SCALE)
        assert books.grants == int(grants * USD_SCALE)
        assert books.opening + books.revenue + books.grants == spent + books.returned + (
            books.closing
        )
        assert min(books.closing, books.returned, books.shortfall, *books.spending.values()) >= 0
        assert books.shortfall == wanted - spent
        assert books.closing <= books.revenue * 4 * limit
        if wanted <= books.opening + books.revenue + books.grants:
            assert spent == wanted
        else:
            missing = books.opening + books.revenue + books.grants - spent
            assert 0 <= missing <= len(plans)  # roundings
        opening = books.closing
    return government


@settings(max_examples=300)
@given(st.lists(QUARTER, min_size=1, max_size=12), YEARS, st.booleans())
def test_books_close_in_every_quarter(
    quarters: list[tuple[list[float], float, float]], limit: float, in_order: bool
) -> None:
    _spend(quarters, limit, in_order)


@settings(max_examples=200)
@given(QUARTER, YEARS)
def test_a_shortfall_in_order_leaves_the_last_without(
    quarter: tuple[list[float], float, float], limit: float
) -> None:
    """Each programme gets what those before it leave, to the last unit."""
    costs, revenue, grants = quarter
    government = _spend([quarter], limit, in_order=True)
    left = int(revenue * USD_SCALE) + int(grants * USD_SCALE)
    for name, cost in zip(NAMES, costs, strict=True):
        wanted = int(cost * USD_SCALE)
        paid = min(wanted, left)
        assert government.books.spending[name] == paid
        assert government.share_bought(name, 0) == (paid / wanted if paid < wanted else 1.0)
        left -= paid


@settings(max_examples=200)
@given(QUARTER, YEARS)
def test_a_shortfall_is_shared_in_proportion(
    quarter: tuple[list[float], float, float], limit: float
) -> None:
    """Every programme is bought to the share that is remembered for it."""
    costs, revenue, grants = quarter
    government = _spend([quarter], limit)
    means = int(revenue * USD_SCALE) + int(grants * USD_SCALE)
    wanted = {name: int(cost * USD_SCALE) for name, cost in zip(NAMES, costs, strict=True)}
    need = sum(wanted.values())
    share = 1.0 if need <= means else means / need
    for name in NAMES:
        assert government.share_bought(name, 0) == share
        paid = government.books.spending[name]
        assert abs(paid - wanted[name] * share) <= len(NAMES) + wanted[name] * 1e-12


@given(st.lists(QUARTER, min_size=3, max_size=6))
def test_the_past_is_remembered_and_before_it_all_was_bought(
    quarters: list[tuple[list[float], float, float]],
) -> None:
    government = _spend(quarters, 1.0)
    count = len(quarters)
    history = [government.share_bought("roads", ago) for ago in range(count)]
    assert history == government.bought["roads"][::-1]
    assert government.share_bought("roads", count) == 1.0
    assert government.share_bought("roads", count + 40) == 1.0
    assert government.share_bought("canals", 0) == 1.0


@given(MONEY, MONEY)
def test_a_government_without_plans_carries_what_it_may_and_returns_the_rest(
    revenue: float, grants: float
) -> None:
    government = Government(mesa.Model(), "LAO")
    books = government.spend([], revenue, 0.25, grants)
    assert books.closing == min(books.revenue + books.grants, int(books.revenue * 4 * 0.25))
    assert books.returned == books.revenue + books.grants - books.closing


@settings(max_examples=200)
@given(st.lists(QUARTER, min_size=1, max_size=8), st.lists(MONEY, min_size=1, max_size=3), YEARS)
def test_wishes_take_from_the_treasury_and_never_from_the_plan(
    quarters: list[tuple[list[float], float, float]], wished: list[float], limit: float
) -> None:
    """The plan and what is carried are those of a government without wishes, to the last unit."""
    model = mesa.Model()
    modest, eager = Government(model, "THA"), Government(model, "THA")
    wishes = [Plan(f"wish {k}", cost) for k, cost in enumerate(wished)]
    for costs, revenue, grants in quarters:
        plans = [Plan(name, cost) for name, cost in zip(NAMES, costs, strict=True)]
        plain = modest.spend(plans, revenue, limit, grants)
        books = eager.spend(plans, revenue, limit, grants, wishes)
        assert {name: books.spending[name] for name in NAMES} == plain.spending
        assert (books.closing, books.shortfall) == (plain.closing, plain.shortfall)
        extra = sum(books.spending.values()) - sum(plain.spending.values())
        assert books.returned == plain.returned - extra >= 0
        asked = sum(int(wish.cost * USD_SCALE) for wish in wishes)
        assert extra == min(asked, plain.returned)


@given(MONEY, MONEY, MONEY)
def test_free_money_is_shared_evenly_and_what_one_does_not_need_goes_to_the_other(
    revenue: float, cheap: float, dear: float
) -> None:
    cheap, dear = sorted((cheap, dear))
    government = Government(mesa.Model(), "KHM")
    books = government.spend([], revenue, 0.0, 0.0, [Plan("dear", dear), Plan("cheap", cheap)])
    half = books.revenue // 2
    wanted = {"cheap": int(cheap * USD_SCALE), "dear": int(dear * USD_SCALE)}
    assert books.spending["cheap"] == min(wanted["cheap"], half)
    assert books.spending["dear"] == min(wanted["dear"], books.revenue - books.spending["cheap"])
    for name, spent in books.spending.items():
        assert government.granted[name] * wanted[name] == pytest.approx(spent)


@pytest.mark.parametrize("governments", ["reactive", "learning", "task_force"])
@examples(12)
@given(world=worlds(quarters=16))
def test_books_of_governments_that_act_close_in_random_worlds(
    governments: str, world: World
) -> None:
    """I4 with wishes and grants: in every quarter, and the fund of a year goes out whole."""
    model = replace(world, governments=governments).model().run()
    money = {name: national(model, f"budget_{name}_usd") for name in BOOKS}
    opening = np.vstack([np.zeros((1, 5)), money["carry"][:-1]])
    incoming = opening + money["revenue"] + money["grants"]
    assert (incoming == money["spending"] + money["returned"] + money["carry"]).all()
    spent = sum(national(model, f"spending_{name}_usd") for name in LEVERS)
    assert (spent == money["spending"]).all()
    assert all((values >= 0.0).all() for values in money.values())
    fund = model.values["KHM"]["regional_fund"] if governments == "task_force" else 0.0
    granted = money["grants"].reshape(4, 4, 5).sum(axis=(1, 2))
    assert granted == pytest.approx([0.0, 0.0, fund, fund], abs=1.0)


def test_some_of_these_worlds_have_wishes_and_grants() -> None:
    model = World({}, {}, {}, seed=1, scale=100_000, quarters=16, governments="task_force").model()
    model.run()
    assert national(model, "budget_grants_usd").any()
    assert national(model, "budget_spending_usd").any()
