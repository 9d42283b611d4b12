"""Before a study starts: what it needs, how many runs go side by side, what does not fit."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sim.errors import InputError
from sim.experiments.execution.options import RunOptions
from sim.experiments.limits import check_hands, check_scale
from sim.experiments.provenance.environment import cores
from sim.experiments.study import Study
from sim.model.footprint import (
    FIXED_BYTES,
    LARGEST_SCALE,
    SERIES_BYTES,
    footprint,
    kept_bytes,
)
from sim.units import FIRST_QUARTER, LAST_QUARTER

USABLE = 0.9  # share of the free memory that runs may take
GIGABYTE = 1e9
WORTH_WORKERS = 20.0  # seconds of work below which starting processes takes longer than it saves
_CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class ResourcePlan:
    """Runs side by side, threads of each, and what all of it takes.

    `keeps_pasts` says that there is memory for the past that runs share, one a worker.
    """

    runs: int
    agents: int
    firm_rows: int
    workers: int
    threads: int
    bytes: float
    seconds: float
    disk: float
    keeps_pasts: bool


def compiled_threads() -> int:
    """The most threads that compiled rules can use."""
    from numba import config

    return int(config.NUMBA_NUM_THREADS)


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


def plan(
    scale: int,
    runs: int,
    workers: int | None = 1,
    threads: int | None = None,
    free: float | None = None,
) -> ResourcePlan:
    """How a study is run on this machine; `workers` None means as many as pay and fit.

    Workers times threads are never more than the cores. Raises InputError when a run does not fit
    in memory, or when more is asked for than there is.
    """
    check_scale(scale)
    check_hands(workers, threads)
    quarters = LAST_QUARTER - FIRST_QUARTER + 1
    available = free_memory() if free is None else free
    one = footprint(scale, quarters, 1)
    usable = float("inf") if available is None else USABLE * available
    if one.bytes > usable:
        raise InputError(
            f"a run at scale {scale} needs about {one.bytes / GIGABYTE:.1f} GB of memory, and "
            f"{(available or 0.0) / GIGABYTE:.1f} GB are free here",
            todo=f"use --scale {_smallest_scale(scale, usable)} or more",
        )
    most = cores()
    if threads is not None and threads > compiled_threads() and usable < float("inf"):
        raise InputError(
            f"{threads} threads requested, {compiled_threads()} available",
            where="--threads",
            allowed=f"1 to {compiled_threads()}",
            todo="leave --threads out to use what there is",
        )
    kept = kept_bytes(scale)
    if workers is None:
        fitting = int(min(usable // (one.bytes + kept), most // (threads or 1), runs))
        workers = max(fitting, 1) if one.seconds * runs > WORTH_WORKERS else 1
    elif workers > 1 and workers * (threads or 1) > most:
        raise InputError(
            f"{workers} workers of {threads or 1} threads are more than the {most} cores here",
            where="--workers",
            allowed=f"workers times threads up to {most}",
        )
    elif workers * one.bytes > usable:
        raise InputError(
            f"{workers} runs at a time need about {workers * one.bytes / GIGABYTE:.1f} GB",
            where="--workers",
            allowed=f"up to {int(usable // one.bytes)} with the free memory",
        )
    threads = threads or max(most // workers, 1)
    each = footprint(scale, quarters, threads)
    keeps = runs > 1 and (each.bytes + kept) * workers <= usable
    return ResourcePlan(
        runs=runs,
        agents=each.agents,
        firm_rows=each.firm_rows,
        workers=workers,
        threads=threads,
        bytes=(each.bytes + kept * keeps) * workers,
        seconds=each.seconds * runs / workers,
        disk=float(runs * SERIES_BYTES),
        keeps_pasts=keeps,
    )


def at_a_time(scale: int, runs: int, workers: int | None) -> int:
    """How many runs of one thread each go on side by side; `workers` as in `plan`."""
    return plan(scale, runs, workers, 1).workers


def check_held(scale: int, models: int) -> None:
    """Refuse to keep more finished models than fit in memory. Raises InputError."""
    check_scale(scale)
    free = free_memory()
    one = footprint(scale, 1, 1).bytes - FIXED_BYTES
    if free is not None and models * one > USABLE * free:
        raise InputError(
            f"{models:,} models at scale {scale:,} need about {models * one / GIGABYTE:.1f} GB of "
            f"memory together, and {free / GIGABYTE:.1f} GB are free here",
            todo="use fewer seeds or a larger --scale",
        )


def options_for(
    study: Study,
    workers: int | None,
    threads: int | None,
    cluster: str | None = None,
    engine: str = "compiled",
    runs: int | None = None,
) -> RunOptions:
    """How a study is run on this machine or on a cluster; `workers` as in `plan`.

    `runs` are those of all studies that are done one after another. Raises InputError.
    """
    if cluster is not None:
        if workers is not None:
            raise InputError(
                "the workers of a cluster are those that its scheduler has",
                where="--workers",
                todo="leave --workers out",
            )
        return RunOptions(engine, threads or 1, study.rules, cluster=cluster)
    need = plan(study.scale, runs or len(study.jobs), workers, threads)
    alone = need.workers == 1  # then the model knows best how many threads pay
    threads = threads if alone else need.threads
    keeps = need.keeps_pasts
    return RunOptions(engine, threads, study.rules, need.workers, keeps_pasts=keeps)


def _smallest_scale(scale: int, bytes_allowed: float) -> int:
    while footprint(scale, 1, 1).bytes > bytes_allowed and scale < LARGEST_SCALE:
        scale *= 2
    return scale
