"""What is wrong with one file, collected and told together."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from sim.errors import InputError

_LONGEST = 60
MOST_TOLD = 10  # problems of one file that are told; of the others only their number


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: the key it is about, what, what is allowed, what to do."""

    key: str
    what: str
    allowed: str | None = None
    todo: str | None = None

    @classmethod
    def of(cls, key: str, error: InputError) -> Problem:
        """An error that another part of the program raised, about this key."""
        return cls(key, error.what, error.allowed, error.todo)


def refusal(file: str, problems: Iterable[Problem], lines: dict[str, int]) -> InputError:
    """One error for all problems of a file; `lines` gives the line of each key."""
    ordered = sorted(
        dict.fromkeys(problems), key=lambda p: (_line(p.key, lines) or 0, p.key, p.what)
    )
    told = [
        InputError(p.what, where=_where(file, p.key, lines), allowed=p.allowed, todo=p.todo)
        for p in ordered[:MOST_TOLD]
    ]
    if len(ordered) == 1:
        return told[0]
    parts = [f"{file} cannot be used: {len(ordered):,} problems"]
    parts += [f"{number}. {error}" for number, error in enumerate(told, start=1)]
    if len(ordered) > len(told):
        parts.append(f"and {len(ordered) - len(told):,} more; correct these first")
    return InputError("\n".join(parts))


def _where(file: str, key: str, lines: dict[str, int]) -> str:
    line = _line(key, lines)
    return ", ".join([file, *([f"line {line}"] if line else []), *([key] if key else [])])


def _line(key: str, lines: dict[str, int]) -> int | None:
    """Line of a key, or of the nearest table around it."""
    while key and key not in lines:
        key = key[: max(key.rfind("."), key.rfind("["), 0)]
    return lines.get(key)


def shown(value: object) -> str:
    """A value as a person would write it in the file, shortened."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str):
        text = '"' + value[:_LONGEST].replace("\n", "\\n").replace("\t", "\\t") + '"'
        text = text if len(value) <= _LONGEST else text[:-1] + "..."
    elif isinstance(value, int):
        text = str(value) if abs(value) < 10**18 else "a very large number"
    elif isinstance(value, float):
        text = str(value)
    elif isinstance(value, list | tuple):
        text = f"[{', '.join(shown(item) for item in value[:_LONGEST])}]"
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{key} = ..." for key in list(value)[:3]) + "}"
    else:
        text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def kind(value: object) -> str:
    """What sort of thing a value is, in words."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int | float):
        return "a number" if math.isfinite(_as_float(value)) else "not a finite number"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, datetime.date | datetime.time):
        return "a date or time"
    return "something else"


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def as_number(value: object) -> float | None:
    """A whole or decimal number as float (infinite if too large), or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return _as_float(value) + 0.0  # + 0.0 makes one zero of the two


T = TypeVar("T")


def attempt(problems: list[Problem], key: str, action: Callable[[], T]) -> T | None:
    """The result of an action, or None with its InputError noted under `key`."""
    try:
        return action()
    except InputError as error:
        problems.append(Problem.of(key, error))
        return None
