"""V19: when only incomes grow, the online share stands still and GMV grows as incomes do."""

from __future__ import annotations

import numpy as np
import pytest

from sim.data.load import load_countries
from sim.model.model import MekongModel
from tests.helpers.central import PRIOR_CENTRAL
from tests.verification.worlds import STILL, scenario, total

ONLY_INCOME = {
    **STILL,
    "price_elasticity": 1.0,
    "online_price_trend": 0.03,  # of no effect at unit elasticity
    "spending_income_elasticity": 1.0,
    "start_shopper_share": 0.3,
    "start_habit": 1.0,
}


def _run(changes: dict[str, float], iso: str) -> MekongModel:
    parameters = PRIOR_CENTRAL.with_overrides({**ONLY_INCOME, **changes})
    only = {iso: load_countries()[iso]}
    return MekongModel(
        scenario(), scale=2000, threads=1, parameters=parameters, countries=only
    ).run()


@pytest.mark.parametrize("iso", ["KHM", "THA", "VNM"])
def test_only_income_grows_so_gmv_grows_with_it(iso: str) -> None:
    """To 1e-6: spending is kept to 7 digits and summed in units of 2**-16 US$."""
    changes = {} if iso == "THA" else {f"{iso}.start_shopper_share": 0.1}
    model = _run(changes, iso)
    share = total(model, "gmv_real_usd") / total(model, "consumption_usd")
    assert share[0] > 0.01
    assert np.abs(share / share[0] - 1.0).max() < 1e-6
    gmv, consumption = total(model, "gmv_real_usd"), total(model, "consumption_usd")
    assert np.abs(gmv / gmv[0] / (consumption / consumption[0]) - 1.0).max() < 1e-6
    assert consumption[-1] > 1.2 * consumption[0]


@pytest.mark.parametrize(
    "change",
    [
        {"price_elasticity": 2.2},
        {"spending_income_elasticity": 1.2},
        {"innovation": 0.02},
        {"start_habit": 0.5},
    ],
)
def test_each_mechanism_moves_the_share_when_it_is_switched_on(change: dict[str, float]) -> None:
    model = _run(change, "THA")
    share = total(model, "gmv_real_usd") / total(model, "consumption_usd")
    assert abs(share[-1] / share[0] - 1.0) > 1e-3
