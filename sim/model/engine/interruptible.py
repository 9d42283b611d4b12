"""Compiled code that Ctrl-C can end: it runs on a thread of its own while the main thread waits.

Python delivers a signal to the main thread alone, and only between two steps of Python. Compiled
code has no such steps, so a rule that never ends would never be interrupted. A thread cannot be
ended from outside: what is interrupted computes on until the process ends, and nobody reads it.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

import numba

from sim.errors import MekongError

_PATIENCE = 0.5  # seconds; where waiting itself cannot be interrupted (Windows), it ends so often


class _Desk:
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


_desk: _Desk | None = None
_left: list[_Answer] = []  # interrupted calls


def interruptible(function: Callable[..., object], threads: int, *arguments: Any) -> None:
    """Call compiled code on so many threads; in the main thread, Ctrl-C ends the wait for it.

    KeyboardInterrupt then leaves a thread behind that computes until its call or the process ends.
    """

    def call() -> None:
        numba.set_num_threads(threads)  # holds for the thread that calls
        function(*arguments)

    compiled = hasattr(function, "py_func")  # plain Python sees Ctrl-C by itself
    if not compiled or threading.current_thread() is not threading.main_thread():
        call()
        return
    global _desk
    _refuse_beside_another()
    if _desk is None or not _desk.thread.is_alive():  # the latter in a forked process
        _desk = _Desk()
    answer = _Answer()
    _desk.calls.put((call, answer))
    try:
        while not answer.ready.acquire(timeout=_PATIENCE):
            pass
    except BaseException:
        _desk = None  # the next call has a thread of its own
        _left.append(answer)
        raise
    if answer.error is not None:
        raise answer.error


def _refuse_beside_another() -> None:
    """One of Numba's threading layers ends the process when two calls run at once."""
    _left[:] = [answer for answer in _left if answer.ready.locked()]
    if _left and numba.threading_layer() == "workqueue":
        raise MekongError(
            "an interrupted run still computes in this process",
            todo="wait until its quarter has ended, or start Python (in a notebook: the kernel) "
            "anew; a rule with a loop that never ends does not end otherwise",
        )
