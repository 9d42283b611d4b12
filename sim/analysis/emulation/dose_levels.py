"""Levels of a scenario as doses: what the runs of a design can say of a mix, and what they cannot.

Doses run from the beginning of 2026 to the end with the usual delays of their lever, and agreements
have one dose for all pairs. Nothing here needs the model, so a page can read it at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sim.policy.levers import LEVERS, PAIRS
from sim.policy.schedule import Schedule
from sim.scenario import Scenario
from sim.units import quarter_index

POLICIES_BEGIN = quarter_index("2026Q1")
POLICIES_END = quarter_index("2030Q4")


class DoseLevels(NamedTuple):
    """Levels by the number of the dose; `averaged` where agreements differ between pairs."""

    levels: dict[int, float]
    averaged: bool


def dose_levels(
    mix: Scenario, doses: Sequence[tuple[str, str]], weights: Sequence[float] | None = None
) -> DoseLevels | str:
    """Levels of a scenario by dose (lever and place), or why doses cannot say it.

    `weights` are those of the pairs in the level of an agreement, equal ones if None.
    """
    levels: dict[int, float] = {}
    averaged = False
    for lever, schedules in mix.levers.items():
        mine = {place: at for at, (name, place) in enumerate(doses) if name == lever}
        if not mine:
            return f"{LEVERS[lever].title} is not among the levers of the designed runs"
        if not all(map(_usual, schedules)):
            return f"{LEVERS[lever].title} has dates or delays other than those of the design"
        by_place = {place: one.level for one in schedules for place in one.places}
        if "" in mine:
            values = [by_place.get(pair, 0.0) for pair in PAIRS]
            level = values[0]
            if len(set(values)) > 1:
                averaged = True
                shares = weights if weights is not None else [1.0] * len(PAIRS)
                level = sum(a * b for a, b in zip(values, shares, strict=True)) / sum(shares)
            by_place = {"": level}
        levels |= {mine[place]: level for place, level in by_place.items()}
    return DoseLevels(levels, averaged)


def _usual(one: Schedule) -> bool:
    """Whether a schedule runs from the beginning to the end, with the delays of its lever."""
    about = LEVERS[one.lever]
    return (
        one.start == POLICIES_BEGIN
        and (one.end is None or one.end >= POLICIES_END)
        and (one.lag_years, one.ramp_years) == (about.lag_years, about.ramp_years)
    )
