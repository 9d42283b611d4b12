"""Runs that share their past: policies that begin later continue one run without them.

Draws are keyed and nobody reads a lever before it begins. So a run that goes on from a kept past
has the same bytes as one from the beginning, and up to 2025, two thirds of a run, the runs of one
seed and one draw are a single one.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from sim.experiments.execution.options import RunOptions
from sim.experiments.own_rules.loading import rules_of
from sim.experiments.run import Job
from sim.model.footprint import kept_bytes
from sim.scenario import Scenario

if TYPE_CHECKING:
    from sim.model.model import MekongModel

Past = tuple[object, ...]


def past_of(job: Job) -> Past:
    """All that determines a run before its first lever begins."""
    scenario = job.scenario
    return (
        *(job.seed, job.draw, job.changes, job.scale, job.rules, scenario.start, scenario.end),
        *(tuple(sorted(table.items())) for table in (scenario.paths, scenario.overrides)),
    )


def first_lever(scenario: Scenario) -> int:
    """The quarter in which the first lever of a scenario begins; its end where none does."""
    starts = (s.start for schedules in scenario.levers.values() for s in schedules)
    return min((*starts, scenario.end))


class SharedPasts:
    """The pasts that several of the jobs share, each up to the first lever of any of them.

    `numbers` are those of the jobs, with those of one past one after the other.
    """

    def __init__(self, jobs: Iterable[tuple[int, Job]], kept: bool = True) -> None:
        """Jobs with their numbers; none shares its past where that is not to be `kept`.

        A past is known by its hash, on which only speed depends.
        """
        runs: Counter[int] = Counter()
        first: dict[int, int] = {}
        places: list[tuple[int, int]] = []
        self._branches: dict[int, int] = {}
        for number, job in jobs:
            key, quarter = hash(past_of(job)), first_lever(job.scenario)
            runs[key] += 1
            places.append((first.setdefault(key, number), number))
            if kept and kept_bytes(job.scale):
                self._branches[key] = min(self._branches.get(key, quarter), quarter)
        self._branches = {key: q for key, q in self._branches.items() if runs[key] > 1}
        self.numbers = [number for _, number in sorted(places)]

    def branch(self, job: Job) -> int | None:
        """The quarter at which a job leaves a past that it shares; None where it shares none."""
        quarter = self._branches.get(hash(past_of(job)))
        return quarter if quarter is not None and quarter > job.scenario.start else None


class Pasts:
    """A few models as they were when levers began; not for use by several threads at once."""

    def __init__(self, most: int) -> None:
        """`most` are kept, those that were used last."""
        self._most = most
        self._kept: OrderedDict[Past, MekongModel] = OrderedDict()

    def model(self, job: Job, options: RunOptions) -> MekongModel:
        """The model of a job, ready to go on from `options.branch`.

        A new one where that is None, where its past is too large to be kept, and of objects.
        """
        branch = options.branch
        if branch is None or options.engine != "compiled" or not kept_bytes(job.scale):
            return new_model(job, options)
        past, quarter = (*past_of(job), options.threads), min(branch, first_lever(job.scenario))
        with suppress(Exception, SystemExit):  # the job itself then meets it, and says whose it is
            model = self._kept.pop(past, None)
            if model is None or model.next_quarter > quarter:
                self._forget(self._most - 1)
                model = new_model(replace(job, scenario=replace(job.scenario, levers={})), options)
            _advance(model, quarter, options.quarters)
            self._kept[past] = model
            return model.continued(job.scenario)
        return new_model(job, options)

    def clear(self) -> None:
        """Give back the memory."""
        self._kept.clear()

    def _forget(self, most: int) -> None:
        while len(self._kept) > most:
            self._kept.popitem(last=False)


def continuing(branch: int, pasts: Pasts) -> Callable[[Job, RunOptions], pd.DataFrame]:
    """A simulator that keeps pasts up to a quarter, for jobs of which more are decided on later."""

    def simulate(job: Job, options: RunOptions) -> pd.DataFrame:
        model = pasts.model(job, replace(options, branch=branch))
        return model.run(options.quarters).indicators()

    return simulate


def new_model(job: Job, options: RunOptions) -> MekongModel:
    """The model of a job before its first quarter."""
    from sim.model.model import MekongModel

    return MekongModel(
        scenario=job.scenario,
        seed=job.seed,
        scale=job.scale,
        engine=options.engine,
        threads=options.threads,
        parameters=job.parameters,
        rules=rules_of(options),
    )


def _advance(
    model: MekongModel, quarter: int, told: Callable[[int, int], None] | None = None
) -> None:
    first, last = model.policy_scenario.start, model.policy_scenario.end
    while model.next_quarter < quarter:
        model.step()
        if told:
            told(model.next_quarter - first, last - first + 1)
