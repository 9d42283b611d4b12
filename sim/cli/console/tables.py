"""Tables on the terminal and JSON for programs."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

PLAIN_WIDTH = 150  # columns where the output is not a terminal


def console() -> Console:
    """Where results are written."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else PLAIN_WIDTH
    # Names and titles may hold brackets and colons: text is never markup.
    return Console(width=width, highlight=False, soft_wrap=False, markup=False, emoji=False)


def table(
    title: str, columns: Sequence[str], right: Iterable[str] = (), tight: bool = False
) -> Table:
    """An empty table; columns in `right` are set flush right; a `tight` one wastes no space."""
    from rich import box
    from rich.table import Table

    made = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, title_style="bold")
    if tight:
        made.padding, made.pad_edge = (0, 0, 0, 1), False
    numbers = set(right)
    for name in columns:
        first = tight and not made.columns
        made.add_column(
            name,
            justify="right" if name in numbers else "left",
            overflow="fold",
            no_wrap=first,
        )
    return made


def bold(words: str) -> Text:
    """Words of a table that are to stand out."""
    from rich.text import Text

    return Text(words, style="bold")


def as_json(thing: Any) -> None:
    """Write JSON, and nothing else, to the standard output; what is unknown becomes null."""
    unicode = (getattr(sys.stdout, "encoding", None) or "").lower().startswith("utf")
    typer.echo(json.dumps(_plain(thing), indent=1, ensure_ascii=not unicode))


def records(frame: Any) -> list[dict[str, Any]]:
    """The rows of a data frame as dictionaries."""
    rows: list[dict[str, Any]] = frame.astype(object).to_dict("records")
    return rows


def _plain(thing: Any) -> Any:
    if isinstance(thing, dict):
        return {str(key): _plain(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [_plain(value) for value in thing]
    if thing is None or isinstance(thing, str | bool | int):
        return thing
    if hasattr(thing, "item"):
        return _plain(thing.item())
    if isinstance(thing, float):
        return thing if math.isfinite(thing) else None
    return None if str(thing) in ("<NA>", "NaT") else str(thing)
