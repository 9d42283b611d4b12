"""V7 to V13 and V26: limiting cases of the online market in which the answer has a closed form.

Firms are rows of strata of a Pareto distribution; in the sharp limit those above a break-even
productivity sell, as in Chaney (2008). Where a row at the margin comes and goes, means over thirty
quarters are compared. theta is `pareto_shape`, sigma `variety_substitution`, F a fixed cost, f the
platforms' fee.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from math import log

import numpy as np
import pytest

from sim.model.market.demand import clear
from sim.model.market.trade_costs import wedges
from tests.verification.bazaar import (
    CLOSED,
    COUNT,
    FEE,
    FRICTIONLESS,
    ONE_COUNTRY,
    START,
    TWO_COUNTRIES,
    Settled,
    bazaar,
    no_laws,
    pair_of_markets,
    sells_to,
    spending_for,
)

THETA = FRICTIONLESS["pareto_shape"]
SIGMA = FRICTIONLESS["variety_substitution"]
EXPORTING = FRICTIONLESS["export_fixed_cost"]
TAU = 1.25  # cost factor of serving the other country
SHAPES = [(4.5, 4.0), (3.5, 3.0), (5.0, 3.0), (6.5, 5.0), (3.75, 3.5)]


# V7: all firms alike.

ALIKE = (40.0, 10.0, 25.0, 100.0, 75.0)


def _alike(quarters: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Shares of spending and of varieties by origin and buyer, and whether all firms sell."""
    market = bazaar(
        ALIKE,
        np.ones((COUNT, COUNT)),
        [1e8, 3e8, 2e8, 9e8, 5e8],
        {"export_fixed_cost": 1.0, "start_seller_share": 0.2},
        rows=100,
        copies=1,
        seed=seed,
    )
    market.market.sellers.productivity[:] = 0.0
    trade_outcome = market.run(quarters)[-1]
    sells = sells_to(trade_outcome)[:, :COUNT]
    return trade_outcome.equilibrium.shares[:COUNT], sells


def test_equal_firms_share_spending_by_the_number_of_varieties() -> None:
    """V7: X_ij / E_j = N_i / sum N, with every firm in every market; agrees to 1e-9."""
    shares, sells = _alike(80)
    firms = np.array(ALIKE)
    assert sells == pytest.approx(np.tile(firms[:, None], (1, COUNT)))
    assert shares == pytest.approx(sells / sells.sum(axis=0), rel=1e-9)
    assert shares[:, 0] == pytest.approx(firms / firms.sum(), rel=1e-9)


@pytest.mark.parametrize("quarters", [1, 4, 12])
def test_varieties_count_where_they_are_sold(quarters: int) -> None:
    """V7 on the way there: N_i is the number of firms of i that sell in j by then."""
    shares, sells = _alike(quarters)
    assert 0 < sells.sum() < COUNT * sum(ALIKE)
    assert shares == pytest.approx(sells / sells.sum(axis=0), rel=1e-9)


# V8: five countries with the same numbers.


def test_identical_countries_trade_symmetrically() -> None:
    """V8: measured spreads 0.03 % of sales abroad, 0.004 % at home, 0.03 % of sellers."""
    spending = spending_for(20_000.0)
    market = bazaar(
        [1_000_000.0] * COUNT,
        np.full((COUNT, COUNT), 0.3) + 0.7 * np.eye(COUNT),
        [spending] * COUNT,
        {"logistics_cost": 0.1},
        rows=8_000,
    ).settled()
    sales = market.sales[:, :COUNT]
    abroad = sales[~np.eye(COUNT, dtype=bool)]
    assert _spread(abroad) < 2e-3
    assert _spread(np.diagonal(sales)) < 1e-3
    assert _spread(market.online) < 1e-3
    assert _spread(market.exporters) < 2e-3
    assert np.ptp(market.log_prices) < 2e-4
    assert 0.05 < abroad.mean() / np.diagonal(sales).mean() < 0.5


def _spread(values: np.ndarray) -> float:
    return float(np.ptp(values) / values.mean())


# V9 and V13: one closed country.


