"""Who does the runs: several studies share their workers, and a broken pool is never lent again."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from multiprocessing import connection

import pytest

from sim.experiments.execution import executors as pools
from sim.experiments.execution.executors import Pool, Processes, pool_of, same_workers
from sim.experiments.execution.options import RunOptions

TWO = RunOptions(workers=2)


class Noting(Pool):
    """Keeps what was started and how each was ended."""

    started: list[Noting] = []

    def __init__(self, workers: int, threads: int) -> None:
        self.workers, self.ended = workers, ""
        self.started.append(self)

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        self.ended = "in an error" if kind else "well"


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Noting]]:
    monkeypatch.setattr(pools, "Processes", Noting)
    Noting.started.clear()
    yield Noting.started


def test_each_study_alone_starts_as_many_workers_as_it_has_runs(started: list[Noting]) -> None:
    for jobs in (9, 2, 1):
        with pool_of(RunOptions(workers=4), jobs):
            pass
    assert [(pool.workers, pool.ended) for pool in started] == [(4, "well"), (2, "well")]


def test_studies_of_one_block_share_their_workers(started: list[Noting]) -> None:
    with same_workers():
        for jobs in (2, 9, 1, 9):
            with pool_of(TWO, jobs) as pool, same_workers():
                assert (jobs == 1) != (pool is started[0])
        assert len(started) == 1 and not started[0].ended
    assert started[0].ended == "well"


def test_a_pool_that_lost_a_worker_or_has_too_few_is_replaced(started: list[Noting]) -> None:
    with same_workers():
        with pool_of(TWO, 9) as pool:
            pool.broken = True
        with pool_of(TWO, 9) as pool:
            assert pool is started[1] and started[0].ended
        with pool_of(RunOptions(workers=3), 9) as pool:
            assert pool is started[2] and started[1].ended
    assert all(pool.ended == "well" for pool in started) and len(started) == 3


def test_an_error_ends_the_workers_of_a_block_at_once(started: list[Noting]) -> None:
    with pytest.raises(KeyboardInterrupt), same_workers(), pool_of(TWO, 9):
        raise KeyboardInterrupt
    assert [pool.ended for pool in started] == ["in an error"]
    with pool_of(TWO, 9) as pool:
        assert pool is started[1]


def test_a_thread_that_stumbles_over_what_was_given_up_is_not_heard(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Loky's thread looks for a run that is no longer there, and ends before the workers do."""
    hook = threading.excepthook
    pool = Processes(1, 1)
    began = pool.submit(time.sleep, 0.0)
    began.result()
    (worker,) = pool.executor._processes.values()  # type: ignore[attr-defined]
    real = pool.executor.shutdown

    def shutdown(wait: bool, kill_workers: bool) -> None:
        stumbling = threading.Thread(target=lambda: {}[4])
        stumbling.start()
        stumbling.join()

    monkeypatch.setattr(pool.executor, "shutdown", shutdown)
    with pytest.raises(KeyboardInterrupt), pool:
        raise KeyboardInterrupt
    assert connection.wait([worker.sentinel], 20)  # loky's thread may take its status first
    assert capfd.readouterr().err == ""
    assert threading.excepthook is hook
    real(wait=True)
