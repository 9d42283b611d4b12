"""Who does the runs: this process, processes of this machine, or the workers of a Dask cluster.

All three look like an executor of the standard library to the one loop in `runner.py`.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from types import TracebackType
from typing import Any

from sim.errors import InputError, MekongError, OutputError
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.safe_path import safe_environment, without_working_folder
from sim.experiments.provenance.environment import environment
from sim.experiments.provenance.fingerprint import data_hash, sources_hash
from sim.model.engine.compiler.cache_folder import CacheWarning, cache_folder

CONNECT_SECONDS = 20
AHEAD = 2  # jobs handed out for each worker, so that none waits for the next


class Pool:
    """Takes jobs and gives back futures; `window` is how many it wants in hand at once.

    `lost` are the errors that say that a worker died with one run, the others going on; a pool is
    `broken` once a worker took all others with it.
    """

    window = 1
    broken = False
    lost: tuple[type[Exception], ...] = ()

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """This process does it at once."""
        future: Future[Any] = Future()
        future.set_result(function(*arguments))
        return future


class _Executing(Pool):
    """A pool around an executor; what is still running is given up on the way out of an error."""

    executor: Executor

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        return self.executor.submit(function, *arguments)


class Processes(_Executing):
    """Processes of this machine (loky): no guard of the main module needed, so also in notebooks.

    Every worker keeps to its threads, so that workers times threads are the cores in use.
    """

    def __init__(self, workers: int, threads: int) -> None:
        from joblib.externals.loky import ProcessPoolExecutor

        cache_folder()  # warns here, once, where compiled code cannot be kept
        self.window = AHEAD * workers
        _start_what_workers_share()
        self.executor = ProcessPoolExecutor(
            workers,
            initializer=begin_worker,
            initargs=(os.getpid(),),
            env=_environment_of_worker(threads),
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.executor.shutdown(wait=True)
            return
        workers = list((self.executor._processes or {}).values())  # type: ignore[attr-defined]
        with _silent_threads():
            self.executor.shutdown(wait=True, kill_workers=True)  # type: ignore[call-arg]
        for worker in workers:  # none is left where loky's thread ended before it got there
            with suppress(OSError):
                worker.terminate()


@contextmanager
def _silent_threads() -> Iterator[None]:
    """Loky's own thread may stumble over runs that were just given up, and would print how."""
    hook = threading.excepthook
    threading.excepthook = lambda about: None
    try:
        yield
    finally:
        threading.excepthook = hook


def _environment_of_worker(threads: int) -> dict[str, str]:
    limits = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    few = dict.fromkeys(limits, str(threads))
    return {**few, **safe_environment(os.environ)}


def _start_what_workers_share() -> None:
    """Start loky's tracker of resources while no file in the working folder is taken for code."""
    from joblib.externals.loky.backend.resource_tracker import ensure_running

    before = dict(os.environ)
    try:
        os.environ.update(safe_environment(before))
        ensure_running()
    finally:
        for name in safe_environment(before):
            if name in before:
                os.environ[name] = before[name]
            else:
                del os.environ[name]


def why_died(error: BaseException, threads: int, useful: bool) -> str:
    """Why workers died, in words; `useful` says that one of them has done something before.

    Raises MekongError when workers cannot even start.
    """
    ends = re.findall(r"([A-Z]+)\((-?\d+)\)", str(error).partition("exit codes")[2])
    if any(int(code) == -signal.SIGKILL for _, code in ends if hasattr(signal, "SIGKILL")):
        return "a worker process died: killed, most often by the system for lack of memory"
    crashed = [name for name, code in ends if int(code) < 0]
    if crashed:
        return f"a worker process died: it crashed ({crashed[0]})"
    if not useful:
        _refuse_if_unable(threads)
    status = f": it ended by itself with status {ends[0][1]}" if ends else ""
    return f"a worker process died{status}"


