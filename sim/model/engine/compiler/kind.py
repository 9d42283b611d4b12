"""What a rule may read and write, and the functions that follow from it, as text to compile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Kind:
    """What a rule may read and write: the record of one agent, and what it sees."""

    agent: str  # what a rule calls its agent: `person` or `firm`
    record: np.dtype[Any]
    fixed: tuple[str, ...]  # what never changes about the agent
    own: tuple[str, ...]  # fields of `env` that are the agent's own
    shared: tuple[str, ...]  # fields of `env` that are those of its country
    parameters: tuple[str, ...]  # names of `params`
    bounds: Mapping[str, tuple[float, float]]  # of every number that it remembers

    @property
    def arguments(self) -> list[str]:
        """The arguments of a rule of this kind."""
        return [self.agent, "env", "params", "rng"]

    @property
    def seen(self) -> tuple[str, ...]:
        """All fields of `env`."""
        return self.own + self.shared

    def seeing(self, name: str) -> str:
        """Text of a function of that name: `env` from what a country and one agent see."""
        values = [*(f"own.{x}" for x in self.own), *(f"view.{x}" for x in self.shared)]
        return f"def {name}(view, own):\n    return Env({', '.join(values)})\n"

    def within_bounds(self, name: str) -> str:
        """Text of a function of that name: whether a record is within its bounds (NaN is not)."""
        tests = [f"{low!r} <= row.{x} <= {high!r}" for x, (low, high) in self.bounds.items()]
        return f"def {name}(row):\n    return {' and '.join(tests)}\n"
