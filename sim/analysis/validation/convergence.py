"""`mekong study convergence`: when are agents fine enough?

For every scale the ratio 2030/2022 and the paired effect of each policy, as means over seeds with
their Monte-Carlo errors, and their distance from the finest scale in units of its error.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from sim.analysis.comparison.tables.outcomes import outcomes
from sim.analysis.shown import ShownResult
from sim.analysis.sweep import run_study
from sim.analysis.validation.monte_carlo_error import points
from sim.errors import InputError
from sim.experiments.execution.plan import options_for
from sim.experiments.execution.progress import Progress
from sim.experiments.execution.runner import Simulate, simulate
from sim.experiments.storage.folder import opened, question_record, read_manifest
from sim.experiments.storage.local_path import output_folder
from sim.experiments.storage.store import Store
from sim.experiments.study import build_study
from sim.model.footprint import footprint
from sim.scenario import Scenario

SCALES = (50_000, 20_000, 10_000, 5_000, 2_000, 1_000)
_NUMBERS = ["ratio", "ratio_se", "effect_ratio", "effect_ratio_se"]


class Convergence(ShownResult):
    """Results by scale: `table` has a row a scale, scenario, place and measure."""

    kind = "convergence"

    def __init__(self, folder: Path, table: pd.DataFrame) -> None:
        self.folder = folder
        self.table = table

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """What is written, by the name of the file."""
        return {"convergence": self.table}


def convergence(
    scenarios: Sequence[str | Path | Scenario],
    scales: Sequence[int] = SCALES,
    seeds: int | Sequence[int] = 10,
    *,
    folder: str | Path,
    workers: int | None = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    simulator: Simulate = simulate,
) -> Convergence:
    """Run scenarios under the same seeds at every scale; each scale has its own folder of runs.

    Raises InputError before anything runs, OutputError for the folder of another question.
    """
    if len(set(scales)) < 2:
        raise InputError("one scale shows no convergence", where="--scales", allowed="two or more")
    ordered = sorted(set(scales), reverse=True)
    studies = {scale: build_study(scenarios, seeds=seeds, scale=scale) for scale in ordered}
    options = {
        scale: options_for(study, workers, threads, None, "compiled")
        for scale, study in studies.items()
    }
    top = output_folder(folder)
    asked = studies[ordered[0]].identity()
    del asked["scale"]  # further scales may come later
    parts = []
    with opened(top, question_record("convergence", asked)):
        for scale, study in studies.items():
            where = top / f"scale_{scale}"
            store = run_study(study, options[scale], where, progress=progress, simulator=simulator)
            parts.append(_points(store, scale))
    table = _against_finest(pd.concat(parts, ignore_index=True))
    return Convergence(top, table)


def _points(store: Store, scale: int) -> pd.DataFrame:
    found = points(outcomes(store, read_manifest(store.folder)))
    frame = found[["scenario", "country", "measure", *_NUMBERS, "runs"]].copy()
    frame.insert(0, "scale", scale)
    frame.insert(1, "agents", footprint(scale, 1, 1).agents)
    return frame


def _against_finest(frame: pd.DataFrame) -> pd.DataFrame:
    """`distance`: of a ratio from that of the finest scale, in standard errors of the difference.

    Scales share no random numbers (agents differ), so errors add up as those of two samples.
    """
    keys = ["scenario", "country", "measure"]
    finest = frame.loc[frame["scale"] == frame["scale"].min(), [*keys, "ratio", "ratio_se"]]
    both = frame.merge(finest, on=keys, suffixes=("", "_finest"), how="left")
    error = np.hypot(both["ratio_se"], both["ratio_se_finest"])
    gap = both["ratio"] - both["ratio_finest"]
    coarser = (frame["scale"] != frame["scale"].min()).to_numpy() & (error > 0)
    frame["distance"] = np.divide(gap, error, out=np.full(len(frame), np.nan), where=coarser)
    return frame
