"""Doing runs: failures, damaged parts, a full disk, workers that die, stopping when it is enough.

The runs here are made up; `test_sweep.py` has real ones.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.analysis.sweep import Sweep, read_study, run_study
from sim.errors import InputError, MekongError, OutputError
from sim.experiments.execution import executors as pools
from sim.experiments.execution import runner
from sim.experiments.execution.execute import FAILED_LIST
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.plan import USABLE, compiled_threads, plan
from sim.experiments.execution.runner import run_jobs
from sim.experiments.run import Job
from sim.experiments.storage import atomic_write as writing
from sim.experiments.storage.store import DAMAGED, Store
from sim.experiments.study import Study
from sim.model.footprint import footprint, kept_bytes
from tests.helpers.made_up import made_up, prepared, two_scenarios
from tests.unit.experiments.test_store import Failing, contents

STUDY = """
title = "Made up"
scenarios = ["baseline", "broadband"]
scale = 100000
seeds = 4
[design]
kind = "grid"
[inputs]
"levers.broadband_investment.level" = [1, 4]
"""


def made_study(folder: Path, text: str = STUDY, **options: float) -> Study:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return read_study(path, until_se=options.get("until_se"))


class Counting:
    """Notes which runs are done."""

    def __init__(self) -> None:
        self.runs: list[str] = []

    def __call__(self, job: Job, options: RunOptions) -> pd.DataFrame:
        self.runs.append(job.run)
        return made_up(job, options)


def test_a_damaged_part_is_noticed_and_done_again(tmp_path: Path) -> None:
    study = made_study(tmp_path)
    folder = tmp_path / "out"
    run_study(study, RunOptions(), folder, simulator=made_up)
    before = contents(folder)
    store = Store(folder)
    jobs = study.jobs[:4]
    one, two, three, four = (job.part for job in jobs)
    series = bytearray(store.path("series", one).read_bytes())
    series[len(series) // 2] ^= 1
    store.path("series", one).write_bytes(bytes(series))
    store.path("runs", two).write_bytes(b"")
    store.path("series", three).unlink()
    store.path("series", four).write_bytes(store.path("series", one).read_bytes())
    assert [store.state(job) for job in jobs] == [DAMAGED] * 4
    counting = Counting()
    run_study(study, RunOptions(), folder, simulator=counting)
    assert counting.runs == [job.run for job in study.jobs[:4]]
    assert contents(folder) == before


def test_a_damaged_part_is_not_read_in_silence(tmp_path: Path) -> None:
    study = made_study(tmp_path)
    folder = tmp_path / "out"
    run_study(study, RunOptions(), folder, simulator=made_up)
    part = Store(folder).parts("series")[0]
    part.write_bytes(part.read_bytes()[:-20])
    with pytest.raises(OutputError, match="cannot be read") as caught:
        Sweep(folder)
    assert f"series/{part.name}" in str(caught.value)


def test_a_full_disk_loses_nothing_that_was_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = made_study(tmp_path)
    run_study(study, RunOptions(), tmp_path / "whole", simulator=made_up)
    folder, space = tmp_path / "out", 10  # files; each run takes three

    def full(handle: int, sync: object = os.fsync) -> None:
        nonlocal space
        space -= 1
        if space < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(writing.os, "fsync", full)
        with pytest.raises(OutputError, match="No space left on device") as caught:
            run_study(study, RunOptions(), folder, simulator=made_up)
    assert "finished runs are kept" in str(caught.value)
    assert len(Store(folder).runs()) == 2  # manifest and design took two files
    assert not list(folder.rglob("*.tmp"))
    run_study(study, RunOptions(), folder, simulator=made_up)
    assert contents(folder) == contents(tmp_path / "whole")


def test_a_failed_run_keeps_the_others_and_says_how_to_repeat_it(tmp_path: Path) -> None:
    study = made_study(tmp_path)
    folder = tmp_path / "my résults"
    run_study(study, RunOptions(), folder, simulator=Failing(2))
    runs = Store(folder).runs()
    assert sorted(runs.loc[runs["status"] == "failed", "seed"]) == [2, 2, 2]
    assert (runs["status"] == "done").sum() == 9
    listed = pd.read_csv(folder / FAILED_LIST)
    assert set(listed["error"]) == {"ArithmeticError: it went wrong"}
    assert listed["command"][0] == f"mekong study rerun 'my résults' {listed['run'][0]}"
    with pytest.raises(MekongError, match="3 of 12 runs are not there: 3 failed"):
        Sweep(folder)
    dropped = Sweep(folder, missing="drop")
    assert set(dropped.points["runs"]) == {3}
    # Failed runs are done again, unless they are to be left alone.
    counting = Counting()
    run_study(study, RunOptions(), folder, simulator=counting, retry_failed=False)
    assert counting.runs == []
    run_study(study, RunOptions(), folder, simulator=counting)
    assert len(counting.runs) == 3
    assert not (folder / FAILED_LIST).exists()
    assert set(Sweep(folder).points["runs"]) == {4}


def test_the_first_failure_can_end_a_study(tmp_path: Path) -> None:
    study = made_study(tmp_path)
    with pytest.raises(MekongError, match="it went wrong"):
        run_study(study, RunOptions(), tmp_path / "out", simulator=Failing(2), stop=True)
    runs = Store(tmp_path / "out").runs()
    # the three runs of the first seed, which share their past
    assert (runs["status"] == "failed").sum() == 1 and (runs["status"] == "done").sum() == 3


def test_short_runs_of_one_draw_go_to_a_worker_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is solved for a draw is then solved once; towards the end only pairs stay together."""
    study, _, store = prepared(tmp_path / "out", two_scenarios(seeds=4, draws=5))
    handed: list[list[tuple[int, int]]] = []

    class Noting(pools.Pool):
        window = 2

        def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
            handed.append([(job.draw, job.seed) for job in arguments[0]])
            return super().submit(function, *arguments)

    monkeypatch.setattr(runner, "pool_of", lambda options, jobs: Noting())
    run_jobs(study.jobs, RunOptions(workers=2), store, None, made_up)
    assert all(len({draw for draw, _ in each}) == 1 for each in handed)
    sizes = [len(each) for each in handed]
    assert max(sizes) > 1 and sizes[-4:] == [2, 2, 2, 2] and sum(sizes) == 40
    assert len(store.runs()) == 40


