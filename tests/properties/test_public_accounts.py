"""I4 and I5: the books of every government balance, and money that was not paid does nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.broadband import Network, Networks
from sim.model.model import MekongModel
from sim.policy.levers import LEVERS
from sim.policy.schedule import paid
from sim.scenario import load_scenario, shipped_scenarios
from sim.units import COUNTRIES, QUARTERS_PER_YEAR, USD_SCALE
from tests.helpers.central import PRIOR_CENTRAL
from tests.helpers.models import people_model
from tests.properties.random_worlds import HEADLINE, World, examples, worlds
from tests.verification.worlds import scenario


def _check_books(model: MekongModel) -> None:
    """Every quarter of every government, to the unit of 2**-16 US$."""
    carried = dict.fromkeys(model.countries, 0)
    shortfall = spent = 0
    while model.next_quarter <= model.policy_scenario.end:
        quarter, t = model.next_quarter, model.next_quarter - model.policy_scenario.start
        takings = {iso: model.scam_sector.takings(iso) for iso in model.countries}
        model.step()
        for iso, government in model.governments.items():
            books, p, here = government.books, model.values[iso], model.outlooks[iso]
            out = sum(books.spending.values())
            assert books.opening == carried[iso]
            assert books.opening + books.revenue == out + books.returned + books.closing
            assert (
                min(books.closing, books.returned, books.shortfall, *books.spending.values(), 0)
                == 0
            )
            assert books.closing <= books.revenue * 4 * p["budget_carry_limit"]
            gdp = float(here.income[t] * here.population[t])
            assert (
                abs(books.revenue - p["digital_budget_share"] * gdp / 4 * USD_SCALE)
                <= 1.0 + gdp * 1e-9
            )
            units = {"person": here.population[t], "gdp": gdp, "takings": takings[iso]}
            wanted = {
                name: paid(model.policy_scenario.levers[name], iso, quarter)
                / 4
                * sum(
                    units[base] * (1.0 if LEVERS[name].is_money else p[price])
                    for base, price in LEVERS[name].prices.items()
                )
                for name in model.policy_scenario.levers
            }
            need = sum(int(cost * USD_SCALE) for cost in wanted.values())
            assert books.shortfall == pytest.approx(need - out, abs=2.0 + need * 1e-12)
            if books.shortfall:
                assert books.closing + books.returned <= len(wanted)
                left = float(books.opening + books.revenue)
                for name, cost in wanted.items():  # in the order of the scenario
                    bought = min(cost * USD_SCALE, left)
                    left -= bought
                    assert books.spending[name] == pytest.approx(
                        bought, rel=1e-9, abs=len(wanted) + 1.0
                    )
            carried[iso] = books.closing
            shortfall += books.shortfall
            spent += out
    sums = model.series().sums
    assert sums["lever_shortfall_usd"].sum() == pytest.approx(shortfall / USD_SCALE)
    assert sums["budget_spending_usd"].sum() == pytest.approx(spent / USD_SCALE)
    by_lever = sum(sums[f"spending_{name}_usd"].sum() for name in LEVERS)
    assert by_lever == pytest.approx(spent / USD_SCALE)


@examples(30)
@given(worlds(quarters=12))
def test_books_balance_in_random_worlds(world: World) -> None:
    _check_books(world.model())


def _only_headline(name: str) -> bool:
    scenario = load_scenario(name)
    return set(scenario.levers) <= set(HEADLINE) and scenario.paths["governments"] == "planned"


@pytest.mark.parametrize("name", [n for n in shipped_scenarios() if _only_headline(n)])
def test_books_balance_in_shipped_scenarios(name: str) -> None:
    _check_books(people_model(name, scale=200_000, threads=1))


@examples(20)
@given(
    worlds(quarters=10), st.integers(0, 4), st.integers(0, 6), st.sampled_from([0.2, 5.0, 200.0])
)
def test_paid_money_becomes_capital_and_nothing_else_does(
    world: World, lag: int, ramp: int, level: float
) -> None:
    """I5: K' = K e^(-d/4) + effective investment, from what was spent; the lost part is booked."""
    blocks = {
        "broadband_investment": [
            {
                "countries": "all",
                "level": level,
                "start": "2015Q2",
                "end": "2016Q2",
                "lag_years": lag / 4.0,
                "ramp_years": ramp / 4.0,
            }
        ]
    }
    sums = world.model(levers=blocks).run().series().sums
    model = world.model(levers={}).run()
    private = _capital(model.series().sums)
    people = sums["population"][:, :, 0]
    capital = (_capital(sums) - private)[:, :, 0] / people
    spent = 4.0 * sums["spending_broadband_investment_usd"][:, :, 0] / people
    money = np.concatenate([np.zeros((lag, len(COUNTRIES))), spent])[: len(spent)]
    for k, iso in enumerate(COUNTRIES):
        p = model.values[iso]
        works = (p["public_investment_efficiency"] + p["private_leverage"]) * money[:, k]
        rate = p["network_depreciation"]
        stock, expected = 0.0, []
        for invested in works:
            grown = invested * (-math.expm1(-rate / 4.0) / rate if rate else 0.25)
            stock = stock * math.exp(-rate / 4.0) + grown
            expected.append(stock)
        rounding = 1e-9 * float(private[:, k, 0].max() / people[:, k].min()) + 1e-9
        assert np.allclose(capital[:, k], expected, rtol=1e-8, atol=rounding)
        lost = (1.0 - p["public_investment_efficiency"]) * money[:, k] * people[:, k] / 4.0
        assert np.allclose(sums["investment_lost_usd"][:, k, 0], lost, rtol=1e-8, atol=1e-6)


