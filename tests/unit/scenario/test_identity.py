"""Saving a scenario, and what makes two scenarios the same."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from sim.scenario import Scenario, load_scenario
from sim.units import COUNTRIES
from tests.unit.scenario.family import PARENT


@pytest.mark.parametrize("name", ["anti_scam", "baseline", "both", "broadband", "child", "parent"])
def test_saving_and_loading_give_the_same(name: str, family: Path) -> None:
    file = family / f"{name}.toml"
    scenario = load_scenario(file if file.exists() else name)
    saved = family / "saved" / f"{name}.toml"
    saved.parent.mkdir()
    saved.write_text(scenario.to_toml(), encoding="utf-8")
    assert load_scenario(saved) == scenario
    assert load_scenario(saved).fingerprint() == scenario.fingerprint()
    assert Scenario.from_dict(scenario.as_dict(), name=name) == scenario
    assert pickle.loads(pickle.dumps(scenario)) == scenario


def test_python_users_may_give_tuples_and_numpy_numbers() -> None:
    block = {"countries": ("KHM",), "level": np.float32(0.5), "start": "2026Q1", "end": None}
    table = {
        "extends": "baseline",
        "title": "T",
        "parameters": {"THA.trust_level": np.float64(0.6), "trust_level": np.int64(1)},
        "levers": {"anti_scam_enforcement": (block,)},
    }
    scenario = Scenario.from_dict(table, name="t")
    assert scenario.parameters == {"THA.trust_level": 0.6, "trust_level": 1.0}
    assert scenario.levers["anti_scam_enforcement"][0].level == 0.5
    assert block["countries"] == ("KHM",)


def _fingerprint(text: str, tmp_path: Path) -> str:
    (tmp_path / "f.toml").write_text(text)
    return load_scenario(tmp_path / "f.toml").fingerprint()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title = "Parent"', 'title = "Other"'),
        ('question = "Which?"', ""),
        ('reference = "A paper"', 'reference = "Another"'),
        ('baseline = "broadband"', 'baseline = "both"'),
        ('["THA", "KHM"]', '["KHM", "THA"]'),
        ("level = 4\n", "level = 4.0\n"),
        ("trust_level = 0.6\nshopper_lapse = 0.1", "shopper_lapse = 0.1\ntrust_level = 0.6"),
        ("THA.shopper_lapse = 0.2", '"THA.shopper_lapse" = 0.2'),
        ('level = 0.5\nstart = "2026Q1"', 'start = "2026Q1"\nlevel = 0.5'),
        ("level = 1.5", 'level = 1.5\nend = "2028Q4"'),
        ("level = 1.5", 'level = 1.5\nend = "2030Q4"'),
        ("level = 1.5", "level = 1.5\nlag_years = 1"),
        ('exchange = "no_change"', 'exchange = "no_change"\ngrowth = "weo"'),
        ("[horizon]", "# a remark\n[horizon]\nstart = '2015Q1'"),
    ],
)
def test_what_changes_no_number_changes_no_fingerprint(old: str, new: str, tmp_path: Path) -> None:
    assert old in PARENT
    assert _fingerprint(PARENT.replace(old, new), tmp_path) == _fingerprint(PARENT, tmp_path)


def test_how_places_are_spread_over_blocks_does_not_count() -> None:
    block = {"level": 1.0, "start": "2026Q1"}
    together = [{"countries": "all"} | block]
    apart = [{"countries": [iso]} | block for iso in reversed(COUNTRIES)]
    prints = {
        Scenario.from_dict(
            {"title": "T", "levers": {"broadband_investment": blocks}}, name="t"
        ).fingerprint()
        for blocks in (together, apart)
    }
    assert len(prints) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("level = 4\n", "level = 4.0000001\n"),
        ('["THA", "KHM"]', '["THA", "VNM"]'),
        ('end = "2026Q4"', 'end = "2027Q1"'),
        ("lag_years = 0", "lag_years = 0.25"),
        ("ramp_years = 2", "ramp_years = 1"),
        ("trust_level = 0.6", "trust_level = 0.61"),
        ("THA.shopper_lapse", "VNM.shopper_lapse"),
        ('exchange = "no_change"', ""),
        ('end = "2028Q4"', 'end = "2029Q4"'),
    ],
)
def test_what_changes_a_number_changes_the_fingerprint(old: str, new: str, tmp_path: Path) -> None:
    assert old in PARENT
    assert _fingerprint(PARENT.replace(old, new), tmp_path) != _fingerprint(PARENT, tmp_path)
