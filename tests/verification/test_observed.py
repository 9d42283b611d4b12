"""The central parameters, set by hand, pass near what was observed; fitting comes later.

Value and shoppers of Thailand and Viet Nam are held to a factor of 1.5 in 2019 and 2022. The two
Vietnamese families of value differ by that much in 2019, so the run must lie between them. The
ministry's count of shoppers measures another thing than the survey (nearly twice as many in 2022);
only its growth from 2019 to 2022 is used, applied to the survey's level.
"""

from __future__ import annotations

import pytest

from sim.countries.load import load_countries
from sim.model import MekongModel

FACTOR = 1.5


@pytest.fixture(scope="module")
def years():
    table = MekongModel("baseline", seed=1, scale=2000).run().indicators(yearly=True)
    whole = table[table["group"] == "all"].astype({"country": str, "year": int, "indicator": str})
    return whole.set_index(["indicator", "country", "year"])["value"]


def within(value: float, observed: float) -> bool:
    return observed / FACTOR <= value <= observed * FACTOR


@pytest.mark.parametrize("iso", ["THA", "VNM"])
@pytest.mark.parametrize("year", [2019, 2022])
def test_value_passes_within_a_factor(years, iso, year):
    country = load_countries()[iso]
    value = years["gmv_nominal_usd", iso, year]
    assert within(value, country.gmv_best[year]), (value, country.gmv_best[year])
    for published in country.gmv_published:
        if published.year == year:
            assert within(value, published.value), published


def test_shoppers_pass_within_a_factor(years):
    countries = load_countries()
    assert within(
        years["adults_buying_online_share", "THA", 2021], countries["THA"].buying_online[2021]
    )
    assert within(
        years["adults_buying_online_share", "VNM", 2022], countries["VNM"].buying_online[2022]
    )


def test_shoppers_of_viet_nam_in_2019_by_the_growth_of_the_ministrys_count(years):
    country = load_countries()["VNM"]
    counts = {
        row.year: row.value for row in country.shoppers_published if "ministry" in row.indicator
    }
    survey = country.buying_online[2022]
    observed = survey * counts[2019] / counts[2022]
    assert within(years["adults_buying_online_share", "VNM", 2019], observed)


@pytest.mark.parametrize("iso", ["KHM", "LAO", "MMR", "THA", "VNM"])
def test_value_lies_in_the_constructed_band(years, iso):
    country = load_countries()[iso]
    for year in (2019, 2022):
        value = years["gmv_nominal_usd", iso, year]
        assert country.gmv_low[year] / 1.25 <= value <= country.gmv_high[year] * 1.25, (year, value)


@pytest.mark.parametrize("iso", ["KHM", "LAO", "MMR", "THA", "VNM"])
def test_internet_and_accounts_pass_near_their_surveys(years, iso):
    country = load_countries()[iso]
    for year, share in country.internet_share.items():
        if year >= 2019:
            assert years["internet_users_share", iso, year] == pytest.approx(share, abs=0.1), year
    for year, share in country.account_share.items():
        if year >= 2017:
            assert years["account_share", iso, year] == pytest.approx(share, abs=0.1), year
