"""`growth.csv`: where the growth of online purchases 2022-2030 comes from, in terms that add up.

Purchases are people x connected people x shoppers among them x spending of a shopper x prices, so
the logarithm of growth is the sum of five logarithms. Means over runs keep the sum exact, which
medians would not.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.comparison.tables.summary import PLACES
from sim.analysis.comparison.years import select
from sim.target import BASE_YEAR, TARGET_YEAR

# Each term is the growth of one indicator over another (or of one alone).
TERMS: dict[str, tuple[str, str | None]] = {
    "people": ("population", None),
    "connected": ("connected", "population"),
    "adopters": ("shoppers", "connected"),
    "spending": ("gmv_real_usd", "shoppers"),
    "prices": ("gmv_nominal_usd", "gmv_real_usd"),
}
TOTAL = "total"
COLUMNS = ["scenario", "country", "term", "value", "unit"]
_UNIT = "log points"


def decomposition(years: pd.DataFrame, scenarios: tuple[str, ...]) -> pd.DataFrame:
    """Mean over runs of each term of ln(2030/2022) in nominal US$, by scenario and place.

    `total` is the sum of five terms. A place where something is zero or unknown has no rows.
    """
    rows: list[tuple[object, ...]] = []
    for scenario in scenarios:
        for place in PLACES:
            terms = {name: _term(years, scenario, place, *parts) for name, parts in TERMS.items()}
            if not all(np.isfinite(value) for value in terms.values()):
                continue
            terms[TOTAL] = sum(terms.values())
            rows += [(scenario, place, name, value, _UNIT) for name, value in terms.items()]
    return pd.DataFrame(rows, columns=COLUMNS)


def _term(years: pd.DataFrame, scenario: str, place: str, top: str, bottom: str | None) -> float:
    growth = _log_growth(years, scenario, place, top)
    if bottom is not None:
        growth = growth - _log_growth(years, scenario, place, bottom)
    return float(growth.mean()) if len(growth) else np.nan


def _log_growth(years: pd.DataFrame, scenario: str, place: str, indicator: str) -> pd.Series:
    """By run, so that the terms of one run meet."""
    paths = select(years, scenario, place, indicator)
    paths = paths.where(paths > 0)
    return pd.Series(np.log(paths[TARGET_YEAR] / paths[BASE_YEAR]))
