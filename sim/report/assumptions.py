"""The assumptions of a result: parameters with their sources, levers and outside paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from sim.agents.own import OWN_RULE
from sim.analysis.comparison.result import Comparison
from sim.parameters.table import parameter_table
from sim.policy.levers import LEVERS
from sim.scenario import PATHS

COLUMNS = ["name", "used_low", "used_high", "low", "central", "high", "unit", "status", "meaning"]
COLUMNS += ["source"]


def parameters_used(manifest: Mapping[str, Any]) -> pd.DataFrame:
    """Every parameter: the span of values in the runs (over draws and countries), prior, source.

    Names that this version of the program does not know have a span and nothing else.
    """
    known, own = parameter_table(), manifest.get("own_parameters", {})
    rows = []
    sets: list[dict[str, Any]] = list(manifest["parameters"].values())
    for name in sets[0]:
        values = [
            float(number)
            for one in sets
            for number in (one[name].values() if isinstance(one[name], dict) else [one[name]])
        ]
        p = known.get(name)
        about = (
            (p.low, p.central, p.high, p.unit, p.status, p.meaning, p.source)
            if p is not None
            else (None, None, None, own[name], OWN_RULE, "", OWN_RULE)
            if name in own
            else (None, None, None, "", "", "", "not known to this version")
        )
        rows.append((name, min(values), max(values), *about))
    return pd.DataFrame(rows, columns=COLUMNS)


class LeverUse(NamedTuple):
    """One block of a scenario's levers in words."""

    scenario: str
    lever: str
    title: str
    level: str
    places: str
    dates: str
    grade: str
    source: str


def levers_used(result: Comparison) -> list[LeverUse]:
    """The levers of each scenario, block by block."""
    found = []
    for scenario in result.scenarios:
        for name in result.settings.levers(scenario):
            lever = LEVERS.get(name)
            for block in result.settings.blocks(scenario, name):
                found.append(
                    LeverUse(
                        scenario,
                        name,
                        lever.title if lever else name,
                        f"{block['level']:g} {lever.unit if lever else ''}".strip(),
                        _places(block),
                        _dates(block),
                        lever.grade if lever else "?",
                        lever.source if lever else "",
                    )
                )
    return found


def _places(block: Mapping[str, Any]) -> str:
    named = next(block[scope] for scope in ("countries", "pairs", "region") if scope in block)
    if named == "all":
        return "all pairs" if "pairs" in block else "all five countries"
    return named if isinstance(named, str) else ", ".join(named)


def _dates(block: Mapping[str, Any]) -> str:
    until = f" to {block['end']}" if "end" in block else ""
    return (
        f"from {block['start']}{until}; lag {block['lag_years']:g}, "
        f"phase-in {block['ramp_years']:g} years"
    )


class PathChoice(NamedTuple):
    """An assumption on the world outside the five countries."""

    meaning: str
    choice: str
    scenarios: str


def paths_chosen(result: Comparison) -> list[PathChoice]:
    """Every outside path with the choices made, and the scenarios that made them if not all."""
    found = []
    for name, path in PATHS.items():
        made: dict[str, list[str]] = {}
        for scenario in result.scenarios:
            made.setdefault(result.settings.path(scenario, name), []).append(scenario)
        for choice, names in made.items():
            who = "all" if len(made) == 1 else ", ".join(names)
            found.append(PathChoice(path.meaning, path.choices.get(choice, choice), who))
    return found


def overrides(result: Comparison) -> list[tuple[str, str, str]]:
    """Every parameter that a scenario sets, with its value, and every channel it switches off."""
    found = []
    for scenario in result.scenarios:
        settings = result.settings
        found += [(scenario, name, f"{v:g}") for name, v in settings.overrides(scenario).items()]
        found += [(scenario, f"channel {name}", "off") for name in settings.channels_off(scenario)]
    return found
