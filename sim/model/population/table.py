"""Many agents as columns: `rows` is the structured array, `[i]` a Mesa agent that views one row.

`select` and `agg` work over columns as an AgentSet does over objects. An agent is the same object
each time it is asked for, and is kept from then on (about 400 bytes), because an AgentSet does not
keep its agents alive by itself.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, did_you_mean


class Population:
    """Agents of one kind: `rows` has one record an agent, of the fields of `CONSUMER` or `SME`."""

    def __init__(self, rows: NDArray[Any], view: Callable[[int], Any]) -> None:
        self.rows = rows
        self._view = view
        self._kept: dict[int, Any] = {}

    def __len__(self) -> int:
        """Number of agents."""
        return len(self.rows)

    def __getitem__(self, number: int) -> Any:
        """The agent with this number, as a view of its row."""
        if not -len(self.rows) <= number < len(self.rows):
            raise IndexError(f"there is no agent {number} among {len(self.rows)}")
        place = number % len(self.rows)
        if place not in self._kept:
            self._kept[place] = self._view(place)
        return self._kept[place]

    def __iter__(self) -> Iterator[Any]:
        """One agent after another."""
        return (self[number] for number in range(len(self.rows)))

    def select(self, condition: Callable[[NDArray[Any]], NDArray[np.bool_]]) -> Population:
        """Those for whom `condition(rows)` is true; the rows of the result are a copy."""
        chosen = np.flatnonzero(condition(self.rows))
        return Population(self.rows[chosen], functools.partial(self._chosen, chosen))

    def _chosen(self, chosen: NDArray[np.int_], place: int) -> Any:
        return self[int(chosen[place])]

    def agg(self, field: str, function: Callable[[NDArray[Any]], Any]) -> Any:
        """`function` of the column `field` (one value an agent). Raises InputError."""
        names = self.rows.dtype.names or ()
        if field not in names:
            raise InputError(
                f"these agents have no '{field}'",
                allowed=", ".join(names),
                todo=did_you_mean(field, names) or None,
            )
        return function(self.rows[field])
