"""Which rule each kind of agent follows, and parameters as a finer step sees them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping

from sim.agents.consumer import consumer_quarter
from sim.agents.firm import sme_quarter
from sim.errors import InputError, did_you_mean
from sim.parameters.table import parameter_table

RULES: dict[str, Callable[..., None]] = {"consumer": consumer_quarter, "sme": sme_quarter}


def rule_arguments(kind: str) -> list[str]:
    """Names of the four arguments of a rule of a kind, as the standard rule has them."""
    return list(inspect.signature(RULES[kind]).parameters)


def chosen_rules(rules: Mapping[str, Callable[..., None]] | None) -> dict[str, Callable[..., None]]:
    """The standard rules with a person's own in their place; unknown kinds are refused."""
    for kind in rules or {}:
        if kind not in RULES:
            raise InputError(
                f"there is no rule for '{kind}'",
                where="rules",
                allowed=", ".join(RULES),
                todo=did_you_mean(kind, RULES) or None,
            )
    return {**RULES, **(rules or {})}


def per_step(values: Mapping[str, float], steps: int) -> dict[str, float]:
    """Annual rates and times as seen by a step that is a fraction of a quarter."""
    if steps == 1:
        return dict(values)
    table = parameter_table()
    factor = {"1/year": 1.0 / steps, "years": float(steps)}
    return {
        name: value * factor.get(table[name].unit, 1.0) if name in table else value
        for name, value in values.items()
    }
