"""Doing the runs of a study and keeping each as soon as it is finished.

A worker takes a job and gives back the bytes of its part files; only this process writes. So the
same loop serves this process, other processes and a cluster without a shared disk, and a worker
that dies leaves nothing behind.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from sim.errors import MekongError, OutputError
from sim.experiments.execution.branching import Pasts, SharedPasts, past_of
from sim.experiments.execution.executors import AHEAD, Pool, pool_of, why_died
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.progress import Progress
from sim.experiments.provenance.environment import machine
from sim.experiments.run import Job
from sim.experiments.storage.part_files import DONE, FAILED, RunOutcome, failed, finished
from sim.experiments.storage.store import DAMAGED, Store
from sim.model.footprint import footprint
from sim.resources import PACKAGE

MOST_DEATHS = 3  # of workers that had the same run in hand
# Work that a worker is given at once, in seconds: so much may be lost with it
TOGETHER_SECONDS = 2.5
SHARED_SECONDS = 30.0  # of runs that share their past

_ONE_AT_A_TIME = threading.Lock()  # a worker of a cluster may have several threads
_PASTS = Pasts(1)


Simulate = Callable[[Job, RunOptions], pd.DataFrame]
Enough = Callable[[int], bool]


def simulate(job: Job, options: RunOptions) -> pd.DataFrame:
    """One run of the model, as the quarterly series of its indicators."""
    return _PASTS.model(job, options).run(options.quarters).indicators()


def perform(
    job: Job, options: RunOptions, attempt: int = 1, simulator: Simulate = simulate
) -> RunOutcome:
    """Do one run and say what came of it. Takes and gives only what can be sent to a worker."""
    began, clock = datetime.now(UTC), time.perf_counter()
    log: dict[str, object] = {
        "started": began.isoformat(timespec="seconds"),
        "machine": machine(),
        "attempts": attempt,
        "error": "",
        "traceback": "",
    }
    try:
        with _ONE_AT_A_TIME:
            series = simulator(job, options)
        log["wall_s"] = time.perf_counter() - clock
        return finished(job, series, log)
    except (Exception, SystemExit) as error:  # a rule that ends the program has failed
        log["error"] = f"{type(error).__name__}: {_words(error)}"
        log["traceback"] = _relative_traceback()
        log["wall_s"] = time.perf_counter() - clock
        return failed(job, log)


def _words(error: BaseException) -> str:
    """What an error says; two kinds say nothing that a person could use."""
    if isinstance(error, SystemExit):
        return f"a rule ended the program with status {error.code}; a rule returns instead"
    if isinstance(error, MemoryError):
        return f"too little memory; a larger scale or fewer workers need less {error}".rstrip()
    return str(error)


def perform_all(
    jobs: Sequence[Job],
    options: RunOptions,
    attempts: Sequence[int],
    branches: Sequence[int | None],
    simulator: Simulate = simulate,
) -> list[RunOutcome]:
    """Several runs one after another, see `perform`; `branches` are those of `RunOptions`."""
    return [
        perform(job, replace(options, branch=branch), attempt, simulator)
        for job, attempt, branch in zip(jobs, attempts, branches, strict=True)
    ]


def _relative_traceback() -> str:
    return traceback.format_exc().replace(str(PACKAGE.parent), ".")


def run_jobs(
    jobs: Sequence[Job],
    options: RunOptions,
    store: Store,
    progress: Progress | None = None,
    simulator: Simulate = simulate,
    *,
    retry_failed: bool = True,
    stop: bool = False,
    enough: Enough | None = None,
) -> int:
    """Do the runs that are not there yet and return how many failed.

    Failed ones are done again with `retry_failed`; with `stop` the first failure ends the study.
    `enough(k)` is asked when the first k replications are there (the jobs then have their seeds in
    order, slowest); True ends the study early.
    """
    try:
        return _Running(jobs, options, store, progress, simulator, stop).go(retry_failed, enough)
    finally:
        _PASTS.clear()


class _Running:
    """The state of one call of `run_jobs`."""

    def __init__(
        self,
        jobs: Sequence[Job],
        options: RunOptions,
        store: Store,
        progress: Progress | None,
        simulator: Simulate,
        stop: bool,
    ) -> None:
        self.jobs, self.options, self.store = jobs, options, store
        self.progress, self.simulator, self.stop = progress, simulator, stop
        self.finished = self.failed = 0
        self.replication = 0
        self.deaths: dict[int, int] = {}
        self.pasts = SharedPasts(())

    def go(self, retry_failed: bool, enough: Enough | None) -> int:
        self.pasts = SharedPasts(self._missing(retry_failed), self.options.keeps_pasts)
        self._show()
        if self.pasts.numbers:
            self._all(self.pasts.numbers, enough)
        return self.failed

    def _missing(self, retry_failed: bool) -> Iterator[tuple[int, Job]]:
        """Runs to be done, with their numbers; the others are counted."""
        for number, job in enumerate(self.jobs):
            state = self.store.state(job)
            if state == DONE:
                self.finished += 1
            elif state == FAILED and not retry_failed:
                self.failed += 1
            else:
                if state == DAMAGED:
                    self._say(f"a damaged part is done again: {job.part}")
                    self.store.discard(job)
                yield number, job

    def _all(self, missing: list[int], enough: Enough | None) -> None:
        todo = deque(missing)
        while todo:
            kept = self.finished + self.failed
            with pool_of(self.options, self._at_once(todo)) as pool:
                broken = self._until_broken(pool, todo, enough)
                pool.broken = broken is not None
            if broken is not None:
                threads = self.options.of_worker().threads or 1
                died = why_died(broken, threads, self.finished + self.failed > kept)
                self._say(f"{died}; its runs begin again")

    def _at_once(self, todo: deque[int]) -> int:
        """How many runs a pool is for.

        A single run is done in this process, but not one that may have killed a worker before.
        """
        if len(todo) == 1 and (self.deaths or self.store.attempts(self.jobs[todo[0]])):
            return 2
        return len(todo)

    def _until_broken(
        self, pool: Pool, todo: deque[int], enough: Enough | None
    ) -> BrokenExecutor | None:
        """Do runs until none is left, or give what is said when a worker took the pool with it."""
        options = self.options if self.options.here else self.options.of_worker()
        running: dict[Future[list[RunOutcome]], list[int]] = {}
        while todo or running:
            while todo and len(running) < pool.window and self._may_begin(todo, running, enough):
                numbers = self._together(todo, pool.window, enough is not None)
                jobs = [self.jobs[number] for number in numbers]
                attempts = [self.store.attempts(job) + 1 for job in jobs]
                branches = [self.pasts.branch(job) for job in jobs]
                try:
                    future = pool.submit(
                        perform_all, jobs, options, attempts, branches, self.simulator
                    )
                except BrokenExecutor as error:  # a worker died while others were given work
                    todo.extendleft(reversed(numbers))
                    self._begin_again(todo, running)
                    return error
                running[future] = numbers
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                try:
                    outcomes = future.result()
                except BrokenExecutor as error:
                    self._begin_again(todo, running)
                    return error
                except pool.lost:
                    outcomes = [self._dead(number) for number in running[future]]
                except CancelledError as error:
                    raise OutputError(
                        "the cluster is no longer reachable; what was finished is kept",
                        todo="start it again; the same command then goes on from there",
                    ) from error
                for outcome in outcomes:
                    self._keep(outcome)
                del running[future]
        return None

    def _begin_again(self, todo: deque[int], running: Mapping[Any, list[int]]) -> None:
        """What was in hand when a worker died goes back to what is to be done."""
        left = [number for numbers in running.values() for number in numbers]
        todo.extendleft(sorted(self._suspects(left), reverse=True))

    def _together(self, todo: deque[int], window: int, one_replication: bool) -> list[int]:
        """The next runs for one worker: those that share a past, and short ones of one draw.

        Towards the end they are dealt out evenly; after a worker has died they go one by one.
        """
        last = self.jobs[todo[0]]
        numbers = [todo.popleft()]
        if self.deaths or window == 1:
            return numbers
        quarters = last.scenario.end - last.scenario.start + 1
        whole = seconds = footprint(last.scale, quarters, 1).seconds
        fair, few = (len(todo) + 1) * AHEAD / window, len(todo) // (2 * window)
        while todo:
            job = self.jobs[todo[0]]
            branch = self.pasts.branch(job)
            if branch is not None and past_of(job) == past_of(last):
                seconds += whole * (job.scenario.end + 1 - branch) / quarters
                fits = seconds <= SHARED_SECONDS and len(numbers) < fair
            else:
                seconds += whole
                fits = seconds <= TOGETHER_SECONDS and len(numbers) < few
                fits &= (job.draw, job.changes) == (last.draw, last.changes)
                fits &= not one_replication  # the next run may be of another one
            if not fits:
                break
            numbers.append(todo.popleft())
            last = job
        return numbers

    def _may_begin(
        self,
        todo: deque[int],
        running: Mapping[Future[list[RunOutcome]], list[int]],
        enough: Enough | None,
    ) -> bool:
        """Between two replications wait for all of the first; an early end empties `todo`."""
        replication = self.jobs[todo[0]].replication
        if enough is None or replication == self.replication:
            return True
        if running:
            return False
        self.replication = replication
        if enough(replication - 1):
            todo.clear()
        return bool(todo)

    def _suspects(self, numbers: Iterable[int]) -> Iterator[int]:
        """Runs in hand when a worker died; one that was there too often has failed."""
        for number in numbers:
            self.deaths[number] = self.deaths.get(number, 0) + 1
            if self.deaths[number] < MOST_DEATHS:
                yield number
            else:
                self._keep(self._dead(number))

    def _dead(self, number: int) -> RunOutcome:
        log: dict[str, object] = {
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "wall_s": 0.0,
            "machine": machine(),
            "attempts": self.deaths.get(number, 1),
            "error": "the worker process died during this run, several times",
            "traceback": "",
        }
        return failed(self.jobs[number], log)

    def _keep(self, outcome: RunOutcome) -> None:
        self.store.keep(outcome)
        if outcome.done:
            self.finished += 1
        else:
            self.failed += 1
        self._show()
        if self.stop and not outcome.done:
            raise MekongError(
                f"a run failed, and --stop ends the study there: {outcome.error}",
                where=f"log/{outcome.part}",
                todo="`mekong study rerun` shows it in full; without --stop the other runs go on",
            )

    def _show(self) -> None:
        if self.progress is not None:
            self.progress(self.finished, len(self.jobs), self.failed)

    def _say(self, text: str) -> None:
        say = getattr(self.progress, "say", None)
        if say is not None:
            say(text)
