"""0b.24: the order in which countries are listed changes no byte, with everything switched on.

Draws are keyed by the code of a country and the number of an agent in it.
"""

from __future__ import annotations

from typing import Any

import pytest

from sim.data.load import load_countries
from sim.model.model import MekongModel
from sim.policy.levers import LEVERS
from sim.units import COUNTRIES
from tests.helpers.central import PRIOR_CENTRAL
from tests.policy_signs.trial import EFFECTS, FIRM_ROWS, MODEST, block, scenario, trial

PARAMETERS = {
    **EFFECTS,
    "political_cost": -2.0,
    "agreement_hazard": 1.0,
    "THA.host_enforcement": 0.5,
    "LAO.reaction_speed": 0.9,
    "VNM.loss_target": 0.0005,
    "kpi_error": 0.1,
}
WORLD = {
    "governments": "task_force",
    "agreements": "endogenous",
    "ai_scams": "rising",
    "border": "closed",
    "conflict": "worse",
    "row": "cheaper",
}
ORDERS = {
    "reversed": tuple(reversed(COUNTRIES)),
    "turned": ("MMR", "THA", "VNM", "KHM", "LAO"),
}
CASES: dict[str, dict[str, str]] = {
    "plain": {},
    "pairs": WORLD,
    "treaty": {**WORLD, "treaty": "regional"},
    "reactive": {**WORLD, "governments": "reactive", "agreements": "planned"},
}


def _model(order: tuple[str, ...], case: str) -> MekongModel:
    paths = CASES[case]
    levers: dict[str, Any] = {}
    if paths:
        for name in LEVERS:
            levers |= block(name, 3.0 * MODEST[name] if MODEST[name] < 0.34 else MODEST[name])
    known = load_countries()
    reference = trial(parameters=PARAMETERS, end="2015Q1")
    return MekongModel(
        scenario(levers, paths, "2021Q4"),
        seed=3,
        scale=100_000,
        firm_rows=FIRM_ROWS,
        threads=1,
        parameters=reference.parameters,
        countries={iso: known[iso] for iso in order},
    )


@pytest.fixture(scope="module")
def usual() -> dict[str, MekongModel]:
    return {case: _model(COUNTRIES, case).run() for case in CASES}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("order", ORDERS)
def test_the_order_of_countries_changes_no_byte(
    order: str, case: str, usual: dict[str, MekongModel]
) -> None:
    turned, before = _model(ORDERS[order], case).run(), usual[case]
    assert turned.programmes.signed == before.programmes.signed
    assert turned.programmes.grants == before.programmes.grants
    assert {iso: turned.programmes.own[iso] for iso in COUNTRIES} == before.programmes.own
    tables = [
        model.indicators()
        .astype({"country": str, "indicator": str, "group": str, "quarter": str})
        .sort_values(["country", "quarter", "indicator", "group"])["value"]
        .to_numpy()
        for model in (turned, before)
    ]
    assert tables[0].tobytes() == tables[1].tobytes()


def test_with_everything_on_something_was_signed_granted_and_done(
    usual: dict[str, MekongModel],
) -> None:
    """So that the test above compares more than zeros."""
    assert usual["pairs"].programmes.signed
    assert any(usual["pairs"].programmes.grants.values())
    assert all(sum(levels.values()) > 0 for levels in usual["pairs"].programmes.own.values())


def test_a_country_alone_begins_as_it_does_among_the_five() -> None:
    """Its people are keyed by their numbers in the country, so no neighbour changes them."""
    known = load_countries()
    five = trial(market=False, scale=20_000)
    for place, iso in enumerate(COUNTRIES):
        alone = MekongModel(
            scenario(),
            scale=20_000,
            threads=1,
            parameters=PRIOR_CENTRAL,
            market=False,
            countries={iso: known[iso]},
        )
        first, size = five.people.places.first[place], five.people.places.size[place]
        mine = five.people.rows[first : first + size]
        assert alone.people.rows.tobytes() == mine.tobytes()
        assert (alone.people.initial_counts[0] == five.people.initial_counts[place]).all()
