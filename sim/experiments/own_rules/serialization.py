"""A person's own rules on their way to other processes: found with all they use, packed, unpacked.

A rule may stand in a file, a script or a cell of a notebook, and use functions and numbers of other
files or cells. The functions are sent by value together with the texts that they were written in,
because the compiler reads those.
"""

from __future__ import annotations

import functools
import inspect
import linecache
import pickle
import sys
import types
from collections.abc import Callable, Iterator, Mapping

import cloudpickle

from sim.agents.own import declared_by
from sim.errors import InputError
from sim.model.engine.compiler.constructs import is_personal, refuse_own_modules
from sim.model.engine.rule_helpers import counted_with

OwnRules = dict[str, Callable[..., None]]


def used_by(rule: Callable[..., object]) -> tuple[list[types.FunctionType], dict[str, object]]:
    """The functions of a person that a rule is made of, itself first, and all other values by name.

    What belongs to this program, to Python or to an installed package is among the values. Raises
    InputError for a person's module that is used as a whole.
    """
    functions: list[types.FunctionType] = []
    values: dict[str, object] = {}
    waiting: list[object] = [rule, *counted_with(rule).values(), *declared_by(rule).functions]
    while waiting:
        thing = waiting.pop(0)
        if not isinstance(thing, types.FunctionType) or thing in functions:
            continue
        functions.append(thing)
        refuse_own_modules(thing)
        for name, value in _outside(thing):
            if isinstance(value, types.FunctionType) and _personal(value):
                waiting.append(value)
            else:
                values[f"{thing.__name__}: {name}"] = value
    return functions, values


def packed(rules: Mapping[str, Callable[..., object]]) -> bytes:
    """Rules by kind as bytes that `unpacked` reads in any process. Raises InputError."""
    functions = [function for rule in rules.values() for function in used_by(rule)[0]]
    files = [function.__code__.co_filename for function in functions]  # not kept by the pickle
    texts = {f.__code__.co_filename: linecache.getlines(f.__code__.co_filename) for f in functions}
    modules = {sys.modules.get(function.__module__) for function in functions}
    homes = [m for m in modules if m is not None and m.__name__ != "__main__"]
    for module in homes:
        cloudpickle.register_pickle_by_value(module)
    try:
        helpers = {kind: counted_with(rule) for kind, rule in rules.items()}
        declared = {kind: declared_by(rule) for kind, rule in rules.items()}
        return bytes(cloudpickle.dumps((dict(rules), functions, files, texts, helpers, declared)))
    except Exception as error:
        raise InputError(
            f"the rules cannot be sent to other processes: {error}",
            allowed="rules of plain functions, numbers and words",
            todo="take out what cannot be copied, such as an open file, or use one worker",
        ) from error
    finally:
        for module in homes:
            cloudpickle.unregister_pickle_by_value(module)


@functools.cache
def unpacked(content: bytes) -> OwnRules:
    """The rules in what `packed` has made."""
    rules: OwnRules
    rules, functions, files, texts, helpers, declared = pickle.loads(content)
    for kind, rule in rules.items():
        rule.__globals__.update(helpers[kind])  # what the rule itself does not call
        vars(rule)["declared"] = declared[kind]
    for function, file in zip(functions, files, strict=True):
        function.__code__ = function.__code__.replace(co_filename=file)
    for file, lines in texts.items():
        linecache.cache[file] = (sum(map(len, lines)), None, lines, file)
    return rules


def _personal(function: types.FunctionType) -> bool:
    """True where another process may not find the function by importing it."""
    return is_personal(function.__module__ or "", function.__code__.co_filename)


def _outside(function: types.FunctionType) -> Iterator[tuple[str, object]]:
    """Names that a function uses and does not define, with what they stand for now."""
    yield from inspect.getclosurevars(function).nonlocals.items()
    for name in dict.fromkeys(_names(function.__code__)):
        if name in function.__globals__:
            yield name, function.__globals__[name]


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from _names(inner)
