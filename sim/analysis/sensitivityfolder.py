"""The folder of a sensitivity analysis: resumed by the same question, refused to another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import OutputError
from sim.experiments.environment import commit, environment
from sim.experiments.fingerprint import data_hash, digest, sources_hash
from sim.experiments.folder import MANIFEST, read_manifest, refuse_foreign, write_manifest
from sim.experiments.lock import FolderLock
from sim.experiments.study import FORMAT
from sim.experiments.writing import sweep_up
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
        "format": FORMAT,
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
    refuse_foreign(folder)
    with FolderLock(folder):
        sweep_up(folder)
        refuse_foreign(folder)
        if not (folder / MANIFEST).exists():
            keep(folder, record)
            return record
        there = read_manifest(folder, KIND)["identity"]
        differing = [key for key in identity if there.get(key) != identity[key]]
        if differing:
            raise OutputError(
                f"the output folder holds another question: it differs in {', '.join(differing)}",
                where=str(folder),
                todo="choose another --out, or repeat the question as it was to resume it",
            )
    return record


def keep(folder: Path, record: dict[str, Any]) -> None:
    """Write the manifest."""
    write_manifest(folder, record)
