"""What the compiler says against a person's rule, in words, with the line of the rule."""

from __future__ import annotations

import ast
import dis
import linecache
import os
import re
import traceback
import types
from collections.abc import Callable

from sim.agents.own import is_shipped
from sim.errors import InputError, MekongError
from sim.model.engine.compiler.constructs import PLAIN_PYTHON, is_personal, place_in
from sim.model.engine.compiler.translator import function_tree

_LINE = re.compile(r'<(mekong_\w+)>(?:"?, line | \()(\d+)')
_OPERATIONS = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%",
    "iadd": "+=", "isub": "-=", "imul": "*=", "itruediv": "/=", "neg": "-", "and_": "&",
    "added": "+", "subtracted": "-", "multiplied": "*",
    "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!=", "or_": "|",
}  # fmt: skip
_OBJECTS = {"list": "a list", "Tuple": "a tuple", "set": "a set", "dict": "a dictionary"}
_TODO = f"use numbers, if, for and plain functions only, or {PLAIN_PYTHON}"


def own(rule: Callable[..., object]) -> bool:
    """Whether a rule is a person's, not the package's."""
    return not is_shipped(rule)


def is_from_outside(error: BaseException) -> bool:
    """Whether somebody ends the program, rather than a rule that raised such an error itself.

    Ctrl-C arrives between two steps of any code, and is never a `raise` of a person's file.
    """
    if isinstance(error, Exception | SystemExit | GeneratorExit):
        return False
    trace = error.__traceback__
    if trace is None:
        return True
    while trace.tb_next is not None:
        trace = trace.tb_next
    code, module = trace.tb_frame.f_code, str(trace.tb_frame.f_globals.get("__name__", ""))
    raised = dis.opname[code.co_code[trace.tb_lasti]] == "RAISE_VARARGS"
    return not (raised and is_personal(module, code.co_filename))


def last_personal(error: BaseException) -> traceback.FrameSummary | None:
    """The last line of a person's own code on the way to an error."""
    trace = error.__traceback__
    found = [
        line
        for (frame, _), line in zip(
            traceback.walk_tb(trace), traceback.extract_tb(trace), strict=True
        )
        if is_personal(str(frame.f_globals.get("__name__", "")), line.filename)
    ]
    return found[-1] if found else None


def failed_rule(error: BaseException, rule: Callable[..., object]) -> MekongError:
    """What a person's rule raised, in words, with the line at which it did."""
    if isinstance(error, MekongError):
        return error
    said = f"{type(error).__name__}: {error}".rstrip(": ")
    if not isinstance(error, Exception):
        said = f"it ends the program ({type(error).__name__})"
    elif isinstance(error, RecursionError):
        said = "a function calls itself without end"
    elif isinstance(error, AttributeError) and "can't set attribute" in said:
        said = "`env` and `params` can only be read"
    code = rule.__code__
    file, line, text = code.co_filename, code.co_firstlineno, ""
    found = last_personal(error)
    if found is not None:
        file, line, text = found.filename, found.lineno or line, found.line or ""
    return MekongError(
        f"the rule cannot be run: {said}",
        where=f"{os.path.basename(file)}, line {line}" + (f": {text}" if text else ""),
    )


def translated(error: Exception, rule: Callable[..., object]) -> Exception:
    """A compiler's complaint about a person's rule in words; any other error as it is."""
    if isinstance(error, MekongError | MemoryError) or not own(rule):
        return error
    return InputError(
        f"the rule '{rule.__name__}' cannot be compiled: {_reason(str(error))}",
        where=_place(str(error), rule),
        todo=_TODO,
    )


