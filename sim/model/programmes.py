"""Programmes: what the levers of a scenario cost each government, and what works once paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sim.agents.government import Government, Plan
from sim.agents.government_rules import REACTING
from sim.policy.levers import LEVERS, MONEY
from sim.policy.schedule import Schedule, level, paid
from sim.units import QUARTERS_PER_YEAR

AGREEMENT = "regulatory_harmonization"


@dataclass(frozen=True)
class Size:
    """What the cost of a programme grows with in one country.

    GDP in US$ a year, people, small firms, and what scam syndicates took in the last quarter (US$ a
    year).
    """

    gdp: float
    people: float
    rural_people: float
    firms: float
    online_firms: float
    takings: float

    @classmethod
    def now(cls, model: Any, iso: str) -> Size:
        """The size of a country in the quarter at hand of a `MekongModel`."""
        people = model.residents(iso)
        return cls(
            gdp=model.income(iso) * people,
            people=people,
            rural_people=(1.0 - model.countries[iso].urban_share) * people,
            firms=model.trade_sector.data.firms[iso] if model.trade_sector else 0.0,
            online_firms=model.online_firms[iso],
            takings=model.scam_sector.takings(iso),
        )

    def units(self, base: str) -> float:
        """How many units of a base (`COST_BASES`) a lever is paid for."""
        return {
            "person": self.people,
            "rural person": self.rural_people,
            "1000 people": self.people / 1000.0,
            "gdp": self.gdp,
            "firm": self.firms,
            "online firm": self.online_firms,
            "takings": self.takings,
        }.get(base, 1.0)


class Programmes:
    """The levers of one scenario in the hands of the governments that pay for them.

    `own` holds what governments wish to do beyond the scenario's plan and `added` what they could
    pay of it, quarter by quarter; `signed` the quarter in which each negotiated agreement was
    signed. Where agreements are planned, `negotiated` is false. With `in_order` levers are paid one
    after the other where money is short, as they are listed, and not in proportion.
    """

    def __init__(
        self,
        levers: Mapping[str, tuple[Schedule, ...]],
        governments: Mapping[str, Government],
        values: Mapping[str, Mapping[str, float]],
        negotiated: bool = False,
        in_order: bool = False,
    ) -> None:
        self.levers = levers
        self.governments = governments
        self.values = values
        self.negotiated = negotiated
        self.in_order = in_order
        self.own: dict[str, dict[str, float]] = {
            iso: dict.fromkeys(REACTING, 0.0) for iso in governments
        }
        self.added: dict[str, dict[str, list[float]]] = {
            iso: {name: [] for name in REACTING} for iso in governments
        }
        self.signed: dict[str, int] = {}
        self.grants: dict[str, float] = dict.fromkeys(governments, 0.0)

    def spend(self, quarter: int, sizes: Mapping[str, Size]) -> None:
        """Revenue and grants come in, and programmes are paid as far as they go."""
        for iso, government in self.governments.items():
            params, size, own = self.values[iso], sizes[iso], self.own[iso]
            government.spend(
                [
                    Plan(name, self._cost(name, iso, self._planned(name, iso, quarter), size))
                    for name in self.levers
                ],
                params["digital_budget_share"] * size.gdp / QUARTERS_PER_YEAR,
                params["budget_carry_limit"],
                self.grants[iso] / QUARTERS_PER_YEAR,
                [
                    Plan(name, self._cost(name, iso, level, size))
                    for name, level in own.items()
                    if level > 0.0
                ],
                self.in_order,
            )
            for name, wished in own.items():
                self.added[iso][name].append(wished * government.granted.get(name, 0.0))

    def level(self, lever: str, place: str, quarter: int) -> float:
        """The level in effect at a country or pair: what is planned, as far as it was paid for.

        A pair's agreement works as far as the government that paid less carries it.
        """
        if lever not in self.levers and lever not in REACTING:
            return 0.0
        total = 0.0
        for schedule in self._schedules(lever, place):
            lag = round(schedule.lag_years * QUARTERS_PER_YEAR)
            bought = min(self.governments[iso].share_bought(lever, lag) for iso in place.split("-"))
            total += level([schedule], place, quarter) * bought
        total += self._added(lever, place)
        return min(total, LEVERS[lever].maximum)

    def talks(self, quarter: int) -> list[str]:
        """Pairs whose governments are negotiating in a quarter."""
        if not self.negotiated:
            return []
        return sorted(
            {
                pair
                for schedule in self.levers.get(AGREEMENT, ())
                for pair in schedule.places
                if pair not in self.signed and schedule.start <= quarter
                if schedule.end is None or quarter <= schedule.end
            }
        )

    def _schedules(self, lever: str, place: str) -> list[Schedule]:
        """Schedules that hold at a place; a negotiated agreement starts when it is signed."""
        found = [s for s in self.levers.get(lever, ()) if place in s.places]
        if self.negotiated and lever == AGREEMENT:
            signed = self.signed.get(place)
            if signed is None:
                return []
            return [
                replace(s, start=max(s.start, signed))
                for s in found
                if s.end is None or signed <= s.end
            ]
        return found

    def _added(self, lever: str, iso: str) -> float:
        """What a government does of its own accord and has paid, after the lag of the lever."""
        paid = self.added.get(iso, {}).get(lever, [])
        place = len(paid) - 1 - round(LEVERS[lever].lag_years * QUARTERS_PER_YEAR)
        return paid[place] if place >= 0 else 0.0

    def _planned(self, lever: str, iso: str, quarter: int) -> float:
        """The level that a government has to pay for in a quarter by the plan."""
        if LEVERS[lever].scope != "pairs":
            return paid(self._schedules(lever, iso), iso, quarter)
        pairs = [pair for pair in LEVERS[lever].places if iso in pair.split("-")]
        return sum(paid(self._schedules(lever, pair), pair, quarter) for pair in pairs) / 2.0

    def _cost(self, lever: str, iso: str, level: float, size: Size) -> float:
        """What a level costs one government in one quarter, constant 2022 US$."""
        params = self.values[iso]
        return sum(
            level * (1.0 if name == MONEY else params[name]) * size.units(base) / QUARTERS_PER_YEAR
            for base, name in LEVERS[lever].prices.items()
        )
