"""Arithmetic of a person's own rule in compiled code: it gives up where plain Python gives up.

Machine code wraps a whole number beyond 64 bits around and takes the root of a negative as NaN,
which `min` and `max` hide. What people write is therefore compiled with the functions of this
module in place of `+`, `-`, `*`, `int`, `round` and those of `math`. The program's own rules need
no guard: their numbers are held by tests, their accounts by the checks of a quarter.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import overload

LEAST, MOST = -(2**63), 2**63 - 1
_MOST_AS_FLOAT = 2.0**63
_TOO_LARGE = "a whole number is beyond 64 bits"
# functions of `math` of one number that may have no finite value, and those that round
PARTIAL = (
    *("sqrt", "exp", "expm1", "log", "log2", "log10", "log1p", "gamma", "lgamma"),
    *("sin", "cos", "tan", "asin", "acos", "sinh", "cosh", "acosh", "atanh"),
)
ROUNDING = ("floor", "ceil", "trunc")


def added(a: Any, b: Any) -> Any:
    """The sum; of whole numbers refused beyond 64 bits."""
    return a + b


def subtracted(a: Any, b: Any) -> Any:
    """The difference; of whole numbers refused beyond 64 bits."""
    return a - b


def multiplied(a: Any, b: Any) -> Any:
    """The product; of whole numbers refused beyond 64 bits."""
    return a * b


def whole(x: Any) -> Any:
    """`int(x)`, refused beyond 64 bits."""
    return int(x)


def rounded(x: Any) -> Any:
    """`round(x)`, refused beyond 64 bits."""
    return round(x)


OPERATORS: dict[type[ast.operator], Any] = {
    ast.Add: added,
    ast.Sub: subtracted,
    ast.Mult: multiplied,
}
BUILTINS = {"int": whole, "round": rounded}


def _are_whole(*kinds: Any) -> bool:
    return all(isinstance(kind, types.Integer | types.Boolean) for kind in kinds)


@njit
def _size(x: Any) -> Any:
    """The absolute value, of the least number too."""
    return np.uint64(x) if x >= 0 else np.uint64(0) - np.uint64(x)


@overload(added)
def _added(a: Any, b: Any) -> Any:
    def exact(a: Any, b: Any) -> Any:
        x, y = np.int64(a), np.int64(b)
        if (y > 0 and x > MOST - y) or (y < 0 and x < LEAST - y):
            raise OverflowError(_TOO_LARGE)
        return x + y

    def plain(a: Any, b: Any) -> Any:
        return a + b

    return exact if _are_whole(a, b) else plain


@overload(subtracted)
def _subtracted(a: Any, b: Any) -> Any:
    def exact(a: Any, b: Any) -> Any:
        x, y = np.int64(a), np.int64(b)
        if (y < 0 and x > MOST + y) or (y > 0 and x < LEAST + y):
            raise OverflowError(_TOO_LARGE)
        return x - y

    def plain(a: Any, b: Any) -> Any:
        return a - b

    return exact if _are_whole(a, b) else plain


@overload(multiplied)
def _multiplied(a: Any, b: Any) -> Any:
    def exact(a: Any, b: Any) -> Any:
        x, y = np.int64(a), np.int64(b)
        sizes = (_size(x), _size(y))
        most = np.uint64(MOST) if (x < 0) == (y < 0) else _size(LEAST)
        if sizes[0] != 0 and sizes[1] > most // sizes[0]:
            raise OverflowError(_TOO_LARGE)
        return x * y

    def plain(a: Any, b: Any) -> Any:
        return a * b

    return exact if _are_whole(a, b) else plain


@overload(whole)
def _whole(x: Any) -> Any:
    def within(x: Any) -> Any:
        if not abs(x) < _MOST_AS_FLOAT:
            raise OverflowError(_TOO_LARGE)
        return int(x)

    def plain(x: Any) -> Any:
        return int(x)

    return within if isinstance(x, types.Float) else plain


@overload(rounded)
def _rounded(x: Any) -> Any:
    def within(x: Any) -> Any:
        if not abs(x) < _MOST_AS_FLOAT:
            raise OverflowError(_TOO_LARGE)
        return round(x)

    def plain(x: Any) -> Any:
        return round(x)

    return within if isinstance(x, types.Float) else plain


def math_text(name: str, decorator: str) -> str:
    """The text of a function `math_NAME` that gives up where the one of `math` does."""
    unable = "not math.isfinite(y) and (math.isfinite(x) or math.isnan(y) and not math.isnan(x))"
    if name in ROUNDING:
        unable = f"not abs(x) < {_MOST_AS_FLOAT}"
    return f"""import math

{decorator}
def math_{name}(x):
    y = math.{name}(x)
    if {unable}:
        raise ValueError("math.{name}() has no value for this number")
    return y"""


def guard(
    tree: ast.FunctionDef, modules: Collection[str], named: Callable[[Any], str]
) -> ast.FunctionDef:
    """The function with its arithmetic replaced; `modules` are the names that it has for `math`.

    `named` gives the name of one of this module's functions, or of a function of `math`, in the
    text that is made.
    """
    changed: ast.FunctionDef = _Guard(modules, named).visit(tree)
    return changed


class _Guard(ast.NodeTransformer):
    def __init__(self, modules: Collection[str], named: Callable[[Any], str]) -> None:
        self.modules = modules
        self.named = named

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        guard = OPERATORS.get(type(node.op))
        return node if guard is None else self._call(guard, node.left, node.right)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        guard = OPERATORS.get(type(node.op))
        if guard is None or not isinstance(node.target, ast.Name):
            return node
        now = ast.Name(node.target.id, ast.Load())
        return ast.Assign([node.target], self._call(guard, now, node.value))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if len(node.args) != 1 or node.keywords:
            return node
        called = node.func
        if isinstance(called, ast.Name) and called.id in BUILTINS:
            return self._call(BUILTINS[called.id], *node.args)
        if isinstance(called, ast.Attribute) and called.attr in (*PARTIAL, *ROUNDING):
            owner = called.value
            if isinstance(owner, ast.Name) and owner.id in self.modules:
                return self._call(getattr(math, called.attr), *node.args)
        return node

    def _call(self, guard: Any, *arguments: ast.expr) -> ast.Call:
        return ast.Call(ast.Name(self.named(guard), ast.Load()), list(arguments), [])
