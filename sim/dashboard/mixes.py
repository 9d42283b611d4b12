"""A policy mix and the world it meets, as the page holds them, and the scenarios they make."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sim.analysis.text.policy_findings import HARMONIZATION
from sim.errors import InputError
from sim.parameters.table import parameter_table
from sim.policy.levers import LEVERS
from sim.scenario import PATHS, Scenario, load_scenario, shipped_scenarios
from sim.scenario.files import read
from sim.scenario.names import scenario_name
from sim.scenario.resolved import nested
from sim.target import TARGET_YEAR
from sim.units import COUNTRIES, LAST_QUARTER, quarter_label

BASELINE = "baseline"
LARGEST_FILE = 50_000  # bytes of an uploaded scenario; one that sets every parameter has 6,000
MOST_BLOCKS = 200  # of levers in an uploaded scenario
LONGEST_NAME = 24
LONGEST_WORDS = 4000  # characters of a message
LONGEST_TEXT = 500  # characters of a title or another text of a mix
ABOUT = ("title", "question", "reference", "illustrative")  # what a file says beside its numbers
Block = dict[str, Any]


@dataclass(frozen=True)
class SharedAssumptions:
    """What all runs on the page share: paths other than the defaults, parameters, channels off."""

    paths: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, float] = field(default_factory=dict)
    channels_off: tuple[str, ...] = ()

    def tables(self) -> dict[str, Any]:
        """Parameters and channels as the tables of a scenario file."""
        channels = dict.fromkeys(self.channels_off, False)
        return {"parameters": nested(self.parameters), "channels": channels}


@dataclass(frozen=True)
class Mix:
    """Levers with their blocks, as in a scenario file; `about` are the texts of that file.

    The order of levers is that in which they are paid where money is short.
    """

    name: str
    levers: dict[str, list[Block]] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)

    def same_levers(self, other: Mapping[str, list[Block]]) -> bool:
        """Whether these levers have the same blocks in the same order."""
        return list(self.levers.items()) == list(other.items())


def mix_of(scenario: Scenario) -> Mix:
    """The levers of a scenario."""
    return Mix(scenario.name, scenario.as_dict()["levers"])


def mix_of_file(scenario: Scenario) -> Mix:
    """The levers of a scenario that somebody wrote, with its title, question and reference."""
    texts = {key: getattr(scenario, key) for key in ABOUT[:3]}
    about = {key: text for key, text in texts.items() if text}
    graded = any(LEVERS[lever].grade == "D" for lever in scenario.levers)
    if scenario.illustrative and not graded:
        about["illustrative"] = "true"
    return Mix(scenario.name, scenario.as_dict()["levers"], about)


def world_of(scenario: Scenario) -> SharedAssumptions:
    """The paths, parameters and channels of a scenario that differ from the usual ones."""
    paths = {name: made for name, made in scenario.paths.items() if made != PATHS[name].default}
    return SharedAssumptions(paths, dict(scenario.parameters), scenario.channels_off)


def scenario_of(mix: Mix, world: SharedAssumptions) -> Scenario:
    """The scenario that is run. Raises InputError for what cannot be."""
    name = clean_name(mix.name)
    about = _about(mix)
    shipped = name in shipped_mixes()
    graded = any(LEVERS[one].grade == "D" for one in mix.levers if one in LEVERS)
    table: dict[str, Any] = {
        "title": about.get("title") or (load_scenario(name).title if shipped else name),
        "question": about.get("question") or f"What does the mix '{name}' change by 2030?",
        "reference": about.get("reference", ""),
        "baseline": BASELINE,
        "illustrative": graded or "illustrative" in about,
        "paths": _paths(world, mix.levers),
        **world.tables(),
        "levers": mix.levers,
    }
    return Scenario.from_dict(table, name=name)


def _about(mix: Mix) -> dict[str, str]:
    """The texts of a mix, checked. Raises InputError."""
    for key, text in mix.about.items():
        if len(text) > LONGEST_TEXT:
            raise InputError(
                f"the {key} of a mix has {len(text):,} characters",
                allowed=f"up to {LONGEST_TEXT}",
            )
    if mix.about.get("illustrative", "true") != "true":
        raise InputError("the word on a mix is not known", where="illustrative", allowed="true")
    return mix.about


def baseline_of(world: SharedAssumptions) -> Scenario:
    """No added policy in the same world."""
    plain = load_scenario(BASELINE)
    if world == SharedAssumptions():
        return plain
    table = {**plain.as_dict(), **world.tables()}
    table["paths"] = {**table["paths"], **_paths(world, {})}
    return Scenario.from_dict(table, name=BASELINE)


def _paths(world: SharedAssumptions, levers: Mapping[str, object]) -> dict[str, str]:
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
    if len(text) > LONGEST_NAME:
        raise InputError(
            f"'{text[:40]}' cannot be the name of a mix", allowed=f"up to {LONGEST_NAME} characters"
        )
    return scenario_name(text)


def own_name(mix: Mix, otherwise: str) -> Mix:
    """The mix, renamed where it bears the name of a shipped one that it no longer is."""
    shipped = shipped_mixes().get(mix.name.strip())
    same = shipped is None or shipped.same_levers(mix.levers)
    return mix if same else Mix(otherwise, mix.levers, mix.about)


@cache
def shipped_mixes() -> dict[str, Mix]:
    """Shipped scenarios that are a policy in the usual world, by name; the baseline first."""
    found = {BASELINE: Mix(BASELINE)}
    for name in shipped_scenarios():
        scenario = load_scenario(name)
        if scenario.levers and world_of(scenario) == SharedAssumptions():
            found[name] = mix_of(scenario)
    return found


def uploaded(data: bytes, file_name: str) -> Scenario:
    """A scenario from a file that somebody sent. Raises InputError that says what is wrong.

    It may build on shipped scenarios only, so that no file of this machine can be read with it.
    """
    shown = file_name[:LONGEST_TEXT]
    if len(data) > LARGEST_FILE:
        raise InputError(
            f"the file is too large for a scenario: {len(data):,} bytes",
            where=shown,
            allowed=f"up to {LARGEST_FILE:,} bytes",
        )
    stem = re.sub(r"\W+", "_", Path(file_name).stem)[:LONGEST_NAME].strip("_") or "uploaded"
    with tempfile.TemporaryDirectory(prefix="mekong-upload-") as folder:
        path = Path(folder) / f"{stem}.toml"
        path.write_bytes(data)
        try:
            _check_upload(read(path).table, shown)
            scenario = load_scenario(path)
        except InputError as error:
            raise InputError(
                error.what.replace(str(path), shown)[:LONGEST_WORDS],
                where=(error.where or shown).replace(str(path), shown),
                allowed=error.allowed,
                todo=error.todo,
            ) from None
    if scenario.end != LAST_QUARTER:
        raise InputError(
            f"the file ends its runs in {quarter_label(scenario.end)}",
            where=f"{shown}, horizon.end",
            allowed=f"{quarter_label(LAST_QUARTER)}: the page judges growth to {TARGET_YEAR}",
            todo="leave [horizon] out, or use `mekong run` on the command line",
        )
    scenario_of(mix_of_file(scenario), world_of(scenario))
    return scenario


def _check_upload(table: Mapping[str, Any], file_name: str) -> None:
    """Refuse what the page could not do, before the whole file is checked. Raises InputError."""
    for key in ("extends", "baseline"):
        named = table.get(key)
        if isinstance(named, str) and named not in shipped_scenarios():
            raise InputError(
                f"{key} = '{named[:60]}' is not a shipped scenario",
                where=file_name,
                allowed="in the dashboard, shipped names only (`mekong list scenarios` lists them)",
                todo="use a shipped name, or compare on the command line",
            )
    levers = table.get("levers")
    lists = [b for b in levers.values() if isinstance(b, list)] if isinstance(levers, dict) else []
    blocks = sum(len(several) for several in lists)
    names = parameter_table()
    parameters = table.get("parameters")
    tables = list(parameters.values()) if isinstance(parameters, dict) else []
    given = sum(len(value) if isinstance(value, dict) else 1 for value in tables)
    for count, most, what in (
        (blocks, MOST_BLOCKS, "blocks of levers"),
        (given, len(names) * (1 + len(COUNTRIES)), "parameters"),
    ):
        if count > most:
            raise InputError(
                f"the file has {count:,} {what}", where=file_name, allowed=f"up to {most}"
            )


class Question(NamedTuple):
    """A question and the names of two shipped mixes."""

    words: str
    a: str
    b: str


QUESTIONS = (
    Question("What does a coordinated programme add, and what networks alone?",
             "coordinated", "broadband"),
    Question("Does action against scams bring more than broadband?", "anti_scam", "broadband"),
    Question("What if only one country acts against scams?", "crackdown_khm", "crackdown_all"),
    Question("What is acting together against scams worth?", "crackdown_all", "crackdown_together"),
    Question("The same money: for networks or for enforcement?", "money_networks", "money_safety"),
    Question("Do common rules or paperless customs help trade more?", "harmonization", "customs"),
    Question("What is lost when Myanmar does not sign common rules?",
             "harmonization", "harmonization_no_mmr"),
    Question("What reaches the countryside: delivery or satellites?", "delivery", "satellite"),
    Question("Do payments that reach everybody bring more buyers than networks?",
             "payments", "broadband"),
    Question("How do small firms come to sell across borders?", "marketplace", "export_drive"),
    Question("Open data or safe data?", "data_open", "data_safe"),
)  # fmt: skip
