"""What was observed of the things that the model predicts, as one tidy table."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from sim.data.load import load_tables
from sim.data.schema import Row
from sim.data.select import Selection, one_a_year
from sim.units import COUNTRIES

if TYPE_CHECKING:
    import pandas as pd

OBSERVATION_COLUMNS = (
    "indicator",
    "country",
    "year",
    "value",
    "low",
    "high",
    "source_id",
    "kind",
    "family",
    "unit",
    "edition",
)
_BAND = {"low": "ecom_gmv_best_low", "high": "ecom_gmv_best_high"}


def observations(folder: Path | None = None) -> pd.DataFrame:
    """Observed outcomes of the five countries, up to 2024, and what is known of scams.

    One row for each indicator, country and year (scams: one for each figure, since their windows
    differ within a year). `low` and `high` are NaN except for the constructed e-commerce value.
    Forecasts and figures from memory are left out. `family` says which definition a figure
    follows; families are not to be mixed. Rows of kind `constructed` are a reading, not data.
    """
    import pandas as pd

    rows = load_tables(folder).rows
    data = Selection(rows)
    names = sorted({row.indicator for row in rows if row.role in ("outcome", "scam")})
    records = [
        _record(row, data)
        for name in names
        if name not in _BAND.values()
        for iso in COUNTRIES
        for row in _chosen(data.rows(name, iso))
    ]
    return pd.DataFrame.from_records(records, columns=list(OBSERVATION_COLUMNS))


def _chosen(rows: list[Row]) -> list[Row]:
    if rows and rows[0].role == "scam":
        return [row for row in rows if row.kind != "forecast" and row.source_id != "recall"]
    return one_a_year(rows)


def _record(row: Row, data: Selection) -> dict[str, object]:
    band = {"low": math.nan, "high": math.nan}
    if row.indicator == "ecom_gmv_best":
        for edge, name in _BAND.items():
            band[edge] = data.by_year(name, row.country)[row.year]
    return {
        "indicator": row.indicator,
        "country": row.country,
        "year": row.year,
        "value": row.value,
        "low": band["low"],
        "high": band["high"],
        "source_id": row.source_id,
        "kind": row.kind,
        "family": row.family,
        "unit": row.unit,
        "edition": row.edition,
    }
