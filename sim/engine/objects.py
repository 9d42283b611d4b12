"""The object engine: the very same rule, uncompiled, on Mesa agents that view the same rows.

Slow, and made for looking: a rule can be stepped through in a debugger. Draws, storage and sums are
those of the compiled engine, so the two give the same numbers bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from sim.agents.consumer import scam_loss
from sim.agents.sme import cost_factor, strength
from sim.engine.beside import beside
from sim.engine.chunk import live_one_quarter
from sim.engine.shops import trade_one_quarter


def plain_quarter(rule: Callable[..., None], people: Any) -> Callable[..., None]:
    """The uncompiled quarter for a rule over agents that view rows (`people[i]`)."""

    def rule_of(me: Any, who: Any, here: Any, p: Any, luck: Any) -> None:
        me.who = who
        rule(me, here, p, luck)

    loss = beside(rule, scam_loss)

    def loss_of(me: Any, who: Any, here: Any, p: Any) -> float:
        return float(loss(me, here, p))

    def run(
        chunks: int, chunk_first: Any, community_first: Any, community_country: Any,
        shopper_share: Any, victim_share: Any, rows: Any, seen: Any, seen_next: Any,
        homes: Any, views: Any, parameters: Any, ranks: Any, log_incomes: Any,
        tally: Any, counts: Any,
    ) -> None:  # fmt: skip
        for chunk in range(chunks):
            live_one_quarter(
                chunk, chunk_first.tolist(), community_first.tolist(), community_country.tolist(),
                shopper_share.tolist(), victim_share.tolist(), people, Numbers(seen), seen_next,
                _records(homes), _records(views), _records(parameters),
                Numbers(ranks), Numbers(log_incomes), tally, counts,
                rule_of, _pick, loss_of,
            )  # fmt: skip

    return run


class Numbers:
    """An array whose elements are read as plain Python numbers."""

    def __init__(self, array: Any) -> None:
        self._array = array

    def __getitem__(self, place: Any) -> Any:
        value = self._array[place]
        return value.item() if value.ndim == 0 else Numbers(value)


def _records(table: Any) -> list[SimpleNamespace]:
    """Rows of a structured array as plain objects of Python numbers."""
    names = table.dtype.names
    return [SimpleNamespace(**{n: row[n].item() for n in names}) for row in table]


def _pick(parameters: list[SimpleNamespace], country: int) -> SimpleNamespace:
    return parameters[country]


def plain_trade(rule: Callable[..., None], firms: Any) -> Callable[..., None]:
    """The uncompiled quarter of firms, over agents that view rows (`firms[i]`)."""

    def rule_of(me: Any, who: Any, here: Any, p: Any, luck: Any) -> None:
        me.who = who
        rule(me, here, p, luck)

    size, saved = beside(rule, strength), beside(rule, cost_factor)

    def size_of(me: Any, who: Any, p: Any) -> float:
        return float(size(me, p))

    def saved_of(me: Any, who: Any, p: Any) -> float:
        return float(saved(me, p))

    def run(
        total: int, chunks: Any, rows: Any, weights: Any, productivity: Any, below: Any,
        registries: Any, views: Any, ready_shares: Any, break_even: Any, sales: Any,
        parameters: Any, tally: Any,
    ) -> None:  # fmt: skip
        for chunk in range(total):
            trade_one_quarter(
                chunk, Numbers(chunks), firms, Numbers(weights), Numbers(productivity),
                Numbers(below), _records(registries), _records(views), Numbers(ready_shares),
                Numbers(break_even), Numbers(sales), _records(parameters), tally,
                rule_of, _pick, size_of, saved_of,
            )  # fmt: skip

    return run
