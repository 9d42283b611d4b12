"""`mekong mix optimum`: the best use of a budget, over all ranked levers, their doses and places.

Effects of a designed set of runs (`doses.py`) are fitted draw by draw (`gaussian_process.py`), the
best use of each purse is searched on the fit (`purses.py`), and the mixes that are found are run in
full. Uncertainty comes first: the mix that is best in expectation, the one with least regret, how
often each lever is in the best mix of a draw, and what the next dollar adds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.emulation.designed_runs import DESIGN, FEWEST_POINTS, KIND, DesignedRuns
from sim.analysis.emulation.doses import (
    BASE,
    POINTS,
    design_study,
    doses_of,
    essentials,
    largest,
    mix_of,
    own_budgets,
)
from sim.analysis.emulation.objectives import MixObjective, objective
from sim.analysis.emulation.purses import (
    BEST,
    COMMON,
    MIXES,
    OWN,
    PURSES,
    BestUse,
    EffectEmulator,
    answer,
)
from sim.analysis.policy_mixes.mix_folder import MixFolder, conduct_parts, default_folder
from sim.analysis.policy_mixes.mix_outcomes import OUTCOMES, mix_numbers
from sim.analysis.policy_mixes.portfolios import GRADES, check_division, check_levers, prices
from sim.analysis.policy_mixes.portfolios import money as in_five_years
from sim.analysis.shown import ShownResult
from sim.errors import InputError
from sim.experiments.execution.progress import Progress
from sim.experiments.execution.runner import Simulate
from sim.experiments.limits import check_count, check_hands, check_scale
from sim.experiments.provenance.fingerprint import digest
from sim.experiments.run import draw_list
from sim.experiments.study import Study, build_study
from sim.parameters.table import parameter_table
from sim.policy.levers import LEVERS
from sim.quantile_bands import band_name, interval
from sim.units import COUNTRIES, REGION

DRAWS, SCALE = 20, 10_000
FEWEST_DRAWS, MOST_POINTS = 4, 1000
AT_END = 0.98  # of the largest dose, from which a dose is at the end of the design
SHARE = "digital_budget_share"
GOAL = "objective"
MOST_MIXES = 1 + len(PURSES) * len(MIXES)  # that are run in full in a draw, with the baseline
_FEWER = (
    "{left} of {of} draws are left out: more than half of the small firms of a country would have "
    "sold online in them, or a run failed."
)
COLUMNS = [
    *("purse", "mix", "lever", "country", "usd_a_year", "level", "highest_level", "level_unit"),
    *("share_of_draws", "next_dollar", "low", "high", "lost_without"),
]
MIX_COLUMNS = [
    *("purse", "mix", "country", "outcome", "value", "low", "high", "predicted", "unit"),
    *("regret_mean", "regret_max"),
]
ERROR_COLUMNS = ["country", "objective", "explained", "error", "unit", "points", "draws"]
Floats = NDArray[np.float64]


def optimum_study(
    levers: Sequence[str] | None = None,
    *,
    budget: float | None = None,
    draws: int = DRAWS,
    points: int = POINTS,
    scale: int = SCALE,
    threads: int | None = None,
) -> tuple[Study, dict[str, Any]]:
    """The designed runs, and what their folder must know. Raises InputError before anything runs.

    `budget` is in million constant 2022 US$ a year for all five countries; without it, it is what
    their treasuries have for digital programmes at central parameters.
    """
    ranked = [name for name, lever in LEVERS.items() if lever.grade in GRADES]
    chosen = ranked if levers is None else list(levers)
    check_levers(chosen)
    if budget is not None:
        check_division(len(chosen), budget, 1)
    check_count(points, MOST_POINTS, "points", least=FEWEST_POINTS)
    check_scale(scale)
    check_hands(None, threads)
    if draws < FEWEST_DRAWS:
        raise InputError(
            f"{draws} draws say nothing of how sure a mix is",
            where="--draws",
            allowed=f"{FEWEST_DRAWS} or more",
        )
    draw_list(draws)
    known = prices(chosen, scale, threads)
    if budget is None:
        income = sum(known.income.values()) / in_five_years(1.0)
        budget = float(f"{income * parameter_table()[SHARE].central:.4g}")
    doses = doses_of(chosen)
    most = largest(doses, known, budget)
    study = design_study(doses, most, draws=draws, points=points, scale=scale)
    about = {
        "levers": chosen,
        "budget": budget,
        "own_budgets": {iso: float(v) for iso, v in own_budgets(known, budget).items()},
        "highest_levels": most.tolist(),
        "points": points,
    }
    return study, about


class Optimum(ShownResult):
    """The best use of a budget: `table` has the columns of `optimum.csv`.

    `answers` are those of each purse, `mixes` what full runs of the mixes gave, `emulator_error`
    the error of the fit.
    """

    kind = KIND

    def __init__(
        self,
        folder: Path,
        emulator: EffectEmulator,
        answers: Mapping[str, BestUse],
        about: Mapping[str, Any],
        confirmed: Sequence[str],
    ) -> None:
        """`confirmed` are the folders of the full runs, in `parts/`."""
        self.about_runs = MixFolder(folder, KIND)
        self.folder, self.failed = self.about_runs.folder, self.about_runs.failed
        self.emulator, self.answers, self.about = emulator, dict(answers), dict(about)
        self.objective: MixObjective = emulator.wanted
        self.draws = len(emulator.found.draws)
        self.most = np.array(about["highest_levels"])
        self.effects = _confirmed(self.about_runs, confirmed, self.answers, emulator)
        asked = self.about_runs.draws
        self.notes = [_FEWER.format(left=asked - self.draws, of=asked)] * (self.draws < asked)

    @property
    def band(self) -> str:
        """What low and high are."""
        return band_name(self.draws)

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row a purse, mix, lever and country, and one for the lever in all of them."""
        rows = [row for answer in self.answers.values() for row in self._rows(answer)]
        return pd.DataFrame(rows, columns=COLUMNS)

    def _rows(self, found: BestUse) -> list[tuple[object, ...]]:
        doses = self.emulator.found.doses
        years = in_five_years(1.0) / 1e6
        rows: list[tuple[object, ...]] = []
        for mix, money in found.money.items():
            level = found.shares[mix].mean(axis=0) * self.most
            for lever in dict.fromkeys(dose.lever for dose in doses):
                about = LEVERS[lever]
                mine = [at for at, dose in enumerate(doses) if dose.lever == lever]
                first = mix == BEST
                share = float(found.chosen[:, :, mine].any(axis=(1, 2)).mean())
                whole = float(money[:, mine].sum()) / years
                one = len(mine) == 1  # an agreement has one level
                levels = (
                    (float(level[mine[0]]), float(self.most[mine[0]])) if one else (np.nan,) * 2
                )
                slope = self._slope(found, 0, mine[0]) if one and len(found.payers) == 1 else None
                rows.append((
                    *(found.purse, mix, lever, REGION, whole, *levels, about.unit),
                    share if first else np.nan,
                    *(slope if slope and first else (np.nan,) * 3),
                    found.lost.get(lever, np.nan) if first else np.nan,
                ))  # fmt: skip
                for payer, at in ((p, k) for k in mine for p in range(len(found.payers))):
                    place = doses[at].place or found.payers[payer]
                    if place == REGION or (len(found.payers) > 1 and place != found.payers[payer]):
                        continue
                    chosen = float(found.chosen[:, payer, at].mean())
                    rows.append((
                        *(found.purse, mix, lever, place, float(money[payer, at]) / years),
                        *(float(level[at]), float(self.most[at]), about.unit),
                        chosen if first else np.nan,
                        *(self._slope(found, payer, at) if first else (np.nan,) * 3),
                        np.nan,
                    ))  # fmt: skip
        return rows

    def _slope(self, found: BestUse, payer: int, at: int) -> tuple[float, float, float]:
        """What the next dollar adds, mean and band; unknown at the end of the design."""
        slope = found.marginal[:, payer, at]
        if found.shares[BEST][:, at].mean() >= AT_END:
            return (np.nan,) * 3
        return (float(slope.mean()), *interval(slope))

    @cached_property
    def mixes(self) -> pd.DataFrame:
        """What full runs gave by mix, country and outcome, next to what was predicted."""
        rows: list[tuple[object, ...]] = []
        for (purse, mix), by_outcome in self.effects.items():
            found = self.answers[purse]
            regret = found.tops - found.effects[mix]
            for (outcome, place), values in by_outcome.items():
                goal = outcome == GOAL
                predicted = float(found.effects[mix].mean()) if goal and place == REGION else np.nan
                regrets = (float(regret.mean()), float(regret.max())) if goal else (np.nan,) * 2
                rows.append((
                    *(purse, mix, place, outcome, float(values.mean()), *interval(values)),
                    *(predicted, self.objective.unit if goal else OUTCOMES[outcome].unit),
                    *(regrets if place == REGION else (np.nan,) * 2),
                ))  # fmt: skip
        return pd.DataFrame(rows, columns=MIX_COLUMNS)

    @cached_property
    def emulator_error(self) -> pd.DataFrame:
        """How well effects are predicted at points that were left out, by country."""
        points = len(self.emulator.found.shares)
        rows = [
            (
                *(iso or REGION, self.objective.name, self.emulator.explained(iso)),
                *(self.emulator.error(iso), self.objective.unit, points, self.draws),
            )
            for iso in (None, *COUNTRIES)
        ]
        return pd.DataFrame(rows, columns=ERROR_COLUMNS)

    def goal(self, purse: str, mix: str) -> Floats:
        """The objective in full runs by draw, five countries together."""
        return self.effects[purse, mix][GOAL, REGION]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """What is written, by the name of the file."""
        return {KIND: self.table, "optimum_mixes": self.mixes, "emulator": self.emulator_error}


