"""How long the simple rule takes in the product and in other packages, and how much memory.

A time counts after the history of shoppers and spending was found to be that of the rule's mean
field. Packages that are not installed are left out; none is a dependency of the project.
"""

from __future__ import annotations

import gc
import math
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from sim.data.load import load_countries
from sim.experiments.own_rules.loading import load_rules
from sim.model.engine import people_loop as measure
from sim.model.model import MekongModel
from sim.rng import stream_key
from sim.units import USD_SCALE
from tests.benchmarks import simple_rule
from tests.benchmarks.kernels import Timing, timing
from tests.benchmarks.machine import cores
from tests.benchmarks.moment import plain_record
from tests.benchmarks.numpy_rules import chance, describe
from tests.benchmarks.peer_rules import (
    QUARTERS,
    SEED,
    SPENT,
    STOP,
    Adults,
    History,
    Run,
    Seen,
    as_agentpy,
    as_frames,
    as_mesa,
    as_starsim,
    chance_of_starting,
    in_c,
    in_numpy,
)

COUNTRY = "VNM"
RULE = Path(simple_rule.__file__)
SMALL = 2_000
BLOCK = 16_384  # people whose columns stay in the processor's cache
SIGMAS = 5.0  # of sampling: how far a history may be from the mean field


def refuse_other_histories(name: str, history: History, people: Adults) -> None:
    """Raises AssertionError unless a history is that of the mean field, within sampling error.

    The covariance of the last two shares is carried along, linearized; incomes differ, so
    of spending as many people count as there would be with equal incomes.
    """
    assert len(history) == QUARTERS, f"{name}: {len(history)} quarters in place of {QUARTERS}"
    weight = people.income / people.income.sum(dtype=float)
    first = before = now = float(people.shopper.mean())
    first_spending = float(weight[people.shopper].sum())
    sizes = len(weight), 1.0 / float((weight**2).sum())
    kept, added, spread = 1.0, 0.0, np.zeros((2, 2))
    for quarter, (shoppers, spent) in enumerate(history):
        start = chance_of_starting(now + 0.5 * (now - before))
        slope = (1.0 - now) * (1.0 - start) * simple_rule.IMITATION / 4.0
        ahead = np.array([[1.0 - STOP - start + 1.5 * slope, -0.5 * slope], [1.0, 0.0]])
        noise = now * STOP * (1.0 - STOP) + (1.0 - now) * start * (1.0 - start)
        spread = ahead @ spread @ ahead.T + np.diag([noise, 0.0])
        kept, added = kept * (1.0 - STOP - start), added * (1.0 - STOP - start) + start
        before, now = now, kept * first + added
        found = shoppers / len(weight), spent / (SPENT * people.income.sum(dtype=float))
        wanted = now, kept * first_spending + added
        for what, a, b, size in zip(("shoppers", "spending"), found, wanted, sizes, strict=True):
            most = SIGMAS * math.sqrt(spread[0, 0] / size)
            assert abs(a - b) < most, f"{name}, quarter {quarter}: {what} {a:.5f}, not {b:.5f}"


def model(adults: int, threads: int | None = None, engine: str = "compiled") -> MekongModel:
    """The product with about so many adults of one country who follow the rule."""
    country = load_countries()[COUNTRY]
    scale = max(round(float(country.population[-1]) * country.adult_share / adults), 1)
    return MekongModel(
        seed=SEED, scale=scale, threads=threads, engine=engine, countries={COUNTRY: country},
        rules=load_rules(RULE),
    )  # fmt: skip


def adults_of(product: MekongModel) -> Adults:
    """The very adults of a model that has not begun."""
    home = plain_record(product.people.homes[0])
    number = np.arange(home.size)
    who = describe(home, product.people.traits[0], number < home.urban_size, number)
    income = simple_rule.INCOME * np.exp(who.log_income[who.adult])
    return Adults(income.astype(np.float32), product.people.rows["shopper"][who.adult])


def of_product(product: MekongModel) -> Run:
    def run() -> History:
        history = []
        for _ in range(QUARTERS):
            product.step()
            sums = product.tally.sum(axis=(0, 1))
            history.append((int(sums[measure.SHOPPERS]), sums[measure.SPENDING] / USD_SCALE))
        return history

    return run


