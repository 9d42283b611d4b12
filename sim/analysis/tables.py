"""Tables as files: whole US$, fractions with enough digits, empty where nothing is known."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from sim.experiments.storage.atomic_write import write_text
from sim.experiments.storage.csv_cells import cell_of

WHOLE = "US$"
_ALWAYS_MONEY = ("gap_usd_2030", "cost_usd")
_BY_MEASURE = ("value_2022", "value_2030")
_BY_UNIT = ("effect", "value", "low", "high")


def _cell(value: object, whole: bool) -> object:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float):
        text = f"{value:.0f}" if whole else f"{value:.8g}"
        return "0" if text == "-0" else text
    return cell_of(value)


def _money(frame: pd.DataFrame, column: str) -> list[bool]:
    """Which cells of a column are US$, and so whole."""
    if column in _ALWAYS_MONEY:
        return [True] * len(frame)
    if column in _BY_MEASURE and "measure" in frame.columns:
        return [str(measure).endswith("_usd") for measure in frame["measure"]]
    if column in _BY_UNIT and "unit" in frame.columns:
        return [WHOLE in str(unit) for unit in frame["unit"]]
    return [False] * len(frame)


def as_csv(frame: pd.DataFrame) -> str:
    """The table as text: money in whole US$, everything else with eight digits."""
    columns = {
        str(name): [
            _cell(value, whole)
            for value, whole in zip(
                frame[name].astype(object), _money(frame, str(name)), strict=True
            )
        ]
        for name in frame.columns
    }
    text: str = pd.DataFrame(columns, columns=frame.columns, dtype=object).to_csv(
        index=False, lineterminator="\n"
    )
    return text


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Write a table whole or not at all. Raises OutputError."""
    write_text(path, as_csv(frame))
