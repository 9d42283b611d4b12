"""`mekong mix swap`: the same money moved from one lever to another.

In a mix an amount a year is taken from one lever and given to another; without a mix the two levers
are compared alone, each with that amount. Prices are those of each parameter draw, so every draw
spends as much as before as far as budgets go; what was in fact spent is an outcome beside the
others.
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

from sim.analysis.comparison.pairs import CUMULATIVE_FROM, independent
from sim.analysis.comparison.tables.summary import PLACES
from sim.analysis.policy_mixes.mix_folder import MixFolder, conduct_parts, default_folder
from sim.analysis.policy_mixes.mix_outcomes import OUTCOMES
from sim.analysis.policy_mixes.portfolios import Prices, check_levers, money, portfolio, prices
from sim.analysis.shown import ShownResult
from sim.errors import InputError
from sim.experiments.execution.progress import Progress
from sim.experiments.execution.runner import Simulate, simulate
from sim.experiments.limits import check_hands, check_scale
from sim.experiments.run import draw_list, seed_list
from sim.experiments.study import Study, build_study
from sim.policy.levers import LEVERS
from sim.policy.schedule import Schedule
from sim.quantile_bands import band_name, interval
from sim.rows import rows_where
from sim.scenario import Scenario, load_scenario
from sim.scenario.assumptions import counterfactual
from sim.target import TARGET_YEAR, median
from sim.units import quarter_index

KIND = "swap"
AMOUNT = 10.0  # million constant 2022 US$ a year
SMALLEST, LARGEST = 0.001, 100_000.0
BEFORE, AFTER = "before", "after"
QUARTERS = range(quarter_index(f"{CUMULATIVE_FROM}Q1"), quarter_index(f"{TARGET_YEAR}Q4") + 1)
COLUMNS = [
    *("country", "outcome", "before", "after", "difference", "low", "high", "median"),
    *("better_in", "runs", "unit"),
]
Floats = NDArray[np.float64]
Blocks = tuple[Schedule, ...]


def swap_study(
    taken_from: str,
    given_to: str,
    mix: str | Path | Scenario | None = None,
    *,
    amount: float = AMOUNT,
    seeds: int | Sequence[int] = 1,
    draws: int = 10,
    scale: int = 20_000,
    threads: int | None = None,
) -> tuple[Study, dict[str, Study], dict[str, Any]]:
    """The study as a whole, its parts by draw, what the folder must know. Raises InputError.

    `amount` is in million constant 2022 US$ a year for all five countries.
    """
    check_levers([taken_from, given_to], where="FROM and TO")
    if not SMALLEST <= amount <= LARGEST:
        raise InputError(
            f"{amount:g} million US$ a year cannot be moved",
            where="--amount",
            allowed=f"{SMALLEST} to {LARGEST:,.0f}",
        )
    seed_list(seeds)  # before anything is priced
    check_scale(scale)
    check_hands(None, threads)
    chosen = None if mix is None else mix if isinstance(mix, Scenario) else load_scenario(mix)
    if chosen is not None and taken_from not in chosen.levers:
        raise InputError(
            f"'{chosen.name}' does not use '{taken_from}'", allowed=", ".join(chosen.levers)
        )
    base = load_scenario("baseline" if chosen is None else chosen.baseline)
    if chosen is not None:
        base = counterfactual(chosen, base, [chosen.name, base.name])
    levers = (taken_from, given_to)
    known = {d: prices(levers, scale, threads, d) for d in sorted({0, *draw_list(draws)})}

    def study(draw: int | None) -> Study:
        price = known[draw or 0]
        if chosen is None:
            sides = [portfolio(n, {lever: 1.0}, price, amount) for n, lever in zip(
                (BEFORE, AFTER), levers, strict=True
            )]  # fmt: skip
            for lever in levers:
                _refuse_too_much(lever, amount, price.room(lever))
        else:
            moved = _moved(chosen, taken_from, given_to, price, amount)
            sides = [replace(chosen, name=BEFORE), replace(chosen, name=AFTER, levers=moved)]
        whole = build_study([base, *sides], seeds=seeds, draws=draws, scale=scale)
        return whole if draw is None else replace(whole, draws=(draw,))

    whole = study(None)
    about = {
        "from": taken_from,
        "to": given_to,
        "mix": "" if chosen is None else chosen.name,
        "amount": amount,
    }
    return whole, {f"draw_{draw}": study(draw) for draw in whole.draws}, about


def _refuse_too_much(lever: str, amount: float, room: float) -> None:
    """Refuse an amount (million a year) beyond what a lever can still take (US$ in five years)."""
    if money(amount) > room:
        raise InputError(
            f"'{lever}' cannot take {amount:g} million US$ a year more",
            where="--amount",
            allowed=f"up to {room / money(1.0):.3g}",
        )


def _moved(
    mix: Scenario, taken_from: str, given_to: str, price: Prices, amount: float
) -> dict[str, Blocks]:
    """The levers of a mix once so much money has gone from one to the other."""
    paid = _cost(mix.levers[taken_from], price)
    if paid < money(amount):
        raise InputError(
            f"'{taken_from}' of '{mix.name}' costs less than {amount:g} million US$ a year",
            where="--amount",
            allowed=f"up to {paid / money(1.0):.3g}",
        )
    left = _scaled(mix.levers[taken_from], 1.0 - money(amount) / paid)
    own = mix.levers.get(given_to, ())
    already = _cost(own, price)
    if already > 0.0:
        highest = LEVERS[given_to].maximum / max(schedule.level for schedule in own)
        _refuse_too_much(given_to, amount, already * (highest - 1.0))
        more = _scaled(own, 1.0 + money(amount) / already)
    else:
        _refuse_too_much(given_to, amount, price.room(given_to))
        more = portfolio("more", {given_to: 1.0}, price, amount).levers[given_to]
    return {**mix.levers, taken_from: left, given_to: more}


def _scaled(blocks: Blocks, factor: float) -> Blocks:
    return tuple(replace(one, level=one.level * factor) for one in blocks)


def _cost(blocks: Blocks, price: Prices) -> float:
    """What blocks cost from 2026 to 2030 (US$), from the price of a level that starts in 2026."""
    return sum(
        price.unit[one.lever][place] * _paid(one) / _paid_per_level(one.lever)
        for one in blocks
        for place in one.places
    )


def _paid(one: Schedule) -> float:
    """Level times quarters that must be paid for from 2026 to 2030."""
    return sum(one.paid_at(quarter) for quarter in QUARTERS)


def _paid_per_level(lever: str) -> float:
    """The same for one unit of level that starts in 2026, as in the run that tells prices."""
    about = LEVERS[lever]
    whole = Schedule(lever, about.places, about.maximum, QUARTERS[0], None,
                     about.lag_years, about.ramp_years)  # fmt: skip
    return _paid(whole) / about.maximum


class Swap(ShownResult):
    """What a swap changes, read from its folder; `table` has the columns of `swap.csv`."""

    kind = KIND

    def __init__(self, folder: str | Path) -> None:
        self.about_runs = MixFolder(folder, KIND)
        self.folder = self.about_runs.folder
        about: dict[str, Any] = self.about_runs.about
        self.taken_from, self.given_to = str(about["from"]), str(about["to"])
        self.mix, self.amount = str(about["mix"]), float(about["amount"])
        self.failed = self.about_runs.failed
        numbers = self.about_runs.numbers()
        self._sides = {
            name: rows_where(numbers, scenario=name).set_index(["seed", "draw", "country"])
            for name in (self.about_runs.baseline, BEFORE, AFTER)
        }
        keys = set.intersection(*(set(side.index) for side in self._sides.values()))
        self.pairs = sorted({(int(seed), int(draw)) for seed, draw, _ in keys})
        if not self.pairs:
            raise self.about_runs.incomplete("no draw and seed has all three runs")
        self.draws, self._of = independent(self.pairs)

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row a place and outcome: effects before and after (means), and their difference."""
        rows = []
        for place in PLACES:
            index = pd.MultiIndex.from_tuples([(*pair, place) for pair in self.pairs])
            values: Mapping[str, pd.DataFrame] = {
                name: side.reindex(index) for name, side in self._sides.items()
            }
            for outcome, about in OUTCOMES.items():
                base, before, after = (
                    side[outcome].to_numpy(np.float64) for side in values.values()
                )
                change: Floats = after - before
                sign = 1.0 if about.more_is_better else -1.0
                means = (float(np.mean(before - base)), float(np.mean(after - base)))
                band = (float(np.mean(change)), *interval(change, self.draws), median(change))
                better = int((sign * change > 0.0).sum())
                rows.append((place, outcome, *means, *band, better, len(self.pairs), about.unit))
        return pd.DataFrame(rows, columns=COLUMNS)

    @property
    def band(self) -> str:
        """What low and high are."""
        return band_name(self.draws, self._of)

    @property
    def question(self) -> str:
        """What is compared, in words."""
        what = f"US$ {self.amount:g} m a year"
        if self.mix:
            return f"{what} of '{self.mix}' moved from {self.taken_from} to {self.given_to}"
        return f"{what} for {self.given_to} in place of {self.taken_from}"

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """What is written, by the name of the file."""
        return {KIND: self.table}


def swap_folder(study: Study, about: Mapping[str, Any]) -> Path:
    """Where a swap goes when nothing is said."""
    name = "-".join(str(about[key]) for key in ("mix", "from", "to") if about[key])
    return default_folder(study, KIND, f"{name[:80]}-{about['amount']:g}m")


def swap(
    taken_from: str,
    given_to: str,
    mix: str | Path | Scenario | None = None,
    *,
    amount: float = AMOUNT,
    seeds: int | Sequence[int] = 1,
    draws: int = 10,
    scale: int = 20_000,
    workers: int | None = None,
    threads: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    simulator: Simulate = simulate,
) -> Swap:
    """So much money a year moved from one lever to another. Raises InputError, OutputError."""
    whole, parts, about = swap_study(
        taken_from, given_to, mix, amount=amount, seeds=seeds, draws=draws, scale=scale,
        threads=threads,
    )  # fmt: skip
    folder = conduct_parts(
        whole, parts, KIND, about, swap_folder(whole, about) if out is None else out,
        workers=workers, threads=threads, progress=progress, simulator=simulator,
    )  # fmt: skip
    return Swap(folder)
