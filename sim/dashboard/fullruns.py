"""The full run of a page in a thread of its own: progress, cancel, limits, one at a time."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sim.analysis.compare import conduct
from sim.analysis.comparison import Comparison
from sim.dashboard.worker import THREADS, in_worker
from sim.errors import InputError, MekongError
from sim.experiments.job import Job
from sim.experiments.means import Means
from sim.experiments.runner import simulate
from sim.experiments.study import Study, build_study
from sim.population.footprint import footprint
from sim.scenario import Scenario
from sim.units import FIRST_QUARTER, LAST_QUARTER

FINEST_SCALE = 500
MOST_RUNS = 600
MOST_SECONDS = 3600.0
MOST_BYTES = 4e9
LIMITS = (
    f"at most {MOST_RUNS} runs, {MOST_SECONDS / 60:.0f} minutes, {MOST_BYTES / 1e9:.0f} GB of "
    f"memory, one agent for no fewer than {FINEST_SCALE} people; one full run at a time"
)


class _Cancelled(BaseException):
    """Somebody pressed cancel; not an Exception, so that no run counts as failed by it."""


def needs(scenarios: int, seeds: int, draws: int, scale: int) -> tuple[int, float]:
    """Runs and seconds of a full run. Raises InputError beyond the limits of the page."""
    if scale < FINEST_SCALE:
        raise InputError(f"scale {scale} is too fine for this page", allowed=LIMITS)
    runs = scenarios * seeds * max(draws, 1)
    size = footprint(scale, LAST_QUARTER - FIRST_QUARTER + 1, THREADS)
    seconds = size.seconds * runs
    if runs > MOST_RUNS or seconds > MOST_SECONDS or size.bytes > MOST_BYTES:
        raise InputError(
            f"{runs} runs at scale {scale:,} would take about {seconds / 60:.0f} minutes and "
            f"{size.bytes / 1e9:.1f} GB",
            allowed=LIMITS,
            todo="use fewer seeds or draws, a coarser scale, or `mekong compare` outside the page",
        )
    return runs, seconds


class FullRun:
    """One study that is being done, was done, failed or was cancelled."""

    _turn = threading.Lock()  # one full run at a time on the machine

    def __init__(self, scenarios: Sequence[Scenario], seeds: int, draws: int, scale: int) -> None:
        needs(len(scenarios), seeds, draws, scale)
        self.study: Study = build_study(scenarios, seeds=seeds, draws=draws, scale=scale)
        if not FullRun._turn.acquire(blocking=False):
            raise InputError(
                "another full run is going on here", todo="try again when it has ended"
            )
        self.key = tuple(s.fingerprint() for s in scenarios)
        self.done, self.total = 0, len(self.study.jobs)
        self.began = time.monotonic()
        self.result: Comparison | None = None
        self.error = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="full run", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it is still going on."""
        return self._thread.is_alive()

    @property
    def cancelled(self) -> bool:
        """Whether somebody pressed cancel."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Stop after the run at hand."""
        self._stop.set()

    def wait(self, seconds: float) -> None:
        """Wait for the end, no longer than so many seconds."""
        self._thread.join(seconds)

    def left(self) -> float | None:
        """Seconds until the end as far as can be said."""
        if not self.done:
            return None
        return (time.monotonic() - self.began) / self.done * (self.total - self.done)

    def _work(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="mekong-dashboard-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        try:
            self.result = conduct(
                self.study,
                Means(threads=THREADS),
                folder / "result",
                progress=self._progress,
                figures=False,
                simulator=self._simulate,
            )
        except _Cancelled:
            pass
        except MekongError as error:
            self.error = str(error)
        except Exception as error:
            self.error = f"internal error: {type(error).__name__}: {error}"
        finally:
            FullRun._turn.release()

    @staticmethod
    def _simulate(job: Job, means: Means) -> pd.DataFrame:
        return in_worker(simulate, job, means.of_worker())

    def _progress(self, done: int, total: int, failed: int) -> None:
        self.done, self.total = done + failed, total
        if self._stop.is_set():
            raise _Cancelled
