"""`welfare.csv`: who gains and who pays over 2026-2030. The value of e-commerce is not welfare.

What people gain from cheaper online goods is their equivalent variation, to first order: what they
bought in the baseline times the fall of the log price index, quarter by quarter. It values lower
prices and more variety for those who buy already; what shopping is worth to people who begin to,
and what a shop around the corner was worth, is not in it. Losses to scams avoided are added.

The other rows overlap: sellers' profit online; what offline sellers lose (turnover,
not profit: as policies leave consumption alone, minus the change of online purchases); tax from
online purchases (not the tax that offline sales no longer pay); what governments spend.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.comparison.pairs import CUMULATIVE_FROM, Pairs, spread
from sim.analysis.comparison.tables.effects import costs
from sim.analysis.comparison.tables.summary import PLACES
from sim.model.indicators import GROUPS
from sim.target import median
from sim.units import COUNTRIES, REGION

Floats = NDArray[np.float64]
PRICE, BOUGHT, LOST = "online_price_index", "gmv_real_usd", "scam_losses_usd"
CONSUMED = "consumption_usd"
COLUMNS = [
    "scenario",
    "baseline",
    "effect_of",
    "country",
    "group",
    "measure",
    "value",
    "low",
    "high",
    "unit",
    "share_of_consumption",
]
UNIT = "constant 2022 US$"
MEASURES = {
    "lower_prices_usd": "equivalent variation of buyers from online prices and variety",
    "scam_losses_avoided_usd": "losses to scams avoided",
    "consumers_usd": "the two together",
    "seller_profit_usd": "change of small firms' profit from online sales",
    "offline_sales_usd": "change of consumption that is not bought online",
    "treasury_usd": "change of value added tax and tariffs on online purchases",
    "programme_cost_usd": "public money spent on the programmes",
}


def welfare(years: Mapping[str, Pairs], quarters: Mapping[str, Pairs]) -> pd.DataFrame:
    """The columns of `welfare.csv`: sums over 2026-2030 in constant 2022 US$.

    `share_of_consumption` relates consumers' gains to what the same people consume in the baseline.
    Programme cost is all that was paid by the end of 2030.
    """
    rows: list[tuple[object, ...]] = []
    for scenario, pairs in years.items():
        late = quarters[scenario]
        sides = (scenario, pairs.against, pairs.effect_of)
        for country in PLACES:
            for group in GROUPS:
                consumed = _consumed(pairs, country, group)
                for measure, values in _consumers(pairs, late, country, group):
                    share = np.nan if consumed is None else median(values / consumed)
                    found = (*sides, country, group, measure)
                    rows.append((*found, *spread(values, pairs.draws), UNIT, share))
            for measure, values in _others(pairs, country):
                found = (*sides, country, "all", measure)
                rows.append((*found, *spread(values, pairs.draws), UNIT, np.nan))
    return pd.DataFrame(rows, columns=COLUMNS)


def lower_prices(late: Pairs, country: str, group: str) -> Floats | None:
    """Equivalent variation by pair; that of the region is the sum over countries."""
    total: Floats | None = None
    for iso in COUNTRIES if country == REGION else (country,):
        if not (late.has(iso, PRICE) and late.has(iso, BOUGHT, group)):
            return None
        now, before = late.paths(iso, PRICE)
        _, bought = late.paths(iso, BOUGHT, group)
        with np.errstate(divide="ignore", invalid="ignore"):
            part = (bought * (np.log(before) - np.log(now))).sum(axis=0)
        total = part if total is None else total + part
    return total


def _consumers(pairs: Pairs, late: Pairs, country: str, group: str) -> Iterator[tuple[str, Floats]]:
    gained = lower_prices(late, country, group)
    if gained is None or np.isnan(gained).all():
        return
    yield "lower_prices_usd", gained
    if pairs.has(country, LOST, group):
        avoided = 0.0 - pairs.change(country, LOST, group, CUMULATIVE_FROM)
        yield "scam_losses_avoided_usd", avoided
        yield "consumers_usd", gained + avoided


def _others(pairs: Pairs, country: str) -> Iterator[tuple[str, Floats]]:
    def change(name: str) -> Floats:
        return pairs.change(country, name, first=CUMULATIVE_FROM)

    if pairs.has(country, "seller_profit_usd"):
        yield "seller_profit_usd", change("seller_profit_usd")
    if pairs.has(country, BOUGHT) and pairs.has(country, CONSUMED):
        yield "offline_sales_usd", change(CONSUMED) - change(BOUGHT)
    taxes = [f"receipts_treasury_{name}_usd" for name in ("vat", "tariff")]
    if all(pairs.has(country, name) for name in taxes):
        yield "treasury_usd", np.sum([change(name) for name in taxes], axis=0)
    spent = costs(pairs, country)
    if not np.isnan(spent).all():
        yield "programme_cost_usd", spent


def _consumed(pairs: Pairs, country: str, group: str) -> Floats | None:
    if not pairs.has(country, CONSUMED, group):
        return None
    consumed = pairs.both(country, CONSUMED, group, CUMULATIVE_FROM)[1]
    return np.where(consumed > 0, consumed, np.nan)
