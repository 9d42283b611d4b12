"""A student's own rule runs in both engines and gives the same bits."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.agents.consumer import buy, connect_or_drop_out, consumer_quarter
from sim.agents.contacts import shoppers_among_neighbours, victims_among_neighbours
from sim.errors import InputError
from sim.model.engine import firm_loop
from sim.model.model import MekongModel
from sim.rng import decision, uniform
from sim.units import decay_factor, exponential, hazard_to_probability
from tests.helpers.models import people_model
from tests.helpers.rule_files import Rule, people_under, short, trust_under, written

TRY_IT = decision("try_it")
WEIGHTS_OF_FRIENDS = 0.75
CURIOUS = True


def student_quarter(person: Any, env: Any, params: Any, rng: Any) -> None:
    """A rule of one's own, with helpers, constants, loops and a few functions of the model."""
    connect_or_drop_out(person, env, params, rng)
    if person.connected and person.adult and not person.shopper:
        pull = temptation(person, env, params)
        for _ in range(2):
            pull += 0.01
        if uniform(rng, TRY_IT) < hazard_to_probability(pull) and CURIOUS:
            person.shopper = True
    elif person.shopper:
        person.trust -= 0.125 * victims_among_neighbours(env)
        person.trust = min(max(person.trust, 0.0), 1.0)
    person.skill = person.skill * decay_factor(0.01) + (0.001 if person.young else 0.0)
    person.victim = uniform(rng, decision_of_scams) < 0.05
    buy(person, env, params)


def temptation(person: Any, env: Any, params: Any) -> float:
    friends = WEIGHTS_OF_FRIENDS * shoppers_among_neighbours(env)
    shy = 1.0 if person.woman and person.older else 2.0
    return (
        shy * (friends + params.innovation) * exponential(person.skill - 0.5)
        + math.sqrt(person.trust) / 8.0
    )


decision_of_scams = decision("decision of scams")


def do_nothing(person: Any, env: Any, params: Any, rng: Any) -> None:
    """Not even that."""


def test_a_rule_in_a_module() -> None:
    compiled = people_under(student_quarter, "compiled", quarters=4)
    assert compiled == people_under(student_quarter, "objects", quarters=4)
    assert compiled != people_under(consumer_quarter, "compiled", quarters=4)
    assert compiled != people_under(do_nothing, "compiled", quarters=4)


def test_a_rule_that_does_nothing() -> None:
    assert people_under(do_nothing, "compiled") == people_under(do_nothing, "objects")


IN_A_FILE = """
from sim.agents.consumer import consumer_quarter as shipped_quarter
from sim.rng import uniform, decision

LEARN = decision("learn at school")
STEP = 0.0625


def consumer_quarter(person, env, params, rng):
    shipped_quarter(person, env, params, rng)
    if person.young and uniform(rng, LEARN) < 0.5:
        person.skill = min(person.skill + STEP, 1.0)
"""


def test_a_rule_in_a_file(tmp_path: Path) -> None:
    rule = written(tmp_path, "rule_in_a_file", IN_A_FILE).consumer_quarter
    compiled = people_under(rule, "compiled", quarters=4)
    assert compiled == people_under(rule, "objects", quarters=4)
    assert compiled != people_under(consumer_quarter, "compiled", quarters=4)


def setting_trust_to(value: float) -> Rule:
    def closed_rule(person: Any, env: Any, params: Any, rng: Any) -> None:
        person.trust = value

    return closed_rule


def test_a_rule_that_closes_over_a_value() -> None:
    """Two rules with the same text and different values are two rules."""
    for value in (0.25, 0.5):
        for engine in ("compiled", "objects"):
            assert trust_under(setting_trust_to(value), engine) == {value}


def calling_twice(part: Callable[..., None]) -> Rule:
    def twice(person: Any, env: Any, params: Any, rng: Any) -> None:
        part(person, env, params)
        part(person, env, params)

    return twice


def half_of_trust(person: Any, env: Any, params: Any) -> None:
    person.trust = 0.5 * person.trust