def _reason(text: str) -> str:
    """The first cause that the compiler gives, without its own words."""
    found = re.search(r">>> (\w+)\((.*)\)", text)
    if found is not None:
        operation, operands = found[1], _types(found[2])
        if operation in ("getitem", "static_getitem"):
            return f"{operands[0]} has no parts that could be taken with [ ]"
        if operation in ("setitem", "delitem"):
            return f"the parts of {operands[0]} cannot be written with [ ]"
        if operation in _OPERATIONS:
            return f"'{_OPERATIONS[operation]}' cannot be used with {' and '.join(operands)}"
        return f"{operation}() cannot be used with {' and '.join(operands) or 'nothing'}"
    found = re.search(r"Unknown attribute '(\w+)' of type (.*)", text)
    if found is not None:
        return f"{_type(found[2])} has no '.{found[1]}'"
    found = re.search(r'to signature .* due to "TypeError: (.*?)"', text)
    if found is not None:
        said = found[1].replace("missing a required argument", "an argument is missing")
        return "a function is called with other arguments than it takes: " + said.replace(
            "got an unexpected keyword argument", "it has no argument"
        ).replace("too many positional arguments", "too many")
    found = re.search(r"(?:Cannot|Can't) unify (.*?) and (.*?) for '([\w.]+)'", text)
    if found is not None:
        name = found[3].partition(".")[0]
        return f"'{name}' is sometimes {_type(found[1])} and sometimes {_type(found[2])}"
    if "unify return type" in text:
        kinds = re.findall(r"Return of: IR name .*?, type '(.*?)', location", text)
        names = list(dict.fromkeys(_type(kind) for kind in kinds))
        return f"a function returns sometimes {' and sometimes '.join(names) or 'something else'}"
    found = re.search(r"No type info available for (.*?) as a callable", text)
    if found is not None:
        return f"{_type(found[1])} cannot be called with ( )"
    found = re.search(r"Cannot cast (.*?) to (\w+)", text)
    if found is not None:
        return f"{_type(found[1])} is given where {_type(found[2])} is needed"
    return "this line is more than the compiler can do"


def _types(text: str) -> list[str]:
    """Operands, split at the commas that stand between them."""
    parts = [""]
    depth = 0
    for letter in text:
        depth += (letter in "([{<") - (letter in ")]}>")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [_type(part) for part in parts if part.strip()]


def _type(text: str) -> str:
    """What the compiler calls a kind of value, as a person calls it."""
    kind = text.strip().removeprefix("Literal[").removeprefix("OptionalType(")
    if re.match(r"(int|uint|float)\d*", kind):
        return "a number"
    if re.match(r"bool", kind):
        return "true or false"
    if re.match(r"(str|unicode)", kind):
        return "text"
    if re.match(r"[Nn]one", kind):
        return "None"
    for word, said in _OBJECTS.items():
        if word in kind.partition("(")[0]:
            return said
    if "Record" in kind:
        return "an agent"
    return "a function" if "unction" in kind or "Dispatcher" in kind else "something else"


def _place(text: str, rule: Callable[..., object]) -> str | None:
    """The line of the rule, or of a function beside it, from which the complaint comes."""
    if not isinstance(rule, types.FunctionType):
        return None
    for module, line in _LINE.findall(text):
        found = _written(module, int(line), rule)
        if found is not None:
            return found
    return place_in(rule)


def _written(module: str, line: int, rule: types.FunctionType) -> str | None:
    """Where the person wrote what became a line of a generated module.

    The generated function has the statements of the original one in their order.
    """
    text = "".join(linecache.getlines(f"<{module}>"))
    for made in ast.parse(text).body:
        if not isinstance(made, ast.FunctionDef) or made.end_lineno is None:
            continue
        if not made.lineno <= line <= made.end_lineno:
            continue
        name = made.name.removesuffix("_of_rule")
        function = rule if name == rule.__name__ else rule.__globals__.get(name)
        if not isinstance(function, types.FunctionType) or not own(function):
            return None
        ours, theirs = _statements(made), _statements(function_tree(function))
        holding = [n for n, s in enumerate(ours) if s.lineno <= line <= (s.end_lineno or 0)]
        if len(ours) != len(theirs) or not holding:
            return place_in(function)
        return place_in(function, theirs[holding[-1]])
    return None


def _statements(tree: ast.FunctionDef) -> list[ast.stmt]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
