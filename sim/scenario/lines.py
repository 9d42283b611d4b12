"""In which line of a TOML text each key stands, for error messages.

A light reading, not a parser: tables, arrays of tables and plain keys. Keys inside inline tables
are not found; a message then names the line of what surrounds them, or none.
"""

from __future__ import annotations

import re

_NAME = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_DOTTED = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_TABLE = re.compile(rf"^\s*(\[\[?)\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"^\s*({_DOTTED})\s*=")
_FENCES = ('"""', "'''")


def line_numbers(text: str) -> dict[str, int]:
    """Line (from 1) of every key, named as in messages: `levers.broadband_investment[0].level`."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    table, fence = "", ""
    for number, line in enumerate(text.split("\n"), start=1):
        if fence:
            fence = "" if fence in line else fence
            continue
        if head := _TABLE.match(line):
            table = _plain(head[2])
            if head[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = f"{table}[{counts[table]}]"
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            name = _plain(key[1])
            found.setdefault(f"{table}.{name}" if table else name, number)
            fence = next((mark for mark in _FENCES if line.count(mark) == 1), "")
    return found


def _plain(dotted: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in re.findall(_NAME, dotted))
