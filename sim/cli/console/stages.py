"""How far a computation of several stages is: a bar a stage on a terminal, plain lines in a log."""

from __future__ import annotations

import sys
import time
from typing import Any

import typer

from sim.cli.console.progress import SECONDS_BETWEEN_LINES


class StageLines:
    """At most a line every ten seconds, and one at the end of a stage."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._said = time.monotonic()

    def __enter__(self) -> StageLines:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Called after every step of a stage."""
        now = time.monotonic()
        if self._quiet or (now - self._said < SECONDS_BETWEEN_LINES and done < total):
            return
        self._said = now
        typer.echo(f"{stage}: {done} of {total}", err=True)


class StageBars(StageLines):
    """A bar for the stage in hand."""

    def __init__(self) -> None:
        super().__init__()
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeRemainingColumn as Remaining

        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            Remaining(),
            TextColumn("left"),
            console=Console(stderr=True),
            transient=True,
        )
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> StageBars:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Move the bar of the stage."""
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=total)
        self._bars.update(self._tasks[stage], completed=done, total=total)


def stage_reporter(quiet: bool) -> StageLines:
    """The right one for where the messages go."""
    return StageBars() if sys.stderr.isatty() and not quiet else StageLines(quiet)
