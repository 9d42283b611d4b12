"""The scam history that syndicates are made to follow up to 2025, solved once per parameter draw.

What is known of scams up to 2025 is a path of the capital of syndicates, 1 on average over the four
quarters of 2023, and how it was spread over hosts in that year. Syndicates follow their own law, so
what the law does not say is solved: the demand for their fraud in each quarter, and what a unit of
capital costs in each host. Where the path falls faster than syndicates shrink without any demand,
the remainder is a hazard that closes capital for good, the same in all hosts.

Nothing here runs people or firms: the answer depends on parameters alone.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.agents.syndicate import (
    FASTEST_GROWTH,
    growth_factor,
    moves_of,
    revenue_over_cost,
    syndicate_market,
    unit_revenue,
)
from sim.data.enforcement import hazard_in_force
from sim.parameters.values import ParameterSet
from sim.units import (
    FIRST_QUARTER,
    QUARTER_YEARS,
    QUARTERS_PER_YEAR,
    decay_factor,
    logarithm,
    quarter_index,
    year_of,
)

HISTORY_ENDS = quarter_index("2025Q4")
QUARTERS = range(FIRST_QUARTER, HISTORY_ENDS + 1)
REFERENCE_YEAR = 2023  # of capital, of hosts and of what compounds take
KNOTS = {
    2015: "scam_path_2015",
    2019: "scam_path_2019",
    2021: "scam_path_2021",
    2022: "scam_path_2022",
    REFERENCE_YEAR: None,
    2024: "scam_path_2024",
    2025: "scam_path_2025",
}
LAW = (
    *("syndicate_growth", "scam_market_saturation", "displaced_share", "host_crowding"),
    *(name for name in KNOTS.values() if name),
)
"""Parameters, beside hazards and shares of hosts, on which the solution depends."""
STATED = (
    "host_share",
    "host_crowding",
    "enforcement_in_force",
    *(name for name in KNOTS.values() if name),
)
"""Parameters that are statements about the history: it follows what a scenario says of them.

