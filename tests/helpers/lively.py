"""A lively little market of firms, in which everything that can happen to a firm does."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.market.demand import Preferences
from sim.model.market.marketplace import Marketplace, TradeOutcome
from tests.verification.bazaar import COUNT, START, no_laws, sellers, spending_for, values

FIRMS = [40_000.0, 8_000.0, 60_000.0, 300_000.0, 500_000.0]
READY = np.array([[0.9, 0.5], [0.8, 0.4], [0.3, 0.1], [1.0, 0.7], [0.6, 0.6]])
LIVELY = {
    "entry_hazard": 4.0,
    "closure_hazard": 0.5,
    "export_fixed_cost": 0.5,
    "cash_from_abroad": 0.3,
    "brand_entry_elasticity": 0.8,
    "abroad_entry_elasticity": 0.9,
}


def lively_market(**changes: Any) -> Marketplace:
    """A market at the central values, but livelier; a third of firms sells what cannot be sent."""
    parameters = values(LIVELY)
    stock = sellers(FIRMS, parameters, **{"rows": 60, "goods": 0.67, **changes})
    preferences = Preferences(
        weight=np.full((COUNT, COUNT), 0.2) + 0.8 * np.eye(COUNT),
        brand=np.full(COUNT, 5_000.0),
        row=np.full(COUNT, 5_000.0),
        row_demand=np.full(COUNT, 500.0),
        quantity=np.full(COUNT, 50_000.0),
        market=np.full(COUNT, spending_for(3_000.0) / 4.0),
    )
    return Marketplace(stock, preferences, parameters)


def one_quarter(market: Marketplace, number: int) -> TradeOutcome:
    """Trade in quarter `number`; spending swings, readiness and wages differ by country."""
    goods = np.full(COUNT, spending_for(3_000.0) / 4.0) * (1.0 + 0.3 * np.sin(number))
    return market.trade(
        START + number,
        goods,
        READY,
        np.linspace(-0.5, 0.5, COUNT),
        no_laws(),
        "flat",
        np.linspace(0.3, 1.0, COUNT),
    )


def what_is_left(market: Marketplace, quarters: int) -> list[bytes]:
    """Everything that a number of quarters leaves behind."""
    found = []
    for number in range(quarters):
        trade_outcome = one_quarter(market, number)
        found += [
            trade_outcome.counted.tobytes(),
            trade_outcome.sales.tobytes(),
            trade_outcome.prices.tobytes(),
        ]
    return [*found, market.sellers.rows.tobytes()]
