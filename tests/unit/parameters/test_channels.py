"""Channels: what switching one off does to parameters, scenarios and runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.experiments.run import run_id
from sim.model.model import MekongModel
from sim.parameters.channels import CHANNELS, read_channels, with_channels_off
from sim.parameters.values import ParameterSet
from sim.scenario import Scenario, load_scenario
from sim.scenario.assumptions import changed_assumptions, counterfactual, told_assumptions
from sim.units import COUNTRIES

OFF = {"variety": False}


def _scenario(**tables: object) -> Scenario:
    return Scenario.from_dict({"title": "T", **tables}, name="t")


@pytest.mark.parametrize(
    ("off", "says"),
    [({"variety_slop": 0.0}, "there is no parameter 'variety_slop'"),
     ({"variety_slope": -1.0}, "-1 is out of range")],
)  # fmt: skip
def test_a_table_with_unknown_parameters_or_values_is_refused(
    off: dict[str, float], says: str
) -> None:
    block = {"title": "T", "meaning": "M", "off": off}
    with pytest.raises(InputError, match=says):
        read_channels({"one": block})


@pytest.mark.parametrize("name", CHANNELS)
def test_the_bundle_comes_after_draw_and_scenario(name: str) -> None:
    bundle = CHANNELS[name].off
    own = {f"THA.{parameter}": 0.7 for parameter in bundle} | {"trust_level": 0.6}
    off = with_channels_off(own, [name])
    assert off == {"trust_level": 0.6, **bundle}
    values = ParameterSet.draw(3).with_scenario(off)
    assert {values.get(iso, parameter) for parameter in bundle for iso in COUNTRIES} <= set(
        bundle.values()
    )


def test_a_scenario_says_which_are_off_and_keeps_it() -> None:
    scenario = _scenario(channels=OFF, parameters={"THA.variety_slope": 0.2, "trust_level": 0.6})
    assert scenario.channels_off == ("variety",)
    assert scenario.overrides == {"trust_level": 0.6, **CHANNELS["variety"].off}
    assert Scenario.from_dict(scenario.as_dict(), name="t") == scenario
    assert _scenario(channels={"variety": True}) == _scenario()


def test_a_child_may_switch_it_on_again(tmp_path: Path) -> None:
    for name, text in (
        ("parent", 'title = "P"\n[channels]\nvariety = false\n'),
        ("child", 'extends = "parent.toml"\ntitle = "C"\n'),
        ("again", 'extends = "child.toml"\ntitle = "A"\n[channels]\nvariety = true\n'),
    ):
        (tmp_path / f"{name}.toml").write_text(text)
    assert load_scenario(tmp_path / "child.toml").channels_off == ("variety",)
    assert load_scenario(tmp_path / "again.toml").channels_off == ()


def test_a_channel_that_is_off_is_an_assumption() -> None:
    base = load_scenario("baseline")
    mine = Scenario.from_dict({"extends": "anti_scam", "title": "T", "channels": OFF}, name="t")
    assert changed_assumptions(mine.as_dict(), base.as_dict()) == ["channel variety = off"]
    assert changed_assumptions(base.as_dict(), mine.as_dict()) == ["channel variety = on"]
    assert told_assumptions(mine)[1] == ["variety: variety and prices"]
    assert counterfactual(mine, base).channels_off == ("variety",)
    assert not counterfactual(mine, base).levers


def test_the_identity_of_a_run_knows_what_is_off() -> None:
    ids = {
        name: run_id(scenario, ParameterSet.central(), 1, 100_000)
        for name, scenario in (
            ("on", _scenario()),
            ("off", _scenario(channels=OFF)),
            ("by hand", _scenario(parameters=CHANNELS["variety"].off)),
        )
    }
    assert ids["on"] != ids["off"] == ids["by hand"]


def test_a_run_has_the_parameters_of_the_channel() -> None:
    short = {"horizon": {"end": "2015Q4"}}
    off = MekongModel(_scenario(channels=OFF, **short), scale=200_000, firm_rows=50)
    assert {params["variety_slope"] for params in off.values.values()} == {0.0}
    assert off.drawn_parameters.get("THA", "variety_slope") != 0.0  # preferences are of the draw
