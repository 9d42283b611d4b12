"""Identities and bounds hold in any world that a person can ask for."""

from __future__ import annotations

from hypothesis import given

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
