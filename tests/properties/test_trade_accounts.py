"""I1 and I2: every dollar that is spent online has one recipient, exactly, in whole units."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.firm import MARKETS
from sim.model.market.accounts import RECIPIENTS, settle
from sim.model.market.trade_costs import TradeCosts
from sim.units import COUNTRIES
from tests.properties.checks import accounts_add_up

COUNT = len(COUNTRIES)
BRANDS = COUNT + 1
HERE = np.arange(COUNT)
MOST = 2**52  # units: US$ 69 bn a quarter
SEEDS = st.integers(0, 2**32 - 1)


def _wedges(random: np.random.Generator, highest: float) -> TradeCosts:
    def matrix() -> np.ndarray:
        some = random.random((MARKETS, MARKETS)) < 0.8
        return random.random((MARKETS, MARKETS)) * highest * some

    parts = ("logistics", "customs", "rules", "data", "payment", "tariff", "vat")
    return TradeCosts(
        **{name: matrix() for name in parts}, platform=matrix() * min(1.0, 0.9 / highest)
    )


def _shares(random: np.random.Generator, concentration: float) -> np.ndarray:
    """Shares of spending by origin; some origins sell nothing."""
    raw = random.gamma(concentration, size=(COUNT + 2, COUNT))
    raw *= random.random(raw.shape) < 0.8
    raw[random.integers(0, COUNT + 2), :] += 1e-3
    return raw / raw.sum(axis=0)


@given(
    SEEDS,
    st.lists(st.integers(0, MOST), min_size=COUNT, max_size=COUNT),
    st.lists(st.integers(0, MOST), min_size=COUNT, max_size=COUNT),
    st.lists(st.floats(0, 1), min_size=COUNT, max_size=COUNT),
    st.sampled_from([0.01, 0.3, 1.0, 10.0]),
    st.sampled_from([0.01, 1.0, 100.0]),
)
def test_whatever_the_shares_wedges_and_sums(
    seed: int,
    spending: list[int],
    row_purchases: list[int],
    fraud: list[float],
    highest: float,
    concentration: float,
) -> None:
    random = np.random.default_rng(seed)
    accounts = settle(
        np.array(spending, dtype=np.int64),
        np.array(row_purchases, dtype=np.int64),
        _shares(random, concentration),
        np.array(fraud),
        _wedges(random, highest),
    )
    accounts_add_up(accounts)


@given(SEEDS, st.integers(1, MOST), st.sampled_from([0.05, 0.5]))
def test_each_recipient_gets_its_part(seed: int, spent: int, highest: float) -> None:
    """From the consumer price inwards, each rate on what is below it, to within a few units."""
    random = np.random.default_rng(seed)
    costs = _wedges(random, highest)
    spending = np.full(COUNT, spent, dtype=np.int64)
    shares = _shares(random, 1.0)
    accounts = settle(spending, spending // 7, shares, np.zeros(COUNT), costs)
    kept = accounts.flows / _by_flow(costs.ad_valorem)
    close = {"rel": 1e-12, "abs": 8.0}
    received = accounts.received
    taken = sum(received[name] for name in RECIPIENTS[:4])
    assert accounts.flows - taken == pytest.approx(kept, **close)
    assert accounts.sellers == pytest.approx(kept / _by_flow(costs.shifter), **close)
    vat = _by_flow(costs.vat)
    assert received["treasury_vat"] == pytest.approx(accounts.flows * vat / (1 + vat), **close)
    before_fee = kept / (1.0 - _by_flow(costs.platform))
    assert received["platforms"] == pytest.approx(before_fee - kept, **close)
    logistics = _by_flow(costs.logistics)
    assert received["logistics"] == pytest.approx(kept * logistics / (1 + logistics), **close)


def _by_flow(matrix: np.ndarray) -> np.ndarray:
    """By origin (with the rest of the world and home brands) and buyer; brands pay as at home."""
    home = np.append(np.diagonal(matrix)[:COUNT], matrix[0, 0])  # brands sell nothing abroad
    return np.vstack([matrix, home])


def test_shares_of_goods_are_what_flows_are_made_of() -> None:
    """Origins get their share of what fake shops leave, within a unit; brands get the rest."""
    random = np.random.default_rng(5)
    shares = _shares(random, 1.0)
    spending = np.array([0, 1, 10**6, 10**12, MOST], dtype=np.int64)
    fraud = np.full(COUNT, 0.25)
    accounts = settle(
        spending, np.zeros(COUNT, dtype=np.int64), shares, fraud, _wedges(random, 0.3)
    )
    assert (accounts.fraud == spending // 4).all()
    goods = spending - accounts.fraud
    assert (np.abs(accounts.flows[:BRANDS, :COUNT] - goods * shares[:BRANDS]) <= 1.0).all()
    assert (np.abs(accounts.flows[BRANDS, :COUNT] - goods * shares[BRANDS]) <= COUNT + 2).all()
