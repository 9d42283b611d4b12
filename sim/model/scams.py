"""The scam sector: syndicates in host countries, and the pressure of scams on people.

Capital is measured in units of the reference: 1 is all that worked from the five countries in 2023,
spread over hosts as the estimated revenue of compounds was. The capacity of each host is solved,
once per parameter draw, so that this is exactly where the system rests without new enforcement.
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
from sim.model.policy_effects import PolicyEffects
from sim.model.programmes import Programmes
from sim.units import QUARTER_YEARS, QUARTERS_PER_YEAR, decay_factor, logarithm

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
        ai_path: str,
    ) -> None:
        self.values = values
        self.programmes = programmes
        self.ai_path = ai_path
        shares = [params["host_share"] for params in values.values()]
        whole = math.fsum(shares)
        self.hosts = Hosts(model, list(values.values()), [share / whole for share in shares])
        self._first = next(iter(values.values()))
        self.revenue = self._first["compound_revenue"]  # US$ a year, of all hosts in 2023
        self.scam_outcome = ScamOutcome(
            self.hosts.capital, Moves(), self._first["outside_demand_start"], []
        )

    def move(
        self, quarter: int, conditions: Sequence[PolicyEffects], exposed: NDArray[np.float64]
    ) -> None:
        """One quarter; `exposed` is the income of people online, by country, over that of 2022."""
        isos = tuple(self.values)
        blocked = np.exp([-here.scam_protection for here in conditions])
        self.scam_outcome = self.hosts.quarter(
            [here.enforcement for here in conditions],
            [[self._coordination(one, other, quarter) for other in isos] for one in isos],
            math.fsum((exposed * blocked).tolist()),
            outside_demand(quarter / QUARTERS_PER_YEAR, self._first["outside_demand_start"]),
        )

    def takings(self, iso: str) -> float:
        """What syndicates in a host took in the last quarter, US$ a year; 0 before the first."""
        shares = dict(zip(self.values, self.scam_outcome.revenue, strict=False))
        return shares.get(iso, 0.0) * self.revenue

    def pressure(self, iso: str, quarter: int) -> float:
        """Scams that reach people of a country, relative to the reference year."""
        return self.scam_outcome.pressure * self._offence(iso, quarter)

    def _offence(self, iso: str, quarter: int) -> float:
        """How much more dangerous AI has made scams, on the path that says so."""
        return offence(self.ai_path, quarter, self.values[iso]["ai_scam_offence"])

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


@dataclass(frozen=True)
class ScamOutcome:
    """What one quarter left: capital by host, and the sums of all syndicates' moves.

    `revenue` is what syndicates in a host took in the quarter, in units of what all of them take
    in a quarter of the reference year.
    """

    capital: list[float]
    moves: Moves
    demand: float
    revenue: list[float]

    @property
    def pressure(self) -> float:
        """Scams that reach people, relative to the reference year."""
        return math.fsum(self.capital) * self.demand


class Hosts:
    """All syndicates, and the hosts they work from."""

    def __init__(
        self, model: mesa.Model, parameters: Sequence[Mapping[str, float]], shares: Sequence[float]
    ) -> None:
        self.parameters = parameters
        self.shares = list(shares)
        self.capacities = steady_state_capacities(self.shares, parameters)
        start = parameters[0]["start_syndicate_capital"]
        self.syndicates = [
            Syndicate(model, [start * share / SYNDICATES for share in shares])
            for _ in range(SYNDICATES)
        ]

    def quarter(
        self,
        enforcement: Sequence[float],
        coordination: Sequence[Sequence[float]],
        own_demand: float,
        outside_demand: float,
    ) -> ScamOutcome:
        """One quarter: `own_demand` from the five countries, `outside_demand` from elsewhere.

        Both are 1 in the reference year; `enforcement` is added to what each host does anyway.
        """
        params = self.parameters[0]
        demand = (1.0 - params["outside_demand_share"]) * own_demand
        demand += params["outside_demand_share"] * outside_demand
        hazards = [
            here["host_enforcement"] + added
            for here, added in zip(self.parameters, enforcement, strict=True)
        ]
        market = syndicate_market(
            self.capital, demand, self.capacities, self.shares, hazards, coordination, params
        )
        per_unit = unit_revenue(math.fsum(self.capital), demand, params) / unit_revenue(
            1.0, 1.0, params
        )
        taken = [per_unit * here for here in self.capital]
        moves = [syndicate.quarter(market) for syndicate in self.syndicates]
        summed = Moves(
            *(
                [math.fsum(getattr(move, name)[c] for move in moves) for c in range(len(hazards))]
                for name in ("grown", "removed", "left", "arrived")
            )
        )
        return ScamOutcome(self.capital, summed, demand, taken)

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
