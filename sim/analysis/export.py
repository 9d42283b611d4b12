"""A result as files for other programs: CSV, Stata, or one Parquet file.

Two tables: `series` (run, scenario, seed, draw, design_point, country, year or quarter, indicator,
group, value, unit) and `runs` (a row a run, with the values of its inputs). CSV and Parquet are
written run by run, whatever their size; a Stata file is made in memory and so has a limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.analysis.comparison.tables.outcomes import in_order
from sim.analysis.comparison.years import yearly as years_of
from sim.errors import InputError, known_name
from sim.experiments.execution.execute import REFUSE, refuse_missing
from sim.experiments.run import part_name
from sim.experiments.storage.atomic_write import sweep_up, writing
from sim.experiments.storage.csv_cells import safe_frame
from sim.experiments.storage.folder import HOLDER, INSIDE, read_manifest
from sim.experiments.storage.local_path import local_path, output_folder
from sim.experiments.storage.part_files import DONE, TABLES
from sim.experiments.storage.store import MOST_NAMED, Store
from sim.experiments.storage.system_errors import trouble
from sim.model.indicators import ALL_GROUPS, INDICATORS
from sim.rows import rows_where

FORMATS = ("csv", "dta", "parquet")
MOST_STATA_ROWS = 20_000_000
_JOINED_BY = ("run", "scenario")  # numbers of labels may differ between two files
_ABOUT = ["run", "scenario", "seed", "draw", "design_point"]
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
    """Write `series` and `runs` of a result in one format; returns the two paths.

    Raises InputError for unknown names or a Stata file too large, MekongError for missing runs,
    OutputError for trouble with the disk.
    """
    source = local_path(folder)
    record = read_manifest(source)
    if record.get(HOLDER):
        raise InputError(
            "the runs of this result are in the folders inside it",
            where=str(source),
            allowed=", ".join(list(record.get(INSIDE, ()))[:MOST_NAMED]),
            todo="export one of these; the tables in the folder itself hold the answer",
        )
    known_name(to, FORMATS, "--to", "format")
    for name in indicators or ():
        listed = "`mekong list indicators` lists them"
        known_name(name, INDICATORS, "--indicators", "indicator", listed)
    for name in groups or ():
        known_name(name, ALL_GROUPS, "--groups", "group")
    store = Store(source)
    refuse_missing(store, record, missing)
    target = output_folder(out) if out is not None else source / "export"
    if any(target.resolve().is_relative_to((source / kept).resolve()) for kept in TABLES):
        raise InputError(
            "the tables would lie among the files of the runs, and be read as runs",
            where=str(target),
            todo="choose another --out",
        )
    runs = in_order(store.runs(), record)
    paths = [target / f"series.{to}", target / f"runs.{to}"]
    try:
        sweep_up(target, {path.name for path in paths})
    except OSError as error:
        raise trouble(error, target) from error
    for path, frames in zip(
        paths, (_tables(store, runs, indicators, groups, yearly), iter([runs])), strict=True
    ):
        with writing(path) as file:
            _WRITERS[to](file, frames)
    return paths


def _tables(
    store: Store,
    runs: pd.DataFrame,
    indicators: Sequence[str] | None,
    groups: Sequence[str] | None,
    yearly: bool,
) -> Iterator[pd.DataFrame]:
    """The series of one finished run after another, with what tells runs apart."""
    wanted = None
    if indicators is not None:  # the parts of a ratio are needed to make its years
        wanted = [n for name in indicators for n in (name, *(INDICATORS[name].of or ()))]
    for run in rows_where(runs, status=DONE).to_dict("records"):
        series = store.one(part_name(run["run"], run["scenario"]), wanted, groups)
        frame = _yearly(series) if yearly else series
        if indicators is not None:
            frame = frame[frame["indicator"].isin(indicators)]
        time = "year" if yearly else "quarter"
        columns = ["country", time, "indicator", "group", "value", "unit"]
        frame = frame[columns].reset_index(drop=True)
        for at, name in enumerate(_ABOUT):
            frame.insert(at, name, run[name])
        yield frame.astype(dict.fromkeys(("country", "indicator", "group", "unit"), "str"))


def _yearly(series: pd.DataFrame) -> pd.DataFrame:
    units = series[["indicator", "unit"]].astype("str").drop_duplicates()
    table = years_of(series, 0).droplevel(["scenario", "seed", "draw"])
    table.columns.name = "year"
    frame = table.reset_index().melt(["country", "indicator", "group"], value_name="value")
    frame["year"] = frame["year"].astype("int64")
    return frame.dropna(subset="value").merge(units, on="indicator", how="left")


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

    Long names become x1, x2, ... with labels.
    """
    kept: list[pd.DataFrame] = []
    rows = 0
    for frame in frames:
        rows += len(frame)
        if rows > MOST_STATA_ROWS:
            raise InputError(
                f"a Stata file of more than {MOST_STATA_ROWS:,} rows would not fit in memory",
                todo="choose with --indicators and --groups, or export to parquet",
            )
        kept.append(frame)
    table = pd.concat(kept, ignore_index=True)
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
        write_index=False,
        version=118,
        variable_labels=labels,
        data_label="mekong-digital-economy",
    )


_WRITERS = {"csv": _csv, "parquet": _parquet, "dta": _stata}
