"""Checking one file: from a raw table to values, with everything wrong in it told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from sim.errors import did_you_mean, has_unseen, is_blank
from sim.parameters.channels import CHANNELS
from sim.parameters.table import Parameter
from sim.parameters.values import ParameterSet
from sim.policy.schedule import QUARTERS_ALLOWED, Schedule
from sim.scenario.blocks import quarter, read_levers
from sim.scenario.explain import problems_of
from sim.scenario.files import SourceFile, find, known_baseline
from sim.scenario.limits import LONGEST_LIST, MOST_KEYS
from sim.scenario.paths import PATHS, TOP_PATHS
from sim.scenario.problems import Problem, as_number, attempt, kind, refusal, shown
from sim.scenario.schema import ScenarioTable
from sim.units import COUNTRIES, FIRST_QUARTER, LAST_QUARTER, quarter_label

# Characters of the texts that stand in figures, tables and pages.
LONGEST_TEXTS = {"title": 200, "question": 2_000, "reference": 2_000}


@dataclass(frozen=True)
class Checked:
    """What one file says, every value checked; None and absent keys are left to its parents."""

    title: str
    extends: str | None = None
    question: str | None = None
    reference: str | None = None
    baseline: str | None = None
    start: int | None = None
    end: int | None = None
    paths: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, float] = field(default_factory=dict)
    channels: dict[str, bool] = field(default_factory=dict)
    levers: dict[str, tuple[Schedule, ...]] = field(default_factory=dict)
    illustrative: bool | None = None


def check(source: SourceFile, own: Sequence[Parameter] = ()) -> Checked:
    """The values of one file; raises one InputError that tells everything wrong with it.

    `own` are parameters of a rule of one's own, known beside those of the table.
    """
    problems: list[Problem] = []
    table = source.table
    _refuse_many(source)
    try:
        ScenarioTable.model_validate(table)
    except ValidationError as error:
        problems += problems_of(error)
    extends, baseline = _text(table, "extends"), _text(table, "baseline")
    if extends is not None:
        attempt(problems, "extends", lambda: find(extends, source.folder))
    if baseline is not None:
        given = baseline
        baseline = attempt(problems, "baseline", lambda: known_baseline(given, source.folder))
    title = _text(table, "title") or ""
    if "title" in table and isinstance(table["title"], str) and is_blank(title):
        problems.append(Problem("title", "the title is empty", "a short name in quotes"))
    problems += text_problems(table)
    start, end = _horizon(table.get("horizon"), problems)
    checked = Checked(
        title=title,
        extends=extends,
        question=_text(table, "question"),
        reference=_text(table, "reference"),
        baseline=baseline,
        start=start,
        end=end,
        paths=_paths(_with_top(table, problems), problems, [n for n in TOP_PATHS if n in table]),
        parameters=_parameters(table.get("parameters"), problems, own),
        channels=_channels(table.get("channels"), problems),
        levers=read_levers(table.get("levers"), problems),
        illustrative=table.get("illustrative"),
    )
    if problems:  # what does not fit together is told with them; else once parents are merged
        problems += misfits_of(checked.parameters, own)
        raise refusal(source.label, problems, source.lines)
    return checked


def _refuse_many(source: SourceFile) -> None:
    """Refuse what would take long to explain entry by entry: long lists, too many parameters."""
    levers, parameters = source.table.get("levers"), source.table.get("parameters")
    for lever, blocks in levers.items() if isinstance(levers, Mapping) else ():
        for number, block in enumerate(blocks if isinstance(blocks, list) else ()):
            for name, value in block.items() if isinstance(block, Mapping) else ():
                if isinstance(value, list) and len(value) > LONGEST_LIST:
                    key = f"levers.{lever}[{number}].{name}"
                    what = f"the list has {len(value):,} entries"
                    problem = Problem(key, what, f"up to {LONGEST_LIST} entries")
                    raise refusal(source.label, [problem], source.lines)
    many = len(_flat(parameters))
    if many > MOST_KEYS:
        problem = Problem("parameters", f"{many:,} parameters are set", f"up to {MOST_KEYS:,}")
        raise refusal(source.label, [problem], source.lines)


def text_problems(table: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the texts that are shown as they stand: title, question, reference."""
    found = []
    for key, most in LONGEST_TEXTS.items():
        text = _text(table, key) or ""
        if len(text) > most:
            what = f"the {key} has {len(text):,} characters"
            found.append(Problem(key, what, f"up to {most:,} characters"))
        elif has_unseen(text):
            what = f"the {key} holds characters that cannot be shown: {shown(text)}"
            todo = "take out control characters and marks that turn the direction of text"
            found.append(Problem(key, what, "letters, digits and signs that can be seen", todo))
        elif key == "title" and "\n" in text.strip():
            found.append(Problem(key, "the title has more than one line", "a single line"))
    return found


def _with_top(table: Mapping[str, Any], problems: list[Problem]) -> Any:
    """[paths] together with the choices that may stand at the top of a file."""
    paths = table.get("paths", {})
    for name in TOP_PATHS:
        if name in table and isinstance(paths, Mapping) and name in paths:
            what = f"{name} is given twice: at the top of the file and in [paths]"
            problems.append(Problem(name, what, todo="keep one of the two"))
    top = {name: table[name] for name in TOP_PATHS if isinstance(table.get(name), str)}
    return {**paths, **top} if isinstance(paths, Mapping) else paths


