"""The object engine: the very same rule, uncompiled, on Mesa agents that view the same rows.

Slow, and made for looking: a rule can be stepped through in a debugger. Draws, storage and sums are
those of the compiled engine, so the two give the same numbers bit for bit. Where plain arithmetic
raises an error (a division by zero, say) and compiled code goes on with infinity or NaN, the
quarter is done by the compiled engine, so that both refuse the same rules in the same words.
"""

from __future__ import annotations

import contextlib
import functools
import sys
from collections import namedtuple
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sim.agents.consumer import scam_loss
from sim.agents.firm import cost_factor, sales_capability
from sim.agents.own import LARGEST
from sim.errors import InputError
from sim.model.engine.compiler.kind import COUNTED, Kind
from sim.model.engine.compiler_messages import failed_rule, is_from_outside, own
from sim.model.engine.firm_loop import trade_one_quarter
from sim.model.engine.parallel import in_parallel
from sim.model.engine.people_loop import live_one_quarter
from sim.model.engine.rule_helpers import beside
from sim.model.engine.strict import strictly
from sim.units import USD_SCALE

Rule = Callable[..., None]
Quarter = Callable[..., None]


def plain_quarter(
    kind: Kind, rule: Rule, people: Any, compiled: Callable[[Rule], Quarter]
) -> Quarter:
    """The uncompiled quarter for a rule over agents that view rows (`people[i]`).

    `compiled` gives the compiled quarter of a rule.
    """

    def rule_of(person: Any, who: Any, env: Any, params: Any, rng: Any) -> None:
        person.who = who
        rule(person, env, params, rng)

    loss = beside(rule, scam_loss)

    def loss_of(person: Any, who: Any, env: Any, params: Any) -> float:
        return float(loss(person, env, params))

    def run(
        first: int, last: int, chunk_first: Any, community_first: Any, community_country: Any,
        shopper_share: Any, victim_share: Any, rows: Any, seen: Any, seen_next: Any,
        homes: Any, views: Any, parameters: Any, traits: Any,
        tally: Any, counts: Any, faults: Any,
    ) -> None:  # fmt: skip
        for chunk in range(first, last):
            live_one_quarter(
                chunk, chunk_first.tolist(), community_first.tolist(), community_country.tolist(),
                shopper_share.tolist(), victim_share.tolist(), people, Numbers(seen), seen_next,
                _records(homes), _records(views), _records(parameters),
                Numbers(traits), tally, counts, faults,
                rule_of, _pick, _seeing(kind), _possible(kind.bounds),
                bool(kind.own_indicators), _counting(kind), loss_of,
            )  # fmt: skip

    return _as_compiled(run, rule, compiled)


class Numbers:
    """An array whose elements are read as plain Python numbers."""

    def __init__(self, array: Any) -> None:
        self._array = array

    def __getitem__(self, place: Any) -> Any:
        value = self._array[place]
        return value.item() if value.ndim == 0 else Numbers(value)


def _records(table: Any) -> list[tuple[Any, ...]]:
    """Rows of a structured array as Python numbers by name, which no rule can change."""
    made = _record_of(table.dtype.names)
    return [made(*row.item()) for row in table]


@functools.cache
def _record_of(names: tuple[str, ...]) -> Callable[..., tuple[Any, ...]]:
    return namedtuple("record", names)


def _pick(parameters: list[tuple[Any, ...]], country: int) -> tuple[Any, ...]:
    return parameters[country]


def _seeing(kind: Kind) -> Callable[[Any, Any], tuple[Any, ...]]:
    """What an agent sees, as `Kind.seeing` writes it for the compiler."""
    env = _record_of(kind.seen)

    def see(view: Any, own: Any) -> tuple[Any, ...]:
        return env(*own, *(getattr(view, name) for name in kind.shared))

    return see


def _possible(bounds: Mapping[str, tuple[float, float]]) -> Callable[[Any], bool]:
    """Whether an agent is within its bounds, as `Kind.within_bounds` writes it for the compiler."""

    def possible(row: Any) -> bool:
        return all(low <= getattr(row, name) <= high for name, (low, high) in bounds.items())

    return possible


def _counting(kind: Kind) -> Callable[..., bool]:
    """What counts indicators of one's own, as `Kind.counting` writes it for the compiler."""

    def value_of(row: Any, of: str | Callable[..., Any]) -> Any:
        return of(row) if callable(of) else getattr(row, of)

    def count(
        tally: Any, chunk: int, cell: int, weight: float, row: Any, who: Any, faults: Any
    ) -> bool:
        column = kind.first_column
        for number, one in enumerate(kind.own_indicators):
            if one.among is None or value_of(row, one.among):
                value = float(value_of(row, one.of))
                if not -LARGEST <= value <= LARGEST:
                    faults[chunk, 1] = COUNTED + number
                    faults[chunk, 2] = value
                    return False
                tally[chunk, cell, column] += int(weight * value * USD_SCALE)
                if one.is_mean:
                    tally[chunk, cell, column + 1] += int(weight * USD_SCALE)
            column += len(one.columns)
        return True

    return count


def _as_compiled(plain: Quarter, rule: Rule, compiled: Callable[[Rule], Quarter]) -> Quarter:
    """A plain quarter that the compiled one does instead where Python's arithmetic gives up."""

    def run(*arguments: Any) -> None:
        arrays = [thing for thing in arguments if isinstance(thing, np.ndarray)]
        before = [array.copy() for array in arrays]
        strict = strictly([rule] if own(rule) else [])
        try:
            with np.errstate(all="ignore"), contextlib.redirect_stdout(sys.stderr), strict:
                plain(*arguments)
        except (ArithmeticError, ValueError) as error:
            if own(rule):  # compiled, it gives up at the same place: `faults` knows who it was
                raise
            for array, content in zip(arrays, before, strict=True):
                if array.flags.writeable:
                    array[...] = content
            try:
                instead = compiled(rule)
            except InputError:
                raise failed_rule(error, rule) from error
            in_parallel(instead, 1, *arguments[1:])
        except BaseException as error:
            if is_from_outside(error):
                raise
            raise failed_rule(error, rule) from error

    return run


def plain_trade(kind: Kind, rule: Rule, firms: Any, compiled: Callable[[Rule], Quarter]) -> Quarter:
    """The uncompiled quarter of firms, over agents that view rows (`firms[i]`)."""

    def rule_of(person: Any, who: Any, env: Any, params: Any, rng: Any) -> None:
        person.who = who
        rule(person, env, params, rng)

    size, saved = beside(rule, sales_capability), beside(rule, cost_factor)

    def size_of(person: Any, who: Any, params: Any) -> float:
        return float(size(person, params))

    def saved_of(person: Any, who: Any, params: Any) -> float:
        return float(saved(person, params))

    def run(
        first: int, last: int, chunks: Any, rows: Any, weights: Any, productivity: Any, below: Any,
        registries: Any, views: Any, ready_shares: Any, break_even: Any, sales: Any,
        parameters: Any, tally: Any, faults: Any,
    ) -> None:  # fmt: skip
        for chunk in range(first, last):
            trade_one_quarter(
                chunk, Numbers(chunks), firms, Numbers(weights), Numbers(productivity),
                Numbers(below), _records(registries), _records(views), Numbers(ready_shares),
                Numbers(break_even), Numbers(sales), _records(parameters), tally, faults,
                rule_of, _pick, _seeing(kind), _possible(kind.bounds),
                bool(kind.own_indicators), _counting(kind), size_of, saved_of,
            )  # fmt: skip

    return _as_compiled(run, rule, compiled)
