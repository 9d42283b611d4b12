"""What a rule may read and write, and the functions that follow from it, as text to compile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.mesa_adapter import RowAgent
from sim.agents.own import LARGEST, Declared, OwnIndicator
from sim.errors import InputError, did_you_mean
from sim.units import USD_SCALE

COUNTED = 100  # what `faults` names for the first indicator of a person's own; others follow
_OF_MESA = ("model", "unique_id", "pos", "who")
_MANY = ("sells_to",)  # fields that hold several numbers


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
    first_column: int  # of the tally that is free for indicators of a person's own
    own_indicators: tuple[OwnIndicator, ...] = ()
    starts: tuple[tuple[str, float | bool], ...] = ()  # of fields of a person's own

    def with_own(self, declared: Declared) -> Kind:
        """The same with what a person's own rule adds; itself where that is nothing."""
        if not declared:
            return self
        fields = declared.fields.values()
        self._refuse_names(declared)
        record = [*self.record.descr, *((one.name, one.type) for one in fields)]
        bounds = {x.name: (_kept(x.low), _kept(x.high)) for x in fields if x.type != "?"}
        return replace(
            self,
            record=np.dtype(record),
            parameters=(*self.parameters, *declared.parameters),
            bounds={**self.bounds, **bounds},
            own_indicators=tuple(declared.indicators.values()),
            starts=tuple((one.name, one.start) for one in fields),
        )

    def widened(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Rows of the shipped record with the fields of a person's own, each at its start."""
        if not self.starts:
            return rows
        wide = np.zeros(len(rows), dtype=self.record)
        for name in rows.dtype.names or ():
            wide[name] = rows[name]
        for name, start in self.starts:
            wide[name] = start
        return wide

    def _refuse_names(self, declared: Declared) -> None:
        taken = (*(self.record.names or ()), *self.fixed)
        for name, one in declared.fields.items():
            if name in taken or hasattr(RowAgent, name) or name in _OF_MESA:
                raise InputError(
                    f"the field '{name}' cannot be declared: a {self.agent} has a '{name}'",
                    where=one.where,
                    todo="choose another name",
                )
        known = (*taken, *declared.fields)
        for indicator in declared.indicators.values():
            for of in (indicator.of, indicator.among):
                if (isinstance(of, str) and of not in known) or of in _MANY:
                    raise InputError(
                        f"the indicator '{indicator.name}' counts '{of}', which no {self.agent} "
                        "has as one number",
                        where=indicator.where,
                        allowed=", ".join(name for name in known if name not in _MANY),
                        todo=did_you_mean(str(of), known) or None,
                    )

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of what is counted for indicators of a person's own, column by column."""
        return tuple(name for one in self.own_indicators for name in one.columns)

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

    def counting(self, name: str, added: Callable[[Callable[..., Any]], str]) -> str:
        """Text of a function of that name, which counts an agent for indicators of one's own.

        It is False, and `faults` says what is wrong, where a value cannot be added up. `added`
        gives the name of a function of one agent in the module.
        """
        lines, column = [], self.first_column
        for number, one in enumerate(self.own_indicators):
            indent = "    "
            if one.among is not None:
                lines.append(f"    if {self._term(one.among, added)}:")
                indent = "        "
            counted = [
                f"value = float64({self._term(one.of, added)})",
                f"if not {-LARGEST!r} <= value <= {LARGEST!r}:",
                f"    faults[chunk, 1] = {COUNTED + number}",
                "    faults[chunk, 2] = value",
                "    return False",
                f"tally[chunk, cell, {column}] += int(weight * value * {USD_SCALE!r})",
            ]
            if one.is_mean:
                counted.append(f"tally[chunk, cell, {column + 1}] += int(weight * {USD_SCALE!r})")
            lines += [indent + line for line in counted]
            column += len(one.columns)
        body = "".join(f"{line}\n" for line in [*lines, "    return True"])
        starts = ", ".join(f"{field} {start!r}" for field, start in self.starts)
        note = f"    # own fields start at: {starts}\n" if starts else ""
        return f"def {name}(tally, chunk, cell, weight, row, who, faults):\n{note}{body}"

    def _term(self, of: str | Callable[..., Any], added: Callable[..., str]) -> str:
        if callable(of):
            return f"{added(of)}(row, who)"
        return f"who.{of}" if of in self.fixed else f"row.{of}"


def _kept(bound: float) -> float:
    """A bound as a number of four bytes, as which the field is kept."""
    return float(np.float32(bound))
