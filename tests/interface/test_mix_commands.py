"""`attribute`, `frontier`, `robustness`, `required`, `tornado` and the picture of `incentives`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.analysis.policy_mixes.coalitions import judged
from sim.analysis.policy_mixes.mix_folder import conduct
from sim.cli import app
from sim.figures.coalitions import coalition_table
from tests.helpers.toy import Counted, toy


def mekong(*arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    done = CliRunner().invoke(app, list(arguments))
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mix", "attribute", "illustrative"], "only levers of grade D"),
        (["mix", "attribute", "coordinated", "--levers", "digital_skills"], "grade D"),
        (["mix", "attribute", "coordinated", "--country", "GMS"], "did you mean 'GMS5'"),
        (["mix", "frontier", "--levers", "digital_skills,paperless_customs"], "no portfolio"),
        (["mix", "frontier", "--budget", "-1", "--levers", "paperless_customs,sme_marketplace",
          "--scale", "1000000"], "a budget of -1"),
        (["mix", "robustness", "coordinated"], "two or more mixes"),
        (["mix", "robustness", "coordinated", "illustrative"], "only levers of grade D"),
        (["mix", "threshold", "digital_skills"], "grade D"),
        (["mix", "threshold", "trust_recoveri"], "did you mean 'trust_recovery'"),
        (["evidence", "tornado", "nowhere"], "not a result folder"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_in_words(words: list[str], said: str) -> None:
    status, out, err = mekong(*words)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert said in err
    assert "Traceback" not in err


def test_attribute_by_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    counted = Counted()
    monkeypatch.setitem(conduct.__kwdefaults__, "simulator", counted)
    words = ["mix", "attribute", "coordinated", "--draws", "0", "--threads", "1"]
    words += ["--out", str(tmp_path)]
    status, out, err = mekong(*words)
    assert status == 0, err
    assert "regulatory harmonization" in out
    assert "Costs, constant 2022 US$" in out
    runs = counted.runs
    status, out, _ = mekong(*words, "--json")
    assert (status, counted.runs) == (0, runs)
    found = json.loads(out)
    rows = [
        row
        for row in found["attribution"]
        if row["country"] == "KHM" and row["outcome"] == "gmv_real_usd"
    ]
    parts = {row["lever"]: row["value"] for row in rows}
    # In the toy world the level of enforcement scales what it adds: 0.5 of 0.2, and 0.06 shared.
    assert parts["anti_scam_enforcement"] == pytest.approx(13.0)
    assert parts["regulatory_harmonization"] == pytest.approx(13.0)
    assert parts["broadband_investment"] == 0.0
    assert parts["all_levers"] == pytest.approx(26.0)


def test_the_coalition_table_shows_every_gain() -> None:
    gains = {(): np.zeros((1, 5)), ("KHM", "LAO"): np.array([[3e6, -1e6, 0.0, 0.0, 0.0]])}
    frame = judged(gains, ("KHM", "LAO"), 1)
    frame.insert(0, "game", "agreement")
    figure = coalition_table(frame, start="2026Q1", scale=1000)
    (axes,) = figure.axes
    texts = {text.get_text() for text in axes.texts}
    assert {"3.0m", "-1.0m ●", "2.0m", "1.0m"} <= texts
    assert len(axes.patches) == 2  # both are members
    assert [label.get_text() for label in axes.get_yticklabels()] == ["KHM+LAO"]


def test_a_tornado_by_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from sim.analysis.sweep import run_study

    monkeypatch.setitem(run_study.__kwdefaults__, "simulator", toy)
    study = tmp_path / "study.toml"
    study.write_text(
        'title = "One"\nscenarios = ["baseline", "anti_scam"]\nscale = 100000\n'
        '[design]\nkind = "one_at_a_time"\n'
        '[inputs]\n"parameters.shopper_scam_exposure" = "prior"\n',
        encoding="utf-8",
    )
    out = tmp_path / "out"
    status, _, err = mekong("sweep", str(study), "--out", str(out), "--threads", "1", "-q")
    assert status == 0, err
    status, said, err = mekong("evidence", "tornado", str(out), "--json")
    assert status == 0, err
    (row,) = json.loads(said)["swings"]
    assert row["input"] == "parameters.shopper_scam_exposure"
    assert row["at_high"] - row["at_low"] == pytest.approx(row["input_high"] - row["input_low"])
    assert (out / "figures" / "tornado.png").is_file()
    assert len(pd.read_csv(out / "tornado.csv")) == 1
    status, _, err = mekong("evidence", "tornado", str(out), "--effect", "--scenario", "baseline")
    assert (status, "no effect on itself" in err) == (2, True)
