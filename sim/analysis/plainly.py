"""What a minister can say: the answer in one sentence, the bar in another, then the policies."""

from __future__ import annotations

import math

import pandas as pd

from sim.analysis.comparison import Comparison
from sim.analysis.pairs import distinguishable
from sim.analysis.summary import ratios
from sim.analysis.verdict import LOW_BAR
from sim.analysis.words import COUNT_WORDS, money, small_percent
from sim.target import BASE_YEAR, FACTOR, LAST_OUTCOME_YEAR, TARGET_YEAR, countries_doubled
from sim.units import COUNTRIES, REGION


def answer(result: Comparison, scenario: str | None = None) -> str:
    """Does it double under `scenario` (the baseline if none), and in how many countries?"""
    name = scenario or result.baseline
    row = _row(result, name)
    ratio, low, high = (float(row[part]) for part in ("ratio", "low", "high"))
    if math.isnan(ratio):
        return f"Nothing can be said: under '{name}' nothing was bought online in {BASE_YEAR}."
    doubled = countries_doubled(ratios(result.table, name, "nominal_usd"))
    apart = int(row["runs"]) > 1 and f"{low:.1f}" != f"{high:.1f}"
    between = f" (between {low:.1f} and {high:.1f})" if apart else ""
    count = "all" if len(doubled) == len(COUNTRIES) else f"{COUNT_WORDS[len(doubled)]} of the"
    return (
        f"{'Yes' if ratio >= FACTOR else 'No'}: under '{name}', e-commerce in the five countries "
        f"together is {_short_of(ratio)} times its {BASE_YEAR} value by {TARGET_YEAR} in nominal "
        f"US${between}, and {count} five countries "
        f"double{'s' if len(doubled) == 1 else ''}."
    )


def _short_of(ratio: float) -> str:
    """The ratio with one decimal; with more where one would call it a doubling that it is not."""
    text = f"{ratio:.1f}"
    return text if (float(text) >= FACTOR) == (ratio >= FACTOR) else f"{ratio:.4g}"


def height_of_the_bar(result: Comparison) -> str:
    """How much of a doubling comes without any change in what people do."""
    row = result.bar[result.bar["country"] == REGION].iloc[0]
    growth, rise = float(row["growth_nominal"]), float(row["share_must_rise_nominal"])
    if not growth > 0:
        return "How high the bar is cannot be said."
    if rise <= 1.0:
        return f"The bar is on the ground: growth and prices alone give {growth:.2f} times."
    alone = f"growth and prices alone would give {growth:.2f} times"
    if rise < LOW_BAR:
        return (
            "The bar is low: if people kept spending the same share of their budgets online, "
            f"{alone}; that share need only rise {rise:.2f} times."
        )
    return (
        f"The bar is high: {alone}, so the share of their budgets that people spend online must "
        f"rise {rise:.2f} times."
    )


def policies(result: Comparison) -> list[str]:
    """A sentence for each scenario: what it adds to purchases of 2030, and what it costs."""
    found = []
    for name in result.paired:
        change = result.relative(name, "gmv_real_usd")
        cost = _cost(result.effects, name)
        paid = "costs nothing" if cost == 0.0 else f"costs {money(cost)} up to {TARGET_YEAR}"
        if math.isnan(cost):
            paid = "has an unknown cost"
        title = result.settings.title(name)
        called = f"'{name}'" if title.lower() == name.lower() else f"'{name}' ({title})"
        if change is None or math.isnan(change[0]):
            found.append(f"{called} {paid}; its effect is unknown.")
            continue
        found.append(f"{called} {_moves(*change, result.pairs)} and {paid}.")
    return found


def _moves(value: float, low: float, high: float, pairs: int) -> str:
    """What a relative change of purchases is in words; a fall is told as a positive number."""
    if value == low == high == 0.0:
        return f"changes nothing in online purchases of {TARGET_YEAR}"
    verb, preposition = ("adds", "to") if value >= 0 else ("takes", "from")
    unsure = "" if distinguishable(low, high) else ", not distinguishable from zero,"
    if value < 0:
        value, low, high = -value, -high, -low
    interval = ""
    if pairs > 1 and small_percent(low) != small_percent(high):
        interval = f" ({small_percent(low)} to {small_percent(high)})"
    return (
        f"{verb} {small_percent(value)}{interval}{unsure} {preposition} online purchases of "
        f"{TARGET_YEAR}"
    )


def caveat(result: Comparison) -> str:
    """What the numbers rest on, in one line."""
    rests = result.drawn_words or "central parameters, so luck alone"
    return (
        f"Scenarios, not forecasts. Last outcome data: {LAST_OUTCOME_YEAR}. Intervals: "
        f"{result.band} ({rests})."
    )


def _row(result: Comparison, scenario: str) -> pd.Series:
    table = result.table
    return table[
        (table["scenario"] == scenario)
        & (table["country"] == REGION)
        & (table["measure"] == "nominal_usd")
    ].iloc[0]


def _cost(effects: pd.DataFrame, scenario: str) -> float:
    rows = effects[(effects["scenario"] == scenario) & (effects["country"] == REGION)]
    return float(rows["cost_usd"].iloc[0]) if len(rows) else math.nan
