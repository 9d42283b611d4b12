"""Timetables of reforms: which can be paid, which is best, and what waiting for evidence is worth.

A timetable gives every lever of a mix the year in which it starts, or none. Money that is not spent
in a year is carried on, so a timetable can be paid where spending up to the end of each year is
within what the yearly budgets have brought by then, at costs expected now. Evidence is about
effects: who has it knows which parameter draw is true.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

FIRST, LAST = 2026, 2030
STARTS = (*range(FIRST, LAST), 0)  # 0: never
NOW, ADAPT, WAIT, DELAY, KNOWN = "act_now", "act_and_adapt", "wait_for_evidence", "delay", "known"
STRATEGIES = {
    NOW: "act now and stay with the plan",
    ADAPT: "act now, choose the rest a year later with evidence",
    WAIT: "wait a year, then choose with evidence",
    DELAY: "wait a year, then choose without evidence",
    KNOWN: "know everything today",
}
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def every(levers: int) -> Ints:
    """All timetables (timetables, levers) as places in `STARTS`."""
    return np.array(list(product(range(len(STARTS)), repeat=levers)), dtype=np.int64)


def in_force(starts: Ints) -> Floats:
    """Shares of the years 2026-2030 in which each lever is on."""
    years = np.array([(LAST + 1 - year) / (LAST + 1 - FIRST) if year else 0.0 for year in STARTS])
    return np.asarray(years[starts])


def spending(starts: Ints, cost: Floats) -> Floats:
    """What timetables cost by year; `cost[lever, start, year]`."""
    found = np.zeros((len(starts), cost.shape[2]))
    for lever in range(starts.shape[1]):
        found += cost[lever, starts[:, lever]]
    return found


def can_be_paid(spent: Floats, budget: float, exact: float = 1e-9) -> NDArray[np.bool_]:
    """Whether spending up to each year is within the budgets of the years up to it."""
    there = budget * np.arange(1, spent.shape[1] + 1)
    return np.asarray((np.cumsum(spent, axis=1) <= there * (1.0 + exact)).all(axis=1))


def at_most(starts: Ints, new: int) -> NDArray[np.bool_]:
    """Whether no year has more than so many new levers."""
    counts = [(starts == at).sum(axis=1) for at, year in enumerate(STARTS) if year]
    return np.asarray(np.max(counts, axis=0) <= new)


@dataclass(frozen=True)
class Choice:
    """What is best under what is known.

    `plans` are the timetables of `act_now` and `delay`, `now` and `first` the levers that start in
    the first year of `act_now` and of `act_and_adapt`; `values` are effects by strategy (draws),
    `known` the best timetable by draw, all as rows of the timetables that can be paid.
    """

    plans: dict[str, int]
    first: tuple[int, ...]
    values: dict[str, Floats]
    known: Ints

    def regret(self, strategy: str) -> Floats:
        """Shortfall by draw from who knows everything today."""
        return self.values[KNOWN] - self.values[strategy]


def choose(starts: Ints, values: Floats) -> Choice:
    """The best of each strategy; `values` are effects of timetables (timetables, draws)."""
    mean = values.mean(axis=1)
    now = int(np.argmax(mean))
    later = np.flatnonzero((starts != 0).all(axis=1))  # nothing starts in the first year
    delay = int(later[np.argmax(mean[later])])
    known = np.argmax(values, axis=0)
    groups: dict[tuple[int, ...], list[int]] = {}
    for row, one in enumerate(starts):
        groups.setdefault(tuple(np.flatnonzero(one == 0).tolist()), []).append(row)
    adapted = {begun: values[rows].max(axis=0) for begun, rows in groups.items()}
    first = max(adapted, key=lambda begun: float(adapted[begun].mean()))
    found = {
        NOW: values[now],
        ADAPT: adapted[first],
        WAIT: adapted[()],
        DELAY: values[delay],
        KNOWN: values[known, np.arange(values.shape[1])],
    }
    return Choice({NOW: now, DELAY: delay}, first, found, known)


def second_best(starts: Ints, values: Floats, best: int) -> int | None:
    """The best timetable but one, by mean effect; None where there is no other."""
    order = np.argsort(-values.mean(axis=1), kind="stable")
    others = [int(row) for row in order if row != best]
    return others[0] if others else None


def delayed(starts: Ints, lever: int) -> Ints:
    """A timetable with one lever a year later; unchanged where it starts last, or never."""
    found = starts.copy()
    if STARTS[found[lever]] and found[lever] < len(STARTS) - 2:
        found[lever] += 1
    return found
