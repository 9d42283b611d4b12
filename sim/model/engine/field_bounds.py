"""Values that an agent cannot have, and the refusal of a rule that gives one.

The loops of both engines hold every record against its declared bounds as soon as its agent has
acted, and what the counting functions return too. They note the first fault of a chunk in a row of
`faults`: the agent's number plus one (0: no fault), which of the functions it was (0: the record),
its value, and who is acting (0 in the end, -1 before). An error inside compiled code ends its chunk
and, on any thread but the first, is lost on the way: whoever was acting then still stands there.
"""

from __future__ import annotations

import ast
import linecache
import math
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.agents import consumer
from sim.agents import firm as sme
from sim.agents.own import LARGEST, is_shipped
from sim.errors import MekongError
from sim.model.engine.compiler.kind import COUNTED, Kind
from sim.model.engine.compiler_messages import last_personal
from sim.model.engine.firm_loop import COST, POWER, SELLS
from sim.model.engine.people_loop import LOSS
from sim.model.plausibility import far_from_prior
from sim.parameters.values import ParameterSet
from sim.resources import PACKAGE, shipped
from sim.scenario import Scenario
from sim.units import quarter_label

Bounds = tuple[float, float]
_CAREFUL = "check every division, logarithm and exponential that leads to it"
_ENDED = "the rule ended with an error"
_NO_ERROR = (
    "no division by 0, nothing from math that has no value, hazards of 0 or more, whole numbers "
    "within 64 bits, in [ ] a place that is there, a step of range() other than 0"
)
_STOPPED = -1  # what `_first` says of an agent whose function did not end


class Followed(Protocol):
    """What the command that follows an agent needs to know of a model."""

    next_quarter: int
    parameters: ParameterSet
    policy_scenario: Scenario
    rules: dict[str, Callable[..., None]]
    scale: int
    seed_number: int


class ImpossibleValue(MekongError):
    """A rule gave an agent a value that it cannot have; the run has stopped (exit status 1).

    `kind` is "consumer" or "sme", `country` its code, `number` that of the agent in its country.
    """

    kind = country = ""
    number = -1

    def followed(self, model: Followed) -> ImpossibleValue:
        """The same, with the quarter and the command that shows how it came about."""
        file = model.policy_scenario.source_file
        own = file is not None and file.parent != shipped("scenarios")
        words = ["mekong", "trace", typed(file) if file and own else model.policy_scenario.name]
        words += ["--country", self.country, f"--{self.kind}", str(self.number)]
        words += ["--seed", str(model.seed_number), "--scale", str(model.scale)]
        rule = file_of(model.rules[self.kind])
        if rule is not None:
            words += ["--rule", typed(rule)]
        if is_shipped(model.rules[self.kind]):  # a fault of no rule's writer
            far = far_from_prior(model.parameters)
            unusual = f" (furthest away: {', '.join(far)})" if far else ""
            self.todo = f"bring the parameters nearer to their priors{unusual}, or lower the levers"
            return self.told(model.next_quarter)
        return self.told(model.next_quarter, shlex.join(words))

    def told(self, quarter: int, command: str | None = None) -> ImpossibleValue:
        """The same, with the quarter."""
        label = f" in {quarter_label(quarter)}"
        where = self.where or ""
        agent, comma, file = where.partition(", ")
        if label not in where:
            where = f"{agent}{label}{comma}{file}"
        todo = f"{self.todo}; `{command}` follows this agent" if command else self.todo
        made = ImpossibleValue(self.what, where=where, allowed=self.allowed, todo=todo)
        made.kind, made.country, made.number = self.kind, self.country, self.number
        return made


class _Agent(NamedTuple):
    """Whose fault it is: `number` among all agents of the kind, `first` of each country."""

    kind: str
    number: int
    countries: Sequence[str]
    first: NDArray[np.int64]
    rule: Callable[..., None]


def no_faults(chunks: int) -> NDArray[np.float64]:
    """The table into which the loops write."""
    faults = np.zeros((chunks, 4))
    faults[:, 3] = -1.0
    return faults


def stopped_inside(faults: NDArray[np.float64], error: Exception) -> bool:
    """Whether an error came from an agent's function after it had begun."""
    known = isinstance(error, MekongError | MemoryError)
    return not known and bool((faults[:, 3] > 0).any())


def _ended(error: Exception | None, agent: _Agent) -> ImpossibleValue:
    """An agent's function gave up; plain Python knows why and in which line."""
    if error is None:
        return _told_of(_ENDED, _NO_ERROR, _CAREFUL, agent)
    said = f"{_ENDED} ({type(error).__name__}: {error})"
    line = last_personal(error)
    if line is None or not Path(line.filename).is_file() or PACKAGE in Path(line.filename).parents:
        return _told_of(said, _NO_ERROR, "look for the line", agent)
    return _told_of(said, _NO_ERROR, _CAREFUL, agent, f", line {line.lineno}: {line.line}")


