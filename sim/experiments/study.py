"""A study: which runs belong together, its manifest, and the folder it is kept in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import InputError, OutputError, did_you_mean
from sim.experiments.environment import commit, environment
from sim.experiments.fingerprint import Rules, data_hash, digest, rules_hash, sources_hash
from sim.experiments.job import Job, build_jobs, draw_list, parameter_sets, seed_list
from sim.experiments.store import Store, trouble, write_text
from sim.scenario import Scenario, load_scenario

# What makes two studies one and the same, each with its name for a person.
IDENTITY = {
    "scenarios": "scenarios",
    "baseline": "baseline",
    "seeds": "seeds",
    "draws": "parameter draws",
    "scale": "scale",
    "data_hash": "country data",
    "sources_hash": "sources of the model",
    "rules_hash": "own rules",
    "parameters_hash": "parameters",
    "environment": "versions or platform",
}


@dataclass(frozen=True)
class Study:
    """Scenarios under the same seeds and parameter draws, at one scale."""

    scenarios: tuple[Scenario, ...]
    baseline: str
    seeds: tuple[int, ...]
    draws: tuple[int, ...]
    scale: int
    jobs: tuple[Job, ...]
    rules: Rules | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Scenario names, the baseline first."""
        return tuple(scenario.name for scenario in self.scenarios)

    def identity(self) -> dict[str, Any]:
        """What determines the numbers of the whole study."""
        sets = parameter_sets(self.draws)
        return {
            "scenarios": {s.name: s.fingerprint() for s in self.scenarios},
            "baseline": self.baseline,
            "seeds": list(self.seeds),
            "draws": list(self.draws),
            "scale": self.scale,
            "data_hash": data_hash(),
            "sources_hash": sources_hash(),
            "rules_hash": rules_hash(self.rules),
            "parameters_hash": digest({str(k): s.fingerprint() for k, s in sets.items()}),
            "environment": environment(),
        }

    def short_hash(self) -> str:
        """Eight digits for the name of a folder."""
        return digest(self.identity())[:8]

    def folder_name(self, verb: str) -> str:
        """Name of the folder under `results/` when none is given."""
        return f"{verb}-{'-'.join(self.names)}"[:100] + f"-{self.short_hash()}"


def build_study(
    scenarios: Sequence[str | Path | Scenario],
    *,
    baseline: str | None = None,
    seeds: int | Sequence[int] = 1,
    draws: int = 0,
    scale: int = 1000,
    rules: Rules | None = None,
    compared: bool = True,
) -> Study:
    """Load and check everything before anything runs. Raises InputError.

    The first scenario is the baseline unless `baseline` names another, which is added when it is
    not among them. A single scenario that is to be `compared` meets the baseline that it names.
    """
    if not scenarios:
        raise InputError("no scenario is given", todo="mekong scenarios lists the shipped ones")
    loaded = [s if isinstance(s, Scenario) else load_scenario(s) for s in scenarios]
    if baseline is None:
        base = loaded[0]
        if len(loaded) == 1 and compared and base.baseline != base.name:
            base = load_scenario(base.baseline)
    else:
        known = {scenario.name: scenario for scenario in loaded}
        base = known[baseline] if baseline in known else load_scenario(baseline)
    ordered = [base, *(s for s in loaded if s is not base and s.name != base.name)]
    names = [scenario.name for scenario in loaded]
    for name in names:
        if names.count(name) > 1:
            raise InputError(
                f"two scenarios are named '{name}'", todo="give one of them another name"
            )
    for scenario in ordered:
        _covers_the_doubling(scenario)
    chosen_seeds, chosen_draws = seed_list(seeds), draw_list(draws)
    jobs = build_jobs(ordered, base.name, chosen_seeds, chosen_draws, scale, rules)
    return Study(
        scenarios=tuple(ordered),
        baseline=base.name,
        seeds=chosen_seeds,
        draws=chosen_draws,
        scale=scale,
        jobs=tuple(jobs),
        rules=rules,
    )


def _covers_the_doubling(scenario: Scenario) -> None:
    from sim.target import BASE_YEAR, TARGET_YEAR
    from sim.units import quarter_index, quarter_label

    first, last = quarter_index(f"{BASE_YEAR}Q1"), quarter_index(f"{TARGET_YEAR}Q4")
    if scenario.start > first or scenario.end < last:
        raise InputError(
            f"'{scenario.name}' runs from {quarter_label(scenario.start)} to "
            f"{quarter_label(scenario.end)}, so it cannot be judged against 2022-2030",
            where=f"{scenario.source_file}: [horizon]",
            allowed=f"start up to {quarter_label(first)}, end from {quarter_label(last)}",
        )


def manifest(study: Study, engine: str, threads: int | None, command: str) -> dict[str, Any]:
    """Everything needed to know, and to repeat, where the numbers come from."""
    sets = parameter_sets(study.draws)
    return {
        "format": 1,
        "study": study.short_hash(),
        **study.identity(),
        **commit(),
        "engine": engine,
        "threads": threads,
        "command": command,
        "resolved_scenarios": {s.name: s.to_toml() for s in study.scenarios},
        "parameters": {str(k): values.as_dict() for k, values in sets.items()},
        "draw_0": "central values",
        "runs": len(study.jobs),
    }


def open_folder(folder: Path, study: Study, record: Mapping[str, Any]) -> Store:
    """Make or reopen the folder of a study. Raises OutputError for another study's folder."""
    path = folder / "manifest.json"
    if folder.exists() and not folder.is_dir():
        raise OutputError("the output is a file, not a folder", where=str(folder))
    if path.exists():
        _refuse_another(folder, read_manifest(folder), study.identity())
        return Store(folder)
    if folder.is_dir() and any(not p.name.startswith(".") for p in folder.iterdir()):
        raise OutputError(
            "the output folder holds something that is not a study",
            where=str(folder),
            todo="choose a new or empty folder with --out",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise trouble(error, folder) from error
    write_manifest(folder, record)
    return Store(folder)


def _refuse_another(folder: Path, there: Mapping[str, Any], here: Mapping[str, Any]) -> None:
    differing = [
        f"{label} ({_short(there.get(key))} there, {_short(here[key])} now)"
        for key, label in IDENTITY.items()
        if there.get(key) != here[key]
    ]
    if differing:
        raise OutputError(
            "the output folder holds another study: it differs in " + "; ".join(differing),
            where=str(folder),
            todo="choose another --out, or repeat the study as it was to resume it",
        )


def _short(value: Any) -> str:
    if isinstance(value, str) and len(value) == 64:
        return value[:8]
    if isinstance(value, dict):
        return ", ".join(f"{k} {_short(v)}" for k, v in value.items())
    return str(value)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a result folder. Raises InputError when there is none."""
    path = folder / "manifest.json"
    if not folder.is_dir() or not path.is_file():
        siblings = [p.name for p in folder.parent.glob("*/") if p.is_dir()]
        raise InputError(
            "this is not a result folder: it has no manifest.json",
            where=str(folder),
            todo=did_you_mean(folder.name, siblings) or "name a folder that a command has made",
        )
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError("manifest.json cannot be read", where=str(path)) from error
    return content


def write_manifest(folder: Path, record: Mapping[str, Any]) -> None:
    """Write `manifest.json`."""
    text = json.dumps(record, indent=1, ensure_ascii=False, sort_keys=False)
    write_text(folder / "manifest.json", text + "\n")
