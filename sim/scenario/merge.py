"""`extends`: a scenario on top of its parents.

The header keys of a child win, [horizon], [paths], [parameters] and [channels] merge key by key,
and a lever that a child mentions replaces all blocks of that lever in its parent. A lever keeps its
place in the order of the parent; new ones follow in the order of the child.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sim.parameters.channels import with_channels_off
from sim.parameters.table import Parameter
from sim.policy.levers import LEVERS
from sim.policy.schedule import Schedule
from sim.scenario.check import Checked, check, misfits_of
from sim.scenario.files import SourceFile, find, label_of, read
from sim.scenario.limits import MOST_PARENTS
from sim.scenario.problems import Problem, refusal
from sim.units import LAST_QUARTER, quarter_label

AGREEMENT = "regulatory_harmonization"


def with_parents(source: SourceFile, own: Sequence[Parameter]) -> Checked:
    """The values of a scenario with those of all its parents beneath.

    Raises InputError for whatever is wrong in the first file in which something is.
    """
    sources, layers = [source], [check(source, own)]
    while layers[-1].extends is not None:
        if len(sources) > MOST_PARENTS:
            problem = Problem(
                "extends",
                "too many scenarios build on one another",
                f"up to {MOST_PARENTS} parents",
            )
            raise refusal(source.label, [problem], source.lines)
        path = find(layers[-1].extends, sources[-1].folder)
        _refuse_circle(sources, path)
        sources.append(read(path))
        layers.append(check(sources[-1], own))
    merged = layers.pop()
    while layers:
        merged = _merge(merged, layers.pop())
    _refuse_late_levers(source, merged)
    _refuse_unmeasured(source, merged)
    _refuse_empty_talks(source, merged)
    _refuse_misfits(source, merged, own)
    return merged


def _merge(parent: Checked, child: Checked) -> Checked:
    levers = {**parent.levers, **child.levers}
    return replace(
        child,
        question=parent.question if child.question is None else child.question,
        reference=parent.reference if child.reference is None else child.reference,
        baseline=parent.baseline if child.baseline is None else child.baseline,
        illustrative=parent.illustrative if child.illustrative is None else child.illustrative,
        start=parent.start if child.start is None else child.start,
        end=parent.end if child.end is None else child.end,
        paths={**parent.paths, **child.paths},
        parameters={**parent.parameters, **child.parameters},
        channels={**parent.channels, **child.channels},
        levers={name: blocks for name, blocks in levers.items() if blocks},
    )


def _refuse_circle(sources: list[SourceFile], parent: Path) -> None:
    seen = [source.path.resolve() for source in sources if source.path is not None]
    if parent.resolve() not in seen:
        return
    child = sources[-1]
    circle = " -> ".join([*(source.label for source in sources), label_of(parent)])
    what = f"the scenarios extend each other in a circle: {circle}"
    problem = Problem("extends", what, todo="take `extends` out of one of them")
    raise refusal(child.label, [problem], child.lines)


def _refuse_late_levers(source: SourceFile, merged: Checked) -> None:
    end = LAST_QUARTER if merged.end is None else merged.end
    schedules = [schedule for blocks in merged.levers.values() for schedule in blocks]
    found = [_late(schedule, end) for schedule in schedules if schedule.start > end]
    if found:
        raise refusal(source.label, found, source.lines)


def _refuse_unmeasured(source: SourceFile, merged: Checked) -> None:
    """Levers of grade D have no measured effect and belong in illustrative scenarios only."""
    found = [
        Problem(
            f"levers.{name}[0]",
            f"'{name}' has grade D: no effect of it has been measured",
            "only in a scenario that says illustrative = true",
            "add the line illustrative = true above the first table, or take the lever out",
        )
        for name, blocks in merged.levers.items()
        if LEVERS[name].grade == "D"
        and not merged.illustrative
        and any(block.level != LEVERS[name].neutral for block in blocks)
    ]
    if found:
        raise refusal(source.label, found, source.lines)


def _refuse_empty_talks(source: SourceFile, merged: Checked) -> None:
    """Talks need something to talk about, and a treaty needs talks."""
    found = []
    talks = merged.paths.get("agreements") == "endogenous"
    if talks and AGREEMENT not in merged.levers:
        what = (
            f'agreements = "endogenous", but no block of {AGREEMENT} says who talks and from when'
        )
        todo = f"add [[levers.{AGREEMENT}]]: its start is the start of the talks"
        found.append(Problem(_key(source, "agreements"), what, todo=todo))
    if merged.paths.get("treaty") == "regional" and not talks:
        what = 'treaty = "regional", but agreements are planned, so that nobody negotiates'
        todo = 'add agreements = "endogenous" above the first table, or take the treaty out'
        found.append(Problem(_key(source, "treaty"), what, todo=todo))
    if found:
        raise refusal(source.label, found, source.lines)


def _refuse_misfits(source: SourceFile, merged: Checked, own: Sequence[Parameter]) -> None:
    """Values that are allowed one by one and not together, beside the central values."""
    off = [name for name, on in merged.channels.items() if not on]
    found = misfits_of(with_channels_off(merged.parameters, off), own)
    if found:
        raise refusal(source.label, found, source.lines)


def _key(source: SourceFile, path: str) -> str:
    return path if path in source.table else f"paths.{path}"


def _late(schedule: Schedule, end: int) -> Problem:
    start, last = quarter_label(schedule.start), quarter_label(end)
    what = f"{schedule.lever} starts in {start}, after the run ends in {last}"
    todo = "let the run end later, or take the lever out"
    return Problem("horizon.end", what, f"{start} or later", todo)
