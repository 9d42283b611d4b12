"""What a study needs, in one line before it starts; refused when it cannot be held."""

from __future__ import annotations

from sim.cli.progress import duration
from sim.experiments.execution.plan import GIGABYTE, Plan, free_memory, plan

__all__ = ["free_memory", "said", "state"]


def state(scale: int, runs: int, threads: int | None, free: float | None = None) -> str:
    """One line with what the runs need. Raises InputError when a run does not fit in memory."""
    return said(plan(scale, runs, 1, threads, free), scale)


def said(need: Plan, scale: int) -> str:
    """A plan in words."""
    several, threaded = ("" if number == 1 else "s" for number in (need.runs, need.threads))
    beside = f"{need.workers} at a time, each on " if need.workers > 1 else "on "
    return (
        f"{need.runs} run{several} of {need.agents:,} people (one stands for {scale:,}) and "
        f"{need.firm_rows:,} rows of firms: about {need.bytes / GIGABYTE:.1f} GB of memory and "
        f"{duration(need.seconds)}, {beside}{need.threads} thread{threaded}, more when the rules "
        "are compiled for the first time"
    )
