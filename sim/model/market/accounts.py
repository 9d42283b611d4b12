"""Every dollar has a recipient: purchases are peeled, in a fixed order, to the last unit.

Money is in whole units of 2**-16 US$. Of what the buyers of a country spend, fake shops take their
share first; the rest is split over origins, the home brands receiving the remainder. Each flow is
then peeled from the consumer price down to the factory price: value added tax, tariff, payment fee,
platform fee, and out of what the seller keeps logistics, customs, rules and data. The seller gets
what is left, so every account adds up exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.agents.firm import REST_OF_WORLD
from sim.model.market.trade_costs import TradeCosts
from sim.model.plausibility import check

Units = NDArray[np.int64]
RECIPIENTS = ("treasury_vat", "treasury_tariff", "payments", "platforms", "logistics", "compliance")


@dataclass(frozen=True)
class Accounts:
    """One quarter's flows in units of 2**-16 US$.

    `flows[origin, buyer]` are purchases at consumer prices: rows are small firms of the five
    countries, the rest of the world and home brands; columns the five countries and the rest of the
    world (which buys only from small firms). `received[name]` has the same shape and says what each
    kind of recipient got out of each flow; `sellers` what the sellers keep; `fraud[buyer]` what
    fake shops took.
    """

    spending: Units
    fraud: Units
    flows: Units
    sellers: Units
    received: dict[str, Units]


def settle(
    spending: Units,
    row_purchases: Units,
    shares: NDArray[np.float64],
    fraud_share: NDArray[np.float64],
    costs: TradeCosts,
) -> Accounts:
    """Split spending over origins and recipients.

    `spending` by country; `row_purchases` by country of origin; `shares` as in `MarketEquilibrium`.
    """
    check("share of spending taken by fake shops", fraud_share, most=1.0)
    count = len(spending)
    brand = count + 1
    flows = np.zeros((count + 2, count + 1), dtype=np.int64)
    fraud = np.floor(spending * fraud_share).astype(np.int64)
    goods = spending - fraud
    flows[:brand, :count] = np.floor(goods * shares[:brand]).astype(np.int64)
    flows[brand, :count] = goods - flows[:brand, :count].sum(axis=0)
    flows[:count, count] = row_purchases
    received = {name: np.zeros_like(flows) for name in RECIPIENTS}
    left = flows.copy()
    for name, rate in _peels(costs, count):
        part = np.floor(left * (rate / (1.0 + rate))).astype(np.int64)
        received[name] += part
        left -= part
    return Accounts(spending, fraud, flows, left, received)


def _peels(costs: TradeCosts, count: int) -> list[tuple[str, NDArray[np.float64]]]:
    """Rates on top of what remains below them, from the consumer price inwards."""
    markets = [*range(count), REST_OF_WORLD]

    def by_flow(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        rows = matrix[np.ix_([*range(count), REST_OF_WORLD], markets)]
        home = np.append(np.diagonal(matrix)[:count], 0.0)
        return np.vstack([rows, home])

    return [
        ("treasury_vat", by_flow(costs.vat)),
        ("treasury_tariff", by_flow(costs.tariff)),
        ("payments", by_flow(costs.payment)),
        ("platforms", by_flow(costs.platform / (1.0 - costs.platform))),
        ("logistics", by_flow(costs.logistics)),
        ("compliance", by_flow(costs.customs)),
        ("compliance", by_flow(costs.rules)),
        ("compliance", by_flow(costs.data)),
    ]
