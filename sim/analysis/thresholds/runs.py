"""The runs of `mekong mix threshold`: one more for each value asked for, done once and kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sim.analysis.comparison.tables.summary import INDICATOR_OF
from sim.analysis.comparison.years import yearly
from sim.experiments.inputs import Input, overrides, with_levers
from sim.experiments.run import Job
from sim.experiments.storage.store import Store
from sim.experiments.study import Study
from sim.model.indicators import INDICATORS
from sim.scenario import Scenario
from sim.target import BASE_YEAR, TARGET_YEAR


class ThresholdRuns:
    """Runs of a scenario and its baseline at values of one input, each done once and kept."""

    def __init__(
        self,
        study: Study,
        varied: Input,
        folder: Path,
        place: str,
        measure: str,
        run: Callable[[Sequence[Job]], int],
    ) -> None:
        self.study, self.varied, self.place, self.measure = study, varied, place, measure
        self.store = Store(folder)
        self._run = run
        self.known: dict[float, Mapping[str, list[float]]] = {}

    def ratios(self, value: float) -> Mapping[str, list[float]]:
        """Ratios 2030/2022 by scenario, a number a seed; nan where a run failed."""
        if value not in self.known:
            jobs = [
                self._job(scenario, seed, number, value)
                for number, seed in enumerate(self.study.seeds, start=1)
                for scenario in self.study.scenarios
            ]
            self._run(jobs)
            found: dict[str, list[float]] = {name: [] for name in self.study.names}
            for job in jobs:
                found[job.scenario.name].append(self._ratio(job))
            self.known[value] = found
        return self.known[value]

    def _job(self, scenario: Scenario, seed: int, number: int, value: float) -> Job:
        inputs, values = (self.varied,), (value,)
        return Job(
            scenario=with_levers(scenario, inputs, values, (self.study.baseline,)),
            baseline=self.study.baseline,
            seed=seed,
            draw=0,
            scale=self.study.scale,
            replication=number,
            changes=tuple(overrides(inputs, values).items()),
            point_values=((self.varied.name, value),),
            study=self.study.key,
        )

    def _ratio(self, job: Job) -> float:
        if not self.store.done(job):
            return math.nan
        shown = INDICATOR_OF[self.measure]
        needed = [shown, *(INDICATORS[shown].of or ())]
        table = yearly(self.store.one(job.part, needed, ["all"]), 0)
        row = table.xs((self.place, shown), level=["country", "indicator"]).iloc[0]
        return float(row[TARGET_YEAR] / row[BASE_YEAR]) if row[BASE_YEAR] > 0 else math.nan

    def past(self, scenario: str) -> float:
        """Ratio 2025/2022 (nominal) of the baseline at the central value."""
        job = self._job(self.study.scenarios[0], self.study.seeds[0], 1, min(self.known))
        table = yearly(self.store.one(job.part, ["gmv_nominal_usd"], ["all"]), 0)
        row = table.xs(self.place, level="country").iloc[0]
        return float(row[2025] / row[BASE_YEAR]) if row[BASE_YEAR] > 0 else math.nan
