"""Who a person is: sex, age band, place and income rank, derived from their number alone.

Nothing here is stored. One hash of the number gives all of it: three fields of 20 bits decide on
sex, age and income rank by their upper bits, and by their lower ten, which these do not depend on,
on whom networks reach first, on the propensity to shop online, and on who never does. The income of
a rank follows from the country's Gini coefficient by a lognormal distribution whose bins carry
their exact means, so the incomes of a country always add up to its national accounts.
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
RANK, LOG_INCOME, PROPENSITY = range(3)  # columns of the table of traits
CELLS = 20  # area (2) x sex (2) x income fifth (5), in which people are counted
_BITS = 20
_FRACTION = 2.0**-_BITS
_LOWER = RANK_BINS - 1  # mask of the lower ten bits of a field
_TOP = 3  # bits above the three fields, which make the ranks of coverage finer


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


def describe(home, traits, country, area, number):  # type: ignore[no-untyped-def]
    """The person with this number (in the numbering of the country)."""
    bits = scramble(home.person_key, number)
    mask = (1 << _BITS) - 1
    first, second, third = (bits >> 2 * _BITS) & mask, (bits >> _BITS) & mask, bits & mask
    rank_bin = first * RANK_BINS >> _BITS
    age = (second + 0.5) * _FRACTION
    reach = ((first & _LOWER) << _TOP) + (bits >> 3 * _BITS)
    adult = age < home.adult_share
    return Person(
        adult,
        age < home.adult_share * home.youth_share,
        adult and age >= home.adult_share * (1.0 - home.older_share),
        (third + 0.5) * _FRACTION < home.women_share,
        area == TOWN,
        traits[country, area, rank_bin, RANK],
        traits[country, area, rank_bin, LOG_INCOME],
        (reach + 0.5) / (RANK_BINS << _TOP),
        traits[country, area, second & _LOWER, PROPENSITY],
        ((third & _LOWER) + 0.5) / RANK_BINS,
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


def trait_table(countries: Mapping[str, Country], params: ParameterSet) -> NDArray[np.float64]:
    """Rank, log relative income and propensity by (country, area, bin, column).

    The mean relative income is one, and propensities have mean zero and variance one.
    """
    table = np.empty((len(countries), 2, RANK_BINS, 3))
    scores = ndtri((np.arange(RANK_BINS) + 0.5) / RANK_BINS)
    table[..., PROPENSITY] = scores / scores.std()
    for position, country in enumerate(countries.values()):
        tilts = _tilts(country.urban_share, params.get(country.iso, "urban_income_tilt"))
        sigma = math.sqrt(2.0) * float(ndtri((country.gini + 1.0) / 2.0))
        edges = np.stack([_tilted(np.linspace(0.0, 1.0, RANK_BINS + 1), tilt) for tilt in tilts])
        with np.errstate(divide="ignore"):
            below = ndtr(ndtri(edges) - sigma)  # Lorenz curve of the lognormal
        incomes = np.diff(below, axis=1) / np.diff(edges, axis=1)
        shares = np.array([country.urban_share, 1.0 - country.urban_share])
        incomes /= shares @ incomes.mean(axis=1)
        table[position, ..., RANK] = (edges[:, :-1] + edges[:, 1:]) / 2.0
        table[position, ..., LOG_INCOME] = np.log(incomes)
    return table


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
