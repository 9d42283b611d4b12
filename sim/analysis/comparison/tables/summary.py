"""`summary.csv`: scenarios against the doubling, and the constant-share benchmark."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.comparison.pairs import independent
from sim.analysis.comparison.years import select
from sim.experiments.run import is_central
from sim.rows import rows_where
from sim.target import (
    BASE_YEAR,
    MEASURES,
    TARGET_YEAR,
    countries_doubled,
    doubling,
    median,
    population_weighted,
    share_must_rise,
    value_weighted,
)
from sim.units import COUNTRIES, REGION

PLACES = (*COUNTRIES, REGION)
INDICATOR_OF = {
    "nominal_usd": "gmv_nominal_usd",
    "real_usd": "gmv_real_usd",
    "consumption_share": "consumption_share",
}
COLUMNS = [
    "scenario",
    "country",
    "measure",
    "value_2022",
    "value_2030",
    "ratio",
    "low",
    "high",
    "share_doubled",
    "runs_doubled",
    "runs_judged",
    "year_doubled",
    "gap_usd_2030",
    "gap_years",
    "cagr",
    "runs",
    "seeds",
    "draws",
]


def summary(table: pd.DataFrame, scenarios: tuple[str, ...]) -> pd.DataFrame:
    """One row for each scenario, place and measure, in the columns of `summary.csv`.

    Values are US$ (nominal, or constant 2022) or fractions. `gap_usd_2030` is left empty for the
    share of consumption, which is not money.
    """
    rows: list[dict[str, object]] = []
    for scenario in scenarios:
        for country in PLACES:
            for measure, indicator in INDICATOR_OF.items():
                paths = select(table, scenario, country, indicator)
                if not paths.empty:
                    rows.append(doubling_row(scenario, country, measure, paths))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame["year_doubled"] = frame["year_doubled"].astype("Int64")
    return frame


def doubling_row(
    scenario: str, country: str, measure: str, paths: pd.DataFrame
) -> dict[str, object]:
    """Yearly paths, one row a run, against the doubling, in the columns of `summary.csv`."""
    seeds = paths.index.get_level_values("seed")
    draws = paths.index.get_level_values("draw")
    years = [int(year) for year in paths.columns]
    count, _ = independent(paths.index.to_list())
    result = doubling(paths.to_numpy(dtype=np.float64), years, count)
    return {
        "scenario": scenario,
        "country": country,
        "measure": measure,
        "value_2022": result.value_2022,
        "value_2030": result.value_2030,
        "ratio": result.ratio,
        "low": result.low,
        "high": result.high,
        "share_doubled": result.share_doubled,
        "runs_doubled": result.doubled,
        "runs_judged": result.judged,
        "year_doubled": result.year_doubled,
        "gap_usd_2030": np.nan if measure == "consumption_share" else result.gap_2030,
        "gap_years": result.gap_years,
        "cagr": result.cagr,
        "runs": result.runs,
        "seeds": int(seeds.nunique()),
        "draws": sum(not is_central(draw) for draw in draws.unique()),
    }


def ratios(frame: pd.DataFrame, scenario: str, measure: str) -> dict[str, float]:
    """Ratio 2030/2022 of each place in a summary."""
    rows = rows_where(frame, scenario=scenario, measure=measure)
    return dict(zip(rows["country"], rows["ratio"].astype(float), strict=True))


def region(frame: pd.DataFrame, table: pd.DataFrame, scenarios: tuple[str, ...]) -> pd.DataFrame:
    """The region: ratio by value, ratio by population of 2022, and which countries double."""
    rows = []
    for scenario in scenarios:
        people = {
            iso: median(select(table, scenario, iso, "population")[BASE_YEAR].to_numpy(np.float64))
            for iso in COUNTRIES
        }
        for measure in MEASURES:
            by_place = ratios(frame, scenario, measure)
            rows.append(
                {
                    "scenario": scenario,
                    "measure": measure,
                    "ratio": by_place.get(REGION, np.nan),
                    "population_weighted_ratio": population_weighted(by_place, people),
                    "countries_doubled": len(countries_doubled(by_place)),
                    "which": " ".join(countries_doubled(by_place)),
                }
            )
    return pd.DataFrame(rows)


def constant_share(table: pd.DataFrame, scenario: str) -> pd.DataFrame:
    """Growth 2022-2030 at a constant online share, and the rise of the share a doubling requires.

    Growth of consumption alone is in nominal US$ and in constant 2022 US$. The region keeps every
    country's own online share, so its growth is weighted with the values of 2022.
    """
    nominal: dict[str, float] = {}
    real: dict[str, float] = {}
    value: dict[str, float] = {}
    for iso in COUNTRIES:
        real[iso] = _growth(table, scenario, iso, "consumption_usd")
        nominal[iso] = _growth(table, scenario, iso, "consumption_nominal_usd")
        online = select(table, scenario, iso, "gmv_nominal_usd")
        value[iso] = median(online[BASE_YEAR].to_numpy(np.float64))
    nominal[REGION] = value_weighted(nominal, value)
    real[REGION] = value_weighted(real, value)
    return pd.DataFrame(
        {
            "country": place,
            "growth_nominal": nominal[place],
            "growth_real": real[place],
            "share_must_rise_nominal": share_must_rise(nominal[place]),
            "share_must_rise_real": share_must_rise(real[place]),
        }
        for place in PLACES
    )


def _growth(table: pd.DataFrame, scenario: str, country: str, indicator: str) -> float:
    paths = select(table, scenario, country, indicator)
    base = paths[BASE_YEAR].where(paths[BASE_YEAR] > 0, np.nan)
    return median((paths[TARGET_YEAR] / base).to_numpy(np.float64))
