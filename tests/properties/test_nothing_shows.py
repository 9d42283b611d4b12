"""I16, I17, I20: what makes no difference to the world makes none to a single byte."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.data.load import load_countries
from sim.model.model import MekongModel
from sim.policy.levers import LEVERS
from sim.units import COUNTRIES
from tests.helpers.models import people_model
from tests.properties.random_worlds import HEADLINE, World, examples, worlds


def _outcome(model: MekongModel) -> tuple[bytes, bytes]:
    model.run()
    return model.people.rows.tobytes(), model.indicators()["value"].to_numpy().tobytes()


def _by_country(model: MekongModel) -> dict[str, tuple[bytes, bytes]]:
    """Everybody's record and every value, country by country."""
    places, table = model.people.places, model.indicators()
    return {
        iso: (
            model.people.rows[first : first + size].tobytes(),
            table["value"].to_numpy()[(table["country"] == iso).to_numpy()].tobytes(),
        )
        for iso, first, size in zip(model.countries, places.first, places.size, strict=True)
    }


def _block(level: float, start: str = "2015Q1") -> list[dict[str, Any]]:
    return [{"countries": "all", "level": level, "start": start}]


@examples(15)
@given(worlds(quarters=8), st.sampled_from(list(HEADLINE)))
def test_a_lever_at_level_zero(world: World, lever: str) -> None:
    """I16: on top of whatever other lever the world has."""
    others = {name: blocks for name, blocks in world.levers.items() if name != lever}
    neutral = {**others, lever: _block(LEVERS[lever].neutral)}
    assert _outcome(world.model(neutral)) == _outcome(world.model(others))


@examples(10)
@given(worlds(quarters=6))
def test_threads(world: World) -> None:
    one = _outcome(world.model(threads=1))
    assert _outcome(world.model(threads=2)) == one
    assert _outcome(world.model(threads=4)) == one


@examples(15)
@given(worlds(quarters=8))
def test_a_lever_without_effect_costs_money_only(world: World) -> None:
    """I20: people live the same lives; the books show the spending."""
    powerless = {"private_leverage": 0.0, "public_investment_efficiency": 0.0}
    powerless |= {"digital_budget_share": 0.2}
    paid = world.model({"broadband_investment": _block(2.0)}, powerless).run()
    plain = world.model({}, powerless).run()
    assert paid.people.rows.tobytes() == plain.people.rows.tobytes()
    assert paid.series().sums["budget_spending_usd"].sum() > 0.0
    assert plain.series().sums["budget_spending_usd"].sum() == 0.0


@examples(10)
@given(worlds(quarters=6), st.permutations(COUNTRIES))
def test_the_order_of_countries_in_random_worlds(world: World, order: list[str]) -> None:
    """I17: no byte of any country depends on where it stands in the list."""
    _check_order(world, order)


@pytest.mark.parametrize("order", [COUNTRIES[::-1], ("VNM", "KHM", "THA", "LAO", "MMR")])
def test_the_order_of_countries(order: tuple[str, ...]) -> None:
    world = World({}, {"anti_scam_enforcement": _block(1.0)}, {}, 1, 50_000, 8)
    _check_order(world, list(order))


def _check_order(world: World, order: list[str]) -> None:
    listed = world.model().run()
    turned = people_model(
        world.scenario(),
        seed=world.seed,
        scale=world.scale,
        threads=1,
        parameters=listed.parameters,
        countries={iso: world.countries[iso] for iso in order},
    ).run()
    assert set(turned.countries) == set(order)
    one, other = _by_country(listed), _by_country(turned)
    assert {iso for iso in one if one[iso][0] != other[iso][0]} == set()
    assert {iso for iso in one if one[iso][1] != other[iso][1]} == set()
    whole, again = (model.indicators() for model in (listed, turned))
    for table in (whole, again):
        table["place"] = table["country"].astype(str) == "GMS5"
    assert whole[whole["place"]]["value"].to_numpy() == pytest.approx(
        again[again["place"]]["value"].to_numpy(), rel=1e-12
    )


def test_running_twice_and_something_else_in_between() -> None:
    first = _outcome(people_model(scale=50_000, threads=1))
    _outcome(people_model("both", seed=9, scale=100_000, threads=1))
    assert _outcome(people_model(scale=50_000, threads=1)) == first
    assert len(load_countries()) == 5
