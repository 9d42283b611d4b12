"""Functions for a person's rule that refuse what would pass in silence.

A hazard of NaN never happens, and neither does a negative one: no number of any agent shows it. A
rule of one's own calls these functions under the names of those they stand for, in both engines.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sim.rng import AgentRng
from sim.rng import event_occurs as _event_occurs
from sim.units import hazard_to_probability as _hazard_to_probability
from sim.units import logarithm as _logarithm

Rule = Callable[..., None]


def event_occurs(rng: AgentRng, which: int, hazard: float) -> bool:
    """`sim.rng.event_occurs`; refuses a hazard that is negative or not a number."""
    if not hazard >= 0.0:
        raise ArithmeticError("the hazard given to event_occurs() is negative or NaN")
    return _event_occurs(rng, which, hazard)


def hazard_to_probability(hazard: float) -> float:
    """`sim.units.hazard_to_probability`; refuses a hazard that is negative or not a number."""
    if not hazard >= 0.0:
        raise ArithmeticError("the hazard given to hazard_to_probability() is negative or NaN")
    return _hazard_to_probability(hazard)


def logarithm(x: float) -> float:
    """`sim.units.logarithm`; refuses a number that is negative or none."""
    if not x >= 0.0:
        raise ArithmeticError("the logarithm of a negative number or of NaN is taken")
    return _logarithm(x)


CHECKED: dict[Callable[..., Any], Callable[..., Any]] = {
    _event_occurs: event_occurs,
    _hazard_to_probability: hazard_to_probability,
    _logarithm: logarithm,
}


@contextlib.contextmanager
def strictly(rules: Iterable[Rule]) -> Iterator[None]:
    """Inside, the files of these rules call the functions of this module."""
    changed: list[tuple[dict[str, Any], str, Any]] = []
    for rule in rules:
        names = rule.__globals__
        for name, thing in list(names.items()):
            if callable(thing) and _hashable(thing) and thing in CHECKED:
                changed.append((names, name, thing))
                names[name] = CHECKED[thing]
    try:
        yield
    finally:
        for names, name, thing in changed:
            names[name] = thing


def _hashable(thing: object) -> bool:
    return getattr(type(thing), "__hash__", None) is not None
