"""Doing the runs of a study: one after another here, each kept as soon as it is finished."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pandas as pd

from sim.experiments.environment import machine
from sim.experiments.job import Job
from sim.experiments.means import Means
from sim.experiments.store import Store


class Progress(Protocol):
    """Told after each run how many of all are there."""

    def __call__(self, done: int, total: int, failed: int) -> None:
        """Show it."""


Simulate = Callable[[Job, Means], pd.DataFrame]


def simulate(job: Job, means: Means) -> pd.DataFrame:
    """One run of the model, as the quarterly series of its indicators."""
    from sim.model import MekongModel

    model = MekongModel(
        scenario=job.scenario,
        seed=job.seed,
        scale=job.scale,
        engine=means.engine,
        threads=means.threads,
        parameters=job.parameters,
        rules=dict(means.rules) if means.rules else None,
    )
    frame: pd.DataFrame = model.run().indicators()
    return frame


def perform(job: Job, means: Means, store: Store, simulator: Simulate = simulate) -> bool:
    """Do one run and keep what comes of it; False when it failed.

    This is the seam for workers: it takes and gives only what can be sent to another process.
    """
    began, clock = datetime.now(UTC), time.perf_counter()
    log: dict[str, object] = {
        "started": began.isoformat(timespec="seconds"),
        "machine": machine(),
        "attempts": store.attempts(job) + 1,
        "error": "",
        "traceback": "",
    }
    try:
        series = simulator(job, means)
    except Exception as error:
        log["error"] = f"{type(error).__name__}: {error}"
        log["traceback"] = _relative_traceback()
        log["wall_s"] = time.perf_counter() - clock
        store.fail(job, log)
        return False
    log["wall_s"] = time.perf_counter() - clock
    store.write(job, series, log)
    return True


def _relative_traceback() -> str:
    root = Path(__file__).resolve().parents[2]
    return traceback.format_exc().replace(str(root), ".")


def run_jobs(
    jobs: list[Job],
    means: Means,
    store: Store,
    progress: Progress | None = None,
    simulator: Simulate = simulate,
) -> int:
    """Do the runs that are not there yet and return how many failed."""
    missing = [job for job in jobs if not store.done(job)]
    finished, failed = len(jobs) - len(missing), 0
    if progress is not None:
        progress(finished, len(jobs), failed)
    for job in missing:
        if perform(job, means, store, simulator):
            finished += 1
        else:
            failed += 1
        if progress is not None:
            progress(finished, len(jobs), failed)
    return failed
