"""A finished run as the content of its part files: rows of `runs/`, `series/` and `log/`.

The same run gives the same bytes anywhere. Rows of `runs/` and `log/` end with a seal: whose run
of which study it is, the hash of its file in `series/`, and the hash of all other bytes of the
file itself. So a damaged, moved or foreign file is noticed without reading it as a table.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiments.run import Job

TABLES = ("series", "log", "runs")  # in the order in which they are written
SEAL = "mekong_seal"  # the key of the seal in the metadata of a Parquet file
Seal = dict[str, str | int]
DONE, FAILED = "done", "failed"
_FIND_BY = ("run", "scenario", "seed")  # columns by which a reader may leave out whole files
_TEXT = pa.dictionary(pa.int32(), pa.string())
_TIME = pa.dictionary(pa.int32(), pa.string(), ordered=True)  # so that tables sort and compare

SERIES_SCHEMA = pa.schema(
    [
        ("run", _TEXT),
        ("scenario", _TEXT),
        ("seed", pa.int64()),
        ("country", _TEXT),
        ("quarter", _TIME),
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
_OPENS = b'{"sha256":"'
_NONE = b"0" * 64  # stands for the hash of the file while it is worked out
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
_NUMBERS = ("design_point", "replication", "seed", "draw", "scale")


@dataclass(frozen=True)
class RunOutcome:
    """What came of a run, ready to be written: the content of each part file, and the error."""

    part: str
    files: dict[str, bytes]
    error: str = ""
    traceback: str = ""

    @property
    def done(self) -> bool:
        """True when the run finished without error."""
        return not self.error


def finished(job: Job, series: pd.DataFrame, log: dict[str, object]) -> RunOutcome:
    """The part files of a run that finished."""
    content = _parquet(_series_table(job, series))
    found = hashlib.sha256(content).hexdigest()
    files = {"series": content, "log": _log(job, log), "runs": row_of(job, DONE, found)}
    return RunOutcome(job.part, files)


def failed(job: Job, log: dict[str, object]) -> RunOutcome:
    """The part files of a run that failed; `log` has its error."""
    files = {"log": _log(job, log), "runs": row_of(job, FAILED)}
    return RunOutcome(job.part, files, str(log["error"]), str(log["traceback"]))


def seal_of(job: Job, status: str, series_hash: str = "") -> Seal:
    """What the row of a job says of itself."""
    return {
        "table": "runs",
        "part": job.part,
        "study": job.study,
        "run": job.run,
        **_numbers(job),
        "status": status,
        "series_sha256": series_hash,
    }


def _numbers(job: Job) -> dict[str, int]:
    """The whole numbers that tell a run from others, as its row and its seal have them."""
    return {name: getattr(job, name) for name in _NUMBERS}


def unsealed(content: bytes) -> Seal | None:
    """What a file says of itself; None where any of its bytes is not what was written."""
    start = content.rfind(_OPENS)
    end = content.find(b"}", start) + 1
    if start < 0 or not end:
        return None
    at = start + len(_OPENS)
    wanted = content[at : at + len(_NONE)]
    blank = content[:at] + _NONE + content[at + len(_NONE) :]
    if hashlib.sha256(blank).hexdigest().encode() != wanted:
        return None
    seal: Seal = json.loads(content[start:end])
    del seal["sha256"]
    return seal


def _sealed(table: pa.Table, seal: Mapping[str, str | int]) -> bytes:
    text = json.dumps({"sha256": _NONE.decode(), **seal}, separators=(",", ":"))
    content = _parquet(table, {SEAL: text})
    at = content.rfind(_OPENS) + len(_OPENS)
    found = hashlib.sha256(content).hexdigest().encode()
    return content[:at] + found + content[at + len(_NONE) :]


def _series_table(job: Job, series: pd.DataFrame) -> pa.Table:
    columns = []
    for field in SERIES_SCHEMA:
        if field.name in ("run", "scenario"):
            word = job.run if field.name == "run" else job.scenario.name
            codes = pa.array(np.zeros(len(series), dtype=np.int32))
            columns.append(pa.DictionaryArray.from_arrays(codes, pa.array([word])))
        elif field.name == "seed":
            columns.append(pa.array(np.full(len(series), job.seed, dtype=np.int64)))
        elif field.name == "quarter":
            time = pd.Categorical(series["quarter"])
            columns.append(pa.Array.from_pandas(time.as_ordered(), type=field.type))
        else:
            columns.append(pa.Array.from_pandas(series[field.name], type=field.type))
    return pa.Table.from_arrays(columns, schema=SERIES_SCHEMA)


def _log(job: Job, log: dict[str, object]) -> bytes:
    table = pa.Table.from_pylist([{"run": job.run, **log}], schema=LOG_SCHEMA)
    return _sealed(table, {"table": "log", "part": job.part, "study": job.study})


def row_of(job: Job, status: str, series_hash: str = "") -> bytes:
    """The row of a job in `runs/`, as the bytes of its file."""
    inputs = job.inputs
    schema = pa.schema(
        [
            *_RUN_FIELDS,
            *((f"x.{name}", pa.float64()) for name, _ in inputs),
            ("status", _TEXT),
        ]
    )
    row: dict[str, object] = {
        "run": job.run,
        "scenario": job.scenario.name,
        "baseline": job.baseline,
        **_numbers(job),
        "status": status,
        **{f"x.{name}": None if math.isnan(value) else value for name, value in inputs},
    }
    table = pa.Table.from_pylist([row], schema=schema)
    return _sealed(table, seal_of(job, status, series_hash))


def _parquet(table: pa.Table, about: Mapping[str, str] | None = None) -> bytes:
    words = [field.name for field in table.schema if not pa.types.is_floating(field.type)]
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink,
        table.schema,
        compression="zstd" if len(table) > 1 else "none",  # a compressor a column for one number
        use_dictionary=words,
        write_statistics=[name for name in _FIND_BY if name in words],
        write_page_checksum=True,
        write_batch_size=1 << 18,
    ) as writer:
        writer.write_table(table)
        if about:
            writer.add_key_value_metadata(about)
    return bytes(sink.getvalue().to_pybytes())
