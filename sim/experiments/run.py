"""A job: one run, named by a hash of everything that determines its numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from sim.errors import InputError
from sim.experiments.limits import MOST_DRAWS, MOST_SEEDS, check_count, check_seed
from sim.experiments.provenance.fingerprint import (
    Rules,
    data_hash,
    digest,
    rules_hash,
    sources_hash,
)
from sim.parameters.posterior import posterior_draw, posterior_draws
from sim.parameters.table import Parameter, parameter_table
from sim.parameters.values import ONE_FOR_ALL, PRIOR_DRAWS, ParameterSet
from sim.scenario import Scenario
from sim.units import COUNTRIES

RUN_ID_DIGITS = 24
MOST_LETTERS = 40  # of a name in the name of a file


def file_word(name: str) -> str:
    """A name as part of a file name: legal everywhere, different for different names."""
    word = re.sub(r"[^a-z0-9_-]+", "-", name.lower())[:MOST_LETTERS]
    return word if word == name else f"{word}-{digest(name)[:8]}"


def part_name(run: str, scenario: str) -> str:
    """Name of the part files of a run; it begins with the run, whatever the scenario is called.

    Readers of whole folders leave out files that begin with an underscore or a dot.
    """
    return f"{run}-{file_word(scenario)}.parquet"


@dataclass(frozen=True)
class Job:
    """One run to do: scenario, seed, parameter draw (`ParameterSet.draw`) and scale.

    `changes` are what a design makes of the parameters of the draw; the scenario's own overrides
    come on top inside the model. What does not fit together is moved (`ParameterSet.inside`).
    `point_values` are the values of the design that hold here; `drawn` is true where the study has
    several draws: both give the columns `x.<input>` of `runs/`.
    """

    scenario: Scenario
    baseline: str
    seed: int
    draw: int
    scale: int
    replication: int = 1
    design_point: int = 0
    changes: tuple[tuple[str, float], ...] = ()
    point_values: tuple[tuple[str, float], ...] = ()
    drawn: bool = False
    rules: str = ""  # hash of a person's own rules
    own: tuple[Parameter, ...] = ()  # parameters that these declare
    study: str = ""  # `Study.key`

    @cached_property
    def run(self) -> str:
        """The identity of the run.

        Two points that are moved to one place are still two runs, and so are two equal draws: a
        posterior holds a point as often as it weighs.
        """
        asked, parameters = self.asked, self.parameters
        run = run_id(self.scenario, parameters, self.seed, self.scale, self.rules)
        moved_from = asked.fingerprint() if asked is not parameters else ""
        before = equal_draws_before(self.draw)
        apart = before or moved_from
        return digest([run, before, moved_from])[:RUN_ID_DIGITS] if apart else run

    @property
    def asked(self) -> ParameterSet:
        """The parameters as draw and design have them, before they are moved inside the limits."""
        return asked_of(self.draw, self.changes, self.own)

    @property
    def parameters(self) -> ParameterSet:
        """The parameters with which the run is done."""
        return parameters_of(self.draw, self.changes, self.own)

    @property
    def part(self) -> str:
        """Name of this run's part files."""
        return part_name(self.run, self.scenario.name)

    @property
    def inputs(self) -> tuple[tuple[str, float], ...]:
        """What varies within the study, with its value here; nan where it changes nothing."""
        values = dict(self.point_values)
        asked = self.asked
        parameters = asked.inside()
        if parameters is not asked:
            changes = dict(self.changes)
            for name in values:
                place = _place_of(name, changes)
                if place is not None and not math.isnan(values[name]):
                    values[name] = parameters.get(*place)
        if self.drawn:
            for name, iso, parameter in drawn_inputs():
                values[name] = parameters.get(iso, parameter)
        return tuple(values.items())


@lru_cache(maxsize=64)
def parameters_of(
    draw: int, changes: tuple[tuple[str, float], ...] = (), own: tuple[Parameter, ...] = ()
) -> ParameterSet:
    """The parameters of a draw (0: central values) and a design, inside the limits.

    `own` are those that a person's own rules declare.
    """
    return asked_of(draw, changes, own).inside()


