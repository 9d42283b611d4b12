"""The result folder: atomic parts, resuming, refusing another study, failures."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim.analysis.comparison.compare import conduct
from sim.analysis.comparison.result import Comparison
from sim.analysis.export import export
from sim.analysis.sweep import run_study
from sim.errors import InputError, MekongError, OutputError
from sim.experiments import replay as again
from sim.experiments.design import lever_combinations
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.runner import perform, run_jobs
from sim.experiments.run import Job, draw_list, run_id, seed_list
from sim.experiments.storage import atomic_write as storing
from sim.experiments.storage.lock import FolderLock
from sim.experiments.storage.store import Store
from sim.experiments.study import build_study
from sim.parameters.values import ParameterSet
from sim.report.writer import save
from tests.helpers.made_up import finished, made_up, policy, prepared, scenario, two_scenarios


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a result folder but the log and the lock."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "log" not in path.relative_to(folder).parts and path.name != ".lock"
    }


def test_the_tables_have_the_agreed_columns(tmp_path: Path) -> None:
    store = Store(finished(tmp_path / "out", draws=2))
    runs = store.runs()
    fixed = ["run", "scenario", "baseline", "design_point", "replication", "seed", "draw", "scale"]
    varied = [name for name in runs.columns if name.startswith("x.parameters.")]
    assert list(runs.columns) == [*fixed, *varied, "status"]
    assert varied
    assert len(runs) == 8 and runs["run"].is_unique
    series = pd.concat(store.series())
    assert list(series.columns) == (
        ["run", "scenario", "seed", "country", "quarter", "indicator", "group", "value", "unit"]
    )
    assert set(series["run"]) == set(runs["run"])
    assert list(store.log().columns) == (
        ["run", "started", "wall_s", "machine", "attempts", "error", "traceback"]
    )


def test_parts_are_compressed_and_text_is_a_dictionary(tmp_path: Path) -> None:
    part = Store(finished(tmp_path / "out")).parts("series")[0]
    column = pq.ParquetFile(part).metadata.row_group(0).column(0)
    assert column.compression == "ZSTD"
    assert "DICTIONARY" in " ".join(column.encodings)


def test_quarters_are_in_the_order_of_time(tmp_path: Path) -> None:
    folder = finished(tmp_path / "out")
    whole = pd.read_parquet(folder / "series")  # as any other program opens it
    assert whole["quarter"].max() == "2030Q4" and whole["quarter"].min() == "2015Q1"
    late = whole[whole["quarter"] >= "2030Q1"]
    assert sorted(late["quarter"].unique()) == ["2030Q1", "2030Q2", "2030Q3", "2030Q4"]
    assert whole.sort_values("quarter")["quarter"].astype(str).is_monotonic_increasing
    assert whole["quarter"].memory_usage(index=False) < 2 * len(whole)  # a byte, not words


class Interrupted:
    """A simulator that is stopped by the keyboard after some runs."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self, job: Job, options: RunOptions) -> pd.DataFrame:
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return made_up(job, options)


def test_an_interrupted_study_resumes_to_the_same_bytes(tmp_path: Path) -> None:
    study = two_scenarios(seeds=3)
    whole = conduct(study, RunOptions(), tmp_path / "whole", simulator=made_up)
    save(whole, figures=False)
    with pytest.raises(KeyboardInterrupt):
        conduct(study, RunOptions(), tmp_path / "parts", simulator=Interrupted(after=2))
    assert len(Store(tmp_path / "parts").runs()) == 2
    repeated: list[str] = []

    def counting(job: Job, options: RunOptions) -> pd.DataFrame:
        repeated.append(job.run)
        return made_up(job, options)

    save(conduct(study, RunOptions(), tmp_path / "parts", simulator=counting), figures=False)
    assert len(repeated) == 4
    assert contents(tmp_path / "parts") == contents(whole.folder)
    done = conduct(study, RunOptions(), tmp_path / "parts", simulator=Interrupted(after=0))
    save(done, figures=False)
    assert contents(tmp_path / "parts") == contents(whole.folder)


def test_what_a_killed_program_left_behind_is_ignored(tmp_path: Path) -> None:
    folder = finished(tmp_path / "out", seeds=1)
    study, _, store = prepared(folder, two_scenarios(seeds=1))
    job = study.jobs[0]
    # Killed while writing a part: half a file under a temporary name.
    (folder / "series" / f".{job.part}.99.tmp").write_bytes(b"PAR1 half a file")
    # Killed between the series and the row that says so.
    (folder / "runs" / job.part).unlink()
    assert not store.done(job)
    assert len(store.runs()) == 1
    assert [frame["run"].iloc[0] for frame in store.series()] == [study.jobs[1].run]
    run_jobs(list(study.jobs), RunOptions(), store, simulator=made_up)
    assert store.done(job)
    assert len(list(store.series())) == 2


