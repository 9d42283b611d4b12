"""Two results side by side: in which inputs, versions and numbers they differ."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.load import load
from sim.analysis.shown import manifest_of
from sim.errors import InputError
from sim.experiments.execution.execute import DROP
from sim.experiments.study import IDENTITY

COLUMNS = ["what", "first", "second"]
NUMBERS = ["table", "row", "column", "first", "second", "change", "relative"]
COUNTS = ["table", "numbers", "differing", "rows_first_only", "rows_second_only"]
_ELSEWHERE = ("scenarios", "sources_hash", "parameters_hash", "environment")  # told in full
_INPUTS = {key: words for key, words in IDENTITY.items() if key not in _ELSEWHERE}
_MOST_WORDS = 60
_SAME = 1e-12  # of the larger number: what two ways of adding up may differ by


@dataclass(frozen=True)
class TwoResults:
    """Three tables, empty where nothing differs, and how many numbers were compared (`counts`)."""

    inputs: pd.DataFrame
    versions: pd.DataFrame
    numbers: pd.DataFrame
    counts: pd.DataFrame

    @property
    def same(self) -> bool:
        """True where both hold the same tables and every number is equal."""
        return not self.counts[COUNTS[2:]].to_numpy().any()


def diff(first: str | Path, second: str | Path) -> TwoResults:
    """Compare two result folders of one kind. Raises InputError for folders that are none.

    `inputs` lists scenarios, parameters, seeds, data; `versions` program, libraries, commit and
    command; `numbers` every cell of a common table that differs, largest relative change first.
    """
    one, other = load(first, missing=DROP), load(second, missing=DROP)
    if one.kind != other.kind:
        raise InputError(
            f"the two results are of different kinds: {one.kind} and {other.kind}",
            todo="name two folders that the same command has made",
        )
    mine, theirs = (manifest_of(result) for result in (one, other))
    draws = set(mine.get("parameters", {})) & set(theirs.get("parameters", {}))
    cells, counts = [], []
    others = other.tables
    for name, table in one.tables.items():
        if name in others:
            found, count = _compared(name, table, others[name])
            cells.append(found)
            counts.append(count)
    numbers = pd.concat(cells, ignore_index=True) if cells else pd.DataFrame(columns=NUMBERS)
    order = numbers["relative"].abs().sort_values(ascending=False, kind="stable").index
    return TwoResults(
        pd.DataFrame(_differing(_inputs(mine, draws), _inputs(theirs, draws)), columns=COLUMNS),
        pd.DataFrame(_differing(_versions(mine), _versions(theirs)), columns=COLUMNS),
        numbers.loc[order].reset_index(drop=True),
        pd.DataFrame(counts, columns=COUNTS),
    )


def _inputs(record: Mapping[str, Any], common: set[str]) -> dict[str, str]:
    found = {words: _text(record[key]) for key, words in _INPUTS.items() if key in record}
    found |= _flat("question", record.get("identity", {}))
    for name, text in record.get("resolved_scenarios", {}).items():
        found |= _flat(f"scenario {name}", tomllib.loads(text)) or {f"scenario {name}": "there"}
    draws = record.get("parameters", {})
    for draw, values in draws.items() if isinstance(draws, dict) else ():
        if isinstance(values, dict) and draw in common:
            found |= _flat(f"parameters of draw {draw}", values)
    return found


def _versions(record: Mapping[str, Any]) -> dict[str, str]:
    found = {name: str(version) for name, version in record.get("environment", {}).items()}
    if "sim" in found:
        found["mekong-digital-economy"] = found.pop("sim")
    for key, words in {
        "commit": "commit",
        "changed_since": "changed since the commit",
        "sources_hash": IDENTITY["sources_hash"],
        "engine": "engine",
        "command": "command",
    }.items():
        if key in record:
            found[words] = _text(record[key])
    return found


def _flat(name: str, value: Any) -> dict[str, str]:
    """Values of a nested table by their dotted name."""
    if isinstance(value, dict):
        parts = (_flat(f"{name}: {key}" if ":" not in name else f"{name}.{key}", one)
                 for key, one in value.items())  # fmt: skip
        return {key: one for part in parts for key, one in part.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        parts = (_flat(f"{name}[{at}]", one) for at, one in enumerate(value, start=1))
        return {key: one for part in parts for key, one in part.items()}
    return {name: _text(value)}


def _text(value: Any) -> str:
    if isinstance(value, str) and len(value) == 64:
        return value[:12]
    if isinstance(value, list) and len(value) > 10:
        return f"{value[0]} to {value[-1]}, {len(value)} of them"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= _MOST_WORDS else text[: _MOST_WORDS - 3] + "..."


def _differing(one: dict[str, str], other: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for name in dict.fromkeys([*one, *other]):
        mine, theirs = one.get(name, "-"), other.get(name, "-")
        if mine != theirs:
            yield name, mine, theirs


def _compared(
    name: str, one: pd.DataFrame, other: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[object, ...]]:
    """Cells of a table that differ, and the counts of the table."""
    common = [column for column in one.columns if column in other.columns]
    values = [c for c in common if all(_is_value(t[c]) for t in (one, other))]
    keys = [c for c in common if c not in values]
    mine, theirs = (_by_key(table, keys, values) for table in (one, other))
    both = mine.index.intersection(theirs.index, sort=False)
    left, right = (side.loc[both].to_numpy(np.float64) for side in (mine, theirs))
    size = np.fmax(np.abs(left), np.abs(right))
    equal = (np.abs(left - right) <= _SAME * size) | (np.isnan(left) & np.isnan(right))
    rows, columns = np.nonzero(~equal)
    words = [" ".join(str(part) for part in key[:-1] if part != "") for key in both]
    first, second = left[rows, columns], right[rows, columns]
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(first != 0.0, (second - first) / np.abs(first), np.nan)
    cells = pd.DataFrame(
        {
            "table": name,
            "row": [words[row] for row in rows],
            "column": [values[column] for column in columns],
            "first": first,
            "second": second,
            "change": second - first,
            "relative": relative,
        },
        columns=NUMBERS,
    )
    lost = (len(mine) - len(both), len(theirs) - len(both))
    return cells, (name, left.size, len(rows), *lost)


def _is_value(column: pd.Series) -> bool:
    return pd.api.types.is_float_dtype(column) or (
        pd.api.types.is_integer_dtype(column) and str(column.name) not in ("year", "seed", "draw")
    )


def _by_key(table: pd.DataFrame, keys: list[str], values: list[str]) -> pd.DataFrame:
    """Rows by their words and, where these are the same, by their place among them."""
    words = table[keys].astype(object).where(table[keys].notna(), "")
    place = words.groupby(keys, sort=False).cumcount() if keys else pd.Series(range(len(table)))
    index = pd.MultiIndex.from_arrays(
        [*(words[key].to_numpy(object) for key in keys), np.asarray(place)]
    )
    found = table[values].astype("Float64").to_numpy(np.float64, na_value=np.nan)
    return pd.DataFrame(found, index=index, columns=values)
