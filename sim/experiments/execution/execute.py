"""From a study to a folder with all its runs: the one way in which runs are done and kept."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.errors import MekongError
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.progress import Progress
from sim.experiments.execution.runner import Enough, Simulate, run_jobs, simulate
from sim.experiments.own_rules.loading import check_rules
from sim.experiments.storage.atomic_write import write_text
from sim.experiments.storage.csv_cells import safe_frame
from sim.experiments.storage.folder import COMPLETE, note, opened
from sim.experiments.storage.part_files import DONE, FAILED
from sim.experiments.storage.store import Store
from sim.experiments.storage.system_errors import refuse_missing_codec
from sim.experiments.study import Study
from sim.rows import rows_where

FAILED_LIST = "failed.csv"
REFUSE, DROP = "refuse", "drop"  # what to do about runs that are not there


def carry_out(
    study: Study,
    options: RunOptions,
    folder: Path,
    record: Mapping[str, Any],
    *,
    progress: Progress | None = None,
    simulator: Simulate = simulate,
    retry_failed: bool = True,
    stop: bool = False,
    enough: Enough | None = None,
) -> Store:
    """Do the runs that the folder does not hold yet; `record` is the manifest of a new folder.

    Raises InputError before anything runs, OutputError for trouble with the folder; see `run_jobs`.
    """
    check_rules(options)
    if not options.here:
        options.of_worker()  # rules that cannot be sent are refused now
    refuse_missing_codec()
    store = Store(folder)
    design = study.design.as_csv() if study.design.inputs else ""
    with opened(folder, record, design):
        run_jobs(
            study.jobs,
            options,
            store,
            progress,
            simulator,
            retry_failed=retry_failed,
            stop=stop,
            enough=enough,
        )
        _list_failed(store)
        if len(store.statuses()) >= len(study.jobs):
            note(folder, {COMPLETE: True})
    return store


def rerun_command(folder: Path, run: str) -> str:
    """What a person types to see a run fail again, in the folder above the results."""
    return f"mekong study rerun {shlex.quote(folder.name)} {run}"


def _list_failed(store: Store) -> None:
    """`failed.csv`: the runs that failed, each with its error and the command that repeats it."""
    path = store.folder / FAILED_LIST
    if not store.failed:
        path.unlink(missing_ok=True)
        return
    runs = store.runs()
    bad = rows_where(runs, status=FAILED)
    log = store.log()
    errors = dict(zip(log["run"], log["error"], strict=True))  # a run may stand for two scenarios
    frame = bad[["run", "scenario", "design_point", "seed", "draw"]].copy()
    frame["error"] = [errors.get(run, "") for run in frame["run"]]
    frame["command"] = [rerun_command(store.folder, run) for run in frame["run"]]
    write_text(path, safe_frame(frame).to_csv(index=False, lineterminator="\n"))


def refuse_missing(store: Store, manifest: Mapping[str, Any], missing: str = REFUSE) -> None:
    """Say so when runs failed or were not done yet, unless they are to be dropped.

    Raises MekongError.
    """
    if missing == DROP:
        return
    wanted = int(manifest.get("stopped", {}).get("runs", manifest["runs"]))
    store.warn()
    statuses = list(store.statuses().values())
    done = statuses.count(DONE)
    failed = len(statuses) - done
    if done >= wanted:
        return
    absent = wanted - len(statuses)
    parts = [f"{failed} failed"] * bool(failed) + [f"{absent} not done yet"] * (absent > 0)
    raise MekongError(
        f"{wanted - done} of {wanted} runs are not there: {', '.join(parts)}",
        where=store.folder.name,
        todo="do them (the same command, with --retry-failed), or say --missing drop: then every "
        "comparison that lacks one of its two runs is left out",
    )