def _capital(sums: dict[str, np.ndarray]) -> np.ndarray:
    """Of both stocks of networks."""
    return sums["network_capital_usd"] + sums["quality_capital_usd"]


ENFORCEMENT = {"countries": "all", "start": "2015Q1", "lag_years": 0.0, "ramp_years": 0.0}


def _victims(level: float, budget: float) -> bytes:
    """Everybody after two years; without carry a steady plan is bought in steady proportion."""
    parameters = {
        "digital_budget_share": budget,
        "enforcement_unit_cost": 0.001,
        "enforcement_takings_cost": 0.0,
        "budget_carry_limit": 0.0,
        "scam_hazard": 1.0,
    }
    model = people_model(
        scenario("2016Q4", {"anti_scam_enforcement": [{**ENFORCEMENT, "level": level}]}),
        scale=50_000,
        threads=1,
        parameters=PRIOR_CENTRAL.with_overrides(parameters),
    )
    return model.run().people.rows.tobytes()


def test_half_the_money_buys_half_of_the_programme() -> None:
    assert _victims(2.0, budget=0.001) == _victims(1.0, budget=0.2)
    assert _victims(2.0, budget=0.2) != _victims(1.0, budget=0.2)


def test_without_money_a_plan_does_nothing() -> None:
    assert _victims(2.0, budget=0.0) == _victims(0.0, budget=0.0)


@pytest.mark.parametrize("urban_share", [0.0, 0.4, 1.0])
def test_money_is_spent_where_people_live(urban_share: float) -> None:
    """Per person of the country both areas together hold all works, whoever lives where."""
    p = PRIOR_CENTRAL.in_country("LAO")
    networks = Networks(
        Network([(0.0, 0.0)]), Network([(0.0, 0.0)]), urban_share, p.__getitem__, [], (0.0, 0.0)
    )
    lost = networks.build(8.0, 0.0)
    town, countryside = np.add(networks.coverage.public, networks.quality.public)
    works = (8.0 - lost + p["private_leverage"] * 8.0) / QUARTERS_PER_YEAR
    kept = -math.expm1(-p["network_depreciation"] / 4.0) / (p["network_depreciation"] / 4.0)
    held = urban_share * town + (1.0 - urban_share) * countryside
    assert held == pytest.approx(works * kept, rel=1e-12)
