"""How long the consumers' quarter takes: compiled, in C, in NumPy, as plain Mesa objects."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.model.engine import people_loop as chunk
from tests.benchmarks import native, numpy_rules
from tests.benchmarks.moment import Moment, compiled_quarter, moment, unlike
from tests.benchmarks.plain_mesa import Economy

COMPILED, C, C_ROUNDED = "compiled", "C", "C, each operation rounded"


@dataclass(frozen=True)
class Timing:
    """Wall time in nanoseconds per agent and quarter."""

    best: float
    median: float
    repeats: int
    threads: int
    agents: int


def timing(seconds: list[float], agents: int, threads: int) -> Timing:
    """Summary of repeated measurements of one quarter."""
    each = [1e9 * s / agents for s in seconds]
    return Timing(min(each), statistics.median(each), len(each), threads, agents)


def in_turn(
    candidates: Mapping[str, Callable[[], object]], before: Callable[[], object], repeats: int
) -> dict[str, list[float]]:
    """Seconds of each candidate, taken in turn so that a disturbed minute disturbs all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(repeats):
        for name, run in candidates.items():
            before()
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def against_c(now: Moment, threads: int, repeats: int) -> tuple[dict[str, Timing], dict[str, int]]:
    """Times of the compiled rule and of the C loop, and how many of their results differ.

    Raises AssertionError when the C loop that rounds each operation differs in any bit.
    """
    ours = compiled_quarter(threads)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fused = native.build(folder, "fused")
        rounded = native.build(folder, "rounded", native.ROUNDED)
    candidates = {
        C: lambda: fused(threads, *now.arguments()),
        C_ROUNDED: lambda: rounded(threads, *now.arguments()),
        COMPILED: lambda: ours(*now.arguments()),
    }
    written = {}
    for name, run in candidates.items():  # also warms up
        now.rewind()
        run()
        written[name] = now.written()
    same = unlike(written[COMPILED], written[C_ROUNDED])
    assert not any(same.values()), f"the C loop is not the same work: {same} differ"
    seconds = in_turn(candidates, now.rewind, repeats)
    times = {name: timing(values, now.agents, threads) for name, values in seconds.items()}
    return times, unlike(written[COMPILED], written[C])


def in_numpy(now: Moment, repeats: int) -> tuple[Timing, dict[str, float]]:
    """Time of the NumPy rules, and how far their sums are from those of the compiled rule."""
    now.rewind()
    compiled_quarter()(*now.arguments())
    ours = now.written()
    run = {"NumPy": lambda: numpy_rules.live_one_quarter(*now.arguments())}
    seconds = in_turn(run, now.rewind, repeats)["NumPy"]
    theirs = now.written()
    gaps = {"rows": unlike(ours, theirs)["rows"] / now.agents}
    for name, column in (("shoppers", chunk.SHOPPERS), ("spending", chunk.SPENDING)):
        a, b = (int(written["tally"][:, :, column].sum()) for written in (ours, theirs))
        gaps[name] = abs(b / a - 1.0)
    return timing(seconds, now.agents, 1), gaps


def as_mesa(quarter: str, agents: int, repeats: int) -> tuple[Timing, dict[str, float]]:
    """Time of a plain Mesa model of about so many people, and its shares beside the compiled."""
    now = moment(quarter, 250_000_000 // agents, threads=1)
    compiled_quarter()(*now.arguments())
    ours = now.written()["tally"].sum(axis=(0, 1))
    seconds, shares = [], {}
    for _ in range(repeats):
        economy = Economy(now)
        start = time.perf_counter()
        economy.step()
        seconds.append(time.perf_counter() - start)
        shares = {
            "shoppers, compiled": int(ours[chunk.SHOPPERS]) / now.agents,
            "shoppers, plain Mesa": economy.total("shopper") / now.agents,
        }
    return timing(seconds, now.agents, 1), shares
