"""Firms, trade and rules of the five countries and of their pairs, for the side of the sellers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from sim.data.commissions import Commissions, read_commissions
from sim.data.country import BASE_YEAR, Country, year_index
from sim.data.dates import first_quarter, start_day
from sim.data.firms import (
    Sectors,
    Sizes,
    firm_counts,
    latest,
    sector_shares,
    size_shares,
    urban_shares,
    women_owned_shares,
)
from sim.data.gaps import Filled, Gaps
from sim.data.load import load_countries, load_tables
from sim.data.regulation import (
    believed,
    data_restriction_path,
    distance_path,
)
from sim.data.schema import YEARS
from sim.data.select import Selection, one_a_year
from sim.errors import InputError, did_you_mean
from sim.units import COUNTRIES

# Distance weighs on trade through a platform 65 % less than on other trade, whose elasticity is
# about -1 (sme_marketplace, distance_effect_on_trade in effects.csv).
PLATFORM_DISTANCE_ELASTICITY = -0.35

_SURVEY = "un_tf_survey_score_total"
_REGION_IN_PLACE = ("ASIAPAC", "ESEA")  # later ones win where both have a year
_REGIONAL = "regional value"


@dataclass(frozen=True)
class TradeOf:
    """What is known of the sellers' side of one country; see `TradeData`."""

    iso: str
    firms: float
    women_owned_share: float
    urban_share_of_firms: float
    size_shares: Sizes
    sector_shares: Sectors
    vat_rate: float
    low_value_vat_from: int | None
    online_sellers: dict[int, float]
    online_seller_share: dict[int, float]
    exporter_share: dict[int, float]


@dataclass(frozen=True, eq=False)
class TradeData:
    """Firms, trade and rules of the region.

    Countries are in the order of `countries` in every array; the first axis of a `_path` is the
    year (`year_index`), 2014 to 2030. Arrays are read-only. Observed values end in 2023.
    """

    countries: tuple[str, ...]
    # Firms.
    firms: dict[str, float]
    """Businesses, household businesses included, about 2022; Myanmar is a proxy."""
    women_owned_share: dict[str, float]
    """Share of firms owned by women; only Cambodia's covers all firms."""
    urban_share_of_firms: dict[str, float]
    """Share of firms in towns; the urban share of people but in Cambodia."""
    size_shares: dict[str, Sizes]
    """Shares of micro, small and medium firms, without large ones."""
    sector_shares: dict[str, Sectors]
    """Shares of firms in trade, other services and manufacturing."""
    # Rules.
    heterogeneity_path: np.ndarray
    """Distance of the rules of pairs, 0 to 1, without rules on data: (years, one, other)."""
    data_restriction_path: np.ndarray
    """Conditions on data sent abroad and localisation, 0 to 1: (years, countries)."""
    vat_rate: dict[str, float]
    """Standard rate of value-added tax (Myanmar: commercial tax), a fraction."""
    low_value_vat_from: dict[str, int | None]
    """Quarter index from which small parcels pay VAT; None where that is not known."""
    paperless_path: np.ndarray
    """Share of measures of easier and paperless trade in force, 0 to 1: (years, countries)."""
    commissions: dict[str, Commissions]
    """What platforms keep of an order, by date; only countries with figures."""
    # Geography.
    distances_km: np.ndarray
    """Between towns, weighted by their people; 0 on the diagonal: (one, other)."""
    borders: np.ndarray
    """Whether two countries touch: (one, other)."""
    languages: np.ndarray
    """Whether a language is spoken by nine per cent or more of both: (one, other)."""
    gdp_2022: dict[str, float]
    """US$."""
    # Observed.
    online_sellers: dict[str, dict[int, float]]
    """Sellers with an order in the year on marketplaces, by year; shops, not firms."""
    online_seller_share: dict[str, dict[int, float]]
    """Share of firms with an online sales channel, by year."""
    exporter_share: dict[str, dict[int, float]]
    """Share of formal firms of five or more staff that export a tenth of sales, by year."""

    def index(self, iso: str) -> int:
        """Position of a country in the arrays; raises InputError for any other code."""
        if iso not in self.countries:
            raise InputError(
                f"'{iso}' is not one of the five countries",
                allowed=", ".join(self.countries),
                todo=did_you_mean(iso, self.countries) or None,
            )
        return self.countries.index(iso)

    def of(self, iso: str) -> TradeOf:
        """All figures of one country."""
        self.index(iso)
        return TradeOf(
            iso=iso,
            firms=self.firms[iso],
            women_owned_share=self.women_owned_share[iso],
            urban_share_of_firms=self.urban_share_of_firms[iso],
            size_shares=self.size_shares[iso],
            sector_shares=self.sector_shares[iso],
            vat_rate=self.vat_rate[iso],
            low_value_vat_from=self.low_value_vat_from[iso],
            online_sellers=self.online_sellers.get(iso, {}),
            online_seller_share=self.online_seller_share.get(iso, {}),
            exporter_share=self.exporter_share.get(iso, {}),
        )

    def heterogeneity(self, one: str, other: str, year: int) -> float:
        """Distance of the rules of two countries in a year, 0 (the same) to 1."""
        return float(self.heterogeneity_path[year_index(year), self.index(one), self.index(other)])

    def data_restriction(self, iso: str, year: int) -> float:
        """How far a country's rules restrict data, 0 to 1."""
        return float(self.data_restriction_path[year_index(year), self.index(iso)])

    def paperless(self, iso: str, year: int) -> float:
        """Share of measures of easier and paperless trade in force, 0 to 1."""
        return float(self.paperless_path[year_index(year), self.index(iso)])

    def distance_km(self, one: str, other: str) -> float:
        """Kilometres between the towns of two countries, weighted by their people."""
        return float(self.distances_km[self.index(one), self.index(other)])

    def shared_border(self, one: str, other: str) -> bool:
        """Whether two countries touch."""
        return bool(self.borders[self.index(one), self.index(other)])

    def common_language(self, one: str, other: str) -> bool:
        """Whether a language is spoken by nine per cent or more of the people of both."""
        return bool(self.languages[self.index(one), self.index(other)])

    def origin_weights(
        self, buyer: str, distance_elasticity: float = PLATFORM_DISTANCE_ELASTICITY
    ) -> dict[str, float]:
        """Shares of the other four in a buyer's purchases from them; they add up to 1.

        GDP of 2022 of the origin times distance to the power of the elasticity.
        """
        others = [iso for iso in self.countries if iso != buyer]
        pull = [
            self.gdp_2022[iso] * self.distance_km(buyer, iso) ** distance_elasticity
            for iso in others
        ]
        return {iso: value / sum(pull) for iso, value in zip(others, pull, strict=True)}


