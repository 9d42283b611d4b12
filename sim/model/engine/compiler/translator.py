"""From plain functions to the text of a module that Numba can compile and keep on disk.

A rule is written for one agent: `rule(person, env, params, rng)`. The text made here contains the
rule, every function it calls and every constant it uses, so its hash names all that determines the
machine code, and an edited rule can never run stale. Three things change on the way, none of which
changes a number:

* reading a float field of the agent becomes a double, as it is in plain Python;
* what never changes about the agent is passed beside it as `who`;
* `params` carries just the parameters that are used.
"""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import linecache
import math
import textwrap
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim import rng
from sim.agents.own import OwnField, OwnIndicator, OwnParameter, is_shipped
from sim.errors import InputError, did_you_mean
from sim.model.engine.compiler import guarded, intrinsics
from sim.model.engine.compiler.constructs import PLAIN_PYTHON, place_in, refuse_constructs
from sim.model.engine.compiler.control_flow import refuse_unset
from sim.model.engine.compiler.kind import Kind
from sim.model.engine.strict import CHECKED

# compiled by sim.model.engine.compiler.intrinsics, not from their source
INTRINSICS: tuple[Callable[..., Any], ...] = (
    rng.scramble,
    intrinsics.bare,
    intrinsics.by_market,
    *guarded.OPERATORS.values(),
    *guarded.BUILTINS.values(),
)
# Python never calls these functions; wrappers for it would take a third of the time of compiling.
CALLED_BY_COMPILED = (
    "@njit(error_model='numpy', forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)"
)
# What agents do looks before it writes: a place outside would be another agent's, or nobody's.
_CALLED_AND_CHECKED = CALLED_BY_COMPILED.replace(")", ", boundscheck=True)")
# What people write gives up where plain Python does: a division by zero is no number.
_CALLED_AND_GUARDED = _CALLED_AND_CHECKED.replace("'numpy'", "'python'")
_MODULES = ("math",)
_LONGEST_LIST = 40
_OTHERWISE = f"turn it into a number or a function, or {PLAIN_PYTHON}"
_INSTEAD = {
    "random": 'draw with uniform(rng, decision("any name")) from sim.rng: same seed, same draws',
    "numpy": "use the module math, and uniform(rng, ...) from sim.rng for random draws",
}


@dataclass
class Program:
    """Functions gathered for one module, in an order in which each is defined before its use."""

    kind: Kind
    texts: dict[str, str] = field(default_factory=dict)
    parameters: set[str] = field(default_factory=set)
    _names: dict[int, str] = field(default_factory=dict)
    _taken: dict[str, object] = field(default_factory=dict)
    _keep: list[object] = field(default_factory=list)
    _open: list[types.FunctionType] = field(default_factory=list)  # being read, outermost first

    def add(self, function: Callable[..., Any], bind: Mapping[str, str] | None = None) -> str:
        """Add a function and all it needs; returns the name it has in the module.

        `bind` names arguments that are functions of this module: they are called directly, so that
        the compiler can merge them into their caller, and disappear from the arguments.
        """
        if id(function) in self._names:
            self._refuse_circle(function)
            return self._names[id(function)]
        if not isinstance(function, types.FunctionType):
            raise InputError(f"{function!r} is not a plain Python function")
        # the mark keeps a person's names apart from those of the loop around their rule
        name = self._claim(f"{function.__name__}_of_rule", function)
        self._names[id(function)] = name
        self._open.append(function)
        tree = function_tree(function)
        if not is_shipped(function):
            refuse_constructs(tree, function)
            refuse_unset(tree, function)
        _bind(tree, bind or {})
        if _arguments(tree)[:1] == [self.kind.agent] or "params" in _arguments(tree):
            tree = _Translator(self.kind, self.parameters, function).visit(tree)
        known = set((bind or {}).values())
        outside = _outside_names(function, tree, known)
        names = {used: self._resolve(function, used, value) for used, value in outside.items()}
        tree = _Renamer({old: new for old, new in names.items() if old != new}).visit(tree)
        decorator = CALLED_BY_COMPILED
        if not is_shipped(function):
            decorator = _CALLED_AND_GUARDED
            modules = [used for used, value in outside.items() if value is math]
            tree = guarded.guard(tree, modules, self._guard)
        elif not function.__module__.startswith(("sim.model", "sim.meanfield")):
            decorator = _CALLED_AND_CHECKED
        tree.name = name
        self.texts[name] = f"{decorator}\n{ast.unparse(ast.fix_missing_locations(tree))}"
        self._open.pop()
        return name

    def _refuse_circle(self, function: Callable[..., Any]) -> None:
        """A function that is still being read has been reached from itself."""
        if function not in self._open:
            return
        circle = [one.__name__ for one in self._open[self._open.index(function) :]]
        calls = ", which calls ".join(f"'{name}'" for name in [*circle[1:], circle[0]])
        raise InputError(
            f"'{circle[0]}' calls " + (calls if len(circle) > 1 else "itself"),
            where=place_in(self._open[-1]),
            todo="write the repetition as a loop (for, while), and call each function from above",
        )

    def text(self) -> str:
        """The module's text."""
        return "\n\n\n".join(self.texts.values()) + "\n"

    def _claim(self, wanted: str, thing: object) -> str:
        name, number = wanted, 1
        while name in self._taken and self._taken[name] is not thing:
            number += 1
            name = f"{wanted}_{number}"
        self._taken[name] = thing
        self._keep.append(thing)
        return name

    def _guard(self, thing: Callable[..., Any]) -> str:
        """The name of a function that stands for arithmetic of a person's own."""
        if thing in INTRINSICS:
            return self._imported(thing.__name__, thing)
        name = self._claim(f"math_{thing.__name__}", thing)
        self.texts.setdefault(name, guarded.math_text(thing.__name__, _CALLED_AND_GUARDED))
        return name

    def _imported(self, wanted: str, thing: object) -> str:
        name = self._claim(wanted, thing)
        own, origin = getattr(thing, "__name__", wanted), getattr(thing, "__module__", "")
        self.texts.setdefault(name, f"from {origin} import {own} as {name}")
        return name

    def _resolve(self, function: types.FunctionType, used: str, value: object) -> str:
        if any(value is one for one in INTRINSICS) or _is_record_of_the_program(value):
            return self._imported(used, value)
        if isinstance(value, types.FunctionType):
            return self.add(value if is_shipped(function) else CHECKED.get(value, value))
        if isinstance(value, types.ModuleType) and value.__name__ in _MODULES:
            self.texts.setdefault(used, f"import {value.__name__} as {used}")
            return used
        if isinstance(value, bool | int | float | str):
            name = self._claim(used, value)
            self.texts.setdefault(name, f"{name} = {_literal(value)}")
            return name
        if isinstance(value, OwnField | OwnParameter | OwnIndicator):
            owner = "params" if isinstance(value, OwnParameter) else self.kind.agent
            raise InputError(
                f"'{used}' is declared, not a number",
                where=place_in(function),
                todo=f"write {owner}.{used}",
            )
        raise InputError(
            f"'{used}' ({type(value).__name__}) cannot be used in a rule that is to be compiled",
            where=place_in(function),
            allowed="numbers, functions written in plain Python, the module math",
            todo=_INSTEAD.get(getattr(value, "__name__", "").partition(".")[0], _OTHERWISE),
        )


