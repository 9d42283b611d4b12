"""The scam sector: syndicates in host countries, and the pressure of scams on people.

Capital is measured in units of the reference: 1 is all that worked from the five countries in 2023,
spread over hosts as the estimated revenue of compounds was. On the path `scam_history = "matched"`
the demand of victims and the costs of hosts are solved so that the baseline follows what is known
of the years to 2025 (`scam_history`). On the path "free" capacities of hosts are solved so that the
reference is exactly where the system rests without new enforcement.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.mesa_adapter import mesa
from sim.agents.syndicate import Moves, Syndicate, moves_of, syndicate_market, unit_revenue
from sim.data.enforcement import hazard_in_force
from sim.model.policy_effects import PolicyEffects
from sim.model.programmes import Programmes
from sim.model.scam_history import HISTORY_ENDS, ScamHistory, inputs_of, scam_history
from sim.units import QUARTER_YEARS, QUARTERS_PER_YEAR, decay_factor, exponential, logarithm

AI_RISE_STARTS, AI_RISE_YEARS = 2024.0, 5.0


def offence(ai_path: str, quarter: int, rise: float) -> float:
    """Scams of a quarter relative to those without AI, which adds `rise` in the end."""
    if ai_path == "none":
        return 1.0
    done = (quarter / QUARTERS_PER_YEAR - AI_RISE_STARTS) / AI_RISE_YEARS
    return 1.0 + rise * min(max(done, 0.0), 1.0)


class ScamSector:
    """Syndicates and the pressure of scams on people, for one model."""

    def __init__(
        self,
        model: Any,
        values: Mapping[str, Mapping[str, float]],
        programmes: Programmes,
        paths: Mapping[str, str],
    ) -> None:
        self.values = values
        self.programmes = programmes
        self.paths = paths
        self._first = next(iter(values.values()))
        self.history = (
            scam_history(inputs_of(model.drawn_parameters, model.parameters, tuple(values)))
            if paths["scam_history"] == "matched"
            else None
        )
        shares = [params["host_share"] for params in values.values()]
        whole = math.fsum(shares)
        self.hosts = Hosts(
            model, list(values.values()), [share / whole for share in shares], self.history
        )
        self.revenue = self._first["compound_revenue"]  # US$ a year, of all hosts in 2023
        capital = self.hosts.capital
        demand = 1.0 if self.history else self._first["outside_demand_start"]
        self.scam_outcome = ScamOutcome(capital, Moves(), math.fsum(capital) * demand, [])
        self._own_demand = 0.0  # income of people online in the last quarter of the history

    def move(
        self, quarter: int, conditions: Sequence[PolicyEffects], exposed: NDArray[np.float64]
    ) -> None:
        """One quarter; `exposed` is the income of people online, by country, over that of 2022."""
        isos = tuple(self.values)
        own, reached = _sums(exposed, conditions)
        if self.history:
            if quarter <= HISTORY_ENDS:
                self._own_demand = own
            demand = self._demand(quarter, own, reached, self.history)
            closed = self.history.closed_in(quarter)
            known = self._first["enforcement_in_force"]
            in_force = [known * hazard_in_force(iso, quarter) for iso in isos]
        else:
            demand = _free_demand(quarter, reached, self._first)
            closed = 0.0
            in_force = [0.0 for _ in isos]
        self.scam_outcome = self.hosts.quarter(
            [here.enforcement + own for here, own in zip(conditions, in_force, strict=True)],
            [[self._coordination(one, other, quarter) for other in isos] for one in isos],
            demand,
            closed,
        )

    def takings(self, iso: str) -> float:
        """What syndicates in a host took in the last quarter, US$ a year; 0 before the first."""
        shares = dict(zip(self.values, self.scam_outcome.revenue, strict=False))
        return shares.get(iso, 0.0) * self.revenue

    def pressure(self, iso: str, quarter: int) -> float:
        """Scams that reach people of a country, relative to the reference year."""
        return self.scam_outcome.pressure * self._offence(iso, quarter)

    def _demand(self, quarter: int, own: float, reached: float, history: ScamHistory) -> float:
        """Demand of a quarter on the solved history: of the five countries and from elsewhere.

        What enforcement at home blocks is a share of the former. After 2025 it grows with the
        income of people online, and the latter as the path `outside_demand` says.
        """
        outside = self._first["outside_demand_share"]
        here = reached / own if own > 0.0 else 1.0
        elsewhere = 1.0
        if quarter > HISTORY_ENDS:
            here *= own / self._own_demand if self._own_demand > 0.0 else 1.0
            rate = self._first["outside_demand_trend"] * TREND_OF[self.paths["outside_demand"]]
            elsewhere = exponential(rate * (quarter - HISTORY_ENDS) / QUARTERS_PER_YEAR)
        change = (1.0 - outside) * (here - 1.0) + outside * (elsewhere - 1.0)
        return history.demand_in(quarter) * (1.0 + change)

    def _offence(self, iso: str, quarter: int) -> float:
        """How much more dangerous AI has made scams, on the path that says so."""
        return offence(self.paths["ai_scams"], quarter, self.values[iso]["ai_scam_offence"])

    def _coordination(self, one: str, other: str, quarter: int) -> float:
        if one == other:
            return 0.0
        pair = "-".join(sorted((one, other)))
        return self.programmes.level("scam_coordination", pair, quarter)


SYNDICATES = 8
ROUNDS = 60  # of solving capacities; each brings profits several digits closer
LEAST = 1e-9
DEMAND_RISE_STARTS = 2019.0
DEMAND_RISE_ENDS = 2023.0
TREND_OF = {"level": 0.0, "rising": 1.0, "falling": -1.0}


def _sums(exposed: NDArray[np.float64], conditions: Sequence[PolicyEffects]) -> tuple[float, float]:
    """Income of people online in all countries, and what of it scams reach past enforcement."""
    blocked = np.exp([-here.scam_protection for here in conditions])
    return math.fsum(exposed.tolist()), math.fsum((exposed * blocked).tolist())


def _free_demand(quarter: int, reached: float, params: Mapping[str, float]) -> float:
    """Demand on the path "free": income of people online, and a given rise elsewhere."""
    outside = outside_demand(quarter / QUARTERS_PER_YEAR, params["outside_demand_start"])
    demand = (1.0 - params["outside_demand_share"]) * reached
    return demand + params["outside_demand_share"] * outside


@dataclass(frozen=True)
class ScamOutcome:
    """What one quarter left: capital by host, and the sums of all syndicates' moves.

    `pressure` is that of scams on people, relative to the reference year. `revenue` is what
    syndicates in a host took in the quarter, in units of what all of them take in a quarter of the
    reference year.
    """

    capital: list[float]
    moves: Moves
    pressure: float
    revenue: list[float]


class Hosts:
    """All syndicates, and the hosts they work from."""

    def __init__(
        self,
        model: mesa.Model,
        parameters: Sequence[Mapping[str, float]],
        shares: Sequence[float],
        history: ScamHistory | None = None,
    ) -> None:
        self.parameters = parameters
        self.shares = list(shares)
        self.history = history
        params = parameters[0]
        if history:
            self.capacities, self.costs = list(history.capacities), list(history.costs)
            self.law = {**params, "scam_revenue_ratio": 1.0}  # costs are solved in its stead
            self.reference = history.takings
            capital = list(history.start)
        else:
            self.capacities = steady_state_capacities(self.shares, parameters)
            self.costs = [1.0] * len(self.shares)
            self.law = dict(params)
            self.reference = unit_revenue(1.0, 1.0, params)
            capital = [params["start_syndicate_capital"] * share for share in shares]
        self.syndicates = [
            Syndicate(model, [here / SYNDICATES for here in capital]) for _ in range(SYNDICATES)
        ]

    def quarter(
        self,
        enforcement: Sequence[float],
        coordination: Sequence[Sequence[float]],
        demand: float,
        closed: float = 0.0,
    ) -> ScamOutcome:
        """One quarter under a demand that is 1 in the reference year.

        `enforcement` is added to what each host does anyway; `closed` is removed for good.
        """
        hazards = [
            here["host_enforcement"] + added
            for here, added in zip(self.parameters, enforcement, strict=True)
        ]
        market = syndicate_market(
            *(self.capital, demand, self.capacities, self.shares, hazards, coordination),
            *(self.law, self.costs, closed),
        )
        per_unit = unit_revenue(math.fsum(self.capital), demand, self.law) / self.reference
        taken = [per_unit * here for here in self.capital]
        moves = [syndicate.quarter(market) for syndicate in self.syndicates]
        summed = Moves(
            *(
                [math.fsum(getattr(move, name)[c] for move in moves) for c in range(len(hazards))]
                for name in ("grown", "removed", "left", "arrived")
            )
        )
        capital = self.capital
        pressure = math.fsum(capital) * (1.0 if self.history else demand)
        return ScamOutcome(capital, summed, pressure, taken)

    @property
    def capital(self) -> list[float]:
        """Capital by host."""
        return [
            sum(syndicate.capital[c] for syndicate in self.syndicates)
            for c in range(len(self.shares))
        ]


def steady_state_capacities(
    shares: Sequence[float], parameters: Sequence[Mapping[str, float]]
) -> list[float]:
    """Rooms of the hosts with which a capital of 1, spread as `shares`, stays as it is.

    Growth must make up for what is raided less what arrives from elsewhere; the profit at which it
    does says how crowded a host is. Infinite where even an uncrowded host would not hold as much.
    """
    params = parameters[0]
    if params["syndicate_growth"] <= 0.0:
        return [math.inf for _ in shares]  # nothing grows, so nothing has to be held back
    hazards = [here["host_enforcement"] for here in parameters]
    apart = [[0.0] * len(shares)] * len(shares)
    market = syndicate_market(shares, 1.0, [math.inf] * len(shares), shares, hazards, apart, params)
    profit = [hazard / params["syndicate_growth"] for hazard in hazards]
    for _ in range(ROUNDS):
        moves = moves_of(shares, replace(market, profit=profit))
        profit = [
            logarithm((share - arrived) / (share * decay_factor(hazard)))
            / (QUARTER_YEARS * params["syndicate_growth"])
            if share > 0.0
            else 0.0
            for share, arrived, hazard in zip(shares, moves.arrived, hazards, strict=True)
        ]
    revenue = market.profit[0] + 1.0  # over cost, where nothing is crowded
    crowding = [revenue / max(1.0 + here, LEAST) - 1.0 for here in profit]
    return [
        share / crowd if crowd > 0.0 else math.inf
        for share, crowd in zip(shares, crowding, strict=True)
    ]


def outside_demand(year: float, start: float) -> float:
    """Demand of victims elsewhere: `start` until 2019, 1 from 2023 on, a straight line between."""
    done = (year - DEMAND_RISE_STARTS) / (DEMAND_RISE_ENDS - DEMAND_RISE_STARTS)
    return start + (1.0 - start) * min(max(done, 0.0), 1.0)
