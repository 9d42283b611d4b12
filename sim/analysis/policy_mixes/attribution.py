"""`mekong mix attribute`: what each lever of a mix adds, independently of the order of levers.

Every combination of the mix's levers is run under the same seeds and parameter draws. The value of
a lever is its Shapley value: its effect averaged over all orders of adding levers. Next to it are
its effect when it comes first (alone) and last (on top of all others); the difference of the two is
the interaction, positive where a lever gains from the others. Values are means over draws and
seeds, so that they add up; the interval is over the same.

Up to nine levers all combinations are run. With more, orders are sampled and the error of doing so
is stated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.comparison.pairs import independent
from sim.analysis.comparison.tables.summary import PLACES
from sim.analysis.policy_mixes.eligible_levers import left_out_sentence, measured_part
from sim.analysis.policy_mixes.mix_folder import MixFolder, conduct
from sim.analysis.policy_mixes.mix_outcomes import OUTCOMES
from sim.analysis.policy_mixes.unit_costs import unit_costs
from sim.analysis.shapley import (
    ShapleyShares,
    orders_of,
    sampled,
    sampling_error,
    sets_of,
    shapley,
)
from sim.analysis.shown import ShownResult
from sim.errors import InputError, did_you_mean
from sim.experiments.design import Design, csv_design, lever_combinations
from sim.experiments.execution.progress import Progress
from sim.experiments.execution.runner import Simulate, simulate
from sim.experiments.limits import check_count
from sim.experiments.study import Study, build_study
from sim.policy.levers import LEVERS
from sim.quantile_bands import band_name, interval
from sim.rows import rows_where
from sim.scenario import Scenario, load_scenario
from sim.scenario.assumptions import counterfactual, shared_assumptions
from sim.target import median
from sim.units import REGION

MOST_EXACT = 9  # levers, that is 512 combinations
MOST_PERMUTATIONS = 10_000
PERMUTATIONS = 40
ALL, REST = "all_levers", "rest_of_scenario"
COLUMNS = [
    *("scenario", "baseline", "country", "outcome", "lever", "value", "low", "high"),
    *("first_in", "first_in_low", "first_in_high", "last_in", "last_in_low", "last_in_high"),
    *("interaction", "sampling_error", "unit", "median"),
]
Floats = NDArray[np.float64]


class Game(NamedTuple):
    """A mix as a game: players, the worth of each set and pair, and the baseline of each pair.

    Arrays have the axes (pairs of seed and draw, places, outcomes).
    """

    levers: tuple[str, ...]
    worth: dict[int, Floats]
    baseline: Floats
    pairs: tuple[tuple[int, int], ...]


class Attribution(ShownResult):
    """The attribution of a mix to its levers, read from its folder.

    `table` has the columns of `attribution.csv`, `costs` those of `costs.csv`, `notes` is what a
    reader must know. `shares` are the values by lever, pair, place and outcome.
    """

    kind = "attribution"

    def __init__(self, folder: str | Path) -> None:
        self.about_runs = MixFolder(folder, "attribution")
        self.folder = self.about_runs.folder
        about: dict[str, Any] = self.about_runs.about
        self.scenario: str = about["scenario"]
        self.baseline = self.about_runs.baseline
        self.permutations: int = about["permutations"]
        self.game = _game(self.about_runs, tuple(about["levers"]))
        self.pairs = len(self.game.baseline)
        self.draws, self._of = independent(self.game.pairs)
        self.shares, self.error = _shares(self.game, self.permutations, int(about["seed"]))
        self.notes = [text for text in (about["left_out"], about.get("assumptions")) if text]
        self.failed = self.about_runs.failed

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row a place, outcome and lever."""
        rows: list[tuple[object, ...]] = []
        whole = self.game.worth[max(self.game.worth)] - self.game.worth[0]
        rest = self.game.worth[0] - self.game.baseline
        for at, place in enumerate(PLACES):
            for column, (outcome, about) in enumerate(OUTCOMES.items()):
                keys = (self.scenario, self.baseline, place, outcome)
                first_sum = 0.0
                for player, lever in enumerate(self.game.levers):
                    parts = [part[player, :, at, column] for part in self.shares]
                    if np.isnan(parts[0]).all():
                        continue
                    first_sum += float(np.mean(parts[1]))
                    found = [number for part in parts for number in _spread(part, self.draws)]
                    interaction = float(np.mean(parts[2] - parts[1]))
                    error = float(self.error[player, at, column])
                    middle = median(parts[0])
                    rows.append((*keys, lever, *found, interaction, error, about.unit, middle))
                total = whole[:, at, column]
                if np.isnan(total).all():
                    continue
                nothing = (np.nan,) * 6
                beyond = float(np.mean(total)) - first_sum
                last = (beyond, 0.0, about.unit, median(total))
                rows.append((*keys, ALL, *_spread(total, self.draws), *nothing, *last))
                if np.any(rest[:, at, column] != 0.0):
                    other = _spread(rest[:, at, column], self.draws)
                    last = (np.nan, 0.0, about.unit, median(rest[:, at, column]))
                    rows.append((*keys, REST, *other, *nothing, *last))
        return pd.DataFrame(rows, columns=COLUMNS)

    @property
    def band(self) -> str:
        """What low and high are."""
        return band_name(self.draws, self._of)

    @property
    def costs(self) -> pd.DataFrame:
        """What a lever costs per unit of what it brings."""
        return unit_costs(self.game.levers, self.shares.value, ALL, self.draws)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """What is written, by the name of the file."""
        return {"attribution": self.table, "costs": self.costs}

    def __str__(self) -> str:
        return "\n".join(self.notes)


