"""The coefficients of the account: one table, read and checked once.

Low and high are bounds and no percentiles: results hold for every value between them.
`coefficients.csv` is next to this file; none of its rows is a parameter of a run.
"""

from __future__ import annotations

import csv
import functools
import itertools
import math
from collections.abc import Iterator
from pathlib import Path

from sim.errors import InputError
from sim.parameters.table import Parameter

TABLE_FILE = Path(__file__).with_name("coefficients.csv")
MECHANISM = "who gains"
_NUMBERS = ("low", "central", "high")
_WORDS = ("unit", "meaning", "source")

Values = dict[str, float]
"""One value of each coefficient, by name."""


@functools.cache
def coefficients() -> dict[str, Parameter]:
    """All coefficients by name, in the order of the table."""
    return read_coefficients(TABLE_FILE)


def read_coefficients(path: Path) -> dict[str, Parameter]:
    """The coefficients in a file.

    Raises InputError for a number that is missing, out of order or not above zero, a row without
    unit, meaning or source, and a name that is there twice.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    table: dict[str, Parameter] = {}
    for number, row in enumerate(rows, start=2):
        where = f"{path.name}, line {number}"
        found = _coefficient(row, where)
        if found.name in table:
            raise InputError(f"'{found.name}' is listed twice", where=where, todo="remove one")
        table[found.name] = found
    return table


def _coefficient(row: dict[str, str], where: str) -> Parameter:
    try:
        low, central, high = (float(row[name]) for name in _NUMBERS)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"a number is missing or unreadable: {error}",
            where=where,
            allowed="low, central and high",
        ) from error
    if not (0.0 < low <= central <= high < math.inf):
        raise InputError(
            f"'{row['name']}': low, central and high are {low:g}, {central:g} and {high:g}",
            where=where,
            allowed="numbers above zero in this order",
        )
    lacking = [name for name in _WORDS if not row.get(name)]
    if lacking:
        raise InputError(f"'{row['name']}' lacks {', '.join(lacking)}", where=where)
    return Parameter(
        name=row["name"],
        mechanism=MECHANISM,
        symbol=row["symbol"],
        unit=row["unit"],
        low=low,
        central=central,
        high=high,
        minimum=low,
        maximum=high,
        prior="linear",
        status="fixed",
        meaning=row["meaning"],
        source=row["source"],
    )


def central() -> Values:
    """The central value of each coefficient."""
    return {name: one.central for name, one in coefficients().items()}


def corners() -> Iterator[Values]:
    """All combinations of the ends of the ranges."""
    table = coefficients()
    for ends in itertools.product(*((one.low, one.high) for one in table.values())):
        yield dict(zip(table, ends, strict=True))
