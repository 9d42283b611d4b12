"""The recipe for what people see and remember, followed in a copy of the tree.

A field of `PolicyEffects` and of `CountryEnvironment`, a field of `CONSUMER`, and the rule: both
engines give the same numbers, and the mean-field model runs the changed rule.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.tree_copy import Run, copy_of, recipe, replace_once, run_in

EDITS = {
    "sim/model/policy_effects.py": (
        ("    trust_support: float\n", "    trust_support: float\n    festival: float\n"),
        ("        trust_support=", "        festival=0.25,\n        trust_support="),
    ),
    "sim/agents/consumer.py": (
        (
            "    trust_support: float  #",
            "    festival: float  # visits a quarter\n    trust_support: float  #",
        ),
        (
            '        ("habit", "f4"),',
            '        ("visits", "f4"),  # to festivals\n        ("habit", "f4"),',
        ),
        ('    "habit": (0.0, 1.0),\n', '    "habit": (0.0, 1.0),\n    "visits": (0.0, 100.0),\n'),
        (
            "    if person.shopper:\n        person.habit =",
            "    person.visits = person.visits + env.festival\n"
            "    if person.shopper:\n        person.habit =",
        ),
        (
            "    return most * odds",
            "    return (1.0 + env.festival) * most * odds",
        ),
    ),
}
PROBE = """
import json
from sim.meanfield.recording import Recording
from sim.model.model import MekongModel
from sim.parameters.values import ParameterSet
from sim.scenario import Scenario

year = Scenario.from_dict({"title": "A year", "horizon": {"end": "2015Q4"}}, name="year")
found = {}
for engine in ("compiled", "objects"):
    model = MekongModel(year, scale=500_000, engine=engine, threads=1, market=False).run()
    spent = [int(sum(map(int, model.spending)))]
    visits = [float(x) for x in set(model.people.rows["visits"].tolist())] if "visits" in (
        model.people.rows.dtype.names or ()) else []
    found[engine] = [spent, visits]
recording = Recording(year, scale=500_000, market=False)
found["mean field"] = float(recording.mean_field(ParameterSet.central()).run()[..., 10].sum())
print(json.dumps(found))
"""


def probed(tree: Path, run_python: Run) -> dict[str, object]:
    found: dict[str, object] = json.loads(run_in(tree, run_python, "-c", PROBE))
    return found


@pytest.fixture(scope="module")
def both(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory, run_python: Run
) -> tuple[dict[str, object], dict[str, object]]:
    """What the checkout and the changed copy give."""
    copy = copy_of(checkout, tmp_path_factory.mktemp("tree"))
    for file, edits in EDITS.items():
        for old, new in edits:
            replace_once(copy, file, old, new)
    return probed(checkout, run_python), probed(copy, run_python)


def test_both_engines_know_the_fields(both: tuple[dict[str, object], dict[str, object]]) -> None:
    _, changed = both
    assert changed["compiled"] == changed["objects"]
    assert changed["compiled"][1] == [1.0]  # type: ignore[index]


def test_everybody_spends_more(both: tuple[dict[str, object], dict[str, object]]) -> None:
    plain, changed = both
    before, after = plain["compiled"][0][0], changed["compiled"][0][0]  # type: ignore[index]
    assert after == pytest.approx(1.25 * before, rel=1e-3)
    assert changed["mean field"] == pytest.approx(1.25 * plain["mean field"], rel=1e-9)  # type: ignore[operator]


def test_the_recipe_is_written_down(checkout: Path) -> None:
    steps = recipe(checkout, "A rule")
    for word in ("`CONSUMER`", "`CountryEnvironment`", "`PolicyEffects`"):
        assert word in steps
