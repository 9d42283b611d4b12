"""The best use of money: a search over doses under a budget, on fitted effects.

Money is the same in every parameter draw, and what it buys follows from the prices of the draw. A
dose does not go beyond the end of the design. The search begins where each next small sum is spent
on the dose that adds most, and where money is spread evenly. Both are improved by moving money from
the dose that loses least by it to the one that gains most, in ever smaller sums, until no move
helps; of the results the best one is taken. Sums too small to matter are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.analysis.emulation.gaussian_process import Fit

CHUNKS = 40  # equal parts of a budget in the first, greedy search
SMALL = 0.0005  # of what a mix adds: a dose whose removal costs less is dropped
MOVES = 400  # of money, at most
TRIED = 4  # doses that may gain by a move, and that may lose
SMALLEST = 2.0**-12  # of the budget, that is moved
SHARPNESS = (10.0, 100.0, 1000.0)  # of the smooth maximum over draws, one after the other
HALVINGS = 60  # of the interval in which an even share is sought
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Goal = Callable[[Floats, Floats], tuple[float, Floats]]
"""From effects by draw and their slopes to one number to be raised, and its slopes."""


def in_expectation(value: Floats, slope: Floats) -> tuple[float, Floats]:
    """The mean over draws."""
    return float(value.mean()), slope.mean(axis=0)


@dataclass(frozen=True)
class BudgetProblem:
    """Effects as functions of money by dose.

    The effect is the sum of `fits`; `price[d, j]` is what the largest dose j costs in draw d, in
    the unit of `budget`; `least[j]` and `most[j]` are what a dose is given at least and at most.
    """

    fits: tuple[Fit, ...]
    price: Floats
    budget: float
    most: Floats
    least: Floats

    @property
    def draws(self) -> int:
        """How many parameter draws."""
        return len(self.price)

    def shares(self, money: Floats) -> Floats:
        """Doses as shares of the largest, by draw."""
        paid = np.broadcast_to(money, self.price.shape)
        whole = np.where(paid > 0.0, 1.0, 0.0)  # where the price is nothing
        return np.minimum(np.divide(paid, self.price, out=whole, where=self.price > 0.0), 1.0)

    def value(self, money: Floats) -> tuple[Floats, Floats]:
        """Effect by draw, and its slopes in money (draws, doses)."""
        x = self.shares(money)
        value, slope = np.zeros(self.draws), np.zeros_like(self.price)
        for fit in self.fits:
            found, pull = fit.each(x)
            value += found
            slope += pull
        unmet = money < self.price
        return value, np.divide(slope, self.price, out=np.zeros_like(slope), where=unmet)

    def mean(self, money: Floats) -> float:
        """Mean effect over draws."""
        return float(self.value(money)[0].mean())

    def in_draw(self, draw: int) -> BudgetProblem:
        """The problem of someone who knows which draw is true."""
        fits = tuple(replace(fit, weights=fit.weights[:, [draw]]) for fit in self.fits)
        return replace(self, fits=fits, price=self.price[[draw]])

    def only(self, kept: Bools) -> BudgetProblem:
        """The problem in which the other doses are given no more than they must."""
        return replace(self, most=np.where(kept, self.most, self.least))

    def fixed(self, chosen: Bools, money: Floats) -> BudgetProblem:
        """The problem in which some doses are given so much, neither more nor less."""
        return replace(
            self,
            least=np.where(chosen, money, self.least),
            most=np.where(chosen, money, self.most),
        )

    def fits_in(self, money: Floats) -> Floats:
        """Money cut so that the budget holds and no dose is beyond its end."""
        money = np.clip(money, self.least, self.most)
        room = max(self.budget - float(self.least.sum()), 0.0)
        more = money - self.least
        whole = float(more.sum())
        return np.asarray(self.least + more * (room / whole if whole > room else 1.0))


def best(problem: BudgetProblem, starts: Sequence[Floats] = ()) -> Floats:
    """Money by dose with the largest mean effect over draws."""
    first = [greedy(problem, problem.least), even(problem), *starts]
    found = [_climb(problem, start) for start in first]
    top = max(found, key=problem.mean)
    return _without_trifles(problem, top)


def least_regret(problem: BudgetProblem, bests: Floats, start: Floats) -> Floats:
    """Money by dose whose largest regret is least: the shortfall from `bests`, by draw."""
    size = float(np.max(np.abs(bests))) or 1.0
    found = start
    for sharp in SHARPNESS:

        def goal(value: Floats, slope: Floats, sharp: float = sharp) -> tuple[float, Floats]:
            regret = sharp * (bests - value) / size
            most = float(regret.max())
            weight = np.exp(regret - most)
            whole = float(weight.sum())
            return -(most + float(np.log(whole))) / sharp, (weight / whole) @ slope / size

        found = _climb(problem, found, goal)
    first, last = (float(np.max(bests - problem.value(m)[0])) for m in (start, found))
    return found if last < first else start


def greedy(problem: BudgetProblem, money: Floats) -> Floats:
    """Each next small sum goes to the dose whose mean effect rises most by it."""
    money = problem.fits_in(money)
    chunk = problem.budget / CHUNKS
    for _ in range(CHUNKS + len(money)):
        step = np.minimum(min(chunk, problem.budget - money.sum()), problem.most - money)
        gain = np.where(step > 1e-9 * chunk, problem.value(money)[1].mean(axis=0), -np.inf)
        at = int(np.argmax(gain))
        if not gain[at] > 0.0:
            break
        money[at] += step[at]
    return problem.fits_in(money)


def even(problem: BudgetProblem) -> Floats:
    """The same sum for every dose, or all that it can take, until the budget is spent."""
    low, high = 0.0, problem.budget
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        spent = np.clip(middle, problem.least, problem.most).sum()
        low, high = (middle, high) if spent <= problem.budget else (low, middle)
    return problem.fits_in(np.clip(low, problem.least, problem.most))


def _climb(problem: BudgetProblem, money: Floats, goal: Goal = in_expectation) -> Floats:
    """Money moved from dose to dose, or spent for the first time, as long as the goal rises."""
    money = problem.fits_in(money)
    now, slope = goal(*problem.value(money))
    step = problem.budget / CHUNKS
    for _ in range(MOVES):
        for moved in _moves(problem, money, slope, step):
            value, steeper = goal(*problem.value(moved))
            if value > now:
                money, now, slope = moved, value, steeper
                break
        else:
            step /= 2.0
            if step < SMALLEST * problem.budget:
                break
    return money


def _moves(problem: BudgetProblem, money: Floats, slope: Floats, step: float) -> Iterator[Floats]:
    """Money after a move of so much, those first that promise most."""
    kept = np.append(slope, 0.0)  # the last is money that is not spent
    have = np.append(money - problem.least, problem.budget - money.sum())
    room = np.append(problem.most - money, np.inf)
    least = 1e-9 * problem.budget
    to = [at for at in np.argsort(-kept) if room[at] > least][:TRIED]
    of = [at for at in np.argsort(kept) if have[at] > least][:TRIED]
    pairs = [(float(kept[a] - kept[b]), a, b) for a in to for b in of if kept[a] > kept[b]]
    for _, into, out in sorted(pairs, key=lambda pair: -pair[0]):
        moved = np.append(money, 0.0)
        size = min(step, have[out], room[into])
        moved[out] -= size
        moved[into] += size
        yield problem.fits_in(moved[:-1])


def _without_trifles(problem: BudgetProblem, money: Floats) -> Floats:
    """The mix without doses that add next to nothing, their money spent again."""
    whole = problem.mean(money)
    kept = np.zeros(len(money), dtype=bool)
    for at in np.flatnonzero(money > 0.0):
        less = money.copy()
        less[at] = 0.0
        kept[at] = whole - problem.mean(less) > SMALL * abs(whole)
    fewer = problem.only(kept)
    return _climb(fewer, fewer.fits_in(money))
