"""From the tables to a `Country`: which row feeds which field, and how paths are put together."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.data.country import BASE_YEAR, LAST_OBSERVED_YEAR, Country, Published, year_index
from sim.data.gaps import Gaps
from sim.data.prices import chained_data_price
from sim.data.regulation import protection_path
from sim.data.schema import FIRST_YEAR, LAST_YEAR, YEARS
from sim.data.select import Selection, one_a_year
from sim.errors import InputError
from sim.units import COUNTRY_NAMES

_GROWN = "grown at the rate of the IMF projection"
_BACK = "the first growth rate carried one year back"
_BY_CPI = "moved by consumer prices, for want of GDP prices"
_MEAN_SHARE = "mean over the years of a noisy estimate, used for every year"
_NEIGHBOURS = "mean of LAO and VNM"
_GMV = ("ecom_gmv_e_conomy", "ecom_b2c_revenue_ministry")
_SHOPPERS = (
    "online_shoppers_findex",
    "online_shoppers_ministry",
    "online_shoppers_market_research",
)
_SPEND = ("spend_per_shopper_ministry", "spend_per_shopper_market_research")
# The consumption estimate of this year meets a falling exchange rate and is not usable.
_UNUSABLE_CONSUMPTION = {("MMR", 2021)}


Series = Callable[[str], dict[int, float]]


def build_country(
    iso: str,
    data: Selection,
    us_prices: np.ndarray,
    gaps: Gaps,
    last_observed: int = LAST_OBSERVED_YEAR,
) -> Country:
    """Put one country together; what no source gives is filled and recorded in `gaps`.

    `us_prices` is the path of US consumer prices, 2022 = 1.
    """

    def known(indicator: str) -> dict[int, float]:
        return data.by_year(indicator, iso)

    def required(indicator: str) -> dict[int, float]:
        found = known(indicator)
        if not found:
            raise InputError(
                f"no figures of {indicator} for {iso}",
                where="calibration/data",
                allowed="at least one year",
            )
        return found

    population = _population(iso, required, gaps)
    deflator, exchange_rate = _prices(iso, required, gaps)
    adult_share_by_year = gaps.complete(
        iso, "population_adult_share", required("population_adult_share")
    )
    accounts = {
        group: required(f"findex_account_share{group}")
        for group in ("", "_poorest40", "_richest60")
    }
    internet = required("internet_users_share")
    country = Country(
        iso=iso,
        name=COUNTRY_NAMES[iso],
        population=population,
        adult_share=float(adult_share_by_year[year_index(BASE_YEAR)]),
        adult_share_by_year=adult_share_by_year,
        urban_share=required("population_urban_share")[BASE_YEAR],
        gini=_gini(iso, data, gaps),
        schooling_years=gaps.complete(
            iso, "mean_years_schooling", required("mean_years_schooling")
        ),
        gdp_per_head=_gdp_per_head(required, population),
        consumption_share=_consumption_share(iso, data, gaps),
        deflator=deflator,
        exchange_rate=exchange_rate,
        us_prices=us_prices,
        data_price_usd=chained_data_price(iso, data, us_prices, gaps),
        data_protection=protection_path(iso, data, gaps),
        coverage_3g=_coverage(iso, "mobile_3g_population_coverage_share", data, gaps),
        coverage_4g=_coverage(iso, "mobile_4g_population_coverage_share", data, gaps),
        fixed_lines=_fixed_lines(iso, required, gaps),
        internet_share=internet,
        internet_share_women=known("internet_users_share_female"),
        internet_share_men=known("internet_users_share_male"),
        account_share=accounts[""],
        account_share_poorest40=accounts["_poorest40"],
        account_share_richest60=accounts["_richest60"],
        account_share_women=known("findex_account_share_female"),
        account_share_men=known("findex_account_share_male"),
        buying_online=known("findex_buy_online_share"),
        internet_share_2014=gaps.at(iso, "internet_users_share", internet, FIRST_YEAR),
        account_share_2014=_account_2014(iso, "", accounts, gaps),
        account_share_2014_poorest40=_account_2014(iso, "_poorest40", accounts, gaps),
        account_share_2014_richest60=_account_2014(iso, "_richest60", accounts, gaps),
        gmv_best=required("ecom_gmv_best"),
        gmv_low=required("ecom_gmv_best_low"),
        gmv_high=required("ecom_gmv_best_high"),
        gmv_published=_published(iso, data, _GMV),
        shoppers_published=_published(iso, data, _SHOPPERS),
        spend_per_shopper_published=_published(iso, data, _SPEND),
        last_observed=last_observed,
    )
    for value in vars(country).values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return country


def _population(iso: str, required: Series, gaps: Gaps) -> np.ndarray:
    """World Bank persons where they exist; other years by IMF growth, 2014 by that of 2015-16."""
    bank, imf = required("population_total"), required("population_total_weo")
    path = dict(bank)
    first, last = min(bank), max(bank)
    for year in range(last + 1, LAST_YEAR + 1):
        value = path[year - 1] * imf[year] / imf[year - 1]
        path[year] = gaps.record(iso, "population_total", year, _GROWN, value)
    for year in range(first - 1, FIRST_YEAR - 1, -1):
        value = path[year + 1] * path[year + 1] / path[year + 2]
        path[year] = gaps.record(iso, "population_total", year, _BACK, value)
    return np.array([path[year] for year in YEARS])


def _real_index(growth: dict[int, float]) -> np.ndarray:
    """Real GDP, 2022 = 1, from yearly growth rates (growth of a year is over the year before)."""
    level = {FIRST_YEAR: 1.0}
    for year in YEARS[1:]:
        level[year] = level[year - 1] * (1 + growth[year])
    return np.array([level[year] for year in YEARS]) / level[BASE_YEAR]


def _gdp_per_head(required: Series, population: np.ndarray) -> np.ndarray:
    """World Bank level of 2022 moved by IMF real growth, over the population of the year."""
    level = required("gdp_current_usd")[BASE_YEAR]
    return level * _real_index(required("gdp_real_growth_weo")) / population


def _prices(iso: str, required: Series, gaps: Gaps) -> tuple[np.ndarray, np.ndarray]:
    """GDP deflator in local currency (2022 = 1) and local currency per US$, both from the IMF.

    Real growth x deflator / exchange rate gives back the growth of nominal US$ GDP exactly.
    """
    nominal = required("gdp_current_usd_weo")
    rate = dict(required("exchange_rate_lcu_per_usd_weo_implied"))
    real = _real_index(required("gdp_real_growth_weo"))
    local_2022 = nominal[BASE_YEAR] * rate[BASE_YEAR]
    deflator = {
        year: nominal[year] * rate[year] / local_2022 / real[year_index(year)]
        for year in YEARS
        if year in nominal
    }
    inflation = required("inflation_cpi_weo")
    for year in range(min(deflator) - 1, FIRST_YEAR - 1, -1):
        value = deflator[year + 1] / (1 + inflation[year + 1])
        deflator[year] = gaps.record(iso, "deflator", year, _BY_CPI, value)
    rates = gaps.complete(iso, "exchange_rate_lcu_per_usd_weo_implied", rate)
    return np.array([deflator[year] for year in YEARS]), rates


def _consumption_share(iso: str, data: Selection, gaps: Gaps) -> np.ndarray:
    """Household consumption over GDP.

    THA and VNM: national accounts. KHM: only the latest share, since older ones are on a GDP base
    that has been replaced. LAO and MMR: Penn World Table consumption a head over World Bank GDP a
    head; it swings by a third from one year to the next, so that its mean is used throughout.
    """
    name = "household_consumption_gdp_share"
    estimate = data.by_year("household_consumption_per_capita_usd_pwt", iso)
    if estimate:
        income = data.by_year("gdp_per_capita_current_usd", iso)
        shares = [
            value / income[year]
            for year, value in estimate.items()
            if (iso, year) not in _UNUSABLE_CONSUMPTION
        ]
        return gaps.constant(iso, name, float(np.mean(shares)), _MEAN_SHARE)
    rows = [row for row in data.rows(name, iso) if "base before its revision" not in row.note]
    known = {row.year: row.value for row in rows}
    return gaps.complete(iso, name, known)


def _gini(iso: str, data: Selection, gaps: Gaps) -> float:
    """Gini index of 2022; neighbouring years where it is missing, neighbours where all are."""
    known = data.by_year("gini", iso)
    if known:
        return gaps.at(iso, "gini", known, BASE_YEAR)
    unrecorded = Gaps()
    around = [
        unrecorded.at(other, "gini", data.by_year("gini", other), BASE_YEAR)
        for other in ("LAO", "VNM")
    ]
    return gaps.record(iso, "gini", BASE_YEAR, _NEIGHBOURS, float(np.mean(around)))


def _coverage(iso: str, indicator: str, data: Selection, gaps: Gaps) -> np.ndarray:
    return gaps.between(iso, indicator, data.by_year(indicator, iso))


def _fixed_lines(iso: str, required: Series, gaps: Gaps) -> np.ndarray:
    """Lines per 100 people times people per household, of the last survey, at most one each."""
    lines = gaps.complete(
        iso, "fixed_broadband_subs_per_100", required("fixed_broadband_subs_per_100")
    )
    sizes = required("household_size")
    return np.minimum(lines / 100.0 * sizes[max(sizes)], 1.0)


def _account_2014(iso: str, group: str, accounts: dict[str, dict[int, float]], gaps: Gaps) -> float:
    return gaps.at(iso, f"findex_account_share{group}", accounts[group], FIRST_YEAR)


def _published(iso: str, data: Selection, indicators: tuple[str, ...]) -> tuple[Published, ...]:
    """One figure a year and family, families one after the other."""
    return tuple(
        Published(
            row.year,
            row.value,
            row.family,
            row.indicator,
            row.unit,
            row.kind,
            row.edition,
            row.source_id,
        )
        for indicator in indicators
        for row in one_a_year(data.rows(indicator, iso))
    )
