"""Full runs of the page: progress, cancel, limits, one at a time, kept on disk until finished."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pandas as pd

from sim.analysis.comparison.compare import conduct
from sim.analysis.comparison.result import Comparison
from sim.dashboard.account import asked_account
from sim.dashboard.worker import THREADS, Worker
from sim.errors import InputError, MekongError, OutputError
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.runner import simulate
from sim.experiments.replay import study_in
from sim.experiments.run import Job, is_central
from sim.experiments.storage.atomic_write import trouble, write_text
from sim.experiments.storage.folder import MANIFEST, read_manifest
from sim.experiments.storage.lock import FolderLock
from sim.experiments.storage.store import Store
from sim.experiments.study import Study, build_study
from sim.model.footprint import footprint
from sim.report.writer import save
from sim.scenario import Scenario
from sim.units import FIRST_QUARTER, LAST_QUARTER

FOLDER = Path("results") / "dashboard"  # where full runs are kept, in the working folder
CANCELLED = ".cancelled"  # in the folder of a run that somebody cancelled
FINISHED = "conclusion.txt"  # the last file that a comparison writes
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
    """One study that is being done, was done, failed or was cancelled.

    Its runs are kept in a folder as those of any study, so that it can go on after a stop.
    """

    latest: ClassVar[FullRun | None] = None  # of this server, for all its sessions
    _turn = threading.Lock()  # one full run at a time on the machine

    def __init__(
        self, scenarios: Sequence[Scenario], seeds: int | Sequence[int], draws: int, scale: int
    ) -> None:
        needs(len(scenarios), seeds if isinstance(seeds, int) else len(seeds), draws, scale)
        self.study: Study = build_study(scenarios, seeds=seeds, draws=draws, scale=scale)
        self.folder = FOLDER / self.study.folder_name("compare").replace(" ", "_")
        if not FullRun._turn.acquire(blocking=False):
            raise InputError(
                "another full run is going on here", todo="try again when it has ended"
            )
        self.key = tuple(s.fingerprint() for s in scenarios)
        self.done, self.total = 0, len(self.study.jobs)
        self.found = 0
        self._warm: tuple[float, int] | None = None  # when the first new runs were there
        self.result: Comparison | None = None
        self.error = ""
        self.worker = Worker()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="full run", daemon=True)
        FullRun.latest = self
        self._thread.start()

    @classmethod
    def again(cls, folder: Path) -> FullRun:
        """Go on with a study that was stopped. Raises InputError where this program would not."""
        study = study_in(folder)
        draws = len([draw for draw in study.draws if not is_central(draw)])
        return cls(study.scenarios, study.seeds, draws, study.scale)

    @property
    def running(self) -> bool:
        """Whether it is still going on."""
        return self._thread.is_alive()

    @property
    def cancelled(self) -> bool:
        """Whether somebody pressed cancel."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Stop now: the run at hand is given up, finished ones are kept. Raises OutputError."""
        try:
            write_text(self.folder / CANCELLED, "")  # first, so that it holds whatever comes
        finally:
            self._stop.set()
            self.worker.stop()

    def wait(self, seconds: float) -> None:
        """Wait for the end, no longer than so many seconds."""
        self._thread.join(seconds)

    def left(self) -> float | None:
        """Seconds until the end as far as can be said."""
        if self._warm is None or self.done <= self._warm[1]:
            return None  # the first runs wait for the start of a process, and say nothing
        each = (time.monotonic() - self._warm[0]) / (self.done - self._warm[1])
        return each * (self.total - self.done)

    def _work(self) -> None:
        try:
            (self.folder / CANCELLED).unlink(missing_ok=True)
            result = conduct(
                self.study,
                RunOptions(threads=THREADS),
                self.folder,
                account=asked_account(),
                progress=self._progress,
                simulator=self._simulate,
            )
            save(result, figures=False)
            self.result = result
        except _Cancelled:
            pass
        except MekongError as error:
            self.error = str(error)
        except Exception as error:
            self.error = f"internal error: {type(error).__name__}: {error}"
        finally:
            self.worker.stop()
            FullRun._turn.release()

    def _simulate(self, job: Job, options: RunOptions) -> pd.DataFrame:
        try:
            return self.worker.run(simulate, job, options.of_worker())
        except MekongError:
            if self._stop.is_set():
                raise _Cancelled from None
            raise

    def _progress(self, done: int, total: int, failed: int) -> None:
        if not self.done:
            self.found = done + failed  # at the first call: what an earlier start has left
        self.done, self.total = done + failed, total
        if self._warm is None and self.done > self.found:
            self._warm = (time.monotonic(), self.done)
        if self._stop.is_set():
            raise _Cancelled


@dataclass(frozen=True)
class Kept:
    """A full run that was begun and is not finished, as its folder has it."""

    folder: Path
    scenarios: tuple[str, ...]
    done: int
    total: int
    cancelled: bool
    going_on: bool  # in another program

    def __str__(self) -> str:
        state = "was cancelled at" if self.cancelled else "stopped at"
        if self.going_on:
            state = "is going on in another program:"
        names = ", ".join(f"'{name}'" for name in self.scenarios)
        return f"A full run of {names} {state} {self.done} of {self.total} runs ({self.folder})."

    def discard(self) -> None:
        """Delete it with its runs. Raises OutputError."""
        with FolderLock(self.folder):
            try:
                shutil.rmtree(self.folder)
            except OSError as error:
                raise trouble(error, self.folder) from error


def unfinished() -> list[Kept]:
    """Full runs that were begun here and not finished, but for the one that is going on."""
    latest = FullRun.latest
    mine = latest.folder if latest is not None and latest.running else None
    found = []
    for path in sorted(FOLDER.glob(f"*/{MANIFEST}")):
        folder = path.parent
        if folder == mine or (folder / FINISHED).is_file():
            continue
        with suppress(MekongError, KeyError, TypeError):
            found.append(_kept(folder))
    return found


def _kept(folder: Path) -> Kept:
    record = read_manifest(folder)
    going_on = False
    try:
        with FolderLock(folder):
            pass
    except OutputError:
        going_on = True
    return Kept(
        folder=folder,
        scenarios=tuple(record["scenarios"]),
        done=len(Store(folder).parts("runs")),
        total=int(record["runs"]),
        cancelled=(folder / CANCELLED).is_file(),
        going_on=going_on,
    )
