"""A government: takes in money for digital programmes, buys what the scenario plans, keeps books.

Each of the five is one `mesa.Agent`. In every quarter: what was carried over plus revenue and
grants equals what was spent plus what returns to the treasury plus what is carried on, to the last
unit of 2**-16 US$. When the plan costs more than there is, every programme is bought in the same
proportion, and the shortfall is reported.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.agents.mesa_base import mesa
from sim.units import QUARTERS_PER_YEAR, USD_SCALE


@dataclass(frozen=True)
class Plan:
    """One programme in one quarter: what it would cost in full (constant 2022 US$)."""

    lever: str
    cost: float


@dataclass
class Books:
    """The accounts of one quarter in units of 2**-16 US$."""

    opening: int = 0
    revenue: int = 0
    grants: int = 0
    spending: dict[str, int] = field(default_factory=dict)
    returned: int = 0
    closing: int = 0
    shortfall: int = 0


class Government(mesa.Agent):
    """The government of one country."""

    def __init__(self, model: mesa.Model, iso: str) -> None:
        super().__init__(model)
        self.iso = iso
        self.carry = 0
        self.books = Books()
        self.bought: dict[str, list[float]] = {}

    def spend(
        self, plans: list[Plan], revenue: float, carry_limit_years: float, grants: float = 0.0
    ) -> Books:
        """One quarter of budgeting; money in constant 2022 US$ per quarter."""
        books = Books(
            opening=self.carry,
            revenue=int(revenue * USD_SCALE),
            grants=int(grants * USD_SCALE),
        )
        means = books.opening + books.revenue + books.grants
        wanted = {plan.lever: int(plan.cost * USD_SCALE) for plan in plans}
        need = sum(wanted.values())
        share = 1.0 if need <= means else means / need
        for plan in plans:
            paid = wanted[plan.lever]
            if share < 1.0:
                paid = min(int(paid * share), means - sum(books.spending.values()))
            books.spending[plan.lever] = paid
            self.bought.setdefault(plan.lever, []).append(share)
        spent = sum(books.spending.values())
        books.shortfall = need - spent
        limit = int(books.revenue * QUARTERS_PER_YEAR * carry_limit_years)
        books.closing = min(means - spent, limit)
        books.returned = means - spent - books.closing
        self.carry = books.closing
        self.books = books
        return books

    def share_bought(self, lever: str, quarters_ago: int) -> float:
        """The share of a programme that was paid for some quarters ago (1 before it began)."""
        history = self.bought.get(lever, [])
        place = len(history) - 1 - quarters_ago
        return history[place] if 0 <= place < len(history) else 1.0
