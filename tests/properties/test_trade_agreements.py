"""I13: agreements act on pairs that signed, from the date on, alike both ways, down to a floor.

And what must not matter: an agreement at level zero, the order in which countries are listed (I17),
and the unit in which money is counted (I18).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.data.load import load_countries
from sim.data.trade import load_trade
from sim.model.market.regulation import distance_after
from sim.model.model import MekongModel
from sim.parameters.table import parameter_table
from sim.parameters.values import ParameterSet
from sim.policy.levers import PAIRS
from sim.scenario import Scenario
from sim.units import (
    COUNTRIES,
    FIRST_QUARTER,
    LAST_QUARTER,
    QUARTERS_PER_YEAR,
    quarter_index,
    quarter_label,
    year_of,
)
from tests.helpers.central import PRIOR_CENTRAL
from tests.verification.bazaar import COUNT, bazaar, counted, firm_loop

LEVELS = st.floats(0.0, 1.0)
YEARS = st.integers(0, 40).map(lambda quarters: quarters / QUARTERS_PER_YEAR)
STARTS = st.integers(FIRST_QUARTER, LAST_QUARTER)


def _scenario(*blocks: dict[str, object], end: str = "2030Q4") -> Scenario:
    table = {
        "title": "Agreements",
        "horizon": {"end": end},
        "levers": {"regulatory_harmonization": list(blocks)} if blocks else {},
    }
    return Scenario.from_dict(table, name="agreements")


def _model(scenario: Scenario, **more: object) -> MekongModel:
    return MekongModel(scenario, scale=100_000, firm_rows=100, **more)  # type: ignore[arg-type]


# Distances as the laws and the schedules make them.


@settings(max_examples=25)
@given(st.sets(st.sampled_from(PAIRS), min_size=1), LEVELS, STARTS, YEARS, YEARS)
def test_distances_of_any_schedule(
    pairs: set[str], level: float, start: int, lag: float, ramp: float
) -> None:
    block = {
        "pairs": sorted(pairs),
        "level": level,
        "start": quarter_label(start),
        "lag_years": lag,
        "ramp_years": ramp,
    }
    model = _model(_scenario(block))
    assert model.trade_sector is not None
    for quarter in (*range(FIRST_QUARTER, LAST_QUARTER + 1, 5), start, LAST_QUARTER):
        rules = model.trade_sector.facts_at(quarter).rules
        plain = model.trade_sector.facts_at(quarter, agreements=False).rules
        assert (rules == rules.T).all()
        assert (rules <= plain).all()
        assert (rules[:, -1] == plain[:, -1]).all()  # no agreement with the rest of the world
        for i, one in enumerate(COUNTRIES):
            for j, other in enumerate(COUNTRIES):
                signed = "-".join(sorted((one, other))) in pairs
                if not signed or quarter < start + lag * QUARTERS_PER_YEAR:
                    assert rules[i, j] == plain[i, j]
                if i != j:
                    coded = load_trade().heterogeneity(one, other, year_of(quarter))
                    least = distance_after(coded, 1.0, model.values[one])
                    assert rules[i, j] >= least > 0
                    grown = quarter + 1 - start - (lag + ramp) * QUARTERS_PER_YEAR
                    if signed and level == 1.0 and grown >= 0 and ramp > 0:
                        assert rules[i, j] == pytest.approx(least)


@given(st.floats(0, 1), LEVELS, LEVELS, LEVELS, LEVELS)
def test_distance_falls_with_the_level_to_the_floor(
    coded: float, level: float, strictness: float, negotiable: float, kept: float
) -> None:
    p = {
        "strictness_distance": strictness,
        "negotiable_distance": negotiable,
        "agreement_compliance": kept,
    }
    whole = min(coded + strictness, 1.0)
    assert distance_after(coded, 0.0, p) == whole
    assert distance_after(coded, 1.0, p) == pytest.approx(whole * (1 - negotiable * kept))
    assert distance_after(coded, 1.0, p) <= distance_after(coded, level, p) <= whole
    assert distance_after(coded, level / 2, p) >= distance_after(coded, level, p)


def test_distances_of_the_shipped_scenario() -> None:
    """Signed in 2026, in effect from 2027 on, phased in over six years, never reversed."""
    old, new = (
        MekongModel(name, scale=100_000, firm_rows=100).run().series().sums["regulatory_distance"]
        for name in ("baseline", "harmonization")
    )
    first = quarter_index("2027Q1") - FIRST_QUARTER
    assert (new[:first] == old[:first]).all()
    apart = ~np.eye(COUNT, dtype=bool)
    assert (new[first:, :, :COUNT] < old[first:, :, :COUNT])[:, apart].all()
    assert (new[:, :, COUNT] == old[:, :, COUNT]).all()
    assert (new[:, :, :COUNT] == new[:, :, :COUNT].transpose(0, 2, 1)).all()
    kept = new[first:, :, :COUNT][:, apart] / old[first:, :, :COUNT][:, apart]
    assert (np.diff(kept, axis=0) < 0).all()
    central = ParameterSet.central().in_country("THA")
    removed = central["negotiable_distance"] * central["agreement_compliance"]
    assert kept[-1] == pytest.approx(np.full(20, 1 - 0.8 * 16 / 24 * removed))


def test_what_is_not_paid_for_does_not_work() -> None:
    """With agreements a hundred times dearer than the budget, distances stay as good as put."""
    block = {"pairs": "all", "level": 1.0, "start": "2016Q1", "lag_years": 0, "ramp_years": 0}
    dear = PRIOR_CENTRAL.with_overrides(
        {"harmonization_unit_cost": 1e9, "digital_budget_share": 1e-5}
    )
    model = _model(_scenario(block, end="2019Q4"), parameters=dear).run()
    sums = model.series().sums
    rules = sums["regulatory_distance"][-1, :, :COUNT]
    assert model.trade_sector is not None
    plain = model.trade_sector.facts_at(model.policy_scenario.end, agreements=False).rules[
        :COUNT, :COUNT
    ]
    apart = ~np.eye(COUNT, dtype=bool)
    assert ((0.99 * plain < rules) & (rules < plain))[apart].all()
    assert (sums["lever_shortfall_usd"][8:] > 0).all()
    paid = sums["spending_regulatory_harmonization_usd"]
    assert (paid <= sums["budget_revenue_usd"] + np.roll(sums["budget_carry_usd"], 1, 0)).all()


# What must not matter.


def _bytes(model: MekongModel) -> dict[str, bytes]:
    return {name: values.tobytes() for name, values in model.series().sums.items()}


def test_an_agreement_at_level_zero_is_no_agreement() -> None:
    """Bit-identical, for people, firms and every series."""
    block = {"pairs": "all", "level": 0.0, "start": "2017Q1"}
    none, neutral = (_model(_scenario(*blocks, end="2024Q4")).run() for blocks in ((), (block,)))
    assert _bytes(none) == _bytes(neutral)
    assert none.people.rows.tobytes() == neutral.people.rows.tobytes()
    assert none.trade_sector is not None
    assert neutral.trade_sector is not None
    assert none.trade_sector.sellers.rows.tobytes() == neutral.trade_sector.sellers.rows.tobytes()


@pytest.mark.parametrize(
    "order", [("VNM", "THA", "MMR", "LAO", "KHM"), ("LAO", "VNM", "KHM", "MMR", "THA")]
)
def test_the_order_of_countries_changes_no_byte(order: tuple[str, ...]) -> None:
    """Whatever order they are listed in, every country and pair has the same numbers."""
    known = load_countries()
    block = {"pairs": "all", "level": 0.8, "start": "2017Q1"}
    usual = _model(_scenario(block, end="2021Q4")).run().indicators()
    other = (
        _model(_scenario(block, end="2021Q4"), countries={iso: known[iso] for iso in order})
        .run()
        .indicators()
    )
    keys = ["country", "quarter", "indicator", "group"]
    one, two = (
        table.assign(**{key: table[key].astype(str) for key in keys}).sort_values(keys)
        for table in (usual, other)
    )
    assert (one[keys].to_numpy() == two[keys].to_numpy()).all()
    differs = one["value"].to_numpy() != two["value"].to_numpy()
    assert not differs.any(), one[differs].drop_duplicates("indicator")


@pytest.mark.parametrize("factor", [1000.0, 1 / 7])
def test_the_unit_of_money_does_not_matter_to_sellers(factor: float) -> None:
    """I18: spending, demand abroad and fixed costs times a number; firms and shares to 1e-9."""
    runs = []
    for unit in (1.0, factor):
        market = bazaar(
            [500_000.0] * COUNT,
            np.full((COUNT, COUNT), 0.1) + 0.9 * np.eye(COUNT),
            unit * np.array([2e7, 3e7, 4e7, 9e7, 8e7]),
            {
                "fixed_cost_online": 1200.0 * unit,
                "entry_spread": 0.3,
                "closure_hazard": 0.15,
                "logistics_cost": 0.1,
            },
            rows=500,
        )
        preferences = market.market.preferences
        market.market.preferences = replace(preferences, row_demand=np.full(COUNT, 50.0 * unit))
        runs.append(market.run(40)[-1])
    one, other = runs
    assert (counted(one, firm_loop.ONLINE) == counted(other, firm_loop.ONLINE)).all()
    assert (one.counted == other.counted).all()
    assert other.sales == pytest.approx(factor * one.sales, rel=1e-9)
    assert other.prices == pytest.approx(one.prices, rel=1e-12)
    assert (one.sales[:, COUNT] > 0).all()


IN_US_DOLLARS = {"coverage_scale", "fixed_cost_online", "harmonization_unit_cost"}


def _in_units(factor: float) -> MekongModel:
    """The whole model with every sum of money times a number."""
    central = PRIOR_CENTRAL
    parameters = ParameterSet(
        {
            name: {
                iso: central.get(iso, name) * (factor if name in IN_US_DOLLARS else 1.0)
                for iso in COUNTRIES
            }
            for name in parameter_table()
        }
    )
    countries = {
        iso: replace(
            country,
            gdp_per_head=country.gdp_per_head * factor,
            data_price_usd=country.data_price_usd * factor,
        )
        for iso, country in load_countries().items()
    }
    block = {"pairs": "all", "level": 1.0, "start": "2016Q1"}
    scenario = _scenario(block, end="2022Q4")
    return _model(scenario, parameters=parameters, countries=countries).run()
