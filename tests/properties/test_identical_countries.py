"""V8: five countries with the same data are the same country, but for luck and for their names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.data.load import load_countries
from sim.model.model import MekongModel
from sim.parameters.table import parameter_table
from sim.parameters.values import ONE_FOR_ALL
from sim.units import COUNTRIES
from tests.helpers.central import PRIOR_CENTRAL
from tests.helpers.models import people_model
from tests.properties.checks import values
from tests.verification.worlds import scenario

CERTAIN = (
    "coverage",
    "network_capital_usd",
    "budget_revenue_usd",
    "spending_anti_scam_enforcement_usd",
)
BY_LOT = ("internet_users_share", "account_share", "adults_buying_online_share", "trust", "skill")
LEVERS = {
    "broadband_investment": [{"countries": "all", "level": 5.0, "start": "2016Q1"}],
    "anti_scam_enforcement": [{"countries": "all", "level": 1.0, "start": "2016Q1"}],
}


@pytest.fixture(scope="module")
def alike() -> MekongModel:
    """Thailand five times, under five names; parameters of Thailand everywhere."""
    thailand = load_countries()["THA"]
    same = {
        f"{iso}.{name}": row.central_in("THA")
        for name, row in parameter_table().items()
        for iso in COUNTRIES
        if name not in ONE_FOR_ALL
    }
    return people_model(
        scenario("2024Q4", LEVERS),
        scale=2000,
        threads=1,
        parameters=PRIOR_CENTRAL.with_overrides(same),
        countries={iso: replace(thailand, iso=iso, name=iso) for iso in COUNTRIES},
    ).run()


@pytest.mark.parametrize("name", CERTAIN)
def test_what_is_not_left_to_luck_is_equal(alike: MekongModel, name: str) -> None:
    series = values(alike)[name][:, :5]
    assert (series == series[:, :1]).all()
    assert series.max() > 0.0


@pytest.mark.parametrize("name", BY_LOT)
def test_what_luck_decides_agrees_within_sampling_error(alike: MekongModel, name: str) -> None:
    """36,000 people each: a share differs from the mean of the five by less than 0.012.

    Five standard deviations: 0.5 / sqrt(36,000) = 0.0026 for independent people, of which peers
    make up to two.
    """
    last = values(alike)[name][-1, :5, 0]
    assert np.abs(last - last.mean()).max() < 0.012 * 2.0
    assert len(set(last.tolist())) == 5
