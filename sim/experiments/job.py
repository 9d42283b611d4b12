"""A job: one run, named by a hash of everything that determines its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.draws import LARGEST_SEED
from sim.errors import InputError
from sim.experiments.fingerprint import Rules, data_hash, digest, rules_hash, sources_hash
from sim.parameters.table import parameter_table
from sim.parameters.values import ParameterSet
from sim.scenario import Scenario
from sim.units import COUNTRIES

RUN_ID_DIGITS = 24


@dataclass(frozen=True)
class Job:
    """One run to do: scenario, seed, parameter draw (0: central values) and scale.

    `parameters` are those of the draw; the scenario's own overrides come on top inside the model.
    `inputs` are the values that vary within the study, for the columns `x.<input>` of `runs/`.
    """

    run: str
    scenario: Scenario
    baseline: str
    seed: int
    draw: int
    scale: int
    parameters: ParameterSet
    replication: int = 1
    design_point: int = 0
    inputs: tuple[tuple[str, float], ...] = ()

    @property
    def part(self) -> str:
        """Name of this run's part files."""
        return f"{self.scenario.name}-{self.run}.parquet"


def run_id(
    scenario: Scenario, parameters: ParameterSet, seed: int, scale: int, rules: Rules | None = None
) -> str:
    """The identity of a run; engine, threads and chunks are deliberately not in it."""
    return digest(
        {
            "data": data_hash(),
            "scenario": scenario.fingerprint(),
            "parameters": parameters.with_overrides(scenario.parameters).fingerprint(),
            "sources": sources_hash(),
            "rules": rules_hash(rules),
            "seed": seed,
            "scale": scale,
        }
    )[:RUN_ID_DIGITS]


def seed_list(seeds: int | Sequence[int]) -> tuple[int, ...]:
    """Seeds as given: a number n means 1 ... n. Raises InputError outside 0 ... 2**31 - 1."""
    if isinstance(seeds, int):
        if seeds < 1:
            raise InputError(f"{seeds} seeds cannot be run", allowed="a number from 1 up")
        return tuple(range(1, seeds + 1))
    wanted = tuple(int(seed) for seed in seeds)
    if not wanted:
        raise InputError("no seeds are given", allowed="a number, or a list such as 1,2,3")
    for seed in wanted:
        if not 0 <= seed <= LARGEST_SEED:
            raise InputError(f"{seed} is not a seed", allowed=f"0 to {LARGEST_SEED}")
    if len(set(wanted)) < len(wanted):
        raise InputError(
            "a seed is given twice", todo="give each seed once: equal seeds give equal runs"
        )
    return wanted


def draw_list(draws: int) -> tuple[int, ...]:
    """Parameter draws 1 ... n; without any, the central values, which are draw 0."""
    if draws < 0:
        raise InputError(f"{draws} parameter draws cannot be taken", allowed="0 or more")
    return tuple(range(1, draws + 1)) or (0,)


def parameter_sets(draws: Sequence[int]) -> dict[int, ParameterSet]:
    """The parameters of each draw."""
    return {k: ParameterSet.draw(k) if k else ParameterSet.central() for k in draws}


def varied_inputs(
    sets: Mapping[int, ParameterSet],
) -> dict[int, tuple[tuple[str, float], ...]]:
    """For each draw the parameters that differ between the draws.

    A parameter is named `parameters.<name>` where the five agree in every draw, else
    `parameters.<ISO code>.<name>`, as in a study file.
    """
    inputs: dict[int, list[tuple[str, float]]] = {draw: [] for draw in sets}
    for name in parameter_table():
        values = {k: [s.get(iso, name) for iso in COUNTRIES] for k, s in sets.items()}
        if all(len(set(row)) == 1 for row in values.values()):
            columns = {f"parameters.{name}": 0}
        else:
            columns = {f"parameters.{iso}.{name}": at for at, iso in enumerate(COUNTRIES)}
        for column, at in columns.items():
            if len({row[at] for row in values.values()}) > 1:
                for draw, row in values.items():
                    inputs[draw].append((column, row[at]))
    return {draw: tuple(pairs) for draw, pairs in inputs.items()}


def build_jobs(
    scenarios: Sequence[Scenario],
    baseline: str,
    seeds: Sequence[int],
    draws: Sequence[int],
    scale: int,
    rules: Rules | None = None,
) -> list[Job]:
    """All runs of a comparison: every scenario under the same seeds and draws.

    The order gives one whole row of scenarios before the next seed, so that what an interruption
    leaves behind can be compared.
    """
    if scale < 1:
        raise InputError(f"scale {scale} cannot be run", allowed="1 (everyone) or more")
    sets = parameter_sets(draws)
    inputs = varied_inputs(sets)
    jobs: list[Job] = []
    for draw in draws:
        for seed in seeds:
            for scenario in scenarios:
                jobs.append(
                    Job(
                        run=run_id(scenario, sets[draw], seed, scale, rules),
                        scenario=scenario,
                        baseline=baseline,
                        seed=seed,
                        draw=draw,
                        scale=scale,
                        parameters=sets[draw],
                        replication=seeds.index(seed) + 1,
                        inputs=inputs[draw],
                    )
                )
    return jobs
