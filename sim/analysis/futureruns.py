"""The runs of `mekong robustness`: one folder for each combination of outside paths."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.analysis.futures import FUTURES, Future, futures, studies
from sim.analysis.mixfolder import default_folder, note
from sim.analysis.ranked import left_out_sentence, measured_part
from sim.analysis.sweep import means_for, run_study
from sim.errors import InputError
from sim.experiments.folder import open_folder
from sim.experiments.runner import Progress, Simulate, simulate
from sim.experiments.study import Study, build_study, manifest
from sim.scenario import Scenario, load_scenario
from sim.scenario.resolved import DEFAULT_BASELINE as BASELINE

INSIDE = "futures"  # the folder with the runs


def robustness_studies(
    mixes: Sequence[str | Path | Scenario],
    *,
    baseline: str | None = None,
    count: int = FUTURES,
    seeds: int | Sequence[int] = 1,
    scale: int = 50_000,
    seed: int = 1,
) -> tuple[Study, dict[str, Study], dict[str, Any]]:
    """The study as a whole, its parts by folder, what the folder must know. Raises InputError."""
    loaded: list[Scenario] = []
    notes: list[str] = []
    for name in mixes:
        mix = name if isinstance(name, Scenario) else load_scenario(name)
        mix, left_out = measured_part(mix)
        notes += [text for text in (left_out_sentence(mix.name, left_out),) if text]
        loaded.append(mix)
    if len(loaded) < 2:
        raise InputError("regret needs two or more mixes", allowed="such as broadband anti_scam")
    base = load_scenario(baseline or BASELINE)
    wanted: list[Future] = futures(count, seed)
    whole = build_study([base, *loaded], seeds=seeds, draws=count, scale=scale)
    parts = studies(loaded, base, wanted, seeds, scale)
    about = {
        "mixes": [mix.name for mix in loaded],
        "futures": count,
        "seed": seed,
        "folders": list(parts),
        "notes": notes,
    }
    return whole, parts, about


def conduct_futures(
    whole: Study,
    parts: dict[str, Study],
    about: dict[str, Any],
    out: str | Path | None,
    *,
    workers: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    simulator: Simulate = simulate,
    command: str = "mekong robustness",
) -> Path:
    """Do all runs that the folder lacks; returns it. Raises OutputError for another study's."""
    folder = Path(out) if out is not None else default_folder(whole, "robustness")
    total = sum(len(part.jobs) for part in parts.values())
    record = manifest(whole, "compiled", threads, command)
    open_folder(folder, whole, {**record, "runs": total, "runs_of_study": total})
    note(folder, "robustness", about)
    done = 0
    for name, part in parts.items():
        run_study(
            part,
            means_for(part, workers or 1, threads, None, "compiled"),
            folder / INSIDE / name,
            progress=_Part(progress, done, total) if progress is not None else None,
            simulator=simulator,
            retry_failed=True,
            command=command,
        )
        done += len(part.jobs)
    return folder


class _Part:
    """Progress of one of several studies as that of all."""

    def __init__(self, progress: Progress, before: int, total: int) -> None:
        self._progress, self._before, self._total = progress, before, total

    def __call__(self, done: int, total: int, failed: int) -> None:
        self._progress(self._before + done, self._total, failed)
