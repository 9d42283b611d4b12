"""Micro, small and medium businesses of the five countries: how many, whose, where, how large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sim.data.country import BASE_YEAR, Country, year_index
from sim.data.gaps import Gaps
from sim.data.select import Selection
from sim.errors import InputError
from sim.units import COUNTRIES

# What is added up for the number of businesses, one count where nothing is said; where a country
# has none, as Myanmar, a number a head stands in.
_COUNT = "enterprise_count"
COUNTED: dict[str, tuple[str, ...]] = {
    "KHM": (_COUNT,),
    "LAO": (_COUNT,),
    "THA": ("msme_count",),
    "VNM": (_COUNT, "household_business_count"),
}
# Women's share: of all businesses where counted, else the mean of survey rounds of formal firms.
_WOMEN = {"KHM": "women_owned_share_of_enterprises", "VNM": "women_owned_share_of_smes"}
_WOMEN_SURVEY = "es_firms_female_participation_in_ownership_share"
_ROUNDS_FROM = 2014

_SURVEY_RULE = "mean of survey rounds from 2014; formal firms with a woman among the owners"
_FORMAL_RULE = "registered small and medium firms represent all"
_PER_HEAD = "businesses a head: mean of KHM and LAO"
_LAO_SIZES = "as in LAO"
_LAO_SPLIT = "split as in LAO"
_HOUSEHOLD_MICRO = "household businesses count as micro"
_THA_SECTORS = "as in THA"
_THA_SPLIT = "split into trade and other services as in THA"
_PEOPLE = "urban share of people"


class Sizes(NamedTuple):
    """Shares of micro, small and medium businesses by the national definition; they add up to 1."""

    micro: float
    small: float
    medium: float


class Sectors(NamedTuple):
    """Shares of businesses in trade, other services, and manufacturing; they add up to 1."""

    trade: float
    services: float
    manufacturing: float


def latest(data: Selection, indicator: str, iso: str) -> float:
    """The latest figure of an indicator; raises InputError where there is none."""
    known = data.by_year(indicator, iso)
    if not known:
        raise InputError(
            f"no {indicator} of {iso}", where="calibration/data", allowed="one year or more"
        )
    return known[max(known)]


def nearest(data: Selection, indicator: str, iso: str) -> tuple[int, float]:
    """Year and figure nearest to 2022, the earlier of two; raises InputError where none is."""
    latest(data, indicator, iso)
    known = data.by_year(indicator, iso)
    year = min(known, key=lambda at: (abs(at - BASE_YEAR), at))
    return year, known[year]


def firm_counts(data: Selection, countries: dict[str, Country], gaps: Gaps) -> dict[str, float]:
    """Businesses, household businesses included, in the year nearest to 2022."""
    people = {iso: float(countries[iso].population[year_index(BASE_YEAR)]) for iso in COUNTRIES}
    found = {
        iso: _count(iso, data, gaps)
        for iso in COUNTRIES
        if iso in COUNTED or data.by_year(_COUNT, iso)
    }
    per_head = float(np.mean([found[iso] / people[iso] for iso in ("KHM", "LAO")]))
    for iso in COUNTRIES:
        if iso not in found:
            stand_in = per_head * people[iso]
            found[iso] = gaps.record(iso, "firms", BASE_YEAR, _PER_HEAD, stand_in)
    return {iso: found[iso] for iso in COUNTRIES}


def _count(iso: str, data: Selection, gaps: Gaps) -> float:
    total = 0.0
    for name in COUNTED.get(iso, (_COUNT,)):
        year, count = nearest(data, name, iso)
        if year != BASE_YEAR:
            gaps.record(iso, name, BASE_YEAR, f"count of {year}, the nearest year", count)
        total += count
    return total


def women_owned_shares(data: Selection, gaps: Gaps) -> dict[str, float]:
    """Share of businesses that women own, of all businesses only in Cambodia."""
    found = {}
    for iso in COUNTRIES:
        if iso in _WOMEN:
            found[iso] = latest(data, _WOMEN[iso], iso)
            if iso == "VNM":
                gaps.record(iso, "women_owned_share", BASE_YEAR, _FORMAL_RULE, found[iso])
            continue
        latest(data, _WOMEN_SURVEY, iso)
        rounds = [v for y, v in data.by_year(_WOMEN_SURVEY, iso).items() if y >= _ROUNDS_FROM]
        mean = float(np.mean(rounds))
        found[iso] = gaps.record(iso, "women_owned_share", BASE_YEAR, _SURVEY_RULE, mean)
    return found


def urban_shares(data: Selection, countries: dict[str, Country], gaps: Gaps) -> dict[str, float]:
    """Share of businesses in towns: the census in Cambodia, elsewhere the share of people."""
    found = {}
    for iso in COUNTRIES:
        if iso == "KHM":
            found[iso] = latest(data, "enterprise_share_urban", iso)
        else:
            share = countries[iso].urban_share
            found[iso] = gaps.record(iso, "urban_share_of_firms", BASE_YEAR, _PEOPLE, share)
    return found


def size_shares(data: Selection, gaps: Gaps) -> dict[str, Sizes]:
    """Sizes of businesses, large firms left out."""
    lao = _sizes(*(_size(data, name, "LAO") for name in ("micro", "small", "medium")))
    not_micro = lao.small + lao.medium
    micro = latest(data, "micro_share_of_enterprises", "KHM")
    rest = 1 - micro - _large_share_khm(data)
    below_medium = _size(data, "below_medium", "THA")
    registered = nearest(data, "enterprise_count", "VNM")[1]
    found = {
        "KHM": _sizes(micro, rest * lao.small / not_micro, rest * lao.medium / not_micro),
        "LAO": lao,
        "THA": _sizes(
            below_medium * lao.micro / (lao.micro + lao.small),
            below_medium * lao.small / (lao.micro + lao.small),
            _size(data, "medium", "THA"),
        ),
        "VNM": _sizes(
            _size(data, "micro", "VNM") * registered
            + nearest(data, "household_business_count", "VNM")[1],
            _size(data, "small", "VNM") * registered,
            _size(data, "medium", "VNM") * registered,
        ),
    }
    others = [iso for iso in COUNTRIES if iso not in found]
    found |= dict.fromkeys(others, lao)
    filled = (
        ("KHM", _LAO_SPLIT, ("small", "medium")),
        *((iso, _LAO_SIZES, Sizes._fields) for iso in others),
        ("THA", _LAO_SPLIT, ("micro", "small")),
        ("VNM", _HOUSEHOLD_MICRO, Sizes._fields),
    )
    for iso, rule, names in filled:
        _note_shares("size_share", found[iso]._asdict(), names, iso, rule, gaps)
    return found


def _size(data: Selection, name: str, iso: str) -> float:
    return latest(data, f"firm_size_share_{name}", iso)


def _sizes(micro: float, small: float, medium: float) -> Sizes:
    total = micro + small + medium
    return Sizes(micro / total, small / total, medium / total)


def _large_share_khm(data: Selection) -> float:
    """Large firms over establishments, both of the census that counted large firms."""
    large = data.by_year("large_firm_count", "KHM")
    counts = data.by_year("enterprise_count", "KHM")
    year = max((year for year in large if year in counts), default=None)
    if year is None:
        raise InputError(
            "large_firm_count and enterprise_count of KHM share no year",
            where="firms.csv",
            allowed="one year with both",
        )
    return large[year] / counts[year]


def sector_shares(data: Selection, gaps: Gaps) -> dict[str, Sectors]:
    """Sectors of businesses; Thailand stands for those of which nothing is known."""
    tha = _sectors(*(latest(data, f"msme_count_sector_{name}", "THA") for name in Sectors._fields))
    trade = latest(data, "enterprise_share_trade", "LAO")
    made = latest(data, "enterprise_share_manufacturing", "LAO")
    served = latest(data, "enterprise_share_services", "KHM")
    sold = served * tha.trade / (tha.trade + tha.services)
    found = {
        "KHM": _sectors(sold, served - sold, latest(data, "enterprise_share_industry", "KHM")),
        "LAO": _sectors(trade, 1 - trade - made, made),
        "THA": tha,
    }
    others = [iso for iso in COUNTRIES if iso not in found]
    found |= dict.fromkeys(others, tha)
    split = ("trade", "services")
    _note_shares("sector_share", found["KHM"]._asdict(), split, "KHM", _THA_SPLIT, gaps)
    for iso in others:
        _note_shares("sector_share", found[iso]._asdict(), Sectors._fields, iso, _THA_SECTORS, gaps)
    return found


def _sectors(trade: float, services: float, manufacturing: float) -> Sectors:
    total = trade + services + manufacturing
    return Sectors(trade / total, services / total, manufacturing / total)


def _note_shares(
    what: str,
    shares: Mapping[str, float],
    names: Sequence[str],
    iso: str,
    rule: str,
    gaps: Gaps,
) -> None:
    for name in names:
        gaps.record(iso, f"{what}_{name}", BASE_YEAR, rule, shares[name])
