"""The replication table: what studies measured, and what the same does inside the model.

A ratio near one says that the model agrees with a study, not that it is right; one far from one is
a finding about the model and is in the table like any other. `docs/replication.md` has the whole
table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.calibration.studies.experiments import EXPERIMENTS
from sim.calibration.studies.shipped_evidence import shipped_table
from sim.calibration.studies.table import NO_EXPERIMENT, PublishedStudy, load_studies
from sim.errors import InputError, known_name
from sim.experiments.execution.progress import Overall, Progress
from sim.experiments.paired_runs import PairedRuns
from sim.experiments.run import seed_list

SCALE = 10_000
SEEDS = 2
KEPT = ("prior_median", "prior_low", "prior_high")
KEPT_AFTER = ("posterior_median", "posterior_low", "posterior_high")
COLUMNS = [
    *("name", "study", "what", "published", "unit", "simulated", "ratio", "conclusion"),
    *(*KEPT, *KEPT_AFTER, "left_out_low", "left_out_high"),
    *("use", "grade", "experiment", "country", "design", "checked_in", "url", "note"),
]
_NEAR = 2.0  # a ratio within this factor of one agrees


def replicate(
    scale: int = SCALE,
    seeds: int | Sequence[int] = SEEDS,
    threads: int | None = None,
    progress: Progress | None = None,
    names: Sequence[str] = (),
) -> pd.DataFrame:
    """Rerun the named studies or experiments, or all; one row a study, in the columns of `COLUMNS`.

    `simulated` is at the central parameters. Quantiles are those of the shipped evidence: what the
    experiment finds over draws before and after all studies, and what the other studies predict
    for this one. Raises InputError.
    """
    studies = named_studies(names)
    wanted = [name for name in EXPERIMENTS if any(s.experiment == name for s in studies)]
    paired_runs = PairedRuns(scale, seed_list(seeds), threads)
    shown = Overall(progress, len(wanted))
    shown.add(0)
    found = {}
    for name in wanted:
        found[name] = _simulated(name, paired_runs)
        shown.add()
    rows = [_row(study, found[study.experiment]) for study in studies]
    return pd.DataFrame(rows, columns=COLUMNS)


def named_studies(names: Sequence[str]) -> tuple[PublishedStudy, ...]:
    """Studies with these names or experiments, in the order of the table; all without any name.

    Those without a counterpart in the model are not among them. Raises InputError.
    """
    there = [study for study in load_studies() if study.experiment != NO_EXPERIMENT]
    known = [*(study.name for study in there), *EXPERIMENTS]
    for name in names:
        known_name(name, known, kind="study")
    return tuple(s for s in there if not names or s.name in names or s.experiment in names)


def conclusion(simulated: float, study: PublishedStudy) -> str:
    """Agreement of the model with a study within a factor of two, or how it differs."""
    if study.kind == "sign":
        return "same sign" if simulated * study.estimate > 0.0 else "other sign"
    if study.estimate == 0.0:
        return "agrees" if abs(simulated) <= study.transport_error else "stronger"
    ratio = simulated / study.estimate
    if 1.0 / _NEAR <= ratio <= _NEAR:
        return "agrees"
    if ratio < 0:
        return "other sign"
    return "weaker" if ratio < 1.0 else "stronger"


def _simulated(name: str, paired_runs: PairedRuns) -> float:
    """What an experiment finds. Raises InputError where too few agents are concerned."""
    with np.errstate(all="ignore"):
        try:
            found = EXPERIMENTS[name].run(paired_runs)
        except ZeroDivisionError:
            found = math.nan
    if not math.isfinite(found):
        raise InputError(
            f"'{name}' cannot be measured with agents of {paired_runs.scale:,} people: "
            "too few are in the groups that the study compares",
            where="--scale",
            allowed=f"a finer scale, such as {max(paired_runs.scale // 10, 1):,}",
        )
    return found


def _row(study: PublishedStudy, simulated: float) -> dict[str, object]:
    sized = study.kind == "size" and study.estimate != 0.0
    kept = _kept("studies", study.name)
    others = _kept("left_out", study.name)
    return {
        "name": study.name,
        "study": study.cited,
        "what": EXPERIMENTS[study.experiment].what,
        "published": study.estimate,
        "unit": study.unit,
        "simulated": simulated,
        "ratio": simulated / study.estimate if sized else math.nan,
        "conclusion": conclusion(simulated, study),
        **{name: kept.get(name, math.nan) for name in (*KEPT, *KEPT_AFTER)},
        "left_out_low": others.get("low", math.nan),
        "left_out_high": others.get("high", math.nan),
        **{
            name: getattr(study, name)
            for name in ("use", "grade", "experiment", "country", "design", "checked_in", "url")
        },
        "note": study.note,
    }


def _kept(table: str, name: str) -> dict[str, float]:
    frame = shipped_table(table)
    if frame is None:
        return {}
    rows = frame[frame["name"] == name]
    return {} if rows.empty else {str(key): value for key, value in rows.iloc[0].items()}
