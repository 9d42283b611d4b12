"""`mekong mix levers`: each lever alone, at its usual and at its largest dose.

The usual dose is that of the shipped scenario that `levers.toml` names, the largest has the highest
level in the same places and quarters. Budgets are ample in all runs, so that a dose is what is
bought; what budgets of today can pay is a question about a mix, not about a lever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.comparison.pairs import CUMULATIVE_FROM, Pairs, spread
from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.tables.effects import MAIN_OUTCOMES, costs
from sim.analysis.comparison.tables.summary import PLACES
from sim.analysis.policy_mixes.mix_folder import MixFolder, conduct, default_folder
from sim.analysis.shown import ShownResult
from sim.errors import InputError, known_name
from sim.experiments.execution.execute import DROP
from sim.experiments.execution.progress import Progress
from sim.experiments.execution.runner import Simulate, simulate
from sim.experiments.paired_runs import scenario as scenario_of
from sim.experiments.study import Study, build_study
from sim.model.indicators import INDICATORS
from sim.policy.levers import LEVERS
from sim.policy.schedule import Schedule
from sim.scenario import Scenario, load_scenario
from sim.target import median
from sim.units import quarter_index

KIND = "levers"
FIRST = quarter_index(f"{CUMULATIVE_FROM}Q1")
DOSES = ("usual", "largest")
PAID = ("spending_", "lever_shortfall_usd")
AMPLE = {"digital_budget_share": 0.2}  # of GDP: no single lever asks for more
BOTH = "usual and largest"  # where the usual dose is the largest
IDLE = "the lever changes nothing but spending: its effect is zero with these parameters"
UNCHANGED = "unchanged in all runs; a finer scale may show a small effect"
COLUMNS = [
    *("lever", "dose", "level", "level_unit", "country", "indicator"),
    *("effect", "low", "high", "percent", "unit", "cost_usd", "runs", "note"),
]


def doses(lever: str) -> dict[str, Scenario]:
    """The scenarios of one lever alone, by dose; no usual one where no shipped scenario has it."""
    about = LEVERS[lever]
    if not about.usual:
        most = Schedule(lever, about.places, about.maximum, FIRST, None,
                        about.lag_years, about.ramp_years)  # fmt: skip
        return {"largest": _alone(lever, "largest", (most,))}
    usual = load_scenario(about.usual).levers[lever]
    largest = tuple(replace(schedule, level=about.maximum) for schedule in usual)
    if largest == usual:
        return {BOTH: _alone(lever, "usual", usual)}
    return {
        dose: _alone(lever, dose, schedules)
        for dose, schedules in zip(DOSES, (usual, largest), strict=True)
    }


def _alone(lever: str, dose: str, schedules: tuple[Schedule, ...]) -> Scenario:
    plain = scenario_of(f"{lever}-{dose}", {}, parameters=AMPLE)
    return replace(plain, levers={lever: schedules})


def levers_study(
    levers: Sequence[str] | None = None,
    *,
    seeds: int | Sequence[int] = 1,
    draws: int = 0,
    scale: int = 20_000,
) -> tuple[Study, dict[str, Any]]:
    """The runs of a table of single levers, and what its folder must know. Raises InputError."""
    chosen = tuple(LEVERS) if levers is None else tuple(levers)
    for name in chosen:
        known_name(name, LEVERS, "--levers", "lever")
    if len(set(chosen)) < len(chosen):
        raise InputError("name each lever once", where="--levers", allowed=", ".join(LEVERS))
    base = scenario_of("baseline", {}, parameters=AMPLE)
    found = {name: doses(name) for name in chosen}
    scenarios = [base, *(one for several in found.values() for one in several.values())]
    study = build_study(scenarios, seeds=seeds, draws=draws, scale=scale)
    alone = {
        one.name: {"lever": lever, "dose": dose, "level": max(s.level for s in one.levers[lever])}
        for lever, several in found.items()
        for dose, one in several.items()
    }
    return study, {"alone": alone}


class SingleLevers(ShownResult):
    """What each lever does alone, read from its folder; `table` has the columns of `levers.csv`."""

    kind = KIND

    def __init__(self, folder: str | Path) -> None:
        self.about_runs = MixFolder(folder, KIND)
        self.folder = self.about_runs.folder
        self.alone: dict[str, dict[str, Any]] = self.about_runs.about["alone"]
        self.comparison = Comparison(self.folder, missing=DROP)
        self.failed = self.about_runs.failed

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row a lever, dose, place and outcome."""
        rows = [
            row
            for scenario, pairs in self.comparison.paired.items()
            for place in PLACES
            for row in self._rows(scenario, pairs, place)
        ]
        return pd.DataFrame(rows, columns=COLUMNS)

    def _rows(self, scenario: str, pairs: Pairs, place: str) -> list[tuple[object, ...]]:
        about = self.alone[scenario]
        lever = about["lever"]
        cost = median(costs(pairs, place))
        idle = _changes_nothing(pairs)
        rows: list[tuple[object, ...]] = []
        for name, (indicator, first) in MAIN_OUTCOMES.items():
            mine, theirs = pairs.both(place, indicator, first=first)
            change = np.asarray(mine - theirs)
            share = median(100.0 * change / np.where(theirs != 0.0, theirs, np.nan))
            where = (lever, about["dose"], about["level"], LEVERS[lever].unit, place, name)
            words = "" if change.any() else IDLE if idle else UNCHANGED
            found = (*spread(change, pairs.draws), share, INDICATORS[indicator].unit, cost)
            rows.append((*where, *found, len(pairs.runs), words))
        return rows

    @property
    def runs(self) -> int:
        """Runs of the baseline, each of which is one side of a pair."""
        return self.comparison.pairs

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """What is written, by the name of the file."""
        return {KIND: self.table}


def _changes_nothing(pairs: Pairs) -> bool:
    """Whether all that is recorded stays the same everywhere, but for what governments spend."""
    others = [at for (_, name, _), at in pairs.rows.items() if not name.startswith(PAID)]
    return bool(np.array_equal(pairs.mine[others], pairs.theirs[others], equal_nan=True))


def levers_folder(study: Study, levers: Sequence[str] | None) -> Path:
    """Where the table goes when nothing is said."""
    return default_folder(study, KIND, "all" if levers is None else "-".join(levers)[:80])


def single_levers(
    levers: Sequence[str] | None = None,
    *,
    seeds: int | Sequence[int] = 1,
    draws: int = 0,
    scale: int = 20_000,
    workers: int | None = None,
    threads: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    simulator: Simulate = simulate,
) -> SingleLevers:
    """Each lever alone at its usual and at its largest dose. Raises InputError, OutputError."""
    study, about = levers_study(levers, seeds=seeds, draws=draws, scale=scale)
    where = levers_folder(study, levers) if out is None else out
    folder = conduct(
        study, KIND, KIND, about, where, workers=workers, threads=threads, progress=progress,
        simulator=simulator,
    )  # fmt: skip
    return SingleLevers(folder)
