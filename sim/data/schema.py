"""What a table of figures may contain: columns, units with their bounds, places, kinds, the cut."""

from __future__ import annotations

from typing import NamedTuple

from sim.units import COUNTRIES

TABLES = (
    "people",
    "income",
    "connectivity",
    "accounts",
    "ecommerce",
    "forecasts",
    "scams",
    "costs",
    "firms",
    "sellers",
    "trade",
    "regulation",
)
COLUMNS = (
    "indicator",
    "country",
    "year",
    "value",
    "unit",
    "kind",
    "edition",
    "source_id",
    "note",
)
INDICATOR_COLUMNS = ("indicator", "unit", "role", "family")
SOURCE_COLUMNS = ("source_id", "title", "publisher", "published", "url")

KINDS = ("reported", "estimate", "forecast", "constructed")
ROLES = ("input", "outcome", "evidence", "scam", "cost")

# The cut: what the model predicts (roles `outcome` and `evidence`) is known up to this year and no
# later, whenever it was published, and forecasts of it are those published up to this year. Inputs,
# scams and costs are not cut. Role `evidence`: counts that are shown next to what the model gives
# and enter no fit, no forecast and no score.
LAST_OUTCOME_YEAR = 2024

FIRST_YEAR = 2014
LAST_YEAR = 2030
YEARS = tuple(range(FIRST_YEAR, LAST_YEAR + 1))
EARLIEST_ROW, LATEST_ROW = 1990, 2030  # laws are older than any series
EARLIEST_EDITION, LATEST_EDITION = 2000, 2030

# Breakdowns of an indicator: `findex_account_share_poorest40` is one of `findex_account_share`.
BREAKDOWNS = (
    "_female",
    "_male",
    "_urban",
    "_rural",
    "_poorest40",
    "_richest60",
    "_age15_24",
    "_age25plus",
    "_micro",
    "_small",
    "_medium",
    "_large",
)

# Places other than the five countries that a row may be about.
OTHER_PLACES = {
    "SEA": "six markets of South-East Asia: Indonesia, Malaysia, Philippines, Singapore, "
    "Thailand, Viet Nam",
    "SEA6": "the same six markets, in the surveys of scams",
    "ESEA": "East and South-East Asia",
    "ASIA": "thirteen Asian markets",
    "ASEAN": "member states of ASEAN",
    "MEKONG3": "Cambodia, Lao PDR and Myanmar together",
    "DEVELOPING": "developing countries",
    "WLD": "the world",
    "AUS": "Australia",
    "CHN": "China",
    "IND": "India",
    "SGP": "Singapore",
    "USA": "United States",
    "GMS5": "the five countries together",
    "ASIAPAC": "countries of Asia and the Pacific",
    "DEVELOPED": "developed countries",
    "CHN-GMS5": "China with the five countries together",
    "CHN-KHM": "China and Cambodia",
    "CHN-LAO": "China and Lao PDR",
    "CHN-VNM": "China and Viet Nam",
    "LAO-CHN": "Lao PDR and China",
}
# Pairs read exporter-importer or payer-receiver. What is the same both ways stands once, under the
# pair in the order of the alphabet.
PAIRS = tuple(f"{one}-{other}" for one in COUNTRIES for other in COUNTRIES if one != other)
PLACES = (*COUNTRIES, *PAIRS, *OTHER_PLACES)

_LARGE = 1e15
UNIT_BOUNDS: dict[str, tuple[float, float]] = {
    "fraction": (0.0, 1.0),
    "fraction_of_monthly_gni": (0.0, 1.0),
    "index_0_1": (0.0, 1.0),
    "relative_change": (-1.0, 10.0),
    "fraction_per_year": (-0.5, 2.0),
    "persons": (0.0, 1e10),
    "count": (0.0, 1e10),
    "persons_per_household": (1.0, 15.0),
    "years": (0.0, 25.0),
    "per_100_people": (0.0, 300.0),
    "per_adult_per_year": (0.0, 1e4),
    "per_day": (0.0, 1e9),
    "per_year": (0.0, 20.0),
    "orders_per_year": (0.0, 1e4),
    "usd": (0.0, _LARGE),
    "usd_per_person": (0.0, 1e6),
    "usd_per_month": (0.0, 1e4),
    "lcu_per_usd": (0.0, 1e6),
    "thb": (0.0, _LARGE),
    "thb_per_day": (0.0, _LARGE),
    "vnd": (0.0, _LARGE),
    "aud": (0.0, _LARGE),
    "eur": (0.0, _LARGE),
    "inr": (0.0, _LARGE),
    "khr": (0.0, _LARGE),
    "index_1982_84_100": (1.0, 1e4),
    "flag": (0.0, 1.0),
    "class": (1.0, 3.0),
    "km": (1.0, 21_000.0),
    "hours": (0.0, 1e4),
    "days": (0.0, 365.0),
    "score_1_5": (1.0, 5.0),
    "year": (1990.0, 2030.0),
    "date_yyyymm": (199_001.0, 203_012.0),
    "date_yyyymmdd": (19_900_101.0, 20_301_231.0),
}


class IndicatorSpec(NamedTuple):
    """One line of `indicators.csv`: the units an indicator may have, its role and its family."""

    name: str
    units: tuple[str, ...]
    role: str
    family: str


class Source(NamedTuple):
    """One line of `sources.csv`."""

    source_id: str
    title: str
    publisher: str
    published: str
    url: str


class Row(NamedTuple):
    """One figure: what, where, when, how much, in which unit, who says so and when."""

    indicator: str
    country: str
    year: int
    value: float
    unit: str
    kind: str
    edition: int
    source_id: str
    note: str
    role: str
    family: str
    table: str


class Tables(NamedTuple):
    """All figures, checked, with the register of indicators and the list of sources."""

    rows: tuple[Row, ...]
    indicators: dict[str, IndicatorSpec]
    sources: dict[str, Source]


def base_name(indicator: str) -> str:
    """The indicator without the ending that marks a breakdown."""
    for ending in BREAKDOWNS:
        if indicator.endswith(ending):
            return indicator[: -len(ending)]
    return indicator
