"""`own_indicators.csv`: what a rule of one's own declares to be counted, by place and year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.comparison.pairs import independent, spread
from sim.analysis.comparison.tables.summary import PLACES
from sim.analysis.comparison.years import select

COLUMNS = ["scenario", "country", "indicator", "group", "year", "value", "low", "high", "unit"]


def own_units(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Names and units of the indicators that the rules of a study declare."""
    return dict(manifest.get("own_indicators", {}))


def own_tables(years: pd.DataFrame, manifest: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """The table by the name of its file; none where no rule declares an indicator.

    Medians of runs with their band, of everybody; a year has the value of its last quarter.
    """
    units = own_units(manifest)
    rows = []
    for scenario in manifest["scenarios"] if units else ():
        for country in PLACES:
            for name, unit in units.items():
                paths = select(years, scenario, country, name)
                count, _ = independent(paths.index.to_list())
                for year in paths.columns if len(paths) else ():
                    values = spread(paths[year].to_numpy(dtype=np.float64), count)
                    rows.append((scenario, country, name, "all", int(year), *values, unit))
    return {"own_indicators": pd.DataFrame(rows, columns=COLUMNS)} if units else {}
