"""A study rebuilt from its folder: to repeat a run, to compare it with what was kept, to merge."""

from __future__ import annotations

import csv
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import InputError, MekongError, OutputError
from sim.experiments.design import Design, csv_design
from sim.experiments.fingerprint import Rules, digest
from sim.experiments.folder import (
    DESIGN,
    IDENTITY,
    MANIFEST,
    differences,
    read_manifest,
    write_manifest,
)
from sim.experiments.job import Job
from sim.experiments.jobs import Shard
from sim.experiments.lock import FolderLock
from sim.experiments.means import Means
from sim.experiments.parts import DONE, FAILED, TABLES, Outcome
from sim.experiments.runner import perform
from sim.experiments.store import DAMAGED, MISSING, Store
from sim.experiments.study import Study
from sim.experiments.writing import write_bytes
from sim.scenario import Scenario


def study_in(folder: Path, rules: Rules | None = None) -> Study:
    """The study that a folder holds. Raises InputError where this program would do another one."""
    record = read_manifest(folder)
    scenarios = []
    for name, text in record["resolved_scenarios"].items():
        table = {key: value for key, value in tomllib.loads(text).items() if key != "baseline"}
        scenarios.append(Scenario.from_dict(table, name=name))
    number, _, of = record["shard"].partition("/")
    study = Study(
        scenarios=tuple(scenarios),
        baseline=record["baseline"],
        seeds=tuple(record["seeds"]),
        draws=tuple(record["draws"]),
        scale=int(record["scale"]),
        rules=rules,
        design=_design_in(folder),
        shard=Shard(int(number), int(of)),
    )
    unlike = differences(record, study.identity())
    if unlike:
        hint = "name the file of its own rules with --rule; " if record["rules_hash"] else ""
        raise InputError(
            "this program would not repeat the study: it differs in " + "; ".join(unlike),
            where=folder.name,
            todo=f"{hint}the manifest says which versions made it",
        )
    return study


def _design_in(folder: Path) -> Design:
    path = folder / DESIGN
    if not path.is_file():
        return Design()
    heads, *lines = csv.reader(path.read_text(encoding="utf-8").splitlines())
    rows = [[float(cell) if cell else math.nan for cell in line[1:]] for line in lines]
    return csv_design(heads[1:], rows)


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


def rerun(folder: Path, run: str, means: Means) -> Outcome:
    """Do one run of a folder again and keep what comes of it, but no failure for what was done."""
    study = study_in(folder, means.rules)
    store = Store(folder)
    with FolderLock(folder):
        for job in find_jobs(study, run):
            outcome = perform(job, means, store.attempts(job) + 1)
            if outcome.done or not store.done(job):
                store.keep(outcome)
            if not outcome.done:
                break
    return outcome


@dataclass(frozen=True)
class Verified:
    """What `verify` found: parts that are damaged, and runs whose repetition differs."""

    parts: int
    damaged: tuple[str, ...]
    repeated: int
    different: tuple[str, ...]


def verify(folder: Path, means: Means, runs: Sequence[str] = (), count: int = 1) -> Verified:
    """Read every part, then repeat some runs and compare them byte by byte with what is kept.

    `runs` names them, else `count` runs spread over the study are taken. Raises MekongError where
    one fails now.
    """
    study = study_in(folder, means.rules)
    store = Store(folder)
    states = {job.part: store.state(job.part) for job in study.jobs}
    done = [job for job in study.jobs if states[job.part] == DONE]
    step = max(len(done) // max(count, 1), 1)
    chosen = [job for run in runs for job in find_jobs(study, run)] or done[::step][:count]
    different = []
    for job in chosen:
        outcome = perform(job, means)
        if not outcome.done:
            raise MekongError(
                f"a run that was done cannot be repeated: {outcome.error}", where=job.part
            )
        for table in ("runs", "series"):
            path = store.path(table, job.part)
            if not path.is_file() or path.read_bytes() != outcome.files.get(table):
                different.append(f"{table}/{job.part}")
    return Verified(
        parts=sum(state != MISSING for state in states.values()),
        damaged=tuple(part for part, state in states.items() if state == DAMAGED),
        repeated=len(chosen),
        different=tuple(different),
    )


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
        raise InputError("no shards are given", todo="mekong merge OUT SHARD SHARD ...")
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
    _prepare(folder, whole)
    target, damaged = Store(folder), []
    with FolderLock(folder):
        design = shards[0] / DESIGN
        if design.is_file():
            write_bytes(folder / DESIGN, design.read_bytes())
        for shard in shards:
            damaged += _copy(Store(shard), target)
    runs = target.runs()
    failed = int((runs["status"] == FAILED).sum()) if len(runs) else 0
    return Merged(len(runs), failed, int(whole["runs"]) - len(runs), tuple(damaged))


def _as_whole(record: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest of a shard as that of the whole study."""
    whole = {**record, "shard": str(Shard()), "runs": record["runs_of_study"]}
    whole["study"] = digest({key: whole[key] for key in IDENTITY})[:8]
    return whole


def _prepare(folder: Path, whole: Mapping[str, Any]) -> None:
    if (folder / MANIFEST).is_file():
        unlike = differences(read_manifest(folder), whole)
        if unlike:
            raise OutputError(
                "the output folder holds another study: it differs in " + "; ".join(unlike),
                where=str(folder),
                todo="merge into a new folder",
            )
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(
            "the output exists and is not a study", where=str(folder), todo="name a new folder"
        )
    write_manifest(folder, whole)


def _copy(source: Store, target: Store) -> list[str]:
    """Copy the runs that the target lacks; returns those that are damaged."""
    damaged = []
    for path in source.parts("runs"):
        state = source.state(path.name)
        if state not in (DONE, FAILED):
            damaged.append(path.name)
        elif target.state(path.name) != DONE:
            files = {
                table: source.path(table, path.name).read_bytes()
                for table in TABLES
                if source.path(table, path.name).is_file()
            }
            target.keep(Outcome(path.name, files, "" if state == DONE else FAILED))
    return damaged
