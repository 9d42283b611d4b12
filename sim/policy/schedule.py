"""When a lever is on, where, and how much of it is in effect in a quarter.

Quarters are whole, so the build-up is read at the end of each: with `ramp_years = 1` the four
quarters of the first year have 1/4, 2/4, 3/4 and all of the level; with 0 it is all there at once.
A level is paid from `start` to `end`, and in effect `lag_years` later. What stops at `end` is the
programme: an action (enforcement) ends there, while money that was spent still arrives after its
lag, so that nothing paid for is lost.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sim.errors import InputError, did_you_mean
from sim.policy.levers import LEVERS, Lever
from sim.units import (
    COUNTRY_NAMES,
    FIRST_QUARTER,
    LAST_QUARTER,
    QUARTERS_PER_YEAR,
    quarter_label,
)

LONGEST_YEARS = (LAST_QUARTER + 1 - FIRST_QUARTER) // QUARTERS_PER_YEAR
QUARTERS_ALLOWED = f"{quarter_label(FIRST_QUARTER)} to {quarter_label(LAST_QUARTER)}"


@dataclass(frozen=True)
class Schedule:
    """One lever at one level for some places, from `start` to `end` (quarter indices, inclusive).

    `places` are country codes, pairs such as `KHM-THA`, or the region; `end=None` means for good.
    `level` is in the unit of the lever, lag and ramp in years. Raises InputError for any value that
    the lever does not allow.
    """

    lever: str
    places: tuple[str, ...]
    level: float
    start: int
    end: int | None = None
    lag_years: float = 0.0
    ramp_years: float = 0.0

    def __post_init__(self) -> None:
        for name, problem in faults(self):
            problem.where = f"levers.{self.lever}, {name}"
            raise problem

    def level_at(self, quarter: int) -> float:
        """The level in effect in a quarter; the lever's neutral value when it is not."""
        lever = LEVERS[self.lever]
        lag = self.lag_years * QUARTERS_PER_YEAR
        over = self.end is not None and quarter > self.end + (lag if lever.is_money else 0.0)
        built = 0.0 if over else self._built(quarter + 1 - self.start - lag)
        return lever.neutral + (self.level - lever.neutral) * built

    def paid_at(self, quarter: int) -> float:
        """The level above neutral that must be paid for in a quarter: no lag, `start` to `end`."""
        if quarter < self.start or (self.end is not None and quarter > self.end):
            return 0.0
        built = self._built(quarter + 1 - self.start)
        return (self.level - LEVERS[self.lever].neutral) * built

    def _built(self, quarters: float) -> float:
        """Share of the level reached so many quarters after the beginning."""
        ramp = max(self.ramp_years * QUARTERS_PER_YEAR, 1.0)
        return min(max(quarters / ramp, 0.0), 1.0)


def level(schedules: Iterable[Schedule], place: str, quarter: int) -> float:
    """Level of one lever in effect at a place in a quarter; 0 without any schedule."""
    here = [schedule for schedule in schedules if place in schedule.places]
    if not here:
        return 0.0
    neutral = LEVERS[here[0].lever].neutral
    return neutral + sum(schedule.level_at(quarter) - neutral for schedule in here)


def paid(schedules: Iterable[Schedule], place: str, quarter: int) -> float:
    """Level of one lever that must be paid for at a place in a quarter."""
    return sum((s.paid_at(quarter) for s in schedules if place in s.places), 0.0)


def overlap(one: Schedule, other: Schedule) -> tuple[tuple[str, ...], int, int] | None:
    """Places, first and last quarter in which two schedules of one lever both hold, or None."""
    both = tuple(place for place in one.places if place in other.places)
    first = max(one.start, other.start)
    last = min(last_quarter(one), last_quarter(other))
    return (both, first, last) if both and first <= last else None


def last_quarter(schedule: Schedule) -> int:
    """The last quarter in which a schedule is paid for."""
    return LAST_QUARTER if schedule.end is None else schedule.end


