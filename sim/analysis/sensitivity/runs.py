"""Mean-field runs for a sensitivity analysis: done in pieces that are kept, so that it resumes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.analysis.sensitivity.folder import KIND
from sim.calibration.checkpoints import Arrays, Checkpoints
from sim.errors import MekongError
from sim.experiments.execution.runner import Progress
from sim.experiments.storage.folder import read_manifest
from sim.meanfield.outcomes import Pair
from sim.parameters.values import ParameterSet

Floats = NDArray[np.float64]
AT_ONCE = 128  # runs in a piece


@dataclass
class Done:
    """Counts runs over several calls, for one line of progress."""

    total: int
    told: Progress | None = None
    done: int = 0
    failed: int = 0

    def add(self, runs: int, failed: int) -> None:
        """Some more runs are there."""
        self.done += runs - failed
        self.failed += failed
        if self.told is not None:
            self.told(self.done, self.total, self.failed)


def run_all(
    pair: Pair,
    count: int,
    values: Callable[[int], ParameterSet],
    folder: Path | None,
    done: Done,
    year: int | None = None,
) -> tuple[Floats, Floats]:
    """Quantities of runs 0 ... count - 1 (runs, quantities), and yearly sums of their baselines.

    Sums are those of one `year` (runs, sums, places), empty without one. `folder` keeps the pieces.
    A run that cannot be worked out has nan throughout; whoever uses it has to say what to do.
    """
    first = pair.baseline.quarters[0] // 4
    pieces = None
    if folder is not None:  # a piece counts only for the question and the place it was made for
        asked = read_manifest(folder.parent, KIND)["identity"]
        pieces = Checkpoints(folder, {"question": asked, "part": folder.name})
    tables, sums = [], []
    for start in range(0, count, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count))

        def make(numbers: range = numbers) -> Arrays:
            found = _piece(pair, [values(k) for k in numbers], year, first)
            return {"quantities": found[0], "sums": found[1]}

        piece = make() if pieces is None else pieces.stage(f"{start:06d}", make)
        tables.append(piece["quantities"])
        sums.append(piece["sums"])
        failed = (~np.isfinite(piece["quantities"]).all(axis=1)).sum()
        done.add(len(numbers), int(failed))
    return np.concatenate(tables), np.concatenate(sums)


def _piece(
    pair: Pair, sets: Sequence[ParameterSet], year: int | None, first: int
) -> tuple[Floats, Floats]:
    width = len(pair.quantities())
    quantities = np.full((len(sets), width), np.nan)
    sums: list[Floats] = []
    for row, one in enumerate(sets):
        try:
            quantities[row], yearly = pair.run(one)
        except (ArithmeticError, ValueError, MekongError):
            yearly = np.full((16, 6, len(pair.baseline.quarters) // 4), np.nan)
        sums.append(yearly[:, :, year - first] if year is not None else np.empty(0))
    return quantities, np.stack(sums)
