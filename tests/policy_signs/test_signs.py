"""Which way every lever pushes the number it is meant for, all luck being equal.

Runs with and without the lever share every shock (one seed), so the sign needs no averaging.
Levers without a known effect are tried at the high end of what is thought possible.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pytest

from sim.model.model import MekongModel
from sim.policy.levers import LEVERS
from tests.policy_signs.trial import (
    EFFECTS,
    RICH,
    Floats,
    at,
    block,
    national,
    pair_series,
    trial,
)

WEALTH = {**RICH, **EFFECTS}
FROM, TO = "2020Q1", "2026Q4"
SCALE = 50_000  # in every country somebody buys


class Push(NamedTuple):
    """A level of a lever and the signs it must have on series, in the places where it is used."""

    level: float
    signs: Mapping[str, int]


PUSHES = {
    "regulatory_harmonization": Push(1.0, {"exports_region_usd": 1, "gmv_region_usd": 1}),
    "broadband_investment": Push(10.0, {"covered": 1, "connected": 1, "gmv_real_usd": 1}),
    "satellite_coverage": Push(1.0, {"covered": 1, "connected": 1}),
    "delivery_networks": Push(1.0, {"shoppers": 1, "gmv_real_usd": 1}),
    "anti_scam_enforcement": Push(1.0, {"victims": -1, "scam_losses_usd": -1, "trust_sum": 1}),
    "scam_coordination": Push(1.0, {"syndicate_left": -1, "syndicate_capital": -1}),
    "payments_interoperability": Push(
        1.0, {"account_holders": 1, "receipts_payments_usd": -1, "exports_region_usd": 1}
    ),
    "digital_skills": Push(100.0, {"skill_sum": 1, "shoppers": 1}),
    "paperless_customs": Push(1.0, {"exports_region_usd": 1, "receipts_compliance_usd": -1}),
    "sme_marketplace": Push(1.0, {"sme_exporters": 1, "exports_region_usd": 1}),
    "data_flow_openness": Push(1.0, {"receipts_compliance_usd": -1, "gmv_region_usd": 1}),
    "data_safeguards": Push(1.0, {"trust_sum": 1, "shoppers": 1, "gmv_real_usd": 1}),
    "ai_governance": Push(1.0, {"victims": -1, "seller_revenue_usd": 1, "online_prices": -1}),
    "remittance_links": Push(1.0, {"income_usd": 1, "gmv_real_usd": 1}),
    "innovation_fund": Push(10.0, {"seller_revenue_usd": 1, "online_prices": -1}),
    "talent_mobility": Push(10.0, {"seller_revenue_usd": 1, "online_prices": -1}),
    "consumer_protection": Push(1.0, {"purchase_fraud_usd": -1, "trust_sum": 1}),
    "digital_taxation": Push(
        0.1, {"receipts_treasury_vat_usd": 1, "gmv_row_usd": -1, "gmv_real_usd": -1}
    ),
}


def _late(model: MekongModel, name: str) -> Floats:
    """The last three years of a series, quarters by countries."""
    if name == "online_prices":
        spending = national(model, "spending_all")[-12:]
        prices = national(model, "price_spending")[-12:]
        return np.divide(prices, spending, out=np.zeros_like(prices), where=spending > 0.0)
    return national(model, name)[-12:]


def test_every_lever_is_pushed() -> None:
    assert PUSHES.keys() == LEVERS.keys()


@pytest.fixture(scope="module")
def plain() -> dict[int, MekongModel]:
    return {seed: trial(parameters=WEALTH, end=TO, seed=seed, scale=SCALE).run() for seed in (1, 2)}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", PUSHES)
def test_sign(name: str, seed: int, plain: dict[int, MekongModel]) -> None:
    """Sums over the five countries and the last three years."""
    push = PUSHES[name]
    model = trial(block(name, push.level, start=FROM), WEALTH, end=TO, seed=seed, scale=SCALE).run()
    assert national(model, "lever_shortfall_usd").max() == 0.0
    for series, sign in push.signs.items():
        difference = _late(model, series).sum() - _late(plain[seed], series).sum()
        assert difference * sign > 0.0, series


@pytest.mark.parametrize(
    "name",
    [name for name, lever in LEVERS.items() if lever.scope == "countries"],
)
def test_sign_where_it_is_used(name: str, plain: dict[int, MekongModel]) -> None:
    """The first of its signs in Viet Nam, when only Viet Nam uses it."""
    push = PUSHES[name]
    model = trial(block(name, push.level, ["VNM"], FROM), WEALTH, end=TO, scale=SCALE).run()
    series, sign = next(iter(push.signs.items()))
    if name == "sme_marketplace":
        series = "exports_region_usd"
    if name == "paperless_customs":  # papers between two countries need both
        series = "exports_row_usd"
    difference = (_late(model, series) - _late(plain[1], series)).sum(axis=0)
    assert difference[4] * sign > 0.0


def test_an_agreement_cuts_the_distance_of_its_pair_and_of_no_other(
    plain: dict[int, MekongModel],
) -> None:
    """By level x negotiable share x compliance, in both directions, and never below the floor."""
    lever = block("regulatory_harmonization", 0.5, ["THA-VNM"], FROM, lag_years=0, ramp_years=1)
    model = trial(lever, WEALTH, end=TO).run()
    before = pair_series(plain[1], "regulatory_distance")
    ratio = np.divide(
        pair_series(model, "regulatory_distance"),
        before,
        out=np.ones_like(before),
        where=before > 0.0,
    )
    p = model.values["THA"]
    floor = 1.0 - 0.5 * p["negotiable_distance"] * p["agreement_compliance"]
    assert ratio[at("2021Q1"), 3, 4] == ratio[at("2021Q1"), 4, 3] == pytest.approx(floor)
    ratio[at(FROM) :, 3, 4] = ratio[at(FROM) :, 4, 3] = 1.0
    assert (ratio == 1.0).all()


def test_coordination_stops_moves_between_two_hosts_and_no_others() -> None:
    pair = block("scam_coordination", 1.0, ["KHM-LAO"], FROM, lag_years=0, ramp_years=0)
    model = trial(pair, end=TO, market=False).run()
    quarter = model.next_quarter - 1
    table = {
        frozenset((one, other)): model.programmes.level(
            "scam_coordination", "-".join(sorted((one, other))), quarter
        )
        for one in model.countries
        for other in model.countries
        if one != other
    }
    assert table.pop(frozenset(("KHM", "LAO"))) == 1.0
    assert set(table.values()) == {0.0}
