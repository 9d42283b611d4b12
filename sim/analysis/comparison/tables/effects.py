"""`effects.csv`: what a scenario changes, run by run under common random numbers.

Rows whose `effect_of` is "policy" compare a scenario with its counterfactual (column `baseline`):
the baseline's policy under the same assumptions. Rows of "assumptions" compare this counterfactual
with the baseline, and are no effect of any policy.

The effect is the median of the pairs' differences; low and high are their 5th and 95th percentile
(their range with fewer than five). `prior_share` is the part of an effect's variance that the data
left as the prior had it (`sim.analysis.validation.prior_share`), where it is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.analysis.comparison.pairs import CUMULATIVE_FROM, Pairs
from sim.analysis.comparison.tables.summary import PLACES
from sim.analysis.comparison.years import BY_QUARTER
from sim.model.indicators import GROUPS as PEOPLE
from sim.model.indicators import INDICATORS
from sim.target import TARGET_YEAR, fans, median
from sim.units import COUNTRIES, ROW

CUMULATIVE = "_cumulative"
MAIN_OUTCOMES = {  # name in a table: its indicator and the first year summed
    "gmv_real_usd": ("gmv_real_usd", TARGET_YEAR),
    "shoppers": ("shoppers", TARGET_YEAR),
    "gmv_region_usd": ("gmv_region_usd", TARGET_YEAR),
    "sme_exporters": ("sme_exporters", TARGET_YEAR),
    "scam_losses_usd" + CUMULATIVE: ("scam_losses_usd", CUMULATIVE_FROM),
}
SPENDING = "spending_"
FLOWS = tuple(f"{one}-{two}" for one in COUNTRIES for two in (*COUNTRIES, ROW) if one != two)
_FOR_SUMMARY = ("consumption_share", "consumption_usd", "consumption_nominal_usd", "population")
_FOR_WELFARE = ("consumption_usd", "receipts_treasury_tariff_usd", *BY_QUARTER)
# Every indicator of a country and of the five, with its groups: all, and these.
HEADLINE: dict[str, tuple[str, ...]] = {
    "gmv_real_usd": (),
    "gmv_nominal_usd": (),
    "shoppers": ("rural", "women", "q1", "q2"),
    "connected": ("rural", "women"),
    "account_holders": (),
    "adults_buying_online_share": (),
    "internet_users_share": (),
    "victims": (),
    "scam_losses_usd": (),
    "syndicate_capital": (),
    "syndicate_takings_usd": (),
    "trust": (),
    "coverage": (),
    "gmv_home_usd": (),
    "gmv_region_usd": (),
    "gmv_row_usd": (),
    "exports_region_usd": (),
    "exports_row_usd": (),
    "smes_online": ("women", "rural"),
    "sme_exporters": ("women", "rural"),
    "seller_revenue_usd": ("micro", "small", "medium", "women", "rural"),
    "seller_profit_usd": (),
    "online_price_index": (),
    "receipts_treasury_vat_usd": (),
    "receipts_compliance_usd": (),
    "purchase_fraud_usd": (),
    "lever_shortfall_usd": (),
}
# By pair of exporter and importer.
BY_FLOW = ("flow_usd", "flow_exporters", "regulatory_distance")
_ONLY_CUMULATIVE = ("lever_shortfall_usd",)
COLUMNS = [
    "scenario",
    "baseline",
    "effect_of",
    "country",
    "indicator",
    "group",
    "effect",
    "low",
    "high",
    "unit",
    "cost_usd",
    "prior_share",
]
FAN = ["low", "effect", "high"]
Where = tuple[str, str, str, str]
"""Scenario, country, name in the table, group."""


@dataclass(frozen=True)
class Target:
    """One effect of a place: its name in the table, what it is measured by, from which year on."""

    name: str
    indicator: str
    group: str
    first_year: int


def _added_up(indicator: str) -> bool:
    """Flows of money are also summed over the years of the policies."""
    known = INDICATORS[indicator]
    return known.kind == "flow" and "US$" in known.unit


def targets(indicators: Mapping[str, tuple[str, ...]]) -> list[Target]:
    """All effects that the table shows of these indicators and groups, and of everybody."""
    wanted = [
        Target(name, name, group, TARGET_YEAR)
        for name, groups in indicators.items()
        for group in ("all", *groups)
        if name not in _ONLY_CUMULATIVE
    ]
    return wanted + [
        Target(name + CUMULATIVE, name, group, CUMULATIVE_FROM)
        for name, groups in indicators.items()
        for group in ("all", *groups)
        if _added_up(name)
    ]


def needed_indicators(own: Iterable[str] = ()) -> list[str]:
    """All indicators that the tables are made of, with those of a rule of one's own."""
    spending = [name for name in INDICATORS if name.startswith(SPENDING)]
    return list(
        dict.fromkeys(
            [
                *HEADLINE,
                *BY_FLOW,
                *_FOR_SUMMARY,
                *_FOR_WELFARE,
                *spending,
                "smes_online_share",
                *own,
            ]
        )
    )


