"""What a run needs before it starts: bytes of memory and seconds of time."""

from __future__ import annotations

from dataclasses import dataclass

from sim.agents.consumer import CONSUMER
from sim.agents.firm import SME
from sim.data.trade import load_trade
from sim.model.population.firms import COLUMN_BYTES, rows_of

SEEN_BYTES = 2  # how the last quarter ended, and how this one does
BYTES_PER_CONSUMER = CONSUMER.itemsize + SEEN_BYTES
BYTES_PER_FIRM_ROW = SME.itemsize + COLUMN_BYTES
FIXED_BYTES = 250_000_000  # Python, its libraries and the compiled rules
# Time of one core, as measured by tests/benchmarks (docs/benchmarks.md)
NANOSECONDS_PER_CONSUMER_QUARTER = 70.0
NANOSECONDS_PER_FIRM_QUARTER = 50.0
SECONDS_PER_QUARTER = 0.001  # markets, books and sums, whatever the number of agents
SECONDS_PER_RUN = 0.15  # building, the table of indicators, and keeping it
PEOPLE = 250_000_000
LARGEST_SCALE = 1_000_000  # people to an agent; Lao PDR then is seven agents
SERIES_BYTES = 1_000_000  # on disk, of a run of all quarters
KEPT_BYTES = 10_000_000  # of a past that runs share, besides its agents
MOST_KEPT_BYTES = 500_000_000  # of a past; larger ones are not kept


@dataclass(frozen=True)
class Footprint:
    """Estimate for one run: consumers, rows of firms, bytes at the peak, seconds on the threads."""

    agents: int
    firm_rows: int
    bytes: int
    seconds: float


def footprint(scale: int, quarters: int, threads: int) -> Footprint:
    """Estimate for a run of all five countries at a scale, with sellers and trade."""
    agents, firms = _agents(scale)
    work = agents * NANOSECONDS_PER_CONSUMER_QUARTER + firms * NANOSECONDS_PER_FIRM_QUARTER
    return Footprint(
        agents,
        firms,
        FIXED_BYTES + _bytes(agents, firms),
        quarters * (work * 1e-9 / threads + SECONDS_PER_QUARTER) + SECONDS_PER_RUN,
    )


def kept_bytes(scale: int) -> int:
    """Bytes of the past that runs at a scale may share; 0 where it is too large to be kept."""
    found = KEPT_BYTES + _bytes(*_agents(scale))
    return found if found <= MOST_KEPT_BYTES else 0


def _agents(scale: int) -> tuple[int, int]:
    """Consumers and rows of firms."""
    firms = sum(rows_of(number, scale) for number in load_trade().firms.values())
    return PEOPLE // scale, firms


def _bytes(agents: int, firms: int) -> int:
    return agents * BYTES_PER_CONSUMER + firms * BYTES_PER_FIRM_ROW
