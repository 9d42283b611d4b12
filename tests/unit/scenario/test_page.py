"""The page about scenarios says what the program does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from sim.parameters.channels import CHANNELS
from sim.policy.levers import LEVERS
from sim.scenario import PATHS, Scenario, shipped_scenarios
from sim.scenario.schema import KEYS


@pytest.fixture(scope="module")
def page(checkout: Path) -> str:
    return (checkout / "docs" / "scenarios.md").read_text(encoding="utf-8")


def test_the_example_is_a_scenario(page: str) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)
    scenario = Scenario.from_dict(tomllib.loads(example), name="example")
    assert {LEVERS[name].scope for name in scenario.levers} == {"countries", "pairs"}


def test_every_shipped_scenario_is_named(page: str) -> None:
    for name in shipped_scenarios():
        assert f"`{name}`" in page, name


def test_the_python_example_runs(page: str) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    names: dict[str, object] = {}
    exec(example, names)
    mine = names["mine"]
    assert isinstance(mine, Scenario)
    assert mine.levers["anti_scam_enforcement"][0].level == 1.0


def test_every_key_path_and_lever_is_described(page: str) -> None:
    names = {name for keys in KEYS.values() for name in keys}
    for name in sorted(names):
        assert f"`{name}`" in page or f"`[{name}]`" in page or f"[[{name}." in page, name
    for path in PATHS.values():
        assert f"`{path.name}`" in page
        assert all(f'`"{choice}"`' in page for choice in path.choices)


@pytest.mark.parametrize("name", CHANNELS)
def test_the_table_of_channels_is_that_of_the_program(page: str, name: str) -> None:
    (row,) = re.findall(rf"^\| `{name}` \|.*$", page, flags=re.MULTILINE)
    for parameter, value in CHANNELS[name].off.items():
        assert f"`{parameter} = {value:g}`" in row


@pytest.mark.parametrize("name", LEVERS)
def test_the_table_of_levers_is_that_of_the_program(page: str, name: str) -> None:
    lever = LEVERS[name]
    (row,) = re.findall(rf"^\| `{name}` \|.*$", page, flags=re.MULTILINE)
    assert f"{lever.minimum:g} to {lever.maximum:g}" in row
    assert f"{lever.lag_years:g}, {lever.ramp_years:g}" in row
    assert row.endswith(f"| {lever.grade} |")
    assert all(f"`{name}`" in row for name in lever.price_parameters)
