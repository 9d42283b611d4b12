"""Where demand and supply meet: constant elasticity of substitution over all varieties (M8).

Buyers of country j spread their spending over the varieties of small firms of every country, of
large firms and brands at home, and of the rest of the world. A variety of origin i sold at price p
has the appeal `taste_ij * p ** (1 - sigma)`; Q_j is the sum over all varieties and the price index
is `Q_j ** (1 / (1 - sigma))`. Prices are a constant markup on cost, so only the sums of strength of
those who sell, taste weights and wedges are needed.

People without an account may find varieties from abroad less appealing, or out of reach
(`cash_from_abroad`). The buyers of a country are then two groups, whose shares of spending and
price indices are weighted by what each of them spends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.agents.firm import REST_OF_WORLD
from sim.model.market.trade_costs import TradeCosts

Matrix = NDArray[np.float64]
_LEAST_USD = 1e-12  # keeps powers finite where nothing is bought
_LEAST = 1e-12  # appeal to others relative to holders: where they find nothing to buy


@dataclass(frozen=True)
class Preferences:
    """Taste weights of one parameter draw, solved once to the observed shares and then frozen.

    `weight[i, j]` is the taste of market j for small firms of country i (1 at home), `brand[j]` and
    `row[j]` the whole appeal of home brands and of the rest of the world at unit price,
    `row_demand` the yearly spending per unit appeal of buyers in the rest of the world on country
    i, and `quantity[j]` the mean Q_j of the reference years, to which the price index is
    normalised. `market[j]` is what country j spent on goods in a quarter of these years (constant
    2022 US$), to which the mass of brands and of sellers abroad is quoted.
    """

    weight: Matrix
    brand: NDArray[np.float64]
    row: NDArray[np.float64]
    row_demand: NDArray[np.float64]
    quantity: NDArray[np.float64]
    market: NDArray[np.float64]


class Masses(NamedTuple):
    """Appeal of home brands and of the rest of the world over that of the reference years."""

    brand: NDArray[np.float64]
    row: NDArray[np.float64]


def masses(
    goods: NDArray[np.float64],
    preferences: Preferences,
    parameters: Sequence[Mapping[str, float]],
) -> Masses:
    """How brands and sellers abroad grow with what a country spends on goods.

    Small firms enter a market until profit covers the fixed cost; with a Pareto tail theta their
    appeal then grows with the market to the power 1 - (sigma - 1) / theta. At an elasticity of
    entry of 1 brands and sellers abroad do the same, so that growth alone moves no share.
    """
    ratio = np.maximum(goods, _LEAST_USD) / np.maximum(preferences.market, _LEAST_USD)

    def grown(elasticity: str) -> NDArray[np.float64]:
        power = [
            p[elasticity] * (1.0 - (p["variety_substitution"] - 1.0) / p["pareto_shape"])
            for p in parameters
        ]
        return np.asarray(ratio ** np.array(power))

    return Masses(grown("brand_entry_elasticity"), grown("abroad_entry_elasticity"))


@dataclass(frozen=True)
class BuyerGroups:
    """Account holders and other buyers of every country.

    `holders` is the share of spending that is by account holders, `cash_from_abroad` the appeal of
    varieties from abroad to the others relative to holders (1: both groups are alike).
    """

    holders: NDArray[np.float64]
    cash_from_abroad: NDArray[np.float64]


@dataclass(frozen=True)
class MarketEquilibrium:
    """One quarter's market: appeal of a unit of strength, total appeal, shares of spending.

    `unit[i, j]`: appeal of one unit of strength of origin i in market j. `total[j]` is Q_j as
    account holders see it, `mean_total[j]` the mean of both groups (geometric, weighted by
    spending). `reach` is spending per unit of appeal, relative to a market of account holders only.
    `reach` and `shares` have rows for small firms of the five countries, the rest of the world and
    home brands; shares sum to 1 over rows for every country.
    """

    unit: Matrix
    total: NDArray[np.float64]
    mean_total: NDArray[np.float64]
    reach: Matrix
    shares: Matrix


def clear(
    strengths: Matrix,
    preferences: Preferences,
    costs: TradeCosts,
    sigma: float,
    row_price: float = 1.0,
    groups: BuyerGroups | None = None,
    grown: Masses | None = None,
) -> MarketEquilibrium:
    """Shares of spending by origin in every country, given who sells where.

    Without `groups` everybody buys as account holders do; without `grown` brands and sellers abroad
    are as many as in the reference years.
    """
    count = len(preferences.brand)
    price = (costs.shifter * costs.ad_valorem) ** (1.0 - sigma)
    unit = np.zeros((count, count + 1))
    unit[:, :count] = preferences.weight * price[:count, :count]
    unit[:, count] = price[:count, REST_OF_WORLD]
    home = np.arange(count)
    brands = preferences.brand * price[home, home]
    foreign = preferences.row * price[REST_OF_WORLD, :count] * row_price ** (1.0 - sigma)
    if grown is not None:
        brands, foreign = brands * grown.brand, foreign * grown.row
    appeal = np.vstack([strengths[:, :count] * unit[:, :count], foreign, brands])
    total = appeal.sum(axis=0)
    if groups is None:
        return MarketEquilibrium(unit, total, total, np.ones_like(appeal), appeal / total)
    open_to_others = np.tile(groups.cash_from_abroad, (count + 2, 1))
    open_to_others[home, home] = open_to_others[count + 1] = 1.0
    others = np.maximum((appeal * open_to_others).sum(axis=0) / total, _LEAST)
    by_others = 1.0 - groups.holders
    reach = 1.0 + by_others * (open_to_others / others - 1.0)
    return MarketEquilibrium(unit, total, total * others**by_others, reach, appeal / total * reach)


def price_index(
    equilibrium: MarketEquilibrium, preferences: Preferences, sigma: float
) -> NDArray[np.float64]:
    """Online price index of every country, 1 on average over the reference years."""
    return np.asarray((equilibrium.mean_total / preferences.quantity) ** (1.0 / (1.0 - sigma)))


def sales_per_strength(
    equilibrium: MarketEquilibrium, preferences: Preferences, spending: NDArray[np.float64]
) -> Matrix:
    """What one unit of strength sells in each market, given each country's spending on goods.

    In the unit of `spending` (by country); the last column, sales to the rest of the world, is
    `row_demand` times appeal in the same unit if `row_demand` is.
    """
    count = len(preferences.brand)
    sales = np.empty_like(equilibrium.unit)
    sales[:, :count] = equilibrium.unit[:, :count] * spending / equilibrium.total
    sales[:, :count] *= equilibrium.reach[:count]
    sales[:, count] = equilibrium.unit[:, count] * preferences.row_demand
    return sales
