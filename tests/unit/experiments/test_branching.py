"""Runs that share their past give the same bytes as runs from the beginning."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim.experiments.execution.branching as branching
from sim.agents.consumer import consumer_quarter
from sim.analysis.comparison.result import Comparison
from sim.analysis.kpis import scorecard
from sim.analysis.policy_mixes.coalitions import incentives
from sim.analysis.preview import Preview, panel_of
from sim.analysis.thresholds.threshold import threshold
from sim.errors import OutputError
from sim.experiments.execution.branching import Pasts, SharedPasts, first_lever, new_model
from sim.experiments.execution.executors import Pool
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.runner import perform, run_jobs
from sim.experiments.run import Job
from sim.experiments.storage.store import Store
from sim.experiments.study import Study, build_study
from sim.model.footprint import MOST_KEPT_BYTES, kept_bytes
from sim.model.model import MekongModel
from sim.report.writer import save
from sim.scenario import Scenario, load_scenario
from sim.units import quarter_index
from tests.helpers.made_up import finished, made_up, policy, scenario, two_scenarios

SCALE = 200_000
BEGINS = quarter_index("2026Q1")


def job_of(wanted: Scenario, seed: int = 3, draw: int = 0) -> Job:
    return Job(wanted, wanted.baseline, seed, draw, SCALE)


def branched(pasts: Pasts, job: Job, branch: int = BEGINS) -> pd.DataFrame:
    return pasts.model(job, RunOptions(threads=1, branch=branch)).run().indicators()


def whole(job: Job) -> pd.DataFrame:
    model = MekongModel(job.scenario, seed=job.seed, scale=SCALE, parameters=job.parameters)
    return model.run().indicators()


@pytest.mark.parametrize(
    ("name", "draw"),
    [
        *(("baseline", 7), ("coordinated", 7), ("everything", 0), ("crackdown_khm", 7)),
        *(("coordinated_reactive", 7), ("talks_treaty", 7), ("task_force", 7)),
    ],
)
def test_a_branch_is_the_run_itself(name: str, draw: int) -> None:
    wanted = load_scenario(name)
    pasts = Pasts(1)
    others = replace(wanted, levers=load_scenario("broadband").levers)
    branched(pasts, job_of(others, draw=draw))  # leaves no trace in the past
    job = job_of(wanted, draw=draw)
    pd.testing.assert_frame_equal(branched(pasts, job), whole(job), check_exact=True)


@pytest.mark.parametrize("start", ["2015Q1", "2019Q3"])
def test_a_lever_that_begins_early_is_met_in_time(start: str) -> None:
    plain = load_scenario("broadband")
    blocks = plain.levers["broadband_investment"]
    early = replace(
        plain,
        levers={
            "broadband_investment": tuple(replace(s, start=quarter_index(start)) for s in blocks)
        },
    )
    assert first_lever(early) == quarter_index(start)
    pasts = Pasts(2)
    branched(pasts, job_of(plain))  # the past that is kept is already beyond the early start
    pd.testing.assert_frame_equal(
        branched(pasts, job_of(early)), whole(job_of(early)), check_exact=True
    )
    pd.testing.assert_frame_equal(
        branched(pasts, job_of(plain)), whole(job_of(plain)), check_exact=True
    )


def test_runs_share_a_past_only_where_nothing_but_levers_differs() -> None:
    plain, mix = load_scenario("baseline"), load_scenario("coordinated")
    low = replace(plain, paths=plain.paths | {"growth": "low"})
    set_apart = replace(plain, parameters={"imitation": 0.5})
    jobs = [job_of(plain), job_of(low), job_of(mix, seed=4), job_of(mix), job_of(set_apart)]
    jobs += [job_of(plain, draw=1), replace(jobs[0], changes=(("innovation", 0.01),))]
    shared = SharedPasts(enumerate(jobs))
    assert [shared.branch(job) for job in jobs] == [BEGINS, None, None, BEGINS, None, None, None]
    assert shared.numbers == [0, 3, 1, 2, 4, 5, 6]


def test_the_branch_is_the_earliest_start_of_any_lever() -> None:
    mix = load_scenario("coordinated")
    later = {n: tuple(replace(s, start=s.start + 8) for s in b) for n, b in mix.levers.items()}
    late = replace(mix, name="late", levers=later)
    for together, quarter in (
        ([mix, late], BEGINS),
        ([late, load_scenario("baseline")], BEGINS + 8),
    ):
        shared = SharedPasts(enumerate(job_of(each) for each in together))
        assert {shared.branch(job_of(each)) for each in together} == {quarter}


def test_only_so_many_pasts_are_kept_and_none_that_is_large() -> None:
    pasts = Pasts(1)
    for seed in (1, 2):
        branched(pasts, job_of(load_scenario("baseline"), seed))
    assert [key[0] for key in pasts._kept] == [2]
    pasts.clear()
    assert not pasts._kept
    assert kept_bytes(1) == 0 and 0 < kept_bytes(1000) < 25_000_000 < MOST_KEPT_BYTES
    jobs = [replace(job_of(load_scenario(n)), scale=1) for n in ("baseline", "coordinated")]
    assert SharedPasts(enumerate(jobs)).branch(jobs[0]) is None


def files_of(study: Study, folder: Path, options: RunOptions) -> dict[str, bytes]:
    folder.mkdir()
    assert run_jobs(study.jobs, options, Store(folder)) == 0
    parts = [path for table in ("runs", "series") for path in (folder / table).iterdir()]
    return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in parts}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_study_has_the_same_bytes_with_and_without_branches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    names = ["baseline", "coordinated", "crackdown_khm", "talks_pairs"]
    study = build_study(names, seeds=2, draws=2, scale=SCALE)
    steps = counted_steps(monkeypatch)
    branches = files_of(study, tmp_path / "branches", RunOptions(threads=1, workers=workers))
    fewer = len(steps)
    monkeypatch.setattr(branching, "kept_bytes", lambda scale: 0)
    steps.clear()
    assert files_of(study, tmp_path / "whole", RunOptions(threads=1)) == branches
    # 16 runs of 64 quarters; three of four share 44 quarters, talks begin from other assumptions
    assert len(steps) == 16 * 64
    assert workers > 1 or fewer == 4 * (2 * 64 + 2 * 20)


def counted_steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A list that grows by one with every quarter that a model of a study lives through here."""
    steps: list[int] = []
    step = MekongModel.people_live

    def counting(model: MekongModel) -> None:
        if model.trade_sector is not None:  # not the years to which preferences are solved
            steps.append(model.next_quarter)
        step(model)

    monkeypatch.setattr(MekongModel, "people_live", counting)
    return steps


