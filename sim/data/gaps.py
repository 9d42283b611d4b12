"""Filling rules for figures that nobody published, in one place, each use of one on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sim.data.schema import YEARS

BETWEEN = "straight line between the neighbouring years"
HELD_BACK = "first value held for earlier years"
HELD_ON = "last value held for later years"


class Filled(NamedTuple):
    """One value that no source gives: for whom, what, when, by which rule, and the value used."""

    country: str
    indicator: str
    year: int
    rule: str
    value: float


class Gaps:
    """Fills gaps and remembers what it filled."""

    def __init__(self) -> None:
        self.filled: list[Filled] = []

    def record(self, country: str, indicator: str, year: int, rule: str, value: float) -> float:
        """Note that `value` comes from `rule` and not from a source; returns the value."""
        self.filled.append(Filled(country, indicator, year, rule, float(value)))
        return float(value)

    def complete(
        self,
        country: str,
        indicator: str,
        known: Mapping[int, float],
        years: Sequence[int] = YEARS,
    ) -> np.ndarray:
        """One value a year: straight lines between known years, first and last value held."""
        have = sorted(known)
        values = np.interp(years, have, [known[year] for year in have])
        for year, value in zip(years, values, strict=True):
            if year in known:
                continue
            if year < have[0]:
                rule = HELD_BACK
            elif year > have[-1]:
                rule = HELD_ON
            else:
                rule = BETWEEN
            self.record(country, indicator, year, rule, value)
        return values

    def between(
        self,
        country: str,
        indicator: str,
        known: Mapping[int, float],
        years: Sequence[int] = YEARS,
    ) -> np.ndarray:
        """As `complete`, but not a number (NaN) before the first and after the last known year."""
        have = sorted(known)
        values = np.interp(years, have, [known[year] for year in have], left=np.nan, right=np.nan)
        for year, value in zip(years, values, strict=True):
            if year not in known and not np.isnan(value):
                self.record(country, indicator, year, BETWEEN, value)
        return values

    def at(self, country: str, indicator: str, known: Mapping[int, float], year: int) -> float:
        """The value of one year, by the rules of `complete`."""
        return float(self.complete(country, indicator, known, (year,))[0])

    def constant(self, country: str, indicator: str, value: float, rule: str) -> np.ndarray:
        """The same `value` in every year, on record under `rule`."""
        for year in YEARS:
            self.record(country, indicator, year, rule, value)
        return np.full(len(YEARS), float(value))
