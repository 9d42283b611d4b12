"""The points of a design in a CSV file: read strictly, with the file's own line numbers."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from sim.errors import InputError
from sim.experiments.design import MOST_POINTS, Design, csv_design
from sim.experiments.inputs import START
from sim.parameters.table import Parameter
from sim.scenario.files import decode
from sim.scenario.limits import LARGEST_DESIGN, read_bytes
from sim.scenario.problems import shown
from sim.units import QUARTERS_PER_YEAR, quarter_index

POINT = "design_point"
_QUARTER = re.compile(r"\d{4}Q[1-4]", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def read_design(path: Path, name: str, own: Sequence[Parameter] = ()) -> Design:
    """The design in a file that messages call `name`. Raises InputError with the line."""
    text = decode(read_bytes(path, name, LARGEST_DESIGN), name)
    if text.count("\n") > 2 * MOST_POINTS:
        raise InputError(
            "the file has too many lines", where=name, allowed=f"up to {MOST_POINTS:,} points"
        )
    lines = _lines(text, name)
    first = next(lines, None)
    if first is None:
        raise _no_points(name)
    at, heads = first[0], [cell.strip() for cell in first[1]]
    _check_heads(heads, f"{name}, line {at}")
    kept = [column for column, head in enumerate(heads) if head != POINT]
    rows = []
    for number, line in lines:
        where = f"{name}, line {number}"
        if len(line) != len(heads):
            raise InputError(
                f"the line has {len(line)} cells, the first line {len(heads)}",
                where=where,
                allowed="the same number of cells in every line",
                todo=_separator(line) or "put commas between the cells, and points in numbers",
            )
        rows.append([_cell(line[column], heads[column], where) for column in kept])
        if len(rows) > MOST_POINTS:
            raise InputError(
                "the design has too many points", where=where, allowed=f"up to {MOST_POINTS:,}"
            )
    if not rows or not kept:
        raise _no_points(name)
    try:
        return csv_design([heads[column] for column in kept], rows, own)
    except InputError as error:
        where = f"{name}, {error.where}" if error.where else name
        raise InputError(error.what, where=where, allowed=error.allowed, todo=error.todo) from None


def _lines(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Lines that hold something, each with the number of the line at which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for line in reader:
            if any(cell.strip() for cell in line):
                yield begins, line
            begins = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"this is not a table in CSV: {error}",
            where=f"{name}, line {begins}",
            todo="save it as CSV with commas; a quote that is opened must be closed",
        ) from None


def _check_heads(heads: list[str], where: str) -> None:
    todo = _separator(heads)
    if todo is not None:
        raise InputError("the cells are not separated by commas", where=where, todo=todo)
    for column, head in enumerate(heads, start=1):
        if not head:
            raise InputError(
                f"column {column} has no name",
                where=where,
                allowed="the names of inputs, such as parameters.trust_recovery",
                todo="name it, or take the column out",
            )
        if heads.count(head) > 1:
            raise InputError(f"there are two columns {shown(head)}", where=where)


def _separator(cells: list[str]) -> str | None:
    """What to do about a line whose cells seem to be separated by something else."""
    text = cells[0]
    if ";" in text:
        return "save it with commas between cells and points in numbers, not with semicolons"
    if len(cells) == 1 and "\t" in text.strip():
        return "save it with commas between cells, not with tabs"
    return None


def _cell(text: str, head: str, where: str) -> float:
    """The number in a cell; nan for an empty one, which leaves the input as it is.

    A start may be written as a quarter.
    """
    if not text.strip():
        return math.nan
    if head.endswith(f".{START}") and _QUARTER.fullmatch(text.strip()):
        return quarter_index(text.strip()) / QUARTERS_PER_YEAR
    value = float(text) if _NUMBER.fullmatch(text.strip()) else math.inf
    if not math.isfinite(value):
        raise InputError(
            f"{shown(text)} is not a number",
            where=where,
            allowed="a number with a decimal point, or nothing where the input stays as it is",
        )
    return value


def _no_points(name: str) -> InputError:
    return InputError(
        f"the file '{name}' holds no points",
        allowed="a line with the names of inputs, and a line for each point",
    )
