"""What a command needs, in one line before it begins; refused when it cannot be held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from sim.cli.console.progress import duration

if TYPE_CHECKING:
    from sim.experiments.execution.plan import ResourcePlan


def announce(
    scale: int,
    runs: int,
    workers: int | None = 1,
    threads: int | None = None,
    quiet: bool = False,
    free: float | None = None,
) -> None:
    """Say what runs need, and their scale. Raises InputError if they do not fit in memory."""
    from sim.experiments.execution.plan import plan

    need = plan(scale, runs, workers, threads, free)
    if not quiet:
        typer.echo(needs(need, scale), err=True)


def needs(need: ResourcePlan, scale: int) -> str:
    """A plan in words."""
    from sim.experiments.execution.plan import GIGABYTE

    several, threaded = ("" if number == 1 else "s" for number in (need.runs, need.threads))
    parallel = f"{need.workers} at a time, each on " if need.workers > 1 else "on "
    return (
        f"{need.runs} run{several} of {need.agents:,} agents (each {scale:,} people) and "
        f"{need.firm_rows:,} rows of firms: about {need.bytes / GIGABYTE:.1f} GB of memory and "
        f"{duration(need.seconds)}, {parallel}{need.threads} thread{threaded}, more when the rules "
        "are compiled for the first time"
    )
