"""A person's own rule: read from a file, tried on a handful of agents before anything runs."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from sim.errors import InputError, MekongError, did_you_mean
from sim.experiments.carriage import OwnRules, unpacked
from sim.experiments.means import Means
from sim.rules import RULES

KINDS = tuple(RULES)
ENDING = "_quarter"
_PLAIN_NAMES = ("rule", "quarter")  # of a rule in a file that says of which KIND it is
_ARGUMENTS = ["me", "here", "p", "luck"]
_TRIAL_SCALE = 1_000_000
_TRIAL_ROWS = 50


def load_rules(path: str | Path) -> OwnRules:
    """The rules in a file, by kind: its functions `consumer_quarter` or `sme_quarter`.

    With `KIND = "sme"` in the file its rule may also be called `rule`, or anything where it is the
    only function of `me, here, p, luck`. Raises InputError.
    """
    file = Path(path)
    if not file.is_file():
        raise InputError(
            f"there is no file '{file}'", todo="`mekong new rule NAME` makes one to start from"
        )
    module = _executed(file)
    kind = getattr(module, "KIND", None)
    if kind is not None and kind not in KINDS:
        raise InputError(
            f"there is no rule for a {kind!r}",
            where=f"{file}: KIND",
            allowed=", ".join(KINDS),
            todo=did_you_mean(str(kind), KINDS) or None,
        )
    rules: OwnRules = {
        name: rule
        for name in KINDS
        if inspect.isfunction(rule := vars(module).get(name + ENDING)) and _own(rule, module)
    }
    if kind is not None and kind not in rules:
        found = _of_kind(module)
        if found is not None:
            rules[kind] = found
    if not rules:
        raise _no_rule(file, module, kind)
    return rules


def rules_of(means: Means) -> OwnRules | None:
    """The rules with which a run is done: as given, or as they were sent to a worker."""
    if means.rules:
        return dict(means.rules)
    return unpacked(means.packed_rules) if means.packed_rules else None


def _own(rule: Callable[..., None], module: ModuleType) -> bool:
    """Not merely imported from the package to be called."""
    return rule.__module__ == module.__name__


def _of_kind(module: ModuleType) -> Callable[..., None] | None:
    """The rule of a file that says its KIND: `rule`, `quarter`, or the only function like one."""
    mine = {
        name: thing
        for name, thing in vars(module).items()
        if inspect.isfunction(thing) and _own(thing, module) and _takes_rule_arguments(thing)
    }
    for name in _PLAIN_NAMES:
        if name in mine:
            return mine[name]
    return next(iter(mine.values())) if len(mine) == 1 else None


def _takes_rule_arguments(function: Callable[..., None]) -> bool:
    return list(inspect.signature(function).parameters) == _ARGUMENTS


def _no_rule(file: Path, module: ModuleType, kind: str | None) -> InputError:
    mine = [name for name, thing in vars(module).items() if inspect.isfunction(thing)]
    kinds = KINDS if kind is None else (kind,)
    near = [did_you_mean(name + ENDING, mine) for name in kinds]
    return InputError(
        "the file holds no rule",
        where=str(file),
        allowed=", ".join(f"a function {name}{ENDING}(me, here, p, luck)" for name in kinds),
        todo=next((hint.replace("did you mean", "rename") for hint in near if hint), None),
    )


def _executed(file: Path) -> ModuleType:
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
    return module


def check_means(means: Means) -> None:
    """Try a person's own rules for one quarter of a few agents. Raises InputError."""
    if not means.rules:
        return
    from sim.model import MekongModel

    try:
        MekongModel(
            scale=_TRIAL_SCALE,
            engine=means.engine,
            threads=1,
            rules=dict(means.rules),
            market="sme" in means.rules,  # a rule for people is tried without sellers
            firm_rows=_TRIAL_ROWS,
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
