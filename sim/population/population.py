"""Many agents as columns: `rows` is the structured array, `[i]` a Mesa agent that views one row.

`select` and `agg` work over columns as an AgentSet does over objects.
"""

from __future__ import annotations

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

    def __len__(self) -> int:
        """Number of agents."""
        return len(self.rows)

    def __getitem__(self, number: int) -> Any:
        """The agent with this number, as a view of its row."""
        if not -len(self.rows) <= number < len(self.rows):
            raise IndexError(f"there is no agent {number} among {len(self.rows)}")
        return self._view(number % len(self.rows))

    def __iter__(self) -> Iterator[Any]:
        """One view after another."""
        return (self._view(number) for number in range(len(self.rows)))

    def select(self, condition: Callable[[NDArray[Any]], NDArray[np.bool_]]) -> Population:
        """Those for whom `condition(rows)` is true; the rows of the result are a copy."""
        chosen = np.flatnonzero(condition(self.rows))
        return Population(self.rows[chosen], lambda i: self._view(int(chosen[i])))

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
