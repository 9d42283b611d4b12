"""What stands between a seller's price and a buyer's: two kinds of trade costs, kept apart (M7).

Cost shifters (logistics, customs, rules, data) raise the cost of serving a market. Ad-valorem
wedges (payment fee, tariff, value added tax, platform fee) are shares of the price: they also
divide what the seller keeps. Both are matrices by origin (rows) and market (columns): the five
countries in their order, then the rest of the world.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.agents.firm import MARKETS, REST_OF_WORLD
from sim.units import QUARTERS_PER_YEAR, quarter_index

Matrix = NDArray[np.float64]

ROW_POLICY_STARTS = quarter_index("2026Q1")


@dataclass(frozen=True)
class TradeCosts:
    """Ad-valorem parts of every trade cost in one quarter, by origin and market.

    `logistics`, `customs`, `rules` and `data` shift costs; `payment`, `tariff` and `vat` are shares
    on top of the price before them, `platform` the share of the price that the platform keeps.
    """

    logistics: Matrix
    customs: Matrix
    rules: Matrix
    data: Matrix
    payment: Matrix
    tariff: Matrix
    vat: Matrix
    platform: Matrix

    @property
    def shifter(self) -> Matrix:
        """The iceberg factor tau: 1 where nothing stands between."""
        return np.asarray(
            (1 + self.logistics) * (1 + self.customs) * (1 + self.rules) * (1 + self.data)
        )

    @property
    def ad_valorem(self) -> Matrix:
        """The factor w by which the consumer price exceeds what the seller keeps."""
        return np.asarray(
            (1 + self.payment) * (1 + self.tariff) * (1 + self.vat) / (1 - self.platform)
        )


@dataclass(frozen=True)
class TradeFacts:
    """Laws, distances and links of one quarter.

    `rules` and `data` distances (index 0 to 1), `linked` payments and `paperless` procedures (0 to
    1) by pair of places, whether a border is `closed`; by country the VAT rate, whether low-value
    parcels pay it, an added tax on imports, what marketplace support saves of the fixed cost of
    selling abroad, the factor `shop_cost` on the fixed cost of an online shop, and the share of the
    price that a `platform` keeps.
    """

    rules: Matrix
    data: Matrix
    vat_rate: NDArray[np.float64]
    taxed_parcels: NDArray[np.bool_]
    linked: Matrix
    paperless: Matrix
    closed: Matrix
    import_tax: NDArray[np.float64]
    support: NDArray[np.float64]
    shop_cost: NDArray[np.float64]
    platform: NDArray[np.float64]


def wedges(
    facts: TradeFacts, parameters: Sequence[Mapping[str, float]], quarter: int, row_path: str
) -> TradeCosts:
    """All trade costs of one quarter; `parameters` by country, applied by the buyer's country."""
    count = len(parameters)
    abroad = np.ones((MARKETS, MARKETS))
    abroad[np.arange(count), np.arange(count)] = 0.0

    def by_market(value: Callable[[Mapping[str, float]], float]) -> NDArray[np.float64]:
        values = [value(params) for params in parameters]
        return np.array([*values, float(np.mean(values))])

    vat = np.zeros((MARKETS, MARKETS))
    for country, params in enumerate(parameters):
        if facts.taxed_parcels[country]:
            vat[:, country] = facts.vat_rate[country]
        vat[:, country] += facts.import_tax[country]
        vat[country, country] = facts.vat_rate[country] * params["vat_registered_share"]
    tariff = np.zeros((MARKETS, MARKETS))
    if row_path == "taxed" and quarter >= ROW_POLICY_STARTS:
        tariff[REST_OF_WORLD, :count] = [params["row_tariff"] for params in parameters]
    reference = by_market(lambda params: params["reference_distance"])
    return TradeCosts(
        logistics=abroad
        * (
            by_market(lambda params: params["logistics_cost"])
            + facts.closed * by_market(lambda params: params["border_closure_cost"])
        ),
        customs=abroad
        * by_market(lambda params: params["customs_cost"] * params["formal_share"])
        * (1.0 - facts.paperless * by_market(lambda params: params["paperless_saving"])),
        rules=abroad
        * by_market(lambda params: params["regulatory_cost"])
        * facts.rules
        / reference,
        data=abroad * by_market(lambda params: params["data_cost"]) * facts.data,
        payment=abroad
        * by_market(lambda params: params["payment_cost"])
        * (1.0 - facts.linked * by_market(lambda params: params["payment_link_saving"])),
        tariff=tariff,
        vat=vat,
        platform=np.ones((MARKETS, MARKETS))
        * np.array([*facts.platform, float(np.mean(facts.platform))]),
    )


def row_price(quarter: int, row_path: str, trend: float) -> float:
    """Price of sellers in the rest of the world relative to their price in the reference years."""
    if row_path != "cheaper":
        return 1.0
    years = max(quarter - ROW_POLICY_STARTS, 0) / QUARTERS_PER_YEAR
    return float(np.exp(trend * years))
