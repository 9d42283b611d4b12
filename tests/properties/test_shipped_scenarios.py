"""What holds in every shipped scenario: identities after each quarter and at the end.

Scenarios that differ only in levers share their past, as the runs of a study do; it is checked
like every other quarter.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.agents.firm import MARKETS
from sim.experiments.execution.branching import Past, first_lever, past_of
from sim.experiments.run import Job
from sim.model.engine import firm_loop as shops
from sim.model.indicators import firm_matrix
from sim.model.market.accounts import RECIPIENTS
from sim.model.model import MekongModel
from sim.scenario import Scenario, load_scenario, shipped_scenarios
from sim.units import COUNTRIES, USD_SCALE, quarter_index
from tests.properties.checks import CHECKS, accounts_add_up

COUNT = len(COUNTRIES)
BRANDS = COUNT + 1
HERE = np.arange(COUNT)
COARSE = 50_000
POLICIES = quarter_index("2026Q1")
PASTS: dict[Past, MekongModel] = {}


@pytest.mark.parametrize("name", shipped_scenarios())
def test_identities_hold_in_shipped_scenarios(name: str) -> None:
    scenario = load_scenario(name)
    model = _past(scenario).continued(scenario)
    _advance(model, scenario.end + 1)
    _trade(model)
    sums = model.series().sums
    assert all(np.isfinite(values).all() for values in sums.values())
    assert (sums["gmv_real_usd"][POLICIES - scenario.start :, :, 0] > 0.0).all()
    if _plain(scenario):
        for check in CHECKS:
            check(model)


def _past(scenario: Scenario) -> MekongModel:
    """The world of a scenario before its levers, one for all that share it."""
    past = past_of(Job(scenario, scenario.baseline, 1, 0, COARSE))
    until = min(first_lever(scenario), POLICIES)
    model = PASTS.get(past)
    if model is None or model.next_quarter > until:
        model = MekongModel(replace(scenario, levers={}), scale=COARSE, threads=1)
        PASTS[past] = model
    _advance(model, until)
    return model


def _advance(model: MekongModel, quarter: int) -> None:
    while model.next_quarter < quarter:
        model.step()
        accounts_add_up(model.accounts)
        _no_border(model)
        _firms(model)


def _plain(scenario: Scenario) -> bool:
    """No remittances, no other exchange rates: the checks know incomes and prices as they are."""
    return "remittance_links" not in scenario.levers and scenario.paths["exchange"] == "weo"


def _no_border(model: MekongModel) -> None:
    """At home nothing is lost on the way, and buyers abroad pay no tax here."""
    received = model.accounts.received
    for name in ("treasury_tariff", "payments", "logistics", "compliance"):
        assert (received[name][HERE, HERE] == 0).all()
        assert (received[name][BRANDS] == 0).all()
    assert (received["treasury_vat"][:, COUNT] == 0).all()
    abroad = model.accounts.flows[:COUNT, COUNT] > USD_SCALE
    assert (received["logistics"][:COUNT, COUNT] > 0)[abroad].all()


def _firms(model: MekongModel) -> None:
    """Exporters are online, sellers are firms, and nobody sells without a shop."""
    counts = model.trade_outcome.counted
    assert (counts >= 0).all()
    assert (counts[:, :, shops.EXPORTERS] <= counts[:, :, shops.ONLINE]).all()
    assert (counts[:, :, shops.ONLINE] <= counts[:, :, shops.FIRMS]).all()
    sells = counts[:, :, shops.SELLS_TO : shops.SELLS_TO + MARKETS]
    assert (sells <= counts[:, :, [shops.ONLINE]]).all()
    assert (sells[HERE, :, HERE] == counts[:, :, shops.ONLINE]).all()
    for array in (
        model.trade_outcome.prices,
        model.trade_outcome.sales,
        model.trade_outcome.equilibrium.shares,
    ):
        assert np.isfinite(array).all()
        assert (array >= 0).all()


def _trade(model: MekongModel) -> None:
    """The published series add up in the same way; sums of whole units are exact as floats."""
    sums = {name: values[:, :, 0] for name, values in model.series().sums.items()}
    flows = model.series().sums["flow_usd"]
    spent = sums["spending_all"]
    origins = sums["gmv_home_usd"] + sums["gmv_region_usd"] + sums["gmv_row_usd"]
    assert (origins + sums["purchase_fraud_usd"] == spent).all()
    recipients = ["smes", "brands", "row", *RECIPIENTS]
    received = sum(sums[f"receipts_{name}_usd"] for name in recipients)
    assert (received + sums["purchase_fraud_usd"] == spent).all()
    assert np.abs(spent - sums["gmv_real_usd"]).max() < 1e-3
    abroad = flows[:, :, :COUNT] * (1.0 - np.eye(COUNT))
    assert (abroad.sum(axis=1) == sums["gmv_region_usd"]).all()
    assert (abroad.sum(axis=2) == sums["exports_region_usd"]).all()
    assert (sums["exports_region_usd"].sum(axis=1) == sums["gmv_region_usd"].sum(axis=1)).all()
    assert (flows[:, :, COUNT] == sums["exports_row_usd"]).all()
    tariffs = sums["receipts_treasury_tariff_usd"].sum(axis=1)
    assert (tariffs[:44] == 0).all()  # until 2025
    assert (tariffs[44:] > 0).all() == (model.policy_scenario.paths["row"] == "taxed")
    revenue = model.series().sums["seller_revenue_usd"]
    assert revenue[:, :, 0] == pytest.approx(flows.sum(axis=2), rel=1e-9, abs=1e-3)
    groups = firm_matrix()
    assert groups[0].all()
    for one, other in ((1, 2), (3, 4)):
        assert revenue[:, :, one] + revenue[:, :, other] == pytest.approx(revenue[:, :, 0])
    assert revenue[:, :, 5:8].sum(axis=2) == pytest.approx(revenue[:, :, 0])
