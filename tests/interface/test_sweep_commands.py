"""`sweep`, `merge`, `verify`, `rerun` and `export` as a person meets them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.analysis.sweep import run_study
from sim.cli import app
from sim.errors import InputError
from sim.experiments.design import make_design
from sim.experiments.execution import runner
from sim.experiments.execution.executors import pool_of
from sim.experiments.execution.options import RunOptions
from sim.experiments.run import Job
from sim.experiments.storage.store import Store
from tests.helpers.made_up import made_up

STUDY = """
title = "By command"
scenarios = ["baseline", "anti_scam"]
scale = 100000
seeds = 3
[design]
kind = "grid"
[inputs]
"levers.anti_scam_enforcement.level" = [0.5, 1]
"""
RUNS = 9


def mekong(*arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    done = CliRunner().invoke(app, list(arguments))
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with a study, in which runs are made up."""
    monkeypatch.chdir(tmp_path)
    use(monkeypatch, made_up)
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    return tmp_path


def use(monkeypatch: pytest.MonkeyPatch, simulator: object) -> None:
    options = {**(run_study.__kwdefaults__ or {}), "simulator": simulator}
    monkeypatch.setattr("sim.analysis.sweep.run_study.__kwdefaults__", options)
    monkeypatch.setattr(runner.perform, "__defaults__", (1, simulator))


def failing(job: Job, options: RunOptions) -> pd.DataFrame:
    if job.seed == 2:
        raise ArithmeticError("no such root")
    return made_up(job, options)


def test_a_sweep_prints_means_with_their_errors_and_resumes(here: Path) -> None:
    status, out, said = mekong("sweep", "study.toml")
    assert status == 0, said
    assert f"{RUNS} runs of 2,500 agents" in said
    for words in ("Monte-Carlo errors", "levers.anti_scam_enforcement.level", "Results: results/"):
        assert words in out
    status, _, said = mekong("sweep", "study.toml")
    assert status == 0 and f"{RUNS} of {RUNS} runs are there already" in said
    (folder,) = (here / "results").iterdir()
    assert (
        json.loads((folder / "manifest.json").read_text())["command"] == "mekong sweep study.toml"
    )


def test_json_is_json_and_nothing_else(here: Path) -> None:
    status, out, _ = mekong("sweep", "study.toml", "--json", "--out", "a")
    points = json.loads(out)["points"]
    assert status == 0
    assert {row["x.levers.anti_scam_enforcement.level"] for row in points} == {None, 0.5, 1.0}
    status, out, _ = mekong("sweep", "study.toml", "--dry-run", "--json", "--out", "b")
    facts = json.loads(out)
    assert (facts["runs"], facts["points"], facts["seeds"]) == (RUNS, 2, 3)
    assert facts["seconds"] > 0 and facts["disk_bytes"] > 0 and not (here / "b").exists()


def test_failed_runs_are_told_and_repeated(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, failing)
    status, out, said = mekong("sweep", "study.toml", "--out", "a")
    assert status == 1
    assert "3 runs failed" in said and "ArithmeticError: no such root" in said
    assert "3 of 9 runs are not there: 3 failed" in said and "--missing drop" in said
    run = pd.read_csv(here / "a" / "failed.csv")["run"][0]
    assert f"mekong study rerun a {run}" in said
    status, out, said = mekong("study", "rerun", "a", run)
    assert status == 1 and "Traceback" in said and "no such root" in said
    status, out, said = mekong("sweep", "study.toml", "--out", "a", "--missing", "drop")
    assert status == 1 and "Monte-Carlo errors" in out  # tables, and the failures told
    status, _, said = mekong("sweep", "study.toml", "--out", "b", "--stop")
    assert status == 1 and "--stop ends the study there" in said
    use(monkeypatch, made_up)
    status, out, _ = mekong("study", "rerun", "a", run[:9])
    assert status == 0 and "is done" in out
    status, _, said = mekong("sweep", "study.toml", "--out", "a", "--retry-failed")
    assert status == 0 and not (here / "a" / "failed.csv").exists()


def test_shards_are_merged_and_what_lacks_is_told(here: Path) -> None:
    for part in ("1/2", "2/2"):
        status, out, _ = mekong("sweep", "study.toml", "--shard", part, "--out", f"part{part[0]}")
        assert status == 0 and "mekong study merge" in out
    status, _, said = mekong("study", "merge", "half", "part1")
    assert status == 1 and "not done yet" in said
    status, out, said = mekong("study", "merge", "whole", "part1", "part2")
    assert status == 0 and f"{RUNS} runs are in whole: 0 failed, 0 missing" in said
    status, _, said = mekong("sweep", "study.toml", "--out", "whole")
    assert status == 0 and f"{RUNS} of {RUNS} runs are there already" in said
    status, _, said = mekong("sweep", "study.toml", "--shard", "3", "--out", "c")
    assert status == 2 and "such as 2/4" in said


def test_verify_tells_damage(here: Path) -> None:
    mekong("sweep", "study.toml", "--out", "a", "--quiet")
    status, out, _ = mekong("study", "verify", "a", "--runs", "2")
    assert status == 0 and "9 runs read, 0 damaged" in out and "2 equal to the last bit" in out
    part = Store(here / "a").parts("series")[3]
    part.write_bytes(part.read_bytes()[:-1])
    status, out, _ = mekong("study", "verify", "a", "--json")
    assert status == 1 and json.loads(out)["damaged"] == [part.name]
    status, _, said = mekong("study", "verify", "nowhere")
    assert status == 2 and "not a result folder" in said


def test_export_says_what_it_wrote_and_refuses_what_is_missing(here: Path) -> None:
    mekong("sweep", "study.toml", "--out", "a", "--quiet")
    status, out, _ = mekong("study", "export", "a", "--to", "dta", "--indicators", "gmv_real_usd")
    assert status == 0 and "series.dta" in out and "runs.dta" in out
    Store(here / "a").parts("runs")[0].unlink()
    status, _, said = mekong("study", "export", "a")
    assert status == 1 and "1 not done yet" in said
    status, _, said = mekong("study", "export", "a", "--groups", "wimen")
    assert status == 2 and "did you mean 'women'" in said


def test_options_that_contradict_each_other_are_refused() -> None:
    for words, said in {
        ("--cluster", "tcp://x:1", "--workers", "2"): "its scheduler has",
        ("--until-se", "0.1", "--shard", "1/2"): "does not see enough runs",
        ("--until-se", "-1"): "a positive number",
        ("--workers", "1000"): "more than the",
        ("--shard", "5/4"): "is not a part of a study",
    }.items():
        status, _, error = mekong("sweep", "study.toml", "--out", "a", *words)
        assert (status, said in error) == (2, True), error
    status, _, error = mekong("sweep", "first_sweap")
    assert status == 2 and "did you mean 'first_sweep'?" in error


def test_what_is_not_installed_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("SALib", "SALib.sample", "distributed"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InputError, match=r"pip install 'mekong-digital-economy\[analysis\]'"):
        make_design("morris", {"parameters.imitation": "prior"}, n=4)
    wanted = r"pip install 'mekong-digital-economy\[cluster\]'"
    with pytest.raises(InputError, match=wanted), pool_of(RunOptions(cluster="tcp://x:1"), 3):
        pass
