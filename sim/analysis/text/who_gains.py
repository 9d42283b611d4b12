"""Who gains from a policy in sentences: groups of buyers and firms, jobs, tax, offline sales."""

from __future__ import annotations

import math
from typing import NamedTuple

import pandas as pd

from sim.analysis.comparison.contrasts import ASSUMPTIONS
from sim.analysis.comparison.pairs import CUMULATIVE_FROM, distinguishable
from sim.analysis.text.formatting import amount, listed, money
from sim.analysis.text.verdict import Answer
from sim.gains.rule import (
    DISPLACED,
    JOBS_NET,
    JOBS_ONLINE,
    JOBS_SHOPS,
    TAX_COLLECTED,
    TAX_LOST_HOME,
    TAX_LOST_IMPORTS,
    TAX_NET,
)
from sim.rows import row_where, rows_where
from sim.target import TARGET_YEAR
from sim.units import REGION

BUYERS, PURCHASES, SALES = "shoppers", "gmv_real_usd", "seller_revenue_usd"
POOREST = ("q1", "q2")
YEARS = f"{CUMULATIVE_FROM}-{TARGET_YEAR}"
ONE_YEAR = str(TARGET_YEAR)
LEAST_JOBS, LEAST_MONEY = 0.5, 0.5  # a person, a dollar: what is less is none
THINGS = {BUYERS: "online buyers", PURCHASES: "purchases"}


class GainTables(NamedTuple):
    """The tables of the account; rows are those of `sim.analysis.comparison.tables.who_gains`."""

    groups: pd.DataFrame
    ranges: pd.DataFrame
    coefficients: pd.DataFrame


def gain_answers(tables: GainTables) -> list[Answer]:
    """For each policy: who has the gain, and ranges of jobs, tax and offline sales."""
    found = []
    for name, groups in _by_policy(tables.groups).items():
        ranges = _by_policy(tables.ranges)[name]
        found += [_groups(name, groups), _ranges(name, ranges)]
    return found


