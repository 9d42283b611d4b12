"""What happens to a country whatever people do: income, prices, population, pandemic, by quarter.

History and projections come from the country's data; a scenario chooses the paths, and the
parameters `growth_deviation` and `exchange_rate_drift` bend them after the last observation.
Everything here is exogenous.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.data.country import BASE_YEAR, Country, year_index
from sim.units import QUARTERS_PER_YEAR, quarter_index, year_of

GROWTH_PATHS = {"weo": 0.0, "low": -0.01, "high": 0.01}  # 1/year, from 2026 on
CONFLICT_DRAG = -0.03  # 1/year, on the path conflict = "worse"
PANDEMIC_START = quarter_index("2020Q2")
PANDEMIC_HEIGHT_ENDS = quarter_index("2021Q4")
PANDEMIC_EBB_ENDS = quarter_index("2024Q4")
PRICE_REFERENCE = quarter_index("2017Q4")


@dataclass(frozen=True)
class Outlook:
    """Exogenous values of one country by quarter, from `first` on.

    `population` in persons, `income` in constant 2022 US$ per person and year, `data_price` in
    constant 2022 US$ a month, `nominal` in nominal US$ per constant 2022 US$, `us_prices` 2022 = 1,
    `covid` between 0 and 1, `pandemic_ebb` 1 in quarters in which habits of it are given up.
    """

    first: int
    population: NDArray[np.float64]
    income: NDArray[np.float64]
    consumption_share: NDArray[np.float64]
    data_price: NDArray[np.float64]
    log_online_price: NDArray[np.float64]
    nominal: NDArray[np.float64]
    us_prices: NDArray[np.float64]
    covid: NDArray[np.float64]
    pandemic_ebb: NDArray[np.float64]


def outlook(
    country: Country,
    first: int,
    last: int,
    paths: Mapping[str, str],
    p: Callable[[str], float],
) -> Outlook:
    """The exogenous values of a country from quarter `first` to quarter `last`."""
    quarters = range(first, last + 1)
    nominal = _nominal(country, paths["exchange"], p("exchange_rate_drift"))
    years = np.array([year_index(year_of(q)) for q in quarters])
    return Outlook(
        first=first,
        population=country.population[years],
        income=_by_quarter(_income(country, _deviation(country, paths, p)), quarters),
        consumption_share=country.consumption_share[years],
        data_price=(country.data_price_usd / country.nominal_per_real)[years],
        log_online_price=np.array(
            [p("online_price_trend") * (q - PRICE_REFERENCE) / QUARTERS_PER_YEAR for q in quarters]
        ),
        nominal=nominal[years],
        us_prices=country.us_prices[years],
        covid=np.array([_pandemic(q, paths["covid"], p("covid_decay_time")) for q in quarters]),
        pandemic_ebb=np.array([float(q <= PANDEMIC_EBB_ENDS) for q in quarters]),
    )


def _deviation(country: Country, paths: Mapping[str, str], p: Callable[[str], float]) -> float:
    """Deviation of growth from the IMF path after the last observation, 1/year."""
    deviation = p("growth_deviation") + GROWTH_PATHS[paths["growth"]]
    if country.iso == "MMR" and paths["conflict"] == "worse":
        deviation += CONFLICT_DRAG
    return deviation


def _income(country: Country, deviation: float) -> NDArray[np.float64]:
    years_after = np.maximum(
        np.arange(len(country.gdp_per_head)) - year_index(country.last_observed), 0
    )
    return np.asarray(country.gdp_per_head * np.exp(deviation * years_after))


def _nominal(country: Country, exchange: str, drift: float) -> NDArray[np.float64]:
    rate = np.array(country.exchange_rate)
    last = year_index(country.last_observed)
    if exchange == "no_change":
        rate[last:] = rate[last]
    rate *= np.exp(-drift * np.maximum(np.arange(len(rate)) - last, 0))
    return np.asarray(country.deflator * country.exchange_rate[year_index(BASE_YEAR)] / rate)


def _by_quarter(yearly: NDArray[np.float64], quarters: range) -> NDArray[np.float64]:
    """A smooth path through yearly values; the mean over each year is exactly that year's."""
    middle = np.arange(len(yearly)) + 0.5
    whole_years = range(year_of(quarters[0]), year_of(quarters[-1]) + 1)
    values: dict[int, float] = {}
    for year in whole_years:
        place = year_index(year)
        at = place + (np.arange(QUARTERS_PER_YEAR) + 0.5) / QUARTERS_PER_YEAR
        path = np.exp(np.interp(at, middle, np.log(yearly)))
        path *= yearly[place] / path.mean()
        for quarter, value in enumerate(path):
            values[year * QUARTERS_PER_YEAR + quarter] = float(value)
    return np.array([values[q] for q in quarters])


def _pandemic(quarter: int, path: str, decay_time: float) -> float:
    if path == "none" or quarter < PANDEMIC_START:
        return 0.0
    after = max(quarter - PANDEMIC_HEIGHT_ENDS, 0) / QUARTERS_PER_YEAR
    return math.exp(-after / decay_time)
