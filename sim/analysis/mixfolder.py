"""The folder of a comparison of mixes: its runs, done or read, and what its manifest says of it."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.analysis.mixnumbers import mix_numbers
from sim.analysis.sweep import means_for, run_study
from sim.errors import InputError, MekongError
from sim.experiments.folder import read_manifest, write_manifest
from sim.experiments.parts import FAILED
from sim.experiments.runner import Progress, Simulate, simulate
from sim.experiments.store import Store
from sim.experiments.study import Study

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def default_folder(study: Study, verb: str, name: str = "") -> Path:
    """Where results go when nothing is said."""
    words = study.folder_name(verb) if not name else f"{verb}-{name}-{study.short_hash()}"
    return Path("results") / words


def conduct(
    study: Study,
    verb: str,
    out: str | Path | None,
    *,
    workers: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    simulator: Simulate = simulate,
    command: str = "",
) -> Path:
    """Do the runs of a study that its folder lacks, failed ones again; returns the folder."""
    folder = Path(out) if out is not None else default_folder(study, verb)
    means = means_for(study, workers, threads, None, "compiled")
    run_study(
        study,
        means,
        folder,
        progress=progress,
        simulator=simulator,
        retry_failed=True,
        command=command or f"mekong {verb}",
    )
    return folder


def note(folder: Path, kind: str, about: dict[str, Any]) -> None:
    """Keep in the manifest what the tables of a kind are made with."""
    record = read_manifest(folder)
    if record.get(kind) != about:
        write_manifest(folder, {**record, kind: about})


class MixFolder:
    """A folder read back: `about` is what `note` kept. Raises InputError for another kind."""

    def __init__(self, folder: str | Path, kind: str) -> None:
        self.folder = Path(folder)
        self.manifest: dict[str, Any] = read_manifest(self.folder)
        if kind not in self.manifest:
            raise InputError(
                f"this result has no {kind}",
                where=str(folder),
                allowed="a folder that the command of that name has made",
            )
        self.about: dict[str, Any] = self.manifest[kind]
        self.store = Store(self.folder)
        self.baseline: str = self.manifest["baseline"]
        self.runs = self.store.runs()
        self.failed = int((self.runs["status"] == FAILED).sum()) if len(self.runs) else 0

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
        """People that one agent stands for."""
        return int(self.manifest["scale"])

    def numbers(self) -> pd.DataFrame:
        """The numbers of every finished run, see `mix_numbers`."""
        return mix_numbers(self.store)

    def incomplete(self, what: str) -> MekongError:
        """The error for runs that are not there."""
        return MekongError(
            f"{what}: {self.failed} runs failed",
            where=str(self.folder),
            todo="the same command does what is missing; log/ has the errors",
        )

    def save_figure(self, figure: Figure, name: str) -> None:
        """Write one figure as PNG and SVG."""
        save = importlib.import_module("sim.figures.style").save
        save(figure, self.folder / "figures" / name)
