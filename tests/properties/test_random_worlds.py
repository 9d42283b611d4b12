"""Identities and bounds hold in any world that a person can ask for."""

from __future__ import annotations

import pytest
from hypothesis import given

from sim.model.model import MekongModel
from sim.scenario import load_scenario, shipped_scenarios
from tests.properties.checks import CHECKS, bounds, budgets_of_people
from tests.properties.random_worlds import World, examples, worlds


@examples(50)
@given(worlds(quarters=12))
def test_identities_hold_in_random_worlds(world: World) -> None:
    model = world.model().run()
    for check in CHECKS:
        check(model)


@examples(8)
@given(worlds(quarters=6))
def test_they_hold_after_every_quarter(world: World) -> None:
    model = world.model()
    for _ in range(world.quarters):
        model.step()
        bounds(model)
        budgets_of_people(model)


def _plain(name: str) -> bool:
    """No remittances, no other exchange rates: the checks know incomes and prices as they are."""
    scenario = load_scenario(name)
    return "remittance_links" not in scenario.levers and scenario.paths["exchange"] == "weo"


@pytest.mark.parametrize("name", [name for name in shipped_scenarios() if _plain(name)])
def test_identities_hold_in_shipped_scenarios(name: str) -> None:
    model = MekongModel(name, scale=50_000, threads=1).run()
    for check in CHECKS:
        check(model)
