"""Tables as files: whole US$, fractions with enough digits, empty where nothing is known."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from sim.experiments.store import write_text

WHOLE = "US$"


def _cell(value: object, whole: bool) -> object:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float):
        return f"{value:.0f}" if whole else f"{value:.8g}"
    return value


def _is_money(row: pd.Series, column: str) -> bool:
    if column in ("gap_usd_2030", "cost_usd"):
        return True
    if column in ("value_2022", "value_2030"):
        return str(row["measure"]).endswith("_usd")
    if column in ("effect", "low", "high") and "unit" in row.index:
        return str(row["unit"]).find(WHOLE) >= 0
    return False


def as_csv(frame: pd.DataFrame) -> str:
    """The table as text: money in whole US$, everything else with eight digits."""
    rows = [
        {name: _cell(row[name], _is_money(row, str(name))) for name in frame.columns}
        for _, row in frame.astype(object).iterrows()
    ]
    text: str = pd.DataFrame(rows, columns=frame.columns).to_csv(index=False, lineterminator="\n")
    return text


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Write a table whole or not at all. Raises OutputError."""
    write_text(path, as_csv(frame))
