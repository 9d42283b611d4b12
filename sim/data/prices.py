"""Paths of prices: mobile data, chained over changes of the basket, and US consumer prices."""

from __future__ import annotations

import numpy as np

from sim.data.country import BASE_YEAR, year_index
from sim.data.gaps import Gaps
from sim.data.schema import YEARS
from sim.data.select import Selection
from sim.errors import InputError

US_PRICE_GROWTH = 0.02
"""Yearly growth of US consumer prices after the last published index."""

# Baskets of mobile data in the order in which they replaced each other; the last one sets the
# level.
BASKETS = (
    "mobile_bb_postpaid_1gb_price_usd",
    "mobile_data_1_5gb_price_usd",
    "mobile_data_2gb_price_usd",
)
_CHAINED = "earlier basket, scaled so that the price does not move when the basket changes"
_FROM_SHARES = "5 GB price times the ratio of the two baskets' shares of income"
_REAL = "last price held in real terms (US consumer prices)"
_EXTENDED = f"last index grown at {US_PRICE_GROWTH:.0%} a year"


def us_price_path(data: Selection, gaps: Gaps) -> np.ndarray:
    """US consumer prices by year, 2022 = 1; after the last published year growing at 2 %."""
    known = data.by_year("us_consumer_price_index", "USA")
    if BASE_YEAR not in known or YEARS[0] not in known:
        raise InputError(
            "the US price index lacks a year that is needed",
            where="calibration/data/income.csv",
            allowed=f"us_consumer_price_index of USA from {YEARS[0]} to at least {BASE_YEAR}",
        )
    path = gaps_free(known)
    last = max(known)
    values = []
    for year in YEARS:
        if year <= last:
            values.append(path[year] / known[BASE_YEAR])
            continue
        value = known[last] * (1 + US_PRICE_GROWTH) ** (year - last) / known[BASE_YEAR]
        values.append(gaps.record("USA", "us_prices", year, _EXTENDED, value))
    return np.array(values)


def gaps_free(known: dict[int, float]) -> dict[int, float]:
    """The same series, refused when a year between the first and the last is missing."""
    missing = sorted(set(range(min(known), max(known) + 1)) - set(known))
    if missing:
        raise InputError(
            f"a price series lacks {', '.join(map(str, missing))}",
            where="calibration/data",
            allowed="every year between the first and the last",
        )
    return known


def chained_data_price(
    country: str, data: Selection, us_prices: np.ndarray, gaps: Gaps
) -> np.ndarray:
    """Price of the 2 GB mobile data basket in nominal US$ a month, every year.

    Baskets do not overlap, so the chain assumes that nothing but the basket changed between the
    last year of one and the first year of the next. After the last price it is held in real terms.
    """
    older, middle, newest = (gaps_free(data.by_year(name, country)) for name in BASKETS)
    _add_last_price(country, data, newest, gaps)
    path = dict(newest)
    for basket in (middle, older):
        link = path[min(path)] / basket[max(basket)]
        for year in sorted(basket):
            path[year] = gaps.record(country, "data_price_usd", year, _CHAINED, basket[year] * link)
    gaps_free(path)
    last = max(path)
    for year in YEARS:
        if year > last:
            value = path[last] * us_prices[year_index(year)] / us_prices[year_index(last)]
            path[year] = gaps.record(country, "data_price_usd", year, _REAL, value)
    return np.array([path[year] for year in YEARS])


def _add_last_price(country: str, data: Selection, prices: dict[int, float], gaps: Gaps) -> None:
    """Add the year after the last 2 GB price where its share of income and a 5 GB price exist."""
    year = max(prices) + 1
    small = data.by_year("mobile_data_2gb_price_gni_share", country).get(year)
    large = data.by_year("mobile_data_5gb_price_gni_share", country).get(year)
    price = data.by_year("mobile_data_5gb_price_usd", country).get(year)
    if small and large and price:
        prices[year] = gaps.record(
            country, "data_price_usd", year, _FROM_SHARES, price * small / large
        )
