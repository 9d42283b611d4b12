"""Effects of policies in sentences, each with its interval and its cost."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from sim.analysis.comparison.contrasts import ASSUMPTIONS, TOGETHER, Contrast, Contrasts
from sim.analysis.comparison.pairs import distinguishable
from sim.analysis.comparison.tables.effects import CUMULATIVE
from sim.analysis.comparison.tables.trade import row
from sim.analysis.text.formatting import (
    amount,
    change_words,
    listed,
    money,
    signed_money,
    small_percent,
)
from sim.quantile_bands import is_range
from sim.rows import rows_where
from sim.target import TARGET_YEAR
from sim.units import REGION

HARMONIZATION = "regulatory_harmonization"
AGAINST_SCAMS = ("anti_scam_enforcement", "scam_coordination")
_OTHERS_LEAD = 0.5  # of the total's change, above which neighbours do not explain it
_STORIES = (
    ("gmv_real_usd", "e-commerce in 2030 (constant 2022 US$)"),
    ("shoppers", "online shoppers in 2030"),
    ("connected", "internet users in 2030"),
    ("sme_exporters", "small firms that sell to neighbours in 2030"),
    ("scam_losses_usd" + CUMULATIVE, "losses to scams over 2026-2030 (constant 2022 US$)"),
)


def _words(value: float, unit: str) -> str:
    if "US$" in unit:
        return signed_money(value)
    return ("+" if value > 0 else "") + amount(value)


def _one(row: pd.Series, what: str, pairs: int) -> str:
    value, low, high = float(row["effect"]), float(row["low"]), float(row["high"])
    unit = str(row["unit"])
    if value == low == high == 0.0:
        return f"{what}: no effect"
    if pairs < 2:
        return f"{what}: {_words(value, unit)} in the one pair of runs"
    text = f"{what}: {_words(value, unit)}"
    if _words(low, unit) != _words(high, unit):
        text += f" ({_words(low, unit)} to {_words(high, unit)})"
    if not distinguishable(low, high):
        text += ", not distinguishable from zero"
    return text


def findings(effects: pd.DataFrame, pairs: int, contrasts: Contrasts) -> list[str]:
    """Effects in the five countries together, and the cost: a sentence for each comparison.

    The effect of assumptions has its own sentence, which names them; it has no cost.
    """
    sentences: list[str] = []
    regional = rows_where(effects, country=REGION, group="all")
    for contrast in contrasts.all:
        own = {"scenario": contrast.scenario, "effect_of": contrast.effect_of}
        mine = rows_where(regional, **own).set_index("indicator")
        if mine.empty:
            continue
        rows = {str(name): row for name, row in mine.iterrows()}
        parts = [_one(rows[name], what, pairs) for name, what in _STORIES if name in rows]
        told = f"{_subject(contrast, contrasts)}, five countries: {'; '.join(parts)}"
        if contrast.effect_of == ASSUMPTIONS:
            sentences.append(f"{told}. This is not a policy effect.")
            continue
        cost = float(mine["cost_usd"].iloc[0])
        spent = f"cost: {money(cost)} (constant 2022 US$, up to {TARGET_YEAR})"
        if math.isnan(cost):
            spent = "cost: unknown"
        elif cost == 0.0:
            spent = "cost: none"
        sentences.append(f"{told}; {spent}.")
        name = "lever_shortfall_usd" + CUMULATIVE
        if name in rows and (gap := float(rows[name]["effect"])) > 0:
            sentences[-1] += f" {funding_gap(contrast.scenario, gap, cost)}"
    return sentences


def _subject(contrast: Contrast, contrasts: Contrasts) -> str:
    """What is compared with what, as the beginning of a sentence."""
    name, base = contrast.scenario, contrasts.baseline
    assumed = ", ".join(contrasts.assumed(name))
    if contrast.effect_of == ASSUMPTIONS:
        none = f"'{name}' changes no policy. " if contrast.mine == name else ""
        return f"{none}Assumptions of '{name}' ({assumed}) against those of '{base}'"
    if contrast.effect_of == TOGETHER:
        return f"Policy and assumptions ({assumed}) of '{name}' together against '{base}'"
    if contrast.against != base:
        return f"Policy of '{name}' against that of '{base}' under the same assumptions"
    return f"'{name}' against '{base}'"


def funding_gap(scenario: str, missing: float, cost: float) -> str:
    """How much planned spending (US$) exceeds the budgets, and the share that is funded."""
    share = cost / (cost + missing) if cost + missing > 0 else 0.0
    return (
        f"Funding gap: {money(missing)} of the planned spending of '{scenario}' in 2026-2030 "
        f"exceeds the available budgets and is not delivered ({100 * share:.0f} % is funded)."
    )


def trade_findings(
    trade: pd.DataFrame, levers: Mapping[str, tuple[str, ...]], draws: int
) -> list[str]:
    """For each scenario with common rules: trade effects, and why total purchases change little.

    `levers` are those that a scenario changes.
    """
    known = set(trade["scenario"])
    return [
        _about_trade(trade, scenario, draws, alone=len(changed) == 1)
        for scenario, changed in levers.items()
        if HARMONIZATION in changed and scenario in known
    ]


def _about_trade(trade: pd.DataFrame, scenario: str, draws: int, alone: bool) -> str:
    def of(measure: str) -> pd.Series:
        return row(trade, scenario, REGION, str(TARGET_YEAR), measure)

    def value(measure: str) -> float:
        return float(of(measure)["value"])

    near, total = of("neighbours_change"), of("total_change")
    if math.isnan(float(near["value"])):
        return f"'{scenario}': the baseline has no purchases from neighbours."
    few = f"only {small_percent(value('neighbours_share'))} of purchases come from neighbours"
    new = value("creation_usd")
    if alone or abs(value("neighbours_usd")) > _OTHERS_LEAD * abs(new):
        because = f"because {few}"
    else:
        because = f"mainly because of the other levers: {few}"
    moved = {
        "from neighbours": value("neighbours_usd"),
        "from domestic sellers": -value("diversion_home_usd"),
        "from the rest of the world": -value("diversion_row_usd"),
        "in total": new,
    }
    changes = [f"{change_words(change)} {where}" for where, change in moved.items()]
    text = (
        f"'{scenario}': purchases from neighbours {_moves(near, draws)} in {TARGET_YEAR}; total "
        f"purchases {_moves(total, draws)}, {because}. Changes in purchases: {listed(changes)}."
    )
    if not alone:
        return text
    return text + (
        f" A back-of-the-envelope calculation gives "
        f"{_log_percent(value('spending_expected'))} for the total, the simulation "
        f"{_log_percent(value('spending_simulated'))}."
    )


def _moves(row: pd.Series, draws: int) -> str:
    value, low, high = float(row["value"]), float(row["low"]), float(row["high"])
    text = f"{'rise' if value >= 0 else 'fall'} by {small_percent(abs(value))}"
    if draws < 2 or small_percent(low) == small_percent(high):
        return text
    name = "range" if is_range(draws) else "5-95 %"
    return f"{text} ({name}: {small_percent(low)} to {small_percent(high)})"


def _log_percent(value: float) -> str:
    return ("+" if value > 0 else "") + small_percent(math.expm1(value))


def trust_findings(levers: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The caveat on purchases that rise because scams fall; nothing where no scenario acts."""
    acting = [f"'{name}'" for name, changed in levers.items() if set(changed) & set(AGAINST_SCAMS)]
    if not acting:
        return []
    return [
        f"Anti-scam enforcement in {listed(acting)} raises purchases through trust alone. The "
        "effect of victimisation on shopping has been measured, the effect of a programme on trust "
        "has not, so the reduction in losses is the more reliable result."
    ]


def welfare_findings(welfare: pd.DataFrame) -> list[str]:
    """For each scenario: who gains and who pays over 2026-2030."""
    sentences = []
    mine = rows_where(welfare, country=REGION, group="all")
    mine = mine[mine["effect_of"] != ASSUMPTIONS]
    for scenario in dict.fromkeys(mine["scenario"]):
        found = rows_where(mine, scenario=scenario).set_index("measure")["value"].astype(float)
        parts = [
            f"{words} {signed_money(found[name])}"
            for name, words in _INCIDENCE.items()
            if name in found.index
        ]
        if "programme_cost_usd" in found.index:
            parts.append(f"cost of programmes {money(found['programme_cost_usd'])}")
        sentences.append(
            f"'{scenario}', gains and losses over 2026-2030: {'; '.join(parts)}. These items "
            "overlap; do not add them up. Higher e-commerce is not by itself a welfare gain."
        )
    return sentences


_INCIDENCE = {
    "lower_prices_usd": "gain of buyers from prices and variety",
    "scam_losses_avoided_usd": "losses to scams avoided",
    "seller_profit_usd": "profit of small online sellers",
    "offline_sales_usd": "sales of offline shops",
    "treasury_usd": "tax on online purchases",
}
