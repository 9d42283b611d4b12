"""A rule that cannot run is refused in words: what is wrong, where, and what to do."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.errors import InputError
from tests.agents.loading import short, trust_under, written
from tests.models import people_model

HEAD = """
import functools
import math
from math import pow as power

import numpy as np

PRICES = [1.0, 2.0]


def rule(me, here, p, luck):
"""

# the body of a rule, and words that the message must have
REFUSED = {
    "a field that nobody has": ("    me.trsut = 0.5", ["me.trsut", "did you mean 'trust'"]),
    "a field that nobody has, read": (
        "    me.trust = me.skil",
        ["me.skil", "did you mean 'skill'", "income_rank"],
    ),
    "what nobody sees": (
        "    me.trust = here.shopers_share",
        ["here.shopers_share", "did you mean 'shopper_share'"],
    ),
    "no parameter": (
        "    me.trust = p.trust_recovry",
        ["p.trust_recovry", "did you mean 'trust_recovery'"],
    ),
    "in a branch never taken": ("    if False:\n        me.trust = p.none_such", ["p.none_such"]),
    "a power": ("    me.trust = me.skill ** 2", ["power", "x * x"]),
    "a power in place": ("    me.trust **= 2", ["power"]),
    "math.pow": ("    me.trust = math.pow(me.skill, 2.0)", ["power"]),
    "pow": ("    me.trust = pow(me.skill, 2)", ["power"]),
    "a renamed pow": ("    me.trust = power(me.skill, 2.0)", ["power"]),
    "what never changes": ("    me.adult = True", ["me.adult", "never changes", "trust"]),
    "what never changes, in place": ("    me.income_rank += 0.1", ["me.income_rank"]),
    "what one sees": ("    here.covid = 0.0", ["here.covid", "read"]),
    "a parameter": ("    p.innovation = 1.0", ["p.innovation", "read"]),
    "a list outside": ("    me.trust = PRICES[0]", ["PRICES", "list", "engine='objects'"]),
    "a module": ("    me.trust = np.exp(-me.skill)", ["np", "module", "math"]),
    "an unknown name": ("    me.trust = TRUST_LEVEL", ["TRUST_LEVEL", "not defined"]),
    "a function inside": (
        "    def inner():\n        return 1.0\n\n    me.trust = inner()",
        ["functions inside"],
    ),
    "a lambda inside": ("    me.trust = (lambda x: x)(0.5)", []),
    "another name for oneself": ("    x = me\n    x.trust = 0.5 if x.adult else 0.1", []),
    "text as a number": ("    me.trust = 'high'", []),
    "a dictionary of things": ("    me.trust = {'a': 0.5}.popitem()", []),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_rule_is_refused_in_words(tmp_path: Path, case: str) -> None:
    body, words = REFUSED[case]
    module = written(tmp_path, f"refused_{list(REFUSED).index(case)}", HEAD + body + "\n")
    with pytest.raises(InputError) as caught:
        trust_under(module.rule)
    message = str(caught.value)
    assert [word for word in words if word not in message] == []
    assert "rule" in message
    assert len(message) < 2000


HELPERS = {
    "what nobody sees": ("def part(here):\n    return here.covit\n", "covit"),
    "a power": ("def part(here):\n    return here.covid ** 2\n", "power"),
}


@pytest.mark.parametrize("case", HELPERS)
def test_a_function_that_the_rule_calls_is_read_too(tmp_path: Path, case: str) -> None:
    helper, word = HELPERS[case]
    text = helper + "\n\ndef rule(me, here, p, luck):\n    me.trust = part(here)\n"
    module = written(tmp_path, f"helper_{list(HELPERS).index(case)}", text)
    with pytest.raises(InputError, match=word):
        trust_under(module.rule)


def _three(me: Any, here: Any, p: Any) -> None: ...
def _other_names(self: Any, here: Any, p: Any, luck: Any) -> None: ...
def _swapped(me: Any, p: Any, here: Any, luck: Any) -> None: ...
def _five(me: Any, here: Any, p: Any, luck: Any, more: Any) -> None: ...
def _any(*args: Any) -> None: ...


class _Callable:
    def __call__(self, me: Any, here: Any, p: Any, luck: Any) -> None: ...


NOT_RULES: list[Any] = [
    _three,
    _other_names,
    _swapped,
    _five,
    _any,
    lambda me: None,
    math.exp,
    np.exp,
    _Callable(),
    functools.partial(_five, more=1),
    "consumer_quarter",
    None,
]


@pytest.mark.parametrize("engine", ["compiled", "objects"])
@pytest.mark.parametrize("rule", NOT_RULES)
def test_what_does_not_take_the_four_arguments_is_refused(rule: Any, engine: str) -> None:
    with pytest.raises(InputError, match="def rule"):
        trust_under(rule, engine)


def test_a_lambda_is_refused() -> None:
    with pytest.raises(InputError, match="def"):
        trust_under(lambda me, here, p, luck: None)


def test_rules_are_for_those_who_exist() -> None:
    with pytest.raises(InputError, match="did you mean 'consumer'"):
        people_model(short(1), scale=1_000_000, rules={"consumers": _five})


def _saying(what: float) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def decorate(rule: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(rule)
        def wrapped(me: Any, here: Any, p: Any, luck: Any) -> None:
            rule(me, here, p, luck)
            me.trust = what

        return wrapped

    return decorate


@_saying(0.75)
def _decorated(me: Any, here: Any, p: Any, luck: Any) -> None:
    me.trust = 0.25


def test_a_decorator_counts_or_is_refused() -> None:
    assert trust_under(_decorated, "objects") == {0.75}
    try:
        shown = trust_under(_decorated)
    except InputError:
        return
    assert shown == {0.75}
