"""`uncertainty.csv`: how much of the spread of a ratio comes from parameters, how much from seeds.

With D parameter draws of S seeds each, the mean variance within a draw is what seeds do; the
variance of the draws' means, less what S seeds leave in it, is what parameters do: what the data
leave open with draws of the posterior, all that was held possible with draws of the prior.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from sim.analysis.comparison.tables.summary import INDICATOR_OF, PLACES
from sim.analysis.comparison.years import select
from sim.target import BASE_YEAR, TARGET_YEAR

COLUMNS = ["scenario", "country", "measure", "sd_parameters", "sd_seeds", "share_parameters"]


def split(values: pd.Series) -> tuple[float, float, float]:
    """Standard deviations from parameters and from seeds, and the share of the first in variance.

    `values` is indexed by seed and draw. What cannot be told (one draw, one seed) is nan.
    """
    by_draw = values.dropna().groupby("draw")
    sizes, means = by_draw.size(), by_draw.mean()
    several = sizes > 1
    within = float(by_draw.var(ddof=1)[several].mean()) if several.any() else math.nan
    seeds = math.sqrt(within) if not math.isnan(within) else math.nan
    if len(means) < 2 or math.isnan(within):
        return math.nan, seeds, math.nan
    per_draw = len(sizes) / float((1.0 / sizes).sum())
    between = max(0.0, float(means.var(ddof=1)) - within / per_draw)
    total = between + within
    return math.sqrt(between), seeds, between / total if total > 0 else math.nan


def uncertainty(table: pd.DataFrame, scenarios: tuple[str, ...]) -> pd.DataFrame:
    """The two sources of spread in the ratio 2030/2022 of each scenario, place and measure."""
    rows = []
    for scenario in scenarios:
        for country in PLACES:
            for measure, indicator in INDICATOR_OF.items():
                paths = select(table, scenario, country, indicator)
                if paths.empty:
                    continue
                base = paths[BASE_YEAR].where(paths[BASE_YEAR] > 0, np.nan)
                rows.append((scenario, country, measure, *split(paths[TARGET_YEAR] / base)))
    return pd.DataFrame(rows, columns=COLUMNS)
