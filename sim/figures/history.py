"""Observed e-commerce values for figures: best reading and band, by year."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from sim.data.load import load_countries
from sim.units import COUNTRIES, REGION


@lru_cache(maxsize=8)
def _history(place: str) -> pd.DataFrame:
    countries = load_countries()
    if place == REGION:
        tables = [_history(iso) for iso in COUNTRIES]
        years = sorted(set.intersection(*(set(table.index) for table in tables)))
        total = sum(table.loc[years] for table in tables[1:]) + tables[0].loc[years]
        return pd.DataFrame(total)
    country = countries[place]
    years = sorted(set(country.gmv_best) & set(country.gmv_low) & set(country.gmv_high))
    return pd.DataFrame(
        {
            "best": [country.gmv_best[year] for year in years],
            "low": [country.gmv_low[year] for year in years],
            "high": [country.gmv_high[year] for year in years],
        },
        index=years,
    )


def gmv_history(place: str) -> pd.DataFrame:
    """Nominal US$ a year of a country or of the five countries together: columns best, low, high.

    The band of the region adds up the bands of the countries, so it is as wide as it can be.
    """
    return _history(place).copy()
