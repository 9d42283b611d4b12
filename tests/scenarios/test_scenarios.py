"""What a good scenario file means: parents, defaults, saving, identity."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputError, OutputError
from sim.policy.levers import LEVERS, PAIRS
from sim.scenario import PATHS, Scenario, copy_shipped, load_scenario, shipped_scenarios
from sim.units import COUNTRIES, FIRST_QUARTER, LAST_QUARTER, quarter_index

PARENT = """
title = "Parent"
question = "Which?"
reference = "A paper"
baseline = "broadband"
[horizon]
end = "2028Q4"
[paths]
exchange = "no_change"
[parameters]
trust_level = 0.6
shopper_lapse = 0.1
THA.shopper_lapse = 0.2
[[levers.broadband_investment]]
countries = ["THA", "KHM"]
level = 4
start = "2026Q1"
end = "2026Q4"
[[levers.broadband_investment]]
countries = ["LAO"]
level = 1.5
start = "2026Q1"
[[levers.anti_scam_enforcement]]
countries = "all"
level = 0.5
start = "2026Q1"
lag_years = 0
ramp_years = 2
"""
CHILD = """
extends = "parent.toml"
title = "Child"
[paths]
covid = "none"
[parameters]
trust_level = 0.65
VNM.shopper_lapse = 0.3
[[levers.broadband_investment]]
countries = ["VNM"]
level = 3
start = "2027Q1"
"""


@pytest.fixture
def family(tmp_path: Path) -> Path:
    (tmp_path / "parent.toml").write_text(PARENT)
    (tmp_path / "child.toml").write_text(CHILD)
    return tmp_path


def test_the_shipped_scenarios() -> None:
    assert shipped_scenarios() == ["anti_scam", "baseline", "both", "broadband"]
    loaded = {name: load_scenario(name) for name in shipped_scenarios()}
    for name, scenario in loaded.items():
        assert scenario.name == name
        assert scenario.title and scenario.question.endswith("?") and scenario.reference
        assert scenario.baseline == "baseline"
        assert (scenario.start, scenario.end) == (FIRST_QUARTER, LAST_QUARTER)
        assert scenario.parameters == {}
    assert loaded["baseline"].levers == {}
    assert loaded["both"].levers == loaded["broadband"].levers | loaded["anti_scam"].levers
    money = loaded["broadband"].levers["broadband_investment"][0]
    assert (money.level, money.places, money.end) == (2.0, COUNTRIES, LAST_QUARTER)
    assert (money.lag_years, money.ramp_years) == (1.0, 0.0)
    action = loaded["anti_scam"].levers["anti_scam_enforcement"][0]
    assert (action.level, action.start, action.end) == (0.5, quarter_index("2026Q1"), None)
    assert (action.lag_years, action.ramp_years) == (0.5, 1.0)


def test_a_name_and_its_path_are_the_same_scenario() -> None:
    scenario = load_scenario("both")
    assert scenario.source_file is not None
    assert load_scenario(scenario.source_file) == scenario
    assert load_scenario(str(scenario.source_file)) == scenario


def test_the_header_of_a_child_wins_and_the_rest_is_inherited(family: Path) -> None:
    child = load_scenario(family / "child.toml")
    assert (child.name, child.title) == ("child", "Child")
    assert (child.question, child.reference, child.baseline) == ("Which?", "A paper", "broadband")
    assert (child.start, child.end) == (FIRST_QUARTER, quarter_index("2028Q4"))


def test_paths_and_parameters_merge_key_by_key(family: Path) -> None:
    child = load_scenario(family / "child.toml")
    assert child.paths == {"growth": "weo", "exchange": "no_change", "covid": "none"}
    assert child.parameters == {
        "THA.shopper_lapse": 0.2,
        "VNM.shopper_lapse": 0.3,
        "shopper_lapse": 0.1,
        "trust_level": 0.65,
    }


def test_a_lever_of_a_child_replaces_all_its_blocks_and_only_its(family: Path) -> None:
    parent, child = (load_scenario(family / f"{name}.toml") for name in ("parent", "child"))
    money = parent.levers["broadband_investment"]
    assert [block.places for block in money] == [("KHM", "THA"), ("LAO",)]
    (only,) = child.levers["broadband_investment"]
    assert (only.places, only.level, only.start) == (("VNM",), 3.0, quarter_index("2027Q1"))
    assert child.levers["anti_scam_enforcement"] == parent.levers["anti_scam_enforcement"]


def test_an_empty_list_takes_a_lever_of_the_parent_out(family: Path) -> None:
    (family / "without.toml").write_text(
        'extends = "parent.toml"\ntitle = "W"\n[levers]\nbroadband_investment = []\n'
    )
    assert list(load_scenario(family / "without.toml").levers) == ["anti_scam_enforcement"]


def test_a_grandchild_in_another_folder(family: Path) -> None:
    (family / "deep").mkdir()
    (family / "deep" / "own.toml").write_text('extends = "../child.toml"\ntitle = "Deep"\n')
    deep, child = load_scenario(family / "deep" / "own.toml"), load_scenario(family / "child.toml")
    assert deep.fingerprint() == child.fingerprint()
    assert replace(child, name="own", title="Deep") == deep


def test_a_baseline_file_is_found_from_anywhere(
    family: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (family / "mine.toml").write_text('title = "M"\nbaseline = "parent.toml"\n')
    mine = load_scenario(family / "mine.toml")
    monkeypatch.chdir("/")
    assert load_scenario(mine.baseline).title == "Parent"


def test_defaults(tmp_path: Path) -> None:
    (tmp_path / "t.toml").write_text('title = "T"\n')
    scenario = load_scenario(tmp_path / "t.toml")
    assert (scenario.question, scenario.reference, scenario.baseline) == ("", "", "baseline")
    assert scenario.paths == {name: path.default for name, path in PATHS.items()}
    assert scenario.fingerprint() == load_scenario("baseline").fingerprint()


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_what_windows_editors_save_is_read(tmp_path: Path, mark: bytes, ending: str) -> None:
    (tmp_path / "t.toml").write_bytes(mark + PARENT.replace("\n", ending).encode())
    assert load_scenario(tmp_path / "t.toml").title == "Parent"


def test_schedules_may_touch(tmp_path: Path) -> None:
    blocks = [
        f'[[levers.broadband_investment]]\ncountries = "all"\nlevel = 1\n{dates}\n'
        for dates in ('start = "2026Q1"\nend = "2027Q4"', 'start = "2028Q1"')
    ]
    (tmp_path / "t.toml").write_text('title = "T"\n' + "".join(blocks))
    assert len(load_scenario(tmp_path / "t.toml").levers["broadband_investment"]) == 2


@pytest.mark.parametrize(
    ("scope", "given", "places"),
    [
        ("pairs", "all", PAIRS),
        ("pairs", ["THA-VNM", "KHM-THA"], ("KHM-THA", "THA-VNM")),
        ("region", "GMS5", ("GMS5",)),
    ],
)
def test_levers_of_pairs_and_of_the_region(
    monkeypatch: pytest.MonkeyPatch, scope: str, given: object, places: tuple[str, ...]
) -> None:
    wide = replace(LEVERS["anti_scam_enforcement"], name="wide", scope=scope)
    monkeypatch.setitem(LEVERS, "wide", wide)
    table = {"title": "T", "levers": {"wide": [{scope: given, "level": 1, "start": "2026Q1"}]}}
    scenario = Scenario.from_dict(table, name="t")
    assert scenario.levers["wide"][0].places == places
    assert Scenario.from_dict(scenario.as_dict(), name="t") == scenario
    table["levers"]["wide"][0] = {"countries": "all", "level": 1, "start": "2026Q1"}  # type: ignore[index]
    with pytest.raises(InputError, match="wide cannot be set by countries"):
        Scenario.from_dict(table, name="t")


def test_a_pair_in_the_wrong_order_is_turned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LEVERS, "wide", replace(LEVERS["anti_scam_enforcement"], scope="pairs"))
    block = {"pairs": ["THA-KHM"], "level": 1, "start": "2026Q1"}
    with pytest.raises(InputError, match="write 'KHM-THA'"):
        Scenario.from_dict({"title": "T", "levers": {"wide": [block]}}, name="t")


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
        if line.startswith("# [") or " = " in line and not line.startswith("#   ")
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