def refuse_people(
    faults: NDArray[np.float64],
    rows: NDArray[Any],
    own: Kind,
    countries: Sequence[str],
    first: NDArray[np.int64],
    rule: Callable[..., None],
    error: Exception | None = None,
) -> None:
    """Raises ImpossibleValue if a person has an impossible value; `first` people by country.

    `error` is what ended the loops early.
    """
    found = _first(faults)
    if found is None:
        return
    agent, what, value = found
    who = _Agent("consumer", agent, countries, first, rule)
    if what == _STOPPED:
        raise _ended(error, who)
    if what >= COUNTED:
        fault = _of_indicator(what, value, own)
    elif what == LOSS:
        fault = ("scam_loss", value, (0.0, consumer.LARGEST_AMOUNT))
    else:
        fault = _outside(rows[agent], own.bounds)
    raise _impossible(*fault, who)


def refuse_firms(
    faults: NDArray[np.float64],
    rows: NDArray[Any],
    weights: NDArray[np.float32],
    own: Kind,
    countries: Sequence[str],
    first: NDArray[np.int64],
    rule: Callable[..., None],
    error: Exception | None = None,
) -> None:
    """Raises ImpossibleValue if a firm has an impossible value; `first` rows by country.

    `error` is what ended the loops early.
    """
    found = _first(faults)
    if found is None:
        return
    agent, what, value = found
    who = _Agent("sme", agent, countries, first, rule)
    if what == _STOPPED:
        raise _ended(error, who)
    if what >= COUNTED:
        fault = _of_indicator(what, value, own)
    elif what == SELLS:
        market = int(value)
        sells = float(rows["sells_to"][agent, market])
        highest = 1.0 if rows["online"][agent] else 0.0
        fault = (f"sells_to[{market}]", sells, (0.0, highest))
    elif what == POWER:
        most = sme.LARGEST_STRENGTH / len(rows) / float(weights[agent])
        fault = ("sales_capability", value, (0.0, most))
    elif what == COST:
        fault = ("cost_factor", value, (0.0, sme.LARGEST_COST_FACTOR))
    else:
        fault = _outside(rows[agent], own.bounds)
    raise _impossible(*fault, who)


def _first(faults: NDArray[np.float64]) -> tuple[int, int, float] | None:
    """Agent, function and value of the first fault, in the order of the chunks."""
    chunks = np.flatnonzero((faults[:, 0] > 0) | (faults[:, 3] > 0))
    if not len(chunks):
        return None
    number, what, value, acting = faults[chunks[0]].tolist()
    return (int(number) - 1, int(what), value) if number else (int(acting) - 1, _STOPPED, value)


def _outside(row: Any, bounds: Mapping[str, Bounds]) -> tuple[str, float, Bounds]:
    for name, (low, high) in bounds.items():
        value = float(row[name])
        if not low <= value <= high:
            return name, value, (low, high)
    raise AssertionError("the loop and the table of bounds disagree")


def _of_indicator(what: int, value: float, own: Kind) -> tuple[str, float, Bounds]:
    name = own.own_indicators[what - COUNTED].name
    return f"what {name} counts of an agent", value, (-LARGEST, LARGEST)


def _impossible(
    field: str,
    value: float,
    bounds: Bounds,
    agent: _Agent,
) -> ImpossibleValue:
    allowed = f"{field} from {bounds[0]:,g} to {bounds[1]:,g}"
    if field.startswith("sells_to") and bounds[1] == 0.0:
        allowed = "sells_to is 0 in every market while the firm has no online shop (firm.online)"
    said = f"{field} became {_said(value)}, which it cannot be"
    return _told_of(said, allowed, _CAREFUL, agent, _lines_that_set(agent.rule, field))


def _lines_that_set(rule: Callable[..., None], field: str) -> str:
    """The lines of a person's own file or cell in which a field is written."""
    if is_shipped(rule):
        return ""
    text = "".join(linecache.getlines(rule.__code__.co_filename))
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except SyntaxError:  # a cell with commands of the notebook
        return ""
    found = {
        node.lineno
        for node in nodes
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and node.attr == field.partition("[")[0]
    }
    lines = ", ".join(str(line) for line in sorted(found))
    return f", line{'s' if len(found) > 1 else ''} {lines}" if found else ""


def _told_of(
    said: str,
    allowed: str,
    todo: str,
    agent: _Agent,
    lines: str = "",
) -> ImpossibleValue:
    kind, number, countries, first, rule = agent
    position = int(np.searchsorted(first, number, side="right")) - 1
    number -= int(first[position])
    who = "person" if kind == "consumer" else "firm"
    file = file_of(rule)
    where = f"{who} {number} of {countries[position]}" + (f", {file.name}" if file else "") + lines
    made = ImpossibleValue(said, where=where, allowed=allowed, todo=todo)
    made.kind, made.country, made.number = kind, countries[position], number
    return made


def file_of(rule: Callable[..., object]) -> Path | None:
    """The file of a person's own rule; None for a shipped rule or a cell of a notebook."""
    code = getattr(rule, "__code__", None)
    path = Path(code.co_filename) if code else None
    own = path is not None and path.is_file() and not is_shipped(rule)
    return path if own else None


def typed(path: Path) -> str:
    """A path as one types it here."""
    near = os.path.relpath(path)
    return str(path) if near.startswith("..") else near


def _said(value: float) -> str:
    if math.isnan(value):
        return "NaN (not a number)"
    if math.isinf(value):
        return "infinity" if value > 0 else "minus infinity"
    return f"{value:.6g}"