def _spread(values: Floats, draws: int) -> tuple[float, float, float]:
    """Mean over pairs, and the ends of the band."""
    return (float(np.mean(values)), *interval(values, draws))


def _shares(game: Game, permutations: int, seed: int) -> tuple[ShapleyShares, Floats]:
    """Values by lever, pair, place and outcome, and the error of sampling orders (of the mean)."""
    players = len(game.levers)
    if not permutations:
        shares = shapley(np.stack([game.worth[s] for s in range(1 << players)]))
        return shares, np.zeros_like(shares.value.mean(axis=1))
    shares, estimates = sampled(game.worth, orders_of(players, permutations, seed))
    return shares, sampling_error([estimate.mean(axis=1) for estimate in estimates])


def _game(folder: MixFolder, levers: tuple[str, ...]) -> Game:
    numbers = folder.numbers()
    numbers = numbers.assign(set=-1)
    mine = numbers["scenario"] == folder.about["scenario"]
    bits = [numbers[f"x.levers.{name}.on"].fillna(0.0) * 2**k for k, name in enumerate(levers)]
    numbers.loc[mine, "set"] = np.sum(bits, axis=0)[mine].astype(int)
    sets = sorted(set(numbers["set"]))
    counted = rows_where(numbers, country=REGION).groupby(["seed", "draw"])["set"].nunique()
    complete = [(int(p[0]), int(p[1])) for p in counted[counted == len(sets)].index.to_list()]
    if not complete or len(sets) < 1 + len(folder.about["sets"]):
        raise folder.incomplete("no draw and seed has all combinations of levers")
    values = numbers.set_index(["set", "seed", "draw", "country"])[list(OUTCOMES)].sort_index()
    wanted = pd.MultiIndex.from_tuples(
        [(s, *pair, place) for s in sets for pair in complete for place in PLACES]
    )
    shape = (len(sets), len(complete), len(PLACES), len(OUTCOMES))
    found = values.reindex(wanted).to_numpy(np.float64).reshape(shape)
    worth = {int(s): found[at] for at, s in enumerate(sets)}
    return Game(levers, {s: v for s, v in worth.items() if s >= 0}, worth[-1], tuple(complete))


