"""How long firms take for a quarter, how many bytes a row has, and a whole run with trade."""

from __future__ import annotations

import time
from typing import Any

from sim.model.engine.firms import SellingConditions
from sim.model.engine.parallel import in_parallel
from sim.model.model import MekongModel
from sim.units import quarter_index
from tests.benchmarks.kernels import Timing, timing


def firms_quarter(quarter: str, rows: int, threads: int, repeats: int) -> tuple[Timing, float]:
    """Time of the compiled seller rule per row and quarter, and bytes a row, columns included."""
    model = MekongModel(scale=10_000, threads=threads, firm_rows=rows)
    while model.next_quarter < quarter_index(quarter):
        model.step()
    assert model.trade_sector is not None
    sellers = model.trade_sector.sellers
    held: list[Any] = []
    quarter_of_firms = sellers._quarter
    # The engine's function is exchanged for one that only looks at what it is given.
    sellers._quarter = lambda _, *arguments: held.extend(arguments)
    market = model.trade_sector.market
    break_even = (market._log_fixed_cost(model.log_wages(), model.trade_sector.facts)
                  - market.last.log_profit) / (market.sigma - 1.0)  # fmt: skip
    sellers.trade(
        SellingConditions(model.ready_shares(), break_even, market.last.sales), model.next_quarter
    )
    before, seconds = sellers.rows.copy(), []
    for _ in range(repeats):
        sellers.rows[...] = before
        start = time.perf_counter()
        in_parallel(quarter_of_firms, threads, *held)
        seconds.append(time.perf_counter() - start)
    columns = (sellers.rows, sellers.weights, sellers.productivity, sellers.below)
    size = sum(column.nbytes for column in columns) / len(sellers.rows)
    return timing(seconds, len(sellers.rows), threads), size


def whole_runs(threads: int, repeats: int) -> tuple[list[float], list[float]]:
    """Seconds of whole runs at scale 1000 with tastes known: with and without sellers and trade."""
    seconds: tuple[list[float], list[float]] = [], []
    MekongModel(scale=1000, threads=threads).step()  # compiles, and solves tastes
    for _ in range(repeats):
        for market, kept in zip((True, False), seconds, strict=True):
            start = time.perf_counter()
            MekongModel(scale=1000, threads=threads, market=market).run()
            kept.append(time.perf_counter() - start)
    return seconds
