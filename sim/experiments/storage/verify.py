"""Whether a result folder is what was made: every file read, every run counted, some repeated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sim.errors import InputError, MekongError
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.runner import perform
from sim.experiments.replay import find_jobs, study_in
from sim.experiments.run import Job
from sim.experiments.storage.folder import (
    COMPLETE,
    HOLDER,
    INSIDE,
    INSIDE_COMPLETE,
    MANIFEST,
    OPEN_ENDED,
    read_manifest,
    strangers,
)
from sim.experiments.storage.part_files import DONE, FAILED
from sim.experiments.storage.store import DAMAGED, MISSING, Store
from sim.experiments.study import Study


@dataclass
class Verified:
    """What `verify` found; `parts` are runs that are there, `wanted` those that should be.

    `gone` are runs that were there once, `not_done` those that a study which was never finished
    still lacks. `foreign` are files that belong to no run.
    """

    wanted: int = 0
    parts: int = 0
    failed: int = 0
    gone: int = 0
    not_done: int = 0
    repeated: int = 0
    damaged: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether the folder is as it was made."""
        return not (self.gone or self.damaged or self.foreign or self.different)


def verify(folder: Path, options: RunOptions, runs: Sequence[str] = (), count: int = 1) -> Verified:
    """Read every file of every run, then repeat some runs and compare them byte by byte.

    `runs` names them, else `count` runs spread over the study are taken. Folders of studies that
    belong to this one are verified with it. Raises MekongError where a run fails now.
    """
    found = Verified()
    done: list[tuple[Store, Job]] = []
    chosen: list[tuple[Store, Job]] = []
    unknown: list[InputError] = []
    for inner, prefix in _folders(folder, found):
        study, store = study_in(inner, options.rules), Store(inner)
        done += [(store, job) for job in _count(found, study, store, prefix)]
        for run in runs:
            try:
                chosen += [(store, job) for job in find_jobs(study, run)]
            except InputError as error:
                unknown.append(error)
    if runs and not chosen:
        raise unknown[0]
    step = max(len(done) // max(count, 1), 1)
    for store, job in chosen or done[::step][:count]:
        outcome = perform(job, options)
        if not outcome.done:
            raise MekongError(
                f"a run that was done cannot be repeated: {outcome.error}", where=job.part
            )
        found.repeated += 1
        for table in ("runs", "series"):
            path = store.path(table, job.part)
            if not path.is_file() or path.read_bytes() != outcome.files.get(table):
                found.different.append(f"{table}/{job.part}")
    return found


def _folders(folder: Path, found: Verified) -> Iterator[tuple[Path, str]]:
    """The folders that hold runs: this one, unless others hold them for it, and those inside."""
    record = read_manifest(folder)
    if not record.get(HOLDER):
        yield folder, ""
    found.foreign += strangers(folder, record)
    for name, runs in record.get(INSIDE, {}).items():
        if (folder / name / MANIFEST).is_file():
            yield folder / name, f"{name}/"
        else:
            found.wanted += runs
            found.gone += runs if record.get(INSIDE_COMPLETE) else 0
            found.not_done += 0 if record.get(INSIDE_COMPLETE) else runs


def _count(found: Verified, study: Study, store: Store, prefix: str) -> list[Job]:
    """Add what one folder holds; returns the jobs that are done and whole."""
    record = read_manifest(store.folder)
    jobs = {job.part: job for job in study.jobs}
    if record.get(OPEN_ENDED):  # its runs were found while running: those that are there count
        states, known = store.states(), None
    else:
        states, known = {part: store.state(job) for part, job in jobs.items()}, frozenset(jobs)
    stopped = record.get("stopped")
    wanted = int(stopped["runs"]) if stopped else len(states)
    there = sum(state != MISSING for state in states.values())
    # A killed program leaves at most one series without its row.
    without_row = sum(
        state == MISSING and store.path("series", part).is_file() for part, state in states.items()
    )
    lacking = max(wanted - there, 0)
    complete = bool(stopped or record.get(COMPLETE)) or without_row > 1
    found.wanted += wanted
    found.parts += there
    found.failed += sum(state == FAILED for state in states.values())
    found.gone += lacking if complete else 0
    found.not_done += 0 if complete else lacking
    found.damaged += [prefix + part for part, state in states.items() if state == DAMAGED]
    found.foreign += [prefix + name for name in store.foreign(known)]
    return [jobs[part] for part, state in states.items() if state == DONE and part in jobs]
