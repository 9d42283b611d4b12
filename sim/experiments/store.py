"""The result store: every run whole on disk as soon as it is finished.

Each run has one small Parquet file in each of `series/`, `log/` and `runs/`, written under a
temporary name and renamed. The row in `runs/` comes last, so a run counts only when all of it is
there. A folder of such files is one table for Arrow, pandas, R and DuckDB alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import OutputError
from sim.experiments.job import Job
from sim.experiments.parts import DONE, FAILED, HASH, TABLES, Outcome
from sim.experiments.writing import write_bytes

MISSING, DAMAGED = "missing", "damaged"


class Store:
    """The tables `runs/`, `series/` and `log/` of one result folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, table: str, part: str) -> Path:
        """Where a part of a table is kept."""
        return self.folder / table / part

    def parts(self, table: str) -> list[Path]:
        """The finished part files of a table, in order of their names."""
        found = (self.folder / table).glob("*.parquet")
        return sorted(path for path in found if not path.name.startswith("."))

    def state(self, part: str) -> str:
        """`done`, `failed`, `missing`, or `damaged` where a file is not what was written."""
        row, series = self.path("runs", part), self.path("series", part)
        if not row.is_file():
            return MISSING
        try:
            table = pq.read_table(row, columns=["status"], page_checksum_verification=True)
            status = table["status"].to_pylist()
            if status != [DONE]:
                return FAILED if status == [FAILED] else DAMAGED
            if not series.is_file():
                return MISSING
            wanted = (table.schema.metadata or {}).get(HASH, b"").decode()
            whole = hashlib.sha256(series.read_bytes()).hexdigest() == wanted
        except (OSError, pa.ArrowException):
            return DAMAGED
        return DONE if whole else DAMAGED

    def done(self, job: Job) -> bool:
        """True when this run is there, whole and without error."""
        return self.state(job.part) == DONE

    def keep(self, outcome: Outcome) -> None:
        """Write what came of a run; its row last."""
        for table in TABLES:
            if table in outcome.files:
                write_bytes(self.path(table, outcome.part), outcome.files[table])

    def attempts(self, job: Job) -> int:
        """How often this run was tried before."""
        path = self.path("log", job.part)
        if not path.is_file():
            return 0
        try:
            return int(pq.read_table(path, columns=["attempts"])["attempts"][0].as_py())
        except (OSError, pa.ArrowException, IndexError):
            return 0

    def runs(self) -> pd.DataFrame:
        """One row a run, finished or failed."""
        return self._read("runs")

    def log(self) -> pd.DataFrame:
        """When and how each run went."""
        return self._read("log")

    def _read(self, table: str) -> pd.DataFrame:
        frames = [_read_part(path).to_pandas() for path in self.parts(table)]
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
        for part in self.parts("runs"):
            path = self.path("series", part.name)
            if _read_part(part, columns=["status"])["status"].to_pylist() == [DONE]:
                yield self.one(path.name, indicators, groups)

    def one(
        self,
        part: str,
        indicators: Sequence[str] | None = None,
        groups: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """The series of one run. Raises OutputError when its file cannot be read."""
        wanted = {"indicator": indicators, "group": groups}
        chosen = [(name, "in", list(some)) for name, some in wanted.items() if some is not None]
        table = _read_part(self.path("series", part), filters=chosen or None)
        return pd.DataFrame(table.to_pandas())


def _read_part(
    path: Path,
    columns: list[str] | None = None,
    filters: list[tuple[str, str, list[str]]] | None = None,
) -> pa.Table:
    try:
        return pq.read_table(
            path, columns=columns, filters=filters, page_checksum_verification=True
        )
    except (OSError, pa.ArrowException) as error:
        raise OutputError(
            "a part of the results cannot be read: it is damaged or gone",
            where=f"{path.parent.name}/{path.name}",
            todo="repeat the command that made the folder: it does that run again and no other",
        ) from error
