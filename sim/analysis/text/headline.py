"""What a minister can say: the answer in one sentence, the bar in another, then the policies."""

from __future__ import annotations

import math

import pandas as pd

from sim.analysis.comparison.contrasts import ASSUMPTIONS, TOGETHER, Contrast
from sim.analysis.comparison.pairs import distinguishable
from sim.analysis.comparison.result import Comparison
from sim.analysis.text.conclusion import LOW_BAR, countries_by_count
from sim.analysis.text.formatting import money, small_percent
from sim.analysis.text.frequencies import doubles, hits_of
from sim.target import BASE_YEAR, LAST_OUTCOME_YEAR, TARGET_YEAR
from sim.units import REGION


def answer(result: Comparison, scenario: str | None = None) -> str:
    """How often does it double under `scenario` (the baseline if none), and in which countries?"""
    name = scenario or result.baseline
    row = _row(result, name)
    ratio, low, high = (float(row[part]) for part in ("ratio", "low", "high"))
    if math.isnan(ratio):
        return f"Nothing can be said: under '{name}' nothing was bought online in {BASE_YEAR}."
    several = int(row["runs"]) > 1
    between = f" ({result.band}: {low:.2f} to {high:.2f})" if several else ""
    return (
        f"Under '{name}', e-commerce in the five countries together {doubles(*hits_of(row))} from "
        f"{BASE_YEAR} to {TARGET_YEAR} in nominal US$: {'median ' if several else ''}{ratio:.2f} "
        f"times{between}. Runs that double, by country: "
        f"{countries_by_count(result.table, name, 'nominal_usd')}."
    )


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
    """What each comparison says: what a policy adds and costs, and what assumptions change."""
    found = []
    for contrast in result.contrasts.all:
        change = result.relative(contrast.scenario, "gmv_real_usd", effect_of=contrast.effect_of)
        moves = "has an unknown effect" if change is None else _moves(*change, result.pairs)
        assumed = ", ".join(result.contrasts.assumed(contrast.scenario))
        if contrast.effect_of == ASSUMPTIONS:
            found.append(
                f"No effect of policy: what '{contrast.scenario}' assumes ({assumed}) {moves}."
            )
            continue
        if contrast.effect_of == TOGETHER:
            moves = f"together with its assumptions ({assumed}) {moves}"
        elif contrast.against != result.baseline:
            moves = f"compared under the same assumptions {moves}"
        found.append(f"{_called(result, contrast.scenario)} {moves} and {_paid(result, contrast)}.")
    return found


def _called(result: Comparison, name: str) -> str:
    title = result.settings.title(name)
    return f"'{name}'" if title.lower() == name.lower() else f"'{name}' ({title})"


def _paid(result: Comparison, contrast: Contrast) -> str:
    cost = result.cost(contrast.scenario)
    if math.isnan(cost):
        return "has an unknown cost"
    return "costs nothing" if cost == 0.0 else f"costs {money(cost)} up to {TARGET_YEAR}"


def _moves(value: float, low: float, high: float, pairs: int) -> str:
    """What a relative change of purchases is in words; a fall is told as a positive number."""
    if math.isnan(value):
        return "has an unknown effect"
    if value == low == high == 0.0:
        return f"changes nothing in online purchases of {TARGET_YEAR}"
    verb, preposition = ("adds", "to") if value >= 0 else ("takes", "from")
    unsure = "" if distinguishable(low, high) else ", not distinguishable from zero,"
    if value < 0:
        value, low, high = -value, -high, -low
    interval = ""
    if pairs > 1 and small_percent(low) != small_percent(high):
        interval = f" (median; {small_percent(low)} to {small_percent(high)})"
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