def _confirmed(
    folder: MixFolder,
    parts: Sequence[str],
    answers: Mapping[str, BestUse],
    emulator: EffectEmulator,
) -> dict[tuple[str, str], dict[tuple[str, str], Floats]]:
    """Effects in full runs by draw: by purse and mix, and there by outcome and place."""
    stores = [store for store in folder.stores if store.folder.name in parts]
    numbers = pd.concat([mix_numbers(store) for store in stores], ignore_index=True)
    names = list(OUTCOMES)
    draws = list(emulator.found.draws)
    places = (*COUNTRIES, REGION)
    table = numbers.set_index(["scenario", "draw", "country"])[names].sort_index()

    def values(scenario: str) -> Floats:
        wanted = [(scenario, draw, place) for draw in draws for place in places]
        found = table.reindex(pd.MultiIndex.from_tuples(wanted)).to_numpy(np.float64)
        return found.reshape(len(draws), len(places), len(names))

    base, found = values(BASE), {}
    for purse, one in answers.items():
        for mix in one.money:
            change = values(_name(purse, mix)) - base
            known = ~np.isnan(change[:, 0, 0])
            if not known.any():
                raise folder.incomplete(f"no full run of the mix '{mix}' has finished")
            change = change[known]
            goal = sum(w * change[:, :, names.index(n)] for n, w in emulator.wanted.weights.items())
            goal = np.asarray(goal)
            goal[:, -1] = goal[:, :-1].sum(axis=1)
            by = {(GOAL, place): goal[:, at] for at, place in enumerate(places)}
            by |= {
                (name, place): change[:, at, k]
                for k, name in enumerate(names)
                for at, place in enumerate(places)
            }
            found[purse, mix] = by
    return found