def attribution_study(
    scenario: str | Path | Scenario,
    levers: Sequence[str] | None = None,
    *,
    baseline: str | None = None,
    seeds: int | Sequence[int] = 1,
    draws: int = 10,
    scale: int = 20_000,
    permutations: int = PERMUTATIONS,
    seed: int = 1,
) -> tuple[Study, dict[str, Any]]:
    """The runs that an attribution needs, and what its folder must know. Raises InputError."""
    mix = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    mix, left_out = measured_part(mix)
    chosen = _chosen(mix, levers)
    named = load_scenario(baseline or mix.baseline)
    base = counterfactual(mix, named, [mix.name, named.name])
    study = build_study([base, mix], seeds=seeds, draws=draws, scale=scale, compared=True)
    if study.baseline == mix.name:
        raise InputError(f"'{mix.name}' is its own baseline", todo="name another with --baseline")
    exact = len(chosen) <= MOST_EXACT
    check_count(permutations, MOST_PERMUTATIONS, "orders")
    if not exact and permutations < 4:
        raise InputError(
            f"{permutations} orders are too few", where="--permutations", allowed="4 or more"
        )
    orders = [] if exact else orders_of(len(chosen), permutations, seed)
    sets = list(range(1 << len(chosen))) if exact else sets_of(orders)
    about = {
        "scenario": mix.name,
        "levers": list(chosen),
        "sets": sets,
        "permutations": len(orders),
        "seed": seed,
        "left_out": left_out_sentence(mix.name, left_out),
        "assumptions": shared_assumptions(mix, named),
    }
    return replace(study, design=_design(chosen, sets, exact)), about


def _design(levers: Sequence[str], sets: Sequence[int], exact: bool) -> Design:
    if exact:
        return lever_combinations(levers)
    rows = [[float(s >> k & 1) for k in range(len(levers))] for s in sets]
    return csv_design([f"levers.{name}.on" for name in levers], rows)


def _chosen(mix: Scenario, levers: Sequence[str] | None) -> tuple[str, ...]:
    if levers is None:
        return tuple(mix.levers)
    for name in levers:
        if name in LEVERS and LEVERS[name].grade == "D":
            raise InputError(
                f"'{name}' has grade D: no effect of it has been measured, so it is not ranked",
                where="--levers",
                allowed=", ".join(mix.levers),
            )
        if name not in mix.levers:
            raise InputError(
                f"'{mix.name}' does not use '{name}'",
                where="--levers",
                allowed=", ".join(mix.levers),
                todo=did_you_mean(name, mix.levers) or None,
            )
    if not levers or len(set(levers)) < len(levers):
        raise InputError("name each lever once", where="--levers", allowed=", ".join(mix.levers))
    return tuple(name for name in mix.levers if name in levers)


def attribute(
    scenario: str | Path | Scenario,
    levers: Sequence[str] | None = None,
    *,
    baseline: str | None = None,
    seeds: int | Sequence[int] = 1,
    draws: int = 10,
    scale: int = 20_000,
    permutations: int = PERMUTATIONS,
    workers: int | None = None,
    threads: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    simulator: Simulate = simulate,
) -> Attribution:
    """What each lever of a scenario adds to the headline outcomes, and what it costs.

    `levers` are some of the scenario's own (the others then stay on); None for all of them. With
    more than nine, `permutations` orders of adding them are sampled. Raises InputError before
    anything runs, OutputError for the folder, MekongError when no draw and seed is complete.
    """
    study, about = attribution_study(
        scenario,
        levers,
        baseline=baseline,
        seeds=seeds,
        draws=draws,
        scale=scale,
        permutations=permutations,
    )
    folder = conduct(
        study, "attribute", "attribution", about, out, workers=workers, threads=threads,
        progress=progress, simulator=simulator,
    )  # fmt: skip
    return Attribution(folder)
