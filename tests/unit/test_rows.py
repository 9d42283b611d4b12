"""Rows of a table by what stands in its columns."""

from __future__ import annotations

import pandas as pd
import pytest

from sim.rows import row_where, rows_where

TABLE = pd.DataFrame(
    {
        "country": ["KHM", "LAO", "KHM", "KHM"],
        "year": [2022, 2022, 2030, 2030],
        "value": [1.0, 2.0, float("nan"), 4.0],
    },
    index=[3, 5, 7, 9],
)


def test_rows_have_every_value_and_keep_their_order_and_index() -> None:
    assert list(rows_where(TABLE, country="KHM").index) == [3, 7, 9]
    assert list(rows_where(TABLE, country="KHM", year=2030).index) == [7, 9]
    assert list(rows_where(TABLE, country="KHM", year=2030, value=4.0).index) == [9]
    assert rows_where(TABLE, country="VNM").empty and rows_where(TABLE, value=float("nan")).empty
    newest = TABLE.groupby("country")["year"].transform("max")
    assert list(rows_where(TABLE, year=newest).index) == [5, 7, 9]
    assert len(TABLE) == 4


def test_one_row_is_the_first_and_none_is_an_error() -> None:
    assert row_where(TABLE, country="KHM", year=2022)["value"] == 1.0
    with pytest.raises(KeyError, match="VNM"):
        row_where(TABLE, country="VNM", year=2022)
    with pytest.raises(KeyError, match="group"):
        rows_where(TABLE, group="all")
