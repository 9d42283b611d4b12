"""Runs that share their past: policies that begin later continue a run without them.

Draws are keyed and nobody reads a lever before it begins, so a branch gives the same bytes as a run
from the beginning, in a third of the time.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from sim.experiments.run import parameters_of
from sim.scenario import Scenario
from sim.units import quarter_index

if TYPE_CHECKING:
    from sim.model.model import MekongModel

BRANCH = quarter_index("2026Q1")
MOST_KEPT = 30  # past runs; one of 50,000 people takes about 20 MB


def trunk_of(scenario: Scenario) -> Scenario | None:
    """The scenario without its levers; None where what comes before 2026 could depend on them."""
    planned = (
        scenario.paths["governments"] == "planned" and scenario.paths["agreements"] == "planned"
    )
    late = all(s.start >= BRANCH for schedules in scenario.levers.values() for s in schedules)
    reaches = scenario.start < BRANCH <= scenario.end
    return replace(scenario, levers={}) if planned and late and reaches else None


class Trunks:
    """Past runs up to the end of 2025, kept in memory; not for use by several threads at once."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[str, int, int, int], MekongModel] = OrderedDict()

    def run(
        self,
        scenario: Scenario,
        seed: int,
        scale: int,
        threads: int | None = None,
        draw: int = 0,
    ) -> pd.DataFrame:
        """The quarterly indicators of one run with a parameter draw (0: central values)."""
        trunk = trunk_of(scenario)
        if trunk is None:
            return _model(scenario, seed, scale, threads, draw).run().indicators()
        model = copy.deepcopy(self._past(trunk, seed, scale, threads, draw))
        model.policy_scenario = scenario
        model.programmes.levers = scenario.levers
        return model.run().indicators()

    def _past(
        self, trunk: Scenario, seed: int, scale: int, threads: int | None, draw: int
    ) -> MekongModel:
        key = (trunk.fingerprint(), seed, scale, draw)
        if key not in self._kept:
            model = _model(trunk, seed, scale, threads, draw)
            while model.next_quarter < BRANCH:
                model.step()
            self._kept[key] = model
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return self._kept[key]


def _model(
    scenario: Scenario, seed: int, scale: int, threads: int | None, draw: int
) -> MekongModel:
    from sim.model.model import MekongModel

    parameters = parameters_of(draw)
    return MekongModel(scenario, seed=seed, scale=scale, threads=threads, parameters=parameters)
