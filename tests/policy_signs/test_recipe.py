"""The recipe for a lever, followed in a copy of the tree: a block, two parameters, one line.

After that the validator, the budget, the series and a run know it, without another edit.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.tree_copy import Run, copy_of, recipe, replace_once, run_in

BLOCK = """
[tea_houses]
number = 15
title = "Tea houses with a helper"
unit = "tea houses per 1,000 people"
maximum = 2.0
scope = "countries"
moves = ["trust_level"]
prices = { "1000 people" = "tea_house_unit_cost" }
lag_years = 0.0
ramp_years = 0.0
grade = "C"
seeds = ["A test"]
meaning = "A place to ask before one buys."
source = "made up"
"""
ROWS = (
    "tea_house_unit_cost,government,,US$ per year,50,100,400,0,1000000.0,log,swept,,,,,,"
    "Yearly cost of a tea house.,made up",
    "tea_house_trust,trust,,trust,0,0.05,0.1,0,1,linear,swept,,,,,,"
    "Rise of the level of trust with one tea house per thousand people.,made up",
)
FIELD = "        trust_support="
LINE = '        trust_support=level("tea_houses") * params["tea_house_trust"]\n        + '
SCENARIO = """
extends = "baseline"
title = "Tea"
question = "What do tea houses do?"
baseline = "baseline"
[horizon]
end = "2016Q4"
[[levers.tea_houses]]
countries = ["THA"]
level = {level}
start = "2015Q3"
"""
PROBE = """
import json
from sim.model.model import MekongModel
found = {}
for name in ("baseline", "tea.toml", "idle.toml"):
    model = MekongModel(name, scale=1_000_000, engine="objects", threads=1, market=False)
    while model.next_quarter <= 8067:
        model.step()
    table = model.indicators()
    here = table[(table["country"] == "THA") & (table["group"] == "all")]
    found[name] = {
        series: here[here["indicator"] == series]["value"].tolist()
        for series in ("spending_tea_houses_usd", "trust", "population", "lever_shortfall_usd")
    }
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def tree(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a run needs, with the lever added by the recipe."""
    copy = copy_of(checkout, tmp_path_factory.mktemp("tree"))
    with (copy / "sim/policy/levers.toml").open("a", encoding="utf-8") as file:
        file.write(BLOCK)
    table = copy / "sim/parameters/table.csv"
    text = table.read_text(encoding="utf-8").rstrip("\n")
    table.write_text("\n".join([text, *ROWS]) + "\n", encoding="utf-8")
    replace_once(copy, "sim/model/policy_effects.py", FIELD, LINE)
    (copy / "tea.toml").write_text(SCENARIO.format(level=1.5))
    (copy / "idle.toml").write_text(SCENARIO.format(level=0.0))
    (copy / "much.toml").write_text(SCENARIO.format(level=2.5))
    return copy


@pytest.fixture(scope="module")
def found(tree: Path, run_python: Run) -> dict[str, dict[str, list[float]]]:
    """Some series of Thailand by scenario, out of a run of the copy."""
    return json.loads(run_in(tree, run_python, "-c", PROBE))


def test_validate_knows_it(tree: Path, run_python: Run) -> None:
    good = run_python("-m", "sim", "validate", "tea.toml", cwd=tree, PYTHONPATH=str(tree))
    assert good.returncode == 0, good.stderr
    bad = run_python("-m", "sim", "validate", "much.toml", cwd=tree, PYTHONPATH=str(tree))
    assert bad.returncode == 2
    assert "0 to 2 (tea houses per 1,000 people)" in bad.stderr


def test_the_list_of_levers_knows_it(tree: Path, run_python: Run) -> None:
    listed = run_python("-m", "sim", "list", "levers", cwd=tree, PYTHONPATH=str(tree))
    assert listed.returncode == 0, listed.stderr
    assert "tea_houses" in listed.stdout


def test_a_run_pays_for_it(found: dict[str, dict[str, list[float]]]) -> None:
    """From its first quarter on: level x price x people / 1000 / 4."""
    tea = found["tea.toml"]
    spent, people = tea["spending_tea_houses_usd"], tea["population"]
    assert spent[:2] == [0.0, 0.0]
    for paid, persons in zip(spent[2:], people[2:], strict=True):
        assert paid == pytest.approx(1.5 * 100.0 * persons / 1000.0 / 4.0, rel=0.01)
    assert max(tea["lever_shortfall_usd"]) == 0.0


def test_a_run_feels_it(found: dict[str, dict[str, list[float]]]) -> None:
    tea, plain = found["tea.toml"]["trust"], found["baseline"]["trust"]
    assert tea[:2] == plain[:2]
    assert all(more > less for more, less in zip(tea[2:], plain[2:], strict=True))


def test_at_level_zero_it_is_not_there(found: dict[str, dict[str, list[float]]]) -> None:
    assert found["idle.toml"] == found["baseline"]
    assert not any(found["idle.toml"]["spending_tea_houses_usd"])


def test_the_recipe_is_written_down(checkout: Path) -> None:
    """The page names the three files that were touched here."""
    steps = recipe(checkout, "A lever")
    for name in (
        "sim/policy/levers.toml",
        "sim/parameters/table.csv",
        "sim/model/policy_effects.py",
    ):
        assert name in steps
