"""`mekong mix sequence`: in which order and when, under a yearly budget, and whether to wait.

Levers of a mix start in one of the years 2026 to 2029 or not at all, in a designed set of paired
runs. The effect of the years that each lever is in force is fitted draw by draw
(`gaussian_process.py`), all timetables that can be paid are compared (`timetables.py`), and the
ones that are found are run in full.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.emulation.doses import essentials
from sim.analysis.emulation.gaussian_process import Fit, fit
from sim.analysis.emulation.objectives import MixObjective, objective
from sim.analysis.emulation.timed_runs import (
    DESIGN,
    FEWEST_POINTS,
    KIND,
    Timed,
    effects_of,
    read,
    sampled,
    timed_design,
)
from sim.analysis.emulation.timetables import (
    NOW,
    STARTS,
    STRATEGIES,
    Choice,
    at_most,
    can_be_paid,
    choose,
    delayed,
    every,
    in_force,
    second_best,
    spending,
)
from sim.analysis.policy_mixes.eligible_levers import left_out_sentence, measured_part
from sim.analysis.policy_mixes.mix_folder import PARTS, MixFolder, conduct_parts, default_folder
from sim.analysis.policy_mixes.mix_outcomes import mix_numbers
from sim.analysis.policy_mixes.portfolios import check_budget
from sim.analysis.policy_mixes.single_levers import AMPLE
from sim.analysis.shown import ShownResult
from sim.errors import InputError
from sim.experiments.execution.progress import Progress
from sim.experiments.execution.runner import Simulate
from sim.experiments.limits import check_count
from sim.experiments.provenance.fingerprint import digest
from sim.experiments.run import draw_list
from sim.experiments.storage.store import Store
from sim.experiments.study import Study, build_study
from sim.quantile_bands import band_name, interval
from sim.scenario import Scenario, load_scenario
from sim.scenario.assumptions import counterfactual

DRAWS, POINTS, SCALE = 20, 40, 10_000
FEWEST_DRAWS, MOST_POINTS = 4, 1000
MOST_LEVERS = 7  # 78,125 timetables
SHOWN = 10  # timetables in the table
SECOND = "second"
COLUMNS = [
    *("lever", "start", "usd_a_year", "share_of_draws", "never_in", "year_later", "low", "high"),
    "unit",
]
STRATEGY_COLUMNS = [
    *("strategy", "value", "low", "high", "regret_mean", "regret_max", "best_in", "unit"),
]
PLAN_COLUMNS = ["plan", "value", "low", "high", "predicted", "usd_a_year", "unit"]
Floats = NDArray[np.float64]


def sequence_study(
    mix: str | Path | Scenario,
    *,
    budget: float | None = None,
    a_year: int | None = None,
    draws: int = DRAWS,
    points: int = POINTS,
    scale: int = SCALE,
) -> tuple[Study, dict[str, Any]]:
    """The designed runs, and what their folder must know. Raises InputError before anything runs.

    `budget` is in million constant 2022 US$ a year for all five countries; without it half of what
    the mix costs in its last year. `a_year` is how many levers may start in one year.
    """
    chosen, left_out = measured_part(mix if isinstance(mix, Scenario) else load_scenario(mix))
    levers = list(chosen.levers)
    if not 2 <= len(levers) <= MOST_LEVERS:
        raise InputError(
            f"'{chosen.name}' has {len(levers)} levers that can be put in order",
            allowed=f"2 to {MOST_LEVERS}",
            todo="take a mix with other levers, or a scenario of your own with some of them",
        )
    if budget is not None:
        check_budget(budget)
    if a_year is not None:
        check_count(a_year, MOST_LEVERS, "new levers a year", least=1)
    check_count(points, MOST_POINTS, "points", least=FEWEST_POINTS)
    if draws < FEWEST_DRAWS:
        raise InputError(
            f"{draws} draws say nothing of what evidence is worth",
            where="--draws",
            allowed=f"{FEWEST_DRAWS} or more",
        )
    draw_list(draws)
    named = load_scenario(chosen.baseline)
    base = counterfactual(chosen, named, [chosen.name, named.name])
    sides = [replace(one, parameters={**one.parameters, **AMPLE}) for one in (base, chosen)]
    whole = build_study(sides, seeds=1, draws=draws, scale=scale)
    about = {
        "mix": chosen.name,
        "levers": levers,
        "points": points,
        "left_out": left_out_sentence(chosen.name, left_out),
    }
    return replace(whole, design=timed_design(levers, sampled(len(levers), points))), about


class Sequencing(ShownResult):
    """The order and dates of the levers of a mix: `table` has the columns of `sequence.csv`.

    `choice` has the strategies, `starts` the timetables that can be paid and `values` their effects
    (timetables, draws), `full` those of full runs by plan.
    """

    kind = KIND

    def __init__(
        self,
        folder: Path,
        found: Timed,
        wanted: MixObjective,
        about: dict[str, Any],
        budget: float | None,
        a_year: int | None,
    ) -> None:
        self.about_runs = MixFolder(folder, KIND)
        self.folder, self.failed = self.about_runs.folder, self.about_runs.failed
        self.about, self.objective, self.found = about, wanted, found
        self.levers: list[str] = about["levers"]
        self.draws = len(found.draws)
        self.notes = [about["left_out"]] * bool(about["left_out"])
        curved = np.ones(len(self.levers), dtype=bool)
        self.fit: Fit = fit(in_force(found.starts), found.effect, curved)
        self.full_cost = float(found.cost[:, 0, -1].sum()) / 1e6
        self.budget = self.full_cost / 2.0 if budget is None else budget
        self.a_year = a_year
        starts = every(len(self.levers))
        self.spent = spending(starts, found.cost)
        paid = can_be_paid(self.spent, 1e6 * self.budget)
        if a_year is not None:
            paid &= at_most(starts, a_year)
        self.starts, self.spent = starts[paid], self.spent[paid]
        self.values = self.fit.everywhere(in_force(self.starts))
        self.choice: Choice = choose(self.starts, self.values)
        self.second = second_best(self.starts, self.values, self.choice.plans[NOW])
        self.full: dict[str, Floats] = {}

    @property
    def band(self) -> str:
        """What low and high are."""
        return band_name(self.draws)

    @property
    def plans(self) -> dict[str, int]:
        """The timetables that are run in full."""
        more = {} if self.second is None else {SECOND: self.second}
        return {**self.choice.plans, **more}

    @property
    def explained(self) -> float:
        """Share of the variance of effects that is explained at points left out."""
        around = self.found.effect - self.found.effect.mean(axis=0)
        whole = float((around**2).sum())
        return 1.0 - float((self.fit.left_out**2).sum()) / whole if whole > 0.0 else 1.0

    @property
    def error(self) -> float:
        """Root mean square error of the mean effect over draws, of points left out."""
        return float(np.sqrt(np.mean(self.fit.left_out.mean(axis=1) ** 2)))

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row a lever: when it starts in the best plan, how sure that is, what a year costs."""
        best = self.starts[self.choice.plans[NOW]]
        known = self.starts[self.choice.known]
        here = self.fit.everywhere(in_force(best[None]))[0]
        rows: list[tuple[object, ...]] = []
        for at, lever in enumerate(self.levers):
            later = self.fit.everywhere(in_force(delayed(best, at)[None]))[0]
            lost = here - later
            moved = bool(np.any(delayed(best, at) != best))
            costs = (float(lost.mean()), *interval(lost)) if moved else (np.nan,) * 3
            rows.append((
                *(lever, STARTS[best[at]], float(self.found.cost[at, 0, -1])),
                float((known[:, at] == best[at]).mean()),
                float((known[:, at] == len(STARTS) - 1).mean()),
                *(*costs, self.objective.unit),
            ))  # fmt: skip
        return pd.DataFrame(rows, columns=COLUMNS)

    @cached_property
    def strategies(self) -> pd.DataFrame:
        """A row a strategy: effect, regret, and in how many draws no other is better."""
        top = np.max([v for name, v in self.choice.values.items() if name in _CHOICES], axis=0)
        rows = []
        for name in STRATEGIES:
            value, regret = self.choice.values[name], self.choice.regret(name)
            best = float((value >= top - 1e-9 * np.abs(top)).mean()) if name in _CHOICES else np.nan
            band = (float(value.mean()), *interval(value))
            rows.append((
                *(name, *band, float(regret.mean()), float(regret.max()), best),
                self.objective.unit,
            ))  # fmt: skip
        return pd.DataFrame(rows, columns=STRATEGY_COLUMNS)

    @cached_property
    def timetables(self) -> pd.DataFrame:
        """The best timetables by mean effect, and those that were run in full."""
        order = np.argsort(-self.values.mean(axis=1), kind="stable")[:SHOWN]
        full = {row: self.full[name] for name, row in self.plans.items() if name in self.full}
        rows: list[tuple[object, ...]] = []
        for row in dict.fromkeys([*order.tolist(), *full]):
            value = full.get(row)
            known = (np.nan,) * 3 if value is None else (float(value.mean()), *interval(value))
            spent = float(self.spent[row].mean())
            predicted = float(self.values[row].mean())
            rows.append((self.words(row), *known, predicted, spent, self.objective.unit))
        return pd.DataFrame(rows, columns=PLAN_COLUMNS)

    def words(self, row: int) -> str:
        """A timetable as text, year by year."""
        parts = []
        for at, year in enumerate(STARTS):
            names = [n for n, s in zip(self.levers, self.starts[row], strict=True) if s == at]
            if names:
                parts.append(f"{year or 'never'}: {', '.join(names)}")
        return "; ".join(parts)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """What is written, by the name of the file."""
        return {
            KIND: self.table,
            "sequence_strategies": self.strategies,
            "sequence_plans": self.timetables,
        }


