"""What the page shows as an address, so that a link restores it: readable, exact, checked.

v=2
a=coordinated
a=name:mine;broadband_investment:4:KHM.LAO:2026Q1:2030Q4:1:0
w=growth:low,trust_recovery:0.5,off:variety

Numbers are written with all their digits. Texts of a scenario file are percent-encoded.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlencode

from sim.dashboard.mixes import (
    ABOUT,
    Block,
    Mix,
    SharedAssumptions,
    clean_name,
    scenario_of,
    shipped_mixes,
)
from sim.errors import InputError, did_you_mean
from sim.parameters.channels import CHANNELS
from sim.parameters.table import parameter_table
from sim.policy.levers import LEVERS
from sim.scenario import PATHS

VERSION = "2"  # of the form of a link; links without one are of the first form, which is part of it
LONGEST = 8000  # characters of a whole address; servers refuse twice as many
SIDES = {"a": "Mix A", "b": "Mix B"}
_VERSION, _WORLD, _OFF = "v", "w", "off"
_FIELDS = 7
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)


@dataclass
class Shown:
    """What a link asks for; `faults` tell what could not be read and was left out."""

    mixes: dict[str, Mix]
    world: SharedAssumptions = field(default_factory=SharedAssumptions)
    faults: list[InputError] = field(default_factory=list)


def link_of(mixes: Mapping[str, Mix], world: SharedAssumptions) -> dict[str, str]:
    """The parts of the address that lead back here. Raises InputError where they are too long."""
    parts = {_VERSION: VERSION, **{side: mix_text(mix) for side, mix in mixes.items()}}
    if text := world_text(world):
        parts[_WORLD] = text
    length = len(urlencode(parts))
    if length > LONGEST:
        raise InputError(
            f"what is shown is too long for a link ({length:,} characters)",
            allowed=f"{LONGEST:,} characters",
            todo="save the mixes as scenario files and share these",
        )
    return parts


def read_link(parts: Mapping[str, Sequence[str]], otherwise: Mapping[str, str]) -> Shown:
    """What a link asks for; `otherwise` names the shipped mix of each side that it leaves open."""
    shown = Shown({side: shipped_mixes()[name] for side, name in otherwise.items()})
    version = list(parts.get(_VERSION, [VERSION]))
    if version != [VERSION]:
        what = f"the link is of another version of this page: v={', '.join(version)[:40]}"
        todo = "ask for a link of this version, or for the scenario files"
        shown.faults.append(InputError(what, allowed=f"v={VERSION}", todo=todo))
        return shown
    unknown = [name for name in parts if name not in (_VERSION, _WORLD, *SIDES)]
    if unknown:
        what = f"the link has parts that this page does not know: {', '.join(unknown)[:60]}"
        shown.faults.append(InputError(what, allowed=", ".join((*SIDES, _WORLD, _VERSION))))
    for side, title in SIDES.items():
        try:
            if text := _once(side, parts):
                shown.mixes[side] = mix_from(text, title)
        except InputError as error:
            shown.faults.append(error)
    try:
        shown.world = world_from(_once(_WORLD, parts))
    except InputError as error:
        shown.faults.append(error)
    return shown


def _once(name: str, parts: Mapping[str, Sequence[str]]) -> str:
    given = list(parts.get(name, []))
    if len(given) > 1:
        raise InputError(f"the link gives '{name}' {len(given)} times", allowed="once")
    return given[0] if given else ""


def mix_text(mix: Mix) -> str:
    """The mix as text; the name alone where it is a shipped one."""
    known = shipped_mixes().get(mix.name)
    if known is not None and known.same_levers(mix.levers) and not mix.about:
        return mix.name
    texts = [f"{key}:{quote(str(value), safe='')}" for key, value in mix.about.items()]
    blocks = [_block(lever, block) for lever, blocks in mix.levers.items() for block in blocks]
    return ";".join([f"name:{mix.name}", *texts, *blocks])


def _block(lever: str, block: Mapping[str, object]) -> str:
    places = block[LEVERS[lever].scope]
    fields = (
        lever,
        digits(block["level"]),
        places if isinstance(places, str) else ".".join(places),  # type: ignore[arg-type]
        block["start"],
        block.get("end", ""),
        digits(block["lag_years"]),
        digits(block["ramp_years"]),
    )
    return ":".join(str(field) for field in fields)


def digits(value: object) -> str:
    """The shortest text that is read back as exactly this number."""
    return repr(float(value)).removesuffix(".0")  # type: ignore[arg-type]


def mix_from(text: str, name: str) -> Mix:
    """The inverse of `mix_text`; `name` stands where the text has none. Raises InputError."""
    _check_length(text)
    if text in shipped_mixes():
        return shipped_mixes()[text]
    if ":" not in text:
        raise InputError(
            f"the link names a mix '{text[:60]}' that does not exist",
            todo=did_you_mean(text[:60], shipped_mixes()) or None,
        )
    levers: dict[str, list[Block]] = {}
    texts: dict[str, str] = {}
    for part in text.split(";"):
        fields = part.split(":")
        if fields[0] in ("name", *ABOUT) and len(fields) == 2:
            if fields[0] in texts:
                raise InputError(f"the link gives the {fields[0]} of a mix twice", allowed="once")
            texts[fields[0]] = fields[1]
        elif len(fields) == _FIELDS and fields[0] in LEVERS:
            levers.setdefault(fields[0], []).append(_read_block(fields))
        else:
            raise InputError(
                f"the link has a part that cannot be read: '{part[:60]}'",
                allowed="lever:level:places:start:end:lag:phase-in",
            )
    mix = Mix(
        clean_name(texts.pop("name", name)),
        levers,
        {key: unquote(texts[key]) for key in ABOUT if key in texts},
    )
    scenario_of(mix, SharedAssumptions())
    return mix


def _read_block(fields: list[str]) -> Block:
    lever, level, places, start, end, lag, ramp = fields
    scope = LEVERS[lever].scope
    where: object = places if places == "all" or scope == "region" else places.split(".")
    block: Block = {scope: where, "level": _number(level), "start": start}
    if end:
        block["end"] = end
    return block | {"lag_years": _number(lag), "ramp_years": _number(ramp)}


def world_text(world: SharedAssumptions) -> str:
    """Paths, parameters and channels that are off as text; empty for the usual world."""
    parts = [f"{name}:{choice}" for name, choice in world.paths.items()]
    parts += [f"{name}:{digits(value)}" for name, value in world.parameters.items()]
    return ",".join([*parts, *(f"{_OFF}:{name}" for name in world.channels_off)])


def world_from(text: str) -> SharedAssumptions:
    """The inverse. Raises InputError."""
    _check_length(text)
    paths: dict[str, str] = {}
    parameters: dict[str, float] = {}
    off: list[str] = []
    for part in filter(None, text.split(",")):
        name, colon, value = part.partition(":")
        if name in paths or name in parameters or (name == _OFF and value in off):
            given = value if name == _OFF else name
            raise InputError(f"the link gives '{given}' twice", allowed="once")
        if name == _OFF and value in CHANNELS:
            off.append(value)
        elif name in PATHS and colon:
            paths[name] = value
        elif name.rpartition(".")[2] in parameter_table() and colon:
            parameters[name] = _number(value)
        else:
            raise InputError(
                f"the link has a part that cannot be read: '{part[:60]}'",
                todo=did_you_mean(name[:60], [*PATHS, *parameter_table()]) or None,
            )
    world = SharedAssumptions(paths, parameters, tuple(name for name in CHANNELS if name in off))
    scenario_of(Mix("world", shipped_mixes()["harmonization"].levers), world)
    return world


def _number(text: str) -> float:
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        raise InputError(
            f"the link has '{text[:40]}' where a number belongs", allowed="a finite number"
        )
    return value


def _check_length(text: str) -> None:
    if len(text) > LONGEST:
        raise InputError(
            f"the link is too long: one part has {len(text):,} characters",
            allowed=f"{LONGEST:,} characters",
        )
