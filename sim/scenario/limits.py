"""How large a file that a person gives may be, looked at before any work is done on it.

The limits are far above what a scenario, a study or a design needs, and keep every refusal fast.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.errors import InputError

LARGEST_FILE = 1_000_000  # bytes of a scenario or a study
LARGEST_DESIGN = 50_000_000  # bytes of the CSV file of a design
DEEPEST = 8  # tables and lists inside one another; a scenario needs 4
MOST_KEYS = 1_000  # in one table
LONGEST_LIST = 100  # places of one lever block; there are ten
MOST_ENTRIES = 100_000  # values in a whole file
LONGEST_TEXT = 10_000  # characters of one piece of text
LARGEST_WHOLE = 2**63 - 1  # whole numbers of TOML have 64 bits
MOST_PARENTS = 20  # scenarios that build on one another

_TOKEN = re.compile(
    r"""
      (?P<text>\"{3}(?:[^\\]|\\.)*?\"{3,5} | '{3}.*?'{3,5} | "(?:[^"\\\n]|\\.)*" | '[^'\n]*')
    | (?P<word>[A-Za-z0-9_-]+) | (?P<dot>\.) | (?P<open>[\[{]) | (?P<close>[\]}])
    | (?P<comment>\#[^\n]*) | (?P<space>[ \t]+) | (?P<quote>["']) | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


def read_bytes(path: Path, label: str, most: int = LARGEST_FILE) -> bytes:
    """The content of a regular file. Raises InputError for devices and for what is too large."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise InputError(
                "this is not a regular file but a folder, a device or a pipe",
                where=label,
                allowed="a file",
                todo="save what it holds in a file, and name that",
            )
        with path.open("rb") as file:
            data = file.read(most + 1) if about.st_size <= most else b""
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be used"
        raise InputError("the file cannot be read", where=label, todo=reason) from None
    if about.st_size > most or len(data) > most:
        raise InputError(
            "the file is too large", where=label, allowed=f"up to {most // 1_000_000} MB"
        )
    return data


def refuse_deep_text(text: str, label: str) -> None:
    """Refuse a TOML text whose brackets or dotted keys are nested deeply. Raises InputError.

    Parsing such a text takes a time that grows with the square of its length, so this looks at
    brackets and dots only. It ends at a quote that is not closed: the parser will say so.
    """
    depth = dots = 0
    line = 1
    for found in _TOKEN.finditer(text):
        kind, piece = found.lastgroup, found[0]
        if kind == "quote":
            return
        if kind == "dot":
            dots += 1
        elif kind not in ("text", "word", "space"):
            dots = 0
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(depth - 1, 0)
        if depth > DEEPEST or dots > DEEPEST:
            raise _too_deep(f"{label}, line {line}")
        line += piece.count("\n")


def _too_deep(where: str) -> InputError:
    return InputError(
        "tables and lists are nested too deeply",
        where=where,
        allowed=f"up to {DEEPEST} inside one another; a lever block is [[levers.NAME]]",
    )


def refuse_large_table(table: Mapping[Any, Any], label: str) -> None:
    """Refuse a table that is too deep or holds too much. Raises InputError."""
    left = MOST_ENTRIES
    ahead: list[tuple[str, Any, int]] = [("", table, 0)]
    while ahead:
        key, value, depth = ahead.pop()
        where = f"{label}, {key}" if key else label
        left -= 1
        if left < 0:
            raise InputError(
                "the file holds too many values", where=label, allowed=f"up to {MOST_ENTRIES:,}"
            )
        if depth > DEEPEST:
            raise _too_deep(label)
        if isinstance(value, Mapping):
            if len(value) > MOST_KEYS:
                raise InputError(
                    f"the table has {len(value):,} keys",
                    where=where,
                    allowed=f"up to {MOST_KEYS:,}",
                )
            for name, inner in value.items():
                _refuse_long(name, "a key", where)
                ahead.append((f"{key}.{name}" if key else str(name), inner, depth + 1))
        elif isinstance(value, list | tuple):
            if len(value) > left:
                raise InputError(
                    f"the list has {len(value):,} entries",
                    where=where,
                    allowed=f"up to {MOST_ENTRIES:,} values in the whole file",
                )
            ahead += [(f"{key}[{n}]", inner, depth + 1) for n, inner in enumerate(value)]
        else:
            _refuse_long(value, "a text", where)


def _refuse_long(value: object, what: str, where: str) -> None:
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise InputError(
            f"{what} has {len(value):,} characters", where=where, allowed=f"up to {LONGEST_TEXT:,}"
        )
    if isinstance(value, int) and abs(value) > LARGEST_WHOLE:
        raise InputError(
            "a whole number has more than 18 digits",
            where=where,
            allowed=f"{-LARGEST_WHOLE} to {LARGEST_WHOLE}",
        )
