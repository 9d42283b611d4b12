"""What a sensitivity analysis asks, as its folder keeps it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.analysis.sensitivity.settings import SensitivitySettings
from sim.experiments.provenance.fingerprint import digest, method_hash
from sim.experiments.storage.folder import opened, question_record
from sim.parameters.values import ParameterSet
from sim.scenario import Scenario

KIND = "sensitivity"
SOURCES = (
    "meanfield",
    "analysis/sensitivity/inputs.py",
    "analysis/sensitivity/sobol.py",
    "target.py",
)
"""Files and folders of the package that determine the runs, beside those of the model."""


def open_for(
    folder: Path | None, scenario: Scenario, baseline: Scenario, asked: SensitivitySettings
) -> dict[str, Any]:
    """The manifest of what is asked. Raises OutputError for the folder of another question."""
    asked_for = {
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
        "method_hash": method_hash(SOURCES),
        "draws_hash": digest([asked.draw(k).fingerprint() for k in (0, 1, asked.draws)]),
    }
    record = {
        **question_record(KIND, asked_for),
        "scenario": scenario.name,
        "baseline": baseline.name,
        "resolved_scenarios": {one.name: one.to_toml() for one in (baseline, scenario)},
        "parameters": ParameterSet.central().as_dict(),
    }
    if folder is not None:
        with opened(folder, record):
            pass
    return record