Whatever else a scenario changes about a draw changes what syndicates do and not what was solved.
"""
LEAST_DEMAND = 1e-9  # never quite none, so that hosts can still be compared
EXACT = 1e-13  # of capital
SHARES_EXACT = 1e-11
SMALL = 1e-4  # step of a finite difference, in logarithms of costs
MOST_STEPS, MOST_ROUNDS = 100, 60

Floats = NDArray[np.float64]
Hazards = Sequence[Sequence[float]]


@dataclass(frozen=True)
class HistoryInputs:
    """What the solution depends on: `law` by name, shares of hosts, hazards by quarter and host."""

    law: tuple[tuple[str, float], ...]
    shares: tuple[float, ...]
    hazards: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class ScamHistory:
    """What syndicates meet with; demand is 1 on average over the quarters of 2023.

    `start` is the capital by host at the end of 2014, `demand` and `closed` (1/year) are by quarter
    of `QUARTERS`, `costs` and `capacities` by host. `takings` is what all of them took in a quarter
    of 2023 on average, relative to a unit of capital alone in the market.
    """

    start: tuple[float, ...]
    demand: tuple[float, ...]
    closed: tuple[float, ...]
    costs: tuple[float, ...]
    capacities: tuple[float, ...]
    takings: float

    def demand_in(self, quarter: int) -> float:
        """Demand of a quarter; after 2025 that of its last quarter."""
        return self.demand[min(quarter, HISTORY_ENDS) - FIRST_QUARTER]

    def closed_in(self, quarter: int) -> float:
        """Hazard of closure for good; after 2025 that of its last quarter."""
        return self.closed[min(quarter, HISTORY_ENDS) - FIRST_QUARTER]


def inputs_of(drawn: ParameterSet, values: ParameterSet, isos: Sequence[str]) -> HistoryInputs:
    """What the history of these hosts depends on; `values` are those of the scenario."""
    chosen = drawn.replaced(values, STATED)
    shares = [chosen.get(iso, "host_share") for iso in isos]
    whole = math.fsum(shares)
    before = [chosen.get(iso, "host_enforcement") for iso in isos]
    known = chosen.get(isos[0], "enforcement_in_force")
    return HistoryInputs(
        law=tuple((name, chosen.get(isos[0], name)) for name in LAW),
        shares=tuple(share / whole for share in shares),
        hazards=tuple(
            tuple(
                usual + known * hazard_in_force(iso, quarter)
                for usual, iso in zip(before, isos, strict=True)
            )
            for quarter in QUARTERS
        ),
    )


class _Followed(NamedTuple):
    """One pass through the quarters with given costs."""

    capital: list[list[float]]  # by quarter from the end of 2014 on, by host
    demand: list[float]
    closed: list[float]


@functools.lru_cache(maxsize=1024)
def scam_history(inputs: HistoryInputs) -> ScamHistory:
    """The solved history, remembered."""
    return _Solver(inputs).solve()


def capital_path(inputs: HistoryInputs) -> list[float]:
    """Capital of all hosts at the end of 2014 and of every quarter of `QUARTERS`.

    The logarithm is linear between knots, which lie in the middle of their years, and constant
    before the first and after the last. It rises no faster than syndicates grow at their fastest.
    """
    law = dict(inputs.law)
    middles = [year * QUARTERS_PER_YEAR + (QUARTERS_PER_YEAR - 1) / 2 for year in KNOTS]
    values = [logarithm(law[name]) if name else 0.0 for name in KNOTS.values()]
    ends = range(FIRST_QUARTER - 1, HISTORY_ENDS + 1)
    path = np.interp(ends, middles, values).tolist()
    for t in range(1, len(path)):
        path[t] = min(path[t], path[t - 1] + _fastest(inputs.hazards[t - 1], law))
    whole = math.fsum(math.exp(path[t]) for t in _REFERENCE) / QUARTERS_PER_YEAR
    return [math.exp(one) / whole for one in path]


def capital_before(inputs: HistoryInputs, quarters: Sequence[int]) -> list[float]:
    """Capital that people meet with in each quarter: that of the end of the quarter before.

    After 2025 that of its last quarter.
    """
    path = capital_path(inputs)
    return [path[min(quarter, HISTORY_ENDS + 1) - FIRST_QUARTER] for quarter in quarters]


_REFERENCE = [
    q - FIRST_QUARTER + 1 for q in QUARTERS if year_of(q) == REFERENCE_YEAR
]  # positions in a path that begins with the end of 2014


def _fastest(hazards: Sequence[float], law: dict[str, float]) -> float:
    """The greatest rise of the logarithm of capital in a quarter, whatever the demand."""
    grown = growth_factor(FASTEST_GROWTH if law["syndicate_growth"] > 0.0 else 0.0)
    return min(logarithm(grown * kept) for kept in _kept(hazards, law))


def _kept(hazards: Sequence[float], law: dict[str, float]) -> list[float]:
    """By host, what is left of its capital after raids, with what reopens elsewhere."""
    gone = 1.0 - law["displaced_share"] if len(hazards) > 1 else 1.0
    return [1.0 - (1.0 - decay_factor(hazard)) * gone for hazard in hazards]


class _Solver:
    """Finds demand and costs for one set of inputs."""

    def __init__(self, inputs: HistoryInputs) -> None:
        self.inputs = inputs
        self.law = {**dict(inputs.law), "scam_revenue_ratio": 1.0}
        self.path = capital_path(inputs)
        self.hosts = range(len(inputs.shares))
        self.apart = [[0.0] * len(inputs.shares)] * len(inputs.shares)
        crowding = self.law["host_crowding"]
        self.capacities = [
            share / crowding if crowding > 0.0 else math.inf for share in inputs.shares
        ]
        self.kept = [_kept(hazards, self.law) for hazards in inputs.hazards]

    def solve(self) -> ScamHistory:
        logs, followed = self._costs()
        reference = _REFERENCE
        level = math.fsum(followed.demand[t - 1] for t in reference) / QUARTERS_PER_YEAR
        demand = [one / level for one in followed.demand]
        before = [math.fsum(followed.capital[t - 1]) for t in reference]
        taken = [
            held * unit_revenue(held, demand[t - 1], self.law)
            for held, t in zip(before, reference, strict=True)
        ]
        return ScamHistory(
            start=tuple(followed.capital[0]),
            demand=tuple(demand),
            closed=tuple(followed.closed),
            costs=tuple(math.exp(one) / level for one in logs),
            capacities=tuple(self.capacities),
            takings=math.fsum(taken) / QUARTERS_PER_YEAR,
        )

    def _costs(self) -> tuple[list[float], _Followed]:
        """Logarithms of costs with which hosts had their shares in 2023, by Broyden's method.

        That of the first host is held at 0: only differences between hosts matter here. Where
        hazards are so unlike that no costs give the shares, those that come nearest.
        """
        logs = np.zeros(len(self.inputs.shares))
        followed = self._follow(logs)
        missed = self._missed(followed)
        nearest = (np.abs(missed).max(initial=0.0), logs.tolist(), followed)
        slope = self._slopes(logs, missed)
        for _ in range(MOST_ROUNDS):
            if nearest[0] <= SHARES_EXACT:
                break
            step = -np.linalg.lstsq(slope, missed, rcond=None)[0]
            if not step.any():
                break
            step *= min(1.0, 1.0 / np.abs(step).max())
            logs[1:] += step
            followed = self._follow(logs)
            change = self._missed(followed) - missed
            slope += np.outer(change - slope @ step, step) / (step @ step)
            missed = missed + change
            if (off := np.abs(missed).max()) < nearest[0]:
                nearest = (off, logs.tolist(), followed)
        return nearest[1:]

    def _slopes(self, logs: Floats, missed: Floats) -> Floats:
        """How the shares of 2023 answer to costs, by finite differences."""
        units = np.eye(len(logs))[1:]
        rows = [(self._missed(self._follow(logs + SMALL * u)) - missed) / SMALL for u in units]
        return np.array(rows).reshape(len(units), len(units)).T

    def _missed(self, followed: _Followed) -> Floats:
        """Logarithm of the mean capital of hosts in 2023 over what it should be."""
        mean = np.mean([followed.capital[t] for t in _REFERENCE], axis=0)
        return np.log(np.maximum(mean, np.finfo(float).tiny) / np.array(self.inputs.shares))[1:]

    def _follow(self, logs: Floats) -> _Followed:
        """All quarters with these costs, demand solved in each."""
        costs = np.exp(logs).tolist()
        held = [share * self.path[0] for share in self.inputs.shares]
        capital, demands, closures = [held], [], []
        demand = 1.0
        for t, hazards in enumerate(self.inputs.hazards):
            wanted = self.path[t + 1]
            demand = self._demand(held, costs, wanted, self.kept[t], demand)
            closed = 0.0
            for _ in (0, 1):
                market = syndicate_market(
                    *(held, demand, self.capacities, self.inputs.shares, hazards, self.apart),
                    *(self.law, costs, closed),
                )
                moves = moves_of(held, market)
                after = [
                    held[c] + moves.grown[c] - moves.removed[c] + moves.arrived[c]
                    for c in self.hosts
                ]
                excess = logarithm(math.fsum(after) / wanted) / QUARTER_YEARS
                if closed or demand > LEAST_DEMAND or excess <= 0.0:
                    break
                closed = excess
            held = after
            capital.append(held)
            demands.append(demand)
            closures.append(closed)
        return _Followed(capital, demands, closures)

    def _demand(
        self,
        held: Sequence[float],
        costs: Sequence[float],
        wanted: float,
        kept: Sequence[float],
        guess: float,
    ) -> float:
        """Demand with which all capital comes to `wanted`: Newton's steps held in a bracket."""
        rate = self.law["syndicate_growth"]
        if rate <= 0.0:
            return 1.0
        total = math.fsum(held)
        alone = unit_revenue(total, 1.0, self.law)
        per_demand = [
            revenue_over_cost(alone, costs[c], held[c] / self.capacities[c]) for c in self.hosts
        ]
        low, high = LEAST_DEMAND, max((FASTEST_GROWTH / rate + 1.0) / one for one in per_demand)

        def surplus(demand: float) -> tuple[float, float]:
            over, slope = -wanted, 0.0
            for c, each in enumerate(per_demand):
                growth = rate * (each * demand - 1.0)
                grown = held[c] * kept[c] * growth_factor(growth)
                over += grown
                if abs(growth) < FASTEST_GROWTH:
                    slope += grown * rate * each * QUARTER_YEARS
            return over, slope

        if surplus(low)[0] >= 0.0:
            return low
        demand = min(max(guess, low), high)
        for _ in range(MOST_STEPS):
            over, slope = surplus(demand)
            if abs(over) <= EXACT * wanted:
                break
            if over > 0.0:
                high = demand
            else:
                low = demand
            demand = demand - over / slope if slope > 0.0 else low
            if not low < demand < high:
                demand = 0.5 * (low + high)
        return demand
