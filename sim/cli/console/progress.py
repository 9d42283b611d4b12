"""How far a long command is: a bar with the time left on a terminal, plain lines in a log.

A command says how many runs are there, how far the run in hand is, or how far a stage of its work.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import typer

SECONDS_BETWEEN_LINES = 10.0


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def rate_of(runs: int, seconds: float) -> str:
    """Runs in a time as a rate in words."""
    a_minute = 60.0 * runs / max(seconds, 1e-9)
    return f"{a_minute:.0f} a minute" if a_minute >= 2 else f"{60 * a_minute:.1f} an hour"


class Silent:
    """Says nothing but what should be known before the first run."""

    def __init__(self, first: str = "") -> None:
        self._unsaid = [first] if first else []

    def __enter__(self) -> Silent:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __call__(self, done: int, total: int, failed: int) -> None:
        """Nothing is shown of the runs."""
        while self._unsaid:
            self.say(self._unsaid.pop())

    def stage(self, name: str, done: int, total: int) -> None:
        """Nothing is shown of a stage."""

    def say(self, text: str) -> None:
        """Something that a person should know is said even so."""
        typer.echo(text, err=True)

    def quarters(self, done: int, total: int) -> None:
        """Nothing is shown of a single run."""


class Lines(Silent):
    """A line on what is there already, then at most one every ten seconds, and one at the end."""

    def __init__(self, first: str = "") -> None:
        super().__init__(first)
        self._began = self._said = time.monotonic()
        self._run_began = self._began
        self._total = 0
        self._first: int | None = None
        self._warm: tuple[float, int] | None = None  # when the first new runs were there, how many

    def __call__(self, done: int, total: int, failed: int) -> None:
        """Write a line when it is time for one."""
        super().__call__(done, total, failed)
        now = time.monotonic()
        if total != self._total:  # something else is counted from here on
            self._began, self._total, self._first, self._warm = now, total, None, None
        if self._first is None:
            self._first = done
            if done:
                typer.echo(f"{done} of {total} runs are there already", err=True)
            return
        new = done + failed - self._first
        if new and self._warm is None:
            self._warm = (now, new)
        if done + failed < total and now - self._said < SECONDS_BETWEEN_LINES:
            return
        self._said = now
        a_run = self._a_run(now, new)
        faults = f", {failed} failed" if failed else ""
        rate = f", {rate_of(new, now - self._began)}" if now - self._began > 1.0 and new else ""
        rest = total - done - failed
        ahead = f", about {duration(a_run * rest)} left" if rest and a_run is not None else ""
        typer.echo(f"{done} of {total} runs done{faults}{rate}{ahead}", err=True)

    def stage(self, name: str, done: int, total: int) -> None:
        """A line when it is time for one, and at the end of the stage."""
        now = time.monotonic()
        if done >= total or now - self._said >= SECONDS_BETWEEN_LINES:
            self._said = now
            typer.echo(f"{name}: {done} of {total}", err=True)

    def _a_run(self, now: float, new: int) -> float | None:
        """Seconds between two runs, None while only those are there that waited for the start.

        The first runs wait for processes and the compiler, and say nothing of the others.
        """
        if self._warm is None or new <= self._warm[1]:
            return None
        return (now - self._warm[0]) / (new - self._warm[1])

    def quarters(self, done: int, total: int) -> None:
        """A line in a run that takes long."""
        now = time.monotonic()
        if done == 1:
            self._run_began = now
        if done < total and now - self._said >= SECONDS_BETWEEN_LINES:
            self._said = now
            left = (now - self._run_began) / max(done - 1, 1) * (total - done)
            typer.echo(
                f"  this run: {done} of {total} quarters, about {duration(left)} left", err=True
            )


class Bar(Silent):
    """A bar with the number of runs done and the time left."""

    def __init__(self, first: str = "") -> None:
        super().__init__(first)
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeRemainingColumn as Remaining

        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            Remaining(),
            TextColumn("left {task.fields[rate]}", markup=False),
            console=Console(stderr=True, markup=False, emoji=False),  # `:end:` is no picture
            speed_estimate_period=600,
            transient=True,
        )
        self._task: Any = None
        self._others: dict[str, Any] = {}
        self._began = time.monotonic()
        self._first = self._total = 0

    def __enter__(self) -> Bar:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, done: int, total: int, failed: int) -> None:
        """Move the bar."""
        super().__call__(done, total, failed)
        if total != self._total:  # the first runs, or something else is counted from here on
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task = self._bar.add_task("runs", total=total, completed=done, rate="")
            self._began, self._first, self._total = time.monotonic(), done, total
        words = f"runs ({failed} failed)" if failed else "runs"
        new = done + failed - self._first
        elapsed = time.monotonic() - self._began
        rate = rate_of(new, elapsed) if elapsed > 1.0 and new else ""
        self._bar.update(self._task, completed=done + failed, description=words, rate=rate)

    def say(self, text: str) -> None:
        """A line above the bar."""
        self._bar.console.print(text)

    def quarters(self, done: int, total: int) -> None:
        """A second bar for the run in hand."""
        self.stage("quarters", done, total)

    def stage(self, name: str, done: int, total: int) -> None:
        """A bar of its own for each stage."""
        if name not in self._others:
            self._others[name] = self._bar.add_task(name, total=total, rate="")
        self._bar.update(self._others[name], completed=done, total=total)


def reporter(quiet: bool, json: bool = False, *scales: int) -> Silent:
    """The right one for where the messages go.

    `scales` are said when the first run begins, by commands that know only then what they run.
    """
    named = f"One agent represents {', '.join(f'{scale:,}' for scale in scales)} people"
    first = named if scales and not quiet else ""
    if quiet or json:
        return Silent(first)
    return Bar(first) if sys.stderr.isatty() else Lines(first)
