"""What a run needs before it starts: bytes of memory and seconds of time."""

from __future__ import annotations

from dataclasses import dataclass

from sim.agents.consumer import CONSUMER
from sim.agents.sme import SME
from sim.countries.trade import load_trade
from sim.population.firms import rows_of

SEEN_BYTES = 2  # how the last quarter ended, and how this one does
BYTES_PER_CONSUMER = CONSUMER.itemsize + SEEN_BYTES
COLUMN_BYTES = 4 * (3 + 8)  # of a firm: three columns, and what making them takes for a moment
BYTES_PER_FIRM = SME.itemsize + COLUMN_BYTES
FIXED_BYTES = 250_000_000  # Python, its libraries and the compiled rule
# Nanoseconds of one core, measured by tests/benchmarks.
PER_AGENT_QUARTER = 90.0
PER_FIRM_QUARTER = 50.0
SECONDS_PER_QUARTER = 0.004  # whatever the scale: policies, markets, books
SECONDS_PER_RUN = 0.15  # building, and the table of indicators
PEOPLE = 250_000_000
SERIES_BYTES = 1_000_000  # on disk, of a run of all quarters


@dataclass(frozen=True)
class Footprint:
    """Estimate for one run: agents, rows of firms, bytes at the peak, seconds on its threads."""

    agents: int
    firms: int
    bytes: int
    seconds: float


def footprint(scale: int, quarters: int, threads: int) -> Footprint:
    """Estimate for a run of all five countries at a scale."""
    agents = PEOPLE // scale
    firms = sum(rows_of(number, scale) for number in load_trade().firms.values())
    work = (agents * PER_AGENT_QUARTER + firms * PER_FIRM_QUARTER) * 1e-9 / threads
    return Footprint(
        agents=agents,
        firms=firms,
        bytes=FIXED_BYTES + agents * BYTES_PER_CONSUMER + firms * BYTES_PER_FIRM,
        seconds=quarters * (work + SECONDS_PER_QUARTER) + SECONDS_PER_RUN,
    )