def function_tree(function: types.FunctionType) -> ast.FunctionDef:
    """The syntax tree of a function as it stands in its file, without its decorators."""
    try:
        text = textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError) as error:
        raise InputError(
            f"Python keeps no source of the function '{function.__name__}'",
            todo="write the rule in a file or a notebook cell and import it from there",
        ) from error
    try:
        found = ast.parse(text).body[0]
    except SyntaxError as error:
        raise InputError(
            f"the source of '{function.__name__}' cannot be read by itself",
            where=place_in(function),
            todo="write the rule with def, on lines of its own",
        ) from error
    if not isinstance(found, ast.FunctionDef):
        raise InputError(
            f"'{function.__name__}' is not written with def",
            where=place_in(function),
            todo="write the rule as def rule(person, env, params, rng): ...",
        )
    if found.decorator_list or hasattr(function, "__wrapped__"):
        raise InputError(
            f"'{function.__name__}' has a decorator, which a compiled rule would lose",
            where=place_in(function),
            todo=f"take the decorator off, or {PLAIN_PYTHON}",
        )
    _refuse_stale(function, found)
    found.returns = None
    for argument in (*found.args.args, *found.args.kwonlyargs):
        argument.annotation = None
    return found


def _refuse_stale(function: types.FunctionType, tree: ast.FunctionDef) -> None:
    """The file may have been edited after the function was made: then the two would differ."""
    code = function.__code__
    text = "".join(linecache.getlines(code.co_filename, function.__globals__))
    found = _codes(text, code.co_filename).get((code.co_qualname, code.co_firstlineno))
    if tree.name != function.__name__ or found is None or _content(found) != _content(code):
        raise InputError(
            f"the file of '{function.__name__}' has changed since it was imported",
            where=place_in(function),
            todo="start Python anew, or reload the module, and build the model again",
        )


@functools.lru_cache(maxsize=256)
def _codes(text: str, file: str) -> dict[tuple[str, int], types.CodeType]:
    """Every function in a text, by its qualified name and first line."""
    try:
        waiting = [compile(text, file, "exec", dont_inherit=True)]
    except (SyntaxError, ValueError):
        return {}
    found: dict[tuple[str, int], types.CodeType] = {}
    while waiting:
        for inner in waiting.pop().co_consts:
            if isinstance(inner, types.CodeType):
                found[inner.co_qualname, inner.co_firstlineno] = inner
                waiting.append(inner)
    return found


def _content(code: types.CodeType) -> tuple[object, ...]:
    """What a function does, without where it stands."""
    constants = [repr(value) for value in code.co_consts if not isinstance(value, types.CodeType)]
    return code.co_code, code.co_names, code.co_varnames, constants


