"""The recipe for a study of the replication table, followed in a copy of the tree."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.helpers.tree_copy import Run, copy_of, pytest_in, recipe, replace_once, run_in

ROW = {
    **{"name": "regional_exports", "authors": "Nobody", "year": "2024", "title": "A made-up study"},
    **{"country": "five countries", "design": "made up", "grade": "B", "kind": "size"},
    **{"estimate": "0.02", "unit": "relative_change", "error_basis": "none"},
    **{"horizon_quarters": "8", "transport": "region", "transport_error": "0.01"},
    **{"experiment": "paperless_region", "use": "fit", "checked_in": "abstract"},
    **{"url": "https://example.org/study"},
}
FUNCTION = '''

def exports_within_the_region(paired_runs: PairedRuns) -> float:
    """Exports within the region in the third and fourth year of paperless customs."""
    return change(paired_runs, "paperless_customs", ["exports_region_usd"], THIRD_YEARS)
'''
EXPERIMENT = """
    "paperless_region": Experiment(
        "exports within the region when customs become paperless",
        "relative_change", markets.exports_within_the_region),
"""
EXPERIMENTS = "sim/calibration/studies/experiments.py"
FUNCTIONS = "sim/calibration/studies/market_experiments.py"
STUDIES = "calibration/studies.csv"
PAGE = "docs/replication.md"


@pytest.fixture(scope="module")
def tree(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which the steps of the page have been taken."""
    copy = copy_of(checkout, tmp_path_factory.mktemp("tree"), "docs", "tests")
    with (copy / STUDIES).open(encoding="utf-8", newline="") as file:
        columns = csv.DictReader(file).fieldnames or []
    with (copy / STUDIES).open("a", encoding="utf-8", newline="") as end:
        csv.DictWriter(end, columns, lineterminator="\n").writerow(ROW)
    with (copy / FUNCTIONS).open("a", encoding="utf-8") as end:
        end.write(FUNCTION)
    replace_once(copy, EXPERIMENTS, "\nEXPERIMENTS = {\n", f"\nEXPERIMENTS = {{{EXPERIMENT}")
    line = "| `regional_exports` | `paperless_region` | +2 % | +1 % | +1 % | 0.5 | fit |\n"
    replace_once(
        copy,
        PAGE,
        "\n## Experiment by experiment\n",
        "\n" + line + "\n## Experiment by experiment\n\n**`paperless_region`.** Made up.\n",
    )
    return copy


def test_the_command_has_its_row(tree: Path, run_python: Run) -> None:
    size = ("--scale", "1000000", "--seeds", "1", "--json", "-q")
    command = ("-m", "sim", "evidence", "replication", "regional_exports", *size)
    (row,) = json.loads(run_in(tree, run_python, *command))
    assert row["name"] == "regional_exports" and row["published"] == 0.02
    assert row["study"] == "Nobody 2024" and row["url"] == ROW["url"]
    assert row["simulated"] > 0.0 and row["ratio"] == pytest.approx(row["simulated"] / 0.02)


def test_the_tests_of_the_table_accept_it(tree: Path, run_python: Run) -> None:
    where = "tests/unit/analysis/test_replication.py"
    wanted = [
        f"{where}::test_every_experiment_is_that_of_a_study",
        f"{where}::test_the_page_has_every_study_and_explains_every_experiment",
        "tests/unit/calibration/test_studies.py::test_enough_studies_enter_and_none_of_them_set_a_prior",
    ]
    assert pytest_in(tree, run_python, *wanted).startswith("3 passed")


def test_the_recipe_names_what_was_touched(checkout: Path) -> None:
    steps = recipe(checkout, "A study")
    for name in (STUDIES, FUNCTIONS, EXPERIMENTS, "replication.md"):
        assert name in steps, name
