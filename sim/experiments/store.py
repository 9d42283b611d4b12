"""The result folder: one Parquet part a run, written whole or not at all.

`series/` is written first and `runs/` last, so a row in `runs/` says that everything of that run
is there. A name that begins with a dot is a part that was being written when the program died.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import OutputError
from sim.experiments.job import Job

_TEXT = pa.dictionary(pa.int32(), pa.string())

SERIES_SCHEMA = pa.schema(
    [
        ("run", _TEXT),
        ("scenario", _TEXT),
        ("seed", pa.int64()),
        ("country", _TEXT),
        ("quarter", _TEXT),
        ("indicator", _TEXT),
        ("group", _TEXT),
        ("value", pa.float64()),
        ("unit", _TEXT),
    ]
)
LOG_SCHEMA = pa.schema(
    [
        ("run", _TEXT),
        ("started", pa.string()),
        ("wall_s", pa.float64()),
        ("machine", _TEXT),
        ("attempts", pa.int64()),
        ("error", pa.string()),
        ("traceback", pa.string()),
    ]
)
_RUN_FIELDS = [
    ("run", _TEXT),
    ("scenario", _TEXT),
    ("baseline", _TEXT),
    ("design_point", pa.int64()),
    ("replication", pa.int64()),
    ("seed", pa.int64()),
    ("draw", pa.int64()),
    ("scale", pa.int64()),
]


def trouble(error: OSError, path: Path) -> OutputError:
    """An error of the system while writing, in words."""
    reason = error.strerror or str(error)
    return OutputError(
        f"the results cannot be written: {reason}",
        where=str(path),
        todo="free some space or choose another folder with --out; finished runs are kept",
    )


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all (a temporary name first, then one rename)."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise trouble(error, path) from error


def write_text(path: Path, text: str) -> None:
    """`write_bytes` for text, in UTF-8 with plain line ends."""
    write_bytes(path, text.encode("utf-8"))


def _write_part(path: Path, table: pa.Table) -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    write_bytes(path, sink.getvalue().to_pybytes())


class Store:
    """The tables `runs/`, `series/` and `log/` of one result folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def parts(self, table: str) -> list[Path]:
        """The finished part files of a table, in order of their names."""
        found = (self.folder / table).glob("*.parquet")
        return sorted(path for path in found if not path.name.startswith("."))

    def done(self, job: Job) -> bool:
        """True when this run is there, whole and without error."""
        part = self.folder / "runs" / job.part
        if not part.is_file() or not (self.folder / "series" / job.part).is_file():
            return False
        status = pq.read_table(part, columns=["status"])["status"].to_pylist()
        return status == ["done"]

    def write(self, job: Job, series: pd.DataFrame, log: dict[str, object]) -> None:
        """Keep a finished run."""
        columns = ["country", "quarter", "indicator", "group", "value", "unit"]
        frame = series[columns].assign(run=job.run, scenario=job.scenario.name, seed=job.seed)
        table = pa.Table.from_pandas(
            frame[SERIES_SCHEMA.names], schema=SERIES_SCHEMA, preserve_index=False
        ).replace_schema_metadata(None)
        _write_part(self.folder / "series" / job.part, table)
        self._write_log(job, log)
        self._write_run(job, "done")

    def fail(self, job: Job, log: dict[str, object]) -> None:
        """Keep the fact that a run failed, with its error."""
        self._write_log(job, log)
        self._write_run(job, "failed")

    def attempts(self, job: Job) -> int:
        """How often this run was tried before."""
        path = self.folder / "log" / job.part
        if not path.is_file():
            return 0
        return int(pq.read_table(path, columns=["attempts"])["attempts"][0].as_py())

    def _write_log(self, job: Job, log: dict[str, object]) -> None:
        row = {"run": job.run, **log}
        table = pa.Table.from_pylist([row], schema=LOG_SCHEMA)
        _write_part(self.folder / "log" / job.part, table)

    def _write_run(self, job: Job, status: str) -> None:
        schema = pa.schema(
            [
                *_RUN_FIELDS,
                *((f"x.{name}", pa.float64()) for name, _ in job.inputs),
                ("status", _TEXT),
            ]
        )
        row: dict[str, object] = {
            "run": job.run,
            "scenario": job.scenario.name,
            "baseline": job.baseline,
            "design_point": job.design_point,
            "replication": job.replication,
            "seed": job.seed,
            "draw": job.draw,
            "scale": job.scale,
            "status": status,
            **{f"x.{name}": value for name, value in job.inputs},
        }
        _write_part(self.folder / "runs" / job.part, pa.Table.from_pylist([row], schema=schema))

    def runs(self) -> pd.DataFrame:
        """One row a run, finished or failed."""
        return self._read("runs")

    def log(self) -> pd.DataFrame:
        """When and how each run went."""
        return self._read("log")

    def _read(self, table: str) -> pd.DataFrame:
        frames = [pq.read_table(path).to_pandas() for path in self.parts(table)]
        if not frames:
            return pd.DataFrame()
        frame = pd.concat(frames, ignore_index=True)
        for name in frame.columns:
            if isinstance(frame[name].dtype, pd.CategoricalDtype):
                frame[name] = frame[name].astype(str)
        return frame

    def series(
        self, indicators: Sequence[str] | None = None, groups: Sequence[str] | None = None
    ) -> Iterator[pd.DataFrame]:
        """The series of one finished run after another, so that no study has to fit in memory."""
        wanted = {"indicator": indicators, "group": groups}
        chosen = [(name, "in", list(some)) for name, some in wanted.items() if some is not None]
        for part in self.parts("runs"):
            status = pq.read_table(part, columns=["status"])["status"].to_pylist()
            path = self.folder / "series" / part.name
            if status == ["done"] and path.is_file():
                yield pq.read_table(path, filters=chosen or None).to_pandas()