def _refuse_if_unable(threads: int) -> None:
    """Start a process like a worker and say why that fails. Raises MekongError."""
    done = subprocess.run(
        [sys.executable, "-c", "import sim.experiments.execution.runner"],
        env={**os.environ, **_environment_of_worker(threads)},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        return
    said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    places = [line for line in said if line.startswith("File ")]
    raise MekongError(
        "the worker processes cannot start: " + (said[-1] if said else "they gave no message"),
        where=places[-1].partition(",")[0].removeprefix("File ") if places else None,
        todo="see what is different in this environment, or use --workers 1",
    )


def begin_worker(parent: int) -> None:
    """Ctrl-C is for the parent, which ends its workers; without it a worker ends by itself.

    What a rule prints goes to the standard error, so that JSON stays alone on the other one.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path[:] = without_working_folder(sys.path)
    warnings.simplefilter("ignore", CacheWarning)  # the parent has said it
    with suppress(OSError):
        os.dup2(2, 1)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


class Cluster(_Executing):
    """The workers of a Dask scheduler. Raises InputError or OutputError when it cannot be used."""

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client, KilledWorker
        except ImportError as error:
            raise InputError(
                "a cluster needs Dask, which is not installed",
                todo="pip install 'mekong-digital-economy[cluster]'",
            ) from error
        try:
            self.client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise OutputError(
                f"there is no Dask scheduler at '{address}'",
                where="--cluster",
                allowed="an address such as tcp://10.0.0.1:8786",
                todo="start one with `dask scheduler`; docs/cluster.md shows how",
            ) from error
        self.lost = (KilledWorker,)
        try:
            self._refuse_other_versions()
        except BaseException:
            self.client.close()
            raise
        cores = self.client.nthreads()
        self.window = AHEAD * max(sum(cores.values()), 1)
        self.executor = self.client.get_executor(pure=False)

    def _refuse_other_versions(self) -> None:
        """Results of one study come from one version of everything, or from none."""
        mine = identity()
        try:
            found = self.client.run(identity)
        except ImportError as error:
            raise OutputError(
                f"the workers cannot import the program: {error}",
                where="--cluster",
                todo="install the same version there",
            ) from error
        if not found:
            raise OutputError(
                "the cluster has no workers",
                where="--cluster",
                todo="start some with `dask worker ADDRESS --nthreads 1`",
            )
        for worker, theirs in sorted(found.items()):
            unlike = [
                f"{name} ({theirs.get(name)} there, {mine[name]} here)"
                for name in mine
                if theirs.get(name) != mine[name]
            ]
            if unlike:
                raise OutputError(
                    f"a worker would give other results: it differs in {'; '.join(unlike)}",
                    where=worker,
                    todo="install the same versions on all machines of the cluster",
                )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.executor.shutdown(wait=kind is None)
        self.client.close()  # gives up what is still running


def identity() -> dict[str, str]:
    """What must be equal wherever runs of one study are done."""
    return {
        **environment(),
        "sources of the model": sources_hash()[:8],
        "country data": data_hash()[:8],
    }


_KEPT: ContextVar[_KeptPool | None] = ContextVar("kept", default=None)


@contextmanager
def same_workers() -> Iterator[None]:
    """Studies that are done inside this block share their workers instead of starting new ones."""
    if _KEPT.get() is not None:
        yield
        return
    kept = _KeptPool()
    token = _KEPT.set(kept)
    try:
        with kept.block:
            yield
    finally:
        _KEPT.reset(token)


class _KeptPool:
    """The pool of a block; one that has lost a worker is replaced."""

    def __init__(self) -> None:
        self.block = ExitStack()
        self.pool: Pool | None = None
        self.of: tuple[object, ...] = ()

    @contextmanager
    def lent(self, options: RunOptions) -> Iterator[Pool]:
        of = (options.workers, options.threads, options.cluster)
        if self.pool is None or self.pool.broken or of != self.of:
            self.block.close()
            self.pool = self.block.enter_context(_new_pool(options, options.workers))
            self.of = of
        yield self.pool


@contextmanager
def pool_of(options: RunOptions, jobs: int) -> Iterator[Pool]:
    """The pool for so many jobs, for as long as the block lasts."""
    kept = _KEPT.get()
    if kept is None or options.here or (jobs <= 1 and options.cluster is None):
        with _new_pool(options, jobs) as pool:
            yield pool
    else:
        with kept.lent(options) as pool:
            yield pool


def _new_pool(options: RunOptions, jobs: int) -> Pool:
    if options.cluster is not None:
        return Cluster(options.cluster)
    if options.workers > 1 and jobs > 1:
        return Processes(min(options.workers, jobs), options.threads or 1)
    return Pool()
