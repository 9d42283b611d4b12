"""`mekong mix threshold`: what would have to be true for the target to be reached.

For a parameter: the value at which a scenario just doubles e-commerce from 2022 to 2030, and where
that value lies in the prior. For a lever: the level at which it does. Everything else is at its
central value, and all runs use common random numbers, so the ratio is a curve of one number; it is
scanned over the whole allowed range and its crossing with two is found by Brent's method.

The baseline is run at the same values: where a parameter lifts the baseline just as well, it is not
the lever that closes the gap. Where the target is met as things are, there is no gap to close.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.policy_mixes.mix_folder import default_folder
from sim.analysis.shown import ShownResult
from sim.analysis.sweep import options_for
from sim.analysis.text.threshold import sentences_of
from sim.analysis.thresholds.root_finding import TOLERANCE, Crossing, crossing
from sim.analysis.thresholds.runs import ThresholdRuns
from sim.analysis.thresholds.study import (
    central_of,
    checked_study,
    percentile_of,
    scan_of,
    unit_of,
)
from sim.errors import InputError
from sim.experiments.execution.branching import Pasts, continuing, first_lever
from sim.experiments.execution.progress import Overall, Progress
from sim.experiments.execution.runner import Simulate, run_jobs
from sim.experiments.inputs import LEVEL, Input, check_value
from sim.experiments.run import Job
from sim.experiments.storage.folder import OPEN_ENDED, claim, opened
from sim.experiments.storage.local_path import output_folder
from sim.experiments.storage.store import Store
from sim.experiments.study import Study, manifest
from sim.scenario import Scenario
from sim.target import FACTOR, informative
from sim.units import REGION

KIND = "required"  # in a manifest: what was looked for
LARGEST_TARGET = 1_000.0
COLUMNS = [
    *("what", "kind", "scenario", "baseline", "country", "measure", "target"),
    *("value", "error", "unit"),
    *("percentile", "central", "minimum", "maximum", "ratio_central", "baseline_ratio_central"),
    *("baseline_ratio_there", "highest_ratio", "highest_at", "conclusion"),
]


class Threshold(ShownResult):
    """What it takes: `table` is one row in the columns of `required.csv`, `points` the curve.

    `sentences` say it. `points` has a row a value that was run, with the ratio of the scenario and
    of the baseline (means over seeds).
    """

    kind = "required"

    def __init__(
        self, folder: Path, row: dict[str, Any], points: pd.DataFrame, about: dict[str, Any]
    ):
        self.folder = folder
        self.table = pd.DataFrame([row], columns=COLUMNS)
        self.row = row
        self.points = points
        self.about = about
        self.failed = int(about["failed"])

    @property
    def sentences(self) -> list[str]:
        """What was found, in words."""
        return sentences_of(self.row, self.about)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """What is written, by the name of the file."""
        return {"required": self.table, "required_points": self.points}


def threshold(
    what: str,
    scenario: str | Path | Scenario | None = None,
    *,
    baseline: str | None = None,
    country: str = REGION,
    measure: str = "real_usd",
    target: float = FACTOR,
    seeds: int | Sequence[int] = 2,
    scale: int = 20_000,
    threads: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    simulator: Simulate | None = None,
) -> Threshold:
    """The value of a parameter, or level of a lever, at which e-commerce just doubles.

    `target` is the ratio of 2030 to 2022 to be reached, two unless something else is asked.
    Without a `scenario` a lever is used in all its places from 2026 on, and a parameter is looked
    at in the coordinated programme. Raises InputError before anything runs, OutputError for the
    folder.
    """
    if not 0.0 < target <= LARGEST_TARGET:
        raise InputError(
            f"a ratio of {target:g} cannot be looked for",
            where="--target",
            allowed=f"more than 0, up to {LARGEST_TARGET:,.0f}",
        )
    study, varied = checked_study(what, scenario, baseline, country, measure, seeds, scale)
    folder = output_folder(out) if out is not None else default_folder(study, KIND, what)
    options = options_for(study, 1, threads, None, "compiled")
    words = f"mekong mix threshold {what} --country {country} --measure {measure}"
    begins = min(first_lever(each) for each in study.scenarios)
    simulator = simulator or continuing(begins, Pasts(len(study.seeds)))
    asked = {"what": what, "country": country, "measure": measure, "target": target}
    record = {**manifest(study, options.engine, options.threads, words), OPEN_ENDED: True}
    with opened(folder, record):
        claim(folder, KIND, asked)
        shown = Overall(progress, _expected(study, varied))

        def run(jobs: Sequence[Job]) -> int:
            failed = run_jobs(jobs, options, Store(folder), None, simulator)
            shown.add(len(jobs) - failed, failed)
            return failed

        runs = ThresholdRuns(study, varied, folder, country, measure, run)
        row, about = _found(runs, what, target)
    runs.store.refresh()
    about |= {"scale": scale, "seeds": list(study.seeds), "failed": runs.store.failed}
    return Threshold(folder, row, _points(runs), about)


def _expected(study: Study, varied: Input) -> int:
    """About how many runs: the scan, and a handful for the root."""
    return (len(scan_of(varied)) + 6) * len(study.seeds) * len(study.scenarios)


def _found(runs: ThresholdRuns, what: str, target: float) -> tuple[dict[str, Any], dict[str, Any]]:
    study, varied = runs.study, runs.varied
    base, mix = study.names
    start = central_of(varied, study.scenarios[1])

    def mean(value: float, name: str) -> float:
        return float(np.mean(runs.ratios(value)[name]))

    here = mean(start, mix)
    places = scan_of(varied)
    check_value(varied, places[0])
    is_lever = varied.kind == LEVEL
    # A lever is sought from nothing upwards, a parameter from where it is.
    nothing = places[0] if is_lever else start
    scan = sorted({*places, start})
    seen = crossing(lambda value: mean(value, mix), target, scan, nothing)
    conclusion = "met" if mean(nothing, mix) >= target else "reached"
    if math.isnan(seen.at) and conclusion == "reached":
        conclusion = "out_of_reach"
    low, high = places[0], places[-1]
    row: dict[str, Any] = {
        "what": what,
        "kind": "lever" if is_lever else "parameter",
        "scenario": mix,
        "baseline": base,
        "target": target,
        "country": runs.place,
        "measure": runs.measure,
        "value": seen.at,
        "error": _error(runs, seen, mix),
        "unit": unit_of(varied),
        "percentile": percentile_of(varied, seen.at),
        "central": start,
        "minimum": low,
        "maximum": high,
        "ratio_central": here,
        "baseline_ratio_central": mean(start, base),
        "baseline_ratio_there": math.nan if math.isnan(seen.at) else mean(seen.at, base),
        "highest_ratio": mean(seen.best, mix),
        "highest_at": seen.best,
        "conclusion": conclusion,
    }
    past = runs.past(base)
    return row, {"several": seen.several, "past": past, "informative": informative(past)}


def _error(runs: ThresholdRuns, seen: Crossing, mix: str) -> float:
    """Standard error of the value from seeds: that of the ratio over the slope of the curve."""
    near = sorted(runs.known, key=lambda value: abs(value - seen.at))[:3]
    if math.isnan(seen.at) or len(runs.study.seeds) < 2:
        return math.nan
    low, high = min(near), max(near)
    means = [float(np.mean(runs.known[value][mix])) for value in (low, high)]
    slope = (means[1] - means[0]) / (high - low) if high > low else 0.0
    sample = np.array(runs.known[near[0]][mix])
    error = float(np.std(sample, ddof=1) / math.sqrt(len(sample)))
    return max(error / abs(slope), TOLERANCE * (high - low)) if slope else math.nan


def _points(runs: ThresholdRuns) -> pd.DataFrame:
    base, mix = runs.study.names
    rows = [
        (value, percentile_of(runs.varied, value), *(float(np.mean(found[n])) for n in (mix, base)))
        for value, found in sorted(runs.known.items())
    ]
    return pd.DataFrame(rows, columns=["value", "percentile", "ratio", "baseline_ratio"])
