"""Programmes: what the levers of a scenario cost each government, and what works once paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.agents.government import Government, Plan
from sim.policy.levers import LEVERS
from sim.policy.schedule import Schedule, level, paid
from sim.units import QUARTERS_PER_YEAR


@dataclass(frozen=True)
class Size:
    """What the cost of a programme grows with: GDP (US$ a year), people, small firms."""

    gdp: float
    people: float
    firms: float
    online_firms: float

    def units(self, cost_per: str) -> float:
        """How many units a lever is paid for."""
        return {
            "person": self.people,
            "1000 people": self.people / 1000.0,
            "gdp": self.gdp,
            "firm": self.firms,
            "online firm": self.online_firms,
        }.get(cost_per, 1.0)


class Programmes:
    """The levers of one scenario in the hands of the governments that pay for them."""

    def __init__(
        self,
        levers: Mapping[str, tuple[Schedule, ...]],
        governments: Mapping[str, Government],
        values: Mapping[str, Mapping[str, float]],
    ) -> None:
        self.levers = levers
        self.governments = governments
        self.values = values

    def spend(self, quarter: int, sizes: Mapping[str, Size]) -> None:
        """Revenue comes in and programmes are paid as far as it goes."""
        for iso, government in self.governments.items():
            p = self.values[iso]
            government.spend(
                [Plan(name, self._cost(name, iso, quarter, sizes[iso])) for name in self.levers],
                p["digital_budget_share"] * sizes[iso].gdp / QUARTERS_PER_YEAR,
                p["budget_carry_limit"],
            )

    def level(self, lever: str, place: str, quarter: int) -> float:
        """The level in effect at a country or pair: what is planned, as far as it was paid for.

        A pair's agreement works as far as the government that paid less carries it.
        """
        total = 0.0
        for schedule in self.levers.get(lever, ()):
            if place in schedule.places:
                lag = round(schedule.lag_years * QUARTERS_PER_YEAR)
                bought = min(
                    self.governments[iso].share_bought(lever, lag) for iso in place.split("-")
                )
                total += level([schedule], place, quarter) * bought
        return total

    def _cost(self, lever: str, iso: str, quarter: int, size: Size) -> float:
        """What the plan costs one government in one quarter, constant 2022 US$."""
        schedules = self.levers[lever]
        about = LEVERS[lever]
        price = self.values[iso][about.unit_cost] if about.unit_cost else 1.0
        if about.scope == "pairs":  # two budgets share the cost of a pair
            pairs = sorted({place for s in schedules for place in s.places if iso in place})
            planned = sum(paid(schedules, pair, quarter) for pair in pairs) / 2.0
        else:
            planned = paid(schedules, iso, quarter)
        return planned * price * size.units(about.cost_per) / QUARTERS_PER_YEAR
