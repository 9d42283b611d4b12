"""Hashes of what determines the numbers of a run: data, sources of the model, a person's own rule.

The engine that runs the rules, the number of threads and the chunks are no part of it. Line ends
are made equal first, so that a checkout on another system has the same hash.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from sim.agents.own import declared_by
from sim.experiments.own_rules.serialization import used_by
from sim.model.engine.compiler.cache_folder import find_folder
from sim.model.engine.compiler.sealed_files import read_sealed, write_sealed
from sim.resources import PACKAGE, shipped

# Rooms and files that only arrange runs or read what the model has said; all others determine
# numbers. A test holds the list against what the model imports.
LATER = (
    "alias",
    "analysis",
    "calibration",
    "cli",
    "dashboard",
    "experiments",
    "explorer",
    "figures",
    "gains",
    "meanfield",
    "report",
    "sectors",
    "shipped",
    "__init__.py",
    "__main__.py",
    "_version.py",
    "accounts.py",
    "errors.py",
    "quantile_bands.py",
    "resources.py",
    "rows.py",
    "target.py",
    "data/effects.py",
    "data/observations.py",
    "parameters/sectors.csv",
    "scenario/assumptions.py",
)
NOT_NUMBERS = (".md", ".geojson")  # pages, and outlines for maps
TABLES = (".csv", ".toml")  # inside the package: parameters and levers

_ENDING = ".meaning"  # of kept hashes
_PLAIN = (bool, int, float, str, tuple)

Rules = Mapping[str, Callable[..., None]]


def digest(thing: object) -> str:
    """Hash (64 hexadecimal digits) of anything that can be written as JSON."""
    text = json.dumps(thing, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _hash_files(files: Iterable[Path], root: Path) -> str:
    contents = {
        path.relative_to(root).as_posix(): hashlib.sha256(
            path.read_bytes().replace(b"\r\n", b"\n")
        ).hexdigest()
        for path in files
    }
    return digest(contents)


@cache
def data_hash() -> str:
    """Hash of every file of the country data."""
    root = shipped("calibration", "data")
    files = [p for p in sorted(root.rglob("*")) if p.is_file() and p.suffix not in NOT_NUMBERS]
    return _hash_files(files, root)


@cache
def sources_hash() -> str:
    """Hash of the sources of the rules and of the model, the parameter table included."""
    return _hash_of_meanings([PACKAGE / path for path in determining_files()])


@cache
def method_hash(places: tuple[str, ...]) -> str:
    """Hash of sources that determine a result beside those of the model: files and folders."""
    roots = [PACKAGE / place for place in places]
    files = [file for root in roots for file in (root.rglob("*.py") if root.is_dir() else [root])]
    return _hash_of_meanings(files)


@cache
def determining_files() -> tuple[str, ...]:
    """Files of the package that determine the numbers of a run, relative to it."""
    paths = (path.relative_to(PACKAGE).as_posix() for path in sorted(PACKAGE.rglob("*")))
    return tuple(
        path
        for path in paths
        if path.endswith((".py", *TABLES)) and not any(_within(path, one) for one in LATER)
    )


def _within(path: str, one: str) -> bool:
    return path == one or path.startswith(f"{one}/")


def _hash_of_meanings(files: Iterable[Path]) -> str:
    """Hash of what files say, kept under the hash of their text: to read programs takes a second.

    The hash of a text also covers how it is read, and the version of Python that writes it anew.
    """
    texts = {path.relative_to(PACKAGE).as_posix(): path.read_text("utf-8") for path in files}
    folder, _ = find_folder()
    name = digest([sys.version, Path(__file__).read_text("utf-8"), texts])[:40]
    kept = None if folder is None else read_sealed(folder / f"{name}{_ENDING}")
    if kept is not None:
        return kept.decode()
    found = digest({path: _meaning(path, text) for path, text in texts.items()})
    if folder is not None:
        with suppress(OSError):  # a folder that is full: read again next time
            write_sealed(folder / f"{name}{_ENDING}", found.encode())
    return found


def _meaning(path: str, text: str) -> str:
    """The text of a table, or a program without what only people read."""
    return ast.unparse(_Unspoken().visit(ast.parse(text))) if path.endswith(".py") else text


class _Unspoken(ast.NodeTransformer):
    """Takes out comments, docstrings and the words of errors: rewording them changes no number."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        words = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return ast.Pass() if words else node

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        if isinstance(node.exc, ast.Call):
            node.exc.args, node.exc.keywords = [], []
        return node


def _rule_text(rule: Callable[..., object]) -> str:
    try:
        return inspect.getsource(rule)
    except (OSError, TypeError):
        code = rule.__code__
        return repr((code.co_code, code.co_consts, code.co_names))


def rules_hash(rules: Rules | None) -> str:
    """Hash of a person's own rules: of all that they use, and of every file that has some of it.

    In a notebook a rule may use functions and numbers of other cells; in a file the objects engine
    may reach things that are not found by their names.
    """
    if not rules:
        return ""
    texts: dict[str, list[str]] = {}
    for name, rule in rules.items():
        functions, values = used_by(rule)
        whole, *helpers = _files_of(functions)
        plain = {k: repr(v) for k, v in values.items() if isinstance(v, _PLAIN)}
        sources = sorted(_rule_text(function) for function in functions)
        numbers = [f"{k} = {v}" for k, v in sorted(plain.items())]
        texts[name] = [whole, *sources, *numbers, *sorted(helpers), *declared_by(rule).texts()]
    return digest(texts)


def _files_of(functions: Iterable[Callable[..., object]]) -> list[str]:
    """The whole text of each file in which functions are written; none of a notebook's cell."""
    files = dict.fromkeys(inspect.getsourcefile(function) for function in functions)
    paths = [Path(file) if file else None for file in files]
    return [p.read_text(encoding="utf-8") if p and p.is_file() else "" for p in paths]
