"""Scam syndicates: capital that moves between host countries and earns revenue worldwide.

Compounds earn most of their revenue outside the region. What one unit of syndicate capital earns
falls as more syndicates compete for the same victims; what it costs rises where a host is crowded.
Capital grows where it pays, enforcement removes a part of it every quarter, and a share of what is
removed reappears in other hosts (the waterbed), unless hosts act together.

    revenue per unit   A Z / (1 + S / saturation)           S: capital of all hosts
    cost per unit      c_c (1 + S_c / capacity_c)                S_c: capital in host c
    growth             S_c (exp(rho (revenue / cost - 1) dt) - 1)
    removed            (S_c + growth) (1 - exp(-e_c dt))
    relocated          displaced share x (1 - coordination) x removed, to host d in proportion to
                       size_d x revenue / cost_d x exp(-e_d)

A hazard common to all hosts may close a part for good, of which nothing reopens (`closed`).

A syndicate is one `mesa.Agent` whose capital is spread over hosts. All follow the same law, which
is linear in the own capital given what all see, so their number does not change the sums.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sim.agents.mesa_adapter import MekongAgent, mesa
from sim.units import QUARTER_YEARS, decay_factor, exponential

FASTEST_GROWTH = 2.0  # 1/year; profits beyond this do not speed growth up


@dataclass(frozen=True)
class SyndicateMarket:
    """What every syndicate sees in one quarter, hosts in the order of the countries.

    `profit[c]` is revenue over cost less one in host c, `size[c]` how much of the trade it usually
    holds, `enforcement[c]` the hazard (1/year) that capital there is removed, `displaced[c]` the
    share of it that moves on, `coordination[c][d]` by how much two hosts acting together stop moves
    from c to d (0 to 1). `closed` is the hazard (1/year), the same in all hosts, of what is removed
    for good.
    """

    profit: Sequence[float]
    size: Sequence[float]
    enforcement: Sequence[float]
    displaced: Sequence[float]
    coordination: Sequence[Sequence[float]]
    growth_rate: float
    closed: float = 0.0


@dataclass
class Moves:
    """What one quarter did to capital, by host: `after = before + grown + arrived - removed`.

    `left` is the part of what was removed that moved on; the sum of `arrived` equals that of
    `left`.
    """

    grown: list[float] = field(default_factory=list)
    removed: list[float] = field(default_factory=list)
    left: list[float] = field(default_factory=list)
    arrived: list[float] = field(default_factory=list)


class Syndicate(MekongAgent):
    """One syndicate with capital in one or several hosts."""

    def __init__(self, model: mesa.Model, capital: Sequence[float]) -> None:
        super().__init__(model)
        self.capital = list(capital)
        self.moves = Moves()

    def quarter(self, market: SyndicateMarket) -> Moves:
        """Grow where it pays, lose what is raided, and rebuild part of it elsewhere."""
        self.moves = moves_of(self.capital, market)
        grown, removed, arrived = self.moves.grown, self.moves.removed, self.moves.arrived
        self.capital = [
            before + grown[c] - removed[c] + arrived[c] for c, before in enumerate(self.capital)
        ]
        return self.moves


def moves_of(capital: Sequence[float], market: SyndicateMarket) -> Moves:
    """What one quarter does to capital, by host."""
    hosts = range(len(capital))
    grown = [capital[c] * growth(market, c) for c in hosts]
    removed = [(capital[c] + grown[c]) * (1.0 - decay_factor(market.enforcement[c])) for c in hosts]
    left = [0.0 for _ in hosts]
    arrived = [0.0 for _ in hosts]
    for c in hosts:
        if removed[c] > 0.0:
            for d, share in enumerate(where_to(market, c)):
                stopped = market.coordination[c][d]
                moved = removed[c] * market.displaced[c] * share * (1.0 - stopped)
                left[c] += moved
                arrived[d] += moved
    lost = 1.0 - decay_factor(market.closed)
    removed = [removed[c] + (capital[c] + grown[c] - removed[c] + arrived[c]) * lost for c in hosts]
    return Moves(grown, removed, left, arrived)


def growth(market: SyndicateMarket, host: int) -> float:
    """Growth of capital in one host in one quarter, as a share of it."""
    return growth_factor(market.growth_rate * market.profit[host]) - 1.0


def growth_factor(rate: float) -> float:
    """Capital after a quarter of growth at `rate` (1/year), relative to that before."""
    return exponential(min(max(rate, -FASTEST_GROWTH), FASTEST_GROWTH) * QUARTER_YEARS)


def where_to(market: SyndicateMarket, origin: int) -> list[float]:
    """Shares in which raided capital moves to the other hosts: where there is room, and calm."""
    appeal = [
        0.0
        if host == origin
        else size * max(market.profit[host] + 1.0, 0.0) * exponential(-market.enforcement[host])
        for host, size in enumerate(market.size)
    ]
    total = math.fsum(appeal)
    return [a / total if total > 0.0 else 0.0 for a in appeal]


def unit_revenue(total: float, demand: float, params: Mapping[str, float]) -> float:
    """What a unit of capital takes, relative to one alone in the market of the reference year."""
    return demand / (1.0 + total / params["scam_market_saturation"])


def revenue_over_cost(revenue: float, cost: float, crowding: float) -> float:
    """What a unit of capital takes over what it costs in a host.

    `cost` is that of an empty host, `crowding` the capital there over the host's capacity.
    """
    return revenue / (cost * (1.0 + crowding))


def syndicate_market(
    capital: Sequence[float],
    demand: float,
    capacities: Sequence[float],
    size: Sequence[float],
    enforcement: Sequence[float],
    coordination: Sequence[Sequence[float]],
    params: Mapping[str, float],
    costs: Sequence[float] | None = None,
    closed: float = 0.0,
) -> SyndicateMarket:
    """What syndicates see, from the capital of all hosts and the demand for their fraud.

    `demand` is Z, 1 in the reference year; `capacities` the capital that a host holds before it is
    crowded (infinite: never), `size` the share of the trade it holds in the reference year, `costs`
    what a unit costs in an empty host (1 where left out). Capital is in units of the reference
    year's total.
    """
    revenue = params["scam_revenue_ratio"] * unit_revenue(math.fsum(capital), demand, params)
    profit = [
        revenue_over_cost(revenue, cost, here / capacity) - 1.0
        for here, capacity, cost in zip(
            capital, capacities, costs or [1.0] * len(capital), strict=True
        )
    ]
    return SyndicateMarket(
        profit=profit,
        size=size,
        enforcement=enforcement,
        displaced=[params["displaced_share"]] * len(profit),
        coordination=coordination,
        growth_rate=params["syndicate_growth"],
        closed=closed,
    )
