"""A file to start from: `mekong new scenario`."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InputError, OutputError
from sim.policy.levers import LEVERS
from sim.scenario import copy_shipped, load_scenario


@pytest.mark.parametrize("name", ["anti_scam", "baseline", "both", "broadband"])
def test_a_new_scenario_starts_as_its_model(name: str, tmp_path: Path) -> None:
    path = copy_shipped("scenario", name, tmp_path / "mine")
    assert path == tmp_path / "mine.toml"
    assert load_scenario(path).fingerprint() == load_scenario(name).fingerprint()
    text = path.read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= 110
    assert all(lever in text for lever in LEVERS) or name == "both"


@pytest.mark.parametrize("name", ["anti_scam", "baseline", "both", "broadband"])
def test_its_suggestions_can_be_used_by_taking_the_signs_away(name: str, tmp_path: Path) -> None:
    path = copy_shipped("scenario", name, tmp_path / "mine.toml")
    before, tail = path.read_text(encoding="utf-8").split("\n# ----", 1)
    uncommented = [
        line.removeprefix("# ")
        for line in tail.splitlines()
        if line.startswith("# [") or (" = " in line and not line.startswith("#   "))
    ]
    path.write_text(before + "\n" + "\n".join(uncommented), encoding="utf-8")
    scenario = load_scenario(path)
    assert scenario.parameters == {"trust_recovery": 0.5, "THA.shopper_lapse": 0.05}
    assert set(scenario.levers) == set(LEVERS)


def test_a_new_scenario_overwrites_nothing(tmp_path: Path) -> None:
    path = copy_shipped("scenario", "baseline", tmp_path / "mine.toml")
    path.write_text("kept")
    with pytest.raises(OutputError, match="exists already"):
        copy_shipped("scenario", "baseline", path)
    assert path.read_text() == "kept"


@pytest.mark.parametrize(
    ("kind", "name", "dest", "says"),
    [
        ("scenario", "basline", "mine", "did you mean 'baseline'"),
        ("story", "baseline", "mine", "nothing shipped of the kind 'story'"),
        ("scenario", "baseline", "both", "is the name of a shipped scenario"),
        ("scenario", "baseline", "no/such/folder/mine", "cannot be written"),
    ],
)
def test_a_new_scenario_that_cannot_be(
    kind: str, name: str, dest: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises((InputError, OutputError)) as caught:
        copy_shipped(kind, name, tmp_path / dest)
    assert says in str(caught.value)
    assert list(tmp_path.iterdir()) == []
