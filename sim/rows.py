"""Rows of a table by what stands in its columns: one country, one indicator, one scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def rows_where(table: pd.DataFrame, /, **values: object) -> pd.DataFrame:
    """The rows in which every named column has its value. Raises KeyError for an unknown column."""
    for column, value in values.items():
        table = table[table[column] == value]
    return table


def row_where(table: pd.DataFrame, /, **values: object) -> pd.Series:
    """The first of these rows. Raises KeyError where there is none."""
    found = rows_where(table, **values)
    if found.empty:
        raise KeyError(tuple(values.values()))
    return found.iloc[0]