@lru_cache(maxsize=64)
def asked_of(
    draw: int, changes: tuple[tuple[str, float], ...] = (), own: tuple[Parameter, ...] = ()
) -> ParameterSet:
    """The same before it is moved inside the limits."""
    if changes:
        return asked_of(draw, own=own).asked(dict(changes))
    return ParameterSet.draw(draw).with_own(own)


def _place_of(name: str, changes: Mapping[str, float]) -> tuple[str, str] | None:
    """Country and parameter in which to read what became of an input that sets a parameter."""
    key = name.removeprefix("parameters.")
    if key == name or key not in changes:
        return None
    iso, dot, plain = key.rpartition(".")
    if dot:
        return iso, plain
    return next(((c, plain) for c in COUNTRIES if f"{c}.{plain}" not in changes), None)


@cache
def drawn_inputs() -> tuple[tuple[str, str, str], ...]:
    """What differs between draws: name as in a study file, country to read it in, parameter.

    A parameter is named `parameters.<name>` where all countries always agree, else
    `parameters.<ISO code>.<name>`.
    """
    found = []
    for name, parameter in parameter_table().items():
        if parameter.status == "fixed" or parameter.low == parameter.high:
            continue
        if parameter.by_country and name not in ONE_FOR_ALL:
            found += [(f"parameters.{iso}.{name}", iso, name) for iso in COUNTRIES]
        else:
            found.append((f"parameters.{name}", COUNTRIES[0], name))
    return tuple(found)


def run_id(
    scenario: Scenario,
    parameters: ParameterSet,
    seed: int,
    scale: int,
    rules: Rules | str | None = None,
) -> str:
    """The identity of a run; engine, threads and chunks are deliberately not in it.

    `rules` are a person's own rules, or their hash.
    """
    return digest(
        {
            "data": data_hash(),
            "scenario": scenario.fingerprint(),
            "parameters": parameters.with_scenario(scenario.overrides).fingerprint(),
            "sources": sources_hash(),
            "rules": rules if isinstance(rules, str) else rules_hash(rules),
            "seed": seed,
            "scale": scale,
        }
    )[:RUN_ID_DIGITS]


def seed_list(seeds: int | Sequence[int]) -> tuple[int, ...]:
    """Seeds as given: a number n means 1 ... n. Raises InputError outside 0 ... 2**31 - 1."""
    if isinstance(seeds, int):
        check_count(seeds, MOST_SEEDS, "seeds", least=1)
        return tuple(range(1, seeds + 1))
    check_count(len(seeds), MOST_SEEDS, "seeds")
    wanted = tuple(int(seed) for seed in seeds)
    if not wanted:
        raise InputError("no seeds are given", allowed="a number, or a list such as 1,2,3")
    for seed in wanted:
        check_seed(seed)
    if len(set(wanted)) < len(wanted):
        raise InputError(
            "a seed is given twice", todo="give each seed once: equal seeds give equal runs"
        )
    return wanted


@cache
def equal_draws_before(draw: int) -> int:
    """How many draws of the posterior with smaller numbers have the same values."""
    if is_central(draw) or draw > PRIOR_DRAWS:
        return 0
    mine = posterior_draw(draw)
    return sum(
        (other.prior_draw, other.estimated) == (mine.prior_draw, mine.estimated)
        for other in posterior_draws()[:draw]
    )


def is_central(draw: int) -> bool:
    """True for the numbers of the two central sets, of the posterior and of the prior."""
    return draw in (0, PRIOR_DRAWS)


def drawn_from(draws: Iterable[int]) -> str:
    """What the draws of a study are of: "posterior" or "prior"."""
    return "prior" if max(draws, default=0) >= PRIOR_DRAWS else "posterior"


def draw_list(draws: int, prior: bool = False) -> tuple[int, ...]:
    """Numbers of n parameter draws; without any, the central values.

    Draws of the posterior are 1 ... n and its central values 0; of the prior 10,001 ... 10,000 + n
    and 10,000. Raises InputError beyond the last draw of the posterior.
    """
    check_count(draws, MOST_DRAWS, "parameter draws")
    first = PRIOR_DRAWS if prior else 0
    if not prior:
        posterior_draw(draws)
    return tuple(range(first + 1, first + draws + 1)) or (first,)
