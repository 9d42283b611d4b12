"""What a good scenario file means: parents, places, defaults."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.policy.levers import LEVERS, PAIRS
from sim.scenario import PATHS, Scenario, load_scenario, shipped_scenarios
from sim.units import COUNTRIES, FIRST_QUARTER, LAST_QUARTER, quarter_index
from tests.unit.scenario.family import PARENT


def test_the_shipped_scenarios() -> None:
    six = ["anti_scam", "baseline", "broadband", "coordinated", "harmonization", "stagnation"]
    on_paths = [
        f"{name}_row_{choice}"
        for name in ("baseline", "harmonization")
        for choice in ("cheaper", "taxed")
    ]
    headline = sorted([*six, "both", *on_paths])
    assert set(headline) <= set(shipped_scenarios())
    loaded = {name: load_scenario(name) for name in headline}
    for name, scenario in loaded.items():
        assert scenario.name == name
        assert scenario.title and scenario.question.endswith("?") and scenario.reference
        path = name.rpartition("_row_")[2] if "_row_" in name else "flat"
        assert scenario.paths["row"] == ("cheaper" if name == "stagnation" else path)
        beside = f"baseline_row_{path}" if name.startswith("harmonization_row_") else "baseline"
        assert scenario.baseline == beside
        assert (scenario.start, scenario.end) == (FIRST_QUARTER, LAST_QUARTER)
        assert scenario.parameters == ({"growth_deviation": -0.01} if name == "stagnation" else {})
    assert loaded["baseline"].levers == loaded["stagnation"].levers == {}
    alone = [loaded[name].levers for name in ("harmonization", "broadband", "anti_scam")]
    together = loaded["coordinated"].levers
    assert set(together) == {*alone[0], *alone[1], *alone[2], "scam_coordination"}
    for name, (most,) in (alone[0] | alone[1] | alone[2]).items():
        assert max(block.level for block in together[name]) == most.level
        assert sum(len(block.places) for block in together[name]) == len(most.places)
    assert loaded["both"].levers == alone[1] | alone[2]
    assert loaded["harmonization_row_taxed"].levers == alone[0]
    rules = alone[0]["regulatory_harmonization"][0]
    assert (rules.level, rules.places, rules.end) == (0.8, PAIRS, None)
    assert (rules.lag_years, rules.ramp_years) == (1.0, 6.0)
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
    defaults = {name: path.default for name, path in PATHS.items()}
    assert child.paths == defaults | {"exchange": "no_change", "covid": "none"}
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
