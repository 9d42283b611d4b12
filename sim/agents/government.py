"""A government: takes in money for digital programmes, buys what the scenario plans, keeps books.

Each of the five governments is one `mesa.Agent`. In every quarter: what was carried over plus
revenue and grants equals what was spent plus what returns to the treasury plus what is carried on,
to the last unit of 2**-16 US$. When the plan costs more than there is, programmes are bought in the
order of the plan, or every one in the same proportion; the shortfall is reported.

What a government does beyond its plan it pays with money that would otherwise return to the
treasury, shared evenly: what one programme does not need goes to the others. So no wish takes
anything from the plan, and a dear one nothing from a cheap one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sim.agents.mesa_adapter import MekongAgent, mesa
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


class Government(MekongAgent):
    """The government of one country."""

    def __init__(self, model: mesa.Model, iso: str) -> None:
        super().__init__(model)
        self.iso = iso
        self.carry = 0
        self.books = Books()
        self.bought: dict[str, list[float]] = {}
        self.granted: dict[str, float] = {}  # share of each wish of the quarter that was paid

    def spend(
        self,
        plans: Sequence[Plan],
        revenue: float,
        carry_limit_years: float,
        grants: float = 0.0,
        wishes: Sequence[Plan] = (),
        in_order: bool = False,
    ) -> Books:
        """One quarter of budgeting; money in constant 2022 US$ per quarter.

        `plans` come first; `wishes` get what would return to the treasury. Where money is short
        plans are paid one after the other (`in_order`), or all in the same proportion.
        """
        books = Books(
            opening=self.carry,
            revenue=int(revenue * USD_SCALE),
            grants=int(grants * USD_SCALE),
        )
        means = books.opening + books.revenue + books.grants
        wanted = {plan.lever: int(plan.cost * USD_SCALE) for plan in plans}
        need = sum(wanted.values())
        common = 1.0 if need <= means else means / need
        spent = 0
        for lever, whole in wanted.items():
            if in_order:
                paid = min(whole, means - spent)
                share = paid / whole if paid < whole else 1.0
            else:
                share = common
                paid = whole if share == 1.0 else min(int(whole * share), means - spent)
            books.spending[lever] = paid
            self.bought.setdefault(lever, []).append(share)
            spent += paid
        books.shortfall = need - spent
        limit = int(books.revenue * QUARTERS_PER_YEAR * carry_limit_years)
        books.closing = min(means - spent, limit)
        self.books = books
        self.carry = books.closing
        books.returned = self._grant(wishes, means - spent - books.closing)
        return books

    def _grant(self, wishes: Sequence[Plan], free: int) -> int:
        """Spend free money on wishes, the cheapest first; what is left of it."""
        self.granted = {}
        books = self.books
        for place, wish in enumerate(sorted(wishes, key=lambda wish: (wish.cost, wish.lever))):
            wanted = int(wish.cost * USD_SCALE)
            paid = min(wanted, free // (len(wishes) - place))
            books.spending[wish.lever] = books.spending.get(wish.lever, 0) + paid
            self.granted[wish.lever] = paid / wanted if wanted else 0.0
            free -= paid
        return free

    def share_bought(self, lever: str, quarters_ago: int) -> float:
        """The share of a programme that was paid for some quarters ago (1 before it began)."""
        history = self.bought.get(lever, [])
        place = len(history) - 1 - quarters_ago
        return history[place] if 0 <= place < len(history) else 1.0
