"""Observed e-commerce values for figures, to the origin of the posterior: best reading, band."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd
from matplotlib.axes import Axes

from sim.data.load import load_countries
from sim.figures.style import DATA, FAINT
from sim.target import POSTERIOR_ORIGIN
from sim.units import COUNTRIES, REGION

BILLION = 1e9


@lru_cache(maxsize=8)
def _history(place: str) -> pd.DataFrame:
    countries = load_countries()
    if place == REGION:
        tables = [_history(iso) for iso in COUNTRIES]
        years = sorted(set.intersection(*(set(table.index) for table in tables)))
        total = sum(table.loc[years] for table in tables[1:]) + tables[0].loc[years]
        return pd.DataFrame(total)
    country = countries[place]
    known = set(country.gmv_best) & set(country.gmv_low) & set(country.gmv_high)
    years = sorted(year for year in known if year <= POSTERIOR_ORIGIN)
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


def draw_history(axes: Axes, history: pd.DataFrame) -> None:
    """Dots with bars in US$ billion: what was observed, with the range of its sources."""
    best, low, high = (history[name] / BILLION for name in ("best", "low", "high"))
    axes.errorbar(
        history.index,
        best,
        yerr=[best - low, high - best],
        fmt="o",
        markersize=3.2,
        color=DATA,
        ecolor=FAINT,
        elinewidth=1.1,
        capsize=0,
        label="observed",
        zorder=3,
    )
