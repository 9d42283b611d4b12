"""Pairs of runs: two scenarios under one seed and one parameter draw.

The difference within a pair is what differs between the two scenarios and not the noise. Everything
that compares, effects, trade and welfare, is made of these; which two scenarios are compared is
decided in `sim.analysis.comparison.contrasts`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.comparison.contrasts import POLICY
from sim.experiments.run import is_central
from sim.quantile_bands import interval
from sim.target import TARGET_YEAR, median

CUMULATIVE_FROM = 2026

Floats = NDArray[np.float64]
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Pairs:
    """Values of both sides; `mine` and `theirs` have the shape (rows, periods, pairs).

    `against` is the scenario on the other side, `effect_of` says what the difference is due to.
    """

    rows: dict[Key, int]
    periods: list[str]
    runs: list[tuple[int, int]]
    mine: Floats
    theirs: Floats
    against: str = ""
    effect_of: str = POLICY

    def has(self, country: str, indicator: str, group: str = "all") -> bool:
        """True where both sides know an indicator of a place and group."""
        return (country, indicator, group) in self.rows

    def both(
        self, country: str, indicator: str, group: str = "all", first: int = TARGET_YEAR
    ) -> tuple[Floats, Floats]:
        """Both sides' sums from the year `first` to 2030, by pair."""
        row = self.rows[(country, indicator, group)]
        chosen = np.flatnonzero((first <= self._years) & (self._years <= TARGET_YEAR))
        return self.mine[row, chosen].sum(axis=0), self.theirs[row, chosen].sum(axis=0)

    def change(
        self, country: str, indicator: str, group: str = "all", first: int = TARGET_YEAR
    ) -> Floats:
        """Differences between the sides, summed from the year `first` to 2030, by pair."""
        mine, theirs = self.both(country, indicator, group, first)
        return np.asarray(mine - theirs)

    @cached_property
    def draws(self) -> int:
        """Independent draws among the pairs (see `independent`)."""
        return independent(self.runs)[0]

    @cached_property
    def _years(self) -> NDArray[np.int64]:
        return np.array([int(period[:4]) for period in self.periods], dtype=np.int64)

    def paths(self, country: str, indicator: str, group: str = "all") -> tuple[Floats, Floats]:
        """Both sides by period and pair."""
        row = self.rows[(country, indicator, group)]
        return self.mine[row], self.theirs[row]


def pairs_of(table: pd.DataFrame, scenario: str, against: str, effect_of: str = POLICY) -> Pairs:
    """The pairs of a scenario in a table of years or quarters; runs without a partner drop out."""
    sides = [_side(table, name) for name in (scenario, against)]
    known = [{(int(c[1]), int(c[2])) for c in side.columns.to_list()} for side in sides]
    runs = sorted(known[0] & known[1])
    rows = sides[0].index.intersection(sides[1].index)
    columns = [(period, *run) for period in table.columns for run in runs]
    shape = (len(rows), len(table.columns), len(runs))
    mine, theirs = (
        side.reindex(index=rows, columns=columns).to_numpy(dtype=np.float64).reshape(shape)
        for side in sides
    )
    where = {(str(a), str(b), str(c)): at for at, (a, b, c) in enumerate(rows)}
    periods = [str(period) for period in table.columns]
    return Pairs(where, periods, runs, mine, theirs, against, effect_of)


def _side(table: pd.DataFrame, scenario: str) -> pd.DataFrame:
    return pd.DataFrame(table.xs(scenario, level="scenario").unstack(["seed", "draw"]))


def independent(runs: Iterable[tuple[int, int]]) -> tuple[int, str]:
    """How many independent draws some runs (seed, draw) are of, and of what: draws or seeds.

    Runs of several seeds share the parameters of their draw, so they count as one; where all have
    the same parameters, seeds are what differs.
    """
    known = list(runs)
    drawn = {draw for _, draw in known if not is_central(draw)}
    return (len(drawn), "draws") if len(drawn) > 1 else (len({seed for seed, _ in known}), "seeds")


def spread(values: Floats, draws: int) -> tuple[float, float, float]:
    """Median over pairs, and the ends of the band of so many independent draws."""
    return (median(values), *interval(values, draws))


def distinguishable(low: float, high: float) -> bool:
    """True when an interval leaves zero out."""
    return low > 0.0 or high < 0.0
