"""Effects of policies in sentences, each with its interval and its cost."""

from __future__ import annotations

import math

import pandas as pd

from sim.analysis.effects import CUMULATIVE, distinguishable
from sim.analysis.words import amount, money, signed_money
from sim.units import REGION

_STORIES = (
    ("gmv_real_usd", "e-commerce in 2030 (constant 2022 US$)"),
    ("shoppers", "people who shop online in 2030"),
    ("connected", "people connected in 2030"),
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


def findings(effects: pd.DataFrame, pairs: int) -> list[str]:
    """A sentence for each scenario: what changes in the five countries together, and the cost."""
    sentences: list[str] = []
    regional = effects[(effects["country"] == REGION) & (effects["group"] == "all")]
    for scenario in dict.fromkeys(effects["scenario"]):
        mine = regional[regional["scenario"] == scenario].set_index("indicator")
        if mine.empty:
            continue
        parts = [_one(mine.loc[name], what, pairs) for name, what in _STORIES if name in mine.index]
        baseline, cost = mine["baseline"].iloc[0], float(mine["cost_usd"].iloc[0])
        spent = (
            "what it costs is not known"
            if math.isnan(cost)
            else f"it costs {money(cost)} (constant 2022 US$, all paid by 2030)"
        )
        sentences.append(
            f"'{scenario}' against '{baseline}', five countries: {'; '.join(parts)}; {spent}."
            + _shortfall(mine, cost)
        )
    return sentences


def _shortfall(mine: pd.DataFrame, cost: float) -> str:
    name = "lever_shortfall_usd" + CUMULATIVE
    if name not in mine.index:
        return ""
    missing = float(mine["effect"].loc[name])
    if not missing > 0:
        return ""
    share = cost / (cost + missing) if cost + missing > 0 else 0.0
    return (
        f" Budgets did not reach: {money(missing)} of what was planned for 2026-2030 could not be "
        f"paid (about {100 * share:.0f} % was)."
    )
