"""The recipe for a shipped scenario, followed in a copy of the tree: a file and its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.tree_copy import Run, copy_of, pytest_in, recipe, replace_once, run_in

SCENARIO = """\
# Accounts that reach each other in Myanmar alone; look at `account_share` there.
extends = "baseline"
title = "Payments in Myanmar"
question = "Does one country gain from payments that reach everybody?"
reference = "a test"
baseline = "baseline"

[[levers.payments_interoperability]]
countries = ["MMR"]
level = 1.0
start = "2026Q1"
"""
PROBE = """
import json
from sim.model.model import MekongModel

model = MekongModel("payments_mmr", scale=1_000_000, engine="objects", threads=1, market=False)
table = model.run().indicators(yearly=True)
paid = table[table["indicator"] == "spending_payments_interoperability_usd"]
print(json.dumps({
    country: paid[paid["country"] == country][["year", "value"]].astype(float).values.tolist()
    for country in ("MMR", "THA")
}))
"""
HEADING = "### 10. Do payments that reach everybody raise adoption?\n"
OWN_TESTS = (
    "test_a_shipped_scenario_is_whole[payments_mmr]",
    "test_a_scenario_and_its_baseline_live_in_the_same_world[payments_mmr]",
    "test_every_scenario_stands_under_a_question",
    "test_commands_of_the_page_name_scenarios",
    "test_a_command_compares_with_the_baseline_of_what_it_names",
)


@pytest.fixture(scope="module")
def tree(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which the steps of the page have been taken."""
    copy = copy_of(checkout, tmp_path_factory.mktemp("tree"), "docs", "tests")
    (copy / "scenarios/payments_mmr.toml").write_text(SCENARIO, encoding="utf-8")
    line = "\n`payments_mmr` has them in one country.\n\n    mekong compare baseline payments_mmr\n"
    replace_once(copy, "docs/scenarios.md", HEADING, HEADING + line)
    return copy


def test_it_is_valid_and_listed(tree: Path, run_python: Run) -> None:
    told = run_in(tree, run_python, "-m", "sim", "validate", "payments_mmr")
    assert "payments_interoperability" in told
    listed = json.loads(run_in(tree, run_python, "-m", "sim", "list", "scenarios", "--json"))
    assert "payments_mmr" in {row["name"] for row in listed}


def test_it_runs(tree: Path, run_python: Run) -> None:
    """In Myanmar, and only from its first quarter on, the programme is paid."""
    paid = json.loads(run_in(tree, run_python, "-c", PROBE))
    assert [year for year, value in paid["MMR"] if value > 0.0] == [2026, 2027, 2028, 2029, 2030]
    assert not any(value for year, value in paid["THA"])


def test_the_tests_of_the_library_accept_it(tree: Path, run_python: Run) -> None:
    wanted = [f"tests/unit/scenario/test_library.py::{name}" for name in OWN_TESTS]
    assert pytest_in(tree, run_python, *wanted).startswith(f"{len(OWN_TESTS)} passed")


def test_the_recipe_names_what_was_touched(checkout: Path) -> None:
    steps = recipe(checkout, "A scenario")
    for name in ("`scenarios/`", "`docs/scenarios.md`", "`mekong validate NAME`"):
        assert name in steps, name
