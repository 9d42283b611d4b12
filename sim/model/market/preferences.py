"""Taste weights, solved once per parameter draw to the observed shares and then frozen.

Buyers prefer some origins for reasons that no wedge explains. The weights are those with which the
shares of spending in 2019 to 2021 come out as the parameters say: the sellers alone are run against
the spending of a coarse run of the baseline, the weights are solved for who then sells where, and
this is repeated until they no longer move. The mean appeal of those years is the reference of the
price index.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.agents.firm import REST_OF_WORLD
from sim.model.engine.firms import Sellers
from sim.model.market.demand import Preferences, masses
from sim.model.market.marketplace import Marketplace
from sim.model.market.trade_costs import TradeFacts
from sim.parameters.joint_constraints import MOST_FROM_ABROAD
from sim.units import QUARTERS_PER_YEAR, quarter_index

REFERENCE_FIRST = quarter_index("2019Q1")
REFERENCE_LAST = quarter_index("2021Q4")
ROWS, COPIES = 600, 16  # strata a country, and rows each is spread over
ROUNDS = 8
_DAMPING = 0.8
_LEAST_USD = 1e-12  # keeps a division finite where nobody spends


@dataclass(frozen=True)
class Buyers:
    """What the sellers face while tastes are solved: by quarter from `first` on.

    `goods` (quarter, country) in constant 2022 US$ a quarter, `holders` (quarter, country) the
    share of it that account holders spend, `ready` (quarter, country, area), `log_wages` (quarter,
    country), `facts` by quarter.
    """

    first: int
    goods: NDArray[np.float64]
    holders: NDArray[np.float64]
    ready: NDArray[np.float64]
    log_wages: NDArray[np.float64]
    facts: list[TradeFacts]


@dataclass(frozen=True)
class Shares:
    """Observed shares: `origins[i, j]` of country j's purchases from the other country i, `row[j]`

    from the rest of the world, `brand[j]` of home sales by brands, `row_export[i]` of sales.
    """

    origins: NDArray[np.float64]
    row: NDArray[np.float64]
    brand: NDArray[np.float64]
    row_export: NDArray[np.float64]


def calibrate_preferences(
    make_sellers: Callable[[int, int], Sellers],
    buyers: Buyers,
    shares: Shares,
    parameters: Sequence[Mapping[str, float]],
) -> Preferences:
    """Taste weights with which the shares of the reference years come out as observed."""
    count = len(parameters)
    yearly = buyers.goods.mean(axis=0) * QUARTERS_PER_YEAR
    preferences = _first_guess(
        count,
        shares,
        make_sellers(ROWS, COPIES).start_strengths(),
        yearly,
        buyers.goods[_reference(buyers)].mean(axis=0),
    )
    for _ in range(ROUNDS):
        preferences = _one_round(
            make_sellers(ROWS, COPIES), preferences, buyers, shares, parameters
        )
    return preferences


def _reference(buyers: Buyers) -> slice:
    """The quarters of 2019 to 2021."""
    return slice(REFERENCE_FIRST - buyers.first, REFERENCE_LAST + 1 - buyers.first)


def _first_guess(
    count: int,
    shares: Shares,
    start: NDArray[np.float64],
    yearly: NDArray[np.float64],
    market: NDArray[np.float64],
) -> Preferences:
    home = np.maximum(np.diagonal(start)[:count], 1.0) * 10.0
    weight = np.eye(count) + shares.origins * 10.0
    own = _home_share(shares) * (1.0 - shares.brand)
    return Preferences(
        weight=weight,
        brand=home * _home_share(shares) * shares.brand / own,
        row=home * shares.row / own,
        row_demand=np.maximum(yearly, 1.0) * own / home,
        quantity=home / own,
        market=market,
    )


def _home_share(shares: Shares) -> NDArray[np.float64]:
    return np.asarray(1.0 - shares.row - shares.origins.sum(axis=0))


def _one_round(
    sellers: Sellers,
    preferences: Preferences,
    buyers: Buyers,
    shares: Shares,
    parameters: Sequence[Mapping[str, float]],
) -> Preferences:
    """Run the sellers with these tastes, then solve the tastes for who sold where."""
    count = len(parameters)
    market = Marketplace(sellers, preferences, parameters)
    sigma = market.sigma
    strengths, prices, home_sales, brands, abroad = [], [], [], [], []
    here = np.arange(count)
    for t, facts in enumerate(buyers.facts):
        trade_outcome = market.trade(
            buyers.first + t,
            buyers.goods[t],
            buyers.ready[t],
            buyers.log_wages[t],
            facts,
            "flat",
            buyers.holders[t],
        )
        if REFERENCE_FIRST <= buyers.first + t <= REFERENCE_LAST:
            strengths.append(trade_outcome.strengths)
            costs, grown = trade_outcome.costs, masses(buyers.goods[t], preferences, parameters)
            prices.append((costs.shifter * costs.ad_valorem) ** (1.0 - sigma))
            brands.append(prices[-1][here, here] * grown.brand)
            abroad.append(prices[-1][REST_OF_WORLD, :count] * grown.row)
            home_sales.append(trade_outcome.sales[:, :count].sum(axis=1) * QUARTERS_PER_YEAR)
    sales_capability, price = np.mean(strengths, axis=0), np.mean(prices, axis=0)
    untasted = sales_capability[:, :count] * price[:count, :count]
    home = np.maximum(np.diagonal(untasted), 1e-9)
    own = _home_share(shares) * (1.0 - shares.brand)
    least = home[:, None] * 1e-6  # where nobody sells yet, tastes rise until somebody does
    gated, appeal = _gated(shares, buyers, [p["cash_from_abroad"] for p in parameters])
    wanted = shares.origins / own * home / np.maximum(untasted, least) * gated
    weight = np.eye(count) + _damped(preferences.weight, wanted) * (1.0 - np.eye(count))
    sold_abroad = np.maximum(sales_capability[:, count] * price[:count, REST_OF_WORLD], 1e-6)
    exports = np.mean(home_sales, axis=0) * shares.row_export / (1.0 - shares.row_export)
    return Preferences(
        weight=weight,
        brand=home * _home_share(shares) * shares.brand / own / np.mean(brands, axis=0),
        row=home * shares.row / own / np.mean(abroad, axis=0) * gated,
        row_demand=_damped(preferences.row_demand, np.maximum(exports / sold_abroad, 1e-12)),
        quantity=home / own * appeal,
        market=preferences.market,
    )


def _gated(
    shares: Shares, buyers: Buyers, cash: Sequence[float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Factors on the appeal from abroad and on the mean appeal with which the shares are met.

    With the share h of spending by account holders, the appeal c of what is from abroad to others,
    and x the appeal of what is from abroad over that of what is from home, the share bought at home
    is h / (1 + x) + (1 - h) / (1 + c x), a quadratic equation in x. Where holders would have to buy
    more than `MOST_FROM_ABROAD` of everything abroad, that is what they buy. Both factors are 1
    where c is 1.
    """
    now = _reference(buyers)
    goods = np.maximum(buyers.goods[now], _LEAST_USD)
    holders = (goods * buyers.holders[now]).sum(axis=0) / goods.sum(axis=0)
    c, at_home = np.asarray(cash), _home_share(shares)
    a = at_home * c
    b = at_home * (1.0 + c) - holders * c - (1.0 - holders)
    root = b + np.sqrt(b * b + 4.0 * a * (1.0 - at_home))
    x = 2.0 * (1.0 - at_home) / np.maximum(root, _LEAST_USD)
    x = np.minimum(x, MOST_FROM_ABROAD / (1.0 - MOST_FROM_ABROAD))
    others = (1.0 + c * x) / (1.0 + x)
    abroad = x * at_home / (1.0 - at_home)
    appeal = at_home * (1.0 + x) * others ** (1.0 - holders)
    alike = c == 1.0
    return np.where(alike, 1.0, abroad), np.where(alike, 1.0, appeal)


def _damped(old: NDArray[np.float64], new: NDArray[np.float64]) -> NDArray[np.float64]:
    """A step of a share of the logarithmic distance, at most a factor of 50 at once."""
    with np.errstate(divide="ignore", invalid="ignore"):
        step = np.clip(np.log(new / old), -np.log(50.0), np.log(50.0))
    return np.where((old > 0) & (new > 0), old * np.exp(_DAMPING * step), new)
