"""`mekong mix frontier`: which mixes of equal cost are beaten by no other in everything at once.

Five objectives in 2030, five countries together: more e-commerce, more of it between them, a
smaller inclusion gap, smaller losses to scams, and less money. A mix dominates another when it is
at least as good in all and better in one. What no mix dominates is the Pareto front; no number
ranks the mixes on it. Sorting is pymoo's.

The budget is the same in every draw: what it buys differs, as prices and the number of firms do.
Objectives are means over draws and seeds of paired differences from the baseline. Money is counted
in steps of a twentieth of the median cost, so that a rounding of levels puts no mix on the
frontier.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.comparison.pairs import independent
from sim.analysis.policy_mixes.eligible_levers import left_out_sentence, measured_part
from sim.analysis.policy_mixes.mix_folder import MixFolder, conduct_parts
from sim.analysis.policy_mixes.mix_outcomes import MONEY
from sim.analysis.policy_mixes.portfolios import (
    BUDGET,
    DEFAULT_LEVERS,
    GRADES,
    STEPS,
    Prices,
    check_division,
    check_levers,
    is_national,
    portfolio,
    portfolios,
    prices,
)
from sim.analysis.shown import ShownResult
from sim.errors import InputError
from sim.experiments.execution.progress import Progress
from sim.experiments.execution.runner import Simulate, simulate
from sim.experiments.limits import check_hands, check_scale
from sim.experiments.run import draw_list, seed_list
from sim.experiments.study import Study, build_study
from sim.policy.levers import LEVERS
from sim.quantile_bands import band_name, interval
from sim.rows import rows_where
from sim.scenario import Scenario, load_scenario
from sim.scenario.assumptions import refuse_assumptions
from sim.units import REGION

Floats = NDArray[np.float64]
COST_STEP = 0.05  # of the median cost


class Objective(NamedTuple):
    """One objective: the column of `mix_numbers`, and its sign when less is better everywhere."""

    column: str
    words: str
    unit: str
    sign: float


OBJECTIVES: dict[str, Objective] = {
    "gmv_real_usd": Objective("gmv_real_usd", "all online purchases in 2030", MONEY, -1.0),
    "gmv_region_usd": Objective("gmv_region_usd", "bought from neighbours in 2030", MONEY, -1.0),
    "gap_2030": Objective("gap_2030", "inclusion gap in 2030", "share points", 1.0),
    "losses_usd": Objective("losses_avoided_usd", "losses to scams, 2026-2030", MONEY, 1.0),
    "cost_usd": Objective("cost_usd", "public money up to 2030", MONEY, 1.0),
}
NATIONAL, JOINT = "national", "joint"
_LEFT = (
    "{left} of {of} divisions are left out: a lever cannot take so much money, so the budget would "
    "not be spent."
)


class Frontier(ShownResult):
    """Mixes and which of them dominate others, read from their folder.

    `table` has the columns of `frontier.csv`: a row a mix with its share of money by lever
    (`money.<lever>`), each objective as a difference from the baseline (mean, `_low`, `_high`), the
    `front` it is on (1: beaten by none), the share of runs in which it is on the first, a mix that
    dominates it, and whether it is a `national` mix (levers of single countries) or a `joint` one.
    """

    kind = "frontier"

    def __init__(self, folder: str | Path) -> None:
        self.about_runs = MixFolder(folder, "frontier")
        self.folder = self.about_runs.folder
        self.about: dict[str, Any] = self.about_runs.about
        self.baseline = self.about_runs.baseline
        self.failed = self.about_runs.failed
        self.values, pairs = _effects(self.about_runs)
        self.pairs, self.independent = len(pairs), independent(pairs)
        self.table = _table(self.values, self.independent[0], self.about)
        self.notes: list[str] = list(self.about["notes"])

    @property
    def band(self) -> str:
        """What low and high are."""
        return band_name(*self.independent)

    @property
    def best(self) -> pd.DataFrame:
        """The mixes on the front."""
        return rows_where(self.table, front=1)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """What is written, by the name of the file."""
        return {"frontier": self.table}


def _effects(folder: MixFolder) -> tuple[dict[str, Floats], list[tuple[int, int]]]:
    """Objectives by mix: (pairs, objectives), differences from the baseline, less is better."""
    numbers = folder.numbers()
    mine = rows_where(numbers, country=REGION).set_index(["scenario", "seed", "draw"])
    columns = [objective.column for objective in OBJECTIVES.values()]
    values = mine[columns].sort_index()
    names = [str(name) for name in folder.about["mixes"]]
    counted = values.groupby(["seed", "draw"]).size()
    whole = counted[counted == len(names) + 1]
    pairs = [(int(pair[0]), int(pair[1])) for pair in whole.index.to_list()]
    if not pairs:
        raise folder.incomplete("no draw and seed has all mixes")
    signs = np.array([objective.sign for objective in OBJECTIVES.values()])
    # Losses are kept as losses avoided.
    turned = np.where(np.array(columns) == "losses_avoided_usd", -1.0, 1.0)

    def of(name: str) -> Floats:
        wanted = pd.MultiIndex.from_tuples([(name, *pair) for pair in pairs])
        return np.asarray(values.reindex(wanted).to_numpy(np.float64) * turned)

    base = of(folder.baseline)
    return {name: (of(name) - base) * signs for name in names}, pairs


def _table(values: dict[str, Floats], draws: int, about: dict[str, Any]) -> pd.DataFrame:
    names = list(values)
    pairs = len(values[names[0]])
    means = np.array([values[name].mean(axis=0) for name in names])
    cost = list(OBJECTIVES).index("cost_usd")
    step = COST_STEP * float(np.median(means[:, cost])) or 1.0
    compared = means.copy()
    compared[:, cost] = np.round(means[:, cost] / step) * step
    fronts = fronts_of(compared)
    each = np.zeros(len(names))
    for pair in range(pairs):
        here = np.array([values[name][pair] for name in names])
        here[:, cost] = compared[:, cost]
        each += fronts_of(here) == 1
    rows: list[dict[str, object]] = []
    for at, name in enumerate(names):
        row: dict[str, object] = {
            "mix": name,
            "kind": about["kinds"][name],
            "made": about["made"][name],
            "front": int(fronts[at]),
            "share_on_front": float(each[at] / pairs),
            "dominated": bool(fronts[at] > 1),
            "dominated_by": _dominator(compared, names, at),
        }
        for column, (key, objective) in enumerate(OBJECTIVES.items()):
            effect = values[name][:, column] * objective.sign
            low, high = interval(effect, draws)
            row |= {key: float(effect.mean()), f"{key}_low": low, f"{key}_high": high}
        row |= {f"money.{lever}": share for lever, share in about["shares"][name].items()}
        rows.append(row)
    frame = pd.DataFrame(rows)
    money = [name for name in frame.columns if name.startswith("money.")]
    made = (frame["made"] == "divided").to_numpy()
    for name in money:
        frame[name] = np.where(made, frame[name].fillna(0.0), np.nan)
    return frame.sort_values("front", kind="stable").reset_index(drop=True)


def _dominator(values: Floats, names: Sequence[str], at: int) -> str:
    """The mix with most e-commerce among those that dominate one; empty if there is none."""
    no_worse = (values <= values[at]).all(axis=1)
    better = (values < values[at]).any(axis=1)
    found = np.flatnonzero(no_worse & better)
    return names[int(found[np.argmin(values[found, 0])])] if len(found) else ""


def fronts_of(values: Floats) -> NDArray[np.int_]:
    """The front of each row, 1 for those that no other dominates; less is better in all columns."""
    ranks = np.zeros(len(values), dtype=int)
    for number, rows in enumerate(_sorter()().do(values), start=1):
        ranks[rows] = number
    return ranks


def _sorter() -> Callable[[], Any]:
    try:
        from pymoo.util.nds.non_dominated_sorting import NonDominatedSorting
    except ImportError as error:
        raise InputError(
            "sorting by dominance needs pymoo, which is not installed",
            todo="pip install 'mekong-digital-economy[analysis]'",
        ) from error
    sorter: Callable[[], Any] = NonDominatedSorting
    return sorter


def frontier_study(
    mixes: Sequence[str | Path | Scenario] = (),
    *,
    levers: Sequence[str] = DEFAULT_LEVERS,
    budget: float = BUDGET,
    steps: int = STEPS,
    baseline: str = "baseline",
    seeds: int | Sequence[int] = 1,
    draws: int = 3,
    scale: int = 50_000,
    threads: int | None = None,
) -> tuple[Study, dict[str, Study], dict[str, Any]]:
    """The study as a whole, its parts by draw, what the folder must know. Raises InputError.

    With `steps` 0 nothing is divided and only the named `mixes` are compared.
    """
    _sorter()
    named, notes = [], []
    for name in mixes:
        mix = name if isinstance(name, Scenario) else load_scenario(name)
        mix, left_out = measured_part(mix)
        notes += [text for text in (left_out_sentence(mix.name, left_out),) if text]
        accounts = [lever for lever in mix.levers if LEVERS[lever].grade not in GRADES]
        if accounts:
            raise InputError(
                f"'{mix.name}' uses {accounts[0]} of grade {LEVERS[accounts[0]].grade}, which "
                "is an accounting identity and not a programme that competes for funds",
                where=mix.name,
                allowed=f"mixes of levers of grades {' and '.join(GRADES)}",
            )
        named.append(mix)
    base = load_scenario(baseline)
    refuse_assumptions(named, base)
    seeds = seed_list(seeds)
    check_scale(scale)
    check_hands(None, threads)
    shares: dict[str, dict[str, float]] = {}
    known: dict[int, Prices] = {}
    if steps:
        check_levers(levers)
        check_division(len(levers), budget, steps)
        known = {
            draw: prices(levers, scale, threads, draw) for draw in sorted({0, *draw_list(draws)})
        }
        shares, left = portfolios(levers, known[0], budget, steps)
        notes += [_LEFT.format(left=left, of=left + len(shares))] * bool(left)
    if len(named) + len(shares) < 2:
        raise InputError("a frontier needs two or more mixes", where="--steps", allowed="1 or more")

    def study(draw: int | None) -> Study:
        made = [portfolio(n, s, known[draw or 0], budget) for n, s in shares.items()]
        whole = build_study([base, *named, *made], seeds=seeds, draws=draws, scale=scale)
        return whole if draw is None else replace(whole, draws=(draw,))

    whole = study(None)
    every = {mix.name: mix for mix in whole.scenarios if mix.name != whole.baseline}
    about = {
        "mixes": list(every),
        "kinds": {n: NATIONAL if is_national(mix) else JOINT for n, mix in every.items()},
        "made": {name: "divided" if name in shares else "named" for name in every},
        "shares": {name: shares.get(name, {}) for name in every},
        "levers": list(levers) if steps else [],
        "budget": budget,
        "steps": steps,
        "notes": notes,
    }
    return whole, {f"draw_{draw}": study(draw) for draw in whole.draws}, about


def frontier(
    *mixes: str | Path | Scenario,
    levers: Sequence[str] = DEFAULT_LEVERS,
    budget: float = BUDGET,
    steps: int = STEPS,
    baseline: str = "baseline",
    seeds: int | Sequence[int] = 1,
    draws: int = 3,
    scale: int = 50_000,
    workers: int | None = None,
    threads: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    simulator: Simulate = simulate,
) -> Frontier:
    """Named mixes and all divisions of one budget over levers, sorted by dominance.

    `budget` is in million constant 2022 US$ a year for all five countries, from 2026 to 2030, and
    is divided in `steps`. Raises InputError before anything runs, OutputError for the folder,
    MekongError when no draw and seed is complete.
    """
    whole, parts, about = frontier_study(
        mixes, levers=levers, budget=budget, steps=steps, baseline=baseline, seeds=seeds,
        draws=draws, scale=scale, threads=threads,
    )  # fmt: skip
    folder = conduct_parts(
        whole, parts, "frontier", about, out or folder_of(whole, about), workers=workers,
        threads=threads, progress=progress, simulator=simulator,
    )  # fmt: skip
    return Frontier(folder)


def folder_of(study: Study, about: dict[str, Any]) -> Path:
    """Where a frontier goes when nothing is said."""
    return Path("results") / f"frontier-{about['budget']:g}m-{study.short_hash()}"
