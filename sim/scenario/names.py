"""What a scenario may be called: a name stands in tables, figures, files and on the terminal.

Names come from file names, from Python and from the dashboard; all pass through `scenario_name`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from sim.errors import InputError

LONGEST_NAME = 120
_MOST_BYTES = 200  # of UTF-8: names of files end at 255, and more stands beside the name
NAME_RULE = (
    f"1 to {LONGEST_NAME} letters, digits, spaces, `_`, `-`, `+` and `.`, beginning with a letter"
)
# Words that readers of CSV files (R, pandas, Stata, DuckDB, YAML) take for a missing value, a
# number or a truth value; R reads a column of nothing but T or F as truth values.
_LOST = re.compile("na|nan|nat|null|none|nil|missing|inf|infinity|true|false|yes|no|on|off")
_LOGICAL = ("T", "F")
# Names that Windows keeps for devices, with any ending.
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))]
)
# Spreadsheets turn these into dates: MAR1, sept-2, Jan 2026, Mar-3-2026.
_MONTH = (
    "jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|"
    "nov(ember)?|dec(ember)?"
)
_DATE = re.compile(rf"({_MONTH})[ .-]?\d{{1,4}}([ .-]\d{{1,4}})?")
_OTHERS = " _-+."
# Letters and marks that are drawn as nothing.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")


@lru_cache(maxsize=1024)
def scenario_name(name: str, where: str | None = None) -> str:
    """The name in its one spelling (Unicode NFC). Raises InputError with the reason."""
    text = unicodedata.normalize("NFC", name)
    reason = _fault(text)
    if reason is None:
        return text
    shown = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}..."
    raise InputError(
        f"'{shown}' cannot be the name of a scenario: {reason}",
        where=where,
        allowed=NAME_RULE,
        todo="give it another name; the name of a scenario file is the name of its scenario",
    )


def _fault(text: str) -> str | None:
    """Why a name cannot be used, or None."""
    if not text.strip():
        return "it is empty"
    if len(text) > LONGEST_NAME:
        return f"it has {len(text):,} characters"
    if len(text.encode("utf-8", "replace")) > _MOST_BYTES:
        return f"it takes more than {_MOST_BYTES} bytes in UTF-8"
    wrong = next((one for one in text if not _fits(one)), None)
    if wrong is not None:
        return f"it holds {_character(wrong)}"
    if not unicodedata.category(text[0]).startswith("L"):
        return f"it begins with {_character(text[0])}"
    if text[-1] in " .":
        return f"it ends with {_character(text[-1])}, which some systems drop"
    folded = text.casefold()
    if _LOST.fullmatch(folded) or text in _LOGICAL:
        return "programs that read tables take this word for a missing value or a truth value"
    if folded.split(".")[0].rstrip() in _DEVICES:
        return "Windows keeps this word for a device"
    if _DATE.fullmatch(folded):
        return "spreadsheets take it for a date"
    return None


def _fits(one: str) -> bool:
    kind = unicodedata.category(one)
    variant = "\ufe00" <= one <= "\ufe0f"  # chooses how the character before it is drawn
    return (kind[0] in "LM" and not variant and one not in _INVISIBLE) or (
        kind == "Nd" or one in _OTHERS
    )


def _character(one: str) -> str:
    known = {" ": "a space", "\t": "a tab", "\n": "a line break", "\r": "a line break"}
    if one in known:
        return known[one]
    if unicodedata.category(one)[0] in "CZ" or one in _INVISIBLE:
        return f"the character U+{ord(one):04X}"
    return f"'{one}'"


def refuse_alike(names: Iterable[str]) -> None:
    """Refuse names that are equal, or equal but for capital letters. Raises InputError."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.get(name.casefold())
        seen[name.casefold()] = name
        if other is None:
            continue
        what = f"two scenarios are named '{name}'"
        if other != name:
            what = (
                f"'{other}' and '{name}' differ only in capital letters, and are one name to some "
                "file systems and programs"
            )
        raise InputError(what, todo="give one of them another name")
