"""Which rule each kind of agent follows, what it adds, and parameters as a finer step sees them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType
from typing import Any

from sim.agents.consumer import consumer_quarter
from sim.agents.firm import sme_quarter
from sim.agents.own import declared_by, read
from sim.errors import InputError, did_you_mean
from sim.model.indicators import FIRMS, INDICATORS, PARTS, Indicator
from sim.parameters.table import Parameter, parameter_table
from sim.parameters.values import with_own_rows

Rule = Callable[..., None]
Rules = Mapping[str, Rule]
RULES: dict[str, Rule] = {"consumer": consumer_quarter, "sme": sme_quarter}
ENDING = "_quarter"


def rule_arguments(kind: str) -> list[str]:
    """Names of the four arguments of a rule of a kind, as the standard rule has them."""
    return list(inspect.signature(RULES[kind]).parameters)


def own_rules(rules: Mapping[str, Any] | type | None) -> dict[str, Rule]:
    """A person's own rules by kind; unknown kinds are refused.

    A class stands for the functions `consumer_quarter` and `sme_quarter` in it, with what it
    declares (`sim.agents.own`).
    """
    if isinstance(rules, type):
        mine = {kind: rules for kind in RULES if kind + ENDING in vars(rules)}
        return own_rules(mine or {next(iter(RULES)): rules})
    for kind in rules or {}:
        if kind not in RULES:
            raise InputError(
                f"there is no rule for '{kind}'",
                where="rules",
                allowed=", ".join(RULES),
                todo=did_you_mean(kind, RULES) or None,
            )
    return {kind: _function(kind, thing) for kind, thing in (rules or {}).items()}


def _function(kind: str, thing: Any) -> Rule:
    """The rule itself, of a class its function with what the class declares."""
    if not isinstance(thing, type):
        given: Rule = thing
        return given
    rule = vars(thing).get(kind + ENDING)
    if isinstance(rule, staticmethod):
        rule = rule.__func__
    if not isinstance(rule, FunctionType):
        raise InputError(
            f"the class {thing.__name__} holds no rule",
            where="rules",
            allowed=f"a function {kind}{ENDING}({', '.join(rule_arguments(kind))})",
        )
    vars(rule)["declared"] = read(vars(thing), next(iter(inspect.signature(rule).parameters), ""))
    return rule


def chosen_rules(rules: Mapping[str, Any] | type | None) -> dict[str, Rule]:
    """The standard rules with a person's own in their place."""
    return {**RULES, **own_rules(rules)}


def own_parameters(rules: Rules | None) -> tuple[Parameter, ...]:
    """The parameters that rules declare. Raises InputError for a name that is there already."""
    found: dict[str, Parameter] = {}
    for rule in (rules or {}).values():
        for name, one in declared_by(rule).parameters.items():
            there = "the model" if name in parameter_table() else "another rule"
            if name in parameter_table() or found.get(name, one.parameter) != one.parameter:
                raise InputError(
                    f"{there} has a parameter '{name}'",
                    where=one.where,
                    todo="choose another name",
                )
            found[name] = one.parameter
    return tuple(found.values())


def own_indicators(rules: Rules | None) -> dict[str, Indicator]:
    """The indicators that rules declare. Raises InputError for a name that is there already."""
    found: dict[str, Indicator] = {}
    for kind, rule in (rules or {}).items():
        for name, one in declared_by(rule).indicators.items():
            if {name, *one.columns} & {*INDICATORS, *PARTS}:
                raise InputError(
                    f"there is an indicator '{name}' already",
                    where=one.where,
                    todo="choose another name; `mekong list indicators` lists those of the model",
                )
            if name in found:
                raise InputError(
                    f"'{name}' is counted of people and of firms",
                    where=one.where,
                    todo='say whose = "person" or whose = "firm"',
                )
            found[name] = Indicator(
                name,
                one.unit,
                "share" if one.is_mean else "stock",
                one.meaning or ("mean" if one.is_mean else "sum") + " counted by a rule",
                grouped=FIRMS if kind == "sme" else True,
                of=(one.columns[0], one.columns[1]) if one.is_mean else None,
            )
    return found


def per_step(
    values: Mapping[str, float], steps: int, own: Iterable[Parameter] = ()
) -> dict[str, float]:
    """Annual rates and times as seen by a step that is a fraction of a quarter."""
    if steps == 1:
        return dict(values)
    table = with_own_rows(tuple(own))
    factor = {"1/year": 1.0 / steps, "years": float(steps)}
    return {
        name: value * factor.get(table[name].unit, 1.0) if name in table else value
        for name, value in values.items()
    }
