"""Compiled loops over chunks, on several threads, which Ctrl-C can end.

A loop is compiled once for any number of threads: each thread calls it for a part of the chunks,
and compiled code holds no lock of Python. (Numba's own parallel loops take twice as long to
compile, lose errors of all threads but the first, and depend on a library of threads.)

Python delivers a signal to the main thread alone, and only between two steps of Python. Compiled
code has no such steps, so the main thread waits while other threads work. A thread cannot be ended
from outside: what is interrupted computes on until the process ends, and nobody reads it.
"""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable
from typing import Any

_PATIENCE = 0.5  # seconds; where waiting itself cannot be interrupted (Windows), it ends so often


class _Worker:
    """A thread that does one call after another."""

    def __init__(self) -> None:
        self.calls: queue.SimpleQueue[tuple[Callable[[], object], _Answer]] = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._work, name="compiled", daemon=True)
        self.thread.start()

    def _work(self) -> None:
        while True:
            call, answer = self.calls.get()
            try:
                call()
            except BaseException as error:
                answer.error = error
            answer.ready.release()
            del call, answer  # what was computed with is not kept until the next call


class _Answer:
    """Whether a call has ended, and how."""

    def __init__(self) -> None:
        self.ready = threading.Lock()
        self.ready.acquire()
        self.error: BaseException | None = None


_workers: list[_Worker] = []


def in_parallel(function: Callable[..., object], threads: int, total: int, *arguments: Any) -> None:
    """Calls `function(first, last, *arguments)` for all chunks from 0 to `total`.

    Each of the threads has a part of them. Raises the error of the first part that had one. In the
    main thread Ctrl-C ends the wait: KeyboardInterrupt then leaves threads behind that compute
    until their call or the process ends.
    """
    compiled = hasattr(function, "py_func")  # plain Python sees Ctrl-C by itself
    main = threading.current_thread() is threading.main_thread()
    if not compiled or (threads == 1 and not main):
        function(0, total, *arguments)
        return
    ends = [total * part // threads for part in range(threads + 1)]
    calls = [
        lambda first=first, last=last: function(first, last, *arguments)
        for first, last in itertools.pairwise(ends)
        if first < last
    ]
    workers = _so_many(len(calls))
    answers = [_Answer() for _ in calls]
    for worker, call, answer in zip(workers, calls, answers, strict=True):
        worker.calls.put((call, answer))
    try:
        for answer in answers:
            while not answer.ready.acquire(timeout=_PATIENCE):
                pass
    except BaseException:
        _workers.clear()  # the next call has threads of its own
        raise
    for answer in answers:
        if answer.error is not None:
            raise answer.error


def _so_many(count: int) -> list[_Worker]:
    """The first workers; those of the process that this one was forked from live no more."""
    if any(not worker.thread.is_alive() for worker in _workers):
        _workers.clear()
    while len(_workers) < count:
        _workers.append(_Worker())
    return _workers[:count]
