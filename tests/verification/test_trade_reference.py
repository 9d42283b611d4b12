"""In 2019 to 2021 online prices are 1 on average and shares of spending what the parameters say.

Tastes are solved once, for one seed of people and many copies of each stratum of firms. A run has
people and firms of its own, and so misses the parameters by chance. What chance does is measured:
the standard deviation of single runs over seeds. The mean of n runs may then differ from the
parameter by three times sd * sqrt(1 + 1/n), the 1 being for the tastes, which come from one draw.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from sim.data.trade import load_trade
from sim.model.market.marketplace import Marketplace
from sim.model.market.preferences import (
    REFERENCE_FIRST,
    REFERENCE_LAST,
    Buyers,
    Shares,
    calibrate_preferences,
)
from sim.model.model import MekongModel
from sim.model.reference_years import observed_shares
from sim.units import COUNTRIES
from tests.helpers.central import PRIOR_CENTRAL
from tests.verification.bazaar import COUNT, FRICTIONLESS, START, no_laws, sellers, values

SEEDS = range(1, 7)
# Relative: the rounds of the solution stop short, most in Myanmar, where growth is fast.
SETTLING = np.array([0.005, 0.005, 0.025, 0.005, 0.005])


class Years(NamedTuple):
    """Means over the quarters of the reference years."""

    prices: np.ndarray
    row: np.ndarray
    region: np.ndarray
    brands: np.ndarray
    sold_to_row: np.ndarray


def _reference_years(seed: int) -> Years:
    model = MekongModel("baseline", seed=seed, scale=5_000)
    prices, shares, sold = [], [], []
    while model.next_quarter <= REFERENCE_LAST:
        model.step()
        if model.next_quarter > REFERENCE_FIRST:
            flows = model.accounts.flows.astype(float)
            shares.append(flows[:, :COUNT] / flows[:, :COUNT].sum(axis=0))
            sold.append(flows[:COUNT])
            prices.append(model.trade_outcome.prices)
    assert len(prices) == 12
    share, whole = np.mean(shares, axis=0), np.sum(sold, axis=0)
    home = np.diagonal(share)
    return Years(
        prices=np.mean(prices, axis=0),
        row=share[COUNT],
        region=share[:COUNT].sum(axis=0) - home,
        brands=share[COUNT + 1] / (share[COUNT + 1] + home),
        sold_to_row=whole[:, COUNT] / whole.sum(axis=1),
    )


@pytest.fixture(scope="module")
def runs() -> list[Years]:
    return [_reference_years(seed) for seed in SEEDS]


@pytest.mark.parametrize(
    ("what", "parameter"),
    [
        ("prices", None),
        ("row", "row_share"),
        ("region", "intra_region_share"),
        ("brands", "brand_share"),
        ("sold_to_row", "row_export_share"),
    ],
)
def test_reference_years_are_what_the_parameters_say(
    runs: list[Years], what: str, parameter: str | None
) -> None:
    """Measured for Thailand and Viet Nam: prices 1.010 and 1.018, brands 0.404 and 0.409 (0.4).

    The smaller three are noisier, and Myanmar is off by 4 %: prices 1.040, brands 0.417.
    """
    found = np.array([getattr(run, what) for run in runs])
    central = PRIOR_CENTRAL
    wanted = np.array([central.get(iso, parameter) if parameter else 1.0 for iso in COUNTRIES])
    chance = found.std(axis=0, ddof=1) * np.sqrt(1.0 + 1.0 / len(runs))
    assert (np.abs(found.mean(axis=0) - wanted) < 3.0 * chance + SETTLING * wanted).all()
    assert (chance[3:] < 0.15 * wanted[3:]).all()  # and this is not an empty statement


def test_observed_shares_come_from_parameters_and_geography() -> None:
    """Purchases from the region are spread over origins by size and distance, and add up."""
    central = PRIOR_CENTRAL
    shares = observed_shares(load_trade(), {iso: central.in_country(iso) for iso in COUNTRIES})
    region = [central.get(iso, "intra_region_share") for iso in COUNTRIES]
    assert shares.origins.sum(axis=0) == pytest.approx(region)
    assert (np.diagonal(shares.origins) == 0).all()
    weights = load_trade().origin_weights("LAO")
    assert shares.origins[3, 1] / shares.origins[4, 1] == pytest.approx(
        weights["THA"] / weights["VNM"]
    )


# The solution itself, in a made-up world without sampling of people.


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"cash_from_abroad": 0.0},
        {"brand_entry_elasticity": 0.8, "abroad_entry_elasticity": 1.1, "cash_from_abroad": 0.3},
    ],
)
def test_tastes_give_the_wanted_shares_with_new_firms(changes: dict[str, float]) -> None:
    """Solved with one seed of firms, shares come out with the means of other seeds.

    Every origin's share within three standard errors of four seeds and 2 %; in all 25 ratios. Also
    where only account holders, 60 to 80 % of spending, buy abroad, and where brands and sellers
    abroad grow with the market.
    """
    parameters = values(
        {**FRICTIONLESS, "logistics_cost": 0.2, "row_export_share": 0.05, **changes}
    )
    quarters = REFERENCE_LAST - START + 1
    growth = 1.02 ** np.arange(quarters)
    buyers = Buyers(
        first=START,
        goods=np.outer(growth, [2e7, 1e7, 3e7, 9e7, 8e7]),
        holders=np.outer(np.linspace(0.6, 0.8, quarters), np.ones(COUNT)),
        ready=np.full((quarters, COUNT, 2), 0.8),
        log_wages=np.zeros((quarters, COUNT)),
        facts=[no_laws()] * quarters,
    )
    shares = Shares(
        origins=0.02 * (np.ones((COUNT, COUNT)) - np.eye(COUNT)),
        row=np.array([0.1, 0.2, 0.3, 0.1, 0.2]),
        brand=np.array([0.2, 0.3, 0.4, 0.5, 0.6]),
        row_export=np.full(COUNT, 0.05),
    )
    firms = [500_000.0, 100_000.0, 800_000.0, 3_000_000.0, 5_000_000.0]

    def stock(seed: int, rows: int, copies: int):  # type: ignore[no-untyped-def]
        return sellers(firms, parameters, rows=rows, copies=copies, seed=seed)

    preferences = calibrate_preferences(
        lambda rows, copies: stock(0, rows, copies), buyers, shares, parameters
    )
    found = []
    for seed in (11, 12, 13, 14):
        market = Marketplace(stock(seed, 600, 8), preferences, parameters)
        kept = []
        for t, facts in enumerate(buyers.facts):
            trade_outcome = market.trade(
                START + t,
                buyers.goods[t],
                buyers.ready[t],
                buyers.log_wages[t],
                facts,
                "flat",
                buyers.holders[t],
            )
            if START + t >= REFERENCE_FIRST:
                kept.append(np.vstack([trade_outcome.equilibrium.shares, trade_outcome.prices]))
        found.append(np.mean(kept, axis=0))
    mean = np.mean(found, axis=0)
    error = np.std(found, axis=0, ddof=1) / 2.0
    home = 1.0 - shares.row - 0.08
    wanted = np.vstack([shares.origins, shares.row, home * shares.brand, np.ones(COUNT)])
    wanted[np.arange(COUNT), np.arange(COUNT)] = home * (1.0 - shares.brand)
    assert (np.abs(mean - wanted) < 3.0 * error + 0.02 * wanted).all()
