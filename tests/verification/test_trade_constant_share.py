"""V19 with the market on: prices move, but at unit elasticity the online share does not."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.model import MekongModel
from tests.helpers.central import PRIOR_CENTRAL
from tests.verification.worlds import STILL, scenario

ONLY_INCOME = {
    **STILL,
    "price_elasticity": 1.0,
    "variety_slope": 0.4,  # of no effect where nobody starts to buy
    "spending_income_elasticity": 1.0,
    "start_shopper_share": 0.05,
    "start_habit": 1.0,
}


def _run(changes: dict[str, float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Online share of consumption, GMV over its first value, and prices, by quarter and country."""
    parameters = PRIOR_CENTRAL.with_overrides({**ONLY_INCOME, **changes})
    model = MekongModel(scenario(), scale=20_000, parameters=parameters, firm_rows=300).run()
    sums = model.series().sums
    spending, consumption = sums["gmv_real_usd"][:, :, 0], sums["consumption_usd"][:, :, 0]
    prices = sums["price_spending"][:, :, 0] / sums["spending_all"][:, :, 0]
    return spending / consumption, consumption / consumption[0], prices


@pytest.fixture(scope="module")
def neutral() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return _run({})


def test_the_online_share_stands_still_in_every_country(neutral) -> None:  # type: ignore[no-untyped-def]
    """Within 1e-6: spending is kept to 7 digits and summed in 2**-16 US$."""
    share, growth, prices = neutral
    assert (share[0] > 1e-4).all()
    assert np.abs(share / share[0] - 1.0).max() < 1e-6
    assert (growth[-1] > 1.1).all()
    assert (np.ptp(np.log(prices), axis=0) > 0.02).all()


@pytest.mark.parametrize("change", [{"price_elasticity": 2.2}, {"innovation": 0.02}])
def test_it_moves_when_prices_or_adoption_count(neutral, change) -> None:  # type: ignore[no-untyped-def]
    share, _, _ = _run(change)
    assert (np.abs(share[-1] / share[0] - 1.0) > 0.01).all()


def test_above_unit_elasticity_spending_follows_prices() -> None:
    """A small share moves by (1 - eta) ln P of the quarter before; measured within 3.4e-4."""
    share, _, prices = _run({"price_elasticity": 2.2, "spending_level": 1e-4})
    moved = np.log(share[2:] / share[1])
    wanted = -1.2 * np.log(prices[1:-1] / prices[0])
    assert np.abs(moved - wanted).max() < 1e-3
    assert np.abs(wanted).max(axis=0).min() > 0.02
