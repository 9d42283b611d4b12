"""The simple rule (`simple_rule.py`) in other packages, in each as its manual has it.

Adults of one country shop or do not. Everybody sees the share of shoppers, carried half a quarter
forward as in the product, starts or stops by a draw of their own, and spends a share of an income
of their own. A function takes the people and returns what runs all quarters.
"""

from __future__ import annotations

import ctypes
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.mesa_adapter import forget, mesa
from sim.units import hazard_to_probability
from tests.benchmarks import native, simple_rule

QUARTERS, SEED = 20, 1
STOP = hazard_to_probability(simple_rule.STOPPING)
SPENT = simple_rule.SPENT / 4.0  # of a year's income, in a quarter
# Without -ffast-math, whose start-up code flushes subnormal numbers in the process that loads it.
SUMS_IN_ANY_ORDER = ("-fassociative-math", "-fno-signed-zeros", "-fno-trapping-math")
History = list[tuple[int, float]]  # shoppers and their spending, by quarter
Run = Callable[[], History]  # all quarters


@dataclass(frozen=True)
class Adults:
    """Income (US$ a year) of each, and who shops at the beginning."""

    income: NDArray[np.float32]
    shopper: NDArray[np.bool_]

    def some(self, about: int) -> Adults:
        """About so many of them, evenly over the country."""
        step = max(len(self.income) // about, 1)
        return Adults(self.income[::step].copy(), self.shopper[::step].copy())


class Seen:
    """What everybody sees: the share of shoppers, and the chance of starting that follows."""

    def __init__(self, shopper: NDArray[np.bool_]) -> None:
        self.adults = len(shopper)
        self.share = self.before = float(shopper.mean())

    def start(self) -> float:
        """The chance to start shopping in the quarter that begins."""
        return chance_of_starting(self.share + 0.5 * (self.share - self.before))

    def close(self, shoppers: int) -> None:
        """The quarter has ended with so many."""
        self.before, self.share = self.share, shoppers / self.adults


def chance_of_starting(share: float) -> float:
    return hazard_to_probability(simple_rule.INNOVATION + simple_rule.IMITATION * share)


def in_numpy(people: Adults) -> Run:
    rng, seen = np.random.default_rng(SEED), Seen(people.shopper)
    shopper = people.shopper.copy()

    def run() -> History:
        history = []
        for _ in range(QUARTERS):
            changes = rng.random(len(shopper)) < np.where(shopper, STOP, seen.start())
            shopper[changes] = ~shopper[changes]
            spending = np.where(shopper, SPENT * people.income, 0.0)
            history.append((int(shopper.sum()), float(spending.sum())))
            seen.close(history[-1][0])
        return history

    return run


def in_c(people: Adults, threads: int = 1) -> Run:
    with tempfile.TemporaryDirectory() as name:
        quarter = native.library(
            Path(name), "simple_rule", "simple_rule.c", *SUMS_IN_ANY_ORDER
        ).simple_quarter
    rng, seen = np.random.default_rng(SEED), Seen(people.shopper)
    shopper, spending = people.shopper.copy(), np.empty_like(people.income)
    columns = (people.income, shopper, spending)
    shoppers, total = ctypes.c_int64(), ctypes.c_double()

    def run() -> History:
        history = []
        for _ in range(QUARTERS):
            key = ctypes.c_uint64(int(rng.integers(2**63)))
            chances = [ctypes.c_uint32(int(p * 2**32)) for p in (seen.start(), STOP)]
            quarter(
                ctypes.c_int(threads), ctypes.c_int64(len(shopper)), key, *chances,
                ctypes.c_float(SPENT), *(ctypes.c_void_p(column.ctypes.data) for column in columns),
                ctypes.byref(shoppers), ctypes.byref(total),
            )  # fmt: skip
            history.append((shoppers.value, total.value))
            seen.close(history[-1][0])
        return history

    return run


class MesaShopper(mesa.Agent):
    def __init__(self, economy: MesaEconomy, income: float, shopper: bool) -> None:
        super().__init__(economy)
        self.income, self.shopper, self.spending = income, shopper, 0.0

    def step(self) -> None:
        if self.random.random() < (STOP if self.shopper else self.model.start):
            self.shopper = not self.shopper
        self.spending = SPENT * self.income if self.shopper else 0.0


class MesaEconomy(mesa.Model):
    def __init__(self, people: Adults) -> None:
        super().__init__(rng=SEED)
        self.seen, self.start = Seen(people.shopper), 0.0
        for income, shopper in zip(people.income.tolist(), people.shopper.tolist(), strict=True):
            MesaShopper(self, income, shopper)
        forget(self)

    def step(self) -> None:
        self.start = self.seen.start()
        self.agents.do("step")
        self.shoppers = self.agents.agg("shopper", sum)
        self.total = self.agents.agg("spending", sum)
        self.seen.close(self.shoppers)


def as_mesa(people: Adults) -> Run:
    economy = MesaEconomy(people)

    def run() -> History:
        history = []
        for _ in range(QUARTERS):
            economy.step()
            history.append((economy.shoppers, economy.total))
        return history

    return run


def as_agentpy(people: Adults) -> Run:
    import agentpy as ap

    class Shopper(ap.Agent):
        def setup(self) -> None:
            self.spending = 0.0

        def step(self) -> None:
            if self.model.random.random() < (STOP if self.shopper else self.model.start):
                self.shopper = not self.shopper
            self.spending = SPENT * self.income if self.shopper else 0.0

    class Economy(ap.Model):
        def setup(self) -> None:
            self.seen, self.history = Seen(people.shopper), []
            self.people = ap.AgentList(self, len(people.income), Shopper)
            self.people.income = ap.AttrIter(people.income.tolist())
            self.people.shopper = ap.AttrIter(people.shopper.tolist())

        def step(self) -> None:
            self.start = self.seen.start()
            self.people.step()
            self.history.append((sum(self.people.shopper), sum(self.people.spending)))
            self.seen.close(self.history[-1][0])

    economy = Economy({"steps": QUARTERS, "seed": SEED})
    economy.sim_setup()

    def run() -> History:
        while economy.running:
            economy.sim_step()
        return economy.history

    return run


def as_frames(people: Adults) -> Run:
    import polars as pl
    from mesa_frames import AgentSetPolars, ModelDF

    class Shoppers(AgentSetPolars):
        def __init__(self, economy: Any) -> None:
            super().__init__(economy)
            number = np.arange(len(people.income))
            columns = {"unique_id": number, "income": people.income, "shopper": people.shopper}
            self.add(pl.DataFrame(columns))

        def step(self) -> None:
            start = self.model.seen.start()
            draw = pl.Series("draw", self.random.random(len(self)))
            shopper = pl.col("shopper") ^ (draw < pl.when("shopper").then(STOP).otherwise(start))
            self.agents = self.agents.with_columns(shopper).with_columns(
                spending=pl.when("shopper").then(SPENT * pl.col("income")).otherwise(0.0)
            )

    class Economy(ModelDF):
        def __init__(self) -> None:
            super().__init__(SEED)
            self.seen, self.history = Seen(people.shopper), []
            self.people = Shoppers(self)
            self.agents += self.people

        def step(self) -> None:
            self.agents.step()
            table = self.get_agents_of_type(Shoppers).agents
            sums = table.select(pl.col("shopper").sum(), pl.col("spending").sum())
            self.history.append(sums.row(0))
            self.seen.close(self.history[-1][0])

    economy = Economy()

    def run() -> History:
        for _ in range(QUARTERS):
            economy.step()
        return economy.history

    return run


def as_starsim(people: Adults) -> Run:
    import starsim as ss

    class Shopping(ss.Module):
        def __init__(self) -> None:
            super().__init__()
            self.define_pars(start=ss.bernoulli(p=0.0), stop=ss.bernoulli(p=STOP))
            self.define_states(
                ss.BoolState("shopper"), ss.FloatArr("income"), ss.FloatArr("spending", default=0.0)
            )
            self.seen = Seen(people.shopper)

        def init_post(self) -> None:
            super().init_post()
            everybody = self.sim.people.auids
            self.shopper.set(everybody, people.shopper)
            self.income.set(everybody, people.income)

        def init_results(self) -> None:
            super().init_results()
            self.define_results(ss.Result("spending", dtype=float))

        def step(self) -> None:
            self.pars.start.set(p=self.seen.start())
            stop = self.pars.stop.filter(self.shopper.true())
            start = self.pars.start.filter(self.shopper.false())
            self.shopper[stop] = False
            self.shopper[start] = True
            self.spending[stop] = 0.0
            shoppers = self.shopper.true()
            self.spending[shoppers] = SPENT * self.income[shoppers]
            self.seen.close(len(shoppers))

        def update_results(self) -> None:
            super().update_results()
            self.results.spending[self.ti] = self.spending.sum()

    sim = ss.Sim(
        n_agents=len(people.income), modules=Shopping(), start=2015, stop=2015 + QUARTERS / 4,
        dt=0.25, rand_seed=SEED, verbose=0, use_aging=False,
    )  # fmt: skip
    sim.init()

    def run() -> History:
        sim.run()
        found = sim.results.shopping
        return list(zip(found.n_shopper.tolist(), found.spending.tolist(), strict=True))[:QUARTERS]

    return run