def needed_groups() -> list[str]:
    """All groups that the tables are made of."""
    return list(dict.fromkeys([*PEOPLE, *(g for groups in HEADLINE.values() for g in groups)]))


def costs(pairs: Pairs, country: str) -> np.ndarray:
    """Spending on levers up to 2030 above the baseline's, by pair (constant 2022 US$)."""
    first = int(pairs.periods[0][:4])
    parts = [
        pairs.change(country, name, first=first)
        for name in INDICATORS
        if name.startswith(SPENDING) and pairs.has(country, name)
    ]
    return np.sum(parts, axis=0) if parts else np.full(len(pairs.runs), np.nan)


def effects(
    pairs_by_scenario: Mapping[str, Pairs],
    own: Mapping[str, str] | None = None,
    places: tuple[str, ...] = PLACES,
    shares: Mapping[Where, float] | None = None,
) -> pd.DataFrame:
    """Paired differences by scenario, in the columns of `effects.csv`.

    Stocks, shares and flows are those of 2030; names that end in `_cumulative` are sums over
    2026-2030. The cost is that of the country; flows between two countries have none of their own.
    `shares` are prior shares (0 to 1); what is not among them has none. `own` has the units of
    indicators that a rule of one's own declares.
    """
    tables = [
        _effects_of(scenario, pairs, places, shares or {}, own or {})
        for scenario, pairs in pairs_by_scenario.items()
    ]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=COLUMNS)


def _effects_of(
    scenario: str,
    pairs: Pairs,
    places: tuple[str, ...],
    shares: Mapping[Where, float],
    own: Mapping[str, str],
) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    changes: list[np.ndarray] = []
    by_country, by_flow = targets(HEADLINE), targets(dict.fromkeys(BY_FLOW, ()))
    by_country += [Target(name, name, "all", TARGET_YEAR) for name in own]
    for country in (*places, *FLOWS):
        wanted = by_flow if country in FLOWS else by_country
        cost = np.nan if country in FLOWS else median(costs(pairs, country))
        for target in wanted:
            if not pairs.has(country, target.indicator, target.group):
                continue
            change = pairs.change(country, target.indicator, target.group, target.first_year)
            if np.isnan(change).all():
                continue
            sides = (scenario, pairs.against, pairs.effect_of)
            where = (*sides, country, target.name, target.group)
            share = shares.get((scenario, country, target.name, target.group), np.nan)
            unit = own.get(target.name) or INDICATORS[target.indicator].unit
            rows.append((*where, unit, cost, share))
            changes.append(change)
    table = pd.DataFrame(rows, columns=[name for name in COLUMNS if name not in FAN])
    table[FAN] = fans(np.array(changes).reshape(len(rows), len(pairs.runs)), pairs.draws)
    return table[COLUMNS]