def _name(purse: str, mix: str) -> str:
    return f"{purse}-{mix}".replace("_", "-")


def _full_runs(
    study: Study, answers: Mapping[str, BestUse], emulator: EffectEmulator, most: Floats
) -> dict[str, Study]:
    """The mixes that were found as studies by draw, under folders named by what they hold."""
    doses = emulator.found.doses
    found = {}
    for at, draw in enumerate(emulator.found.draws):
        mixes = [
            mix_of(_name(purse, mix), doses, shares[at] * most)
            for purse, one in answers.items()
            for mix, shares in one.shares.items()
        ]
        base = study.scenarios[0]
        whole = build_study([base, *mixes], seeds=study.seeds, draws=len(study.draws),
                            scale=study.scale)  # fmt: skip
        found[f"draw_{draw}"] = replace(whole, draws=(draw,))
    word = digest([one.identity()["scenarios"] for one in found.values()])[:8]
    return {f"mixes_{word}_{name}": one for name, one in found.items()}


def optimum(
    levers: Sequence[str] | None = None,
    *,
    goal: str = "value",
    budget: float | None = None,
    draws: int = DRAWS,
    points: int = POINTS,
    scale: int = SCALE,
    workers: int | None = None,
    threads: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    simulator: Simulate = essentials,
    command: str = "",
) -> Optimum:
    """The best use of a budget over levers, doses and countries, see `optimum_study`.

    `goal` is what it is judged by (`objectives.py`). The designed runs serve every goal: the same
    folder answers another one with a few more runs. Raises InputError before anything runs,
    OutputError for the folder, MekongError when too few runs have finished.
    """
    wanted = objective(goal)
    study, about = optimum_study(
        levers, budget=budget, draws=draws, points=points, scale=scale, threads=threads
    )
    return carry_on(study, about, wanted, out, workers=workers, threads=threads,
                    progress=progress, simulator=simulator, command=command)  # fmt: skip


def carry_on(
    study: Study,
    about: dict[str, Any],
    wanted: MixObjective,
    out: str | Path | None,
    *,
    workers: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    simulator: Simulate = essentials,
    command: str = "",
) -> Optimum:
    """The designed runs, the search, and full runs of what it found."""
    where = default_folder(study, KIND, f"{about['budget']:g}m") if out is None else out
    how: dict[str, Any] = {
        **{"workers": workers, "threads": threads, "progress": progress},
        **{"simulator": simulator, "command": command},
    }
    folder = conduct_parts(study, {DESIGN: study}, KIND, about, where, **how)
    emulator = EffectEmulator(DesignedRuns(folder).responses, wanted)
    budgets = about["own_budgets"]
    answers = {purse: answer(emulator, purse, budgets) for purse in (COMMON, OWN)}
    most = np.array(about["highest_levels"])
    mixes = _full_runs(study, answers, emulator, most)
    conduct_parts(study, {DESIGN: study, **mixes}, KIND, about, folder, **how)
    return Optimum(folder, emulator, answers, about, list(mixes))
