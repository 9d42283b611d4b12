"""`effects.csv`: what a scenario changes against the baseline, run by run under the same luck.

A pair is a run of the scenario and a run of the baseline with one seed and one parameter draw, so
that their difference is the policy and not the noise. The effect is the median of the pairs'
differences; low and high are their 5th and 95th percentile (their range with fewer than five).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.analysis.summary import PLACES
from sim.analysis.years import select
from sim.indicators import INDICATORS
from sim.target import TARGET_YEAR, interval, median

CUMULATIVE_FROM = 2026
CUMULATIVE = "_cumulative"
SPENDING = "spending_"
_FOR_SUMMARY = ("consumption_share", "consumption_usd", "consumption_nominal_usd", "population")
GROUPS = ("rural", "women", "q1", "q2")
HEADLINE = (
    "gmv_real_usd",
    "gmv_nominal_usd",
    "shoppers",
    "connected",
    "account_holders",
    "adults_buying_online_share",
    "internet_users_share",
    "victims",
    "scam_losses_usd",
    "trust",
    "coverage",
)
MONEY_FLOWS = ("gmv_real_usd", "gmv_nominal_usd", "scam_losses_usd", "lever_shortfall_usd")
COLUMNS = [
    "scenario",
    "baseline",
    "country",
    "indicator",
    "group",
    "effect",
    "low",
    "high",
    "unit",
    "cost_usd",
]


@dataclass(frozen=True)
class _Target:
    name: str
    indicator: str
    group: str
    first_year: int

    @property
    def unit(self) -> str:
        return INDICATORS[self.indicator].unit


def _targets() -> list[_Target]:
    wanted = [_Target(name, name, "all", TARGET_YEAR) for name in HEADLINE]
    wanted += [_Target("shoppers", "shoppers", group, TARGET_YEAR) for group in GROUPS]
    wanted += [_Target(name + CUMULATIVE, name, "all", CUMULATIVE_FROM) for name in MONEY_FLOWS]
    return wanted


def needed_indicators() -> list[str]:
    """All indicators that the summary and the effects are made of."""
    spending = [name for name in INDICATORS if name.startswith(SPENDING)]
    return list(dict.fromkeys([*HEADLINE, *MONEY_FLOWS, *_FOR_SUMMARY, *spending]))


def needed_groups() -> list[str]:
    """All groups that the summary and the effects are made of."""
    return ["all", *GROUPS]


def _sum_of_years(paths: pd.DataFrame, first: int) -> pd.Series:
    years = [year for year in paths.columns if first <= int(year) <= TARGET_YEAR]
    return paths[years].sum(axis=1, skipna=False)


def paired(
    table: pd.DataFrame,
    scenario: str,
    baseline: str,
    country: str,
    indicator: str,
    group: str = "all",
    first_year: int = TARGET_YEAR,
) -> pd.Series:
    """Differences from the baseline, summed from `first_year` to 2030, one for each pair."""
    mine = _sum_of_years(select(table, scenario, country, indicator, group), first_year)
    theirs = _sum_of_years(select(table, baseline, country, indicator, group), first_year)
    return (mine - theirs).dropna()


def costs(table: pd.DataFrame, scenario: str, baseline: str, country: str) -> float:
    """Median of the pairs' difference in all budget spending on levers (constant 2022 US$).

    Everything paid by the end of 2030 counts, from the first year of the runs on.
    """
    total: pd.Series | None = None
    for name in needed_indicators():
        if not name.startswith(SPENDING):
            continue
        first = int(min(table.columns)) if len(table.columns) else CUMULATIVE_FROM
        difference = paired(table, scenario, baseline, country, name, first_year=first)
        total = difference if total is None else total.add(difference, fill_value=0.0)
    return median(total.to_numpy(np.float64)) if total is not None else float("nan")


def effects(table: pd.DataFrame, baseline: str, scenarios: tuple[str, ...]) -> pd.DataFrame:
    """Paired effects of every scenario but the baseline, in the columns of `effects.csv`.

    Stocks, shares and flows are those of 2030; names that end in `_cumulative` are sums over
    2026-2030.
    """
    rows: list[dict[str, object]] = []
    for scenario in scenarios:
        if scenario == baseline:
            continue
        for country in PLACES:
            cost = costs(table, scenario, baseline, country)
            for target in _targets():
                pairs = paired(
                    table,
                    scenario,
                    baseline,
                    country,
                    target.indicator,
                    target.group,
                    target.first_year,
                )
                if pairs.empty:
                    continue
                low, high = interval(pairs.to_numpy(np.float64))
                rows.append(
                    {
                        "scenario": scenario,
                        "baseline": baseline,
                        "country": country,
                        "indicator": target.name,
                        "group": target.group,
                        "effect": median(pairs.to_numpy(np.float64)),
                        "low": low,
                        "high": high,
                        "unit": target.unit,
                        "cost_usd": cost,
                    }
                )
    return pd.DataFrame(rows, columns=COLUMNS)


def distinguishable(low: float, high: float) -> bool:
    """True when an interval leaves zero out."""
    return low > 0.0 or high < 0.0
