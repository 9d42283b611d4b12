"""Arithmetic of a person's own: compiled, it gives the value of plain Python or gives up."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import FunctionType
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim.model.engine.compiled import consumer_kind
from sim.model.engine.compiler.cache import compiled_module
from sim.model.engine.compiler.translator import Program

MOST = 2**63 - 1
WHOLE = st.integers(-MOST - 1, MOST) | st.integers(-3, 3) | st.sampled_from([MOST, -MOST - 1])


def sum_of(a: Any, b: Any) -> Any:
    a += b
    return a


def difference_of(a: Any, b: Any) -> Any:
    return a - b


def product_of(a: Any, b: Any) -> Any:
    return a * b


def quotient_of(a: Any, b: Any) -> Any:
    return a / b


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function as a rule has it in compiled code."""
    program = Program(consumer_kind())
    name = program.add(function)
    count = function.__code__.co_argcount
    arguments = ", ".join("abc"[:count])
    text = f"{program.text()}\n@njit\ndef run({arguments}):\n    return {name}({arguments})\n"
    run: Callable[..., Any] = compiled_module(text).run
    return run


WHOLE_NUMBERS = {one: compiled(one) for one in (sum_of, difference_of, product_of)}


@pytest.mark.parametrize("plain", WHOLE_NUMBERS, ids=lambda one: one.__name__)
@given(a=WHOLE, b=WHOLE)
@example(a=-1, b=-MOST - 1)
@example(a=-MOST - 1, b=-1)
@example(a=MOST, b=1)
@example(a=3037000500, b=3037000500)  # 2 ** 63 + 145 - 1
@example(a=2**31, b=2**32)
@example(a=-(2**31), b=2**32)
@settings(max_examples=300, deadline=None)
def test_whole_numbers(plain: FunctionType, a: int, b: int) -> None:
    right, found = plain(a, b), WHOLE_NUMBERS[plain]
    if -MOST - 1 <= right <= MOST:
        assert found(a, b) == right
    else:
        with pytest.raises(OverflowError, match="64 bits"):
            found(a, b)


@pytest.mark.parametrize("plain", [sum_of, difference_of, product_of, quotient_of])
@given(a=st.floats(), b=st.floats())
@settings(max_examples=100, deadline=None)
def test_other_numbers(plain: FunctionType, a: float, b: float) -> None:
    found = WHOLE_NUMBERS.setdefault(plain, compiled(plain))
    if plain is quotient_of and b == 0.0:
        with pytest.raises(ZeroDivisionError):
            found(a, b)
        return
    right = plain(a, b)
    assert found(a, b) == right or (math.isnan(right) and math.isnan(found(a, b)))


NUMBERS = [0.0, -0.0, 0.5, 1.0, -1.0, 1.5, -2.0, 171.0, 720.0, 1e19, -1e300, math.inf, -math.inf]


def sqrt(x: float) -> Any:
    return math.sqrt(x)


def exp(x: float) -> Any:
    return math.exp(x)


def log(x: float) -> Any:
    return math.log(x)


def log1p(x: float) -> Any:
    return math.log1p(x)


def atanh(x: float) -> Any:
    return math.atanh(x)


def sin(x: float) -> Any:
    return math.sin(x)


def gamma(x: float) -> Any:
    return math.gamma(x)


def floor(x: float) -> Any:
    return math.floor(x)


def ceil(x: float) -> Any:
    return math.ceil(x)


def whole(x: float) -> Any:
    return int(x)


def nearest(x: float) -> Any:
    return round(x)


@pytest.mark.parametrize(
    "plain", [sqrt, exp, log, log1p, atanh, sin, gamma, floor, ceil, whole, nearest]
)
def test_functions_of_one_number(plain: FunctionType) -> None:
    found = compiled(plain)
    for x in [*NUMBERS, math.nan]:
        try:
            right = plain(x)
        except (ValueError, OverflowError):
            right = None
        if right is None or (abs(right) > MOST > 0 and isinstance(right, int)):
            with pytest.raises((ValueError, OverflowError)):
                found(x)
        elif math.isnan(right):
            assert math.isnan(found(x))
        else:
            assert found(x) == pytest.approx(right, rel=1e-15)


def test_rules_of_the_program_are_compiled_as_they_stand() -> None:
    from sim.agents.consumer import consumer_quarter

    program = Program(consumer_kind())
    program.add(consumer_quarter)
    assert "error_model='python'" not in program.text() and "added(" not in program.text()
