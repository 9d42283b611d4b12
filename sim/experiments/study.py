"""A study: which runs belong together, what identifies it, and its manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.experiments.design import Design
from sim.experiments.limits import MOST_SCENARIOS, check_count, check_runs, check_scale
from sim.experiments.provenance.environment import commit, environment
from sim.experiments.provenance.fingerprint import (
    Rules,
    data_hash,
    digest,
    rules_hash,
    sources_hash,
)
from sim.experiments.run import draw_list, file_word, parameters_of, seed_list
from sim.experiments.run_list import Jobs, Shard
from sim.model.rules import own_indicators, own_parameters, own_rules
from sim.parameters.table import Parameter
from sim.scenario import Scenario, load_scenario, shipped_scenarios
from sim.scenario.names import refuse_alike

FORMAT = 4  # of a result folder: raised whenever its layout changes
# What makes two studies one and the same, each with its name for a person.
IDENTITY = {
    "scenarios": "scenarios",
    "baseline": "baseline",
    "seeds": "seeds",
    "draws": "parameter draws",
    "scale": "scale",
    "design": "design",
    "shard": "shard",
    "data_hash": "country data",
    "sources_hash": "sources of the model",
    "rules_hash": "own rules",
    "parameters_hash": "parameters",
    "environment": "versions or platform",
}


@dataclass(frozen=True)
class Study:
    """Scenarios under the same seeds, parameter draws and points of a design, at one scale.

    With `seeds_first` all of one seed is run before the next, for studies that may stop early.
    `counterfactuals` names, for every scenario with assumptions of its own, the scenario with the
    baseline's policy under these assumptions; `added` are those that nobody asked for by name (see
    `with_counterfactuals`).
    """

    scenarios: tuple[Scenario, ...]
    baseline: str
    seeds: tuple[int, ...]
    draws: tuple[int, ...]
    scale: int
    rules: Rules | None = None
    design: Design = field(default_factory=Design)
    shard: Shard = field(default_factory=Shard)
    title: str = ""
    seeds_first: bool = False
    counterfactuals: dict[str, str] = field(default_factory=dict)
    added: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Scenario names, the baseline first."""
        return tuple(scenario.name for scenario in self.scenarios)

    @property
    def asked(self) -> tuple[str, ...]:
        """Names of the scenarios that were asked for, the baseline first."""
        return tuple(name for name in self.names if name not in self.added)

    @property
    def own(self) -> tuple[Parameter, ...]:
        """Parameters that a person's own rules declare."""
        return own_parameters(self.rules)

    @cached_property
    def jobs(self) -> Jobs:
        """All runs, in order. Raises InputError for parameters that do not fit together."""
        jobs = Jobs(
            scenarios=self.scenarios,
            baseline=self.baseline,
            seeds=self.seeds,
            draws=self.draws,
            scale=self.scale,
            design=self.design,
            shard=self.shard,
            rules=rules_hash(self.rules),
            own=self.own,
            study=self.key,
            seeds_first=self.seeds_first,
            counterfactuals=self.counterfactuals,
            added=self.added,
        )
        jobs.refuse_misfits()
        return jobs

    @cached_property
    def key(self) -> str:
        """The hash that its runs carry; the same for all parts of one study."""
        return study_key(self.identity())

    def identity(self) -> dict[str, Any]:
        """What determines the numbers of the whole study."""
        return dict(self._identity)

    @cached_property
    def _identity(self) -> dict[str, Any]:
        sets = {str(k): parameters_of(k, own=self.own).fingerprint() for k in self.draws}
        return {
            "scenarios": {s.name: s.fingerprint() for s in self.scenarios},
            "baseline": self.baseline,
            "seeds": list(self.seeds),
            "draws": list(self.draws),
            "scale": self.scale,
            "design": self.design.fingerprint(),
            "shard": str(self.shard),
            "data_hash": data_hash(),
            "sources_hash": sources_hash(),
            "rules_hash": rules_hash(self.rules),
            "parameters_hash": digest(sets),
            "environment": environment(),
        }

    def short_hash(self) -> str:
        """Eight digits for the name of a folder."""
        return digest(self.identity())[:8]

    def folder_name(self, verb: str) -> str:
        """Name of the folder under `results/` when none is given."""
        words = "-".join(file_word(name) for name in self.asked)
        return f"{verb}-{words}"[:100] + f"-{self.short_hash()}"


