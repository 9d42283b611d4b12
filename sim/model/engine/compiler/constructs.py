"""Constructs of Python that a compiled rule cannot have, each refused in words with its line."""

from __future__ import annotations

import ast
import sys
import types

from sim.errors import InputError, did_you_mean

OWN_RULE_FILE = "own_rule_"  # begins the name of a file of a rule as a module
_NO_OBJECTS = "a rule that is to be compiled works with numbers"
_AT_TOP = "write it at the top of the file"
_INSTALLED = ("site-packages", "dist-packages")
PLAIN_PYTHON = "run it in Python with MekongModel(..., engine='objects', market=False)"
# what is refused: how a person calls it, and what to do instead
_REFUSED: dict[type[ast.AST], tuple[str, str]] = {
    ast.Lambda: ("a lambda", "write a function with def beside the rule"),
    ast.Try: ("try", "test the value with if before it is used"),
    ast.TryStar: ("try", "test the value with if before it is used"),
    ast.Raise: ("raise", "test the value with if; impossible values stop a run by themselves"),
    ast.Assert: ("assert", "leave it out; impossible values stop a run by themselves"),
    ast.With: ("with", "use plain arithmetic, if and for"),
    ast.AsyncWith: ("async", "use plain arithmetic, if and for"),
    ast.AsyncFor: ("async", "use plain arithmetic, if and for"),
    ast.Await: ("await", "use plain arithmetic, if and for"),
    ast.Yield: ("yield", "return a number"),
    ast.YieldFrom: ("yield", "return a number"),
    ast.Global: ("global", "hand the number on as an argument; what lasts is a field of the agent"),
    ast.Nonlocal: (
        "nonlocal",
        "hand the number on as an argument; what lasts is a field of the agent",
    ),
    ast.Import: ("import", _AT_TOP),
    ast.ImportFrom: ("import", _AT_TOP),
    ast.ClassDef: ("a class", "use numbers and plain functions"),
    ast.AsyncFunctionDef: ("async", "use plain arithmetic, if and for"),
    ast.Match: ("match", "use if and elif"),
    ast.JoinedStr: ("text (an f-string)", _NO_OBJECTS),
    ast.Dict: ("a dictionary", "use if and elif, or numbers at the top of the file"),
    ast.DictComp: ("a dictionary", "use if and elif, or numbers at the top of the file"),
    ast.Set: ("a set", "use == and or"),
    ast.SetComp: ("a set", "use == and or"),
    ast.ListComp: ("a list comprehension", "add up in a for loop"),
    ast.GeneratorExp: ("a generator", "add up in a for loop"),
    ast.Starred: ("*", "name every argument"),
    ast.Delete: ("del", "leave it out"),
}
_CALLS = {
    "print": "take it out, or look at one agent with `mekong trace`",
    "input": "a rule cannot ask anybody",
    "open": "a rule reads no files; write the numbers at the top of the file",
    "exec": _NO_OBJECTS,
    "eval": _NO_OBJECTS,
    "exit": "impossible values stop a run by themselves",
    "quit": "impossible values stop a run by themselves",
    "sorted": "use plain arithmetic, if and for",
    "map": "use plain arithmetic, if and for",
    "filter": "use plain arithmetic, if and for",
    "type": _NO_OBJECTS,
    "isinstance": _NO_OBJECTS,
    "hasattr": _NO_OBJECTS,
    "str": _NO_OBJECTS,
    "list": _NO_OBJECTS,
    "dict": _NO_OBJECTS,
    "set": _NO_OBJECTS,
    "getattr": "write person.trust and the like",
    "setattr": "write person.trust = ... and the like",
}


