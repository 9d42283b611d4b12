"""Who a person is: sex, age band, place and income rank, derived from their number alone.

Nothing here is stored. One hash of the number gives sex, age and income rank; the income of a rank
follows from the country's Gini coefficient by a lognormal distribution whose bins carry their exact
means, so the incomes of a country always add up to its national accounts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from sim.agents.consumer import Person
from sim.data.country import Country
from sim.parameters.values import ParameterSet
from sim.rng import scramble, stream_key

RANK_BINS = 1024
TOWN, COUNTRYSIDE = 0, 1
CELLS = 20  # area (2) x sex (2) x income fifth (5), in which people are counted
_BITS = 20
_FRACTION = 2.0**-_BITS


class Home(NamedTuple):
    """What never changes about a country during a run (one row of the array of homes)."""

    first: int
    size: int
    urban_size: int
    person_key: int
    acquaintance_key: int
    adult_share: float
    youth_share: float  # of adults
    older_share: float  # of adults
    women_share: float


_WHOLE = ("first", "size", "urban_size", "person_key", "acquaintance_key")
HOME = np.dtype([(name, "i8" if name in _WHOLE else "f8") for name in Home._fields])


def describe(home, ranks, log_incomes, country, area, number):  # type: ignore[no-untyped-def]
    """The person with this number (in the numbering of the country)."""
    bits = scramble(home.person_key, number)
    mask = (1 << _BITS) - 1
    rank_bin = ((bits >> 2 * _BITS) & mask) * RANK_BINS >> _BITS
    age = (((bits >> _BITS) & mask) + 0.5) * _FRACTION
    adult = age < home.adult_share
    return Person(
        adult,
        age < home.adult_share * home.youth_share,
        adult and age >= home.adult_share * (1.0 - home.older_share),
        ((bits & mask) + 0.5) * _FRACTION < home.women_share,
        area == TOWN,
        ranks[country, area, rank_bin],
        log_incomes[country, area, rank_bin],
    )


def cell_of(who):  # type: ignore[no-untyped-def]
    """The cell in which a person is counted."""
    cell = min(int(who.income_rank * 5.0), 4)
    if who.woman:
        cell += 5
    if not who.urban:
        cell += 10
    return cell


def home_record(
    country: Country, first: int, size: int, urban_size: int, seed: int, params: ParameterSet
) -> Home:
    """The row of a country in the array of homes."""
    iso = country.iso
    return Home(
        first=first,
        size=size,
        urban_size=urban_size,
        person_key=stream_key(seed, f"{iso}:person", 0),
        acquaintance_key=stream_key(seed, f"{iso}:acquaintance", 0),
        adult_share=country.adult_share,
        youth_share=params.get(iso, "youth_share_of_adults"),
        older_share=params.get(iso, "older_share_of_adults"),
        women_share=params.get(iso, "women_share"),
    )


def income_tables(
    countries: Mapping[str, Country], params: ParameterSet
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rank and log relative income by (country, area, bin); the mean relative income is one."""
    shape = (len(countries), 2, RANK_BINS)
    ranks, log_incomes = np.empty(shape), np.empty(shape)
    for position, country in enumerate(countries.values()):
        tilts = _tilts(country.urban_share, params.get(country.iso, "urban_income_tilt"))
        sigma = math.sqrt(2.0) * float(ndtri((country.gini + 1.0) / 2.0))
        edges = np.stack([_tilted(np.linspace(0.0, 1.0, RANK_BINS + 1), tilt) for tilt in tilts])
        with np.errstate(divide="ignore"):
            below = ndtr(ndtri(edges) - sigma)  # Lorenz curve of the lognormal
        incomes = np.diff(below, axis=1) / np.diff(edges, axis=1)
        shares = np.array([country.urban_share, 1.0 - country.urban_share])
        incomes /= shares @ incomes.mean(axis=1)
        ranks[position] = (edges[:, :-1] + edges[:, 1:]) / 2.0
        log_incomes[position] = np.log(incomes)
    return ranks, log_incomes


def _tilts(urban_share: float, tilt: float) -> tuple[float, float]:
    """Slopes of the rank densities of towns and countryside, which together are uniform."""
    if urban_share in (0.0, 1.0):
        return 0.0, 0.0
    ratio = urban_share / (1.0 - urban_share)
    tilt = min(tilt, 1.0, 1.0 / ratio)
    return tilt, -tilt * ratio


def _tilted(u: NDArray[np.float64], tilt: float) -> NDArray[np.float64]:
    """Inverse distribution function of the density 1 + tilt * (2 r - 1) on 0 to 1."""
    if tilt == 0.0:
        return u
    return np.clip(
        (np.sqrt((1.0 - tilt) ** 2 + 4.0 * tilt * u) - (1.0 - tilt)) / (2.0 * tilt), 0, 1
    )
