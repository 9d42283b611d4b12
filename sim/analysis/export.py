"""A result as files for other programs.

csv, dta (Stata) and parquet hold two tables: `series`, a row a number (see `sim.analysis.series`),
and `runs`, a row a run with the values of its inputs. CSV and Parquet are written run by run,
whatever their size; the other formats are made in memory and so have a limit. nc is one cube for
xarray; iamc one table with a column a year, which pyam reads; xlsx and tex the tables of the
result. Without other wishes the series are the headline indicators of everybody by year.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.analysis.comparison.tables.outcomes import in_order
from sim.analysis.comparison.tables.own_indicators import own_units
from sim.analysis.load import load
from sim.analysis.series import (
    as_cube,
    as_periods,
    independent_draws,
    lacking,
    long_tables,
    quantiles,
    wanted_groups,
    wanted_indicators,
)
from sim.analysis.shown import attributes, manifest_of
from sim.errors import InputError, known_name
from sim.experiments.execution.execute import REFUSE, refuse_missing
from sim.experiments.storage.atomic_write import sweep_up, write_bytes, writing
from sim.experiments.storage.csv_cells import safe_frame
from sim.experiments.storage.folder import HOLDER, INSIDE, read_manifest
from sim.experiments.storage.local_path import local_path, output_folder
from sim.experiments.storage.part_files import TABLES
from sim.experiments.storage.store import MOST_NAMED, Store
from sim.experiments.storage.system_errors import trouble
from sim.quantile_bands import is_range
from sim.units import COUNTRY_NAMES, REGION

SERIES_FORMATS = ("csv", "dta", "parquet")
TABLE_FORMATS = ("xlsx", "tex")
FORMATS = (*SERIES_FORMATS, "nc", "iamc", *TABLE_FORMATS)
MOST_ROWS_IN_MEMORY = 20_000_000
EVERY = "every"  # of --groups; "all" is the group of everybody
_JOINED_BY = ("run", "scenario")  # numbers of labels may differ between two files
_IAMC = ["Model", "Scenario", "Region", "Variable", "Unit"]
_PERCENTILES = {"low": "|5th Percentile", "median": "", "high": "|95th Percentile"}
_RANGE = {"low": "|Minimum", "median": "", "high": "|Maximum"}  # of few draws
_NEVER = 1980  # a date that a file of the xlsx format has where it has none
_LABELS = {
    "run": "Run: hash of all that determines its numbers",
    "scenario": "Scenario",
    "baseline": "Scenario that effects are measured against",
    "seed": "Seed of the random numbers",
    "draw": "Parameter draw of the posterior (0: central); 10000 on: prior",
    "design_point": "Point of the design (0: none)",
    "replication": "Replication: place of the seed in the study",
    "scale": "People that one agent represents",
    "status": "done or failed",
    "country": "Country (ISO 3166), GMS5: the five countries together, or exporter-importer",
    "year": "Year: sum of flows, stock of the last quarter",
    "quarter": "Quarter",
    "indicator": "Indicator; mekong list indicators defines it",
    "group": "Group of people or firms",
    "value": "Value in the unit of the indicator",
    "unit": "Unit of the value",
}


def export(
    folder: str | Path,
    to: str = "csv",
    *,
    indicators: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    yearly: bool = True,
    out: str | Path | None = None,
    missing: str = REFUSE,
) -> list[Path]:
    """Write a result in one format; returns the paths of its files.

    `indicators` are those of `sim.analysis.series.HEADLINES` without any, `["all"]` for all;
    `groups` everybody, `["every"]` for all groups. Raises InputError for unknown names, a library
    that is not installed or a table too large, MekongError for missing runs, OutputError for
    trouble with the disk.
    """
    source = local_path(folder)
    known_name(to, FORMATS, "--to", "format")
    target = output_folder(out) if out is not None else source / "export"
    if any(target.resolve().is_relative_to((source / kept).resolve()) for kept in TABLES):
        raise InputError(
            "the tables would lie among the files of the runs, and be read as runs",
            where=str(target),
            todo="choose another --out",
        )
    if to in TABLE_FORMATS:
        found = load(source, missing=missing)
        files = _AS_TABLES[to](found.tables, attributes(manifest_of(found)))
        return _written(target, files)
    record = read_manifest(source)
    if record.get(HOLDER):
        raise InputError(
            "the runs of this result are in the folders inside it",
            where=str(source),
            allowed=", ".join(list(record.get(INSIDE, ()))[:MOST_NAMED]),
            todo="export one of these; the tables in the folder itself hold the answer",
        )
    names = wanted_indicators(indicators, own_units(record))
    several = wanted_groups(groups, groups is not None and list(groups) == [EVERY])
    store = Store(source)
    refuse_missing(store, record, missing)
    runs = in_order(store.runs(), record)
    tables = long_tables(store, runs, names, several, yearly)
    if to == "nc":
        cube = as_cube(_together(tables), attributes(record))
        if not yearly:  # a file of this format has no periods
            cube = cube.assign_coords(quarter=cube["quarter"].astype(str))
        return _written(target, {"series.nc": bytes(cube.to_netcdf(engine="scipy"))})
    if to == "iamc":
        text = _iamc(_together(tables), record, yearly).to_csv(index=False, lineterminator="\n")
        return _written(target, {"series_iamc.csv": text.encode()})
    paths = [target / f"series.{to}", target / f"runs.{to}"]
    _tidy(target, paths)
    for path, frames in zip(paths, (tables, iter([runs])), strict=True):
        with writing(path) as file:
            _WRITERS[to](file, frames)
    return paths


def _tidy(target: Path, paths: Sequence[Path]) -> None:
    try:
        sweep_up(target, {path.name for path in paths})
    except OSError as error:
        raise trouble(error, target) from error


def _written(target: Path, files: Mapping[str, bytes]) -> list[Path]:
    paths = [target / name for name in files]
    _tidy(target, paths)
    for path, content in zip(paths, files.values(), strict=True):
        write_bytes(path, content)
    return paths


def _together(frames: Iterator[pd.DataFrame]) -> pd.DataFrame:
    """One table. Raises InputError where it would not fit in memory."""
    kept: list[pd.DataFrame] = []
    for frame in frames:
        kept.append(frame)
        if sum(map(len, kept)) > MOST_ROWS_IN_MEMORY:
            raise InputError(
                f"a file of more than {MOST_ROWS_IN_MEMORY:,} rows would not fit in memory",
                todo="choose with --indicators and --groups, or export to parquet",
            )
    return pd.concat(kept, ignore_index=True)


def _csv(file: IO[bytes], frames: Iterator[pd.DataFrame]) -> None:
    for number, frame in enumerate(frames):
        text = safe_frame(frame).to_csv(index=False, header=number == 0, lineterminator="\n")
        file.write(text.encode("utf-8"))


def _parquet(file: IO[bytes], frames: Iterator[pd.DataFrame]) -> None:
    writer: pq.ParquetWriter | None = None
    for frame in frames:
        table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
        if writer is None:
            writer = pq.ParquetWriter(file, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _stata(file: IO[bytes], frames: Iterator[pd.DataFrame]) -> None:
    """Words become numbers with value labels, but for those that `series` and `runs` are merged by.

    Quarters are quarterly dates. Long names become x1, x2, ... with labels.
    """
    table = _together(frames)
    dates: dict[Any, Any] = {}
    if "quarter" in table.columns:
        table["quarter"] = as_periods(table["quarter"]).dt.to_timestamp()
        dates = {"quarter": "tq"}
    names = [str(name) for name in table.columns]
    inputs = [name for name in names if name.startswith("x.")]
    renamed = {name: f"x{number}" for number, name in enumerate(inputs, start=1)}
    labels = {renamed.get(name, name): _LABELS.get(name, name)[-80:] for name in names}
    table = table.rename(columns=renamed)
    for name in table.columns:
        if table[name].dtype == object or isinstance(table[name].dtype, pd.StringDtype):
            if name not in _JOINED_BY:
                table[name] = table[name].astype(str).astype("category")
            else:
                table[name] = table[name].astype(object)
    table.to_stata(
        file,
        convert_dates=dates,
        write_index=False,
        version=118,
        variable_labels=labels,
        data_label="mekong-digital-economy",
    )


def _iamc(table: pd.DataFrame, record: Mapping[str, Any], yearly: bool) -> pd.DataFrame:
    """A row a variable and end of its band over the runs of a scenario, a column a year.

    Variables are names of indicators, with group and end (a percentile, or minimum and maximum of
    few draws) after a bar. Raises InputError for quarters, or a design, whose points have no place
    in this format.
    """
    if not yearly:
        raise InputError("a table of the IAMC has years", where="--quarterly", todo="leave it out")
    if record["inputs"]:
        raise InputError(
            "the points of a design have no place in a table of the IAMC",
            allowed=", ".join(one for one in FORMATS if one != "iamc"),
        )
    found = quantiles(table)
    ends = _RANGE if is_range(independent_draws(table)) else _PERCENTILES
    region = found["country"].map({**COUNTRY_NAMES, REGION: "Greater Mekong (five countries)"})
    name = found["indicator"].where(
        found["group"] == "all", found["indicator"] + "|" + found["group"]
    )
    rows = []
    for column, ending in ends.items():
        part = found[["scenario", "unit", "year"]].assign(
            Model=f"mekong-digital-economy {record['environment']['sim']}",
            Region=region.fillna(found["country"].str.replace("-", ">")),
            Variable=name + ending,
            value=found[column],
        )
        rows.append(part.rename(columns={"scenario": "Scenario", "unit": "Unit"}))
    wide = pd.concat(rows).pivot_table(index=_IAMC, columns="year", values="value", sort=False)
    return wide.reset_index()


def _xlsx(tables: Mapping[str, pd.DataFrame], about: Mapping[str, Any]) -> dict[str, bytes]:
    """One workbook: a sheet a table, and one that says where the numbers come from."""
    try:
        import openpyxl
    except ImportError as error:
        raise lacking("openpyxl") from error
    buffer = io.BytesIO()
    book = openpyxl.Workbook()
    first = book.active
    first.title = "about"
    for row in about.items():
        first.append(row)
    for name, table in tables.items():
        sheet = book.create_sheet(name[:31])
        sheet.append([str(column) for column in table.columns])
        for row in safe_frame(table).astype(object).itertuples(index=False):
            sheet.append([_cell(value) for value in row])
        sheet.freeze_panes = "A2"
    book.save(buffer)
    return {"tables.xlsx": _timeless(buffer.getvalue())}


def _cell(value: object) -> object:
    if isinstance(value, np.generic):
        value = value.item()
    return None if value is None or value is pd.NA or value != value else value


def _timeless(content: bytes) -> bytes:
    """The same workbook without the time at which it was written."""
    found = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(found, "w") as new:
        for name in old.namelist():
            inside = old.read(name)
            if name == "docProps/core.xml":
                start, end = inside.find(b"<dcterms:"), inside.rfind(b"</dcterms:")
                inside = inside[:start] + inside[inside.find(b">", end) + 1 :]
            about = zipfile.ZipInfo(name, (_NEVER, 1, 1, 0, 0, 0))
            about.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(about, inside)
    return found.getvalue()


def _tex(tables: Mapping[str, pd.DataFrame], about: Mapping[str, Any]) -> dict[str, bytes]:
    """A file a table, for LaTeX with the packages booktabs and longtable."""
    head = "".join(f"% {name}: {words}\n" for name, words in about.items() if words)
    return {f"{name}.tex": (head + as_latex(table)).encode() for name, table in tables.items()}


def as_latex(table: pd.DataFrame) -> str:
    """A table with rules of booktabs, over pages where it is long; numbers of four digits."""
    numbers = [pd.api.types.is_numeric_dtype(table[name]) for name in table.columns]
    layout = "".join("r" if number else "l" for number in numbers)
    head = " & ".join(_escaped(name) for name in table.columns)
    lines = [rf"\begin{{longtable}}{{{layout}}}", r"\toprule", rf"{head} \\", r"\midrule"]
    lines += [r"\endhead", r"\bottomrule", r"\endfoot"]
    for row in table.astype(object).itertuples(index=False):
        lines.append(" & ".join(_escaped(_cell(value)) for value in row) + r" \\")
    return "\n".join([*lines, r"\end{longtable}", ""])


def _escaped(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:.4g}"
    text = str(value).replace("\\", r"\textbackslash ")
    return "".join(f"\\{one}" if one in "&%$#_{}" else one for one in text)


_WRITERS = {"csv": _csv, "parquet": _parquet, "dta": _stata}
_AS_TABLES = {"xlsx": _xlsx, "tex": _tex}
