"""What a run needs before it starts: bytes of memory and seconds of time."""

from __future__ import annotations

from dataclasses import dataclass

from sim.agents.consumer import CONSUMER

SEEN_BYTES = 2  # how the last quarter ended, and how this one does
BYTES_PER_CONSUMER = CONSUMER.itemsize + SEEN_BYTES
FIXED_BYTES = 250_000_000  # Python, its libraries and the compiled rule
CORE_NANOSECONDS_PER_AGENT_QUARTER = 90.0  # measured by tests/benchmarks
PEOPLE = 250_000_000


@dataclass(frozen=True)
class Footprint:
    """Estimate for one run: agents, bytes at the peak, seconds on the given threads."""

    agents: int
    bytes: int
    seconds: float


def footprint(scale: int, quarters: int, threads: int) -> Footprint:
    """Estimate for a run of all five countries at a scale."""
    agents = PEOPLE // scale
    seconds = agents * quarters * CORE_NANOSECONDS_PER_AGENT_QUARTER * 1e-9 / threads
    return Footprint(agents, FIXED_BYTES + agents * BYTES_PER_CONSUMER, seconds)
