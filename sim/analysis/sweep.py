"""The verb `sweep`: a study from its file, all its runs, and what they say as tidy tables."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from sim.analysis.comparison.compare import policy_start_year
from sim.analysis.comparison.plausibility import without
from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.tables.outcomes import outcomes
from sim.analysis.shown import ShownStudy
from sim.analysis.validation.monte_carlo_error import UntilError, points
from sim.errors import InputError
from sim.experiments.counterfactuals import with_counterfactuals
from sim.experiments.execution.execute import DROP, REFUSE, carry_out
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.plan import options_for
from sim.experiments.execution.progress import Progress
from sim.experiments.execution.runner import Simulate, simulate
from sim.experiments.provenance.fingerprint import Rules
from sim.experiments.run_list import Shard, shard_from
from sim.experiments.storage.folder import read_manifest, write_manifest
from sim.experiments.storage.local_path import local_path, output_folder
from sim.experiments.storage.lock import FolderLock
from sim.experiments.storage.store import Store
from sim.experiments.study import Study, manifest
from sim.experiments.study_file import find_study, load_study


class Sweep(ShownStudy):
    """The results of a sweep, read from its folder.

    `runs` has a row a run, `outcomes` the doubling in every run, `points` their means and
    Monte-Carlo errors at every point of the design. A study without a design is a comparison as
    well: `comparison`. Raises MekongError when runs are missing, unless `missing` is "drop".
    """

    kind = "sweep"
    shown_tables = ("points", "outcomes", "runs")

    def __init__(self, folder: str | Path, missing: str = REFUSE) -> None:
        self.folder = local_path(folder)
        self.manifest: dict[str, Any] = read_manifest(self.folder)
        self.store = Store(self.folder)
        self.runs = self.store.runs()
        self.outcomes = outcomes(self.store, self.manifest, missing)
        self.comparison = (
            None if self.manifest["inputs"] else Comparison(self.folder, missing=missing)
        )
        refused = self.comparison.refused if self.comparison is not None else ()
        self.points = points(without(self.outcomes, refused))

    def effects_on(self, indicator: str) -> pd.DataFrame:
        """Every run's paired effect on one indicator, in the columns of `outcomes`.

        `relative` is the effect in 2030 over the other side's value, empty for the baseline.
        """
        frame = outcomes(self.store, self.manifest, DROP, {indicator: indicator})
        theirs = frame["value_2030"] - frame["effect_2030"]
        return frame.assign(relative=frame["effect_2030"] / theirs.where(theirs > 0))

    @property
    def table(self) -> pd.DataFrame:
        """Means and errors at every point."""
        return self.points

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """What is written, by the name of the file, beside the tables of the comparison."""
        return {"outcomes": self.outcomes, "points": self.points}


def sweep(
    study: str | Path | Study,
    *,
    workers: int | None = None,
    threads: int | None = None,
    cluster: str | None = None,
    engine: str = "compiled",
    rules: Rules | None = None,
    out: str | Path | None = None,
    shard: str | None = None,
    retry_failed: bool = False,
    stop: bool = False,
    until_se: float | None = None,
    missing: str = REFUSE,
    progress: Progress | None = None,
) -> Sweep:
    """Do all runs of a study file that are not there yet, and read what they say.

    `workers` processes side by side (None: as many as pay), or the workers of a Dask `cluster`.
    `shard` is "2/4" for the second of four parts. With `until_se` the study ends early, when the
    standard error of the paired difference in the ratio 2030/2022 is no larger. Raises InputError
    before anything runs, OutputError for the folder, MekongError for runs that are missing.
    """
    study = read_study(study, rules=rules, shard=shard, until_se=until_se)
    options = options_for(study, workers, threads, cluster, engine)
    folder = output_folder(out) if out is not None else default_folder(study)
    run_study(
        study,
        options,
        folder,
        progress=progress,
        retry_failed=retry_failed,
        stop=stop,
        until_se=until_se,
    )
    return Sweep(folder, missing)


def read_study(
    study: str | Path | Study,
    *,
    rules: Rules | None = None,
    shard: str | None = None,
    until_se: float | None = None,
) -> Study:
    """The study that is to be run. Raises InputError."""
    if not isinstance(study, Study):
        name = find_study(study).stem
        study = load_study(study, rules=rules, shard=parse_shard(shard))
        study = replace(study, title=study.title or name)
    study = with_counterfactuals(study)
    if until_se is None:
        return study
    if not until_se > 0.0:
        raise InputError(
            f"{until_se:g} is not a standard error",
            where="--until-se",
            allowed="a positive number in units of the ratio 2030/2022, such as 0.005",
        )
    if study.shard.of > 1:
        raise InputError(
            "a shard does not see enough runs to know when to stop",
            where="--until-se",
            todo="use it without --shard",
        )
    return replace(study, seeds_first=True)


def parse_shard(text: str | None) -> Shard:
    """`2/4` as a shard; the whole study without it. Raises InputError."""
    if text is None:
        return Shard()
    number, slash, of = text.partition("/")
    if not (slash and number.isdecimal() and of.isdecimal()):
        raise InputError(f"'{text}' is not a shard", where="--shard", allowed="such as 2/4")
    return shard_from(text)


def default_folder(study: Study) -> Path:
    """Where results go when nothing is said."""
    part = "" if study.shard.of == 1 else f"-shard{study.shard.number}of{study.shard.of}"
    return Path("results") / (study.folder_name("sweep") + part)


def run_study(
    study: Study,
    options: RunOptions,
    folder: Path,
    *,
    progress: Progress | None = None,
    simulator: Simulate = simulate,
    retry_failed: bool = True,
    stop: bool = False,
    until_se: float | None = None,
    command: str = "",
) -> Store:
    """Do the runs of a study that its folder lacks, and note where it stopped early."""
    record = manifest(study, options.engine, options.threads, command)
    record["policy_start_year"] = policy_start_year(study)
    enough = None if until_se is None else UntilError(Store(folder), record, until_se)
    store = carry_out(
        study,
        options,
        folder,
        record,
        progress=progress,
        simulator=simulator,
        retry_failed=retry_failed,
        stop=stop,
        enough=enough,
    )
    if enough is not None:
        with FolderLock(folder):
            _note_stop(folder, store, enough)
    return store


def _note_stop(folder: Path, store: Store, enough: UntilError) -> None:
    """Where a study stopped early, its missing runs are none."""
    record = {key: value for key, value in read_manifest(folder).items() if key != "stopped"}
    seeds = len(record["seeds"])
    if enough.error <= enough.wanted and enough.seeds < seeds:
        record["stopped"] = {
            "seeds": enough.seeds,
            "of": seeds,
            "runs": len(store.statuses()),
            "standard_error": enough.error,
            "wanted": enough.wanted,
        }
    if json.dumps(record) != json.dumps(read_manifest(folder)):
        write_manifest(folder, record)
