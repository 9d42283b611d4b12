"""Doses: which levers are varied where, how far, and the designed set of runs over them.

Every ranked lever has a dose in each country; agreements of pairs have one for all pairs. All doses
vary at once, over the same points in every parameter draw, and all runs of a draw go on from one
past. Small doses and none are met more often than large ones. Budgets are ample in all runs, so
that a dose is what is bought; what a budget can pay is decided afterwards, at the prices that the
runs of each draw show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.stats import qmc

from sim.analysis.policy_mixes.mix_outcomes import LEVELS, OUTCOMES, needed
from sim.analysis.policy_mixes.portfolios import START, Prices, money
from sim.analysis.policy_mixes.single_levers import AMPLE
from sim.experiments.design import csv_design
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.runner import simulate
from sim.experiments.paired_runs import scenario
from sim.experiments.run import Job
from sim.experiments.study import Study, build_study
from sim.policy.levers import LEVERS
from sim.rows import rows_where
from sim.scenario import Scenario
from sim.units import COUNTRIES

NOTHING = 0.35  # share of the points at which a dose is none
POINTS = 100
CURVE = 2.0  # power of a uniform number that makes a dose, so that small ones are met more often
MOST_ABROAD = 0.1  # of the common purse, that any one country may be given for one lever
MIX, BASE = "doses", "baseline"
Floats = NDArray[np.float64]


class Dose(NamedTuple):
    """One lever in one country, or with place "" an agreement of all pairs."""

    lever: str
    place: str

    @property
    def input(self) -> str:
        """Its name in a design."""
        return ".".join(["levers", self.lever, *([self.place] if self.place else []), "level"])


def doses_of(levers: Sequence[str]) -> tuple[Dose, ...]:
    """A dose a country for each lever, and one for each agreement."""
    return tuple(
        Dose(lever, place)
        for lever in levers
        for place in (COUNTRIES if LEVERS[lever].scope == "countries" else ("",))
    )


def own_budgets(prices: Prices, budget: float) -> dict[str, float]:
    """A budget in million a year divided over treasuries in proportion to national incomes."""
    whole = sum(prices.income.values())
    return {iso: budget * income / whole for iso, income in prices.income.items()}


def largest(doses: Sequence[Dose], prices: Prices, budget: float) -> Floats:
    """The largest level of each dose: what all of a treasury's budget buys at central prices, or

    a tenth of the common purse where that is more, up to the highest level of the lever.
    """
    own = own_budgets(prices, budget)
    found = []
    for lever, place in doses:
        unit = prices.unit[lever]
        price = unit[place] if place else sum(unit.values())
        most = money(max(own[place], MOST_ABROAD * budget) if place else budget)
        bought = most / price if price > 0.0 else np.inf
        found.append(float(f"{min(LEVERS[lever].maximum, bought):.3g}"))
    return np.array(found)


def sampled(doses: int, points: int, seed: int = 1) -> Floats:
    """Shares of the largest doses (points, doses): a Latin hypercube with room for none."""
    unit = qmc.LatinHypercube(doses, rng=np.random.default_rng(seed)).random(points)
    return np.asarray(np.maximum((unit - NOTHING) / (1.0 - NOTHING), 0.0) ** CURVE)


def design_study(
    doses: Sequence[Dose], most: Floats, *, draws: int, points: int, scale: int
) -> Study:
    """The designed set of runs: every point and the baseline under every draw.

    Raises InputError.
    """
    rows = [[float(f"{v:.4g}") for v in row] for row in sampled(len(doses), points) * most]
    whole = build_study(
        [scenario(BASE, {}, parameters=AMPLE), mix_of(MIX, doses, most)],
        seeds=1,
        draws=draws,
        scale=scale,
    )
    return replace(whole, design=csv_design([dose.input for dose in doses], rows))


def essentials(job: Job, options: RunOptions) -> pd.DataFrame:
    """One run, of which only what a mix is judged by is kept: there are thousands of them."""
    return needed(simulate(job, options))


def mix_of(name: str, doses: Sequence[Dose], levels: Sequence[float] | Floats) -> Scenario:
    """The scenario of doses at some levels, all from the beginning of the policies on."""
    blocks: dict[str, list[dict[str, object]]] = {}
    for (lever, place), level in zip(doses, levels, strict=True):
        if level > 0.0:
            where = {LEVERS[lever].scope: [place] if place else "all"}
            blocks.setdefault(lever, []).append(
                {**where, "level": float(f"{level:.4g}"), "start": START}
            )
    return scenario(name, blocks, parameters=AMPLE)


@dataclass(frozen=True)
class Responses:
    """What the designed runs changed: effects (points, draws) by outcome and country.

    `shares` are the doses as shares of the largest (points, doses); `price` is what the largest
    dose costs each treasury in five years (draws, countries, doses), in US$.
    """

    doses: tuple[Dose, ...]
    draws: tuple[int, ...]
    shares: Floats
    effects: Mapping[tuple[str, str], Floats]
    price: Floats


def responses(
    numbers: pd.DataFrame,
    doses: Sequence[Dose],
    most: Floats,
    wanted: Sequence[str] = (*OUTCOMES, *LEVELS),
) -> Responses:
    """Effects and prices from the numbers of the designed runs (`mix_numbers`).

    Only draws that have a baseline and points that all of them have are used. `wanted` are the
    outcomes that are read, the cost among them.
    """
    wanted = list(wanted)
    base = rows_where(numbers, scenario=BASE).set_index(["draw", "country"])[wanted].sort_index()
    mine = rows_where(numbers, scenario=MIX)
    draws = sorted(set(base.index.get_level_values("draw")) & set(mine["draw"]))
    mine = mine[mine["draw"].isin(draws)]
    counted = mine.groupby("design_point")["draw"].nunique()
    points = sorted(counted.index[counted == len(draws)])
    mine = mine.set_index(["country", "design_point", "draw"]).sort_index()
    shape = (len(points), len(draws))
    effects: dict[tuple[str, str], Floats] = {}
    for iso in COUNTRIES:
        rows = pd.MultiIndex.from_product([[iso], points, draws])
        values = mine.reindex(rows)[wanted].to_numpy(np.float64)
        rows = pd.MultiIndex.from_product([draws, [iso]])
        theirs = base.reindex(rows)[wanted].to_numpy(np.float64)
        change = values.reshape(*shape, len(wanted)) - theirs
        effects |= {(name, iso): change[:, :, at] for at, name in enumerate(wanted)}
    first = rows_where(numbers, scenario=MIX, country=COUNTRIES[0], draw=draws[0])
    inputs = first.set_index("design_point").loc[points, [f"x.{dose.input}" for dose in doses]]
    shares = inputs.to_numpy(np.float64) / most
    spent = np.stack([effects["cost_usd", iso] for iso in COUNTRIES])
    return Responses(tuple(doses), tuple(draws), shares, effects, _price(doses, shares, spent))


def _price(doses: Sequence[Dose], shares: Floats, spent: Floats) -> Floats:
    """What the largest dose costs each treasury: the prices that account best for its spending."""
    found = np.zeros((spent.shape[2], len(COUNTRIES), len(doses)))
    for at, iso in enumerate(COUNTRIES):
        mine = np.array([dose.place in (iso, "") for dose in doses])
        for draw in range(spent.shape[2]):
            found[draw, at, mine] = nnls(shares[:, mine], spent[at, :, draw])[0]
    return found
