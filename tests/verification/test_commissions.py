"""Commissions of platforms: published figures by date, and what a commission does (V36)."""

from __future__ import annotations

import numpy as np
import pytest

from sim.data.commissions import Commissions, assumed_share, platform_shares
from sim.data.trade import load_trade
from sim.model.market.trade_costs import wedges
from sim.scenario.paths import PATHS
from sim.units import COUNTRIES, quarter_index
from tests.helpers.central import PRIOR_CENTRAL
from tests.verification.bazaar import (
    CLOSED,
    FEE,
    ONE_COUNTRY,
    START,
    TINY,
    bazaar,
    no_laws,
    spending_for,
    values,
)

THETA, SIGMA = 4.5, 4.0


def _share(iso: str, quarter: str, position: float) -> float:
    return load_trade().commissions[iso].share(quarter_index(quarter), position, 0.02)


@pytest.mark.parametrize(
    ("iso", "quarter", "low", "high"),
    [
        ("VNM", "2015Q1", 0.01, 0.02),  # no figure before April 2019
        ("VNM", "2019Q2", 0.01, 0.02),
        ("VNM", "2024Q3", 0.06, 0.09),
        ("VNM", "2025Q2", 0.06, 0.15),
        ("VNM", "2030Q4", 0.069, 0.172),
        ("THA", "2020Q1", 0.02, 0.02),
        ("THA", "2024Q1", 0.0721, 0.107),
        ("THA", "2024Q3", 0.0721, 0.1377),
        ("THA", "2030Q4", 0.0721, 0.1377),
    ],
)
def test_published_figures(iso: str, quarter: str, low: float, high: float) -> None:
    """Commission and payment fee of sellers who are no official shops, as published."""
    assert _share(iso, quarter, 0.0) == pytest.approx(low)
    assert _share(iso, quarter, 1.0) == pytest.approx(high)
    assert _share(iso, quarter, 0.5) == pytest.approx((low + high) / 2.0)


def test_between_two_figures_the_share_moves_in_a_straight_line() -> None:
    first, last = quarter_index("2019Q2"), quarter_index("2024Q3")
    known = Commissions((first, last), (0.0, 0.04), (0.02, 0.08))
    assert known.share((first + last) // 2, 0.5, 0.5) == pytest.approx(0.01 + 0.05 * 10 / 21)


def test_countries_without_figures_keep_the_assumed_share() -> None:
    """Every country does on the path `assumed`, which is not the default."""
    params = {iso: PRIOR_CENTRAL.in_country(iso) for iso in COUNTRIES}
    known = load_trade().commissions
    assert sorted(known) == ["THA", "VNM"]
    late = quarter_index("2026Q1")
    assumed = platform_shares(known, params, late, "assumed")
    assert (assumed == 0.08).all()
    published = platform_shares(known, params, late, "published")
    assert (published[:3] == assumed[:3]).all() and (published[3:] > assumed[3:]).all()
    assert PATHS["commissions"].default == "published"
    assert assumed_share(quarter_index("2015Q1"), 0.02, 0.08) == 0.02
    assert assumed_share(quarter_index("2022Q3"), 0.02, 0.08) == pytest.approx(0.05)


# V36


@pytest.mark.parametrize("commission", [0.05, 0.15])
def test_prices_rise_by_what_the_platform_keeps(commission: float) -> None:
    """V36: sellers pay, with a constant markup buyers pay 1 / (1 - c) times the price."""
    p = values({})
    before, after = (wedges(no_laws(fee), p, START, "flat").ad_valorem for fee in (0.0, commission))
    assert after / before == pytest.approx(np.full(after.shape, 1.0 / (1.0 - commission)))


@pytest.mark.parametrize("row", [TINY, 8e8])
def test_sellers_leave_as_the_cutoff_says(row: float) -> None:
    """V36: alone, sellers fall by 1 - c, as each that leaves makes room for the others.

    In a market that others fill, each needs a strength higher by 1 / (1 - c), and their number
    falls by (1 - c) ** (theta / (sigma - 1)). Both relative to the fee before.
    """
    whole = spending_for(20_000.0)
    found = []
    for fee in (FEE, 0.17):
        spending = whole if row == TINY else whole * 1000.0
        market = bazaar(ONE_COUNTRY, CLOSED, [spending, 1.0, 1.0, 1.0, 1.0], row=row)
        market.facts = no_laws(fee)
        found.append(market.settled())
    kept = (1.0 - 0.17) / (1.0 - FEE)
    wanted = kept if row == TINY else kept ** (THETA / (SIGMA - 1.0))
    assert found[1].online[0] / found[0].online[0] == pytest.approx(wanted, rel=3e-3)
    share = found[0].shares[0, 0]
    assert share == pytest.approx(1.0) if row == TINY else share < 0.005
