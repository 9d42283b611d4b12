"""What a study needs before it starts: agents, memory, time; refused when it cannot be held."""

from __future__ import annotations

import os
from pathlib import Path

from sim.cli.progress import duration
from sim.errors import InputError
from sim.units import FIRST_QUARTER, LAST_QUARTER

USABLE = 0.9  # share of the free memory that a run may take
GIGABYTE = 1e9
_CGROUP = Path("/sys/fs/cgroup")


def free_memory() -> float | None:
    """Bytes that this machine (or container) can still give, or None where that is unknown."""
    found = [amount for amount in (_system_memory(), _container_memory()) if amount is not None]
    return min(found, default=None)


def _system_memory() -> float | None:
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return float(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, OSError, ValueError):
        return None


def _container_memory() -> float | None:
    try:
        limit = (_CGROUP / "memory.max").read_text(encoding="ascii").strip()
        used = (_CGROUP / "memory.current").read_text(encoding="ascii").strip()
        return None if limit == "max" else float(limit) - float(used)
    except (OSError, ValueError):
        return None


def state(scale: int, runs: int, threads: int | None, free: float | None = None) -> str:
    """One line with what the runs need. Raises InputError when a run does not fit in memory."""
    from sim.population.footprint import footprint

    if scale < 1:
        raise InputError(f"scale {scale} cannot be run", allowed="1 (everyone) or more")
    quarters = LAST_QUARTER - FIRST_QUARTER + 1
    workers = threads or os.cpu_count() or 1
    need = footprint(scale, quarters, workers)
    available = free_memory() if free is None else free
    if available is not None and need.bytes > USABLE * available:
        raise InputError(
            f"a run at scale {scale} needs about {need.bytes / GIGABYTE:.1f} GB of memory, and "
            f"{available / GIGABYTE:.1f} GB are free here",
            todo=f"use --scale {_smallest_scale(scale, USABLE * available)} or more",
        )
    several, threaded = ("" if number == 1 else "s" for number in (runs, workers))
    return (
        f"{runs} run{several} of {need.agents:,} people (one stands for {scale:,}) and "
        f"{need.firm_rows:,} rows of firms: about {need.bytes / GIGABYTE:.1f} GB of memory and "
        f"{duration(need.seconds * runs)} on {workers} thread{threaded}, more when the rules are "
        "compiled for the first time"
    )


def _smallest_scale(scale: int, bytes_allowed: float) -> int:
    from sim.population.footprint import footprint

    while footprint(scale, 1, 1).bytes > bytes_allowed and scale < 1_000_000:
        scale *= 2
    return scale
