"""What Python users may hand over (tuples, NumPy numbers, paths), as a TOML file would hold it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import InputError


def plain_table(table: Mapping[Any, Any], where: str) -> dict[str, Any]:
    """A deep copy of a mapping in plain types; entries that are None are left out.

    Raises InputError for a key that is not text.
    """
    found: dict[str, Any] = {}
    for key, value in table.items():
        if not isinstance(key, str):
            raise InputError(f"the key {key!r} is not text", where=where, allowed="keys are text")
        if value is not None:
            found[key] = _plain(value, where)
    return found


def _plain(value: Any, where: str) -> Any:
    if isinstance(value, Mapping):
        return plain_table(value, where)
    if isinstance(value, list | tuple):
        return [_plain(item, where) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    return str(value) if isinstance(value, Path) else value
