"""V29: brands and sellers abroad that enter as small firms do keep their shares as markets grow.

The closed form has a sharp cutoff in every market and a Pareto distribution without an upper end:
a firm of strength s of country i sells in j where s * unit * E / Q covers sigma * w * F. The cutoff
is the strength at which it just does, and the strength of all who sell follows from it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.model.market.demand import MarketEquilibrium, Masses, Preferences, clear, masses
from sim.model.market.trade_costs import wedges
from sim.units import QUARTERS_PER_YEAR
from tests.verification.bazaar import (
    CLOSED,
    COUNT,
    FRICTIONLESS,
    ONE_COUNTRY,
    START,
    bazaar,
    no_laws,
    spending_for,
    values,
)

THETA, SIGMA = 4.5, 4.0
TAIL = THETA / (SIGMA - 1.0)
FIRMS = np.array([5e5, 1e5, 8e5, 3e6, 5e6])
MARKET = np.array([2e7, 1e7, 3e7, 9e7, 8e7])
WORLD = Preferences(
    weight=np.full((COUNT, COUNT), 0.1) + 0.9 * np.eye(COUNT),
    brand=MARKET * 0.05,
    row=MARKET * 0.03,
    row_demand=np.full(COUNT, 1e-30),
    quantity=np.ones(COUNT),
    market=MARKET,
)


def _parameters(brand: float, abroad: float) -> list[dict[str, float]]:
    entry = {"brand_entry_elasticity": brand, "abroad_entry_elasticity": abroad}
    return values({**FRICTIONLESS, "logistics_cost": 0.2, **entry})


def _settled(growth: float, grown: Masses, p: list[dict[str, float]]) -> MarketEquilibrium:
    """Markets at rest once spending is that of the reference years times `growth`."""
    costs = wedges(no_laws(), p, START, "flat")
    fixed = np.full((COUNT, COUNT), 1800.0)
    np.fill_diagonal(fixed, 1200.0)
    yearly = MARKET * growth * QUARTERS_PER_YEAR
    cutoff = np.full((COUNT, COUNT), 20.0)
    for _ in range(400):
        strengths = np.zeros((COUNT, COUNT + 1))
        sold = cutoff ** (1.0 - TAIL) * TAIL / (TAIL - 1.0)
        strengths[:, :COUNT] = FIRMS[:, None] * sold
        market = clear(strengths, WORLD, costs, SIGMA, grown=grown)
        kept = market.unit[:, :COUNT] * yearly / market.total
        wanted = SIGMA * costs.ad_valorem[:COUNT, :COUNT] * fixed / kept
        cutoff = np.sqrt(cutoff * wanted)
    assert (cutoff > 1.0).all()  # above the least productive firm
    return market


@pytest.mark.parametrize("growth", [1.5, 4.0, 16.0])
def test_growth_alone_moves_no_share(growth: float) -> None:
    """V29: within 1e-6, in all 35 shares."""
    p = _parameters(1.0, 1.0)
    before = _settled(1.0, masses(MARKET, WORLD, p), p)
    after = _settled(growth, masses(MARKET * growth, WORLD, p), p)
    assert after.shares == pytest.approx(before.shares, abs=1e-6)
    assert before.shares[COUNT].min() > 0.02 and before.shares[COUNT + 1].max() < 0.9


def test_a_mass_in_proportion_to_the_market_would_move_shares() -> None:
    """The literal reading, mass = reference * market: brands and sellers abroad gain, small firms

    lose, because these enter where each new one is smaller than those before.
    """
    p = _parameters(1.0, 1.0)
    one = np.ones(COUNT)
    before = _settled(1.0, Masses(one, one), p)
    literal = _settled(4.0, Masses(4.0 * one, 4.0 * one), p)
    constant = _settled(4.0, Masses(one, one), p)
    for shares, sign in ((literal.shares, 1.0), (constant.shares, -1.0)):
        moved = sign * (shares - before.shares)
        assert (moved[COUNT:] > 0.005).all()
        assert (np.diagonal(moved) < -0.005).all()


def test_the_elasticities_act_on_brands_and_on_sellers_abroad_apart() -> None:
    """Appeal grows by growth ** (a (1 - (sigma - 1) / theta)); at 0 nothing moves, bit for bit."""
    grown = masses(8.0 * MARKET, WORLD, _parameters(0.5, 1.1))
    assert grown.brand == pytest.approx(np.full(COUNT, 8.0 ** (0.5 / 3.0)))
    assert grown.row == pytest.approx(np.full(COUNT, 8.0 ** (1.1 / 3.0)))
    still = masses(np.array([0.0, 1e-300, 1.0, 1e9, 1e15]), WORLD, _parameters(0.0, 0.0))
    assert (still.brand == 1.0).all() and (still.row == 1.0).all()
    assert (masses(np.zeros(COUNT), WORLD, _parameters(1.0, 1.0)).row > 0.0).all()


@pytest.mark.parametrize(("elasticity", "moves"), [(1.0, False), (0.0, True)])
def test_shares_of_firms_in_a_market_that_grows(elasticity: float, moves: bool) -> None:
    """V29 with the firms of the model: spending doubles, and shares stay within 0.002."""
    spending = 4.0 * spending_for(20_000.0)
    entry = {"brand_entry_elasticity": elasticity, "abroad_entry_elasticity": elasticity}
    found = []
    for growth in (1.0, 2.0):
        market = bazaar(
            ONE_COUNTRY, CLOSED, [spending * growth, 1.0, 1.0, 1.0, 1.0], entry, row=1e6, brand=1e6
        )
        reference = np.array([spending, 1.0, 1.0, 1.0, 1.0]) / QUARTERS_PER_YEAR
        market.market.preferences = replace(market.market.preferences, market=reference)
        found.append(market.settled().shares[[0, COUNT, COUNT + 1], 0])
    assert found[0].min() > 0.1
    gap = np.abs(found[1] - found[0]).max()
    assert gap > 0.02 if moves else gap < 0.002
