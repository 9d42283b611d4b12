"""The file of a rule, executed so that it keeps to itself.

Each file has its own copy of the files that it imports, also when two rules have helpers of the
same name. What a file does to this program or to a library while it is read would hold in this
process and not in a worker, so it is undone, or refused where it could move a number.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib.machinery
import importlib.util
import math
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import numpy as np

from sim.errors import InputError
from sim.model.engine.compiler.constructs import OWN_RULE_FILE, is_personal
from sim.model.engine.compiler_messages import is_from_outside, last_personal

_LIBRARIES = (math, builtins, np)  # what a file must leave as it is, with this program


def executed(file: Path) -> ModuleType:
    """The file as a module; what it prints goes to the messages. Raises InputError."""
    name, path = f"{OWN_RULE_FILE}{file.stem}", str(file.absolute())
    loader = _Unkept(name, path)
    spec = importlib.machinery.ModuleSpec(name, loader, origin=path)
    spec.has_location = True
    module = importlib.util.module_from_spec(spec)
    try:
        with _by_itself(module, file.resolve().parent), _undone(), _changes_refused(file):
            loader.exec_module(module)
    except InputError:
        raise
    except SyntaxError as error:
        raise InputError(
            f"the rule is not valid Python: {error.msg}",
            where=f"{error.filename or file}, line {error.lineno}",
        ) from error
    except Exception as error:
        raise InputError(
            f"the rule cannot be read: {type(error).__name__}: {error}",
            where=_line_of(error, file),
        ) from error
    except BaseException as error:
        if is_from_outside(error):
            raise
        raise InputError(
            f"the rule ends the program ({type(error).__name__}) when it is read",
            where=_line_of(error, file),
            todo="take out exit, quit, sys.exit, os._exit and raise",
        ) from error
    return module


def _line_of(error: BaseException, file: Path) -> str:
    found = last_personal(error)
    if found is None:
        return str(file)
    name = str(file) if found.filename == str(file.absolute()) else found.filename
    return f"{name}, line {found.lineno}"


class _Unkept(importlib.machinery.SourceFileLoader):
    """Always reads the text: bytecode on disk is as old as the second in which it was written."""

    def path_stats(self, path: Any) -> NoReturn:
        """Without these, bytecode is neither read nor written."""
        raise OSError


class _Beside:
    """Finds files of the rule's folder, which hide no library."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A file or package of the folder, unless the name is that of a library."""
        if not is_personal(name, ""):
            return None
        if path is None:
            known = importlib.machinery.PathFinder.find_spec(name)
            if known is not None and not is_personal(name, known.origin or ""):
                return None
        elif not all(Path(part).is_relative_to(self._folder) for part in path):
            return None
        for place in [str(self._folder)] if path is None else path:
            finder = importlib.machinery.FileFinder(place, (_Unkept, [".py"]))
            found = finder.find_spec(name, target)
            if found is not None:
                return found
        return None


@contextlib.contextmanager
def _by_itself(module: ModuleType, folder: Path) -> Iterator[None]:
    """Inside, the module can import files of its folder, which nobody else has or gets."""
    names = _importable(folder)
    hidden = {
        name: thing
        for name, thing in sys.modules.items()
        if name.partition(".")[0] in names and is_personal(name, _file_of(thing))
    }
    for name in hidden:
        del sys.modules[name]
    before = set(sys.modules)
    finder = _Beside(folder)
    sys.meta_path.insert(0, finder)
    sys.modules[module.__name__] = module  # some libraries look for it while it is read
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name not in before]:
            if name == module.__name__ or name.partition(".")[0] in names:
                del sys.modules[name]
        sys.modules.update(hidden)


def _importable(folder: Path) -> set[str]:
    with contextlib.suppress(OSError):
        return {path.stem for path in folder.iterdir() if path.suffix == ".py" or path.is_dir()}
    return set()


def _file_of(module: object) -> str:
    return str(getattr(module, "__file__", None) or "")


@contextlib.contextmanager
def _undone() -> Iterator[None]:
    """Puts back the settings of the process that a file may change while it is read."""
    environment, path, depth = dict(os.environ), list(sys.path), sys.getrecursionlimit()
    place = None
    with contextlib.suppress(OSError):  # the working folder may be gone
        place = os.getcwd()
    leave, abort = os._exit, os.abort
    os._exit = os.abort = _ends  # type: ignore[assignment]
    try:
        with np.errstate(), warnings.catch_warnings(), contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        os._exit, os.abort = leave, abort  # type: ignore[assignment]
        sys.path[:] = path
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)
        if place is not None:
            os.chdir(place)
        sys.setrecursionlimit(depth)


def _ends(status: object = None) -> NoReturn:
    """Instead of the end of the process without a word."""
    raise SystemExit(status)


@contextlib.contextmanager
def _changes_refused(file: Path) -> Iterator[None]:
    """Raises InputError where a name of this program or of a library means something else now."""
    before = [(label, thing, _public(thing)) for label, thing in _shared()]
    try:
        yield
    finally:
        changed = list(_put_back(before))
    if changed:
        label, name = changed[0]
        raise InputError(
            f"the rule changes {label}.{name} when it is read",
            where=_where_set(file, name),
            todo="write a function or number of your own under another name",
        )


def _shared() -> Iterator[tuple[str, Any]]:
    """Modules of this program and of libraries, and what of them can be changed in place."""
    for module in _LIBRARIES:
        yield module.__name__, module
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] != "sim" or module is None:
            continue
        yield name, module
        for key, thing in _public(module).items():
            is_class = isinstance(thing, type) and thing.__module__ == name
            if is_class or isinstance(thing, dict):
                yield f"{name}.{key}", thing


def _public(thing: Any) -> dict[Any, Any]:
    """What a module, class or dictionary holds under names that others may use."""
    inside = thing if isinstance(thing, dict) else vars(thing)
    return {key: value for key, value in inside.items() if not str(key).startswith("_")}


def _put_back(before: list[tuple[str, Any, dict[Any, Any]]]) -> Iterator[tuple[str, str]]:
    for label, thing, was in before:
        now = _public(thing)
        for name, value in was.items():
            new = now.get(name, _Beside)
            if new is value or new is sys.modules.get(f"{label}.{name}", value):
                continue
            yield label, str(name)
            if isinstance(thing, dict):
                thing[name] = value
            else:
                setattr(thing, name, value)


def _where_set(file: Path, name: str) -> str:
    """The file, with the line in which an attribute or a key of that name is set."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8-sig"))):
        if not isinstance(node, ast.Attribute) or node.attr != name:
            continue
        if isinstance(node.ctx, ast.Store | ast.Del):
            return f"{file}, line {node.lineno}"
    return str(file)
