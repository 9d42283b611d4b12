"""What a rule of one's own adds: fields that agents remember, parameters, indicators.

    from sim.agents.own import field, mean, parameter

    fear = field("index 0 to 1", low=0.0, high=1.0)
    fear_lasts = parameter("years", low=0.5, high=10.0, default=2.0)
    mean_fear = mean("fear", "index 0 to 1")

    def consumer_quarter(person, env, params, rng):
        ...
        person.fear = person.fear * decay_factor(1.0 / params.fear_lasts)

Each is known by the name that it is given, at the top of the file of a rule or in a class with the
rule. Both engines, the bounds of every quarter, scenarios, designs and tables take it from there.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as _default
from typing import Any

from sim.errors import InputError
from sim.parameters.table import Parameter

LARGEST = 500_000.0  # of what an agent remembers: sums over everybody then fit into 63 bits
OWN_RULE = "own rule"  # the mechanism and the source of its parameters
MOST_OWN = 32  # fields, and as many indicators
_LONGEST_UNIT = 40
AGENTS = ("person", "firm")
Of = str | Callable[[Any], float]


@dataclass(frozen=True)
class OwnField:
    """A number, or yes or no, that every agent remembers from quarter to quarter."""

    unit: str
    low: float
    high: float
    start: float | bool
    meaning: str = ""
    whose: str | None = None
    where: str = _default(default="", compare=False)
    name: str = ""

    @property
    def type(self) -> str:
        """How it is kept: four bytes, or one for yes or no."""
        return "?" if isinstance(self.start, bool) else "f4"


@dataclass(frozen=True)
class OwnIndicator:
    """A mean or a sum over the agents of a country, counted when all have acted."""

    unit: str
    of: Of
    among: Of | None
    is_mean: bool
    meaning: str = ""
    whose: str | None = None
    where: str = _default(default="", compare=False)
    name: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The sums that are counted for it, by the names under which they are recorded."""
        return (f"{self.name}_sum", f"{self.name}_count") if self.is_mean else (self.name,)


@dataclass(frozen=True)
class OwnParameter:
    """A parameter before it has its name."""

    parameter: Parameter
    whose: str | None = None
    where: str = _default(default="", compare=False)
    name: str = ""


@dataclass(frozen=True)
class Declared:
    """Everything that one rule adds, by name, in the order in which it is written."""

    fields: Mapping[str, OwnField] = _default(default_factory=dict)
    parameters: Mapping[str, OwnParameter] = _default(default_factory=dict)
    indicators: Mapping[str, OwnIndicator] = _default(default_factory=dict)

    @property
    def functions(self) -> Iterator[Callable[..., Any]]:
        """The functions of one agent with which indicators are counted."""
        for one in self.indicators.values():
            for of in (one.of, one.among):
                if callable(of):
                    yield of

    def texts(self) -> list[str]:
        """All of it in words, for the identity of a run."""
        return [
            *(repr((x.name, x.unit, x.low, x.high, x.start)) for x in self.fields.values()),
            *(repr(x.parameter) for x in self.parameters.values()),
            *(
                repr((x.name, x.unit, _named(x.of), _named(x.among), x.is_mean))
                for x in self.indicators.values()
            ),
        ]

    def __bool__(self) -> bool:
        return bool(self.fields or self.parameters or self.indicators)


NOTHING = Declared()


def field(
    unit: str,
    low: float,
    high: float,
    start: float | None = None,
    meaning: str = "",
    whose: str | None = None,
) -> OwnField:
    """A number that agents remember, from `low` to `high`, at first `start` (else `low`).

    `whose` is "person" or "firm" in a file with rules for both. Raises InputError.
    """
    where = _line()
    begin = low if start is None else start
    _refuse_numbers(where, {"low": low, "high": high, "start": begin})
    if not -LARGEST <= low < high <= LARGEST:
        raise InputError(
            f"a field cannot go from {low:,g} to {high:,g}",
            where=where,
            allowed=f"low below high, both from {-LARGEST:,.0f} to {LARGEST:,.0f}",
        )
    if not low <= begin <= high:
        raise InputError(
            f"the field starts at {begin:,g}", where=where, allowed=f"{low:,g} to {high:,g}"
        )
    _refuse_words(where, unit, whose)
    return OwnField(unit, float(low), float(high), float(begin), meaning, whose, where)


def yes_or_no(meaning: str = "", start: bool = False, whose: str | None = None) -> OwnField:
    """Something that agents remember as true or false. Raises InputError."""
    where = _line()
    if not isinstance(start, bool):
        raise InputError(f"{start!r} is not a start", where=where, allowed="True or False")
    _refuse_words(where, "yes or no", whose)
    return OwnField("yes or no", 0.0, 1.0, start, meaning, whose, where)


