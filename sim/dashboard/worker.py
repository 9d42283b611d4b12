"""The one process that runs the model for the page, so that the server is free to answer.

What is asked of it queues up: people who share a machine wait for one another's half a second
instead of slowing each other down without end. One core stays with the server and the browser.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from functools import cache
from importlib import import_module
from multiprocessing import get_context
from typing import TypeVar

from sim.errors import MekongError
from sim.experiments.environment import cores
from sim.experiments.pools import begin_worker

THREADS = max(cores() - 1, 1)

Found = TypeVar("Found")


def in_worker(function: Callable[..., Found], *given: object) -> Found:
    """What a function returns there, or raises; in a new process if the first one was killed.

    Raises MekongError when that is killed as well.
    """
    for last in (False, True):
        pool = _pool()
        try:
            return pool.submit(function, *given).result()
        except BrokenExecutor as error:
            if _pool() is pool:  # the first who notices
                _pool.cache_clear()
            if last:
                raise MekongError(
                    "the process that runs the model was killed twice",
                    todo="close other programs: there may be too little memory",
                ) from error
    raise AssertionError("one of the two turns returns or raises")


def start(*modules: str) -> None:
    """Start the process and let it import what it will need, without waiting for it."""
    for module in modules:
        _pool().submit(import_module, module)


@cache
def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, get_context("spawn"), initializer=_begin, initargs=(os.getpid(),))


def _begin(parent: int) -> None:
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"  # idle threads leave their core to others
    begin_worker(parent)
