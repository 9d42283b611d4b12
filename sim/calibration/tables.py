"""Tables of the evidence as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiments.storage.atomic_write import write_text

if TYPE_CHECKING:
    import pandas as pd


def write_table(path: Path, frame: pd.DataFrame, digits: int | None = 6) -> None:
    """Write a table whole or not at all, numbers to so many significant digits (None: all)."""
    format_ = None if digits is None else f"%.{digits}g"
    write_text(path, frame.to_csv(index=False, lineterminator="\n", float_format=format_))
