"""Text in the cells of CSV files: written so that a spreadsheet shows it and does not run it.

A cell that begins with `=`, `+`, `-`, `@`, a tab or a line break would be taken for a formula. It
gets an apostrophe before it, and so does one that has apostrophes before such a sign, so that
`text_of` always gives back what `cell_of` was given. Numbers are left alone.
"""

from __future__ import annotations

import re

import pandas as pd

_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_MARKED = re.compile("'+[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def cell_of(value: object) -> object:
    """A value as it is written to a CSV file."""
    if not isinstance(value, str) or not _FORMULA.match(value) or _NUMBER.fullmatch(value):
        return value
    return f"'{value}"


def text_of(cell: object) -> object:
    """What `cell_of` was given."""
    return cell[1:] if isinstance(cell, str) and _MARKED.match(cell) else cell


def safe_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with its texts as they are written to a CSV file."""
    safe = frame
    for name in frame.columns:
        if pd.api.types.is_numeric_dtype(frame[name]) or pd.api.types.is_bool_dtype(frame[name]):
            continue
        wrong = [one for one in frame[name].unique() if cell_of(one) is not one]
        if wrong:
            safe = safe.copy(deep=False) if safe is frame else safe
            safe[name] = frame[name].astype(object).map(cell_of)
    return safe
