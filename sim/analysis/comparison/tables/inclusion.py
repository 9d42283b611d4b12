"""`inclusion.csv`: the share of adults who buy online, by area, sex and income fifth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.comparison.pairs import independent
from sim.analysis.comparison.tables.summary import PLACES
from sim.analysis.comparison.years import select
from sim.model.indicators import GROUPS
from sim.quantile_bands import interval
from sim.target import BASE_YEAR, TARGET_YEAR, median

INDICATOR = "adults_buying_online_share"
COLUMNS = ["scenario", "country", "group", "year", "value", "low", "high", "unit"]


def inclusion(years: pd.DataFrame, scenarios: tuple[str, ...]) -> pd.DataFrame:
    """Medians over runs with their interval in 2022 and 2030 (fractions of the group's adults)."""
    rows: list[tuple[object, ...]] = []
    for scenario in scenarios:
        for place in PLACES:
            for group in GROUPS:
                paths = select(years, scenario, place, INDICATOR, group)
                for year in (BASE_YEAR, TARGET_YEAR):
                    if paths.empty:
                        continue
                    values = paths[year].to_numpy(np.float64)
                    draws, _ = independent(paths.index.to_list())
                    known = (median(values), *interval(values, draws))
                    rows.append((scenario, place, group, year, *known, "share"))
    return pd.DataFrame(rows, columns=COLUMNS)
