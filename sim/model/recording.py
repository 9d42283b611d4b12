"""From what was counted in a quarter to sums in persons and US$, by country and group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from sim.agents.government import Government
from sim.model.engine import firm_loop, people_loop
from sim.model.engine.compiler.kind import Kind
from sim.model.indicators import ROUNDING, firm_matrix, group_matrix
from sim.model.market.accounts import Accounts
from sim.model.market.marketplace import TradeOutcome
from sim.model.plausibility import check
from sim.model.population import synthesis
from sim.model.scams import ScamOutcome
from sim.policy.levers import LEVERS
from sim.units import QUARTERS_PER_YEAR, USD_SCALE

Sums = dict[str, NDArray[np.float64]]
MAY_BE_NEGATIVE = ("seller_profit_usd",)  # fixed costs may exceed what sellers earn
MOST = 1e25  # of any sum; money is checked against what whole numbers hold before it is cast


def check_sums(sums: Sums, gains: NDArray[np.float64]) -> None:
    """Raises Implausible for a sum of the quarter that is not finite, or negative.

    One look at all sums together; only where something is wrong, one at each. `gains` is by how
    much the consumption of a person may exceed its national mean, by country: sums know it on
    average.
    """
    flat = np.concatenate([v.ravel() for n, v in sums.items() if n not in MAY_BE_NEGATIVE])
    if not (flat.min() >= 0.0 and flat.max() <= MOST):
        for name, values in sums.items():
            if name not in MAY_BE_NEGATIVE:
                check(name, values, 0.0, MOST)
    for name in MAY_BE_NEGATIVE:
        if name in sums:
            check(name, sums[name], -MOST, MOST)
    check(
        "gmv_real_usd (online purchases against consumption)",
        sums["gmv_real_usd"][:, 0],
        most=sums["consumption_usd"][:, 0] * (1.0 + ROUNDING + gains) + 1.0,
    )


def people_sums(
    tally: NDArray[np.int64],
    initial_counts: NDArray[np.int64],
    weight: NDArray[np.float64],
    now: Mapping[str, NDArray[np.float64]],
) -> Sums:
    """Sums over people: `weight` persons per agent, `now` exogenous values (columns by country).

    `now["consumption_gain"]`, by country and area, is that of people newly reached by networks.
    """
    groups = group_matrix()

    def people(column: int) -> NDArray[np.float64]:
        return np.asarray((tally[:, :, column] @ groups.T) * weight)

    def at_start(column: int, factor: NDArray[np.float64] | float = 1.0) -> NDArray[np.float64]:
        return np.asarray((initial_counts[:, :, column] * factor @ groups.T) * weight)

    def incomes(factor: NDArray[np.float64] | float = 1.0) -> NDArray[np.float64]:
        relative = at_start(synthesis.RELATIVE_INCOME, factor) / USD_SCALE
        return np.asarray(relative * now["income"] / QUARTERS_PER_YEAR)

    cells_of_area = initial_counts.shape[1] // 2
    gained = 1.0 + np.repeat(now["consumption_gain"], cells_of_area, axis=1)
    consumption = incomes(gained) * now["consumption_share"]
    spending = people(people_loop.SPENDING) / USD_SCALE
    nominal = spending * now["nominal"]
    return {
        "gmv_real_usd": spending,
        "gmv_nominal_usd": nominal,
        "gmv_us_prices": nominal / now["us_prices"],
        "income_usd": incomes(),
        "consumption_usd": consumption,
        "consumption_nominal_usd": consumption * now["nominal"],
        "population": at_start(synthesis.PEOPLE),
        "adults": at_start(synthesis.ADULTS),
        "connected": people(people_loop.CONNECTED),
        "connected_adults": people(people_loop.CONNECTED_ADULTS),
        "account_holders": people(people_loop.ACCOUNTS),
        "shoppers": people(people_loop.SHOPPERS),
        "victims": people(people_loop.VICTIMS),
        "newly_connected": people(people_loop.NEW_CONNECTED),
        "dropped_out": people(people_loop.DROPPED_OUT),
        "new_accounts": people(people_loop.NEW_ACCOUNTS),
        "new_shoppers": people(people_loop.NEW_SHOPPERS),
        "lapsed_shoppers": people(people_loop.LAPSED_SHOPPERS),
        "scam_losses_usd": people(people_loop.LOSSES) / USD_SCALE,
        "trust_sum": people(people_loop.TRUST) / USD_SCALE,
        "skill_sum": people(people_loop.SKILL) / USD_SCALE,
    }


def own_people_sums(kind: Kind, tally: NDArray[np.int64], weight: NDArray[np.float64]) -> Sums:
    """What was counted of people for indicators of a rule of one's own, by country and group."""
    first, groups = kind.first_column, group_matrix()
    return {
        name: (tally[:, :, first + k] @ groups.T) * weight / USD_SCALE
        for k, name in enumerate(kind.columns)
    }


def own_firm_sums(kind: Kind, counted: NDArray[np.int64]) -> Sums:
    """The same of firms."""
    first, groups = kind.first_column, firm_matrix()
    return {
        name: (counted[:, :, first + k] @ groups.T) / USD_SCALE
        for k, name in enumerate(kind.columns)
    }


