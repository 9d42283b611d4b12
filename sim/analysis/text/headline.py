"""What comes after the answer on policies: the baseline, growth without a change in habits."""

from __future__ import annotations

from sim.analysis.comparison.result import Comparison
from sim.analysis.text.conclusion import (
    constant_share_sentence,
    countries_by_count,
    doubling_sentence,
    uncertainty_sentence,
)


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


def caveat(result: Comparison) -> str:
    """What the numbers are based on, in one line."""
    based = uncertainty_sentence(result.table, result.baseline, result.drawn_from)
    return f"Scenarios, not forecasts. {based}"
