"""Reading the tables of figures; a broken one is refused with file, line and what is allowed."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from sim.data.schema import (
    COLUMNS,
    EARLIEST_EDITION,
    EARLIEST_ROW,
    INDICATOR_COLUMNS,
    KINDS,
    LAST_OUTCOME_YEAR,
    LATEST_EDITION,
    LATEST_ROW,
    PLACES,
    ROLES,
    SOURCE_COLUMNS,
    TABLES,
    UNIT_BOUNDS,
    IndicatorSpec,
    Row,
    Source,
    Tables,
    base_name,
)
from sim.errors import InputError, did_you_mean


def read_tables(folder: Path) -> Tables:
    """Read and check every table in `folder`; raise InputError at the first thing that is wrong."""
    indicators = _read_indicators(folder / "indicators.csv")
    sources = _read_sources(folder / "sources.csv")
    rows: list[Row] = []
    seen: dict[tuple[str, str, int, str, int, str], str] = {}
    for table in TABLES:
        for place, cells in csv_lines(folder / f"{table}.csv", COLUMNS):
            row = _checked(cells, place, table, indicators, sources)
            key = (row.indicator, row.country, row.year, row.kind, row.edition, row.source_id)
            if key in seen:
                raise InputError(
                    f"the same figure twice: {row.indicator} of {row.country} in {row.year}",
                    where=place,
                    allowed="one row for each indicator, country, year, kind, edition and source",
                    todo=f"remove it; the first one is in {seen[key]}",
                )
            seen[key] = place
            rows.append(row)
    return Tables(tuple(rows), indicators, sources)


def csv_lines(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    """The lines of a CSV file after its header, each with a text that says where it is."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(
            f"the table {path.name} is missing",
            where=str(path),
            allowed=f"a CSV file with the columns {','.join(columns)}",
            todo="restore it, or install the package again",
        ) from None
    except UnicodeDecodeError as problem:
        raise InputError(
            f"{path.name} is not readable text",
            where=f"{path.name}, byte {problem.start}",
            allowed="a CSV file saved as UTF-8",
        ) from None
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, [])
    if tuple(header) != columns:
        raise InputError(
            f"{path.name} has the wrong columns: {','.join(header) or 'none'}",
            where=f"{path.name}, line 1",
            allowed=",".join(columns),
        )
    for cells in reader:
        if not cells:
            continue
        place = f"{path.name}, line {reader.line_num}"
        if len(cells) != len(columns):
            raise InputError(
                f"{len(cells)} cells instead of {len(columns)}",
                where=place,
                allowed="one cell a column; text with a comma needs double quotes",
            )
        yield place, cells


def _read_indicators(path: Path) -> dict[str, IndicatorSpec]:
    found: dict[str, IndicatorSpec] = {}
    for place, (name, units, role, family) in csv_lines(path, INDICATOR_COLUMNS):
        spec = IndicatorSpec(name, tuple(units.split("|")), role, family)
        for unit in spec.units:
            one_of("unit", unit, tuple(UNIT_BOUNDS), place)
        one_of("role", role, ROLES, place)
        if name in found or not name:
            raise InputError(
                f"the indicator '{name}' is listed twice or has no name",
                where=place,
                allowed="one line for each indicator",
            )
        found[name] = spec
    return found


def _read_sources(path: Path) -> dict[str, Source]:
    found: dict[str, Source] = {}
    for place, cells in csv_lines(path, SOURCE_COLUMNS):
        source = Source(*cells)
        if source.source_id in found or not source.source_id or not source.title:
            raise InputError(
                f"the source '{source.source_id}' is listed twice, or lacks a name or a title",
                where=place,
                allowed="one line for each source, with source_id and title",
            )
        found[source.source_id] = source
    return found


def _checked(
    cells: list[str],
    place: str,
    table: str,
    indicators: dict[str, IndicatorSpec],
    sources: dict[str, Source],
) -> Row:
    name, country, year_text, value_text, unit, kind, edition_text, source_id, note = cells
    spec = indicators.get(name) or indicators.get(base_name(name))
    if spec is None:
        raise InputError(
            f"'{name}' is not a known indicator",
            where=place,
            allowed="a name listed in indicators.csv, with or without the ending of a breakdown",
            todo=did_you_mean(name, indicators) or "add it to indicators.csv",
        )
    one_of("country", country, PLACES, place)
    one_of("unit", unit, spec.units, place)
    one_of("kind", kind, KINDS, place)
    year = whole("year", year_text, EARLIEST_ROW, LATEST_ROW, place)
    edition = whole("edition", edition_text, EARLIEST_EDITION, LATEST_EDITION, place)
    value = number_in(value_text, unit, place)
    if source_id not in sources:
        raise InputError(
            f"'{source_id}' is not a known source",
            where=place,
            allowed="a source_id listed in sources.csv",
            todo=did_you_mean(source_id, sources) or "add it to sources.csv",
        )
    if spec.role in ("outcome", "evidence"):
        _respects_the_cut(name, year, kind, edition, place)
    if source_id == "recall" and (kind not in ("estimate", "forecast") or "memory" not in note):
        raise InputError(
            "a figure from memory must say so",
            where=place,
            allowed="kind estimate or forecast, and a note saying that it is from memory",
        )
    return Row(
        name,
        country,
        year,
        value,
        unit,
        kind,
        edition,
        source_id,
        note,
        spec.role,
        spec.family,
        table,
    )


def _respects_the_cut(name: str, year: int, kind: str, edition: int, place: str) -> None:
    if kind == "forecast" and edition > LAST_OUTCOME_YEAR:
        raise InputError(
            f"a forecast of {name} that was published in {edition}",
            where=place,
            allowed=f"forecasts published up to {LAST_OUTCOME_YEAR}",
            todo="keep it apart: later years are there to judge the model by",
        )
    if kind != "forecast" and year > LAST_OUTCOME_YEAR:
        raise InputError(
            f"{name} of {year} is something that the model predicts",
            where=place,
            allowed=f"years up to {LAST_OUTCOME_YEAR}",
            todo="keep it apart: later years are there to judge the model by",
        )


def one_of(what: str, text: str, allowed: Sequence[str], place: str) -> None:
    """Raise InputError unless `text` is one of the allowed words for `what`."""
    if text not in allowed:
        raise InputError(
            f"'{text}' is not an allowed {what}",
            where=place,
            allowed=", ".join(allowed),
            todo=did_you_mean(text, allowed) or None,
        )


def whole(what: str, text: str, lowest: int, highest: int, place: str) -> int:
    """The whole number in a cell; raise InputError unless it is from `lowest` to `highest`."""
    number = int(text) if text.isascii() and text.isdigit() else None
    if number is None or not lowest <= number <= highest:
        raise InputError(
            f"'{text}' is not a {what}",
            where=place,
            allowed=f"a whole number from {lowest} to {highest}",
        )
    return number


def number_in(text: str, unit: str, place: str) -> float:
    """The number in a cell; raise InputError unless it lies within the bounds of its unit."""
    low, high = UNIT_BOUNDS[unit]
    try:
        value = math.nan if "_" in text else float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise InputError(
            f"'{text}' is not a value in {unit}",
            where=place,
            allowed=f"a number from {low:g} to {high:g}",
            todo="shares are fractions, not per cent; money is whole, not in billions"
            if unit.startswith(("fraction", "usd"))
            else None,
        )
    return value
