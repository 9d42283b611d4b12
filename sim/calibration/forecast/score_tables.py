"""What a hindcast shows, in tables: skill, coverage, countries left out, mechanisms taken away.

Readings of our own (kind `constructed`) are scored in the table of forecasts and left out here.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.calibration.forecast.benchmarks import BENCHMARKS
from sim.calibration.forecast.scores import LEVELS, Z95, skill
from sim.rows import rows_where

if TYPE_CHECKING:
    import pandas as pd

MODEL = "model"
ALL = "all"
_KEY = ["test", "origin", "indicator", "country", "year"]


def published_only(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Forecasts of published figures."""
    return forecasts[forecasts["kind"] != "constructed"]


def of_origins(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Forecasts from earlier origins with everything known then."""
    return forecasts[forecasts["test"].str.startswith("origin ")]


def skill_table(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Skill of the model against every benchmark, by measure and for all together.

    Columns measure, benchmark, value, low, high, points, blocks, better, scaled_error (median
    absolute, of the model) and scaled_error_benchmark, of the forecasts that both made.
    """
    import pandas as pd

    scored = of_origins(published_only(forecasts))
    model = rows_where(scored, method=MODEL)
    rows = []
    for name, benchmark in BENCHMARKS.items():
        other = rows_where(scored, method=name)
        both = model.merge(other, on=_KEY, suffixes=("", "_benchmark"))
        for measure in (*both["indicator"].unique(), ALL):
            some = both if measure == ALL else rows_where(both, indicator=measure)
            if some.empty:
                continue
            found = skill(some["crps"], some["crps_benchmark"], some["country"].tolist())
            rows.append(
                {
                    "measure": measure,
                    "benchmark": benchmark.words,
                    **found._asdict(),
                    "better": found.better,
                    "scaled_error": some["scaled_error"].mean(),
                    "scaled_error_benchmark": some["scaled_error_benchmark"].mean(),
                }
            )
    return pd.DataFrame(rows)


def coverage_table(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Share of outcomes inside bands, by method and measure; with the mean CRPS.

    `low` and `high` are 90 % bounds of a share seen in so many independent tries (Wilson), which
    these are not: the true bounds are wider.
    """
    import pandas as pd

    scored = of_origins(published_only(forecasts))
    rows = []
    for method in scored["method"].unique():
        own = rows_where(scored, method=method)
        for measure in (*own["indicator"].unique(), ALL):
            some = own if measure == ALL else rows_where(own, indicator=measure)
            for level in LEVELS:
                share = float(some[f"inside_{round(100 * level)}"].mean())
                low, high = _wilson(share, len(some))
                rows.append(
                    {
                        "method": method,
                        "measure": measure,
                        "level": level,
                        "inside": share,
                        "low": low,
                        "high": high,
                        "forecasts": len(some),
                        "crps": some["crps"].mean(),
                        "scaled_error": some["scaled_error"].mean(),
                    }
                )
    return pd.DataFrame(rows)


def _wilson(share: float, tries: int, z: float = Z95) -> tuple[float, float]:
    """Bounds of a share (Wilson 1927)."""
    wide = z * z / tries
    centre = (share + wide / 2) / (1 + wide)
    half = z / (1 + wide) * math.sqrt(share * (1 - share) / tries + wide / (4 * tries))
    return centre - half, centre + half


def left_out_table(forecasts: pd.DataFrame) -> pd.DataFrame:
    """By country left out and measure: mean CRPS, coverage, and the mean miss in logs or shares."""
    some = published_only(forecasts)
    some = some[some["test"].str.fullmatch("without [A-Z]{3}")]
    found = some.groupby(["test", "indicator"], sort=False).agg(
        forecasts=("crps", "size"),
        crps=("crps", "mean"),
        inside_50=("inside_50", "mean"),
        inside_90=("inside_90", "mean"),
        scaled_error=("scaled_error", "mean"),
    )
    return found.reset_index()


def ablation_table(forecasts: pd.DataFrame) -> pd.DataFrame:
    """By mechanism taken away and measure: mean CRPS and what it is relative to everything."""
    some = published_only(forecasts)
    some = some[some["test"].str.match("with everything|without [a-z]")]
    found = some.groupby(["test", "indicator"], sort=False)["crps"].mean().rename("crps")
    table = found.reset_index()
    whole = rows_where(table, test="with everything").set_index("indicator")["crps"]
    table["relative"] = table["crps"] / table["indicator"].map(whole)
    return table