def argument(scenario: Scenario) -> str:
    """How a scenario is named on the command line; a file of a person by its name alone."""
    own = scenario.source_file is not None and scenario.name not in shipped_scenarios()
    return Path(scenario.source_file).name if own and scenario.source_file else scenario.name


def study_key(identity: Mapping[str, Any]) -> str:
    """The hash of what makes a study, whichever part of it: also from a manifest."""
    return digest({name: identity[name] for name in IDENTITY if name != "shard"})


def build_study(
    scenarios: Sequence[str | Path | Scenario],
    *,
    baseline: str | None = None,
    seeds: int | Sequence[int] = 1,
    draws: int = 0,
    prior: bool = False,
    scale: int = 1000,
    rules: Mapping[str, Any] | type | None = None,
    compared: bool = True,
) -> Study:
    """Load and check everything before anything runs. Raises InputError.

    Draws are of the posterior, or with `prior` of the prior.
    The first scenario is the baseline unless `baseline` names another, which is added when it is
    not among them. A single scenario that is to be `compared` meets the baseline that it names.
    """
    if not scenarios:
        raise InputError("no scenario is given", todo="see `mekong list scenarios`")
    check_count(len(scenarios), MOST_SCENARIOS, "scenarios")
    chosen = own_rules(rules)
    own = own_parameters(chosen)
    loaded = [s if isinstance(s, Scenario) else load_scenario(s, own) for s in scenarios]
    if baseline is None:
        base = loaded[0]
        if len(loaded) == 1 and compared and base.baseline != base.name:
            base = load_scenario(base.baseline, own)
    else:
        known = {scenario.name: scenario for scenario in loaded}
        base = known[baseline] if baseline in known else load_scenario(baseline, own)
    ordered = [base, *(s for s in loaded if s is not base and s.name != base.name)]
    refuse_alike(scenario.name for scenario in loaded)
    refuse_alike(scenario.name for scenario in ordered)
    for scenario in ordered:
        _covers_the_doubling(scenario)
    check_scale(scale)
    seed_numbers, draw_numbers = seed_list(seeds), draw_list(draws, prior)
    check_runs(len(ordered), 1, len(seed_numbers), len(draw_numbers))
    return Study(
        scenarios=tuple(ordered),
        baseline=base.name,
        seeds=seed_numbers,
        draws=draw_numbers,
        scale=scale,
        rules=chosen or None,
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
    return {
        "format": FORMAT,
        "study": study.short_hash(),
        "title": study.title,
        **study.identity(),
        **commit(),
        "engine": engine,
        "threads": threads,
        "command": command,
        "design_kind": study.design.kind,
        "resolved_scenarios": {s.name: s.to_toml() for s in study.scenarios},
        "parameters": {str(k): parameters_of(k, own=study.own).as_dict() for k in study.draws},
        "draw_0": "central values",
        "draw_10000": "central values of the prior; larger numbers are its draws",
        "design_csv": digest(study.design.as_csv().rstrip("\n")) if study.design.inputs else "",
        "inputs": [varied.name for varied in study.design.inputs],
        **_declared(study.rules),
        "points": len(study.design.rows),
        "counterfactuals": dict(study.counterfactuals),
        "added_scenarios": list(study.added),
        "runs": len(study.jobs),
        "runs_of_study": len(replace(study, shard=Shard()).jobs),
    }


def _declared(rules: Rules | None) -> dict[str, Any]:
    """Parameters and indicators that rules of a person's own add, with their units."""
    found = {
        "own_parameters": {one.name: one.unit for one in own_parameters(rules)},
        "own_indicators": {name: one.unit for name, one in own_indicators(rules).items()},
    }
    return {name: units for name, units in found.items() if units}
