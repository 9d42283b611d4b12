"""The recipe for an indicator, followed in a copy of the tree.

Women who begin to use the internet are counted anew, as a flow and as a share, so that every value
is known: it is what `newly_connected` has in the group of women.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.model.engine.people_loop import MEASURES
from tests.helpers.tree_copy import Run, copy_of, recipe, replace_once, run_in

EDITS = {
    "sim/model/engine/people_loop.py": (
        (f"\nMEASURES = {MEASURES}\n", f"\nNEW_WOMEN = {MEASURES}\nMEASURES = {MEASURES + 1}\n"),
        ("FLOWS = (VICTIMS, ", "FLOWS = (VICTIMS, NEW_WOMEN, "),
        (
            "                    tally[chunk, cell, NEW_CONNECTED] += 1\n",
            "                    tally[chunk, cell, NEW_CONNECTED] += 1\n"
            "                    if who.woman:\n"
            "                        tally[chunk, cell, NEW_WOMEN] += 1\n",
        ),
    ),
    "sim/model/recording.py": (
        (
            '        "newly_connected": people(',
            '        "women_joined": people(people_loop.NEW_WOMEN),\n'
            '        "newly_connected": people(',
        ),
    ),
    "sim/model/indicators.py": (
        (
            '    Indicator("newly_connected", ',
            '    Indicator("women_joined", "persons", "flow", "women who went online"),\n'
            '    Indicator("women_joined_share", "share", "share", "women over newly connected",\n'
            '              of=("women_joined", "newly_connected")),\n'
            '    Indicator("newly_connected", ',
        ),
    ),
}
PROBE = """
import json
from sim.model.model import MekongModel

NAMES = ["newly_connected", "women_joined", "women_joined_share"]
model = MekongModel(
    scale=200_000, engine="objects", threads=1, market=False, steps_per_quarter=2
)
for _ in range(8):
    model.step()
table = model.indicators(yearly=True)
print(json.dumps([
    [row.indicator, f"{row.country} {row.year}", row.group, row.value]
    for row in table[table["indicator"].isin(NAMES)].itertuples()
]))
"""


@pytest.fixture(scope="module")
def tree(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which the steps of the page have been taken."""
    copy = copy_of(checkout, tmp_path_factory.mktemp("tree"), "docs", "results", "tests")
    for file, edits in EDITS.items():
        for old, new in edits:
            replace_once(copy, file, old, new)
    return copy


def test_a_run_has_it_in_its_table(tree: Path, run_python: Run) -> None:
    rows = json.loads(run_in(tree, run_python, "-c", PROBE))
    found = {(name, where, group): value for name, where, group, value in rows}
    places = {where for _, where, _ in found}
    assert len(places) == 2 * 6
    for where in places:
        women, everybody = (found["newly_connected", where, group] for group in ("women", "all"))
        assert found["women_joined", where, "all"] == women
        assert found["women_joined", where, "men"] == 0.0
        share = found["women_joined_share", where, "all"]
        assert share == pytest.approx(women / everybody if everybody else 0.0)
    assert 0.0 < found["women_joined_share", "GMS5 2016", "all"] < 1.0


def test_the_list_and_the_glossary_know_it(tree: Path, run_python: Run) -> None:
    listed = json.loads(run_in(tree, run_python, "-m", "sim", "list", "indicators", "--json"))
    assert {"women_joined", "women_joined_share"} <= {row["name"] for row in listed}
    run_in(tree, run_python, "-m", "tests.repository.test_glossary")
    assert "| `women_joined` | women who went online (flow) | persons |" in (
        tree / "docs/glossary.md"
    ).read_text(encoding="utf-8")


def test_the_recipe_names_what_was_touched(checkout: Path) -> None:
    steps = recipe(checkout, "An indicator")
    for name in (*EDITS, "`MEASURES`", "`FLOWS`", "python -m tests.repository.test_glossary"):
        assert name in steps, name