@pytest.mark.parametrize(("theta", "sigma"), SHAPES)
def test_sellers_of_a_closed_country(theta: float, sigma: float) -> None:
    """V9: E (theta - sigma + 1) (1 - f) / (sigma F theta) firms sell.

    Measured 20 001, 20 001, 20 001, 20 001 and 20 002 against 20 000.
    """
    shape = {"pareto_shape": theta, "variety_substitution": sigma}
    spending = spending_for(20_000.0, shape)
    market = bazaar(ONE_COUNTRY, CLOSED, _only(spending), shape, rows=40_000)
    assert market.settled().online[0] == pytest.approx(20_000.0, rel=3e-4)


@pytest.mark.parametrize("firms", [200_000.0, 5_000_000.0])
@pytest.mark.parametrize("start", [0.001, 0.5])
def test_their_number_depends_neither_on_all_firms_nor_on_the_start(
    firms: float, start: float
) -> None:
    """V9 with a fifth and five times the firms; measured 19 998 and 20 002 against 20 000."""
    countries = [firms, *ONE_COUNTRY[1:]]
    market = bazaar(countries, CLOSED, _only(spending_for(20_000.0)), start=[start])
    assert market.settled().online[0] == pytest.approx(20_000.0, rel=1e-3)


def test_fixed_cost_wage_and_fee_in_the_number_of_sellers() -> None:
    """V9: twice the sellers at half the cost or twice the spending; a fee of 12 %: 10.2 % fewer."""
    spending = spending_for(20_000.0)
    half = bazaar(ONE_COUNTRY, CLOSED, _only(spending), {"fixed_cost_online": 600.0})
    assert half.settled().online[0] == pytest.approx(40_000.0, rel=1e-3)
    simpler = bazaar(ONE_COUNTRY, CLOSED, _only(spending))
    simpler.facts = replace(no_laws(), shop_cost=np.full(COUNT, 0.5))
    assert simpler.settled().online[0] == pytest.approx(40_000.0, rel=1e-3)
    double = bazaar(ONE_COUNTRY, CLOSED, _only(2 * spending))
    assert double.settled().online[0] == pytest.approx(40_000.0, rel=1e-3)
    dear = bazaar(ONE_COUNTRY, CLOSED, _only(spending))
    dear.facts = no_laws(0.12)
    wanted = 20_000.0 * (1 - 0.12) / (1 - FEE)
    assert dear.settled().online[0] == pytest.approx(wanted, rel=1e-3)


@pytest.mark.parametrize(("theta", "sigma"), SHAPES)
def test_prices_fall_with_spending(theta: float, sigma: float) -> None:
    """V13: d ln P / d ln E = -(1 / (sigma - 1) - 1 / theta).

    Measured with E + 50 %: -0.11109 (-0.11111), -0.21425 (-0.21429), -0.29999 (-0.30000),
    -0.09615 (-0.09615), -0.13330 (-0.13333).
    """
    shape = {"pareto_shape": theta, "variety_substitution": sigma}
    spending = spending_for(20_000.0, shape)
    low, high = (
        bazaar(ONE_COUNTRY, CLOSED, _only(spending * factor), shape, rows=40_000).settled()
        for factor in (1.0, 1.5)
    )
    wanted = -(1.0 / (sigma - 1.0) - 1.0 / theta)
    fall = (high.log_prices[0] - low.log_prices[0]) / log(1.5)
    assert fall == pytest.approx(wanted, abs=1.5e-4)


def _only(spending: float) -> list[float]:
    return [spending, 1.0, 1.0, 1.0, 1.0]


# V10 to V12: two countries of the same size.


@cache
def _two(
    cost: float = TAU, exporting: float = EXPORTING, wedge: float = 1.0, row: float = 1e-9
) -> Settled:
    """Two countries with a cost factor, a relative fixed cost and an ad-valorem wedge."""
    spending = 1.3 * spending_for(20_000.0)
    changes = {
        "logistics_cost": cost - 1.0,
        "export_fixed_cost": exporting,
        "payment_cost": wedge - 1.0,
    }
    yearly = [spending, spending, 1.0, 1.0, 1.0]
    return bazaar(TWO_COUNTRIES, pair_of_markets(), yearly, changes, row=row).settled()


