"""The result store: every run whole on disk as soon as it is finished.

Each run has one small Parquet file in each of `series/`, `log/` and `runs/`, written under a
temporary name and renamed. The row in `runs/` comes last, so a run counts only when all of it is
there. A folder of such files is one table for Arrow, pandas, R and DuckDB alike.

A file counts only where its seal says that it is this run of this study (`parts.unsealed`), under
the name that this run has. Whatever else lies in the three folders is named in a warning.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import MekongWarning, OutputError
from sim.experiments.run import Job
from sim.experiments.run_list import Shard, shard_from
from sim.experiments.storage.atomic_write import write_bytes
from sim.experiments.storage.folder import read_manifest
from sim.experiments.storage.part_files import (
    DONE,
    FAILED,
    TABLES,
    RunOutcome,
    Seal,
    seal_of,
    unsealed,
)
from sim.experiments.storage.series_reader import SeriesReader
from sim.experiments.storage.system_errors import reading_trouble
from sim.experiments.study import study_key

MISSING, DAMAGED = "missing", "damaged"
MOST_NAMED = 10
_PART = re.compile(r"[0-9a-f]{24}-[a-z0-9_-]+\.parquet")


class ForeignFiles(MekongWarning):
    """A result folder holds files that belong to no run of its study; they are not counted."""


class Store:
    """The tables `runs/`, `series/` and `log/` of one result folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: _Rows | None = None
        self._warned = False
        self._reader = SeriesReader()

    def path(self, table: str, part: str) -> Path:
        """Where a part of a table is kept."""
        return self.folder / table / part

    def parts(self, table: str) -> list[Path]:
        """The part files of a table that belong to runs of the study, in order of their names."""
        paths = (self.path(table, part) for part in self._rows().seals)
        return [path for path in paths if table == "runs" or path.is_file()]

    def statuses(self) -> dict[str, str]:
        """Of every run that is there, whether it is `done` or `failed`, by the name of its part."""
        return {part: str(seal["status"]) for part, seal in self._rows().seals.items()}

    @property
    def failed(self) -> int:
        """How many of the runs that are there failed."""
        return list(self.statuses().values()).count(FAILED)

    def state(self, job: Job) -> str:
        """`done`, `failed`, `missing`, or `damaged` where a file is not what was written."""
        content = _bytes(self.path("runs", job.part))
        if content is None:
            return MISSING
        seal = unsealed(content)
        if seal is None or seal.get("status") not in (DONE, FAILED):
            return DAMAGED
        status, wanted = str(seal["status"]), str(seal.get("series_sha256"))
        if seal != seal_of(job, status, wanted):
            return DAMAGED
        return status if self._whole(job.part, status, wanted) else DAMAGED

    def _whole(self, part: str, status: str, wanted: str) -> bool:
        """Whether log and series of a run are what was written; a log may be taken away."""
        log = _bytes(self.path("log", part))
        if log is not None:
            seal = unsealed(log)
            if seal is None or (seal["table"], seal["part"]) != ("log", part):
                return False
        if status == FAILED:
            return True
        series = _bytes(self.path("series", part))
        return series is not None and hashlib.sha256(series).hexdigest() == wanted

    def done(self, job: Job) -> bool:
        """True when this run is there, whole and without error."""
        return self.state(job) == DONE

    def keep(self, outcome: RunOutcome) -> None:
        """Write what came of a run; its row last."""
        self._known = None
        for table in TABLES:
            if table in outcome.files:
                write_bytes(self.path(table, outcome.part), outcome.files[table])
        if "series" not in outcome.files:
            self.path("series", outcome.part).unlink(missing_ok=True)

    def discard(self, job: Job) -> None:
        """Remove the row of a run that is to be done again, so that nobody stumbles over it."""
        self._known = None
        self.path("runs", job.part).unlink(missing_ok=True)

    def states(self) -> dict[str, str]:
        """`done`, `failed` or `damaged` of every run whose row is there, by part."""
        rows = self._scan()
        found = dict.fromkeys(rows.damaged, DAMAGED)
        for part, seal in rows.seals.items():
            status = str(seal["status"])
            whole = self._whole(part, status, str(seal["series_sha256"]))
            found[part] = status if whole else DAMAGED
        return dict(sorted(found.items()))

    def copy_to(self, target: Store) -> list[str]:
        """Copy the runs that the target lacks; returns the parts that are damaged."""
        there = target.states()
        for part, state in (states := self.states()).items():
            if state != DAMAGED and there.get(part) != DONE:
                contents = ((table, _bytes(self.path(table, part))) for table in TABLES)
                files = {table: content for table, content in contents if content is not None}
                target.keep(RunOutcome(part, files, "" if state == DONE else FAILED))
        return [part for part, state in states.items() if state == DAMAGED]

    def attempts(self, job: Job) -> int:
        """How often this run was tried before."""
        content = _bytes(self.path("log", job.part))
        if content is None or unsealed(content) is None:
            return 0
        return int(_table(content, f"log/{job.part}", ["attempts"])["attempts"][0].as_py())

    def runs(self) -> pd.DataFrame:
        """One row a run, finished or failed. Raises OutputError where one is damaged."""
        self.warn()
        return self._read("runs")

    def log(self) -> pd.DataFrame:
        """When and how each run went."""
        return self._read("log")

    def _read(self, table: str) -> pd.DataFrame:
        tables = []
        for path in self.parts(table):
            content, where = path.read_bytes(), f"{table}/{path.name}"
            if unsealed(content) is None:
                raise _damaged([where])
            tables.append(_plain(_table(content, where)))
        if not tables:
            return pd.DataFrame()
        frame: pd.DataFrame = pa.concat_tables(tables, promote_options="default").to_pandas()
        return frame

    def series(
        self, indicators: Sequence[str] | None = None, groups: Sequence[str] | None = None
    ) -> Iterator[pd.DataFrame]:
        """The series of one finished run after another, so that no study has to fit in memory."""
        self.warn()
        for part, status in self.statuses().items():
            if status == DONE:
                yield self.one(part, indicators, groups)

    def one(
        self,
        part: str,
        indicators: Sequence[str] | None = None,
        groups: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """The series of one run. Raises OutputError when its file is not what was written."""
        where = f"series/{part}"
        content, wanted = _bytes(self.path("series", part)), self._wanted(part)
        if content is None or hashlib.sha256(content).hexdigest() != wanted:
            raise _damaged([where])
        try:
            return self._reader.read(content, indicators, groups)
        except (OSError, MemoryError, ImportError, pa.ArrowException) as error:
            raise reading_trouble(error, where) from error

    def _wanted(self, part: str) -> str:
        """The hash that the series of a run must have."""
        if self._known is not None and part in self._known.seals:
            return str(self._known.seals[part]["series_sha256"])
        content = _bytes(self.path("runs", part))
        seal = None if content is None else unsealed(content)
        if seal is None or seal["part"] != part:
            raise _damaged([f"runs/{part}"])
        return str(seal["series_sha256"])

    def refresh(self) -> None:
        """Look at the folder anew; another object may have written to it."""
        self._known = None

    def warn(self) -> None:
        """Warn of files that belong to no run of the study, once."""
        found = [] if self._warned else self.foreign()
        self._warned = True
        if found:
            warn_foreign(self.folder, found)

    def foreign(self, parts: frozenset[str] | None = None) -> list[str]:
        """What lies in the three folders and belongs to no run, each as `runs/name`.

        `parts` are the names that runs of the study have, where they are known; else a run that
        may still be under way is let pass.
        """
        rows = self._scan()
        found = list(rows.foreign)
        if parts is not None:
            found += [f"runs/{part}" for part in (*rows.seals, *rows.damaged) if part not in parts]
        for table in ("series", "log"):
            for name in _names(self.folder / table):
                path = self.folder / table / name
                if name in rows.seals or name in rows.damaged:
                    continue
                mine = name in parts if parts is not None else _PART.fullmatch(name) is not None
                under_way = mine and (parts is not None or len(rows.seals) < rows.wanted)
                if not (under_way and path.is_file()):
                    found.append(f"{table}/{name}")
        return sorted(set(found))

    def _rows(self) -> _Rows:
        if self._known is None:
            self._known = self._scan()
        if self._known.damaged:
            raise _damaged([f"runs/{part}" for part in self._known.damaged])
        return self._known

    def _scan(self) -> _Rows:
        """The rows of `runs/` that belong here, what is damaged, and what is foreign."""
        if self._known is not None:
            return self._known
        record = read_manifest(self.folder)
        belongs = _Belongs(record)
        rows = _Rows(int(record.get("stopped", {}).get("runs", record["runs"])))
        for name in _names(self.folder / "runs"):
            path = self.folder / "runs" / name
            content = _bytes(path) if _PART.fullmatch(name) and path.is_file() else None
            if content is None:
                rows.foreign.append(f"runs/{name}")
                continue
            seal = unsealed(content)
            if seal is None:
                rows.damaged.append(name)
            elif seal["part"] == name and seal["table"] == "runs" and belongs(seal):
                rows.seals[name] = seal
            else:
                rows.foreign.append(f"runs/{name}")
        if len(rows.seals) >= rows.wanted:  # all are there, so nothing else is a run
            rows.foreign += [f"runs/{name}" for name in rows.damaged]
            rows.damaged = []
        self._known = rows
        return rows


class _Rows:
    """What lies in `runs/`: seals by part, damaged parts, foreign files."""

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.seals: dict[str, Seal] = {}
        self.damaged: list[str] = []
        self.foreign: list[str] = []


class _Belongs:
    """Whether a row is one of a study, and of the shard that a folder holds."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        self.key = study_key(record)
        self.shard: Shard | None = None
        if record["shard"] != str(Shard()):
            self.shard = shard_from(record["shard"])
        self.draws = {draw: at for at, draw in enumerate(record["draws"])}
        self.seeds = {seed: at for at, seed in enumerate(record["seeds"])}
        self.points = int(record["points"])

    def __call__(self, seal: Seal) -> bool:
        if seal["study"] != self.key:
            return False
        if self.shard is None:
            return True
        drawn, seed = self.draws.get(int(seal["draw"])), self.seeds.get(int(seal["seed"]))
        if drawn is None or seed is None:
            return False
        point = max(int(seal["design_point"]) - 1, 0)
        return self.shard.has((drawn * self.points + point) * len(self.seeds) + seed)


def _names(folder: Path) -> list[str]:
    """Names in a folder but hidden ones, which no program reads as part of a table."""
    try:
        return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise reading_trouble(error, folder.name) from error


def _bytes(path: Path) -> bytes | None:
    """The content of a file, None where there is none. Raises MekongError for other trouble.

    A pipe or a device has no content: reading one may never end.
    """
    try:
        return path.read_bytes() if path.is_file() else None
    except (FileNotFoundError, IsADirectoryError):
        return None
    except (OSError, MemoryError) as error:
        raise reading_trouble(error, f"{path.parent.name}/{path.name}") from error


def _table(content: bytes, where: str, columns: list[str] | None = None) -> pa.Table:
    try:
        return pq.ParquetFile(pa.BufferReader(content)).read(columns=columns, use_threads=False)
    except (OSError, MemoryError, ImportError, pa.ArrowException) as error:
        raise reading_trouble(error, where) from error


def _plain(table: pa.Table) -> pa.Table:
    """Text as text, so that files whose words differ make one table."""
    for at, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(at, field.name, table.column(at).cast(pa.string()))
    return table.replace_schema_metadata(None)


def _damaged(where: list[str]) -> OutputError:
    more = f" ({len(where)} of them)" if len(where) > 1 else ""
    return OutputError(
        f"a part of the results cannot be read: it is damaged or gone{more}",
        where=_first(where),
        todo="repeat the command that made the folder: it does that run again and no other",
    )


def warn_foreign(folder: Path, found: list[str]) -> None:
    """Warn of files that belong to no run of the study in a folder."""
    some = "1 file belongs" if len(found) == 1 else f"{len(found)} files belong"
    warnings.warn(
        f"{some} to no run of the study in {folder}, so nothing in it is counted: "
        f"{_first(found)}. Programs that open the folders as tables would count it: move it away",
        ForeignFiles,
        stacklevel=3,
    )


def _first(names: list[str]) -> str:
    more = f", ... and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
