"""How far work is: what a caller is told, and several pieces of work told as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Progress(Protocol):
    """Told after each run how many of all are there."""

    def __call__(self, done: int, total: int, failed: int) -> None:
        """Show it."""


Stages = Callable[[str, int, int], None]
"""Called with the name of a stage, its steps done and its steps in all."""


def unheard(stage: str, done: int, total: int) -> None:
    """Where nobody listens to stages."""


class Overall:
    """Progress of several studies, or of runs done one by one, as that of all `total` runs.

    It is itself the progress of the study at hand; `next_part` begins the next. More runs than were
    expected raise the total. Nothing is shown without a `progress`.
    """

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._before = self._seen = (0, 0)  # finished and failed

    def __call__(self, done: int, total: int, failed: int) -> None:
        """So many runs of the part at hand are there."""
        self._seen = (self._before[0] + done, self._before[1] + failed)
        if self._progress is not None:
            self._progress(self._seen[0], max(self._total, sum(self._seen)), self._seen[1])

    def next_part(self) -> None:
        """What was counted so far is behind us."""
        self._before = self._seen

    def add(self, done: int = 1, failed: int = 0) -> None:
        """So many more runs are there; none shows what is counted already."""
        self.next_part()
        self(done, self._total, failed)

    def say(self, text: str) -> None:
        """Pass on what a person should know."""
        say = getattr(self._progress, "say", None)
        if say is not None:
            say(text)