class Dying:
    """Ends its own process, as the system does to one that takes too much memory."""

    def __init__(self, marks: Path, times: int, after: Path | None = None) -> None:
        self.marks, self.times, self.after = marks, times, after

    def __call__(self, job: Job, options: RunOptions) -> pd.DataFrame:
        if job.seed == 2 and job.scenario.name == "policy":
            deaths = len(list(self.marks.iterdir()))
            while self.after is not None and len(list(self.after.glob("[!.]*"))) < 3:
                time.sleep(0.05)  # until the other runs are kept
            if deaths < self.times:
                (self.marks / str(deaths)).touch()
                os._exit(9)
        return made_up(job, options)


def test_a_worker_that_always_dies_costs_its_run_at_most(tmp_path: Path) -> None:
    times, marks = 3, tmp_path / "marks"
    marks.mkdir()
    study, _, store = prepared(tmp_path / "out", two_scenarios(seeds=6))
    said: list[str] = []

    class Shown:
        def __call__(self, done: int, total: int, failed: int) -> None:
            pass

        def say(self, text: str) -> None:
            said.append(text)

    failed = run_jobs(study.jobs, RunOptions(workers=2), store, Shown(), Dying(marks, times))
    assert len(said) == times and "a worker process died" in said[0]
    runs = store.runs()
    assert len(runs) == 12
    bad = runs[runs["status"] == "failed"]
    assert ("policy", 2) in set(zip(bad["scenario"], bad["seed"], strict=True))
    assert len(bad) == failed <= 4  # no more than what two workers had in hand
    assert "died" in store.log().set_index("run").loc[bad["run"].iloc[0], "error"]


def test_a_run_that_kills_its_worker_is_never_tried_in_this_process(tmp_path: Path) -> None:
    """It is the last that is missing: after the first death, and when it is asked for again."""
    marks = tmp_path / "marks"
    marks.mkdir()
    study, _, store = prepared(tmp_path / "out", two_scenarios(seeds=2))
    last = list(study.jobs)
    killer = last[-1]
    assert (killer.scenario.name, killer.seed) == ("policy", 2)
    dying = Dying(marks, 4, after=store.folder / "runs")
    assert run_jobs(last, RunOptions(workers=2), store, None, dying) == 1
    assert len(store.runs()) == 4 and store.attempts(killer) > 0
    assert run_jobs(last, RunOptions(workers=2), store, None, dying) == 0
    assert len(list(marks.iterdir())) == 4


def test_a_study_stops_when_the_paired_difference_is_exact_enough(tmp_path: Path) -> None:
    """In made-up runs the effect on the ratio is 10 / (100 + seed), known to the last digit."""
    seeds = [seed + 400 * (number % 2) for number, seed in enumerate(range(1, 31))]
    effects = pd.Series([10.0 / (100 + seed) for seed in seeds])
    errors = {k: effects[:k].std() / k**0.5 for k in range(5, 31)}
    wanted = (errors[9] + errors[10]) / 2
    assert next(k for k, error in errors.items() if error <= wanted) == 10
    text = STUDY.replace("seeds = 4", f"seeds = {seeds}")
    study = made_study(tmp_path, text, until_se=wanted)
    run_study(study, RunOptions(), tmp_path / "out", simulator=made_up, until_se=wanted)
    result = Sweep(tmp_path / "out")
    assert result.manifest["stopped"]["seeds"] == 10
    assert result.manifest["stopped"]["standard_error"] == pytest.approx(errors[10])
    assert set(result.points["runs"]) == {10}
    found = result.points[result.points["scenario"] == "broadband"]
    assert found["effect_ratio_se"].max() == pytest.approx(errors[10])
    counting = Counting()
    run_study(study, RunOptions(), tmp_path / "out", simulator=counting, until_se=wanted)
    assert counting.runs == []


def test_more_than_the_machine_has_is_refused() -> None:
    with pytest.raises(InputError, match="a run at scale 1 needs about"):
        plan(1, 1, free=4e9)
    with pytest.raises(InputError, match="more than the"):
        plan(5000, 100, workers=1000)
    with pytest.raises(InputError, match="runs at a time need"):
        plan(200, 100, workers=2, free=0.35e9)
    most = compiled_threads()
    assert plan(5000, 1, threads=most).threads == most
    with pytest.raises(InputError, match="threads requested, "):
        plan(5000, 1, threads=most + 1)
    assert plan(5000, 1, threads=most + 1, free=float("inf")).threads == most + 1  # a cluster's
    many = plan(5000, 1000, workers=None, free=1e12)
    assert many.workers * many.threads <= (os.cpu_count() or 1)
    both = footprint(1000, 64, 1).bytes + kept_bytes(1000)
    assert plan(1000, 10, 1, free=1.01 * both / USABLE).keeps_pasts
    tight = plan(1000, 10, 1, free=0.99 * both / USABLE)
    assert not tight.keeps_pasts and tight.bytes < both
    assert not plan(1000, 1, 1).keeps_pasts
    assert plan(20000, 2, workers=None).workers == 1  # starting a second process would take longer