def in_numpy_as_product(product: MekongModel) -> Run:
    """Everybody derived from their number and with keyed draws: the same people, in blocks."""
    home, traits = plain_record(product.people.homes[0]), product.people.traits[0]
    shopper = product.people.rows["shopper"].copy()
    spending, seen = np.empty(home.size, np.float32), Seen(adults_of(product).shopper)
    first = product.next_quarter

    def run() -> History:
        history = []
        for quarter in range(first, first + QUARTERS):
            key, start = stream_key(SEED, COUNTRY, quarter), seen.start()
            for begin in range(0, home.size, BLOCK):
                number = np.arange(begin, min(begin + BLOCK, home.size))
                who = describe(home, traits, number < home.urban_size, number)
                shops = shopper[number]
                leaves = chance(key, simple_rule.STOP_SHOPPING, number) < STOP
                begins = chance(key, simple_rule.START_SHOPPING, number) < start
                shopper[number] = who.adult & np.where(shops, ~leaves, begins)
                income = simple_rule.INCOME * np.exp(who.log_income)
                spending[number] = np.where(shopper[number], SPENT * income, 0.0)
            history.append((int(shopper.sum()), float(spending.sum(dtype=float))))
            seen.close(history[-1][0])
        return history

    return run


@dataclass(frozen=True)
class Peer:
    """A package, and how the rule runs in it."""

    name: str
    package: str  # to be imported; "gcc" for C
    build: Callable[[Adults], Run]
    threads: int = 1
    objects: bool = False  # people are objects: fewer of them

    @property
    def installed(self) -> bool:
        if self.package == "gcc":
            return shutil.which("gcc") is not None
        return find_spec(self.package) is not None


PRODUCT, ONE_THREAD = "the product", "the product, one thread"
EQUAL_WORK = "NumPy, people and draws derived"
PEERS = (
    Peer("C, one thread", "gcc", in_c),
    Peer("C", "gcc", lambda people: in_c(people, cores()), threads=cores()),
    Peer("NumPy", "numpy", in_numpy),
    Peer("mesa-frames", "mesa_frames", as_frames, threads=cores()),
    Peer("Starsim", "starsim", as_starsim),
    Peer("plain Mesa", "mesa", as_mesa, objects=True),
    Peer("AgentPy", "agentpy", as_agentpy, objects=True),
)


def versions() -> str:
    """Versions of the packages that are installed."""
    names = dict.fromkeys(peer.package for peer in PEERS if peer.installed)
    return ", ".join(f"{name} {version(name)}" for name in names if name != "gcc")


def in_one_run(
    adults: int, object_adults: int, repeats: int
) -> tuple[dict[str, Timing], dict[str, Timing]]:
    """Wall time and time of cores an adult and quarter, in turn; building is not counted.

    Raises AssertionError for a history other than the mean field's.
    """
    people = adults_of(model(adults))
    builds: dict[str, tuple[Callable[[], Run], Adults, int]] = {
        PRODUCT: (lambda: of_product(model(adults)), people, cores()),
        ONE_THREAD: (lambda: of_product(model(adults, threads=1)), people, 1),
        EQUAL_WORK: (lambda: in_numpy_as_product(model(adults)), people, 1),
    }
    for peer in PEERS:
        some = people.some(object_adults) if peer.objects else people
        if peer.installed:
            builds[peer.name] = partial(peer.build, some), some, peer.threads
    wall, core = ({name: list[float]() for name in builds} for _ in range(2))
    for repeat in range(repeats + 1):
        for name, (build, some, _) in builds.items():
            run = build()
            start, used = time.perf_counter(), time.process_time()
            history = run()
            if repeat:  # the first compiles
                wall[name].append(time.perf_counter() - start)
                core[name].append(time.process_time() - used)
            refuse_other_histories(name, history, some)
    times, of_cores = (
        {
            name: timing([s / QUARTERS for s in seconds[name]], len(some.income), threads)
            for name, (_, some, threads) in builds.items()
        }
        for seconds in (wall, core)
    )
    return times, of_cores


def bytes_an_adult(name: str, adults: int) -> float:
    """Memory at the peak of building and running over that before, in this process (Linux only)."""
    peer = next((peer for peer in PEERS if peer.name == name), None)
    for number in (SMALL, adults):  # the small one imports and compiles
        people = adults_of(model(number))
        gc.collect()  # the model has circles
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # the peak starts anew
        idle = _memory("VmRSS")
        run = peer.build(people) if peer else of_product(model(number))
        run()
        peak = _memory("VmHWM")
        del run
    return (peak - idle) / len(people.income)


def _memory(entry: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(entry))
