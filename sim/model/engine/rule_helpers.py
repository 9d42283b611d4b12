"""Functions that the loop needs besides the rule: those next to a person's own rule come first.

Sales of a firm of a student's file are counted with the `sales_capability` of that file, if it has
one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from sim.agents.consumer import scam_loss
from sim.agents.firm import cost_factor, sales_capability
from sim.agents.own import is_shipped
from sim.errors import InputError

STANDARD: tuple[Callable[..., Any], ...] = (scam_loss, sales_capability, cost_factor)


def beside(rule: Callable[..., None], standard: Callable[..., Any]) -> Callable[..., Any]:
    """The function with the name of `standard` where `rule` is written, else `standard`.

    Raises InputError if it does not take the same arguments.
    """
    own = getattr(rule, "__globals__", {}).get(standard.__name__)
    if not inspect.isfunction(own):
        return standard
    wanted = list(inspect.signature(standard).parameters)
    found = list(inspect.signature(own).parameters)
    if found != wanted:
        raise InputError(
            f"{standard.__name__} takes other arguments: ({', '.join(found)})",
            where=own.__module__,
            allowed=f"def {standard.__name__}({', '.join(wanted)})",
            todo="or give the function another name: the model counts with it",
        )
    return own


def counted_with(rule: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """The functions beside a person's own rule with which the loop counts, by name."""
    if is_shipped(rule):
        return {}
    names = getattr(rule, "__globals__", {})
    found = {one.__name__: names.get(one.__name__) for one in STANDARD}
    return {
        name: thing
        for name, thing in found.items()
        if inspect.isfunction(thing) and not is_shipped(thing)
    }
