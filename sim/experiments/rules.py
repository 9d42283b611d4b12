"""A person's own rule: read from a file, tried on a handful of agents before anything runs."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import sys
from collections.abc import Callable
from pathlib import Path

from sim.agents import consumer
from sim.errors import InputError, MekongError, OutputError, did_you_mean
from sim.experiments.means import Means

KINDS = ("consumer",)
_ENDING = "_quarter"
_FOR_THE_TYPE_CHECKER = "  # type: ignore[no-untyped-def]"
_TRIAL_SCALE = 1_000_000

_HEAD = '''"""A rule of your own: what ONE person does in ONE quarter.

Change any function below, then see what it does:

    mekong compare baseline broadband --rule {file}

`me` is the person, `here` what they see, `p` the parameters of their country, `luck` the key of
their draws. Only plain arithmetic: write x * x instead of x ** 2, and take exponential and
logarithm from sim.units.
"""

'''


def load_rules(path: str | Path) -> dict[str, Callable[..., None]]:
    """The rules in a file: its functions `consumer_quarter`, ... by kind. Raises InputError."""
    file = Path(path)
    if not file.is_file():
        raise InputError(
            f"there is no file '{file}'", todo="`mekong new rule NAME` makes one to start from"
        )
    spec = importlib.util.spec_from_file_location(f"own_rule_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise InputError(
            "a rule is a Python file", where=str(file), allowed="a name that ends in .py"
        )
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise InputError(
            f"the rule is not valid Python: {error.msg}", where=f"{file}, line {error.lineno}"
        ) from error
    except Exception as error:
        raise InputError(
            f"the rule cannot be read: {type(error).__name__}: {error}", where=str(file)
        ) from error
    found = {kind: getattr(module, kind + _ENDING, None) for kind in KINDS}
    rules: dict[str, Callable[..., None]] = {
        kind: rule for kind, rule in found.items() if inspect.isfunction(rule)
    }
    if not rules:
        mine = [name for name, thing in vars(module).items() if inspect.isfunction(thing)]
        near = [did_you_mean(kind + _ENDING, mine) for kind in KINDS]
        raise InputError(
            "the file holds no rule",
            where=str(file),
            allowed=", ".join(f"a function {kind}{_ENDING}(me, here, p, luck)" for kind in KINDS),
            todo=next((hint.replace("did you mean", "rename") for hint in near if hint), None),
        )
    return rules


def check_means(means: Means) -> None:
    """Try a person's own rules for one quarter of a few agents. Raises InputError."""
    if not means.rules:
        return
    from sim.model import MekongModel

    try:
        MekongModel(
            scale=_TRIAL_SCALE, engine=means.engine, threads=1, rules=dict(means.rules)
        ).step()
    except MekongError:
        raise
    except Exception as error:
        file = inspect.getsourcefile(next(iter(means.rules.values())))
        raise InputError(
            f"the rule cannot be run: {type(error).__name__}: {error}",
            where=Path(file).name if file else None,
            todo="the same rule under --engine objects often says more clearly what is wrong",
        ) from error


def new_rule(dest: str | Path) -> Path:
    """Write the shipped rule as a file to start from. Raises InputError or OutputError."""
    path = Path(dest)
    path = path if path.suffix else path.with_name(path.name + ".py")
    if path.suffix != ".py" or not path.stem.isidentifier():
        raise InputError(
            f"'{path.name}' cannot be the name of a rule", allowed="letters, digits and _"
        )
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(_starting_text(path.name))
    except FileExistsError as error:
        raise OutputError(
            f"'{path}' is there already", todo="choose another name, or remove it first"
        ) from error
    except OSError as error:
        raise OutputError(
            f"the rule cannot be written: {error.strerror}", where=str(path)
        ) from error
    return path


def _starting_text(file: str) -> str:
    """The functions of the shipped rule with their imports; records stay in the package."""
    source = inspect.getsource(consumer).replace(_FOR_THE_TYPE_CHECKER, "")
    lines = source.splitlines(keepends=True)
    imports, body = [], []
    for node in ast.parse(source).body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        text = "".join(lines[first - 1 : node.end_lineno])
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("sim."):
            imports.append(text)
        elif isinstance(node, ast.FunctionDef):
            body.append("\n\n" + text)
        elif isinstance(node, ast.Assign) and not _defines_record(node):
            body.append(text)
    return _HEAD.format(file=file) + "".join(imports) + "\n" + "".join(body)


def _defines_record(node: ast.Assign) -> bool:
    return any(isinstance(t, ast.Name) and t.id == "CONSUMER" for t in node.targets)
