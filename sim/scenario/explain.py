"""The findings of the shape check (pydantic), put into words for the person who wrote the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.errors import did_you_mean
from sim.policy.levers import LEVERS
from sim.scenario.problems import Problem, kind, shown
from sim.scenario.schema import KEYS, HorizonTable, LeverBlock, ScenarioTable

Location = tuple[int | str, ...]

_SHAPES: dict[str, type[BaseModel]] = {
    "": ScenarioTable,
    "horizon": HorizonTable,
    "levers": LeverBlock,
}
_NOT_TABLES = ("dict_type", "model_type", "model_attributes_type")


def problems_of(error: ValidationError) -> list[Problem]:
    """One problem per finding, without a word of pydantic's own."""
    return [
        _problem(finding["type"], finding["loc"], finding["input"])
        for finding in error.errors(include_url=False, include_context=False)
    ]


def key_of(location: Location) -> str:
    """`("levers", "x", 0, "level")` as `levers.x[0].level`."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _problem(code: str, location: Location, value: Any) -> Problem:
    key, name = key_of(location), str(location[-1]) if location else ""
    if code == "extra_forbidden":
        return _unknown(key, name, _section(location))
    if code == "missing":
        return _missing(key, name, _section(location))
    if location[:1] == ("levers",) and len(location) <= 3:
        return _not_blocks(key, location, value)
    if isinstance(location[-1], int):  # an item of a list
        what = f"{shown(value)} is {kind(value)}, not text"
        return Problem(key, what, "codes in quotes", 'for example ["KHM", "LAO"]')
    if code in _NOT_TABLES:
        what = f"'{name}' is {kind(value)}, not a table"
        return Problem(key, what, f"a table, written [{name}] with its keys below it")
    if code == "places" and isinstance(value, str):
        what = f"{shown(value)} is one piece of text, not a list"
        return Problem(key, what, _expected(location), f'for one place write ["{value}"]')
    what = f"{name} = {shown(value)} is {kind(value)}"
    todo = None if name in ("start", "end") else _remedy(code, value)
    return Problem(key, what, _expected(location), todo)


def _section(location: Location) -> str:
    """Which shape the table around a key has: the file itself, [horizon] or a lever block."""
    return str(location[0]) if len(location) > 1 else ""


def _expected(location: Location) -> str | None:
    field = _SHAPES[_section(location)].model_fields.get(str(location[-1]))
    return field.description if field else None


def _remedy(code: str, value: Any) -> str | None:
    if code == "float_type" and isinstance(value, str):
        return "take away the quotes"
    if code == "float_type" and isinstance(value, list):
        return "one number; write a second [[levers. ...]] block for another level"
    if code == "string_type" and not isinstance(value, list | dict):
        return "put it in quotes"
    return None


def _unknown(key: str, name: str, section: str) -> Problem:
    elsewhere = [place for place, keys in KEYS.items() if place != section and name in keys]
    todo = did_you_mean(name, KEYS[section]) or None
    if elsewhere and not section:
        heads = {"horizon": "[horizon]", "levers": "[[levers.NAME]]"}
        todo = f"'{name}' belongs under {' or '.join(heads[place] for place in elsewhere)}"
    elif "" in elsewhere:
        todo = f"'{name}' belongs at the top of the file, above the first table"
    elif elsewhere and todo is None:
        todo = "it belongs to another table"
    if not section and name in LEVERS:
        todo = f"begin a lever with [[levers.{name}]]"
    return Problem(key, f"unknown key '{name}'", ", ".join(KEYS[section]), todo)


def _missing(key: str, name: str, section: str) -> Problem:
    example = _SHAPES[section].model_fields[name].description
    return Problem(key, f"'{name}' is missing", example, f"add {name} = ...")


def _not_blocks(key: str, location: Location, value: Any) -> Problem:
    name = str(location[1]) if len(location) > 1 else "NAME"
    if isinstance(value, Mapping) and len(location) == 2:
        what = f"the lever '{name}' is written as one table, not as a list of blocks"
    else:
        what = f"'{key}' is {kind(value)}, not a list of blocks"
    allowed = "blocks that begin with a line in double brackets"
    return Problem(key, what, allowed, f"write [[levers.{name}]]")
