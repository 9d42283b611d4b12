"""Published figures of the digital economy by sector, country, year and edition (e-Conomy SEA).

Thailand and Viet Nam have figures; Cambodia, Lao PDR and Myanmar have none. The total of six
markets (`SEA`) is kept for comparison alone: four of them are outside the model.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from sim.data.load import load_tables
from sim.sectors.rule import ECOMMERCE, EVERY, FIRST_YEAR, MEDIA, TRANSPORT, TRAVEL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.data.schema import Row

INDICATOR_OF = {
    ECOMMERCE: "ecom_gmv_e_conomy",
    TRANSPORT: "transport_food_gmv",
    TRAVEL: "online_travel_gmv",
    MEDIA: "online_media_gmv",
    EVERY: "digital_economy_gmv",
}
PUBLISHED_FOR = ("THA", "VNM")
SIX_MARKETS = "SEA"
BILLION = 1e9
WHOLE, TENTH = 0.5, 0.05  # US$ billion: half of the last digit that is printed


class Figure(NamedTuple):
    """One published figure, nominal US$."""

    sector: str
    country: str
    year: int
    value: float
    edition: int
    source_id: str

    @property
    def rounding(self) -> float:
        """Half of the last digit printed, nominal US$."""
        tenths = self.value / BILLION * 10.0
        whole = math.isclose(tenths % 10.0, 0.0, abs_tol=1e-6)
        return (WHOLE if whole else TENTH) * BILLION


def figures(until: int | None = None) -> list[Figure]:
    """Figures about years from 2019 on, in order; those of editions up to `until` if it is given.

    Forecasts, figures from memory and those that a page worked out by itself are left out.
    """
    sector_of = {indicator: sector for sector, indicator in INDICATOR_OF.items()}
    rows: Iterable[Row] = load_tables().rows
    found = {
        Figure(
            sector_of[row.indicator], row.country, row.year, row.value, row.edition, row.source_id
        )
        for row in rows
        if row.indicator in sector_of
        and row.country in (*PUBLISHED_FOR, SIX_MARKETS)
        and row.kind != "forecast"
        and row.source_id != "recall"
        and "derived" not in row.note
        and row.year >= FIRST_YEAR
        and (until is None or row.edition <= until)
    }
    return sorted(found)


def latest(found: list[Figure]) -> list[Figure]:
    """The last edition of each sector, country and year; where it has two figures, the finer."""
    chosen: dict[tuple[str, str, int], Figure] = {}
    for one in sorted(found, key=lambda one: (one.edition, -one.rounding, one.value)):
        chosen[one.sector, one.country, one.year] = one
    return sorted(chosen.values())


def ranges(found: list[Figure]) -> dict[tuple[str, str, int], tuple[float, float]]:
    """Lowest and highest of all editions, rounding included, by sector, country and year."""
    spans: dict[tuple[str, str, int], tuple[float, float]] = {}
    for one in found:
        key = (one.sector, one.country, one.year)
        low, high = spans.get(key, (math.inf, -math.inf))
        spans[key] = min(low, one.value - one.rounding), max(high, one.value + one.rounding)
    return spans
