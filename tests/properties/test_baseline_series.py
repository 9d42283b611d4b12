"""Every series of a shipped scenario says something: it is neither all zero nor stuck."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.model.indicators import GROUPS, INDICATORS
from sim.model.model import MekongModel
from tests.helpers.central import PRIOR_CENTRAL
from tests.properties.checks import values

OF_LEVERS = {
    "spending_broadband_investment_usd",
    "spending_anti_scam_enforcement_usd",
    "budget_spending_usd",
    "lever_shortfall_usd",
    "investment_lost_usd",
    "budget_grants_usd",
}
# what sellers and trade leave behind; looked at below, where it need not be there in every quarter
OF_TRADE = ("gmv_home", "gmv_region", "gmv_row", "exports_", "seller_", "online_price", "receipts_")
NEVER_SHORT = {"lever_shortfall_usd"}  # in the shipped scenario of both levers it may be zero


@pytest.fixture(scope="module")
def baseline() -> dict[str, NDArray[np.float64]]:
    return values(MekongModel("baseline", scale=1000).run())


OF_PEOPLE = [
    name
    for name, row in INDICATORS.items()
    if isinstance(row.grouped, bool) and not name.startswith(("spending_", *OF_TRADE))
]


@pytest.mark.parametrize("name", OF_PEOPLE)
def test_a_series_of_the_baseline_is_alive(
    name: str, baseline: dict[str, NDArray[np.float64]]
) -> None:
    """In every country and group: positive nearly always from 2021 on, and moving."""
    series = baseline[name]
    assert series.shape[0] == 64
    assert series.shape[1] == 6
    assert series.shape[2] == (len(GROUPS) if INDICATORS[name].grouped else 1)
    if name in OF_LEVERS:
        assert (series == 0.0).all()
        return
    assert (series[24:] > 0.0).mean() > 0.9
    yearly = series[3::4]
    flat = (yearly == yearly[0]).all(axis=0)
    assert not flat.any()


@pytest.mark.parametrize("name", sorted(OF_LEVERS - NEVER_SHORT - {"budget_grants_usd"}))
def test_a_series_of_levers_is_alive_where_there_are_levers(name: str) -> None:
    series = values(MekongModel("coordinated", scale=100_000, threads=1).run())[name]
    assert (series[:44] == 0.0).all()
    assert (series[48:] > 0.0).all()


def test_a_shortfall_shows_where_money_is_short() -> None:

    poor = PRIOR_CENTRAL.with_overrides({"digital_budget_share": 1e-6})
    model = MekongModel("both", scale=100_000, threads=1, parameters=poor).run()
    assert (values(model)["lever_shortfall_usd"][44:] > 0.0).all()


def test_groups_differ_as_they_should(baseline: dict[str, NDArray[np.float64]]) -> None:
    """Towns before countryside, men before women, rich before poor, in every country in 2022."""
    group = {name: position for position, name in enumerate(GROUPS)}
    for name in ("internet_users_share", "adults_buying_online_share", "spend_per_shopper_usd"):
        by_group = baseline[name][28:32, :5].mean(axis=0)
        assert (by_group[:, group["urban"]] > by_group[:, group["rural"]]).all(), name
        assert (by_group[:, group["q5"]] > by_group[:, group["q1"]]).all(), name
    online = baseline["internet_users_share"][28:32, :5].mean(axis=0)
    assert (online[:, group["men"]] > online[:, group["women"]] - 0.01).all()


@pytest.mark.parametrize(
    "name",
    [name for name in INDICATORS if name.startswith(OF_TRADE) and "tariff" not in name],
)
def test_a_series_of_trade_is_alive(name: str, baseline: dict[str, NDArray[np.float64]]) -> None:
    """For the region: positive from 2019 on, and never twice the same year."""
    series = baseline[name][:, -1, 0]
    assert (series[16:] > 0.0).all()
    assert len(set(series[3::4].tolist())) == 16
