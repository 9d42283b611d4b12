"""Draws of the posterior and of the prior on the command line; the part that is prior."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from sim.analysis.comparison.compare import conduct
from sim.analysis.comparison.result import Comparison
from sim.analysis.validation.prior_share import COLUMNS
from sim.cli import app
from sim.experiments.storage.folder import read_manifest
from sim.parameters import posterior
from sim.parameters.posterior import posterior_draws
from sim.parameters.values import ParameterSet
from tests.helpers.made_up import crowded, made_up

pytestmark = pytest.mark.usefixtures("undrawn")

COARSE = ("--scale", "100000", "--seeds", "2")


def mekong(*arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    done = CliRunner().invoke(app, list(arguments))
    return done.exit_code, done.stdout, done.stderr


def _simulated_by(monkeypatch: pytest.MonkeyPatch, simulator: object) -> None:
    known = {**(conduct.__kwdefaults__ or {}), "simulator": simulator}
    monkeypatch.setattr("sim.analysis.comparison.compare.conduct.__kwdefaults__", known)


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The working folder is empty; runs are made up instead of simulated."""
    monkeypatch.chdir(tmp_path)
    _simulated_by(monkeypatch, made_up)
    return tmp_path


def test_draws_are_of_the_posterior_unless_the_prior_is_asked_for(folder: Path) -> None:
    both = {"a": (), "b": ("--prior",)}
    for name, extra in both.items():
        status, out, said = mekong(
            *("compare", "baseline", "broadband", *COARSE, "--draws", "3", "--out", name), *extra
        )
        assert status == 0, said
        source = "prior" if extra else "posterior"
        assert "draws of the " + source in " ".join(out.split())
    plain, prior = (read_manifest(folder / name) for name in both)
    assert plain["draws"] == [1, 2, 3] and prior["draws"] == [10_001, 10_002, 10_003]
    assert "--prior" not in plain["command"] and "--draws 3" in plain["command"]
    assert prior["command"].endswith("--prior") and "--draws 3" in prior["command"]
    runs = [set(pd.read_parquet(folder / name / "runs")["run"]) for name in both]
    assert len(runs[0]) == len(runs[1]) == 12 and not runs[0] & runs[1]


def test_the_central_set_of_the_prior_is_no_draw(folder: Path) -> None:
    status, _, said = mekong(
        *("compare", "baseline", "broadband", *COARSE, "--draws", "0", "--prior", "--out", "o")
    )
    assert status == 0, said
    record = read_manifest(folder / "o")
    assert record["draws"] == [10_000] and "--draws 0" in record["command"]
    result = Comparison(folder / "o")
    assert result.drawn == 0 and result.drawn_words == "" and result.drawn_from == "prior"
    assert set(result.table["draws"]) == {0}
    assert "central parameters" in " ".join(result.conclusion)


def test_the_central_set_of_the_prior_is_never_left_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In `crowded` draws far from 0 let everybody sell online; central values stay all the same."""
    _simulated_by(monkeypatch, crowded)
    status, _, said = mekong("run", "baseline", "--seeds", "1", "--prior", "--out", "o")
    assert status == 0, said
    assert Comparison(folder / "o").refused == ()


def test_the_library_takes_draws_of_the_prior_too() -> None:
    result = sim.compare("baseline", "broadband", seeds=1, draws=2, prior=True, scale=100_000)
    assert result.manifest["draws"] == [10_001, 10_002]
    assert result.drawn_words == "2 draws of the prior"
    plain = sim.compare("baseline", "broadband", seeds=1, draws=1, scale=100_000)
    assert plain.drawn_words == "1 draw of the posterior"


@pytest.mark.parametrize("command", ["compare", "run"])
def test_more_draws_than_the_posterior_has_are_refused(command: str, folder: Path) -> None:
    last = len(posterior_draws()) - 1
    status, out, said = mekong(command, "baseline", "--draws", str(last + 1))
    assert status == 2 and out == ""
    for words in (f"no draw {last + 1}", f"0 (central) to {last}", "fewer draws", "prior"):
        assert words in " ".join(said.split())
    assert "Traceback" not in said
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("content", [None, "draw,prior_draw,imitation\n0,0,0.3\n1,1,fast\n"])
def test_a_bad_file_of_draws_ends_in_words_and_status_2(
    content: str | None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "draws.csv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    monkeypatch.setattr(posterior, "shipped", lambda *parts: path)
    status, out, said = mekong("compare", "baseline", "broadband", "--draws", "1")
    assert status == 2 and out == ""
    assert "calibration/posterior/draws.csv" in said and "mekong evidence calibrate" in said
    assert "Traceback" not in said


def test_parameters_are_listed_with_what_a_run_uses() -> None:
    central = ParameterSet.central()
    status, out, _ = mekong("list", "parameters", "--json")
    assert status == 0
    told = {row["name"]: row for row in json.loads(out)}
    assert told["imitation"]["used"] == central.get("THA", "imitation")
    assert told["spending_level"]["used"]["LAO"] == central.get("LAO", "spending_level")
    assert told["trust_recovery"]["used"] == central.get("THA", "trust_recovery")  # by studies
    assert told["scam_loss_share"]["used"] == told["scam_loss_share"]["central"]
    status, out, _ = mekong("list", "parameters", "--name", "spending_level")
    assert status == 0
    assert f"THA {central.get('THA', 'spending_level'):g}" in out
    status, out, _ = mekong("list", "parameters", "--mechanism", "adoption")
    assert status == 0 and "estimated" in out and "posterior" in out


def test_prior_share_writes_its_table(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}

    def shares(names: tuple[str, ...], baseline: str, draws: int, *rest: object) -> pd.DataFrame:
        asked.update(names=names, baseline=baseline, draws=draws)
        rows = [
            *(("broadband", baseline, "GMS5", "gmv_real_usd", "all", 2e9, 1e9, 0.25, draws),),
            *(("broadband", baseline, "THA", "gmv_real_usd", "all", 2e9, 1e9, 0.9, draws),),
        ]
        return pd.DataFrame(rows, columns=COLUMNS)

    monkeypatch.setattr("sim.analysis.validation.prior_share_runs.prior_shares", shares)
    status, out, said = mekong("evidence", "prior-share", "broadband", "--draws", "5")
    assert status == 0, said
    assert asked == {"names": ("broadband",), "baseline": "baseline", "draws": 5}
    written = pd.read_csv(folder / "calibration" / "prior_share.csv")
    assert list(written.columns) == COLUMNS and written["share"].tolist() == [0.25, 0.9]
    assert "25 %" in out and "90 %" not in out and "calibration/prior_share.csv" in out


def test_prior_share_of_one_draw_is_refused() -> None:
    status, out, said = mekong("evidence", "prior-share", "broadband", "--draws", "1")
    assert status == 2 and out == "" and "no spread" in said
