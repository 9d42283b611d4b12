"""Paired runs for the replication table: one seed, one scale, with and without one thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from sim.experiments.execution.branching import Pasts, first_lever
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.plan import check_held
from sim.experiments.limits import check_hands
from sim.experiments.run import Job
from sim.model.indicators import ALL_GROUPS, FIRM_GROUPS, GROUPS, INDICATORS, Series
from sim.model.model import MekongModel
from sim.scenario import Scenario
from sim.units import COUNTRIES, QUARTERS_PER_YEAR

AT_ONCE = {"lag_years": 0.0, "ramp_years": 0.0}
Block = dict[str, Any]


class PairedRuns:
    """Runs pairs: one seed, one scale, with and without what a study was about.

    `plain(seed)` is the finished baseline, run once for all studies and kept; programmes that begin
    in one quarter go on from one past. Raises InputError for more than fits in memory.
    """

    def __init__(self, scale: int, seeds: Sequence[int], threads: int | None = None) -> None:
        check_held(scale, 3 * len(seeds))
        check_hands(None, threads)
        self.scale = scale
        self.seeds = tuple(seeds)
        self.threads = threads
        self._pasts = Pasts(len(self.seeds))
        self.plain = lru_cache(maxsize=None)(lambda seed: self.model("baseline", seed).run())

    def model(self, scenario: Scenario | str, seed: int) -> MekongModel:
        """A model that has not run yet."""
        return MekongModel(scenario, seed=seed, scale=self.scale, threads=self.threads)

    def pairs(self, scenario: Scenario) -> list[tuple[MekongModel, MekongModel]]:
        """The baseline and the scenario, both finished, for every seed."""
        options = RunOptions(threads=self.threads, branch=first_lever(scenario))
        jobs = [Job(scenario, "baseline", seed, 0, self.scale) for seed in self.seeds]
        return [(self.plain(job.seed), self._pasts.model(job, options).run()) for job in jobs]

    def change(
        self, scenario: Scenario, names: Sequence[str], years: tuple[int, int], *where: str
    ) -> float:
        """Relative change of the sum of flows `names` over years, both ends included.

        `where` are countries and at most one group; all five and everybody if empty.
        """
        countries = [word for word in where if word in COUNTRIES] or list(COUNTRIES)
        group = next((word for word in where if word in ALL_GROUPS), "all")
        return self.mean(
            [
                total(after.series(), names, years, countries, group)
                / total(before.series(), names, years, countries, group)
                - 1.0
                for before, after in self.pairs(scenario)
            ]
        )

    def mean(self, values: Sequence[float]) -> float:
        """Mean over seeds."""
        return float(np.mean(values))


def total(
    series: Series,
    names: Sequence[str],
    years: tuple[int, int],
    countries: Sequence[str],
    group: str,
) -> float:
    """Sum of flows over whole years, countries and one group."""
    found = 0.0
    first = years[0] * QUARTERS_PER_YEAR - series.first
    last = (years[1] + 1) * QUARTERS_PER_YEAR - series.first
    rows = [series.countries.index(iso) for iso in countries]
    for name in names:
        labels = FIRM_GROUPS if INDICATORS[name].grouped == "firms" else GROUPS
        found += float(series.sums[name][first:last, rows, labels.index(group)].sum())
    return found


def scenario(
    name: str,
    levers: Mapping[str, list[Block]],
    end: str = "2030Q4",
    parameters: Mapping[str, float] | None = None,
) -> Scenario:
    """A scenario that exists only here, built on the defaults of the baseline."""
    return Scenario.from_dict(
        {
            "title": name,
            "illustrative": True,
            "horizon": {"end": end},
            "parameters": dict(parameters or {}),
            "levers": dict(levers),
        },
        name=name,
    )


def block(
    level: float, start: str, where: str | list[str] = "all", scope: str = "countries"
) -> Block:
    """One lever at once and in full."""
    return {scope: where, "level": level, "start": start, **AT_ONCE}
