"""One quarter of a run, held still: everything that the quarter reads, ready to be lived again."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.model.engine.compiled import compile_quarter
from sim.model.engine.parallel import in_parallel
from sim.model.engine.people_loop import live_one_quarter
from sim.model.model import MekongModel
from sim.units import quarter_index

NAMES = (
    "chunks",
    *(
        name
        for name in live_one_quarter.__code__.co_varnames[1 : live_one_quarter.__code__.co_argcount]
        if name not in ("rule", "select", "see", "possible", "has_own", "count", "loss")
    ),
)
WRITTEN = ("rows", "seen_next", "tally", "counts", "faults")


@dataclass(frozen=True)
class Moment:
    """The arguments of one quarter (`NAMES`), as they were before anybody acted."""

    quarter: str
    before: dict[str, Any]
    work: dict[str, Any]  # the same arrays, but those that a quarter writes are copies

    @property
    def agents(self) -> int:
        """Number of consumers."""
        return len(self.before["rows"])

    def rewind(self) -> None:
        """Puts back what a quarter has written."""
        for name in WRITTEN:
            self.work[name][...] = self.before[name]

    def arguments(self) -> list[Any]:
        """What a quarter is called with; it writes into these very arrays."""
        return [self.work[name] for name in NAMES]

    def written(self) -> dict[str, Any]:
        """Copies of what the last quarter wrote."""
        return {name: self.work[name].copy() for name in WRITTEN}

    def country(self, table: str, position: int) -> SimpleNamespace:
        """One country's row of `homes`, `views` or `parameters`, as plain numbers."""
        return plain_record(self.before[table][position])


def plain_record(row: Any) -> SimpleNamespace:
    """A row of a structured array as plain Python numbers."""
    return SimpleNamespace(**dict(zip(row.dtype.names, row.item(), strict=True)))


def moment(quarter: str, scale: int, threads: int) -> Moment:
    """The given quarter of the baseline, just before people act."""
    model = MekongModel("baseline", seed=1, scale=scale, threads=threads)
    while model.next_quarter < quarter_index(quarter):
        model.step()
    held: list[Any] = []
    # The engine's function is exchanged for one that only looks at what it is given.
    model.people._quarter = lambda _, *arguments: held.extend(arguments)
    model.step()
    before = dict(zip(NAMES, held, strict=True))
    work = {name: before[name].copy() if name in WRITTEN else before[name] for name in NAMES}
    return Moment(quarter, before, work)


def compiled_quarter(threads: int = 1) -> Any:
    """The quarter of the compiled engine on so many threads, called with `Moment.arguments`."""
    return functools.partial(in_parallel, compile_quarter(), threads)


def unlike(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, int]:
    """How many rows, and how many sums, differ in any bit."""
    rows = [
        written["rows"].view(np.uint8).reshape(len(written["rows"]), -1)
        for written in (ours, theirs)
    ]
    # `faults` says how far the engine came and what a rule did wrong: these rules do nothing wrong
    results = [name for name in WRITTEN if name not in ("rows", "faults")]
    sums = sum(int((ours[name] != theirs[name]).sum()) for name in results)
    return {"rows": int((rows[0] != rows[1]).any(axis=1).sum()), "sums": sums}
