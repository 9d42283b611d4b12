"""Designed runs over the dates of levers: which there are, and what they changed and cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import qmc

from sim.analysis.comparison.tables.effects import SPENDING
from sim.analysis.comparison.years import yearly
from sim.analysis.emulation.objectives import MixObjective
from sim.analysis.emulation.timetables import FIRST, LAST, STARTS
from sim.analysis.policy_mixes.mix_folder import PARTS, MixFolder
from sim.analysis.policy_mixes.mix_outcomes import mix_numbers
from sim.experiments.design import Design, csv_design
from sim.experiments.run import part_name
from sim.experiments.storage.part_files import DONE
from sim.experiments.storage.store import Store
from sim.experiments.study import Study
from sim.rows import rows_where
from sim.units import COUNTRIES, REGION

KIND = "sequence"
DESIGN = "design"
FEWEST_POINTS = 10
YEARS = range(FIRST, LAST + 1)
Floats = NDArray[np.float64]
Effects = dict[tuple[int, ...], dict[int, float]]
"""By timetable and draw."""


def sampled(levers: int, points: int, seed: int = 1) -> NDArray[np.int64]:
    """Timetables as places in `STARTS`: a Latin hypercube, so that every year is met as often."""
    unit = qmc.LatinHypercube(levers, rng=np.random.default_rng(seed)).random(points)
    rows = np.minimum((unit * len(STARTS)).astype(np.int64), len(STARTS) - 1)
    return np.asarray(np.unique(np.vstack([rows, np.zeros((1, levers), dtype=np.int64)]), axis=0))


def timed_design(levers: Sequence[str], starts: NDArray[np.int64]) -> Design:
    """The design of timetables: whether each lever is on, and from which year."""
    names = [f"levers.{name}.{what}" for name in levers for what in ("on", "start")]
    rows = [
        [value for at in row for value in (float(STARTS[at] > 0), float(STARTS[at] or np.nan))]
        for row in starts
    ]
    return csv_design(names, rows)


@dataclass(frozen=True)
class Timed:
    """The designed runs: `starts` (points, levers), effects and costs, all draws.

    `effect` (points, draws) is of the five countries together, `cost[lever, start, year]` the mean
    over draws and points, US$.
    """

    draws: tuple[int, ...]
    starts: NDArray[np.int64]
    effect: Floats
    cost: Floats


def read(folder: Path, study: Study, about: Mapping[str, Any], wanted: MixObjective) -> Timed:
    """What the designed runs changed and cost. Raises MekongError where too few have finished."""
    runs = MixFolder(folder, KIND)
    store = Store(folder / PARTS / DESIGN)
    effects = effects_of(mix_numbers(store), study, about, wanted)
    draws = sorted(set().union(*effects.values()))
    whole = {starts: one for starts, one in effects.items() if len(one) == len(draws)}
    if len(draws) < 2 or len(whole) < FEWEST_POINTS // 2:
        raise runs.incomplete("too few timetables have a run in every draw")
    starts = np.array(sorted(whole), dtype=np.int64)
    effect = np.array([[whole[tuple(row)][d] for d in draws] for row in starts.tolist()])
    return Timed(tuple(draws), starts, effect, _costs(store, study, about["levers"]))


def _starts_of(frame: pd.DataFrame, levers: Sequence[str]) -> list[tuple[int, ...]]:
    """Timetables of the rows of a table of runs, as places in `STARTS`."""
    never = len(STARTS) - 1
    columns = []
    for name in levers:
        on = frame[f"x.levers.{name}.on"].to_numpy(np.float64)
        start = frame[f"x.levers.{name}.start"].to_numpy(np.float64)
        places = [STARTS.index(round(v)) if v == v else never for v in start]
        columns.append([p if o != 0.0 else never for p, o in zip(places, on, strict=True)])
    return list(zip(*columns, strict=True))


def effects_of(
    numbers: pd.DataFrame, study: Study, about: Mapping[str, Any], wanted: MixObjective
) -> Effects:
    """The effect on the five countries together, by timetable and draw."""
    if numbers.empty:
        return {}
    goal = sum(weight * numbers[name] for name, weight in wanted.weights.items())
    frame = numbers.assign(goal=goal)[numbers["country"].isin(COUNTRIES)]
    base = rows_where(frame, scenario=study.baseline).groupby("draw")["goal"].sum()
    mine = rows_where(frame, scenario=about["mix"])
    mine = mine[mine["draw"].isin(base.index)]
    sums = mine.groupby(["draw", "design_point"])["goal"].sum()
    first = mine[mine["country"] == COUNTRIES[0]]
    known = _starts_of(first, about["levers"])
    found: Effects = {}
    for starts, draw, point in zip(known, first["draw"], first["design_point"], strict=True):
        effect = float(sums.loc[draw, point] - base.loc[draw])
        found.setdefault(starts, {})[int(draw)] = effect
    return found


def _costs(store: Store, study: Study, levers: Sequence[str]) -> Floats:
    """Mean cost by lever, start and year over all runs that have the lever from that year, US$."""
    names = [f"{SPENDING}{name}_usd" for name in levers]
    total = np.zeros((len(levers), len(STARTS), len(YEARS)))
    count = np.zeros((len(levers), len(STARTS), 1))
    runs = rows_where(store.runs(), status=DONE)
    mine = runs[runs["scenario"] != study.baseline]
    for run, scenario, starts in zip(
        mine["run"], mine["scenario"], _starts_of(mine, levers), strict=True
    ):
        series = store.one(part_name(str(run), str(scenario)), names, ["all"])
        table = yearly(series, 0).droplevel(["scenario", "seed", "draw", "group"])
        for at, (name, start) in enumerate(zip(names, starts, strict=True)):
            if (REGION, name) in table.index:
                total[at, start] += table.loc[(REGION, name), list(YEARS)].to_numpy(np.float64)
            count[at, start] += 1.0
    return np.divide(total, count, out=np.zeros_like(total), where=count > 0.0)
