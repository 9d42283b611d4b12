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
    from rich.table import Column, Table
    from rich.text import Text

PLAIN_WIDTH = 150  # columns where the output is not a terminal
MOST_WIDE = 1000
PROSE_WIDTH = 16  # least width of a column of sentences


def console() -> Console:
    """Where results are written."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else PLAIN_WIDTH
    # Names and titles may hold brackets and colons: text is never markup.
    return Console(width=width, highlight=False, soft_wrap=False, markup=False, emoji=False)


def table(
    title: str,
    columns: Sequence[str],
    right: Iterable[str] = (),
    prose: Iterable[str] = (),
) -> Table:
    """An empty table: columns in `right` are flush right, those in `prose` hold sentences.

    The first column is not wrapped unless it holds sentences.
    """
    from rich import box
    from rich.table import Table

    made = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        padding=(0, 0, 0, 1),
        pad_edge=False,
    )
    numbers, sentences = set(right), set(prose)
    for name in columns:
        made.add_column(
            name,
            justify="right" if name in numbers else "left",
            overflow="fold",
            no_wrap=not made.columns and name not in sentences,
            min_width=PROSE_WIDTH if name in sentences else None,
        )
    return made


def show(made: Table, optional: Sequence[str] = ()) -> None:
    """Print a table so that no word is broken, however narrow the terminal is.

    Columns of sentences become narrower. Then the first of the `optional` columns is left out, and
    so on, which is said below the table. What is still too wide continues in a further block.
    """
    from rich.cells import cell_len

    out = console()
    if out.measure(made, options=out.options.update_width(MOST_WIDE)).maximum <= out.width:
        out.print(made)
        return
    for column in made.columns:
        if column.min_width is None:  # no sentences
            words = [*str(column.header).split(), *map(str, column.cells)]
            column.width = max(map(cell_len, words), default=1)
    dropped = []
    for name in optional:
        if _width(made.columns) > out.width:
            made.columns = [column for column in made.columns if column.header != name]
            dropped.append(name)
    first, *rest = made.columns
    while rest:
        made.columns = [first]
        while rest and (len(made.columns) == 1 or _width([*made.columns, rest[0]]) <= out.width):
            made.columns.append(rest.pop(0))
        if _width(made.columns) > out.width:
            made.columns[-1].width = None  # it has words to break between
        _widen(made.columns, out.width - _width(made.columns))
        out.print(made)
        made.title = None
    if dropped:
        out.print(f"Not shown (too wide): {', '.join(dropped)}; --json has them.")


def _widen(columns: Sequence[Column], spare: int) -> None:
    """Give what room is left to columns with long headings."""
    if any(column.width is None for column in columns):
        return
    while spare > 0:
        narrow = [one for one in columns if (one.width or 0) < len(str(one.header))]
        if not narrow:
            return
        for one in narrow[:spare]:
            one.width = (one.width or 0) + 1
        spare -= len(narrow)


def _width(columns: Sequence[Column]) -> int:
    """Characters that columns take with the space around them."""
    return sum((column.width or PROSE_WIDTH) + 2 for column in columns)


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
