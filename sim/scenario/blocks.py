"""The lever blocks of one file: values, places and overlaps.

Values of the wrong kind are passed over here: the shape check has already told of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.policy.levers import LEVERS, SCOPES, Lever
from sim.policy.schedule import (
    Schedule,
    duration_faults,
    last_quarter,
    level_faults,
    overlap,
    place_faults,
    quarter_faults,
    unknown_lever,
)
from sim.scenario.problems import Problem, as_number, attempt
from sim.scenario.schema import LeverBlock
from sim.units import FIRST_QUARTER, LAST_QUARTER, quarter_index, quarter_label


def read_levers(table: Any, problems: list[Problem]) -> dict[str, tuple[Schedule, ...]]:
    """All schedules of a [levers] table, by lever; adds what is wrong to `problems`."""
    found: dict[str, tuple[Schedule, ...]] = {}
    for name, blocks in table.items() if isinstance(table, Mapping) else ():
        if name not in LEVERS:
            problems.append(Problem.of(f"levers.{name}", unknown_lever(name)))
            continue
        most = len(LEVERS[name].places) * (LAST_QUARTER + 1 - FIRST_QUARTER)
        if isinstance(blocks, list) and len(blocks) > most:
            what = f"{len(blocks):,} blocks of {name} cannot all differ in place and time"
            problems.append(Problem(f"levers.{name}", what, f"up to {most} blocks"))
            continue
        schedules: dict[str, Schedule] = {}
        for number, block in enumerate(blocks if isinstance(blocks, list) else ()):
            key = f"levers.{name}[{number}]"
            schedule = _read_block(LEVERS[name], key, block, problems)
            if schedule is not None:
                schedules[key] = schedule
        problems.extend(_overlaps(schedules))
        found[name] = tuple(schedules.values())
    return found


def _read_block(lever: Lever, key: str, block: Any, problems: list[Problem]) -> Schedule | None:
    if not isinstance(block, Mapping):
        return None
    before = len(problems)
    places = _places(lever, key, block, problems)
    start, end = _quarters(key, block, problems)
    level = as_number(block.get("level"))
    if level is not None:
        problems += [Problem.of(f"{key}.level", fault) for fault in level_faults(lever, level)]
    years = {"lag_years": lever.lag_years, "ramp_years": lever.ramp_years}
    for name in years:
        given = as_number(block.get(name))
        if given is not None:
            problems += [Problem.of(f"{key}.{name}", fault) for fault in duration_faults(given)]
            years[name] = given
    if len(problems) > before or not places or start is None or level is None:
        return None
    return Schedule(
        lever=lever.name,
        places=places,
        level=level,
        start=start,
        end=end,
        lag_years=years["lag_years"],
        ramp_years=years["ramp_years"],
    )


def _quarters(
    key: str, block: Mapping[str, Any], problems: list[Problem]
) -> tuple[int | None, int | None]:
    """Start and end of a block, checked; None where one is absent or cannot be read."""
    start = quarter(block, "start", key, problems)
    end = quarter(block, "end", key, problems)
    for name, fault in quarter_faults(FIRST_QUARTER if start is None else start, end):
        problems.append(Problem.of(f"{key}.{name}", fault))
    return start, end


def quarter(table: Mapping[str, Any], name: str, key: str, problems: list[Problem]) -> int | None:
    """The index of the quarter that stands under `name`, or None."""
    text = table.get(name)
    if not isinstance(text, str):
        return None
    return attempt(problems, f"{key}.{name}", lambda: quarter_index(text))


def _places(
    lever: Lever, key: str, block: Mapping[str, Any], problems: list[Problem]
) -> tuple[str, ...]:
    """The places of a block in the order of the lever's own list; empty if none can be read."""
    example = LeverBlock.model_fields[lever.scope].description
    right = f"write {lever.scope} = ... with {example}"
    given = [scope for scope in SCOPES if scope in block]
    if not given:
        what = "the block does not say where the lever is used"
        problems.append(Problem(key, what, f"exactly one of {lever.scope}", right))
        return ()
    if len(given) > 1:
        what = f"{' and '.join(given)} are both given"
        todo = f"keep {lever.scope}, which is what {lever.name} is set for"
        problems.append(Problem(key, what, "exactly one of countries, pairs, region", todo))
        return ()
    if given != [lever.scope]:
        what = f"{lever.name} cannot be set by {given[0]}"
        problems.append(Problem(f"{key}.{given[0]}", what, lever.scope, right))
        return ()
    value = block[lever.scope]
    if value == "all":
        return lever.places
    names = [value] if lever.scope == "region" else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return ()
    faults = place_faults(lever, tuple(names))
    problems += [Problem.of(f"{key}.{lever.scope}", fault) for fault in faults]
    return tuple(place for place in lever.places if place in names)


def _overlaps(schedules: Mapping[str, Schedule]) -> list[Problem]:
    """Blocks that hold in one place at one time; each is told of once with every block it meets.

    The blocks of a place are looked at by their start, each beside the one that ends last so far.
    """
    order = list(schedules)
    rank = {key: number for number, key in enumerate(order)}
    by_place: dict[str, list[str]] = {}
    for key, schedule in schedules.items():
        for place in schedule.places:
            by_place.setdefault(place, []).append(key)
    pairs: dict[tuple[int, int], None] = {}
    for keys in by_place.values():
        keys.sort(key=lambda key: (schedules[key].start, rank[key]))
        longest = keys[0]
        for key in keys[1:]:
            if overlap(schedules[longest], schedules[key]):
                pairs[min(rank[longest], rank[key]), max(rank[longest], rank[key])] = None
            if last_quarter(schedules[key]) > last_quarter(schedules[longest]):
                longest = key
    found = []
    for first, second in sorted(pairs):
        key, other_key = order[first], order[second]
        clash = overlap(schedules[key], schedules[other_key])
        if clash:
            places, start, end = clash
            span = f"{quarter_label(start)} to {quarter_label(end)}"
            what = f"{key} and {other_key} both set {', '.join(places)} from {span}"
            todo = "end the earlier block before the later one starts, or take the place out of one"
            found.append(Problem(other_key, what, "one level at a time for each place", todo))
    return found
