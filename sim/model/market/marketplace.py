"""The online market of a quarter: firms act on last quarter's prospects, then it clears."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.agents.firm import MARKETS, REST_OF_WORLD
from sim.model.engine.firms import Sellers, SellingConditions, strengths_of
from sim.model.market.demand import (
    BuyerGroups,
    MarketEquilibrium,
    Preferences,
    clear,
    masses,
    price_index,
    sales_per_strength,
)
from sim.model.market.trade_costs import TradeCosts, TradeFacts, row_price, wedges
from sim.model.plausibility import MOST_USD, TRADE, check, guarded
from sim.units import QUARTERS_PER_YEAR

_WHAT = "prices and sales of the online market"
_STRENGTH = "sales capability of small firms, in units of the weakest one"
_TOO_PRODUCTIVE = "the productivity that firms gain from programmes grows without bound"
_LEAST = 1e-12  # US$: keeps logarithms finite where nothing is sold


@dataclass(frozen=True)
class TradeOutcome:
    """What one quarter of trade left behind.

    `counted` by country, cell and measure (`engine.firm_loop`); `sales[i, j]` is what small firms
    of i sold in market j (constant 2022 US$ in the quarter, at consumer prices), `prices` the
    online price index by country.
    """

    counted: NDArray[np.int64]
    strengths: NDArray[np.float64]
    equilibrium: MarketEquilibrium
    costs: TradeCosts
    sales: NDArray[np.float64]
    prices: NDArray[np.float64]
    log_fixed_cost: NDArray[np.float64]
    sigma: float


class Prospects(NamedTuple):
    """What a firm of unit strength could expect, by origin and market.

    `log_profit` is the log of yearly profit before fixed costs, `sales` those of a quarter, both in
    constant 2022 US$.
    """

    log_profit: NDArray[np.float64]
    sales: NDArray[np.float64]


class Marketplace:
    """Sellers, preferences and the state of the market at the end of the last quarter."""

    def __init__(
        self, sellers: Sellers, preferences: Preferences, parameters: Sequence[Mapping[str, float]]
    ) -> None:
        self.sellers = sellers
        self.preferences = preferences
        self.parameters = parameters
        self.sigma = parameters[0]["variety_substitution"]
        self._strengths = sellers.start_strengths()
        self.last: Prospects | None = None

    def trade(
        self,
        quarter: int,
        goods: NDArray[np.float64],
        ready_shares: NDArray[np.float64],
        log_wages: NDArray[np.float64],
        facts: TradeFacts,
        row_path: str,
        holders: NDArray[np.float64] | None = None,
    ) -> TradeOutcome:
        """One quarter; `goods` is what each country spends on goods (constant 2022 US$).

        `holders` is the share of it that account holders spend; all of it where it is left out.
        """
        groups = self._groups(np.ones(len(goods)) if holders is None else holders)
        with guarded(_WHAT):
            grown = masses(goods, self.preferences, self.parameters)
            costs = wedges(facts, self.parameters, quarter, row_path)
            abroad = row_price(quarter, row_path, self.parameters[0]["row_price_trend"])
            if self.last is None:  # before the first quarter
                equilibrium = clear(
                    self._strengths, self.preferences, costs, self.sigma, abroad, groups, grown
                )
                self.last = self._prospects(equilibrium, costs, goods)
            log_fixed_cost = self._log_fixed_cost(log_wages, facts)
            break_even = (log_fixed_cost - self.last.log_profit) / (self.sigma - 1.0)
            conditions = SellingConditions(ready_shares, break_even, self.last.sales)
        counted = self.sellers.trade(conditions, quarter)
        strongest = self.sellers.largest_strengths()
        check(_STRENGTH, strongest, most=MOST_USD, about=TRADE, cause=_TOO_PRODUCTIVE)
        with guarded(_WHAT):
            strengths = strengths_of(counted)
            equilibrium = clear(
                strengths, self.preferences, costs, self.sigma, abroad, groups, grown
            )
            self.last = self._prospects(equilibrium, costs, goods)
            prices = price_index(equilibrium, self.preferences, self.sigma)
            sales = strengths * self.last.sales
        check("share of purchases by origin", equilibrium.shares.T, most=1.0 + _LEAST, about=TRADE)
        return TradeOutcome(
            counted,
            strengths,
            equilibrium,
            costs,
            sales,
            prices,
            log_fixed_cost,
            self.sigma,
        )

    def _groups(self, holders: NDArray[np.float64]) -> BuyerGroups:
        return BuyerGroups(holders, np.array([p["cash_from_abroad"] for p in self.parameters]))

    def _prospects(
        self, equilibrium: MarketEquilibrium, costs: TradeCosts, goods: NDArray[np.float64]
    ) -> Prospects:
        count = len(goods)
        sales = sales_per_strength(equilibrium, self.preferences, goods)
        sales[:, count] /= QUARTERS_PER_YEAR  # demand of the rest of the world is yearly
        kept = costs.ad_valorem[:count, [*range(count), REST_OF_WORLD]] * self.sigma
        yearly = np.maximum(sales * QUARTERS_PER_YEAR, _LEAST)
        return Prospects(np.ascontiguousarray(np.log(yearly / kept)), sales)

    def _log_fixed_cost(
        self, log_wages: NDArray[np.float64], facts: TradeFacts
    ) -> NDArray[np.float64]:
        count = len(self.parameters)
        table = np.empty((count, MARKETS))
        for origin, params in enumerate(self.parameters):
            home = np.log(params["fixed_cost_online"])
            home += params["fixed_cost_wage_elasticity"] * log_wages[origin]
            rules = facts.rules[origin] / params["reference_distance"]
            abroad = params["export_fixed_cost"] + params["regulatory_fixed_cost"] * rules
            abroad = abroad * (1.0 - facts.support[origin])
            table[origin] = home + np.log(abroad)
            table[origin, origin] = home + np.log(facts.shop_cost[origin])
        return table
