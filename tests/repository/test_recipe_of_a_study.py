"""The recipe for a study of the replication table, followed in a copy of the tree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.tree_copy import Run, copy_of, pytest_in, recipe, replace_once, run_in

SOURCE = "made_up_2024,A made-up study,Nobody,2024,https://example.org/study\n"
EFFECT = (
    "paperless_customs,regional_exports,0.02,0.01,0.03,relative_change,all measures,"
    "five countries,made up,made_up_2024,a test\n"
)
FUNCTION = '''

def exports_after_paperless(runs: PairedRuns) -> float:
    """Exports within the region in the two years after customs become paperless."""
    made = scenario("paperless", {"paperless_customs": [block(1.0, "2017Q1")]}, "2018Q4")
    return runs.change(made, ["exports_region_usd"], (2017, 2018))
'''
STUDY = """
    PublishedStudy("regional_exports", "exports within the region when customs become paperless",
          "free", "paperless_customs", "regional_exports", "made_up_2024",
          reruns.exports_after_paperless),
"""
REPLICATION = "sim/analysis/validation/replication.py"
RUNS = "sim/analysis/validation/replication_runs.py"
EFFECTS, SOURCES = "calibration/data/effects.csv", "calibration/data/sources.csv"
PAGE = "docs/replication.md"


@pytest.fixture(scope="module")
def tree(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which the steps of the page have been taken."""
    copy = copy_of(checkout, tmp_path_factory.mktemp("tree"), "docs", "tests")
    for file, text in ((SOURCES, SOURCE), (EFFECTS, EFFECT), (RUNS, FUNCTION)):
        with (copy / file).open("a", encoding="utf-8") as end:
            end.write(text)
    replace_once(copy, REPLICATION, "\nSTUDIES = (\n", f"\nSTUDIES = ({STUDY}")
    first = "| `payments_sales` |"
    row = "| `regional_exports` | +2 % | +1 % | 0.5 | free |\n"
    replace_once(copy, PAGE, first, row + first)
    replace_once(
        copy, PAGE, "## Row by row\n", "## Row by row\n\n**`regional_exports`.** Made up.\n"
    )
    return copy


def test_the_command_has_its_row(tree: Path, run_python: Run) -> None:
    size = ("--scale", "1000000", "--seeds", "1", "--json", "-q")
    command = ("-m", "sim", "evidence", "replication", "regional_exports", *size)
    (row,) = json.loads(run_in(tree, run_python, *command))
    assert row["name"] == "regional_exports" and row["published"] == 0.02
    assert row["source"] == "A made-up study (Nobody)"
    assert row["simulated"] > 0.0 and row["ratio"] == pytest.approx(row["simulated"] / 0.02)


def test_the_tests_of_the_table_accept_it(tree: Path, run_python: Run) -> None:
    wanted = [
        "tests/unit/analysis/test_replication.py::test_a_study_has_one_published_figure[regional_exports]",
        "tests/unit/analysis/test_replication.py::test_the_page_explains_every_row",
        "tests/unit/data/test_trade.py::test_effects",
    ]
    assert pytest_in(tree, run_python, *wanted).startswith("3 passed")


def test_the_recipe_names_what_was_touched(checkout: Path) -> None:
    steps = recipe(checkout, "A study for the replication table")
    for name in (REPLICATION, RUNS, EFFECTS, "`sources.csv`", "replication.md"):
        assert name in steps, name