def public_sums(
    governments: Iterable[Government],
    capital: Iterable[float],
    of_quality: Iterable[float],
    covered: Iterable[float],
    lost: Iterable[float],
) -> Sums:
    """The books of the governments and the networks, by country."""
    books = [government.books for government in governments]

    def column(values: Iterable[float]) -> NDArray[np.float64]:
        return np.array(list(values), dtype=float)[:, None]

    return {
        **{
            f"spending_{name}_usd": column(b.spending.get(name, 0) / USD_SCALE for b in books)
            for name in LEVERS
        },
        "budget_revenue_usd": column(b.revenue / USD_SCALE for b in books),
        "budget_grants_usd": column(b.grants / USD_SCALE for b in books),
        "budget_spending_usd": column(sum(b.spending.values()) / USD_SCALE for b in books),
        "budget_returned_usd": column(b.returned / USD_SCALE for b in books),
        "budget_carry_usd": column(b.closing / USD_SCALE for b in books),
        "lever_shortfall_usd": column(b.shortfall / USD_SCALE for b in books),
        "network_capital_usd": column(capital),
        "quality_capital_usd": column(of_quality),
        "covered": column(covered),
        "investment_lost_usd": column(lost),
    }


def syndicate_sums(scam_outcome: ScamOutcome, revenue: float) -> Sums:
    """Capital of syndicates, its moves and its revenue, by host.

    `revenue` is that of all hosts in 2023, US$ a year.
    """
    moves = scam_outcome.moves

    def column(values: Iterable[float]) -> NDArray[np.float64]:
        return np.array(list(values), dtype=float)[:, None]

    return {
        "syndicate_capital": column(scam_outcome.capital),
        "syndicate_removed": column(moves.removed),
        "syndicate_left": column(moves.left),
        "syndicate_arrived": column(moves.arrived),
        "syndicate_takings_usd": column(
            share * revenue / QUARTERS_PER_YEAR for share in scam_outcome.revenue
        ),
    }


def trade_sums(trade_outcome: TradeOutcome, accounts: Accounts, rules: NDArray[np.float64]) -> Sums:
    """Sums over firms, flows by buyer and seller, prices and recipients, by country and pair."""
    count = len(accounts.spending)
    groups = firm_matrix()
    counted = trade_outcome.counted
    flows = accounts.flows / USD_SCALE
    here = np.arange(count)
    home = flows[here, here] + flows[count + 1, :count]
    region = flows[:count, :count].sum(axis=0) - flows[here, here]
    sellers = accounts.sellers / USD_SCALE
    fixed = (
        counted[:, :, firm_loop.COSTS : firm_loop.COSTS + count + 1].sum(axis=1) / USD_SCALE
    ) * np.exp(trade_outcome.log_fixed_cost)

    def firms(column: int) -> NDArray[np.float64]:
        return np.asarray(counted[:, :, column] @ groups.T / USD_SCALE)

    def column(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(values, dtype=float)[:, None]

    sales_capability = counted[:, :, firm_loop.STRENGTH : firm_loop.STRENGTH + count + 1].astype(
        float
    )
    whole = np.maximum(sales_capability.sum(axis=1), 1.0)
    revenue = np.einsum("icm,im->ic", sales_capability, flows[:count] / whole) @ groups.T
    places = np.ix_(range(count), range(count + 1))
    operating = (
        flows[:count] / (trade_outcome.costs.ad_valorem[places] * trade_outcome.sigma)
    ).sum(axis=1)
    received = {
        f"receipts_{name}_usd": column(units[:, :count].sum(axis=0) / USD_SCALE)
        for name, units in accounts.received.items()
    }
    return {
        "gmv_home_usd": column(home),
        "gmv_region_usd": column(region),
        "gmv_row_usd": column(flows[count, :count]),
        "purchase_fraud_usd": column(accounts.fraud / USD_SCALE),
        "exports_region_usd": column(flows[:count, :count].sum(axis=1) - flows[here, here]),
        "exports_row_usd": column(flows[:count, count]),
        "smes": firms(firm_loop.FIRMS),
        "smes_online": firms(firm_loop.ONLINE),
        "sme_exporters": firms(firm_loop.EXPORTERS),
        "shops_opened": firms(firm_loop.OPENED),
        "shops_closed": firms(firm_loop.CLOSED),
        "seller_revenue_usd": revenue,
        "seller_profit_usd": column(operating - fixed.sum(axis=1) / QUARTERS_PER_YEAR),
        "receipts_smes_usd": column(sellers[:count, :count].sum(axis=0)),
        "receipts_brands_usd": column(sellers[count + 1, :count]),
        "receipts_row_usd": column(sellers[count, :count]),
        **received,
        "price_spending": column(trade_outcome.prices * (accounts.spending / USD_SCALE)),
        "spending_all": column(accounts.spending / USD_SCALE),
        **_pair_sums(trade_outcome, accounts, rules),
    }


def _pair_sums(trade_outcome: TradeOutcome, accounts: Accounts, rules: NDArray[np.float64]) -> Sums:
    """Flows, exporters and distances by origin (rows) and market (columns, the world last)."""
    count = len(accounts.spending)
    sells = trade_outcome.counted[:, :, firm_loop.SELLS_TO : firm_loop.SELLS_TO + count + 1].sum(
        axis=1
    )
    return {
        "flow_usd": accounts.flows[:count] / USD_SCALE,
        "flow_exporters": sells / USD_SCALE,
        "regulatory_distance": rules[:count, : count + 1],
    }
