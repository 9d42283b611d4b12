"""Account holders and others in one market: their shares, the price index, and what is solved."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.market.demand import BuyerGroups, Preferences, clear, price_index, sales_per_strength
from sim.model.market.preferences import MOST_FROM_ABROAD, Buyers, Shares, _gated
from sim.model.market.trade_costs import wedges
from tests.verification.bazaar import COUNT, FRICTIONLESS, START, no_laws, values

SIGMA = 4.0
PREFERENCES = Preferences(
    weight=np.full((COUNT, COUNT), 0.2) + 0.8 * np.eye(COUNT),
    brand=np.linspace(1.0, 3.0, COUNT),
    row=np.linspace(2.0, 4.0, COUNT),
    row_demand=np.ones(COUNT),
    quantity=np.full(COUNT, 5.0),
    market=np.ones(COUNT),
)
STRENGTHS = np.arange(1.0, COUNT * (COUNT + 1) + 1.0).reshape(COUNT, COUNT + 1)
COSTS = wedges(no_laws(), values({**FRICTIONLESS, "logistics_cost": 0.3}), START, "flat")
HALF = np.linspace(0.1, 0.9, COUNT)
AT_HOME = np.vstack([np.eye(COUNT), np.zeros(COUNT), np.ones(COUNT)]).astype(bool)


def _market(holders: np.ndarray | float, cash: float):  # type: ignore[no-untyped-def]
    groups = BuyerGroups(np.broadcast_to(holders, (COUNT,)), np.full(COUNT, cash))
    return clear(STRENGTHS, PREFERENCES, COSTS, SIGMA, groups=groups)


def test_where_both_groups_are_alike_nothing_moves_to_the_last_bit() -> None:
    plain = clear(STRENGTHS, PREFERENCES, COSTS, SIGMA)
    for market in (_market(HALF, 1.0), _market(0.0, 1.0)):
        assert market.shares.tobytes() == plain.shares.tobytes()
        assert market.mean_total.tobytes() == plain.total.tobytes()
    for market in (_market(1.0, 0.0), _market(1.0, 0.4)):
        assert market.shares == pytest.approx(plain.shares, rel=1e-15)
        assert price_index(market, PREFERENCES, SIGMA) == pytest.approx(
            price_index(plain, PREFERENCES, SIGMA), rel=1e-15
        )


def test_without_an_account_everything_is_bought_at_home() -> None:
    plain, market = clear(STRENGTHS, PREFERENCES, COSTS, SIGMA), _market(HALF, 0.0)
    assert market.shares.sum(axis=0) == pytest.approx(np.ones(COUNT), rel=1e-14)
    assert market.shares[~AT_HOME] == pytest.approx((HALF * plain.shares)[~AT_HOME], rel=1e-12)
    only_home = np.where(AT_HOME, plain.shares, 0.0)
    only_home /= only_home.sum(axis=0)
    mixed = HALF * plain.shares + (1.0 - HALF) * only_home
    assert market.shares == pytest.approx(mixed, rel=1e-12, abs=1e-15)


def test_the_price_index_is_the_mean_of_both_groups_by_spending() -> None:
    holders, others = (
        np.log(price_index(_market(share, 0.3), PREFERENCES, SIGMA)) for share in (1.0, 0.0)
    )
    assert (others > holders).all()
    mean = np.log(price_index(_market(HALF, 0.3), PREFERENCES, SIGMA))
    assert mean == pytest.approx(HALF * holders + (1.0 - HALF) * others, rel=1e-12)


def test_what_sellers_sell_is_what_buyers_spend() -> None:
    market, spending = _market(HALF, 0.3), np.linspace(1e6, 5e6, COUNT)
    sold = STRENGTHS * sales_per_strength(market, PREFERENCES, spending)
    assert sold[:, :COUNT] == pytest.approx(market.shares[:COUNT] * spending, rel=1e-12)


@pytest.mark.parametrize("cash", [1.0, 0.6, 0.05, 0.0])
def test_solved_appeal_meets_the_shares(cash: float) -> None:
    """With the appeal from abroad times the factor, the share bought at home is that observed."""
    shares = Shares(
        origins=0.01 * (np.ones((COUNT, COUNT)) - np.eye(COUNT)),
        row=np.full(COUNT, 0.1),
        brand=np.full(COUNT, 0.4),
        row_export=np.full(COUNT, 0.02),
    )
    holders = np.array([0.2, 0.4, 0.6, 0.8, 1.0])
    ones = np.ones((12, COUNT))
    buyers = Buyers(START + 16, ones, ones * holders, np.ones((12, COUNT, 2)), ones, [])
    factor, appeal = _gated(shares, buyers, [cash] * COUNT)
    home = 0.86
    x = factor * (1.0 - home) / home
    assert holders / (1.0 + x) + (1.0 - holders) / (1.0 + cash * x) == pytest.approx(home)
    mean = home * (1.0 + x) ** holders * (1.0 + cash * x) ** (1.0 - holders)
    assert appeal == pytest.approx(mean)
    if cash == 1.0:
        assert (factor == 1.0).all() and (appeal == 1.0).all()
    else:
        assert (np.diff(factor) < 0.0).all() and factor[-1] == pytest.approx(1.0)


def test_holders_do_not_buy_everything_abroad() -> None:
    """More is bought abroad than holders spend: the share cannot be met, and stays finite."""
    shares = Shares(
        np.zeros((COUNT, COUNT)), np.full(COUNT, 0.6), np.full(COUNT, 0.4), np.full(COUNT, 0.02)
    )
    ones = np.ones((12, COUNT))
    buyers = Buyers(START + 16, ones, 0.3 * ones, np.ones((12, COUNT, 2)), ones, [])
    factor, appeal = _gated(shares, buyers, [0.0] * COUNT)
    x = factor * 0.6 / 0.4
    assert x / (1.0 + x) == pytest.approx(MOST_FROM_ABROAD)
    assert np.isfinite(appeal).all()
