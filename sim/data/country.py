"""What is known of one country: paths of inputs by year, start values, and what was observed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.data.checks import check_country
from sim.data.schema import FIRST_YEAR, LAST_YEAR, YEARS
from sim.errors import InputError

BASE_YEAR = 2022
LAST_OBSERVED_YEAR = 2025  # of incomes and exchange rates in the data of today


def year_index(year: int) -> int:
    """Position of a calendar year in the arrays of a `Country`."""
    if year not in YEARS:
        raise InputError(f"no data for {year}", allowed=f"a year from {FIRST_YEAR} to {LAST_YEAR}")
    return year - FIRST_YEAR


class Published(NamedTuple):
    """A published figure of one family of sources; `edition` is the year of publication."""

    year: int
    value: float
    family: str
    indicator: str
    unit: str
    kind: str
    edition: int
    source_id: str


@dataclass(frozen=True, eq=False)
class Country:
    """One country. Arrays hold one value a year, 2014 to 2030 (`year_index`), and are read-only.

    Observed values stand in dictionaries by year and end in 2024. Shares are fractions. Money of
    the model is constant 2022 US$, everything that is nominal says so.
    """

    iso: str
    name: str
    # People.
    population: np.ndarray
    """Persons of all ages, middle of the year."""
    adult_share: float
    """Share of the population aged 15 and over in 2022."""
    adult_share_by_year: np.ndarray
    urban_share: float
    """Share of the population in towns in 2022, by the national definition; fixed."""
    gini: float
    """Gini index of income or consumption, 0 to 1, of 2022 or the nearest year."""
    schooling_years: np.ndarray
    """Mean years of schooling of people of 25 and over."""
    # Income and prices.
    gdp_per_head: np.ndarray
    """Constant 2022 US$ a person and year."""
    consumption_share: np.ndarray
    """Household consumption over GDP."""
    deflator: np.ndarray
    """GDP deflator in local currency, 2022 = 1."""
    exchange_rate: np.ndarray
    """Local currency units for one US$, mean of the year, as implied by IMF accounts."""
    us_prices: np.ndarray
    """US consumer prices, 2022 = 1."""
    data_price_usd: np.ndarray
    """Mobile data basket of 2 GB, nominal US$ a month, chained over changes of the basket."""
    # Law.
    data_protection: np.ndarray
    """Share of a standard of data protection that is in the law, 0 to 1."""
    # Networks, use of the internet, accounts, shopping: observed.
    coverage_3g: np.ndarray
    """Share of people within reach of a 3G signal; NaN after the last observation."""
    coverage_4g: np.ndarray
    """Share of people within reach of a 4G signal; NaN after the last observation."""
    fixed_lines: np.ndarray
    """Households with a fixed broadband line over households, from lines per 100 people."""
    internet_share: dict[int, float]
    """Internet users over people of all ages."""
    internet_share_women: dict[int, float]
    internet_share_men: dict[int, float]
    account_share: dict[int, float]
    """Adults with an account over adults."""
    account_share_poorest40: dict[int, float]
    account_share_richest60: dict[int, float]
    account_share_women: dict[int, float]
    account_share_men: dict[int, float]
    buying_online: dict[int, float]
    """Adults who bought something online within a year, over adults."""
    # Start of 2015: stocks at the end of 2014.
    internet_share_2014: float
    account_share_2014: float
    account_share_2014_poorest40: float
    account_share_2014_richest60: float
    # E-commerce, nominal US$ a year.
    gmv_best: dict[int, float]
    """Our own reading of conflicting sources, nominal US$; `gmv_low` and `gmv_high` its band."""
    gmv_low: dict[int, float]
    gmv_high: dict[int, float]
    gmv_published: tuple[Published, ...]
    """Nominal US$ by family; families are never mixed. Empty where nobody publishes a series."""
    shoppers_published: tuple[Published, ...]
    """Persons who bought online within a year, by family."""
    spend_per_shopper_published: tuple[Published, ...]
    """Nominal US$ a shopper and year, by family."""
    last_observed: int = LAST_OBSERVED_YEAR
    """Year after which incomes and exchange rates may deviate from their projection."""

    def __post_init__(self) -> None:
        check_country(self)

    @property
    def consumption_per_head(self) -> np.ndarray:
        """Household consumption, constant 2022 US$ a person and year."""
        return self.gdp_per_head * self.consumption_share

    @property
    def nominal_per_real(self) -> np.ndarray:
        """Nominal US$ of the year for one constant 2022 US$: deflator x exchange rate, 2022 = 1."""
        return self.deflator * self.exchange_rate[year_index(BASE_YEAR)] / self.exchange_rate


def total_gdp(countries: Mapping[str, Country], year: int) -> float:
    """GDP of the countries together in a year, constant 2022 US$."""
    at = year_index(year)
    return math.fsum(float(c.gdp_per_head[at] * c.population[at]) for c in countries.values())


def mean_income(countries: Mapping[str, Country], year: int) -> float:
    """GDP per head of the countries together in a year, constant 2022 US$."""
    people = math.fsum(float(c.population[year_index(year)]) for c in countries.values())
    return total_gdp(countries, year) / people