def parameter(
    unit: str,
    low: float,
    high: float,
    default: float,
    meaning: str = "",
    whose: str | None = None,
) -> OwnParameter:
    """A parameter of the rule, read as `params.NAME`: its default, and the least and most.

    A scenario sets it under [parameters], a design varies it as `parameters.NAME`; draws leave it
    at its default. Units "1/year" and "years" are those of rates and times. Raises InputError.
    """
    where = _line()
    _refuse_numbers(where, {"low": low, "high": high, "default": default})
    if not low <= default <= high:
        raise InputError(
            f"the default is {default:,g}", where=where, allowed=f"low to high: {low:,g}-{high:,g}"
        )
    _refuse_words(where, unit, whose)
    made = Parameter(
        name="",
        mechanism=OWN_RULE,
        symbol="",
        unit=unit,
        low=float(low),
        central=float(default),
        high=float(high),
        minimum=float(low),
        maximum=float(high),
        prior="linear",
        status="swept",
        meaning=meaning,
        source=OWN_RULE,
    )
    return OwnParameter(made, whose, where)


def mean(
    of: Of, unit: str, among: Of | None = None, meaning: str = "", whose: str | None = None
) -> OwnIndicator:
    """An indicator: the mean of a field over all agents of a country, or `among` some of them.

    `of` and `among` are names of fields, or functions of one agent such as
    `def afraid(person): return person.fear > 0.5`. The value of a year is that of its last quarter.
    Raises InputError.
    """
    where = _line()
    _refuse_counting(where, of, among, unit, whose)
    return OwnIndicator(unit, of, among, True, meaning, whose, where)


def total(
    of: Of, unit: str, among: Of | None = None, meaning: str = "", whose: str | None = None
) -> OwnIndicator:
    """An indicator: the sum over all persons or firms of a country, otherwise like `mean`."""
    where = _line()
    _refuse_counting(where, of, among, unit, whose)
    return OwnIndicator(unit, of, among, False, meaning, whose, where)


def is_shipped(function: object) -> bool:
    """Whether a function is the package's own, not a person's."""
    return str(getattr(function, "__module__", "")).startswith("sim.")


def declared_by(rule: Callable[..., Any]) -> Declared:
    """What the file or the class of a rule declares with it. Raises InputError."""
    known = getattr(rule, "declared", None)
    if isinstance(known, Declared):
        return known
    if is_shipped(rule):
        return NOTHING
    code = getattr(rule, "__code__", None)
    agent = code.co_varnames[0] if code is not None and code.co_argcount else ""
    return read(getattr(rule, "__globals__", {}), agent)


def read(names: Mapping[str, Any], agent: str) -> Declared:
    """What the names of a file or a class declare for the rule of a `person` or a `firm`."""
    found: dict[type, dict[str, Any]] = {OwnField: {}, OwnParameter: {}, OwnIndicator: {}}
    for name, thing in list(names.items()):
        mine = found.get(type(thing))
        if mine is None or thing.whose not in (None, agent):
            continue
        if name.startswith("_"):
            raise InputError(
                f"'{name}' cannot be the name of something declared",
                where=thing.where,
                allowed="a name that does not begin with _",
            )
        mine[name] = replace(thing, name=name)
    for kind, mine in found.items():
        if len(mine) > MOST_OWN:
            last = list(mine.values())[MOST_OWN]
            what = {OwnField: "fields", OwnParameter: "parameters", OwnIndicator: "indicators"}
            raise InputError(
                f"{len(mine)} {what[kind]} are declared",
                where=last.where,
                allowed=f"up to {MOST_OWN}",
            )
    parameters = {
        name: replace(one, parameter=replace(one.parameter, name=name))
        for name, one in found[OwnParameter].items()
    }
    return Declared(found[OwnField], parameters, found[OwnIndicator])


def _named(of: Of | None) -> str:
    return str(getattr(of, "__name__", of))


def _line() -> str:
    """The line of the file in which something is declared."""
    frame = sys._getframe(2)
    return f"{frame.f_code.co_filename.rsplit('/', 1)[-1]}, line {frame.f_lineno}"


def _refuse_numbers(where: str, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not math.isfinite(value):  # type: ignore[arg-type]
            raise InputError(
                f"{name} = {value!r} is not a number", where=where, allowed="a finite number"
            )


def _refuse_words(where: str, unit: object, whose: object) -> None:
    if not isinstance(unit, str) or not unit.strip() or len(unit) > _LONGEST_UNIT:
        raise InputError(
            f"{unit!r} is not a unit",
            where=where,
            allowed=f'up to {_LONGEST_UNIT} letters in quotes, such as "index 0 to 1" or "1/year"',
        )
    if whose is not None and whose not in AGENTS:
        raise InputError(
            f"whose = {whose!r}", where=where, allowed=" or ".join(f'"{one}"' for one in AGENTS)
        )


def _refuse_counting(where: str, of: object, among: object, unit: object, whose: object) -> None:
    for thing in (of,) if among is None else (of, among):
        if not (isinstance(thing, str) or callable(thing)):
            raise InputError(
                f"{thing!r} cannot be counted",
                where=where,
                allowed="the name of a field in quotes, or a function of one agent",
            )
    _refuse_words(where, unit, whose)
