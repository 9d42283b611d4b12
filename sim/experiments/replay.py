"""A study rebuilt from its folder: to repeat a run, or to merge shards."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import InputError, OutputError
from sim.experiments.design import Design
from sim.experiments.design_file import read_design
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.runner import perform
from sim.experiments.provenance.fingerprint import Rules, digest
from sim.experiments.run import Job
from sim.experiments.run_list import Shard, shard_from
from sim.experiments.storage.folder import (
    COMPLETE,
    DESIGN,
    differences,
    note,
    opened,
    read_manifest,
)
from sim.experiments.storage.lock import FolderLock
from sim.experiments.storage.part_files import FAILED, RunOutcome
from sim.experiments.storage.store import Store
from sim.experiments.study import IDENTITY, Study
from sim.model.rules import own_parameters
from sim.parameters.table import Parameter
from sim.scenario import Scenario


def study_in(folder: Path, rules: Rules | None = None) -> Study:
    """The study that a folder holds. Raises InputError where this program would do another one."""
    record = read_manifest(folder)
    try:
        study = _rebuilt(folder, record, rules)
    except InputError as error:
        raise InputError(
            f"this program cannot repeat the study: {error.what}",
            where=error.where or folder.name,
            todo="the manifest says which versions made it",
        ) from error
    unlike = differences(record, study.identity())
    if unlike:
        hint = "name the file of its own rules with --rule; " if record["rules_hash"] else ""
        raise InputError(
            "this program would not repeat the study: it differs in " + "; ".join(unlike),
            where=folder.name,
            todo=f"{hint}the manifest says which versions made it",
        )
    return study


def _rebuilt(folder: Path, record: Mapping[str, Any], rules: Rules | None) -> Study:
    scenarios = []
    own = own_parameters(rules)
    for name, text in record["resolved_scenarios"].items():
        table = {key: value for key, value in tomllib.loads(text).items() if key != "baseline"}
        scenarios.append(Scenario.from_dict(table, name=name, own=own))
    return Study(
        scenarios=tuple(scenarios),
        baseline=record["baseline"],
        seeds=tuple(record["seeds"]),
        draws=tuple(record["draws"]),
        scale=int(record["scale"]),
        rules=rules,
        design=_design_in(folder, record, own),
        shard=shard_from(record["shard"]),
        counterfactuals=dict(record.get("counterfactuals", {})),
        added=tuple(record.get("added_scenarios", ())),
    )


def _design_in(folder: Path, record: Mapping[str, Any], own: tuple[Parameter, ...]) -> Design:
    """The design as it was run; `read_manifest` has compared its file with what was written."""
    if not record["inputs"]:
        return Design()
    path = folder / DESIGN
    if not path.is_file():
        raise InputError(
            f"{DESIGN} is missing, so the varied inputs are unknown",
            where=str(path),
            todo="repeat the command that made the folder: it writes the file anew",
        )
    return read_design(path, str(path), own)


def find_jobs(study: Study, run: str) -> list[Job]:
    """The jobs whose identity is this or begins so. Raises InputError unless it is one identity.

    They are several where two scenarios are the same run.
    """
    found = [job for job in study.jobs if job.run.startswith(run)] if run else []
    names = {job.run for job in found}
    if len(names) != 1:
        raise InputError(
            f"{len(names) or 'no'} runs of this study begin with '{run}'",
            todo="the column `run` of the table runs/ has their names",
        )
    return found


def rerun(folder: Path, run: str, options: RunOptions) -> RunOutcome:
    """Do one run of a folder again and keep what comes of it, but no failure for what was done."""
    study = study_in(folder, options.rules)
    store = Store(folder)
    with FolderLock(folder):
        for job in find_jobs(study, run):
            outcome = perform(job, options, store.attempts(job) + 1)
            if outcome.done or not store.done(job):
                store.keep(outcome)
            if not outcome.done:
                break
    return outcome


@dataclass(frozen=True)
class Merged:
    """What `merge` did: runs that are there now, failed among them, and runs still missing."""

    runs: int
    failed: int
    missing: int
    damaged: tuple[str, ...]


def merge(folder: Path, shards: Sequence[Path]) -> Merged:
    """Put the shards of one study together in a new folder, or in the folder of an earlier merge.

    Raises OutputError where they are not shards of one study, made by the same versions.
    """
    if not shards:
        raise InputError("no shards are given", todo="mekong study merge OUT SHARD SHARD ...")
    whole: dict[str, Any] = {}
    for shard in shards:
        record = read_manifest(shard)
        whole = whole or _as_whole(record)
        unlike = differences(whole, record, but=("shard",))
        if unlike:
            raise OutputError(
                f"'{shard.name}' is not a shard of the same study as '{shards[0].name}': it "
                f"differs in {'; '.join(unlike)}",
                where=str(shard),
                todo="merge only what the same study file, versions and data have made",
            )
    design = _design_text(shards) if whole["inputs"] else ""
    target, damaged = Store(folder), []
    with opened(folder, whole, design):
        for shard in shards:
            source = Store(shard)
            source.warn()
            damaged += source.copy_to(target)
        statuses = list(target.statuses().values())
        if len(statuses) >= whole["runs"]:
            note(folder, {COMPLETE: True})
    failed = statuses.count(FAILED)
    return Merged(len(statuses), failed, int(whole["runs"]) - len(statuses), tuple(damaged))


def _design_text(shards: Sequence[Path]) -> str:
    """The design that all shards share, from the first that still has it."""
    for shard in shards:
        if (shard / DESIGN).is_file():
            return (shard / DESIGN).read_text(encoding="utf-8").rstrip("\n") + "\n"
    raise InputError(
        f"no shard has its {DESIGN}",
        where=str(shards[0]),
        todo="repeat the command that made a shard: it writes the file anew",
    )


def _as_whole(record: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest of a shard as that of the whole study."""
    whole = {key: value for key, value in record.items() if key != COMPLETE}
    whole |= {"shard": str(Shard()), "runs": record["runs_of_study"]}
    whole["study"] = digest({key: whole[key] for key in IDENTITY})[:8]
    return whole
