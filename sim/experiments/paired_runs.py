"""Paired runs: one seed, one scale, one set of parameters, with and without one thing."""

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
from sim.scenario import Scenario, load_scenario
from sim.units import COUNTRIES, QUARTERS_PER_YEAR, quarter_index

AT_ONCE = {"lag_years": 0.0, "ramp_years": 0.0}
Block = dict[str, Any]


class PairedRuns:
    """Runs pairs: one seed, one scale, with and without what a study was about.

    `plain(seed)` is the finished baseline, run once for all and kept; programmes that begin in one
    quarter go on from one past. Parameters are those of `draw` (`ParameterSet.draw`) with
    `changes`. Raises InputError for more than fits in memory.
    """

    def __init__(
        self,
        scale: int,
        seeds: Sequence[int],
        threads: int | None = None,
        draw: int = 0,
        changes: Mapping[str, float] | None = None,
    ) -> None:
        check_held(scale, 3 * len(seeds))
        check_hands(None, threads)
        self.scale = scale
        self.seeds = tuple(seeds)
        self.threads = threads
        self.draw = draw
        self.changes = tuple((changes or {}).items())
        self._pasts = Pasts(len(self.seeds))
        self.plain = lru_cache(maxsize=None)(
            lambda seed: self.at(load_scenario("baseline"), seed, 0).run()
        )

    def model(self, scenario: Scenario | str, seed: int) -> MekongModel:
        """A model that has not run yet."""
        made = load_scenario(scenario) if isinstance(scenario, str) else scenario
        return self.at(made, seed, made.start)

    def at(self, scenario: Scenario, seed: int, quarter: int) -> MekongModel:
        """A model before `quarter`, or before the first lever of its scenario if that is earlier.

        Those of one past share its quarters: ask in the order of time.
        """
        job = Job(scenario, "baseline", seed, self.draw, self.scale, changes=self.changes)
        branch = quarter if quarter > scenario.start else None
        return self._pasts.model(job, RunOptions(threads=self.threads, branch=branch))

    def pairs(
        self, scenario: Scenario, last_year: int | None = None
    ) -> list[tuple[MekongModel, MekongModel]]:
        """The baseline and the scenario for every seed; the latter to the end of `last_year`."""
        last = scenario.end if last_year is None else quarter_index(f"{last_year}Q4")
        found = []
        for seed in self.seeds:
            after = self.at(scenario, seed, first_lever(scenario))
            while after.next_quarter <= last:
                after.step()
            found.append((self.plain(seed), after))
        return found

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
                for before, after in self.pairs(scenario, years[1])
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
