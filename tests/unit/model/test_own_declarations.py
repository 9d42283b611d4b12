"""What a rule of one's own declares: fields, parameters and indicators, in both engines."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from sim.agents.consumer import consumer_quarter as shipped_quarter
from sim.agents.own import field, mean, parameter
from sim.errors import InputError, MekongError
from sim.experiments.execution.options import RunOptions
from sim.experiments.own_rules.loading import check_rules, load_rules
from sim.model.engine.field_bounds import ImpossibleValue
from sim.model.model import MekongModel
from sim.scenario import Scenario
from sim.units import decay_factor
from tests.helpers.models import people_model
from tests.helpers.rule_files import short, written

FEAR = '''
"""Fear of scams."""

from sim.agents.consumer import consumer_quarter as shipped_quarter
from sim.agents.own import field, mean, parameter, total, yes_or_no
from sim.units import decay_factor

fear = field("index 0 to 1", low=0.0, high=0.9, start=0.1)
hurt = yes_or_no("was ever defrauded")
fear_lasts = parameter("years", low=0.5, high=10.0, default=2.0)


def afraid(person):
    return person.fear > 0.5


mean_fear = mean("fear", "index 0 to 1")
fearful_women = mean(afraid, "share", among="woman")
people_hurt = total("hurt", "persons")


def consumer_quarter(person, env, params, rng):
    shipped_quarter(person, env, params, rng)
    person.fear *= decay_factor(1.0 / params.fear_lasts)
    if person.victim:
        person.fear = 0.9
        person.hurt = True
    if person.fear > 0.5:
        person.shopper = False
'''
BRAND = """
from sim.agents.firm import sme_quarter as shipped_quarter
from sim.agents.own import field, mean, parameter

brand = field("index 0 to 1", 0.0, 1.0)
brand_gain = parameter("index per quarter", 0.0, 0.5, 0.125)
mean_brand = mean("brand", "index 0 to 1", among="online")


def sme_quarter(firm, env, params, rng):
    shipped_quarter(firm, env, params, rng)
    if firm.online:
        firm.brand = min(firm.brand + params.brand_gain, 1.0)
"""
NAMES = ("mean_fear", "fearful_women", "people_hurt")


class Fear:
    """The same in a class, as in a cell of a notebook."""

    fear = field("index 0 to 1", low=0.0, high=0.9, start=0.1)
    fear_lasts = parameter("years", low=0.5, high=10.0, default=2.0)
    mean_fear = mean("fear", "index 0 to 1")

    @staticmethod
    def consumer_quarter(person: Any, env: Any, params: Any, rng: Any) -> None:
        shipped_quarter(person, env, params, rng)
        person.fear *= decay_factor(1.0 / params.fear_lasts)


@pytest.fixture(scope="module")
def fear(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The file as a module."""
    return written(tmp_path_factory.mktemp("fear"), "own_fear", FEAR)


@pytest.fixture(scope="module")
def after(fear: ModuleType) -> dict[str, MekongModel]:
    """A year under the rule, by engine."""
    rules = {"consumer": fear.consumer_quarter}
    return {
        engine: people_model(short(4), scale=500_000, engine=engine, rules=rules).run()
        for engine in ("compiled", "objects")
    }


def sums(model: MekongModel) -> dict[str, bytes]:
    """Every series of a run, byte for byte."""
    return {name: values.tobytes() for name, values in model.series().sums.items()}


def value(model: MekongModel, name: str, group: str = "all") -> float:
    """An indicator of the five countries at the end of 2015."""
    table = model.indicators(yearly=True)
    rows = table[(table.indicator == name) & (table.country == "GMS5") & (table.group == group)]
    return float(rows.value.iloc[-1])


def test_both_engines_give_the_same_bytes(after: dict[str, MekongModel]) -> None:
    one, two = after["compiled"], after["objects"]
    assert one.people.rows.tobytes() == two.people.rows.tobytes()
    assert sums(one) == sums(two)
    assert one.people.rows["hurt"].any() and not one.people.rows["hurt"].all()


def test_indicators_are_those_of_the_rows(after: dict[str, MekongModel]) -> None:
    model = after["compiled"]
    rows, places = model.people.rows, model.people.places
    weights = np.repeat(
        [here.population[-1] for here in model.outlooks.values()] / places.size, places.size
    )
    fear, hurt = rows["fear"].astype(float), rows["hurt"]
    assert value(model, "mean_fear") == pytest.approx(np.average(fear, weights=weights), rel=0.02)
    assert value(model, "people_hurt") == pytest.approx(hurt @ weights, rel=0.02)
    women = np.array([person.who.woman for person in model.consumers])
    share = np.average(fear[women] > 0.5, weights=weights[women])
    assert value(model, "fearful_women") == pytest.approx(share, rel=0.05)
    assert value(model, "fearful_women", "men") == 0.0
    assert model.collected().keys() >= set(NAMES)


def test_firms_do_the_same(tmp_path: Path) -> None:
    rules = {"sme": written(tmp_path, "own_brand", BRAND).sme_quarter}
    found = []
    for engine in ("compiled", "objects"):
        model = MekongModel(short(2), scale=1_000_000, firm_rows=40, engine=engine, rules=rules)
        found.append(sums(model.run()))
        assert value_of_quarter(model, "mean_brand") == pytest.approx(0.25, abs=0.02)
    assert found[0] == found[1]


def value_of_quarter(model: MekongModel, name: str) -> float:
    """An indicator of the five countries in the last quarter."""
    return model.collected()[name][-1]


