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
from tests.helpers.models import people_model
from tests.helpers.rule_files import short, trust_under, written

HEAD = """
import functools
import math
from math import pow as power

import numpy as np

PRICES = [1.0, 2.0]


def rule(person, env, params, rng):
"""

# the body of a rule, and words that the message must have
REFUSED = {
    "a field that nobody has": ("    person.trsut = 0.5", ["person.trsut", "did you mean 'trust'"]),
    "a field that nobody has, read": (
        "    person.trust = person.skil",
        ["person.skil", "did you mean 'skill'", "income_rank"],
    ),
    "what nobody sees": (
        "    person.trust = env.shopers_share",
        ["env.shopers_share", "did you mean 'shopper_share'"],
    ),
    "no parameter": (
        "    person.trust = params.trust_recovry",
        ["params.trust_recovry", "did you mean 'trust_recovery'"],
    ),
    "in a branch never taken": (
        "    if False:\n        person.trust = params.none_such",
        ["params.none_such"],
    ),
    "a power": ("    person.trust = person.skill ** 2", ["power", "x * x"]),
    "a power in place": ("    person.trust **= 2", ["power"]),
    "math.pow": ("    person.trust = math.pow(person.skill, 2.0)", ["power"]),
    "pow": ("    person.trust = pow(person.skill, 2)", ["power"]),
    "a renamed pow": ("    person.trust = power(person.skill, 2.0)", ["power"]),
    "what never changes": ("    person.adult = True", ["person.adult", "never changes", "trust"]),
    "what never changes, in place": ("    person.income_rank += 0.1", ["person.income_rank"]),
    "what one sees": ("    env.covid = 0.0", ["env.covid", "read"]),
    "a parameter": ("    params.innovation = 1.0", ["params.innovation", "read"]),
    "a list outside": ("    person.trust = PRICES[0]", ["PRICES", "list", "engine='objects'"]),
    "a module": ("    person.trust = np.exp(-person.skill)", ["np", "module", "math"]),
    "an unknown name": ("    person.trust = TRUST_LEVEL", ["TRUST_LEVEL", "not defined"]),
    "a function inside": (
        "    def inner():\n        return 1.0\n\n    person.trust = inner()",
        ["functions inside"],
    ),
    "a lambda inside": ("    person.trust = (lambda x: x)(0.5)", []),
    "another name for oneself": ("    x = person\n    x.trust = 0.5 if x.adult else 0.1", []),
    "text as a number": ("    person.trust = 'high'", []),
    "a dictionary of things": ("    person.trust = {'a': 0.5}.popitem()", []),
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
    "what nobody sees": ("def part(env):\n    return env.covit\n", "covit"),
    "a power": ("def part(env):\n    return env.covid ** 2\n", "power"),
}


@pytest.mark.parametrize("case", HELPERS)
def test_a_function_that_the_rule_calls_is_read_too(tmp_path: Path, case: str) -> None:
    helper, word = HELPERS[case]
    text = helper + "\n\ndef rule(person, env, params, rng):\n    person.trust = part(env)\n"
    module = written(tmp_path, f"helper_{list(HELPERS).index(case)}", text)
    with pytest.raises(InputError, match=word):
        trust_under(module.rule)


def _three(person: Any, env: Any, params: Any) -> None: ...
def _other_names(self: Any, env: Any, params: Any, rng: Any) -> None: ...
def _swapped(person: Any, params: Any, env: Any, rng: Any) -> None: ...
def _five(person: Any, env: Any, params: Any, rng: Any, more: Any) -> None: ...
def _any(*args: Any) -> None: ...


class _Callable:
    def __call__(self, person: Any, env: Any, params: Any, rng: Any) -> None: ...


NOT_RULES: list[Any] = [
    _three,
    _other_names,
    _swapped,
    _five,
    _any,
    lambda person: None,
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
        trust_under(lambda person, env, params, rng: None)


def test_rules_are_for_those_who_exist() -> None:
    with pytest.raises(InputError, match="did you mean 'consumer'"):
        people_model(short(1), scale=1_000_000, rules={"consumers": _five})


def _saying(what: float) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def decorate(rule: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(rule)
        def wrapped(person: Any, env: Any, params: Any, rng: Any) -> None:
            rule(person, env, params, rng)
            person.trust = what

        return wrapped

    return decorate


@_saying(0.75)
def _decorated(person: Any, env: Any, params: Any, rng: Any) -> None:
    person.trust = 0.25


def test_a_decorator_counts_or_is_refused() -> None:
    assert trust_under(_decorated, "objects") == {0.75}
    try:
        shown = trust_under(_decorated)
    except InputError:
        return
    assert shown == {0.75}
