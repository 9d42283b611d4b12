"""Host countries and the syndicates in them: one quarter of the underworld.

Capital is measured in units of the reference: 1 is all that worked from the five countries in 2023,
spread over hosts as the estimated revenue of compounds was. How much room each host has is solved,
once per parameter draw, so that this is where the system comes to rest without new enforcement.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.agents.mesa_base import mesa
from sim.agents.syndicate import Moves, Syndicate, waters_of
from sim.units import QUARTER_YEARS, logarithm, once

SYNDICATES = 8
DEMAND_RISE_STARTS = 2019.0
DEMAND_RISE_ENDS = 2023.0


@dataclass(frozen=True)
class Underworld:
    """What one quarter left: capital by host, and the sums of all syndicates' moves."""

    capital: list[float]
    moves: Moves
    demand: float

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
        p = parameters[0]
        self.rooms = [
            share * resting_room(here) for share, here in zip(shares, parameters, strict=True)
        ]
        start = p["start_syndicate_capital"]
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
    ) -> Underworld:
        """One quarter: `own_demand` from the five countries, `outside_demand` from elsewhere.

        Both are 1 in the reference year; `enforcement` is added to what each host does anyway.
        """
        p = self.parameters[0]
        demand = (1.0 - p["outside_demand_share"]) * own_demand
        demand += p["outside_demand_share"] * outside_demand
        hazards = [
            here["host_enforcement"] + added
            for here, added in zip(self.parameters, enforcement, strict=True)
        ]
        waters = waters_of(self.capital, demand, self.rooms, hazards, coordination, p)
        moves = [syndicate.quarter(waters) for syndicate in self.syndicates]
        summed = Moves(
            *(
                [math.fsum(getattr(move, name)[c] for move in moves) for c in range(len(hazards))]
                for name in ("grown", "removed", "left", "arrived")
            )
        )
        return Underworld(self.capital, summed, demand)

    @property
    def capital(self) -> list[float]:
        """Capital by host."""
        return [
            sum(syndicate.capital[c] for syndicate in self.syndicates)
            for c in range(len(self.shares))
        ]


def resting_room(p: Mapping[str, float]) -> float:
    """Room of all hosts together with which a capital of 1 neither grows nor shrinks.

    Infinite where even uncrowded hosts would not hold that much.
    """
    revenue = p["scam_revenue_ratio"] / (1.0 + 1.0 / p["scam_market_saturation"])
    if p["syndicate_growth"] <= 0.0:
        return math.inf  # nothing grows, so nothing has to be held back
    kept = 1.0 - (1.0 - p["displaced_share"]) * once(p["host_enforcement"])
    lost = -logarithm(kept) / (QUARTER_YEARS * p["syndicate_growth"])
    crowding = revenue / (1.0 + lost) - 1.0
    return 1.0 / crowding if crowding > 0.0 else math.inf


def outside_demand(year: float, start: float) -> float:
    """Demand of victims elsewhere: `start` until 2019, 1 from 2023 on, a straight line between."""
    done = (year - DEMAND_RISE_STARTS) / (DEMAND_RISE_ENDS - DEMAND_RISE_STARTS)
    return start + (1.0 - start) * min(max(done, 0.0), 1.0)