def _by_policy(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    mine = rows_where(table, country=REGION)
    mine = mine[mine["effect_of"] != ASSUMPTIONS]
    return {str(name): own for name, own in mine.groupby("scenario", sort=False)}


def _groups(name: str, groups: pd.DataFrame) -> Answer:
    told = [_shares(indicator, rows_where(groups, indicator=indicator)) for indicator in THINGS]
    return Answer(
        f"Who gains from '{name}' in {TARGET_YEAR} (shares of the poorest two fifths, of the "
        f"countryside and of women, five countries): {'; '.join(told)}.",
        _firms(rows_where(groups, indicator=SALES, split="size")),
    )


def _shares(indicator: str, mine: pd.DataFrame) -> str:
    """`added purchases 14 %, 40 % and 49 % (13 %, 43 % and 49 % of all before)`."""
    if not len(mine):
        return f"{THINGS[indicator]}: unknown"
    if not mine[["effect", "low", "high"]].any(axis=None):
        return f"{THINGS[indicator]} do not change in any run"
    if mine["share_of_effect"].isna().any():
        few = "too few agents or no clear sign"
        return f"{THINGS[indicator]}: not known, since their change has {few}"
    verb = "added" if float(mine["effect"].sum()) >= 0.0 else "lost"
    return (
        f"{verb} {THINGS[indicator]} {_triple(mine, 'share_of_effect')} "
        f"(without the policy {_triple(mine, 'share_before')} of all)"
    )


def _triple(mine: pd.DataFrame, column: str) -> str:
    some = (POOREST, ("rural",), ("women",))
    return listed([_percent(mine.loc[mine["group"].isin(one), column].sum()) for one in some])


def _firms(mine: pd.DataFrame) -> str:
    """What micro firms have of the change of sales; nothing where it is unknown."""
    if not len(mine) or mine["share_of_effect"].isna().any():
        return ""
    micro = row_where(mine, group="micro")
    verb = "added" if float(mine["effect"].sum()) >= 0.0 else "lost"
    return (
        f"Micro firms have {_percent(micro['share_of_effect'])} of the {verb} online sales of "
        f"small firms and {_percent(micro['share_before'])} of these sales without the policy."
    )


def _percent(share: float) -> str:
    return f"{100.0 * float(share):.0f} %"


def _ranges(name: str, ranges: pd.DataFrame) -> Answer:
    def row(measure: str, period: str) -> pd.Series:
        return row_where(ranges, measure=measure, period=period)

    net, shops = row(JOBS_NET, ONE_YEAR), row(JOBS_SHOPS, ONE_YEAR)
    tax = row(TAX_NET, YEARS)
    told = [
        f"offline sales replaced in {YEARS} {_money(row(DISPLACED, YEARS))}",
        f"jobs in {TARGET_YEAR}: at online sellers {_jobs(row(JOBS_ONLINE, ONE_YEAR))}, lost in "
        f"offline shops {_jobs(shops)}, net {_jobs(net)}{_unsigned(net, 'gained or lost')}",
        f"tax in {YEARS}: collected on added online purchases "
        f"{_money(row(TAX_COLLECTED, YEARS))}, net of what replaced shops would have paid "
        f"{_money(tax)}{_unsigned(tax, 'gained or lost')}",
    ]
    details = (
        f"Tax lost where online sellers at home pay less than shops: "
        f"{_money(row(TAX_LOST_HOME, YEARS))}; where imports enter untaxed: "
        f"{_money(row(TAX_LOST_IMPORTS, YEARS))} (below zero: they pay more)."
    )
    return Answer(f"Ranges for '{name}', five countries: {'; '.join(told)}.", details)


def _money(row: pd.Series) -> str:
    low, high = float(row["low"]), float(row["high"])
    if max(abs(low), abs(high)) < LEAST_MONEY:
        return "none"
    return f"{money(low)} to {money(high)}" if money(low) != money(high) else money(low)


def _jobs(row: pd.Series) -> str:
    low, high = float(row["low"]), float(row["high"])
    if math.isnan(low) or math.isnan(high):
        return "unknown"
    if max(abs(low), abs(high)) < LEAST_JOBS:
        return "none"
    ends = [_whole(one) for one in (low, high)]
    return f"{ends[0]} to {ends[1]}" if ends[0] != ends[1] else ends[0]


def _whole(value: float) -> str:
    if abs(value) < LEAST_JOBS:
        return "0"
    return amount(value) if abs(value) >= 100.0 else f"{value:.0f}"


def _unsigned(row: pd.Series, words: str) -> str:
    low, high = float(row["low"]), float(row["high"])
    if distinguishable(low, high) or low == high == 0.0:
        return ""
    return f" (so it is open whether they are {words})" if words else ""


def gain_limits(tables: GainTables) -> list[str]:
    """What the account rests on, and what cannot move in it."""
    judged = [
        str(row["coefficient"])
        for row in tables.coefficients.to_dict("records")
        if str(row["source"]).startswith("judgement")
    ]
    return [
        f"Limits of who gains. Ranges hold over the runs and for every value of "
        f"{len(tables.coefficients)} coefficients within their bounds "
        f"(who_gains_coefficients.csv), of which {len(judged)} are judgements; there is no best "
        "estimate. Jobs are average labour by sales and no forecast: delivery, warehouses and "
        "platforms are left out, workers do not move between them, and wages do not respond. By "
        "construction the model cannot say how much of online purchases is new: what people "
        "consume does not depend on where they buy, so the share of offline sales that is replaced "
        "is an assumption of the account. Offline shops do not close or cut prices, all groups "
        "face the same online prices, and only training can be offered to women first: other "
        "shares by sex follow who is online and what they earn. Fifths of income are those of each "
        "country.",
    ]
