"""What the account reads of runs, put together from their indicators by country and group."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sim.sectors.rule import FIFTHS, Drivers
from sim.units import COUNTRIES

Floats = NDArray[np.float64]
Read = Callable[[str, str, str], Floats]
"""Values of a country, an indicator and a group: (runs, years)."""

NEEDED = (
    "consumption_usd",
    "consumption_nominal_usd",
    "population",
    "connected",
    "gmv_nominal_usd",
)
PLACES = ("urban", "rural")


def drivers_of(read: Read, years: tuple[int, ...], cap: Floats) -> Drivers:
    """The drivers of all runs; `cap` is the largest online share of consumption of each.

    Flows are sums of the year, stocks those of its end.
    """

    def by_fifth(indicator: str) -> Floats:
        by_country = [[read(iso, indicator, group) for group in FIFTHS] for iso in COUNTRIES]
        return np.moveaxis(np.array(by_country), (2, 0, 3, 1), (0, 1, 2, 3))

    people = by_fifth("population")
    return Drivers(
        years=years,
        consumption=by_fifth("consumption_nominal_usd"),
        reach=_ratio(by_fifth("connected"), people),
        income=_ratio(by_fifth("consumption_usd"), people),
        ecommerce=by_fifth("gmv_nominal_usd"),
        urban=np.stack([_urban(read, iso) for iso in COUNTRIES], axis=1),
        cap=cap,
    )


def _urban(read: Read, iso: str) -> Floats:
    """Urban share of the consumption of people online, where there is any."""
    town, country = (
        read(iso, "consumption_usd", place)
        * _ratio(read(iso, "connected", place), read(iso, "population", place))
        for place in PLACES
    )
    return _ratio(town, town + country)


def _ratio(top: Floats, bottom: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(bottom > 0.0, top / bottom, 0.0)
