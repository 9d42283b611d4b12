"""Where demand and supply meet: constant elasticity of substitution over all varieties (M8).

Buyers of country j spread their spending over the varieties of small firms of every country, of
large firms and brands at home, and of the rest of the world. A variety of origin i sold at price p
has the appeal `taste_ij * p ** (1 - sigma)`; Q_j is the sum over all varieties and the price index
is `Q_j ** (1 / (1 - sigma))`. Prices are a constant markup on cost, so only the sums of strength of
those who sell, taste weights and wedges are needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.agents.firm import REST_OF_WORLD
from sim.model.market.trade_costs import TradeCosts

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Preferences:
    """Taste weights of one parameter draw, solved once to the observed shares and then frozen.

    `weight[i, j]` is the taste of market j for small firms of country i (1 at home), `brand[j]` and
    `row[j]` the whole appeal of home brands and of the rest of the world at unit price,
    `row_demand` the yearly spending per unit appeal of buyers in the rest of the world on country
    i, and `quantity[j]` the mean Q_j of the reference years, to which the price index is
    normalised.
    """

    weight: Matrix
    brand: NDArray[np.float64]
    row: NDArray[np.float64]
    row_demand: NDArray[np.float64]
    quantity: NDArray[np.float64]


@dataclass(frozen=True)
class MarketEquilibrium:
    """One quarter's market: appeal of a unit of strength, total appeal, shares of spending.

    `unit[i, j]`: appeal of one unit of strength of origin i in market j. `total[j]` is Q_j.
    `shares` has rows for small firms of the five countries, the rest of the world and home brands,
    and sums to 1 over rows for every country.
    """

    unit: Matrix
    total: NDArray[np.float64]
    shares: Matrix


def clear(
    strengths: Matrix,
    preferences: Preferences,
    costs: TradeCosts,
    sigma: float,
    row_price: float = 1.0,
) -> MarketEquilibrium:
    """Shares of spending by origin in every country, given who sells where."""
    count = len(preferences.brand)
    price = (costs.shifter * costs.ad_valorem) ** (1.0 - sigma)
    unit = np.zeros((count, count + 1))
    unit[:, :count] = preferences.weight * price[:count, :count]
    unit[:, count] = price[:count, REST_OF_WORLD]
    home = np.arange(count)
    brands = preferences.brand * price[home, home]
    foreign = preferences.row * price[REST_OF_WORLD, :count] * row_price ** (1.0 - sigma)
    appeal = np.vstack([strengths[:, :count] * unit[:, :count], foreign, brands])
    total = appeal.sum(axis=0)
    return MarketEquilibrium(unit, total, appeal / total)


def price_index(
    equilibrium: MarketEquilibrium, preferences: Preferences, sigma: float
) -> NDArray[np.float64]:
    """Online price index of every country, 1 on average over the reference years."""
    return np.asarray((equilibrium.total / preferences.quantity) ** (1.0 / (1.0 - sigma)))


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
    sales[:, count] = equilibrium.unit[:, count] * preferences.row_demand
    return sales
