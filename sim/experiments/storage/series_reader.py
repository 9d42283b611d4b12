"""Series of finished runs, read as often as a study has runs.

The runs of a study have the same rows: only values and the name of the run differ. So the words of
a file (country, quarter, indicator, group, unit) are decoded once, and again only for a file in
which the bytes of these columns are others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

_WORDS = ("country", "quarter", "indicator", "group", "unit")
_OF_A_RUN = ("run", "scenario", "seed")
Wanted = tuple[tuple[str, ...] | None, tuple[str, ...] | None]


@dataclass(frozen=True)
class _Words:
    """The decoded words of the wanted rows, where these are, and the bytes that they came from."""

    stored: tuple[bytes, ...]
    wanted: Wanted
    rows: NDArray[np.intp]
    frame: pd.DataFrame


class SeriesReader:
    """Reads series from the contents of part files, and remembers the words of the last one."""

    def __init__(self) -> None:
        self._last: _Words | None = None

    def read(
        self,
        content: bytes,
        indicators: Sequence[str] | None = None,
        groups: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """The rows of some indicators and groups, all without any.

        Raises the errors of Arrow for a file that is not a series.
        """
        file = pq.ParquetFile(pa.BufferReader(content))
        wanted = tuple(None if some is None else tuple(some) for some in (indicators, groups))
        words = self._words(file, content, wanted)  # type: ignore[arg-type]
        values = file.read(columns=["value"], use_threads=False).column("value").to_numpy()
        run, scenario, seed = (_the_only(file, name) for name in _OF_A_RUN)
        count = len(words.rows)
        columns: dict[str, object] = {
            "run": _repeated(str(run), count),
            "scenario": _repeated(str(scenario), count),
            "seed": np.full(count, seed, dtype=np.int64),
            **{name: words.frame[name] for name in _WORDS},
            "value": values[words.rows],
        }
        return pd.DataFrame({name: columns[name] for name in file.schema_arrow.names}, copy=False)

    def _words(self, file: pq.ParquetFile, content: bytes, wanted: Wanted) -> _Words:
        stored = _stored(file, content)
        last = self._last
        if last is None or last.wanted != wanted or last.stored != stored:
            table = file.read(columns=list(_WORDS))
            chosen = np.ones(len(table), dtype=bool)
            for name, some in zip(("indicator", "group"), wanted, strict=True):
                if some is not None:
                    chosen &= np.asarray(table.column(name).to_pandas().isin(some))
            rows = np.flatnonzero(chosen)
            frame = table.take(pa.array(rows)).to_pandas()
            last = self._last = _Words(stored, wanted, rows, frame)
        return last


def _stored(file: pq.ParquetFile, content: bytes) -> tuple[bytes, ...]:
    """The bytes of the columns of words, in every row group."""
    about, names = file.metadata, file.schema_arrow.names
    found = []
    for group in range(about.num_row_groups):
        for name in _WORDS:
            chunk = about.row_group(group).column(names.index(name))
            start = chunk.dictionary_page_offset or chunk.data_page_offset
            found.append(content[start : start + chunk.total_compressed_size])
    return tuple(found)


def _the_only(file: pq.ParquetFile, name: str) -> str | int:
    """What a column has in every row, from the statistics of the file."""
    place = file.schema_arrow.names.index(name)
    found: str | int = file.metadata.row_group(0).column(place).statistics.min
    return found


def _repeated(word: str, count: int) -> pd.Categorical[str]:
    return pd.Categorical.from_codes(np.zeros(count, dtype=np.int64), pd.Index([word]))
