"""A mix as part of an address, so that a link restores it: short, readable, checked when read.

a=coordinated
a=broadband_investment:4:KHM.LAO:2026Q1:2030Q4:1:0
w=growth:low,trust_recovery:0.5
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.dashboard.mixes import Block, Mix, World, clean_name, scenario_of, shipped_mixes
from sim.errors import InputError, did_you_mean
from sim.parameters.table import parameter_table
from sim.policy.levers import LEVERS
from sim.scenario import PATHS

LONGEST = 4000  # characters of one part of an address
_FIELDS = 7


def mix_text(mix: Mix) -> str:
    """The mix as text; the name alone where it is a shipped one."""
    known = shipped_mixes().get(mix.name)
    if known is not None and known.levers == mix.levers:
        return mix.name
    parts = [_block(lever, block) for lever, blocks in mix.levers.items() for block in blocks]
    return ";".join([f"name:{mix.name}", *parts])


def _block(lever: str, block: Mapping[str, object]) -> str:
    places = block[LEVERS[lever].scope]
    fields = (
        lever,
        f"{block['level']:g}",
        places if isinstance(places, str) else ".".join(places),  # type: ignore[arg-type]
        block["start"],
        block.get("end", ""),
        f"{block['lag_years']:g}",
        f"{block['ramp_years']:g}",
    )
    return ":".join(str(field) for field in fields)


def mix_from(text: str, name: str) -> Mix:
    """The inverse; `name` stands where the text has none. Raises InputError."""
    _check_length(text)
    if text in shipped_mixes():
        return shipped_mixes()[text]
    if ":" not in text:
        raise InputError(
            f"the link names a mix '{text[:60]}' that does not exist",
            todo=did_you_mean(text, shipped_mixes()) or None,
        )
    levers: dict[str, list[Block]] = {}
    for part in text.split(";"):
        fields = part.split(":")
        if fields[0] == "name" and len(fields) == 2:
            name = clean_name(fields[1])
        elif len(fields) == _FIELDS and fields[0] in LEVERS:
            levers.setdefault(fields[0], []).append(_read_block(fields))
        else:
            raise InputError(
                f"the link has a part that cannot be read: '{part[:60]}'",
                allowed="lever:level:places:start:end:lag:phase-in",
            )
    mix = Mix(name, {lever: levers[lever] for lever in LEVERS if lever in levers})
    scenario_of(mix, World())
    return mix


def _read_block(fields: list[str]) -> Block:
    lever, level, places, start, end, lag, ramp = fields
    scope = LEVERS[lever].scope
    where: object = places if places == "all" or scope == "region" else places.split(".")
    block: Block = {scope: where, "level": _number(level), "start": start}
    if end:
        block["end"] = end
    return block | {"lag_years": _number(lag), "ramp_years": _number(ramp)}


def world_text(world: World) -> str:
    """Paths and parameters as text; empty for the usual world."""
    parts = [f"{name}:{choice}" for name, choice in world.paths.items()]
    return ",".join([*parts, *(f"{name}:{value:g}" for name, value in world.parameters.items())])


def world_from(text: str) -> World:
    """The inverse. Raises InputError."""
    _check_length(text)
    paths: dict[str, str] = {}
    parameters: dict[str, float] = {}
    for part in filter(None, text.split(",")):
        name, colon, value = part.partition(":")
        if name in PATHS and colon:
            paths[name] = value
        elif name.rpartition(".")[2] in parameter_table() and colon:
            parameters[name] = _number(value)
        else:
            raise InputError(
                f"the link has a part that cannot be read: '{part[:60]}'",
                todo=did_you_mean(name, [*PATHS, *parameter_table()]) or None,
            )
    world = World(paths, parameters)
    scenario_of(Mix("world", shipped_mixes()["harmonization"].levers), world)
    return world


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(f"the link has '{text[:40]}' where a number belongs") from None


def _check_length(text: str) -> None:
    if len(text) > LONGEST:
        raise InputError("the link is too long", allowed=f"{LONGEST} characters a mix")
