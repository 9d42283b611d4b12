"""A trial of a rule in plain Python that refuses what a run would pass over in silence.

A hazard of NaN never happens, and neither does a negative one: no number of any agent shows it. In
a trial the rule calls functions that look at what they are given.
"""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sim import rng, units

Rule = Callable[..., None]
_now = threading.local()


def is_strict() -> bool:
    """Whether a trial is going on in this thread."""
    return getattr(_now, "strict", False)


def _looked_at(function: Callable[..., Any], place: int, what: str) -> Callable[..., Any]:
    """The function, refusing an argument that is NaN or negative."""

    def strict(*arguments: Any) -> Any:
        value = arguments[place]
        if not value >= 0.0:
            said = "NaN (not a number)" if math.isnan(value) else f"{value:.6g}"
            raise ArithmeticError(f"{what} is {said}; it must be 0 or more")
        return function(*arguments)

    return strict


def _logarithm(x: float) -> float:
    if not x >= 0.0:
        said = "NaN (not a number)" if math.isnan(x) else f"{x:.6g}"
        raise ArithmeticError(f"the logarithm of {said} is taken")
    return units.logarithm(x)


_STRICT: dict[Callable[..., Any], Callable[..., Any]] = {
    rng.event_occurs: _looked_at(rng.event_occurs, 2, "the hazard given to event_occurs()"),
    units.hazard_to_probability: _looked_at(
        units.hazard_to_probability, 0, "the hazard given to hazard_to_probability()"
    ),
    units.logarithm: _logarithm,
}


@contextlib.contextmanager
def strictly(rules: Iterable[Rule]) -> Iterator[None]:
    """Inside, the files of these rules call the strict functions, and arithmetic errors count."""
    changed: list[tuple[dict[str, Any], str, Any]] = []
    for rule in rules:
        names = rule.__globals__
        for name, thing in list(names.items()):
            if callable(thing) and _hashable(thing) and thing in _STRICT:
                changed.append((names, name, thing))
                names[name] = _STRICT[thing]
    _now.strict = True
    try:
        yield
    finally:
        _now.strict = False
        for names, name, thing in changed:
            names[name] = thing


def _hashable(thing: object) -> bool:
    return getattr(type(thing), "__hash__", None) is not None