def test_a_class_does_the_same_as_a_file() -> None:
    runs = [
        people_model(short(2), scale=1_000_000, engine="objects", rules=rules).run()
        for rules in (Fear, {"consumer": Fear})
    ]
    left = np.float32(0.1) * np.float32(decay_factor(0.5)) ** 2
    assert value_of_quarter(runs[0], "mean_fear") == pytest.approx(float(left), rel=1e-3)
    assert sums(runs[0]) == sums(runs[1])


def test_a_parameter_is_that_of_the_scenario(fear: ModuleType) -> None:
    rules = {"consumer": fear.consumer_quarter}
    table = {"title": "Short", "horizon": {"end": "2015Q1"}, "parameters": {"fear_lasts": 0.5}}
    with pytest.raises(InputError, match="no parameter 'fear_lasts'"):
        Scenario.from_dict(table, name="fearful")
    own = people_model(short(1), scale=1_000_000, engine="objects", rules=rules).parameters.own
    for lasts in (0.5, 10.0):
        table["parameters"] = {"THA": {"fear_lasts": lasts}}
        scenario = Scenario.from_dict(table, name="fearful", own=own)
        model = people_model(scenario, scale=1_000_000, engine="objects", rules=rules).run()
        first = model.people.places.first
        thai = model.people.rows["fear"][first[3] : first[4]]
        kept = float(np.float32(0.1)) * decay_factor(1.0 / lasts)
        assert thai.min() == np.float32(kept)
    table["parameters"] = {"fear_lasts": 11.0}
    with pytest.raises(InputError, match="out of range") as told:
        Scenario.from_dict(table, name="fearful", own=own)
    assert told.value.allowed == "0.5 to 10 (years)"


# What is wrong is told with the line of the file.

WRONG = {
    'fear = field("index", 1.0, 0.0)': ("line 4", "cannot go from 1 to 0"),
    'fear = field("index", 0.0, 1e9)': ("line 4", "500,000"),
    'fear = field("index", 0.0, 1.0, start=2.0)': ("line 4", "starts at 2"),
    'fear = field("", 0.0, 1.0)': ("line 4", "is not a unit"),
    'fear = field("index", "a", 1.0)': ("line 4", "'a' is not a number"),
    'fear = field("index", 0.0, 1.0, whose="ghost")': ("line 4", '"person" or "firm"'),
    'trust = field("index", 0.0, 1.0)': ("line 4", "a person has a 'trust'"),
    'remove = field("index", 0.0, 1.0)': ("line 4", "a person has a 'remove'"),
    '_fear = field("index", 0.0, 1.0)': ("line 4", "'_fear' cannot be the name"),
    "hurt = yes_or_no(start=1)": ("line 4", "1 is not a start"),
    'trust_level = parameter("index", 0.0, 1.0, 0.5)': ("line 4", "has a parameter 'trust_level'"),
    'lasts = parameter("years", 0.0, 1.0, 2.0)': ("line 4", "the default is 2"),
    'trust = mean("skill", "index")': ("line 4", "there is an indicator 'trust' already"),
    'afraid = mean("fear", "index")': ("line 4", "counts 'fear'"),
    'afraid = mean(None, "index")': ("line 4", "None cannot be counted"),
    "afraid = mean(lambda: 1.0, 'index')": ("line 4", "a function of one person"),
    'fear = field("index", 0.0, 1.0); half = 0.5 * 1.0': ("line 6", "write person.fear"),
}


@pytest.mark.parametrize("declared", WRONG)
def test_what_cannot_be_declared(declared: str, tmp_path: Path) -> None:
    line, words = WRONG[declared]
    used = "fear" if "half" in declared else "0.5"
    text = f'''"""A rule."""
from sim.agents.own import field, mean, parameter, yes_or_no

{declared}

def consumer_quarter(person, env, params, rng):
    person.trust = {used}
'''
    path = tmp_path / "wrong.py"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as told:
        check_rules(RunOptions(rules=load_rules(path)))
    assert "wrong.py" in str(told.value) and line in str(told.value) and words in str(told.value)


BEYOND = """
from sim.agents.own import field, mean

fear = field("index 0 to 1", 0.0, 1.0)
{counted}

def consumer_quarter(person, env, params, rng):
    person.fear = {value}
"""


@pytest.mark.parametrize("engine", ["compiled", "objects"])
@pytest.mark.parametrize(
    ("value", "counted", "words"),
    [
        ("2.0 - person.skill", "", ("fear became", "0 to 1", "line 8")),
        (
            "0.5",
            "def big(person):\n    return 1e6\nsize = mean(big, 'US$')",
            ("what size counts of an agent", "500,000"),
        ),
    ],
)
def test_bounds_are_checked_every_quarter(
    tmp_path: Path, engine: str, value: str, counted: str, words: tuple[str, ...]
) -> None:
    text = BEYOND.format(value=value, counted=counted)
    rule = written(tmp_path, f"beyond_{engine}_{len(counted)}", text).consumer_quarter
    model = people_model(short(1), scale=1_000_000, engine=engine, rules={"consumer": rule})
    with pytest.raises(ImpossibleValue) as told:
        model.run()
    assert all(word in str(told.value) for word in (*words, "in 2015Q1", f"beyond_{engine}"))


def test_what_is_unknown_is_told_with_its_line(tmp_path: Path) -> None:
    text = FEAR.replace("person.hurt = True", "person.hart = True")
    path = tmp_path / "slip.py"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MekongError, match=r"there is no 'person\.hart'") as told:
        check_rules(RunOptions(rules=load_rules(path)))
    assert "slip.py, line 27" in str(told.value) and "'hurt'" in str(told.value)
