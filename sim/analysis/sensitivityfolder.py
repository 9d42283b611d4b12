"""The folder of a sensitivity analysis: resumed by the same question, refused to another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import OutputError
from sim.experiments.environment import commit, environment
from sim.experiments.fingerprint import data_hash, digest, sources_hash
from sim.experiments.folder import MANIFEST, read_manifest, write_manifest
from sim.experiments.writing import trouble
from sim.parameters.values import ParameterSet
from sim.scenario import Scenario

if TYPE_CHECKING:
    from sim.analysis.sensitivity import Settings

KIND = "sensitivity"


def open_for(
    folder: Path | None, scenario: Scenario, baseline: Scenario, asked: Settings
) -> dict[str, Any]:
    """The manifest of what is asked. Raises OutputError for the folder of another question."""
    identity = {
        "scenario": scenario.fingerprint(),
        "baseline": baseline.fingerprint(),
        "years": list(asked.years),
        "n": asked.n,
        "draws": asked.draws,
        "seed": asked.seed,
        "from": asked.source,
        "worth": asked.worth,
        "agents": asked.agents,
        "agent_scale": asked.agent_scale,
        "scale": asked.scale,
        "missing": asked.missing,
        "market": asked.market,
        "outcomes": list(asked.outcomes),
        "data_hash": data_hash(),
        "sources_hash": sources_hash(),
        "draws_hash": digest([asked.draw(k).fingerprint() for k in (0, 1, asked.draws)]),
    }
    record = {
        "format": 1,
        "kind": KIND,
        "scenario": scenario.name,
        "baseline": baseline.name,
        "identity": identity,
        "resolved_scenarios": {one.name: one.to_toml() for one in (baseline, scenario)},
        "parameters": ParameterSet.central().as_dict(),
        "environment": environment(),
        **commit(),
    }
    if folder is None:
        return record
    if (folder / MANIFEST).is_file():
        there = read_manifest(folder).get("identity", {})
        differing = [key for key in identity if there.get(key) != identity[key]]
        if differing:
            raise OutputError(
                f"the output folder holds another question: it differs in {', '.join(differing)}",
                where=str(folder),
                todo="choose another --out, or repeat the question as it was to resume it",
            )
        return record
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(not path.name.startswith(".") for path in folder.iterdir()):
            raise OutputError(
                "the output folder holds something else",
                where=str(folder),
                todo="choose a new or empty folder with --out",
            )
    except OSError as error:
        raise trouble(error, folder) from error
    keep(folder, record)
    return record


def keep(folder: Path, record: dict[str, Any]) -> None:
    """Write the manifest."""
    write_manifest(folder, record)
