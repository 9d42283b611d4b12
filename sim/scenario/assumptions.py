"""What of a scenario is policy and what is assumption, and the counterfactual that separates them.

Policy is what governments of the five countries decide: the levers, and the regime under which they
decide (`POLICY_PATHS`). Assumptions are everything else: parameters, channels that are off, the
other paths, the horizon. The effect of a policy is measured against its counterfactual: the policy
of the baseline under the assumptions of the scenario. What is left of the difference from the
baseline is what the assumptions change.

Functions take scenarios as tables with the keys of a file (`Scenario.as_dict`), so that they also
read what a manifest holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sim.errors import InputError
from sim.parameters.channels import CHANNELS
from sim.policy.levers import LEVERS, PLACES
from sim.policy.schedule import Schedule
from sim.scenario.paths import PATHS
from sim.scenario.resolved import Scenario
from sim.units import quarter_label

POLICY_PATHS = ("agreements", "treaty", "agreement_scope", "governments", "shortfall")
LONGEST_NAME = 100
Table = Mapping[str, Any]


def same_policy(one: Table, other: Table) -> bool:
    """Whether two scenarios have the same levers and the same policy regime.

    A level of 0 is no lever, and it does not matter how places are distributed over blocks. The
    order of levers counts where money that falls short is spent in it.
    """
    same_regime = _paths(one, True) == _paths(other, True)
    return _levers(one) == _levers(other) and same_regime and _order(one) == _order(other)


def same_assumptions(one: Table, other: Table) -> bool:
    """Whether two scenarios assume the same: parameters, channels, outside paths, horizon."""
    return not changed_assumptions(one, other)


def changed_assumptions(table: Table, baseline: Table) -> list[str]:
    """The assumptions of a scenario that its baseline does not make, in words."""
    mine, theirs = _assumptions(table), _assumptions(baseline)
    found = []
    for name in (*mine, *(name for name in theirs if name not in mine)):
        if mine.get(name) == theirs.get(name):
            continue
        value = mine.get(name)
        shown = f"{value:g}" if isinstance(value, float) else value
        found.append(f"{name} = {'as drawn' if value is None else shown}")
    return found


def counterfactual(scenario: Scenario, baseline: Scenario, taken: Collection[str] = ()) -> Scenario:
    """The policy of the baseline under the assumptions of a scenario.

    The baseline itself where both assume the same. Its name is none of those `taken`.
    """
    if same_assumptions(scenario.as_dict(), baseline.as_dict()):
        return baseline
    policy = {name: baseline.paths[name] for name in POLICY_PATHS}
    return replace(
        baseline,
        name=_name(scenario.name, baseline.name, taken),
        title=f"Policy of '{baseline.name}' under the assumptions of '{scenario.name}'",
        question="",
        reference="",
        start=scenario.start,
        end=scenario.end,
        paths={**scenario.paths, **policy},
        parameters=dict(scenario.parameters),
        channels_off=scenario.channels_off,
        illustrative=baseline.illustrative or scenario.illustrative,
        source_file=None,
    )


def shared_assumptions(scenario: Scenario, baseline: Scenario) -> str:
    """What a reader must know where both sides of a comparison assume what a scenario does."""
    named = changed_assumptions(scenario.as_dict(), baseline.as_dict())
    if not named:
        return ""
    return (
        f"All runs, those without the levers too, have the assumptions of '{scenario.name}' "
        f"({', '.join(named)}). What these change against '{baseline.name}' is no part of the "
        "result."
    )


def refuse_assumptions(scenarios: Iterable[Scenario], baseline: Scenario) -> None:
    """Refuse scenarios that do not assume what the baseline does. Raises InputError."""
    for scenario in scenarios:
        named = changed_assumptions(scenario.as_dict(), baseline.as_dict())
        if named:
            raise InputError(
                f"'{scenario.name}' has assumptions of its own ({', '.join(named)}), so what sets "
                "it apart from the others is not policy alone",
                where=str(scenario.source_file or scenario.name),
                allowed=f"parameters and outside paths as in '{baseline.name}'",
                todo="put the assumptions into the baseline as well, and name it with --baseline",
            )


def policy_words(scenario: Scenario) -> tuple[list[str], list[str]]:
    """Its levers, block by block, and the regime under which governments decide."""
    levers = [
        f"{lever} {block.level:g} in {_where(lever, block)}: {_dates(block)}, "
        f"lag {block.lag_years:g}, ramp {block.ramp_years:g} years"
        for lever, schedules in scenario.levers.items()
        for block in schedules
    ]
    return levers, [_path_words(scenario, name) for name in POLICY_PATHS]


def told_assumptions(scenario: Scenario) -> tuple[list[str], list[str], list[str]]:
    """The parameters that it sets, the channels it switches off, and every outside path."""
    parameters = [f"{name} = {value:g}" for name, value in scenario.parameters.items()]
    channels = [f"{name}: {CHANNELS[name].title.lower()}" for name in scenario.channels_off]
    outside = [name for name in scenario.paths if name not in POLICY_PATHS]
    return parameters, channels, [_path_words(scenario, name) for name in outside]


def _path_words(scenario: Scenario, name: str) -> str:
    choice = scenario.paths[name]
    return f"{name} = {choice}{' (default)' if choice == PATHS[name].default else ''}"


def _where(lever: str, schedule: Schedule) -> str:
    """The places of a block: their codes, or `all countries`, `all pairs`."""
    scope = LEVERS[lever].scope
    every = len(schedule.places) == len(PLACES[scope]) > 1
    return f"all {scope}" if every else ", ".join(schedule.places)


def _dates(schedule: Schedule) -> str:
    """`from 2026Q1`, `2026Q1 to 2030Q4`."""
    start = quarter_label(schedule.start)
    return f"from {start}" if schedule.end is None else f"{start} to {quarter_label(schedule.end)}"


def _name(scenario: str, baseline: str, taken: Collection[str]) -> str:
    """`baseline--mine`: a file name, and none that is there already."""
    name = f"{baseline}--{scenario}"
    if len(name.encode()) > LONGEST_NAME:
        name = f"{baseline[:20]}--{scenario[:20]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    free = (name if number == 1 else f"{name}-{number}" for number in range(1, len(taken) + 2))
    return next(each for each in free if each not in taken)


def _levers(table: Table) -> list[tuple[Any, ...]]:
    return sorted(
        (lever, place, block["start"], block.get("end", ""), *_numbers(block))
        for lever, blocks in table.get("levers", {}).items()
        for block in blocks
        if block["level"] != 0.0
        for place in _places(lever, block)
    )


def _order(table: Table) -> list[str]:
    """The levers in the order in which they are paid, where that matters."""
    if _paths(table, True).get("shortfall") != "in_order":
        return []
    used = table.get("levers", {})
    return [name for name, blocks in used.items() if any(b["level"] != 0.0 for b in blocks)]


def _numbers(block: Table) -> Iterator[float]:
    for name in ("level", "lag_years", "ramp_years"):
        yield float(block.get(name, -1.0))


def _places(lever: str, block: Table) -> tuple[str, ...]:
    named = next(block[scope] for scope in ("countries", "pairs", "region") if scope in block)
    if named == "all":
        return tuple(LEVERS[lever].places) if lever in LEVERS else ("all",)
    return (named,) if isinstance(named, str) else tuple(named)


def _paths(table: Table, policy: bool) -> dict[str, str]:
    paths: Mapping[str, str] = table.get("paths", {})
    return {name: choice for name, choice in paths.items() if (name in POLICY_PATHS) == policy}


def _assumptions(table: Table) -> dict[str, Any]:
    """All assumptions of a scenario by name; parameters as `name` or `THA.name`."""
    found: dict[str, Any] = {}
    for name, value in table.get("parameters", {}).items():
        if isinstance(value, Mapping):
            found |= {f"{name}.{inner}": float(number) for inner, number in value.items()}
        else:
            found[name] = float(value)
    switched = dict.fromkeys(CHANNELS, True) | dict(table.get("channels", {}))
    channels = {f"channel {name}": "on" if on else "off" for name, on in switched.items()}
    return found | channels | _paths(table, False) | dict(table.get("horizon", {}))
