"""What a `Country` must be, whoever put it together: the right years, and values that can be."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.data.schema import FIRST_YEAR, LAST_YEAR, YEARS
from sim.errors import InputError

MOST_PEOPLE = 1e10
_POSITIVE = (math.ulp(0.0), math.inf)
_SHARE = (0.0, 1.0)
# name -> smallest and largest value; infinite ones are refused everywhere
PATHS = {
    "population": (1.0, MOST_PEOPLE),
    "adult_share_by_year": _SHARE,
    "schooling_years": (0.0, 30.0),
    "gdp_per_head": _POSITIVE,
    "consumption_share": (math.ulp(0.0), 2.0),
    "deflator": _POSITIVE,
    "exchange_rate": _POSITIVE,
    "us_prices": _POSITIVE,
    "data_price_usd": (0.0, math.inf),
    "data_protection": _SHARE,
    "coverage_3g": _SHARE,
    "coverage_4g": _SHARE,
    "fixed_lines": _SHARE,
}
ENDS_EARLY = ("coverage_3g", "coverage_4g")  # NaN after the last observation
NUMBERS = {
    "adult_share": (math.ulp(0.0), 1.0),
    "urban_share": _SHARE,
    "gini": (math.ulp(0.0), 0.95),  # the income distribution has no finite spread at one
    "internet_share_2014": _SHARE,
    "account_share_2014": _SHARE,
    "account_share_2014_poorest40": _SHARE,
    "account_share_2014_richest60": _SHARE,
}


def check_country(country: Any) -> None:
    """Raises InputError for a value with which no run is possible, with its year."""
    for name, limits in PATHS.items():
        path = np.asarray(getattr(country, name))
        if path.shape != (len(YEARS),) or path.dtype.kind not in "fiu":
            raise InputError(
                f"{name} has the shape {path.shape} and not one number a year",
                where=f"country {country.iso}",
                allowed=f"{len(YEARS)} numbers, {FIRST_YEAR} to {LAST_YEAR}",
            )
        wrong = ~((path >= limits[0]) & (path <= limits[1]) & np.isfinite(path))
        if name in ENDS_EARLY and not wrong[0]:
            wrong &= ~np.isnan(path)
        if wrong.any():
            place = int(np.argmax(wrong))
            _refuse(country.iso, f"{name} of {YEARS[place]}", float(path[place]), limits)
    for name, limits in NUMBERS.items():
        value = getattr(country, name)
        number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not number or not limits[0] <= value <= limits[1]:
            _refuse(country.iso, name, value, limits)


def _refuse(iso: str, what: str, value: Any, limits: tuple[float, float]) -> None:
    low, high = limits
    least = "above 0" if low == math.ulp(0.0) else f"{low:g}"
    if not math.isinf(high):
        allowed = f"{least} to {high:g}" if least[0] != "a" else f"{least}, up to {high:g}"
    else:
        allowed = least if least[0] == "a" else f"{least} or more"
    shown = f"{value:g}" if isinstance(value, int | float) else repr(value)
    raise InputError(
        f"{what} is {shown}",
        where=f"country {iso}",
        allowed=allowed,
        todo="correct the Country that is passed to the model",
    )