def load_trade(folder: Path | None = None) -> TradeData:
    """Firms, trade and rules of the region; the same object at every call.

    Reads the shipped tables, or those in `folder`; raises InputError if one is broken.
    """
    return _built(folder)[0]


def trade_gaps(folder: Path | None = None) -> list[Filled]:
    """Every value in use that no source gives, or only memory, with the rule that made it."""
    return list(_built(folder)[1])


@lru_cache(maxsize=4)
def _built(folder: Path | None) -> tuple[TradeData, tuple[Filled, ...]]:
    gaps = Gaps()
    data = Selection(load_tables(folder).rows)
    countries = load_countries(folder)
    trade = TradeData(
        countries=COUNTRIES,
        firms=firm_counts(data, countries, gaps),
        women_owned_share=women_owned_shares(data, gaps),
        urban_share_of_firms=urban_shares(data, countries, gaps),
        size_shares=size_shares(data, gaps),
        sector_shares=sector_shares(data, gaps),
        heterogeneity_path=distance_path(data, gaps),
        data_restriction_path=data_restriction_path(data, gaps),
        vat_rate={iso: _vat_rate(iso, data, gaps) for iso in COUNTRIES},
        low_value_vat_from={iso: _vat_from(iso, data) for iso in COUNTRIES},
        paperless_path=np.stack([_paperless(iso, data, gaps) for iso in COUNTRIES], axis=1),
        commissions={
            iso: found for iso in COUNTRIES if (found := read_commissions(data, iso)) is not None
        },
        distances_km=_pairs("distance_weighted_km", data),
        borders=_pairs("shared_border", data).astype(bool),
        languages=_pairs("common_language_spoken", data).astype(bool),
        gdp_2022={iso: _gdp_2022(countries[iso]) for iso in COUNTRIES},
        online_sellers=_observed("marketplace_active_sellers", data),
        online_seller_share=_observed("msme_online_sales_channel_share", data),
        exporter_share=_observed("es_exporter_share_of_firms", data),
    )
    for value in vars(trade).values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return trade, tuple(gaps.filled)


def _vat_rate(iso: str, data: Selection, gaps: Gaps) -> float:
    rows = data.rows("vat_rate", iso)
    if not rows:
        raise InputError(f"no vat_rate of {iso}", where="regulation.csv", allowed="a fraction")
    return believed(rows, gaps).value


def _vat_from(iso: str, data: Selection) -> int | None:
    rows = one_a_year(data.rows("low_value_vat_start_date", iso))
    return first_quarter(start_day(rows[0])) if rows else None


def _paperless(iso: str, data: Selection, gaps: Gaps) -> np.ndarray:
    """The country's own survey scores; those of the region where it has none."""
    known = data.by_year(_SURVEY, iso)
    if known:
        return gaps.complete(iso, _SURVEY, known)
    region: dict[int, float] = {}
    for place in _REGION_IN_PLACE:
        region |= data.by_year(_SURVEY, place)
    path = Gaps().complete(iso, _SURVEY, region)
    for year, value in zip(YEARS, path, strict=True):
        gaps.record(iso, _SURVEY, year, _REGIONAL, value)
    return path


def _pairs(indicator: str, data: Selection) -> np.ndarray:
    """What is the same both ways, from the rows of pairs in the order of the alphabet."""
    values = np.zeros((len(COUNTRIES), len(COUNTRIES)))
    for column, other in enumerate(COUNTRIES):
        for row, one in enumerate(COUNTRIES[:column]):
            value = latest(data, indicator, f"{one}-{other}")
            values[row, column] = values[column, row] = value
    return values


def _gdp_2022(country: Country) -> float:
    at = year_index(BASE_YEAR)
    return float(country.gdp_per_head[at] * country.population[at])


def _observed(indicator: str, data: Selection) -> dict[str, dict[int, float]]:
    known = {iso: data.by_year(indicator, iso) for iso in COUNTRIES}
    return {iso: years for iso, years in known.items() if years}
