"""A lever in words: how much a level is, how ambitious, what it does and what that rests on."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from sim.dashboard.links import digits
from sim.policy.levers import GRADES, LEVERS, Lever
from sim.resources import shipped
from sim.scenario import load_scenario
from sim.units import COUNTRY_NAMES

EVIDENCE = ("calibration", "evidence", "policies.csv")
NOTHING = "not used"
MODEST, USUAL, HIGH = 0.6, 1.5, "highest"  # of the usual level, up to which ambition is so called
SHARES = ("share", "ad-valorem rate")  # of units that are said in per cent
HAZARD = "1/year"
_SENTENCE = re.compile(r"(?<=[.;]) ")
_OPENING = re.compile(r"^(share|ad-valorem rate) (of |on )?")


def short_level(lever: Lever, level: float) -> str:
    """A level for the mark of a slider: `30 %, modest`."""
    if level == lever.neutral:
        return NOTHING
    ambition = ambition_of(lever, level)
    return f"{amount_of(lever, level)}{f', {ambition}' if ambition else ''}"


def amount_of(lever: Lever, level: float) -> str:
    """A level as a number that a person knows: per cent, US$, or a count."""
    if lever.unit.startswith(SHARES):
        return f"{digits(round(100 * level, 6))} %"
    if lever.unit == HAZARD:
        return f"{-100 * math.expm1(-level):.0f} %"
    return f"US$ {digits(level)}" if lever.is_money else digits(level)


def long_level(lever: Lever, level: float) -> str:
    """A level as the beginning of a sentence: `US$ 2 (2022) per person and year`."""
    amount, unit = amount_of(lever, level), lever.unit
    if unit == HAZARD:
        return f"{amount} of scam operations shut down within a year, on top of today"
    if unit.startswith(SHARES):
        tax = unit.startswith(SHARES[1])
        return f"{amount} {'tax on' if tax else 'of'} {_OPENING.sub('', unit)}"
    if lever.is_money:
        return f"{amount} {unit.removeprefix('constant 2022 US$ ')}, at prices of 2022"
    return f"{amount} {unit}"


@cache
def usual_level(name: str) -> float:
    """The highest level of a lever in the shipped scenario that has its usual dose; 0 if none."""
    usual = LEVERS[name].usual
    blocks = load_scenario(usual).levers.get(name, ()) if usual else ()
    return max((one.level for one in blocks), default=0.0)


def ambition_of(lever: Lever, level: float) -> str:
    """How far a level goes, seen from the usual one: modest, usual, high, highest."""
    usual = usual_level(lever.name)
    if level == lever.maximum:
        return HIGH
    if not usual:
        return ""
    ratio = level / usual
    return "modest" if ratio < MODEST else "usual" if ratio <= USUAL else "high"


def evidence(lever: Lever) -> str:
    """What the effect of a lever rests on, in words."""
    papers = _papers().get(lever.usual, 0)
    studies = f"; {papers} published studies bear on it" if papers > 1 else ""
    grade = GRADES[lever.grade].partition(",")[0]
    return f"Evidence: {grade}{studies}."


def explained(lever: Lever) -> str:
    """What a lever does, in two sentences, with its evidence and sources."""
    first = " ".join(_SENTENCE.split(lever.meaning)[:2]).rstrip(";")
    return f"{first.rstrip('.')}.\n\n{evidence(lever)} Sources: {lever.source}."


def place_words(place: str) -> str:
    """A country, or the two countries of a pair."""
    return " and ".join(COUNTRY_NAMES.get(iso, iso) for iso in place.split("-"))


def block_words(lever: Lever, block: Mapping[str, Any]) -> str:
    """A block of a scenario in words: how much, where, from when, until when."""
    where = block[lever.scope]
    if where == "all":
        places = "all pairs of countries" if lever.scope == "pairs" else "all five countries"
    else:
        several = [where] if isinstance(where, str) else list(where)
        places = ", ".join(_pair(place) for place in several)
    end = f" until {block['end']}" if "end" in block else ""
    return f"{long_level(lever, float(block['level']))}: {places}, from {block['start']}{end}"


def _pair(place: str) -> str:
    return "\u2013".join(COUNTRY_NAMES.get(iso, iso) for iso in place.split("-"))


@cache
def _papers() -> dict[str, int]:
    """Published studies by shipped policy; nothing where the table is not there."""
    path = shipped(*EVIDENCE)
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["policy"]: int(row["studies"]) for row in csv.DictReader(lines)}