_CHOICES = tuple(name for name in STRATEGIES if name != "known")


def sequence(
    mix: str | Path | Scenario,
    *,
    goal: str = "value",
    budget: float | None = None,
    a_year: int | None = None,
    draws: int = DRAWS,
    points: int = POINTS,
    scale: int = SCALE,
    workers: int | None = None,
    threads: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    simulator: Simulate = essentials,
) -> Sequencing:
    """When the levers of a mix should start, see `sequence_study`.

    Other budgets and goals are answered by the same designed runs. Raises InputError before
    anything runs, OutputError for the folder, MekongError when too few runs have finished.
    """
    wanted = objective(goal)
    study, about = sequence_study(
        mix, budget=budget, a_year=a_year, draws=draws, points=points, scale=scale
    )
    return carry_on(
        study, about, wanted, budget, a_year, out, workers=workers, threads=threads,
        progress=progress, simulator=simulator,
    )  # fmt: skip


def carry_on(
    study: Study,
    about: dict[str, Any],
    wanted: MixObjective,
    budget: float | None,
    a_year: int | None,
    out: str | Path | None,
    *,
    workers: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    simulator: Simulate = essentials,
    command: str = "",
) -> Sequencing:
    """The designed runs, the choice, and full runs of what was chosen."""
    where = default_folder(study, KIND, about["mix"][:60]) if out is None else out
    how: dict[str, Any] = {
        **{"workers": workers, "threads": threads, "progress": progress},
        **{"simulator": simulator, "command": command},
    }
    folder = conduct_parts(study, {DESIGN: study}, KIND, about, where, **how)
    found = read(folder, study, about, wanted)
    result = Sequencing(folder, found, wanted, about, budget, a_year)
    plans = list(dict.fromkeys(result.plans.values()))
    starts = result.starts[plans]
    name = f"plans_{digest([study.key, starts.tolist()])[:8]}"
    part = replace(study, design=timed_design(result.levers, starts))
    conduct_parts(study, {DESIGN: study, name: part}, KIND, about, folder, **how)
    store = Store(folder / PARTS / name)
    effect = effects_of(mix_numbers(store), part, about, wanted)
    for plan, row in result.plans.items():
        one = effect.get(tuple(result.starts[row].tolist()))
        if one is not None:
            result.full[plan] = np.array([one[d] for d in found.draws if d in one])
    return result