@pytest.mark.parametrize(("cost", "exporting"), [(TAU, EXPORTING), (1.1, 1.2), (1.25, 3.0)])
def test_exporters_and_home_shares_of_two_countries(cost: float, exporting: float) -> None:
    """V10: exporters over sellers tau^-theta (Fx/Fd)^(-theta/(sigma-1)), and the home share.

    Measured 0.1994 (0.1994), 0.4954 (0.4954), 0.0705 (0.0705); home shares 0.76976 (0.76975),
    0.62716 (0.62716), 0.82543 (0.82541).
    """
    market = _two(cost, exporting)
    ratio = cost**-THETA * exporting ** (-THETA / (SIGMA - 1.0))
    home = 1.0 / (1.0 + cost**-THETA * exporting ** (1.0 - THETA / (SIGMA - 1.0)))
    for country in (0, 1):
        exporters = market.exporters[country] / market.online[country]
        assert exporters == pytest.approx(ratio, rel=1e-3)
        assert market.shares[country, country] == pytest.approx(home, rel=2e-4)


def test_on_impact_trade_responds_by_the_substitution_of_varieties() -> None:
    """V11: before any firm enters or leaves, -(sigma - 1) to the last digits."""
    settled = _two()
    market = bazaar(TWO_COUNTRIES, pair_of_markets(), [1.0] * COUNT, rows=10).market
    ratios = []
    for cost in (TAU, TAU * 1.02):
        changed = [{**p, "logistics_cost": cost - 1.0} for p in market.parameters]
        costs = wedges(no_laws(), changed, START, "flat")
        shares = clear(settled.last.strengths, market.preferences, costs, SIGMA).shares
        ratios.append(shares[0, 1] / shares[1, 1])
    assert log(ratios[1] / ratios[0]) / log(1.02) == pytest.approx(-(SIGMA - 1.0), abs=1e-9)


def _elasticity(changed: Settled) -> float:
    return log(changed.relative_imports / _two().relative_imports) / log(1.02)


def test_in_the_long_run_it_responds_by_the_shape() -> None:
    """V11: a cost factor 2 % higher, -theta: measured -4.498 against -4.5."""
    assert _elasticity(_two(cost=TAU * 1.02)) == pytest.approx(-THETA, abs=0.015)


def test_a_wedge_on_the_price_bites_harder_than_a_cost() -> None:
    """V11b: it also divides what the seller keeps: 1 - sigma theta / (sigma - 1).

    Measured -4.997 against -5.
    """
    wanted = 1.0 - SIGMA * THETA / (SIGMA - 1.0)
    assert _elasticity(_two(wedge=1.02)) == pytest.approx(wanted, abs=0.015)


def test_response_to_a_fixed_cost_of_exporting() -> None:
    """V12: -(theta / (sigma - 1) - 1): measured -0.501 against -0.5."""
    wanted = -(THETA / (SIGMA - 1.0) - 1.0)
    assert _elasticity(_two(exporting=EXPORTING * 1.02)) == pytest.approx(wanted, abs=0.015)


# V26: what trade does to prices, from the home share alone.


@pytest.mark.parametrize("row", [1e-9, 1e6])
@pytest.mark.parametrize("change", [{"cost": 1.1}, {"exporting": 1.2}, {"wedge": 1.1}])
def test_prices_follow_the_home_share(row: float, change: dict[str, float]) -> None:
    """V26: at given spending d ln P = (1 / theta) d ln lambda, also beside the rest of the world.

    Measured -0.03658 (-0.03661) for a cost 12 % lower, -0.06442 (-0.06441) beside a rest of the
    world with a third of the market; 0.02029 (0.02029) and 0.03890 (0.03891) for the wedge.
    """
    before, after = _two(row=row), _two(**{**change, "row": row})
    for country in (0, 1):
        moved = after.log_prices[country] - before.log_prices[country]
        home = log(after.shares[country, country] / before.shares[country, country])
        assert abs(home) > 0.005
        assert moved == pytest.approx(home / THETA, rel=2e-3, abs=5e-5)
        if row > 1:
            assert 0.1 < before.shares[COUNT, country] < 0.6
