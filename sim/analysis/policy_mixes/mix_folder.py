"""The folder of a comparison of mixes: its runs, done or read, and what its manifest says of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.analysis.policy_mixes.mix_outcomes import mix_numbers
from sim.analysis.sweep import options_for, run_study
from sim.errors import InputError, MekongError
from sim.experiments.execution.executors import same_workers
from sim.experiments.execution.progress import Overall, Progress
from sim.experiments.execution.runner import Simulate, simulate
from sim.experiments.storage.folder import (
    HOLDER,
    INSIDE,
    INSIDE_COMPLETE,
    claim,
    note,
    opened,
    read_manifest,
    strangers,
)
from sim.experiments.storage.local_path import local_path, output_folder
from sim.experiments.storage.lock import FolderLock
from sim.experiments.storage.store import Store, warn_foreign
from sim.experiments.study import Study, manifest

PARTS = "parts"


def default_folder(study: Study, verb: str, name: str = "") -> Path:
    """Where results go when nothing is said."""
    words = study.folder_name(verb) if not name else f"{verb}-{name}-{study.short_hash()}"
    return Path("results") / words


def conduct(
    study: Study,
    verb: str,
    kind: str,
    about: dict[str, Any],
    out: str | Path | None,
    *,
    workers: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    simulator: Simulate = simulate,
    command: str = "",
) -> Path:
    """Do the runs of a study that its folder lacks, failed ones again; returns the folder.

    `about` is kept in its manifest: what tables of this kind are made with.
    """
    folder = output_folder(out) if out is not None else default_folder(study, verb)
    options = options_for(study, workers, threads, None, "compiled")
    run_study(
        study,
        options,
        folder,
        progress=progress,
        simulator=simulator,
        command=command or f"mekong mix {verb}",
    )
    with FolderLock(folder):
        claim(folder, kind, about)
    return folder


def conduct_parts(
    whole: Study,
    parts: Mapping[str, Study],
    verb: str,
    about: dict[str, Any],
    out: str | Path | None,
    *,
    workers: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    simulator: Simulate = simulate,
    command: str = "",
) -> Path:
    """The same for a study that is done as several, each in a folder of its name under `parts/`.

    `whole` says what belongs together; `about` is kept as by `conduct`. Raises OutputError for the
    folder of another study.
    """
    folder = output_folder(out) if out is not None else default_folder(whole, verb)
    total = sum(len(part.jobs) for part in parts.values())
    words = command or f"mekong mix {verb}"
    record = {**manifest(whole, "compiled", threads, words), "runs": total, "runs_of_study": total}
    inside = {f"{PARTS}/{name}": len(part.jobs) for name, part in parts.items()}
    record |= {HOLDER: True, INSIDE: inside}
    with opened(folder, record), same_workers():
        claim(folder, verb, about)
        note(folder, {INSIDE: {**read_manifest(folder).get(INSIDE, {}), **inside}})
        shown = Overall(progress, total)
        for name, part in parts.items():
            run_study(
                part,
                options_for(part, workers, threads, None, "compiled", total),
                folder / PARTS / name,
                progress=shown,
                simulator=simulator,
                command=words,
            )
            shown.next_part()
        note(folder, {INSIDE_COMPLETE: True})
    return folder


class MixFolder:
    """A folder read back: `about` is what its manifest keeps.

    Raises InputError for another kind.
    """

    def __init__(self, folder: str | Path, kind: str) -> None:
        self.folder = local_path(folder)
        self.manifest: dict[str, Any] = read_manifest(self.folder)
        if kind not in self.manifest:
            raise InputError(
                f"this result has no {kind}",
                where=str(folder),
                allowed="a folder that the command of that name has made",
            )
        self.about: dict[str, Any] = self.manifest[kind]
        self.baseline: str = self.manifest["baseline"]
        inside = [self.folder / name for name in self.manifest.get(INSIDE, ())]
        others = strangers(self.folder, self.manifest)
        if others:
            warn_foreign(self.folder, others)
        self.stores = [Store(path) for path in inside or [self.folder]]
        self.failed = sum(store.failed for store in self.stores)

    @property
    def seeds(self) -> int:
        """How many seeds."""
        return len(self.manifest["seeds"])

    @property
    def draws(self) -> int:
        """How many parameter draws; 0 for the central values."""
        return len([draw for draw in self.manifest["draws"] if draw])

    @property
    def scale(self) -> int:
        """People that one agent represents."""
        return int(self.manifest["scale"])

    def numbers(self) -> pd.DataFrame:
        """The numbers of every finished run, see `mix_numbers`."""
        found = [frame for frame in map(mix_numbers, self.stores) if len(frame)]
        if not found:
            raise self.incomplete("no run has finished")
        return pd.concat(found, ignore_index=True)

    def incomplete(self, what: str) -> MekongError:
        """The error for runs that are not there."""
        return MekongError(
            f"{what}: {self.failed} runs failed",
            where=str(self.folder),
            todo="the same command does what is missing; log/ has the errors",
        )
