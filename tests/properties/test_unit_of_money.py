"""I18: with every amount of money a hundred times as large, nothing real changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.data.country import Country
from sim.data.load import load_countries
from sim.model.model import MekongModel
from sim.parameters.table import parameter_table
from sim.parameters.values import ParameterSet
from sim.units import COUNTRIES
from tests.helpers.central import PRIOR_CENTRAL
from tests.properties.random_worlds import examples
from tests.verification.worlds import scenario

FACTOR = 100.0
MONEY = {
    name
    for name, row in parameter_table().items()
    if "US$" in row.unit and row.unit != "US$ per US$"
}


def _richer(country: Country) -> Country:
    return replace(
        country,
        gdp_per_head=country.gdp_per_head * FACTOR,
        data_price_usd=country.data_price_usd * FACTOR,
    )


def _parameters(factor: float) -> ParameterSet:
    """Built by hand: the table would refuse amounts a hundred times as large."""
    central = PRIOR_CENTRAL
    return ParameterSet(
        {
            name: {
                iso: central.get(iso, name) * (factor if name in MONEY else 1.0)
                for iso in COUNTRIES
            }
            for name in parameter_table()
        }
    )


@pytest.fixture(autouse=True, scope="module")
def _amounts_beyond_their_range() -> Iterator[None]:
    """A hundred times an amount is out of its range; the arithmetic must not know it."""
    with mock.patch.object(ParameterSet, "refuse_out_of_bounds"):
        yield


def _run(seed: int, level: float, factor: float) -> MekongModel:
    blocks = {
        "broadband_investment": [
            {"countries": "all", "level": level * factor, "start": "2015Q3", "lag_years": 0.25}
        ],
        "anti_scam_enforcement": [{"countries": "all", "level": 1.0, "start": "2016Q1"}],
        "paperless_customs": [{"countries": "all", "level": 0.5, "start": "2016Q1"}],
        "regulatory_harmonization": [{"pairs": "all", "level": 0.5, "start": "2017Q1"}],
    }
    countries = load_countries()
    if factor != 1.0:
        countries = {iso: _richer(country) for iso, country in countries.items()}
    return MekongModel(
        scenario("2019Q4", blocks),
        seed=seed,
        scale=50_000,
        threads=1,
        parameters=_parameters(factor),
        countries=countries,
    ).run()


def test_amounts_of_money_are_known_by_their_unit() -> None:
    assert {"coverage_scale", "fixed_cost_online", "training_unit_cost", "regional_fund"} <= MONEY
    assert not {"private_leverage", "scam_loss_share", "spending_level"} & MONEY


@examples(10)
@given(st.integers(0, 2**31 - 1), st.sampled_from([0.0, 0.02, 0.2]))
def test_a_hundred_times_the_money_is_the_same_world(seed: int, level: float) -> None:
    """Persons to 1e-6. Money too, but for the unit of 2**-16 US$ by which every amount is cut."""
    plain, rich = _run(seed, level, 1.0), _run(seed, level, FACTOR)
    for name in ("connected", "account", "shopper", "victim"):
        assert (plain.people.rows[name] == rich.people.rows[name]).all(), name
    for name in ("trust", "skill", "habit"):
        assert np.allclose(plain.people.rows[name], rich.people.rows[name], atol=1e-6), name
    one, other = plain.series().sums, rich.series().sums
    persons = one["population"][:, :, :1]
    for name, values in one.items():
        if "usd" in name or "spending" in name or "prices" in name:
            cut = persons * 2.0**-16 * 10.0  # exchange rates are below ten to one here
            assert (np.abs(other[name] / FACTOR - values) <= 1e-6 * np.abs(values) + cut).all()
            if name != "seller_profit_usd":  # what is left of two sums far larger
                assert np.allclose(other[name] / FACTOR, values, rtol=1e-4, atol=1.0), name
        else:
            assert np.allclose(other[name], values, rtol=1e-6), name
