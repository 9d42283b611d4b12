"""Finding figures among the checked rows, and one figure a year where several were published."""

from __future__ import annotations

from collections.abc import Iterable

from sim.data.schema import Row


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