def refuse_own_modules(function: types.FunctionType) -> None:
    """Raises InputError for a person's module used as `helper.f()`.

    Only functions that are imported by name are found: for the compiler, for workers and for the
    identity of a study.
    """
    for name in function.__code__.co_names:
        thing = function.__globals__.get(name)
        file = getattr(thing, "__file__", None) or ""
        if isinstance(thing, types.ModuleType) and file and is_personal(thing.__name__, file):
            raise InputError(
                f"the module '{thing.__name__}' of your own cannot be used as {name}.f(...)",
                where=place_in(function),
                todo=f"write `from {thing.__name__} import f` with the names that the rule uses",
            )


def is_personal(module: str, file: str) -> bool:
    """Whether code is neither of this program, nor of Python, nor of an installed package."""
    root = module.partition(".")[0]
    if root.startswith(OWN_RULE_FILE):  # also where it comes with the program
        return True
    if root == "sim" or (root in sys.stdlib_module_names and root != "__main__"):
        return False
    return not any(word in file for word in _INSTALLED)


def refuse_constructs(tree: ast.FunctionDef, function: types.FunctionType) -> None:
    """Raises InputError for what cannot be compiled, and for powers, whose last bit differs."""
    refuse_own_modules(function)
    docstring = tree.body[0].value if isinstance(tree.body[0], ast.Expr) else None
    arguments = tree.args
    if arguments.vararg or arguments.kwarg:
        raise _refused("* or ** among the arguments", "name every argument", function, tree)
    returned = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return)]
    for node in ast.walk(tree):
        if type(node) in _REFUSED:
            raise _refused(*_REFUSED[type(node)], function, node)
        if isinstance(node, ast.FunctionDef) and node is not tree:
            raise InputError(
                "a rule cannot define functions inside itself",
                where=place_in(function, node),
                todo="write it with def at the top of the file",
            )
        if isinstance(node, ast.Constant) and node is not docstring:
            if isinstance(node.value, str | bytes):
                raise _refused("text", _NO_OBJECTS, function, node)
            if node.value is None and node not in returned:
                raise _refused("None", "give it a number from the start", function, node)
            if isinstance(node.value, complex):
                raise _refused("a complex number", _NO_OBJECTS, function, node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = node.func.id
            if name in _CALLS and name not in function.__globals__:
                raise _refused(f"{name}(...)", _CALLS[name], function, node)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = function.__globals__.get(node.value.id)
            if isinstance(module, types.ModuleType) and not hasattr(module, node.attr):
                raise InputError(
                    f"the module {module.__name__} has no '{node.attr}'",
                    where=place_in(function, node),
                    todo=did_you_mean(node.attr, dir(module)) or None,
                )
        power = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Pow)
        if power or (isinstance(node, ast.Call) and is_math_pow(node.func)):
            raise power_error(place_in(function, node))


def _refused(what: str, todo: str, function: types.FunctionType, node: ast.AST) -> InputError:
    return InputError(
        f"{what} cannot be used in a rule that is to be compiled",
        where=place_in(function, node),
        allowed="numbers, if, for, while and plain functions",
        todo=f"{todo}, or {PLAIN_PYTHON}",
    )


def place_in(function: types.FunctionType, node: ast.AST | None = None) -> str:
    """File, line and function, for a message; of a node as it stands in `function_tree`."""
    code = function.__code__
    line = code.co_firstlineno + (getattr(node, "lineno", 1) - 1 if node is not None else 0)
    file = code.co_filename.rsplit("/", 1)[-1]
    return f"{file}, line {line} ({function.__module__ or file}.{function.__qualname__})"


def is_math_pow(node: ast.AST) -> bool:
    """Whether what is called is a power."""
    if isinstance(node, ast.Name):
        return node.id == "pow"
    return isinstance(node, ast.Attribute) and node.attr == "pow"


def power_error(where: str) -> InputError:
    """The refusal of a power."""
    return InputError(
        "powers differ in the last bit between the two engines and cannot be used in a rule",
        where=where,
        todo="write x * x, math.sqrt(x), or exponential(e * logarithm(x)) from sim.units",
    )
