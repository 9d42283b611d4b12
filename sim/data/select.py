"""Finding figures among the checked rows: one a year where several were published, and what an
origin sees of them.

The table of vintages is the column `edition` of the data. A row about a year before the origin is
history and counts in its latest revision, since editions of that time are not in the tables. A row
about the origin's own year or a later one counts only if it was published by the end of the origin.
Projections of the IMF are chained by their own growth to the last year of history, so that a
revised level does not break the path. Laws, trade, firms, costs and scams are those of today.
"""

from __future__ import annotations

from collections.abc import Iterable

from sim.data.country import BASE_YEAR
from sim.data.gaps import Gaps
from sim.data.schema import LAST_OUTCOME_YEAR, LAST_YEAR, Row
from sim.errors import InputError

FIRST_ORIGIN = BASE_YEAR + 1  # money is that of the base year, which has to be history
VINTAGED = ("people", "income", "connectivity", "accounts", "ecommerce")
"""Tables whose rows an origin sees by edition."""
LEVELS = (
    "population_total_weo",
    "gdp_current_usd_weo",
    "exchange_rate_lcu_per_usd_weo_implied",
)
RATES = ("gdp_real_growth_weo", "inflation_cpi_weo")
REVISED = {("household_consumption_gdp_share", "KHM")}
"""Series of which earlier figures belong to a GDP that has been revised: only later ones fit it."""
_LATER = "a later edition, for want of one of the origin or earlier"
_HELD = "growth of the last projected year of the edition held"


class Selection:
    """The rows, found by indicator and country."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._found: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            self._found.setdefault((row.indicator, row.country), []).append(row)

    def rows(self, indicator: str, country: str) -> list[Row]:
        """All rows of an indicator and a country, in the order of the table."""
        return self._found.get((indicator, country), [])

    def by_year(self, indicator: str, country: str) -> dict[int, float]:
        """Year -> value: the chosen figure of each year, in order of years."""
        chosen = one_a_year(self.rows(indicator, country), forecasts=True)
        return {row.year: row.value for row in chosen}


def one_a_year(rows: Iterable[Row], *, forecasts: bool = False) -> list[Row]:
    """The figure of each year to believe: reported before estimated, then the latest edition.

    When several editions agree with the latest, the earliest of them is named. Figures from memory
    are left out; forecasts too, unless `forecasts` (paths of the IMF are inputs, not rivals).
    """
    years: dict[int, list[Row]] = {}
    for row in rows:
        if row.source_id != "recall" and (forecasts or row.kind != "forecast"):
            years.setdefault(row.year, []).append(row)
    chosen = []
    for year in sorted(years):
        rivals = years[year]
        reported = [row for row in rivals if row.kind == "reported"] or rivals
        latest = max(reported, key=lambda row: row.edition)
        agreeing = [row for row in reported if row.value == latest.value]
        chosen.append(min(agreeing, key=lambda row: (row.edition, row.source_id)))
    return chosen


class OriginSelection(Selection):
    """The rows that an origin sees, found as in a `Selection`; substitutes are put on record."""

    def __init__(self, rows: Iterable[Row], origin: int, gaps: Gaps) -> None:
        every = tuple(rows)
        super().__init__(row for row in every if sees(row, origin))
        self._every = Selection(every)
        self._origin = origin
        self._gaps = gaps

    def rows(self, indicator: str, country: str) -> list[Row]:
        """The rows that the origin sees; where that leaves no input, later ones, on record."""
        seen = super().rows(indicator, country)
        if seen and (indicator, country) not in REVISED:
            return seen
        found = self._every.rows(indicator, country)
        if any(row.role != "input" for row in found):
            return seen
        for row in found:
            if not sees(row, self._origin):
                self._gaps.record(country, indicator, row.year, _LATER, row.value)
        return found

    def by_year(self, indicator: str, country: str) -> dict[int, float]:
        """Year -> value; projections from the latest edition that the origin sees."""
        if indicator not in (*LEVELS, *RATES):
            return super().by_year(indicator, country)
        known = self._every.by_year(indicator, country)
        path = {year: value for year, value in known.items() if year < self._origin}
        own = self._projection(indicator, country)
        if not own:
            for year in range(self._origin, LAST_YEAR + 1):
                path[year] = self._gaps.record(country, indicator, year, _LATER, known[year])
            return path
        step = _grown if indicator in LEVELS else _as_it_is
        last = max(own)
        for year in range(self._origin, last + 1):
            path[year] = step(path[year - 1], own[year - 1], own[year])
        for year in range(last + 1, LAST_YEAR + 1):
            value = step(path[year - 1], own[last - 1], own[last])
            path[year] = self._gaps.record(country, indicator, year, _HELD, value)
        return path

    def _projection(self, indicator: str, country: str) -> dict[int, float]:
        """One edition, the latest of the origin or earlier that reaches the origin's own year."""
        seen = [r for r in self._every.rows(indicator, country) if r.edition <= self._origin]
        editions = {row.edition for row in seen if row.year >= self._origin}
        if not editions:
            return {}
        return {row.year: row.value for row in seen if row.edition == max(editions)}


def sees(row: Row, origin: int) -> bool:
    """Whether a row counts at an origin."""
    return row.table not in VINTAGED or row.year < origin or row.edition <= origin


def check_origin(origin: int) -> None:
    """Raises InputError for a year whose inputs as known then cannot be put together."""
    if not FIRST_ORIGIN <= origin <= LAST_OUTCOME_YEAR:
        raise InputError(
            f"no inputs as they were known at the end of {origin}",
            where="origin",
            allowed=f"{FIRST_ORIGIN} to {LAST_OUTCOME_YEAR}, or no origin for those of today",
            todo="earlier editions of the projections are not in calibration/data/income.csv",
        )


def _grown(before: float, own_before: float, own: float) -> float:
    return before * own / own_before


def _as_it_is(before: float, own_before: float, own: float) -> float:
    return own