def small_scorecard() -> pd.DataFrame:
    return scorecard(["baseline", "coordinated", "anti_scam"], seeds=2, scale=SCALE, threads=1)


def small_game() -> pd.DataFrame:
    return incentives("crackdown", ["KHM", "MMR", "THA"], seeds=2, draws=0, scale=20_000, threads=1)


def small_threshold() -> pd.DataFrame:
    lever = "anti_scam_enforcement"
    found = threshold(lever, country="THA", measure="real_usd", seeds=1, scale=SCALE, threads=1)
    return found.points


@pytest.mark.parametrize("command", [small_scorecard, small_game, small_threshold])
def test_commands_that_decide_on_runs_as_they_go_share_pasts_too(
    command: Callable[[], pd.DataFrame], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    steps = counted_steps(monkeypatch)
    shared = command()
    fewer = len(steps)
    steps.clear()
    for path in tmp_path.rglob("*"):
        if path.name == "results":
            shutil.rmtree(path)
            break
    monkeypatch.setattr(Pasts, "model", lambda self, job, options: new_model(job, options))
    pd.testing.assert_frame_equal(command(), shared, check_exact=True)
    assert fewer < 0.75 * len(steps)


def test_a_job_whose_past_fails_tells_its_own_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaking(person, env, params, rng):  # type: ignore[no-untyped-def]
        consumer_quarter(person, env, params, rng)
        if env.scam_pressure > 0.9:  # from 2022 on
            person.skill = 2.0

    jobs = [job_of(load_scenario(name)) for name in ("baseline", "coordinated")]
    options = RunOptions(threads=1, rules={"consumer": breaking})
    alone = [perform(job, options).error for job in jobs]
    shared = [perform(job, replace(options, branch=BEGINS)).error for job in jobs]
    assert shared == alone
    assert "skill" in alone[0] and "coordinated" in alone[1]


def test_runs_of_one_past_go_to_one_worker_while_there_are_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = build_study(["baseline", "coordinated", "anti_scam"], seeds=4, draws=2, scale=1000)
    handed: list[list[tuple[int, int]]] = []

    class Noting(Pool):
        window = 4

        def submit(self, function: Callable[..., object], *arguments: object) -> object:  # type: ignore[override]
            handed.append([(job.draw, job.seed) for job in arguments[0]])  # type: ignore[attr-defined]
            return super().submit(function, *arguments)

    monkeypatch.setattr("sim.experiments.execution.runner.pool_of", lambda options, jobs: Noting())
    run_jobs(study.jobs, RunOptions(workers=2), Store(tmp_path), None, made_up)
    assert [len(each) for each in handed[:7]] == [3] * 7
    assert [len(each) for each in handed[7:]] == [2, 1]  # the last past is shared out
    assert all(len(set(each)) == 1 for each in handed)


def test_a_preview_says_what_the_stored_comparison_says(tmp_path: Path) -> None:
    stored = Comparison(finished(tmp_path / "out", seeds=2))
    study = two_scenarios(seeds=2)
    found = {
        name: [
            panel_of(made_up(job, None), job.seed)  # type: ignore[arg-type]
            for job in study.jobs
            if job.scenario.name == name
        ]
        for name in study.names
    }
    preview = Preview(study, found)
    for name in ("table", "effects", "trade", "welfare", "constant_share", "region"):
        pd.testing.assert_frame_equal(
            getattr(preview, name), getattr(stored, name), check_exact=True
        )
    assert preview.conclusion == stored.conclusion and preview.findings == stored.findings
    assert (preview.pairs, preview.drawn, preview.past) == (stored.pairs, 0, stored.past)
    with pytest.raises(OutputError, match="not kept"):
        save(preview)


def test_a_preview_with_fewer_seeds_is_one_of_those_seeds() -> None:
    study = build_study([scenario("plain"), policy()], seeds=[7], scale=SCALE)
    panels = {
        job.scenario.name: [panel_of(made_up(job, None), job.seed)]  # type: ignore[arg-type]
        for job in study.jobs
    }
    preview = Preview(study, panels)
    assert preview.pairs == 1
    assert np.isclose(
        preview.table["value_2022"].iloc[0],
        2 * 107.0,  # nominal: twice the real 100 + seed
    )