def _bind(tree: ast.FunctionDef, bind: Mapping[str, str]) -> None:
    """Replaces arguments by names of the module."""
    tree.args.args = [argument for argument in tree.args.args if argument.arg not in bind]
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in bind:
            node.id = bind[node.id]


def _outside_names(
    function: types.FunctionType, tree: ast.FunctionDef, known: set[str]
) -> dict[str, object]:
    """Names that the function uses but does not define, with what they stand for."""
    local = known | {argument.arg for argument in (*tree.args.args, *tree.args.kwonlyargs)}
    local |= {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    closed = inspect.getclosurevars(function)
    outside: dict[str, object] = {}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)):
            continue
        name = node.id
        if name in local or name in outside or name == "float64":
            continue
        if name in closed.nonlocals:
            outside[name] = closed.nonlocals[name]
        elif name in function.__globals__:
            outside[name] = function.__globals__[name]
        elif not hasattr(builtins, name):
            raise InputError(
                f"'{name}' is not defined",
                where=place_in(function),
                todo=did_you_mean(name, [*function.__globals__, *local]) or None,
            )
    return outside


class _Translator(ast.NodeTransformer):
    """Rewrites one function of a rule for the compiler and checks the names it reads."""

    def __init__(self, kind: Kind, used: set[str], function: types.FunctionType) -> None:
        self.kind = kind
        self.used = used
        self.function = function

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.has = set(_arguments(node))
        self.generic_visit(node)
        if self.kind.agent in self.has:
            place = _arguments(node).index(self.kind.agent)
            node.args.args.insert(place + 1, ast.arg("who"))
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.value.id in self.has:
            owner = node.value.id
            if owner == self.kind.agent:
                return self._own(node)
            if owner == "env":
                self._check(node, self.kind.seen, "env", f"a {self.kind.agent} sees")
            if owner == "params":
                self._check(node, self.kind.parameters, "params", "parameters are")
                self.used.add(node.attr)
            if owner in ("env", "params") and not isinstance(node.ctx, ast.Load):
                raise InputError(
                    f"'{owner}.{node.attr}' can only be read",
                    where=place_in(self.function, node),
                    todo=f"what a {self.kind.agent} remembers is a field of `{self.kind.agent}`",
                )
            return node
        return self.generic_visit(node)

    def _own(self, node: ast.Attribute) -> ast.AST:
        names = self.kind.record.names or ()
        if node.attr in self.kind.fixed:
            if not isinstance(node.ctx, ast.Load):
                raise InputError(
                    f"'{self.kind.agent}.{node.attr}' never changes and cannot be written",
                    where=place_in(self.function, node),
                    allowed=", ".join(names),
                )
            return ast.Attribute(ast.Name("who", ast.Load()), node.attr, ast.Load())
        self._check(node, (*names, *self.kind.fixed), self.kind.agent, "an agent remembers")
        if isinstance(node.ctx, ast.Load) and self.kind.record[node.attr].kind == "f":
            return ast.Call(ast.Name("float64", ast.Load()), [node], [])
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        agent = self.kind.agent
        if node.id == agent and agent in self.has:
            raise InputError(
                f"'{agent}' can be read field by field or handed to a function, nothing else",
                where=place_in(self.function, node),
                todo=f"write {agent}.skill, or f({agent}, ...) with {agent} by position",
            )
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        target = node.target
        if isinstance(target, ast.Attribute):
            read = ast.copy_location(ast.Attribute(target.value, target.attr, ast.Load()), target)
            plain = ast.Assign([target], ast.BinOp(read, node.op, node.value))
            return self.visit(ast.copy_location(plain, node))
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        arguments: list[ast.expr] = []
        for argument in node.args:
            own = isinstance(argument, ast.Name) and argument.id == self.kind.agent in self.has
            if own:
                arguments += [argument, ast.Name("who", ast.Load())]
            else:
                arguments.append(self.visit(argument))
        function = node.func if isinstance(node.func, ast.Name) else self.visit(node.func)
        return ast.Call(function, arguments, [self.visit(word) for word in node.keywords])

    def _check(self, node: ast.Attribute, allowed: Iterable[str], owner: str, what: str) -> None:
        name, names = node.attr, list(allowed)
        if name not in names:
            many = len(names) > _LONGEST_LIST
            raise InputError(
                f"there is no '{owner}.{name}'",
                where=place_in(self.function, node),
                allowed=f"{what} {'see `mekong list parameters`' if many else ', '.join(names)}",
                todo=did_you_mean(name, names) or None,
            )


class _Renamer(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(self.names.get(node.id, node.id), node.ctx)


def _arguments(tree: ast.FunctionDef) -> list[str]:
    return [argument.arg for argument in tree.args.args]


def _is_record_of_the_program(value: object) -> bool:
    """A named tuple of this program; one of a person's could not be found in another process."""
    named = isinstance(value, type) and issubclass(value, tuple) and hasattr(value, "_fields")
    return named and value.__module__.startswith("sim.")


def _literal(value: bool | int | float | str) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return f"float('{value}')"
    return repr(value)
