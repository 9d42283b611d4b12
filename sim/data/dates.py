"""Dates of rules and payment links: the year they start in, and the first quarter they count in."""

from __future__ import annotations

import datetime

from sim.data.schema import Row
from sim.errors import InputError
from sim.units import QUARTERS_PER_YEAR

_MIDDLE_OF_MONTH = 15


def start_year(row: Row) -> int:
    """The calendar year of a row in `year`, `date_yyyymm` or `date_yyyymmdd`."""
    return int(row.value) if row.unit == "year" else start_day(row).year


def start_day(row: Row) -> datetime.date:
    """The day of a row in `date_yyyymmdd`; the 15th where only the month is known.

    Raises InputError for a day that no calendar has, and for other units.
    """
    text = str(int(row.value))
    try:
        if row.unit == "date_yyyymmdd":
            return datetime.date(int(text[:4]), int(text[4:6]), int(text[6:]))
        if row.unit == "date_yyyymm":
            return datetime.date(int(text[:4]), int(text[4:]), _MIDDLE_OF_MONTH)
    except ValueError:
        pass
    raise InputError(
        f"'{text}' is not the date of {row.indicator} of {row.country}",
        where=f"{row.table}.csv",
        allowed="a day as 20240705 (date_yyyymmdd) or a month as 202407 (date_yyyymm)",
    )


def first_quarter(day: datetime.date) -> int:
    """The quarter (index) from which something that starts on `day` counts.

    That of the day if at least half of the quarter's days are left, the day included; else the
    next one.
    """
    quarter = day.year * QUARTERS_PER_YEAR + (day.month - 1) // 3
    begins, ends = _first_day(quarter), _first_day(quarter + 1)
    return quarter if 2 * (ends - day).days >= (ends - begins).days else quarter + 1


def _first_day(quarter: int) -> datetime.date:
    year, place = divmod(quarter, QUARTERS_PER_YEAR)
    return datetime.date(year, 3 * place + 1, 1)
