"""A person's own rule: read from a file, tried on a handful of agents before anything runs."""

from __future__ import annotations

import codecs
import inspect
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from sim.agents.own import declared_by
from sim.errors import InputError, MekongError, did_you_mean
from sim.experiments.execution.options import RunOptions
from sim.experiments.own_rules.gallery import shipped_rule
from sim.experiments.own_rules.rule_file import executed
from sim.experiments.own_rules.serialization import OwnRules, unpacked, used_by
from sim.model.rules import ENDING, RULES, own_indicators, own_parameters, rule_arguments

KINDS = tuple(RULES)
_PLAIN_NAMES = ("rule", "quarter")  # of a rule in a file that says of which KIND it is
_TRIAL_SCALE = 1_000_000
_TRIAL_ROWS = 50
_STRICT_SCALE, _STRICT_ROWS = 1_000_000, 12  # of the trial in plain Python
_LARGEST_FILE = 1_000_000  # bytes


def load_rules(path: str | Path) -> OwnRules:
    """The rules in a file, by kind: its functions `consumer_quarter` or `sme_quarter`.

    With `KIND = "sme"` in the file its rule may also be called `rule`, or anything where it is the
    only function of `firm, env, params, rng`. The name of a shipped rule stands for its file.
    Raises InputError.
    """
    file = shipped_rule(path) or Path(path)
    _refuse_unreadable(file)
    module = executed(file)
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
        found = _of_kind(module, kind)
        if found is not None:
            rules[kind] = found
    if not rules:
        raise _no_rule(file, module, kind)
    own_parameters(rules)
    own_indicators(rules)
    for rule in rules.values():
        used_by(rule)  # refuses what no worker and no hash would find, in either engine
    return rules


def rules_of(options: RunOptions) -> OwnRules | None:
    """The rules with which a run is done: as given, or as they were sent to a worker."""
    if options.rules:
        return dict(options.rules)
    return unpacked(options.packed_rules) if options.packed_rules else None


def _own(rule: Callable[..., None], module: ModuleType) -> bool:
    """Not merely imported from the package to be called."""
    return rule.__module__ == module.__name__


def _of_kind(module: ModuleType, kind: str) -> Callable[..., None] | None:
    """The rule of a file that says its KIND: `rule`, `quarter`, or the only function like one."""
    mine = {
        name: thing
        for name, thing in vars(module).items()
        if inspect.isfunction(thing) and _own(thing, module) and _takes_arguments_of(kind, thing)
    }
    for name in _PLAIN_NAMES:
        if name in mine:
            return mine[name]
    return next(iter(mine.values())) if len(mine) == 1 else None


def _takes_arguments_of(kind: str, function: Callable[..., None]) -> bool:
    return list(inspect.signature(function).parameters) == rule_arguments(kind)


def _no_rule(file: Path, module: ModuleType, kind: str | None) -> InputError:
    mine = [name for name, thing in vars(module).items() if inspect.isfunction(thing)]
    kinds = KINDS if kind is None else (kind,)
    near = [did_you_mean(name + ENDING, mine) for name in kinds]
    return InputError(
        "the file holds no rule",
        where=str(file),
        allowed=", ".join(
            f"a function {name}{ENDING}({', '.join(rule_arguments(name))})" for name in kinds
        ),
        todo=next((hint.replace("did you mean", "rename") for hint in near if hint), None),
    )


def _refuse_unreadable(file: Path) -> None:
    """Raises InputError for what is not a Python file in UTF-8."""
    if file.is_dir():
        raise InputError(f"'{file}' is a folder, not the file of a rule")
    if file.exists() and not file.is_file():
        raise InputError(f"'{file}' is a device or a pipe, not the file of a rule")
    if not file.is_file():
        raise InputError(
            f"there is no file '{file}'", todo="`mekong new rule NAME` makes one to start from"
        )
    if file.suffix != ".py":
        raise InputError(
            "a rule is a Python file", where=str(file), allowed="a name that ends in .py"
        )
    todo = "save it as UTF-8 (in most editors: Save as, Encoding)"
    try:
        size = file.stat().st_size
        if size > _LARGEST_FILE:
            raise InputError(
                f"the file of the rule has {size:,} bytes",
                where=str(file),
                allowed=f"up to {_LARGEST_FILE:,}",
            )
        data = file.read_bytes()
    except OSError as error:
        raise InputError(f"the rule cannot be read: {error.strerror}", where=str(file)) from error
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InputError("the rule is not UTF-8 text but UTF-16", where=str(file), todo=todo)
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        raise InputError(
            "the rule is not a text: it has a NUL byte", where=f"{file}, line {line}", todo=todo
        )
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            "the rule is not UTF-8 text", where=f"{file}, line {line}", todo=todo
        ) from None


def check_rules(options: RunOptions) -> None:
    """Try a person's own rules on a few agents. Raises InputError.

    First all quarters of the baseline step by step with functions that refuse what both engines
    would pass over: a hazard that is not a number or negative, and a division by zero or a
    logarithm of nothing whose result is never kept. Then one quarter compiled: whatever the engine
    of the runs, preference weights are solved in compiled code, so that a rule for plain Python
    alone would fail every run.
    """
    if not options.rules:
        return
    from sim.model.engine.compiled import check_counting, check_rule, consumer_kind, sme_kind
    from sim.model.engine.compiler.kind import Kind
    from sim.model.engine.compiler.translator import Program
    from sim.model.model import MekongModel

    kinds: dict[str, Callable[..., Kind]] = {"consumer": consumer_kind, "sme": sme_kind}

    def tried(engine: str, scale: int, rows: int) -> MekongModel:
        return MekongModel(
            scale=scale,
            engine=engine,
            threads=1,
            rules=dict(options.rules or {}),
            market="sme" in (options.rules or {}),  # a rule for people is tried without sellers
            firm_rows=rows,
        )

    try:
        for kind, rule in options.rules.items():  # says what is wrong in the fewest words
            check_rule(rule, kinds[kind](rule))
            program = Program(kinds[kind](rule))
            program.add(rule)
            for counting in declared_by(rule).functions:
                check_counting(counting, program.kind)
                program.add(counting)
        model = tried("objects", _STRICT_SCALE, _STRICT_ROWS)
        model.run()
        tried("compiled", _TRIAL_SCALE, _TRIAL_ROWS).step()
    except InputError:
        raise
    except MekongError as error:  # in a run it ends the run; here nothing has run yet
        raise InputError(
            error.what, where=error.where, allowed=error.allowed, todo=error.todo
        ) from error
    except Exception as error:
        raise InputError(
            f"the rule cannot be run: {type(error).__name__}: {error}", where=_source_of(options)
        ) from error


def _source_of(options: RunOptions) -> str:
    return inspect.getsourcefile(next(iter((options.rules or {}).values()))) or "the rule"