def test_a_crash_while_writing_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "summary.csv"
    storing.write_text(path, "old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(storing.os, "replace", full)
    with pytest.raises(OutputError, match="No space left on device") as caught:
        storing.write_text(path, "new")
    assert caught.value.exit_status == 3
    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["summary.csv"]


def test_a_disk_that_takes_nothing_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open

    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    def read_only(path: Path, mode: str = "r", *more: Any, **named: Any) -> Any:
        return refused() if "w" in mode else opened(path, mode, *more, **named)

    folder = finished(tmp_path / "out", seeds=1)
    monkeypatch.setattr(Path, "open", read_only)
    monkeypatch.setattr(Path, "unlink", refused)  # not even what is not there
    with pytest.raises(OutputError, match="Read-only file system"):
        storing.write_text(folder / "summary.csv", "new")
    with pytest.raises(OutputError, match="Read-only file system"):
        export(folder, "csv")


def test_a_full_disk_leaves_no_half_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = finished(tmp_path / "out", seeds=1)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("sim.experiments.storage.atomic_write.os.replace", full)
    with pytest.raises(OutputError, match="No space left"):
        export(folder, "csv")
    assert list((folder / "export").iterdir()) == []


def test_another_study_is_refused_and_the_difference_named(tmp_path: Path) -> None:
    folder = finished(tmp_path / "out", seeds=2)
    before = contents(folder)
    with pytest.raises(OutputError, match="another study") as caught:
        prepared(folder, two_scenarios(seeds=3))
    assert "seeds ([1, 2] there, [1, 2, 3] now)" in str(caught.value)
    assert "scale" not in str(caught.value)
    with pytest.raises(OutputError, match="scenarios"):
        prepared(folder, build_study([scenario("plain")], seeds=2, scale=100_000))
    assert contents(folder) == before


def test_a_folder_with_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="not a study"):
        prepared(tmp_path, two_scenarios())
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="a file, not a folder"):
        prepared(file, two_scenarios())
    with pytest.raises(OutputError, match="cannot be written"):
        prepared(file / "below", two_scenarios())


def test_two_programs_do_not_write_one_folder(tmp_path: Path) -> None:
    with FolderLock(tmp_path), pytest.raises(OutputError, match="another program"):
        FolderLock(tmp_path).__enter__()
    with FolderLock(tmp_path):
        pass


