"""The order of levers: that of the file, kept wherever a scenario is saved, extended or varied."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from sim.dashboard.links import mix_from, mix_text
from sim.dashboard.mixes import Mix, SharedAssumptions, mix_of, scenario_of, shipped_mixes
from sim.experiments.inputs import LEVEL, ON, Input, with_levers
from sim.scenario import Scenario, load_scenario
from sim.scenario.assumptions import same_policy

BLOCK = {"countries": "all", "level": 0.5, "start": "2026Q1"}
ORDER = ("remittance_links", "data_safeguards", "payments_interoperability")


def _scenario(order: tuple[str, ...] = ORDER, shortfall: str = "in_order") -> Scenario:
    levers = {name: [BLOCK] for name in order}
    table = {"title": "T", "paths": {"shortfall": shortfall}, "levers": levers}
    return Scenario.from_dict(table, name="t")


def test_it_survives_saving() -> None:
    scenario = _scenario()
    assert tuple(scenario.levers) == ORDER
    assert tuple(scenario.as_dict()["levers"]) == ORDER
    for again in (scenario.as_dict(), tomllib.loads(scenario.to_toml())):
        assert tuple(Scenario.from_dict(again, name="t").levers) == ORDER


def test_a_child_keeps_the_place_of_a_lever_and_adds_its_own_behind(tmp_path: Path) -> None:
    (tmp_path / "parent.toml").write_text(_scenario().to_toml())
    block = 'countries = "all"\nlevel = 1.0\nstart = "2026Q1"\n'
    child = 'extends = "parent.toml"\ntitle = "C"\n' + "".join(
        f"[[levers.{name}]]\n{block}" for name in ("paperless_customs", "data_safeguards")
    )
    (tmp_path / "child.toml").write_text(child)
    scenario = load_scenario(tmp_path / "child.toml")
    assert tuple(scenario.levers) == (*ORDER, "paperless_customs")
    assert scenario.levers["data_safeguards"][0].level == 1.0


def test_what_is_taken_out_and_put_back_comes_last(tmp_path: Path) -> None:
    first = ORDER[0]
    (tmp_path / "a.toml").write_text(_scenario().to_toml())
    (tmp_path / "b.toml").write_text(f'extends = "a.toml"\ntitle = "B"\n[levers]\n{first} = []\n')
    block = 'countries = "all"\nlevel = 1.0\nstart = "2026Q1"\n'
    text = f'extends = "b.toml"\ntitle = "C"\n[[levers.{first}]]\n{block}'
    (tmp_path / "c.toml").write_text(text)
    assert tuple(load_scenario(tmp_path / "b.toml").levers) == ORDER[1:]
    assert tuple(load_scenario(tmp_path / "c.toml").levers) == (*ORDER[1:], first)


@pytest.mark.parametrize(("shortfall", "equal"), [("in_order", False), ("proportional", True)])
def test_it_is_part_of_the_identity_where_it_decides_what_is_paid(
    shortfall: str, equal: bool
) -> None:
    one, other = (_scenario(order, shortfall) for order in (ORDER, ORDER[::-1]))
    assert (one.fingerprint() == other.fingerprint()) is equal
    assert same_policy(one.as_dict(), other.as_dict()) is equal


def test_a_design_keeps_it() -> None:
    inputs = (Input("a", ON, ORDER[1]), Input("b", LEVEL, ORDER[0]))
    varied = with_levers(_scenario(), inputs, (0.0, 0.9), ())
    assert tuple(varied.levers) == (ORDER[0], ORDER[2])


def test_the_dashboard_keeps_it() -> None:
    mix = mix_of(_scenario())
    again = mix_from(mix_text(replace(mix, name="mine")), "other")
    assert tuple(again.levers) == ORDER
    assert tuple(scenario_of(again, SharedAssumptions()).levers) == ORDER
    shipped = shipped_mixes()["coordinated"]
    turned = Mix("coordinated", dict(reversed(shipped.levers.items())))
    assert tuple(mix_from(mix_text(turned), "x").levers) == tuple(turned.levers)
