"""V21: a budget that goes to one lever of linear cost builds the stock of the closed form.

With a constant level b (US$ per person and year) the public capital per person after t years is
(efficiency + leverage) b (1 - exp(-delta t)) / delta, in towns and countryside by their shares.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from sim.model.broadband import capital_after
from sim.model.model import MekongModel
from sim.units import USD_SCALE
from tests.policy_signs.trial import at, block, books_close, national, trial, untouched

LEVEL = 0.6
FIRST, LAST, TO = "2017Q3", "2022Q2", "2026Q4"
LAG = 4  # quarters


def _invested(level: float = LEVEL, **parameters: float) -> MekongModel:
    levers = block("broadband_investment", level, "all", FIRST, end=LAST, lag_years=1, ramp_years=0)
    return trial(levers, parameters, end=TO, market=False)


def _stock(model: MekongModel, iso: str, level: float, quarter: int) -> tuple[float, float]:
    """Public capital per person of towns and countryside at the end of a quarter of the run."""
    p = model.values[iso]
    urban = model.countries[iso].urban_share
    works = (p["public_investment_efficiency"] + p["private_leverage"]) * level
    works *= 1.0 - p["quality_money_share"]
    delta = p["network_depreciation"]
    begun, ended = at(FIRST) + LAG, at(LAST) + LAG + 1
    building = max(min(quarter + 1, ended) - begun, 0) / 4.0
    wearing = max(quarter + 1 - ended, 0) / 4.0
    rural = p["rural_investment_share"]
    grown = works * -math.expm1(-delta * building) / delta * math.exp(-delta * wearing)
    return grown * (1.0 - rural) / urban, grown * rural / (1.0 - urban)


def test_the_stock_follows_the_closed_form() -> None:
    """In every quarter, while money is spent and after; exact to rounding."""
    model = _invested()
    while model.next_quarter <= model.policy_scenario.end:
        quarter = model.next_quarter - model.policy_scenario.start
        model.step()
        for iso, network in model.networks.items():
            assert network.coverage.public == pytest.approx(
                _stock(model, iso, LEVEL, quarter), rel=1e-12, abs=1e-12
            )


def test_it_is_the_stock_that_is_shown() -> None:
    """Capital of a country is that of private operators plus the public stock, times people."""
    model = _invested().run()
    extra = national(model, "network_capital_usd") - national(
        trial(end=TO, market=False).run(), "network_capital_usd"
    )
    for place, iso in enumerate(model.countries):
        urban = model.countries[iso].urban_share
        people = model.outlooks[iso].population
        for quarter in (at("2018Q2"), at("2018Q3"), at("2021Q4"), at("2026Q4")):
            towns, countryside = _stock(model, iso, LEVEL, quarter)
            expected = (urban * towns + (1.0 - urban) * countryside) * people[quarter]
            assert extra[quarter, place] == pytest.approx(expected, rel=1e-6, abs=1.0)
    assert not extra[: at(FIRST) + LAG].any()


def test_money_is_exact() -> None:
    """What is paid is level x people / 4 to a unit of 2**-16 US$; what is lost is its share."""
    model = _invested().run()
    spent = national(model, "spending_broadband_investment_usd")
    people = np.array([here.population for here in model.outlooks.values()]).T
    on = slice(at(FIRST), at(LAST) + 1)
    assert np.abs(spent[on] - LEVEL * people[on] / 4.0).max() <= 1.0 / USD_SCALE
    assert (national(model, "budget_spending_usd") == spent).all()
    spent[on] = 0.0
    assert not spent.any()
    lost = national(model, "investment_lost_usd")
    wasted = 1.0 - model.values["THA"]["public_investment_efficiency"]
    arrives = slice(at(FIRST) + LAG, at(LAST) + LAG + 1)
    assert lost[arrives] == pytest.approx(wasted * LEVEL * people[arrives] / 4.0, rel=1e-12)
    lost[arrives] = 0.0
    assert not lost.any()
    books_close(model)


def test_a_whole_budget_on_one_lever() -> None:
    """Where the level asks for ten times the budget, the stock is built from what there is.

    By country and quarter: capital after = closed form of one quarter on the money of a year ago.
    """
    share = 0.0002
    model = _invested(100.0, digital_budget_share=share)
    per_person: dict[str, list[float]] = {iso: [] for iso in model.countries}
    public = dict.fromkeys(model.countries, (0.0, 0.0))
    while model.next_quarter <= model.policy_scenario.end:
        quarter = model.next_quarter - model.policy_scenario.start
        model.step()
        for iso, network in model.networks.items():
            p, urban = model.values[iso], model.countries[iso].urban_share
            spending = model.governments[iso].books.spending["broadband_investment"] / USD_SCALE
            people = model.outlooks[iso].population
            per_person[iso].append(4.0 * spending / people[quarter])
            paid = per_person[iso][quarter - LAG] if quarter >= LAG else 0.0
            works = paid * (p["public_investment_efficiency"] + p["private_leverage"])
            works *= 1.0 - p["quality_money_share"]
            rural = p["rural_investment_share"]
            public[iso] = (
                capital_after(
                    public[iso][0],
                    works * (1.0 - rural) / urban,
                    p["network_depreciation"],
                    0.25,
                ),
                capital_after(
                    public[iso][1], works * rural / (1.0 - urban), p["network_depreciation"], 0.25
                ),
            )
            assert network.coverage.public == pytest.approx(public[iso], rel=1e-9, abs=1e-12)
    on = slice(at(FIRST) + 1, at(LAST) + 1)
    spent = national(model, "budget_spending_usd")[on]
    assert spent == pytest.approx(national(model, "budget_revenue_usd")[on], rel=1e-9)
    assert (national(model, "budget_carry_usd")[on] <= 1.0 / USD_SCALE).all()
    books_close(model)


def test_coverage_and_users_are_never_fewer_with_more_public_capital() -> None:
    """I14: all luck being equal, quarter by quarter and country by country."""
    levels = [
        untouched(market=False),
        *(
            trial(
                block("broadband_investment", level, start="2016Q1"),
                {"digital_budget_share": 0.2},
                market=False,
            ).run()
            for level in (1.0, 5.0, 40.0)
        ),
    ]
    for less, more in pairwise(levels):
        for name in ("covered", "network_capital_usd", "connected"):
            assert (national(more, name) >= national(less, name)).all(), name
        assert national(more, "covered")[-1].sum() > national(less, "covered")[-1].sum()