class Failing:
    """Fails for one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __call__(self, job: Job, options: RunOptions) -> pd.DataFrame:
        if job.seed == self.seed:
            raise ArithmeticError("it went wrong")
        return made_up(job, options)


def test_a_failed_run_is_kept_as_such_and_tried_again(tmp_path: Path) -> None:
    study = two_scenarios(seeds=2)
    result = conduct(study, RunOptions(), tmp_path / "out", simulator=Failing(2))
    assert len(result.failed) == 2
    assert set(result.table["runs"]) == {1}
    log = result.store.log().set_index("run").loc[list(result.failed["run"])]
    assert set(log["error"]) == {"ArithmeticError: it went wrong"}
    assert all("Traceback" in text and str(Path.cwd()) not in text for text in log["traceback"])
    with pytest.raises(MekongError, match="2 of 4 runs are not there: 2 failed"):
        Comparison(tmp_path / "out")
    later = Comparison(tmp_path / "out", missing="drop")
    assert {row["seed"] for row in later.failed.to_dict("records")} == {2}
    again = conduct(study, RunOptions(), tmp_path / "out", simulator=made_up)
    assert len(again.failed) == 0
    assert set(again.table["runs"]) == {2}
    assert set(again.store.log()["attempts"]) == {1, 2}


def test_two_scenarios_that_are_the_same_run_fail_and_are_repeated_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = replace(two_scenarios(seeds=1), design=lever_combinations(["anti_scam_enforcement"]))
    run_study(study, RunOptions(), tmp_path / "out", simulator=Failing(1))
    failed = pd.read_csv(tmp_path / "out" / "failed.csv")
    assert failed["run"].nunique() == 2 and len(failed) == 3  # the policy without its lever
    assert set(failed["error"]) == {"ArithmeticError: it went wrong"}
    doubled = failed["run"][failed["run"].duplicated()].iloc[0]
    monkeypatch.setattr(again, "perform", partial(perform, simulator=made_up))
    monkeypatch.setattr(again, "study_in", lambda folder, rules: study)
    again.rerun(tmp_path / "out", doubled, RunOptions())
    runs = Store(tmp_path / "out").runs()
    assert set(runs.loc[runs["run"] == doubled, "status"]) == {"done"}


def test_a_study_in_which_a_scenario_never_ran_says_why(tmp_path: Path) -> None:
    with pytest.raises(MekongError, match="it went wrong") as caught:
        conduct(two_scenarios(seeds=1), RunOptions(), tmp_path / "out", simulator=Failing(1))
    assert caught.value.exit_status == 1


def test_results_can_be_saved_elsewhere_and_read_again(tmp_path: Path) -> None:
    result = conduct(two_scenarios(seeds=1), RunOptions(), None, simulator=made_up)
    saved = save(result, tmp_path / "kept")
    assert Comparison(saved).table.equals(result.table)
    assert (saved / "figures" / "trajectory.svg").is_file()
    shutil.rmtree(saved / "runs")
    with pytest.raises(OutputError, match="another study"):
        save(conduct(two_scenarios(seeds=2), RunOptions(), None, simulator=made_up), saved)


# ---- identity -------------------------------------------------------------------------------


def test_the_identity_of_a_run_is_what_determines_its_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    central = ParameterSet.central()
    one = run_id(policy("one"), central, seed=1, scale=1000)
    assert run_id(policy("two"), central, seed=1, scale=1000) == one
    others = {
        run_id(scenario("one"), central, 1, 1000),
        run_id(policy(), central, 2, 1000),
        run_id(policy(), central, 1, 2000),
        run_id(policy(), ParameterSet.draw(1), 1, 1000),
        run_id(
            policy(), central, 1, 1000, rules={"consumer": lambda person, env, params, rng: None}
        ),
    }
    for part in ("data_hash", "sources_hash"):
        with monkeypatch.context() as patch:
            patch.setattr(f"sim.experiments.run.{part}", lambda: "changed")
            others.add(run_id(policy(), central, 1, 1000))
    assert len(others) == 7
    assert one not in others


def test_engine_and_threads_are_no_part_of_a_study() -> None:
    assert "engine" not in two_scenarios().identity()
    assert "threads" not in two_scenarios().identity()


def test_seeds_are_a_number_or_a_list() -> None:
    assert seed_list(3) == (1, 2, 3)
    assert seed_list([7, 0, 2**31 - 1]) == (7, 0, 2**31 - 1)
    for bad in (0, [], [1, 1], [-1], [2**31]):
        with pytest.raises(InputError):
            seed_list(bad)
    assert draw_list(0) == (0,)
    assert draw_list(2) == (1, 2)
    with pytest.raises(InputError):
        draw_list(-1)


def test_every_scenario_runs_under_the_same_seeds_and_draws() -> None:
    study = two_scenarios(seeds=[4, 9], draws=2)
    keys = {
        name: [
            (job.seed, job.draw, job.replication) for job in study.jobs if job.scenario.name == name
        ]
        for name in study.names
    }
    assert keys["plain"] == keys["policy"] == [(4, 1, 1), (9, 1, 2), (4, 2, 1), (9, 2, 2)]
    assert len({job.run for job in study.jobs}) == 8


def test_inputs_of_draws_are_those_that_vary() -> None:
    """Over twenty draws: two may agree where a prior begins at its bound, such as no reduction."""
    drawn = [dict(job.inputs) for job in two_scenarios(seeds=1, draws=20).jobs[::2]]
    assert all(set(one) == set(drawn[0]) for one in drawn)
    assert all(len({one[name] for one in drawn}) > 1 for name in drawn[0])
    assert two_scenarios(seeds=1).jobs[0].inputs == ()


def test_the_baseline_is_the_first_or_the_one_asked_for() -> None:
    assert two_scenarios().baseline == "plain"
    turned = build_study([scenario("plain"), policy()], baseline="policy")
    assert (turned.baseline, turned.names) == ("policy", ("policy", "plain"))
    with pytest.raises(InputError, match="two scenarios are named"):
        build_study([scenario("plain"), scenario("plain")])
    alone = build_study([policy()], compared=True)
    assert alone.names == ("baseline", "policy")
    assert build_study([policy()], compared=False).names == ("policy",)


def test_a_horizon_that_misses_the_target_is_refused() -> None:
    short = scenario("short").__class__.from_dict(
        {"title": "short", "horizon": {"start": "2015Q1", "end": "2028Q4"}}, name="short"
    )
    with pytest.raises(InputError, match="cannot be judged"):
        build_study([short])
