"""Templates of pages, filled in by Jinja."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.errors import InputError

HERE = Path(__file__).parent


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
