"""The headline of a result: the answer, growth without a change in habits, then the policies."""

from __future__ import annotations

import math

from sim.analysis.comparison.contrasts import ASSUMPTIONS, TOGETHER, Contrast
from sim.analysis.comparison.pairs import distinguishable
from sim.analysis.comparison.result import Comparison
from sim.analysis.text.conclusion import (
    constant_share_sentence,
    countries_by_count,
    doubling_sentence,
    uncertainty_sentence,
)
from sim.analysis.text.formatting import money, small_percent
from sim.target import TARGET_YEAR


def answer(result: Comparison, scenario: str | None = None) -> str:
    """How often does it double under `scenario` (the baseline if none), and in which countries?"""
    name = scenario or result.baseline
    return (
        f"{doubling_sentence(result.table, name, result.drawn_from)} Runs that double, by country: "
        f"{countries_by_count(result.table, name, 'nominal_usd')}."
    )


def constant_share(result: Comparison) -> str:
    """How much of the doubling comes without any change in habits."""
    return constant_share_sentence(result.constant_share)


def policies(result: Comparison) -> list[str]:
    """A sentence for each comparison: effect and cost of a policy, or effect of assumptions."""
    found = []
    for contrast in result.contrasts.all:
        change = result.relative(contrast.scenario, "gmv_real_usd", effect_of=contrast.effect_of)
        moves = "has an unknown effect" if change is None else _moves(*change, result.pairs)
        assumed = ", ".join(result.contrasts.assumed(contrast.scenario))
        if contrast.effect_of == ASSUMPTIONS:
            found.append(
                f"Not a policy effect: the change of assumptions in '{contrast.scenario}' "
                f"({assumed}) {moves}."
            )
            continue
        if contrast.effect_of == TOGETHER:
            moves = f"together with its assumptions ({assumed}) {moves}"
        elif contrast.against != result.baseline:
            moves = f"under the same assumptions {moves}"
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
    """A relative change of purchases in words; a fall is given as a positive number."""
    if math.isnan(value):
        return "has an unknown effect"
    if value == low == high == 0.0:
        return f"does not change online purchases in {TARGET_YEAR}"
    verb = "raises" if value >= 0 else "lowers"
    notes = [] if distinguishable(low, high) else ["not distinguishable from zero"]
    if value < 0:
        value, low, high = -value, -high, -low
    if pairs > 1 and small_percent(low) != small_percent(high):
        notes.insert(0, f"median; {small_percent(low)} to {small_percent(high)}")
    details = f" ({'; '.join(notes)})" if notes else ""
    return f"{verb} online purchases in {TARGET_YEAR} by {small_percent(value)}{details}"


def caveat(result: Comparison) -> str:
    """What the numbers are based on, in one line."""
    based = uncertainty_sentence(result.table, result.baseline, result.drawn_from)
    return f"Scenarios, not forecasts. {based}"