def test_a_rule_that_closes_over_a_function() -> None:
    compiled = trust_under(calling_twice(half_of_trust))
    assert compiled == trust_under(calling_twice(half_of_trust), "objects")
    assert max(compiled) == pytest.approx(0.7 / 4.0)


@pytest.mark.parametrize("name", ["rule", "run", "seen", "home", "number", "describe", "select"])
def test_a_rule_may_have_any_name(tmp_path: Path, name: str) -> None:
    """Also the names that the loop around it uses."""
    text = f"def {name}(person, env, params, rng):\n    person.trust = 0.25\n"
    assert trust_under(getattr(written(tmp_path, f"named_{name}", text), name)) == {0.25}


def test_keywords_work_or_are_refused(tmp_path: Path) -> None:
    text = """
def rule(person, env, params, rng):
    person.trust = level(person=person, params=params)


def level(person, params):
    return 0.25 if person.adult else params.trust_level
"""
    rule = written(tmp_path, "by_keyword", text).rule
    try:
        shown = people_under(rule, "compiled")
    except InputError:
        return
    assert shown == people_under(rule, "objects")


def test_two_rules_can_live_side_by_side() -> None:
    before = people_under(consumer_quarter, "compiled")
    people_under(student_quarter, "compiled")
    assert people_under(consumer_quarter, "compiled") == before


LOSSES = """
from sim.agents.consumer import consumer_quarter as shipped_quarter


def consumer_quarter(person, env, params, rng):
    shipped_quarter(person, env, params, rng)
    person.victim = person.connected and person.adult


def scam_loss(person, env, params):
    return 3.0 if person.victim else 0.0
"""

STRENGTHS = """
from sim.agents.firm import sme_quarter as shipped_quarter
from sim.agents.firm import sales_capability as shipped_capability


def sme_quarter(firm, env, params, rng):
    shipped_quarter(firm, env, params, rng)


def sales_capability(firm, params):
    return 4.0 * shipped_capability(firm, params)


def cost_factor(firm, params):
    return 0.5
"""


@pytest.mark.parametrize("engine", ["compiled", "objects"])
def test_losses_are_counted_with_the_functions_beside_the_rule(tmp_path: Path, engine: str) -> None:
    rule = written(tmp_path, f"losses_{engine}", LOSSES).consumer_quarter
    model = people_model(short(1), scale=1_000_000, engine=engine, rules={"consumer": rule}).run()
    sums = model.series().sums
    people = sums["victims"][:, :, 0]
    assert people.sum() > 1e6
    assert sums["scam_losses_usd"][:, :, 0] == pytest.approx(3.0 * people)


def test_sales_and_costs_are_counted_with_the_functions_beside_the_rule(tmp_path: Path) -> None:
    rule = written(tmp_path, "strengths", STRENGTHS).sme_quarter

    def counted(engine: str, **rules: Any) -> np.ndarray:
        model = MekongModel(short(2), scale=1_000_000, firm_rows=60, engine=engine, **rules).run()
        return np.asarray(model.trade_outcome.counted.sum(axis=1))

    own = {engine: counted(engine, rules={"sme": rule}) for engine in ("compiled", "objects")}
    assert (own["compiled"] == own["objects"]).all()
    plain, mine = counted("compiled"), own["compiled"]
    assert mine[:, firm_loop.COSTS].sum() == pytest.approx(
        0.5 * mine[:, firm_loop.SELLS_TO].sum(), rel=1e-4
    )
    per_shop = [
        n[:, firm_loop.STRENGTH].sum() / n[:, firm_loop.SELLS_TO].sum() for n in (plain, mine)
    ]
    assert per_shop[1] > 3.0 * per_shop[0]


def test_a_function_beside_the_rule_with_other_arguments_is_refused(tmp_path: Path) -> None:
    text = STRENGTHS.replace(
        "def sales_capability(firm, params)", "def sales_capability(firm, env, params)"
    )
    rule = written(tmp_path, "other_strength", text).sme_quarter
    with pytest.raises(InputError, match=r"sales_capability takes other arguments"):
        MekongModel(short(1), scale=1_000_000, firm_rows=60, rules={"sme": rule})
