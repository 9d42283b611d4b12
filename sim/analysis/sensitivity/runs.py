"""Mean-field runs for a sensitivity analysis: done in pieces that are kept, so that it resumes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.analysis.sensitivity.folder import KIND, SOURCES
from sim.errors import MekongError
from sim.experiments.execution.progress import Overall
from sim.experiments.storage.checkpoints import Arrays, Checkpoints
from sim.experiments.storage.folder import read_manifest
from sim.meanfield.outcomes import Pair
from sim.parameters.values import ParameterSet

Floats = NDArray[np.float64]
AT_ONCE = 128  # runs in a piece


class Runs(NamedTuple):
    """Mean-field runs in order: quantities, yearly sums of their baselines, errors of failed ones.

    Quantities are (runs, quantities), sums those of one year (runs, sums, places), empty without a
    year. A run that failed has nan throughout; whoever uses it has to say what to do.
    """

    quantities: Floats
    sums: Floats
    errors: dict[int, str]


def run_all(
    pair: Pair,
    count: int,
    values: Callable[[int], ParameterSet],
    folder: Path | None,
    done: Overall,
    year: int | None = None,
) -> Runs:
    """Runs 0 ... count - 1; `folder` keeps the finished ones, and a failed one is done again."""
    asked: dict[str, object] = {}
    if folder is not None:  # a piece counts only for the question and the place it was made for
        asked = read_manifest(folder.parent, KIND)["identity"]
    key = {"question": asked, "part": folder and folder.name, "year": year}
    pieces = Checkpoints(folder, key, SOURCES)
    found, errors = [], {}
    for start in range(0, count, AT_ONCE):
        many = min(AT_ONCE, count - start)

        def make(places: Sequence[int], start: int = start) -> Arrays:
            runs = [_one(pair, values(start + place), year) for place in places]
            errors.update(
                {start + k: run[2] for k, run in zip(places, runs, strict=True) if run[2]}
            )
            quantities, sums = (np.stack([run[part] for run in runs]) for part in (0, 1))
            return {"quantities": quantities, "sums": sums}

        piece = pieces.runs(f"{start:06d}", many, make)
        found.append(piece)
        failed = int((~np.isfinite(piece["quantities"]).all(axis=1)).sum())
        done.add(many - failed, failed)
    tables, sums = (np.concatenate([one[name] for one in found]) for name in ("quantities", "sums"))
    return Runs(tables, sums, errors)


def _one(pair: Pair, values: ParameterSet, year: int | None) -> tuple[Floats, Floats, str]:
    quarters = pair.baseline.quarters
    error = ""
    try:
        quantities, yearly = pair.run(values)
    except (ArithmeticError, ValueError, MekongError) as trouble:
        error = f"{type(trouble).__name__}: {trouble}"
        quantities = np.full(len(pair.quantities()), np.nan)
        yearly = np.full((16, 6, len(quarters) // 4), np.nan)
    return quantities, yearly[:, :, year - quarters[0] // 4] if year else np.empty(0), error
