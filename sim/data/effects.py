"""Published sizes of effects, one line a study and outcome, to compare with those of the model."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from sim.data.load import data_folder, load_tables
from sim.data.tables import csv_lines, one_of
from sim.errors import InputError
from sim.policy.levers import LEVERS

EFFECT_COLUMNS = (
    *("lever", "outcome", "value", "low", "high", "unit", "per"),
    *("setting", "design", "source_id", "note"),
)
EFFECT_LEVERS = (*LEVERS, "adoption")
EFFECT_UNITS = {
    "relative_change": "change over the level before, as a fraction",
    "share_points": "difference of two shares or of two growth rates a year, as a fraction",
    "fraction": "a share",
    "elasticity": "relative change for a relative change of one",
    "ratio": "one over the other",
    "correlation": "between -1 and 1",
    "per_year": "a rate",
    "persons": "people",
    "usd": "US$",
    "sign": "1 up, 0 nothing found, -1 down; the size was not published or not read",
}


class Effect(NamedTuple):
    """What a study found. `per` says for which change; `low` and `high` are NaN if not given."""

    lever: str
    outcome: str
    value: float
    low: float
    high: float
    unit: str
    per: str
    setting: str
    design: str
    source_id: str
    note: str


@lru_cache(maxsize=4)
def load_effects(folder: Path | None = None) -> tuple[Effect, ...]:
    """All effects, checked, in the order of the table; InputError at the first broken line."""
    sources = load_tables(folder).sources
    found = []
    for place, cells in csv_lines((folder or data_folder()) / "effects.csv", EFFECT_COLUMNS):
        lever, outcome, value, low, high, unit, per, setting, design, source_id, note = cells
        one_of("lever", lever, EFFECT_LEVERS, place)
        one_of("unit", unit, tuple(EFFECT_UNITS), place)
        one_of("source_id", source_id, tuple(sources), place)
        middle = _number(value, place)
        lowest = _number(low, place) if low else math.nan
        highest = _number(high, place) if high else math.nan
        if lowest > middle or highest < middle:
            raise InputError(
                f"{value} lies outside its own band {low} to {high}",
                where=place,
                allowed="low <= value <= high",
            )
        if source_id == "recall" and "memory" not in note:
            raise InputError(
                "a figure from memory must say so", where=place, allowed="a note saying it"
            )
        found.append(
            Effect(
                lever,
                outcome,
                middle,
                lowest,
                highest,
                unit,
                per,
                setting,
                design,
                source_id,
                note,
            )
        )
    return tuple(found)


def _number(text: str, place: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"'{text}' is not a size", where=place, allowed="a number")
    return value
