"""Processes that run the model for the page, so that the server is free to answer.

All quick runs share a few processes that give way to the server and the browser, and a full run has
one of its own. What is asked of one queues up: people who share a machine wait for one another's
half a second instead of slowing each other down without end.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import suppress
from functools import cache
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

from sim.errors import MekongError
from sim.experiments.execution.executors import begin_worker
from sim.experiments.provenance.environment import cores

THREADS = max(cores() - 1, 1)  # of a full run; one core stays with the server and the browser
PROCESSES = min(cores(), 4)  # of the quick runs; each takes about 0.5 GB
THREADS_OF_EACH = cores() // PROCESSES
GIVING_WAY = 5  # how much the system favours the server and the browser (niceness)

Found = TypeVar("Found")


class Worker:
    """A process of its own that does what it is asked, one thing after another.

    It ends by itself when this process does, however that ends.
    """

    def __init__(self, niceness: int = 0) -> None:
        self._niceness = niceness
        self._guard = threading.Lock()
        self._executor: ProcessPoolExecutor | None = None
        self._process: BaseProcess | None = None
        self.pid = 0  # 0 before the process has answered for the first time
        self.stopped = False

    def run(self, function: Callable[..., Found], *given: object) -> Found:
        """What a function returns there, or raises; in a new process if the first one was killed.

        Raises MekongError when that is killed as well, or when it was stopped.
        """
        for last in (False, True):
            pool = self._pool()
            try:
                self.pid = self.pid or pool.submit(os.getpid).result()
                self._process = next(iter((pool._processes or {}).values()), self._process)
                return pool.submit(function, *given).result()
            except (BrokenExecutor, RuntimeError) as error:
                if not self.stopped and not isinstance(error, BrokenExecutor):
                    raise
                self._forget(pool)
                if last and not self.stopped:
                    raise _died_twice(self._process) from error
        raise AssertionError("one of the two turns returns or raises")

    def begin(self, prepare: Callable[[], None]) -> None:
        """Start the process and let it prepare itself, without waiting for it."""
        self._pool().submit(prepare)

    def stop(self) -> None:
        """End the process now, whatever it is doing; it is not started again."""
        with self._guard:
            self.stopped, pool = True, self._executor
        if pool is None:
            return
        if self.pid:
            with suppress(OSError):
                os.kill(self.pid, signal.SIGTERM)
        pool.shutdown(wait=False, cancel_futures=True)

    def _pool(self) -> ProcessPoolExecutor:
        with self._guard:
            if self.stopped:
                raise MekongError("the process that runs the model was stopped")
            if self._executor is None:
                context = get_context("spawn")
                self._executor = ProcessPoolExecutor(
                    1, context, initializer=_begin, initargs=(os.getpid(), self._niceness)
                )
            return self._executor

    def _forget(self, pool: ProcessPoolExecutor) -> None:
        with self._guard:
            if self._executor is pool:  # the first who notices
                self._executor, self.pid = None, 0


def _begin(parent: int, niceness: int) -> None:
    if hasattr(os, "nice"):
        os.nice(niceness)
    begin_worker(parent)


def _died_twice(process: BaseProcess | None) -> MekongError:
    """What is known of its end; a lack of memory only where it is likely."""
    code = None if process is None else _exit_status(process)
    if code is None:
        how, todo = "", "try again"
    elif code == -signal.SIGKILL:
        how, todo = " (killed by signal 9)", "close other programs: there may be too little memory"
    elif code < 0:
        how, todo = f" (ended by signal {-code})", "try again; `mekong compare` says more"
    else:
        how, todo = f" (exit status {code})", "try again; `mekong compare` says more"
    return MekongError(f"the process that runs the model ended twice{how}", todo=todo)


def _exit_status(process: BaseProcess) -> int | None:
    """How a process ended; None where that is not known within two seconds.

    Another thread may have taken the status from the system and not have stored it yet. Then `join`
    returns at once, and there is none.
    """
    end = time.monotonic() + 2.0
    while (code := process.exitcode) is None and time.monotonic() < end:
        time.sleep(0.02)
    return code


class Single(Generic[Found]):
    """What a function makes, made once, however many sessions ask for it at the same moment."""

    def __init__(self, make: Callable[[], Found]) -> None:
        self._kept = cache(make)
        self._guard = threading.Lock()
        self.__doc__ = make.__doc__

    def __call__(self) -> Found:
        """The one that was made; the first call makes it."""
        with self._guard:
            return self._kept()

    def cache_clear(self) -> None:
        """The next call makes another."""
        self._kept.cache_clear()


@Single
def _of_the_page() -> tuple[Worker, ...]:
    return tuple(Worker(GIVING_WAY) for _ in range(PROCESSES))


def in_worker(turn: int, function: Callable[..., Found], *given: object) -> Found:
    """`Worker.run` in a process of the quick runs, which all sessions share.

    What has the same `turn` is done in the same process.
    """
    return _of_the_page()[turn % PROCESSES].run(function, *given)


def start() -> None:
    """Start the processes of the quick runs, and let them import what they need."""
    for worker in _of_the_page():
        worker.begin(_import_model)


def _import_model() -> None:
    import sim.analysis.preview
    import sim.experiments.execution.branching
    import sim.model.model  # noqa: F401, imported once for all that follows
