"""Templates of pages, filled in by Jinja."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.errors import InputError

HERE = Path(__file__).parent
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


EPOCH = "SOURCE_DATE_EPOCH"  # seconds since 1970 that stand for today, so that bytes repeat


def written_on() -> str:
    """Today in words; the day of `EPOCH` where that variable is set."""
    epoch = os.environ.get(EPOCH, "")
    day = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now()
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def environment(folder: Path = HERE) -> Any:
    """Where templates of a folder are found, and style that all pages share.

    Raises InputError where the extra `report` is not installed.
    """
    try:
        import jinja2
    except ImportError:
        raise InputError(
            "the page needs jinja2, which is not installed",
            todo="pip install 'mekong-digital-economy[report]'",
        ) from None
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(list(dict.fromkeys((folder, HERE)))),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