def _text(table: Mapping[str, Any], name: str) -> str | None:
    value = table.get(name)
    return value if isinstance(value, str) else None


def _horizon(table: Any, problems: list[Problem]) -> tuple[int | None, int | None]:
    if not isinstance(table, Mapping):
        return None, None
    start = quarter(table, "start", "horizon", problems)
    end = quarter(table, "end", "horizon", problems)
    first = quarter_label(FIRST_QUARTER)
    if start is not None and start != FIRST_QUARTER:
        what = f"a run cannot start in {quarter_label(start)}"
        todo = "leave horizon.start out: the starting stocks are known for the end of 2014 only"
        problems.append(Problem("horizon.start", what, first, todo))
    if end is not None and not FIRST_QUARTER <= end <= LAST_QUARTER:
        what = f"a run cannot end in {quarter_label(end)}"
        problems.append(Problem("horizon.end", what, QUARTERS_ALLOWED))
    return start, end


def _paths(table: Any, problems: list[Problem], top: Iterable[str] = ()) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in table.items() if isinstance(table, Mapping) else ():
        key = name if name in top else f"paths.{name}"
        if name not in PATHS:
            todo = did_you_mean(name, PATHS) or None
            problems.append(Problem(key, f"there is no path '{name}'", ", ".join(PATHS), todo))
            continue
        choices = PATHS[name].choices
        allowed = " or ".join(f'"{choice}"' for choice in choices)
        if not isinstance(value, str):
            what = f"{name} = {shown(value)} is {kind(value)}"
            problems.append(Problem(key, what, allowed, "put the name of a choice in quotes"))
        elif value not in choices:
            todo = did_you_mean(value, choices) or None
            problems.append(Problem(key, f"{name} cannot be {shown(value)}", allowed, todo))
        else:
            found[name] = value
    return found


def _channels(table: Any, problems: list[Problem]) -> dict[str, bool]:
    """Which channels a file switches on or off."""
    found: dict[str, bool] = {}
    for name, value in table.items() if isinstance(table, Mapping) else ():
        key = f"channels.{name}"
        if name not in CHANNELS:
            what, todo = f"there is no channel '{name}'", did_you_mean(name, CHANNELS) or None
            problems.append(Problem(key, what, ", ".join(CHANNELS), todo))
        elif not isinstance(value, bool):
            what = f"{name} = {shown(value)} is {kind(value)}"
            todo = "take away the quotes" if value in ("true", "false") else None
            problems.append(Problem(key, what, "true (on) or false (off)", todo))
        else:
            found[name] = value
    return found


def _parameters(table: Any, problems: list[Problem], own: Sequence[Parameter]) -> dict[str, float]:
    """Overrides as `name` or `THA.name`, each checked against the parameter table."""
    found: dict[str, float] = {}
    for name, value in _flat(table):
        key = f"parameters.{name}"
        if name in COUNTRIES:
            todo = f"write {name}.NAME = ... with the name of a parameter"
            problems.append(Problem(key, f"'{name}' is a country, not a parameter", todo=todo))
        elif name in found:
            problems.append(Problem(key, f"{name} is given twice", todo="keep one of the two"))
        else:
            number = _parameter(name, value, key, problems, own)
            if number is not None:
                found[name] = number
    return found


def _parameter(
    name: str, value: Any, key: str, problems: list[Problem], own: Sequence[Parameter]
) -> float | None:
    number = as_number(value)
    if number is None:
        what = f"{name} = {shown(value)} is {kind(value)}"
        todo = "take away the quotes" if isinstance(value, str) else None
        problems.append(Problem(key, what, "a number in the unit of the parameter", todo))
        return None
    override = {name: number}
    known = ParameterSet.prior_draw(0).with_own(own)
    accepted = attempt(problems, key, lambda: known.asked(override))
    return None if accepted is None else number


def misfits_of(parameters: Mapping[str, float], own: Sequence[Parameter] = ()) -> list[Problem]:
    """Values that are allowed one by one and do not fit together, beside the central values."""
    found = []
    for misfit in ParameterSet.central().with_own(own).asked(parameters).misfits(parameters):
        named = [key for key in parameters if key.rpartition(".")[2] == misfit.name]
        others = [key for key in parameters if key.rpartition(".")[2] in misfit.joint.parameters]
        key = f"parameters.{[*named, *others, misfit.name][0]}"
        found.append(Problem(key, misfit.what, misfit.allowed, misfit.todo))
    return found


def _flat(table: Any) -> list[tuple[str, Any]]:
    """The entries of [parameters] with those of [parameters.THA] and the like written in full."""
    found: list[tuple[str, Any]] = []
    for name, value in table.items() if isinstance(table, Mapping) else ():
        if isinstance(value, Mapping):
            found += [(f"{name}.{inner}", deep) for inner, deep in value.items()]
        else:
            found.append((name, value))
    return found
