"""Figures of losses to scams, and how much of the truth each kind of source reports.

Police know a part of what is lost; the survey of a national agency finds more of it; online panels
extrapolate and may find several times as much. The figures are rows of `calibration/data/scams.csv`
that are about a year; any year may be used, as losses to scams are not cut.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.data.country import Country, year_index
from sim.data.load import load_countries, load_tables
from sim.units import COUNTRIES


class Reporting(NamedTuple):
    """The reporting factor of a kind of source: 5, 50 and 95 per cent of its prior, and grounds."""

    low: float
    central: float
    high: float
    source: str

    @property
    def mean(self) -> float:
        """Mean of its logarithm: the middle of low and high."""
        return 0.5 * (math.log(self.low) + math.log(self.high))

    @property
    def spread(self) -> float:
        """Standard deviation of its logarithm."""
        return 0.5 * (math.log(self.high) - math.log(self.low)) / _Z95


_Z95 = 1.6448536269514722  # standard normal score of 95 per cent
REPORTING = {
    "scam_loss_police": Reporting(
        0.05,
        0.2,
        0.6,
        "0.32 to 0.46 of victims in Viet Nam say that they told an authority; judgement",
    ),
    "scam_loss_nca": Reporting(0.3, 0.8, 1.5, "survey of about 60,000 users; judgement"),
    "scam_loss_gasa": Reporting(
        0.5,
        2.0,
        6.0,
        "online panels of 1,000 people, extrapolated; judgement",
    ),
}
"""Indicators that are compared with true losses, and their reporting factors."""
POLICE = "scam_loss_police"


class ScamFigure(NamedTuple):
    """One figure: log of nominal US$ lost in a year, as a source has it."""

    indicator: str
    country: str
    year: int
    value: float
    source_id: str


def scam_figures(published_by: int | None = None) -> list[ScamFigure]:
    """All figures by indicator, country and year; the first row where several print the same one.

    With `published_by`, only editions of that year and earlier. Local currency is turned into US$
    at the exchange rate of the year.
    """
    found: dict[tuple[str, str, int], ScamFigure] = {}
    countries = load_countries()
    for row in load_tables().rows:
        if row.indicator not in REPORTING or row.country not in COUNTRIES:
            continue
        if published_by is not None and row.edition > published_by:
            continue
        usd = row.value / _per_usd(countries[row.country], row.unit, row.year)
        figure = ScamFigure(row.indicator, row.country, row.year, math.log(usd), row.source_id)
        found.setdefault(figure[:3], figure)
    return sorted(found.values())


def _per_usd(country: Country, unit: str, year: int) -> float:
    return 1.0 if unit == "usd" else float(country.exchange_rate[year_index(year)])
