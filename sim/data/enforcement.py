"""Enforcement against scam syndicates that was in force before 2026: dated actions by host.

That an action took place, and when, has a source. How much syndicate capital it removes was never
measured: every hazard of the table is a judgement, and the parameter `enforcement_in_force`
multiplies all of them.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from sim.data.load import data_folder, load_tables
from sim.data.tables import csv_lines, number_in, one_of
from sim.errors import InputError, did_you_mean
from sim.units import COUNTRIES, FIRST_QUARTER, quarter_index

COLUMNS = ("action", "country", "start", "end", "hazard", "source_id", "note")
LAST_START = quarter_index("2025Q4")  # later actions are policies, which scenarios choose


class Action(NamedTuple):
    """One action in one host: its hazard (1/year), from `start` to `end` (None: not ended)."""

    name: str
    country: str
    start: int
    end: int | None
    hazard: float
    source_id: str
    note: str

    def in_force(self, quarter: int) -> bool:
        """Whether it removes capital in a quarter."""
        return self.start <= quarter and (self.end is None or quarter <= self.end)


@lru_cache(maxsize=4)
def load_enforcement(folder: Path | None = None) -> tuple[Action, ...]:
    """All actions, checked; from `folder` instead of the shipped table if one is given.

    Raises InputError at the first row that is wrong, with its line and what is allowed.
    """
    sources = load_tables(folder).sources
    path = (folder or data_folder()) / "enforcement.csv"
    found: list[Action] = []
    for place, (name, country, start, end, hazard, source, note) in csv_lines(path, COLUMNS):
        one_of("country", country, COUNTRIES, place)
        first, last = quarter_index(start), quarter_index(end) if end else None
        if not FIRST_QUARTER <= first <= LAST_START or (last is not None and last < first):
            raise InputError(
                f"an action from {start} to {end or 'now'}",
                where=place,
                allowed="a start from 2015Q1 to 2025Q4, and no end before it",
                todo="later enforcement is a lever of scenarios: anti_scam_enforcement",
            )
        if source not in sources or source == "recall":
            raise InputError(
                f"'{source}' is not a source of an action",
                where=place,
                allowed="a source_id listed in calibration/data/sources.csv, except recall",
                todo=did_you_mean(source, sources) or "add it to sources.csv",
            )
        if any((one.name, one.country) == (name, country) for one in found):
            raise InputError(
                f"the action {name} of {country} is listed twice",
                where=place,
                allowed="one line for each action and country",
            )
        size = number_in(hazard, "per_year", place)
        found.append(Action(name, country, first, last, size, source, note))
    return tuple(found)


@cache
def hazard_in_force(country: str, quarter: int) -> float:
    """Hazard (1/year) of all actions in force in a host; after 2025 that of its last quarter."""
    at = min(quarter, LAST_START)
    here = [one for one in load_enforcement() if one.country == country and one.in_force(at)]
    return float(sum(one.hazard for one in here))
