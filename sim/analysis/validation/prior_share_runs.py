"""The runs behind `calibration/prior_share.csv`: policies under draws of prior and posterior."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sim.analysis.comparison.compare import conduct
from sim.analysis.validation.prior_share import prior_share
from sim.errors import InputError
from sim.experiments.counterfactuals import with_counterfactuals
from sim.experiments.execution.executors import same_workers
from sim.experiments.execution.plan import options_for
from sim.experiments.execution.progress import Overall, Progress
from sim.experiments.execution.runner import Simulate, simulate
from sim.experiments.study import build_study

SCENARIOS = (
    *("harmonization", "broadband", "anti_scam", "both", "coordinated", "coordinated_task_force"),
    *("payments", "customs", "marketplace", "skills_women", "data_open_safe", "taxation"),
    *("crackdown_khm", "crackdown_together", "everything"),
)
"""Scenarios that the shipped table has."""
BASELINE = "baseline"
DRAWS = 60
SCALE = 5000
FEWEST_DRAWS = 2


@same_workers()
def prior_shares(
    scenarios: Sequence[str] = SCENARIOS,
    baseline: str = BASELINE,
    draws: int = DRAWS,
    seeds: int | Sequence[int] = 1,
    scale: int = SCALE,
    work: Path | None = None,
    workers: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    simulator: Simulate = simulate,
) -> pd.DataFrame:
    """How much of each effect is prior (columns of `sim.analysis.validation.prior_share`).

    Every scenario and the baseline run with `draws` draws of the prior and as many of the
    posterior, under the same `seeds`. With `work` the runs are kept there and an interrupted one
    goes on. Raises InputError before anything runs, MekongError when no run of a scenario finished.
    """
    if draws < FEWEST_DRAWS:
        raise InputError(
            f"{draws} draws have no spread",
            where="draws",
            allowed=f"{FEWEST_DRAWS} or more; {DRAWS} for a table to keep",
        )
    studies = {
        name: with_counterfactuals(
            build_study(
                [baseline, *scenarios],
                baseline=baseline,
                seeds=seeds,
                draws=draws,
                prior=name == "prior",
                scale=scale,
            )
        )
        for name in ("posterior", "prior")
    }
    total = sum(len(study.jobs) for study in studies.values())
    shown = Overall(progress, total)
    paired = {}
    for name, study in studies.items():
        options = options_for(study, workers, threads)
        folder = work / name if work is not None else None
        result = conduct(study, options, folder, progress=shown, simulator=simulator)
        paired[name] = result.paired
        shown.next_part()
    return prior_share(paired["prior"], paired["posterior"], baseline)
