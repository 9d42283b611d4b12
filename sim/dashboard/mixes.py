"""A policy mix and the world it meets, as the page holds them, and the scenarios they make."""

from __future__ import annotations

import re
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sim.analysis.findings import HARMONIZATION
from sim.errors import InputError
from sim.policy.levers import LEVERS
from sim.scenario import PATHS, Scenario, load_scenario, shipped_scenarios
from sim.scenario.resolved import nested

BASELINE = "baseline"
LARGEST_FILE = 100_000  # bytes of an uploaded scenario
LONGEST_NAME = 24
Block = dict[str, Any]


@dataclass(frozen=True)
class World:
    """What all runs on the page share: outside paths other than the usual ones, parameters."""

    paths: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Mix:
    """Levers with their blocks, as in a scenario file."""

    name: str
    levers: dict[str, list[Block]] = field(default_factory=dict)


def mix_of(scenario: Scenario) -> Mix:
    """The levers of a scenario."""
    return Mix(scenario.name, scenario.as_dict()["levers"])


def world_of(scenario: Scenario) -> World:
    """The paths and parameters of a scenario that differ from the usual ones."""
    paths = {name: made for name, made in scenario.paths.items() if made != PATHS[name].default}
    return World(paths, dict(scenario.parameters))


def scenario_of(mix: Mix, world: World) -> Scenario:
    """The scenario that is run. Raises InputError for what cannot be."""
    name = clean_name(mix.name)
    shipped = name in shipped_mixes()
    table: dict[str, Any] = {
        "title": load_scenario(name).title if shipped else name,
        "question": f"What does the mix '{name}' change by 2030?",
        "baseline": BASELINE,
        "illustrative": any(LEVERS[one].grade == "D" for one in mix.levers if one in LEVERS),
        "paths": _paths(world, mix.levers),
        "parameters": nested(world.parameters),
        "levers": mix.levers,
    }
    return Scenario.from_dict(table, name=name)


def baseline_of(world: World) -> Scenario:
    """No added policy in the same world."""
    plain = load_scenario(BASELINE)
    if not world.paths and not world.parameters:
        return plain
    table = {**plain.as_dict(), "parameters": nested(world.parameters)}
    table["paths"] = {**table["paths"], **_paths(world, {})}
    return Scenario.from_dict(table, name=BASELINE)


def _paths(world: World, levers: Mapping[str, object]) -> dict[str, str]:
    """The paths of the world; talks only where there is something to talk about."""
    talks = HARMONIZATION in levers and world.paths.get("agreements") == "endogenous"
    return {
        name: choice
        for name, choice in world.paths.items()
        if talks or name not in ("agreements", "treaty")
    }


def clean_name(name: str) -> str:
    """A name that can stand in a figure and a file. Raises InputError."""
    text = name.strip()
    if not re.fullmatch(rf"[\w][\w .+-]{{0,{LONGEST_NAME - 1}}}", text):
        raise InputError(
            f"'{text[:40]}' cannot be the name of a mix",
            allowed=f"1 to {LONGEST_NAME} letters, digits, spaces, dots, + and -",
        )
    return text


def own_name(mix: Mix, otherwise: str) -> Mix:
    """The mix, renamed where it bears the name of a shipped one that it no longer is."""
    shipped = shipped_mixes().get(mix.name.strip())
    same = shipped is None or shipped.levers == mix.levers
    return mix if same else Mix(otherwise, mix.levers)


@cache
def shipped_mixes() -> dict[str, Mix]:
    """Shipped scenarios that are a policy in the usual world, by name; the baseline first."""
    found = {BASELINE: Mix(BASELINE)}
    for name in shipped_scenarios():
        scenario = load_scenario(name)
        if scenario.levers and world_of(scenario) == World():
            found[name] = mix_of(scenario)
    return found


def uploaded(data: bytes, file_name: str) -> Scenario:
    """A scenario from a file that somebody sent. Raises InputError that says what is wrong.

    It may build on shipped scenarios only, so that no file of this machine can be read with it.
    """
    if len(data) > LARGEST_FILE:
        raise InputError(
            "the file is too large for a scenario",
            where=file_name,
            allowed=f"up to {LARGEST_FILE // 1000} kB",
        )
    stem = re.sub(r"\W+", "_", Path(file_name).stem)[:LONGEST_NAME].strip("_") or "uploaded"
    with tempfile.TemporaryDirectory(prefix="mekong-upload-") as folder:
        path = Path(folder) / f"{stem}.toml"
        path.write_bytes(data)
        _refuse_other_files(data, file_name)
        try:
            return load_scenario(path)
        except InputError as error:
            where = (error.where or file_name).replace(str(path), file_name)
            raise InputError(
                error.what.replace(str(path), file_name),
                where=where,
                allowed=error.allowed,
                todo=error.todo,
            ) from None


def _refuse_other_files(data: bytes, file_name: str) -> None:
    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return  # reading it will say so in words
    for key in ("extends", "baseline"):
        named = table.get(key)
        if isinstance(named, str) and named not in shipped_scenarios():
            raise InputError(
                f"{key} = '{named[:60]}' is not a shipped scenario",
                where=file_name,
                allowed="in the dashboard, shipped names only (`mekong scenarios` lists them)",
                todo="use a shipped name, or compare on the command line",
            )