def faults(schedule: Schedule) -> list[tuple[str, InputError]]:
    """Everything that is wrong with the values of a schedule, each with the key it is about."""
    lever = LEVERS.get(schedule.lever)
    if lever is None:
        return [("lever", unknown_lever(schedule.lever))]
    found = [(lever.scope, problem) for problem in place_faults(lever, schedule.places)]
    found += [("level", problem) for problem in level_faults(lever, schedule.level)]
    found += quarter_faults(schedule.start, schedule.end)
    for name, years in (("lag_years", schedule.lag_years), ("ramp_years", schedule.ramp_years)):
        found += [(name, problem) for problem in duration_faults(years)]
    return found


def unknown_lever(name: str) -> InputError:
    """The error for a lever that does not exist."""
    return InputError(
        f"there is no lever '{name}'",
        allowed=", ".join(LEVERS),
        todo=did_you_mean(name, LEVERS) or "`mekong list levers` lists them",
    )


def level_faults(lever: Lever, value: float) -> list[InputError]:
    """What is wrong with a level."""
    if not _is_number(value) or math.isnan(value):
        what = f"{value} is not a number"
    elif value < lever.minimum or value > lever.maximum:
        side = "below" if value < lever.minimum else "above"
        what = f"{value} is {side} the range of {lever.name}"
    else:
        return []
    todo = f"give a level in {lever.unit}; {lever.neutral:g} changes nothing"
    return [InputError(what, allowed=lever.range_text, todo=todo)]


def duration_faults(years: float) -> list[InputError]:
    """What is wrong with a lag or a ramp, in years."""
    if _is_number(years) and 0.0 <= years <= LONGEST_YEARS:
        return []
    what = f"{years} years cannot be used"
    if _is_number(years) and years < 0:
        what = f"{years} years is negative"
    elif _is_number(years) and years > LONGEST_YEARS:
        what = f"{years} years is longer than the model runs"
    return [InputError(what, allowed=f"0 to {LONGEST_YEARS} (years)")]


def place_faults(lever: Lever, places: tuple[str, ...]) -> list[InputError]:
    """What is wrong with a list of places."""
    allowed = ", ".join(lever.places)
    if not places:
        return [
            InputError(
                "the list of places is empty",
                allowed=f'"all" or some of {allowed}',
                todo="name at least one place, or leave the lever out",
            )
        ]
    found = [
        InputError(f"'{name}' is not a place here", allowed=allowed, todo=_right_place(lever, name))
        for name in places
        if name not in lever.places
    ]
    found += [
        InputError(f"'{place}' is listed twice", allowed=allowed, todo="name each place once")
        for place, times in Counter(places).items()
        if times > 1
    ]
    return found


def _right_place(lever: Lever, place: str) -> str | None:
    turned = "-".join(reversed(place.split("-")))
    if turned in lever.places:
        return f"write '{turned}' (the two codes of a pair are in alphabetical order)"
    if (
        lever.scope == "pairs"
        and set(place.split("-")) <= set(COUNTRY_NAMES)
        and (len(set(place.split("-"))) == 1)
    ):
        return "an agreement has two different countries, such as KHM-THA"
    codes = {name.lower(): iso for iso, name in COUNTRY_NAMES.items() if iso in lever.places}
    codes |= {"laos": "LAO", "vietnam": "VNM"} if lever.scope == "countries" else {}
    if place.lower() in codes:
        return f"write '{codes[place.lower()]}'"
    return did_you_mean(place, lever.places) or f"use the codes {', '.join(lever.places[:2])}, ..."


def quarter_faults(start: int, end: int | None) -> list[tuple[str, InputError]]:
    """What is wrong with the first and last quarter (indices), each with its key."""
    found = []
    for name, quarter in (("start", start), ("end", end)):
        if quarter is None and name == "end":
            continue
        if isinstance(quarter, bool) or not isinstance(quarter, int):
            found.append((name, InputError(f"{quarter!r} is not the number of a quarter")))
        elif not FIRST_QUARTER <= quarter <= LAST_QUARTER:
            what = f"{quarter_label(quarter)} is outside the time that the model covers"
            found.append((name, InputError(what, allowed=QUARTERS_ALLOWED)))
    if not found and end is not None and end < start:
        first, last = quarter_label(start), quarter_label(end)
        what = f"the end {last} comes before the start {first}"
        todo = "the end is the last quarter in which the lever is on"
        found.append(("end", InputError(what, allowed=f"{first} or later", todo=todo)))
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
