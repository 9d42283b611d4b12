"""The search for the best use of money, against brute force and problems with known answers."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from sim.analysis.emulation.allocation import BudgetProblem, best, even, greedy, least_regret
from sim.analysis.emulation.gaussian_process import Fit, fit

ALL = np.array([True, True, True])


def linear(*slopes: list[float]) -> Fit:
    """Effects in proportion to doses: slopes (draws, doses) at one price of one."""
    found = np.array(slopes)
    doses = found.shape[1]
    return Fit(
        points=np.eye(doses),
        weights=found.T,
        slopes=np.ones(doses),
        lengths=np.ones(0),
        smooth=np.zeros(doses, dtype=bool),
        size=0.0,
        left_out=np.zeros((doses, len(found))),
    )


def problem(one: Fit, price: list[list[float]], budget: float) -> BudgetProblem:
    prices = np.array(price)
    most = prices.max(axis=0)
    return BudgetProblem((one,), prices, budget, most, np.zeros(len(most)))


def test_a_knapsack_is_filled_in_order_of_effect_for_money() -> None:
    # doses cost 2, 3 and 4 and bring 8, 9 and 8: 4, 3 and 2 for each unit of money
    knapsack = problem(linear([8.0, 9.0, 8.0]), [[2.0, 3.0, 4.0]], 6.0)
    assert best(knapsack) == pytest.approx([2.0, 3.0, 1.0], abs=0.01)
    assert knapsack.mean(best(knapsack)) == pytest.approx(19.0, abs=0.02)


def test_money_stays_where_no_dose_does_any_good() -> None:
    harmful = problem(linear([8.0, -1.0, 0.0]), [[2.0, 3.0, 4.0]], 6.0)
    assert best(harmful) == pytest.approx([2.0, 0.0, 0.0])


@pytest.fixture(scope="module")
def curved() -> Fit:
    """Three doses: one that saturates, two that need each other; two draws."""
    x = np.random.default_rng(1).random((80, 3))
    first = 5.0 * (1.0 - np.exp(-4.0 * x[:, 0])) + 6.0 * x[:, 1] * x[:, 2]
    second = 2.0 * x[:, 0] + 8.0 * x[:, 1] * x[:, 2] + x[:, 1]
    return fit(x, np.stack([first, second], axis=1), ALL)


def brute_force(one: BudgetProblem, steps: int) -> float:
    """The largest mean effect over all divisions of the budget in equal steps."""
    each = [one.budget * k / steps for k in range(steps + 1)]
    return max(
        one.mean(np.array(money))
        for money in product(each, repeat=3)
        if sum(money) <= one.budget * (1 + 1e-9) and (np.array(money) <= one.most).all()
    )


@pytest.mark.parametrize("budget", [0.5, 1.0, 2.0])
def test_no_division_on_a_grid_is_better(curved: Fit, budget: float) -> None:
    one = problem(curved, [[1.0, 0.8, 1.2], [0.6, 0.8, 1.0]], budget)
    assert one.mean(best(one)) >= brute_force(one, 20) - 0.005


@pytest.mark.parametrize("budget", [0.3, 1.7, 50.0])
def test_no_budget_is_exceeded(curved: Fit, budget: float) -> None:
    one = problem(curved, [[1.0, 0.8, 1.2], [0.6, 0.8, 1.0]], budget)
    for money in (best(one), even(one), greedy(one, one.least)):
        assert money.sum() <= budget * (1.0 + 1e-12)
        assert (money <= one.most).all() and (money >= 0.0).all()
    held = one.fixed(np.array([True, False, False]), np.array([0.2, 0.0, 0.0]))
    assert best(held)[0] == 0.2 and best(held).sum() <= budget * (1.0 + 1e-12)


def test_a_dose_beyond_its_end_buys_nothing_more() -> None:
    one = problem(linear([1.0, 1.0, 1.0], [1.0, 1.0, 1.0]), [[1.0, 1.0, 1.0], [2.0, 1.0, 1.0]], 9.0)
    value, slope = one.value(np.array([1.5, 0.0, 0.0]))
    assert value == pytest.approx([1.0, 0.75])  # at the second price 3/4 of it
    assert slope[:, 0] == pytest.approx([0.0, 0.5])


def test_regret_is_balanced_between_two_draws() -> None:
    # one dose is worth 3 in the first draw, the other 2 in the second; the third is worth nothing
    bet = problem(linear([3.0, 0.0, 0.0], [0.0, 2.0, 0.0]), [[1.0] * 3] * 2, 1.0)
    assert best(bet)[0] == pytest.approx(1.0, abs=0.01)
    money = least_regret(bet, np.array([3.0, 2.0]), best(bet))
    # 3 (1 - m) = 2 m, so that three fifths go to the first
    assert money[:2] == pytest.approx([0.6, 0.4], abs=0.02)


def test_even_money_is_equal_but_for_what_doses_can_take() -> None:
    one = problem(linear([1.0, 1.0, 1.0]), [[0.1, 5.0, 5.0]], 2.1)
    assert even(one) == pytest.approx([0.1, 1.0, 1.0])


def test_the_same_problem_has_the_same_answer(curved: Fit) -> None:
    one = problem(curved, [[1.0, 0.8, 1.2], [0.6, 0.8, 1.0]], 1.0)
    assert best(one).tobytes() == best(one).tobytes()
