"""The five countries: known values, identities, filled gaps, choice of editions, observations."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from sim.data.country import Country, year_index
from sim.data.gaps import BETWEEN, HELD_BACK, HELD_ON, Gaps
from sim.data.load import filled_gaps, load_countries, load_tables
from sim.data.observations import OBSERVATION_COLUMNS, observations
from sim.data.schema import LAST_OUTCOME_YEAR, YEARS, Row
from sim.data.select import Selection, one_a_year
from sim.errors import InputError
from sim.units import COUNTRIES
from tests.conftest import RunPython


def at(array: np.ndarray, year: int) -> float:
    return float(array[year_index(year)])


@pytest.fixture(scope="module")
def countries() -> dict[str, Country]:
    return load_countries()


# Known values.


def test_countries_come_in_order_and_are_the_same_objects(countries):
    assert tuple(countries) == COUNTRIES
    assert load_countries()["LAO"] is countries["LAO"]


def test_population_is_the_world_bank_where_it_exists(countries):
    assert at(countries["VNM"].population, 2022) == 99_680_655
    assert at(countries["KHM"].population, 2025) == 17_847_982


def test_population_grows_with_the_imf_afterwards(countries):
    growth = at(countries["VNM"].population, 2030) / at(countries["VNM"].population, 2025)
    assert growth == pytest.approx(105_430_000 / 102_161_000, rel=1e-9)


def test_gdp_per_head_of_2022_is_the_world_bank_level(countries):
    assert at(countries["THA"].gdp_per_head, 2022) == pytest.approx(495_691_837_308 / 71_735_329)


def test_gdp_moves_with_imf_growth(countries):
    for country in countries.values():
        total = country.gdp_per_head * country.population
        growth = Selection(load_tables().rows).by_year("gdp_real_growth_weo", country.iso)
        for year in YEARS[1:]:
            ratio = at(total, year) / at(total, year - 1)
            assert ratio == pytest.approx(1 + growth[year], rel=1e-12)


def test_nominal_gdp_growth_of_the_imf_comes_back_exactly(countries):
    for iso, country in countries.items():
        nominal = country.gdp_per_head * country.population * country.nominal_per_real
        published = Selection(load_tables().rows).by_year("gdp_current_usd_weo", iso)
        for year in YEARS[1:]:
            here = at(nominal, year) / at(nominal, 2022)
            assert here == pytest.approx(published[year] / published[2022], rel=1e-12), (iso, year)


@pytest.mark.parametrize(
    ("iso", "ratio"), [("THA", 1.32), ("VNM", 1.62), ("KHM", 1.78), ("LAO", 1.41), ("MMR", 1.25)]
)
def test_growth_alone_from_2022_to_2030(countries, iso, ratio):
    country = countries[iso]
    nominal = country.gdp_per_head * country.population * country.nominal_per_real
    assert at(nominal, 2030) / at(nominal, 2022) == pytest.approx(ratio, abs=0.005)


def test_everything_is_one_in_2022(countries):
    for country in countries.values():
        for path in (country.deflator, country.us_prices, country.nominal_per_real):
            assert at(path, 2022) == pytest.approx(1.0, abs=1e-15)


def test_us_prices(countries):
    prices = countries["KHM"].us_prices
    assert at(prices, 2014) == pytest.approx(236.736 / 292.655)
    assert at(prices, 2024) == pytest.approx(313.689 / 292.655)
    assert at(prices, 2030) / at(prices, 2024) == pytest.approx(1.02**6)


def test_start_values(countries):
    assert countries["VNM"].internet_share_2014 == 0.41
    assert countries["THA"].account_share_2014 == 0.781366
    lao = countries["LAO"]
    assert lao.account_share_2014 == pytest.approx((0.267735 + 0.290564) / 2)
    assert lao.account_share_2014_poorest40 < lao.account_share_2014_richest60


def test_observed_shares(countries):
    assert countries["THA"].internet_share[2023] == 0.895353
    assert countries["KHM"].buying_online == {2021: 0.043751, 2024: 0.138396}
    assert countries["VNM"].buying_online == {2022: 0.403508, 2024: 0.462383}
    assert countries["MMR"].buying_online == {2021: 0.196838}
    assert countries["VNM"].internet_share[2024] == 0.8415
    assert 2018 not in countries["KHM"].internet_share


def test_coverage_ends_with_the_last_observation(countries):
    assert at(countries["LAO"].coverage_4g, 2021) == 0.52
    assert np.isnan(at(countries["LAO"].coverage_4g, 2022))
    assert np.isnan(at(countries["VNM"].coverage_3g, 2023))


def test_cambodian_consumption_uses_the_present_gdp_base_only(countries):
    assert np.all(countries["KHM"].consumption_share == 0.582526)


def test_myanmar_2021_consumption_is_not_used(countries):
    data = Selection(load_tables().rows)
    spending = data.by_year("household_consumption_per_capita_usd_pwt", "MMR")
    income = data.by_year("gdp_per_capita_current_usd", "MMR")
    shares = [spending[year] / income[year] for year in spending if year != 2021]
    assert at(countries["MMR"].consumption_share, 2026) == pytest.approx(np.mean(shares))
    assert spending[2021] / income[2021] > max(shares) + 0.1


def test_shares_are_shares_and_arrays_cover_every_year(countries):
    for country in countries.values():
        arrays = {
            name: value for name, value in vars(country).items() if isinstance(value, np.ndarray)
        }
        assert len(arrays) == 13
        for name, value in arrays.items():
            assert value.shape == (len(YEARS),), name
            assert not value.flags.writeable, name
            if not name.startswith("coverage"):
                least = 0 if name == "data_protection" else np.nextafter(0, 1)
                assert np.all(np.isfinite(value)) and np.all(value >= least), name
        for share in (country.adult_share, country.urban_share, country.gini):
            assert 0 < share < 1


def test_gini_of_cambodia_is_the_mean_of_its_neighbours(countries):
    expected = (countries["LAO"].gini + countries["VNM"].gini) / 2
    assert countries["KHM"].gini == pytest.approx(expected)
    assert countries["THA"].gini == 0.343


def test_data_price_is_chained_and_then_held_in_real_terms(countries):
    price, us_prices = countries["LAO"].data_price_usd, countries["LAO"].us_prices
    assert at(price, 2022) == 3.06
    assert at(price, 2020) == at(price, 2021) == 5.31
    assert at(price, 2014) / at(price, 2017) == pytest.approx(6.21 / 4.79)
    assert at(price, 2030) / at(us_prices, 2030) == pytest.approx(
        at(price, 2025) / at(us_prices, 2025)
    )
    myanmar = countries["MMR"].data_price_usd
    assert at(myanmar, 2025) == pytest.approx(4.04 * 0.0288 / 0.0719)


def test_two_families_of_viet_nam_are_kept_apart(countries):
    families = {}
    for item in countries["VNM"].gmv_published:
        families.setdefault(item.family, {})[item.year] = item.value
    assert families["e_conomy"][2015] == pytest.approx(0.43e9)
    assert families["ministry"][2015] == pytest.approx(4.07e9)
    assert families["ministry"][2018] == pytest.approx(8.06e9)
    assert families["ministry"][2023] == pytest.approx(20.5e9)
    assert 2016 not in families["ministry"], "a figure from memory must not pass as published"


def test_thai_values_come_from_the_latest_edition_that_changed_them(countries):
    values = {item.year: item for item in countries["THA"].gmv_published}
    assert values[2020].value == 12e9
    assert values[2022].value == 20e9
    assert max(item.edition for year, item in values.items() if year < 2024) <= 2023
    assert (values[2024].value, values[2024].edition) == (27e9, 2025)


def test_constructed_values_stand_within_their_band(countries):
    for country in countries.values():
        assert set(country.gmv_best) == set(range(2016, 2025))
        for year, value in country.gmv_best.items():
            assert country.gmv_low[year] < value < country.gmv_high[year]
    assert countries["KHM"].gmv_low[2021] == 0.11e9
    assert countries["KHM"].gmv_high[2021] == 0.86e9


def test_country_survives_pickling(countries):
    copy = pickle.loads(pickle.dumps(countries["MMR"]))
    assert copy.iso == "MMR"
    assert np.array_equal(copy.population, countries["MMR"].population)


def test_years_outside_are_refused():
    with pytest.raises(InputError, match="no data for 2031"):
        year_index(2031)


@pytest.mark.parametrize(
    ("iso", "first", "share"),
    [
        ("KHM", 2020, 0.5),  # clauses of the law on e-commerce
        ("LAO", 2017, 1.0),
        ("MMR", 2021, 0.5),
        ("THA", 2022, 1.0),
        ("VNM", 2026, 1.0),
    ],
)
def test_data_protection_is_in_force_from_its_law_on(countries, iso, first, share):
    path = countries[iso].data_protection
    assert path[year_index(first) :].tolist() == [share] * (2031 - first)
    assert not path[: year_index(first)].any()


# Gaps.


def test_rules_of_filling():
    gaps = Gaps()
    values = gaps.complete("KHM", "x", {2015: 1.0, 2017: 3.0}, (2014, 2015, 2016, 2017, 2018))
    assert values.tolist() == [1.0, 1.0, 2.0, 3.0, 3.0]
    assert [(item.year, item.rule) for item in gaps.filled] == [
        (2014, HELD_BACK),
        (2016, BETWEEN),
        (2018, HELD_ON),
    ]


def test_every_filled_value_is_on_record(countries):
    filled = {(item.country, item.indicator, item.year): item for item in filled_gaps()}
    assert len(filled) == len(filled_gaps()), "one rule for each value"
    assert filled["KHM", "gini", 2022].value == countries["KHM"].gini
    assert filled["LAO", "findex_account_share", 2014].rule == BETWEEN
    assert ("THA", "findex_account_share", 2014) not in filled
    assert ("USA", "us_prices", 2024) not in filled
    assert filled["USA", "us_prices", 2025].value == at(countries["KHM"].us_prices, 2025)
    assert filled["VNM", "population_total", 2030].value == at(countries["VNM"].population, 2030)


# Choice among editions.


def figure(value: float, kind: str, edition: int, source: str = "a", year: int = 2020) -> Row:
    return Row("x", "VNM", year, value, "usd", kind, edition, source, "", "outcome", "f", "t")


def test_latest_edition_wins_and_the_first_to_say_so_is_named():
    rows = [
        figure(9, "estimate", 2020),
        figure(12, "estimate", 2021),
        figure(12, "estimate", 2023),
        figure(13, "forecast", 2024),
        figure(14, "estimate", 2025, "recall"),
    ]
    (chosen,) = one_a_year(rows)
    assert (chosen.value, chosen.edition) == (12, 2021)


def test_reported_wins_over_estimates():
    (chosen,) = one_a_year([figure(8, "reported", 2019), figure(9, "estimate", 2023)])
    assert chosen.value == 8


# Observations.


def test_observations_are_tidy_and_respect_the_cut():
    table = observations()
    assert tuple(table.columns) == OBSERVATION_COLUMNS
    assert set(table["country"]) == set(COUNTRIES)
    assert not table["value"].isna().any()
    assert "forecast" not in set(table["kind"])
    assert "recall" not in set(table["source_id"])
    outcomes = table[~table["indicator"].str.startswith(("scam", "compound", "enf", "cyber"))]
    assert outcomes["year"].max() == LAST_OUTCOME_YEAR
    assert not outcomes.duplicated(["indicator", "country", "year"]).any()


def test_observations_carry_the_band_of_constructed_values():
    table = observations().set_index(["indicator", "country", "year"])
    row = table.loc[("ecom_gmv_best", "KHM", 2021)]
    assert (row["low"], row["value"], row["high"]) == (0.11e9, 0.4e9, 0.86e9)
    assert row["kind"] == "constructed"
    assert np.isnan(table.loc[("internet_users_share", "THA", 2020), "low"])


# Cost of loading.


@pytest.mark.parametrize(("module", "load"), [("load", "load_countries"), ("trade", "load_trade")])
def test_loading_needs_no_pandas(run_python: RunPython, module: str, load: str) -> None:
    """It would be most of the time."""
    code = f"import sys; from sim.data.{module} import {load}; {load}()"
    done = run_python("-c", f"{code}; print('pandas' in sys.modules)")
    assert (done.returncode, done.stdout.split()) == (0, ["False"]), done.stderr
