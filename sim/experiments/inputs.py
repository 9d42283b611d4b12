"""What a study varies: parameters; levels and dates of levers, on or off; as study files name them.

    parameters.trust_recovery             one value for the five countries
    parameters.THA.shopper_lapse          of one country
    parameters.shopper_lapse.quantile     the same quantile (0 to 1) of each country's own prior
    levers.broadband_investment.level     wherever a scenario uses the lever
    levers.broadband_investment.KHM.level in one place
    levers.broadband_investment.on        1 as the scenario has it, 0 without the lever
    levers.broadband_investment.start     the first quarter, a number of years: 2026.25 is 2026Q2
    levers.broadband_investment.ramp_years   years until the level is reached
                                          (start and ramp_years, too, may be of one place)

A parameter belongs to the world and changes all scenarios alike, the baseline included. A lever
changes those policies that use it, and never the baseline.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scipy.special import ndtri

from sim.errors import InputError, did_you_mean, known_name
from sim.parameters.table import Parameter, parameter_table
from sim.parameters.values import ONE_FOR_ALL, ParameterSet, with_own_rows
from sim.policy.levers import LEVERS
from sim.policy.schedule import (
    Schedule,
    duration_faults,
    level_faults,
    quarter_faults,
    unknown_lever,
)
from sim.scenario import Scenario
from sim.units import COUNTRIES, QUARTERS_PER_YEAR, quarter_index, quarter_label

PARAMETER, QUANTILE, ON = "parameter", "quantile", "on"
LEVEL, START, RAMP = "level", "start", "ramp_years"  # fields of a schedule
_OF_SCHEDULE = (LEVEL, START, RAMP)
_SHAPES = (
    "parameters.NAME, parameters.ISO.NAME, parameters.NAME.quantile, levers.NAME.on, "
    "levers.NAME.level, levers.NAME.start or levers.NAME.ramp_years (of one place: "
    "levers.NAME.PLACE.level and so on)"
)
_QUARTERS = 'quarters such as "2026Q1", or years such as 2026, 2026.25, 2026.5 and 2026.75'


@dataclass(frozen=True)
class Input:
    """One thing that varies: `target` is a parameter (`THA.name` for one country) or a lever.

    `place` narrows a level or a date to one country, pair or the region.
    """

    name: str
    kind: str
    target: str
    place: str = ""
    own: Parameter | None = None  # what a rule of one's own declares of it

    @property
    def about(self) -> Parameter:
        """The row of the parameter."""
        return self.own or parameter_table()[self.parameter]

    @property
    def of_world(self) -> bool:
        """True for what changes every scenario alike."""
        return self.kind in (PARAMETER, QUANTILE)

    @property
    def parameter(self) -> str:
        """The parameter that is set, without its country; for a lever its name."""
        return self.target.rpartition(".")[2]


def parse_input(name: str, own: Sequence[Parameter] = ()) -> Input:
    """The input with this name, of a parameter also of the `own` ones of a rule.

    Raises InputError for what does not exist.
    """
    head, *rest = name.split(".")
    where = f"inputs.{name}"
    if head == "parameters" and rest and rest != [""]:
        return _parameter(name, rest, where, own)
    if head == "levers" and len(rest) >= 2:
        return _lever(name, rest, where)
    raise InputError(f"'{name}' is not something to vary", where=where, allowed=_SHAPES)


def _parameter(name: str, rest: Sequence[str], where: str, own: Sequence[Parameter]) -> Input:
    quantile = rest[-1] == "quantile" and len(rest) == 2
    key = rest[0] if quantile else ".".join(rest)
    plain = key.rpartition(".")[2]
    table = with_own_rows(own)
    listed = "the names that `mekong list parameters` lists"
    known_name(plain, table, where, "parameter", listed)
    try:
        ParameterSet.prior_draw(0).with_own(own).asked({key: table[plain].central})
    except InputError as error:
        raise InputError(error.what, where=where, allowed=error.allowed, todo=error.todo) from None
    mine = next((one for one in own if one.name == plain), None)
    return Input(name, QUANTILE if quantile else PARAMETER, key, own=mine)


def _lever(name: str, rest: Sequence[str], where: str) -> Input:
    lever, what = rest[0], rest[-1]
    if lever not in LEVERS:
        problem = unknown_lever(lever)
        raise InputError(problem.what, where=where, allowed=problem.allowed, todo=problem.todo)
    if what not in (*_OF_SCHEDULE, ON) or len(rest) > 3 or (what == ON and len(rest) == 3):
        raise InputError(f"'{name}' is not something to vary", where=where, allowed=_SHAPES)
    place = rest[1] if len(rest) == 3 else ""
    if place and place not in LEVERS[lever].places:
        raise InputError(
            f"'{place}' is not a place of {lever}",
            where=where,
            allowed=", ".join(LEVERS[lever].places),
            todo=did_you_mean(place, LEVERS[lever].places) or None,
        )
    return Input(name, what, lever, place)


def as_number(varied: Input, value: object) -> object:
    """A value of a study file as a design holds it: a quarter in quotes becomes a year."""
    if varied.kind != START or not isinstance(value, str):
        return value
    try:
        return quarter_index(value) / QUARTERS_PER_YEAR
    except InputError as error:
        where = f"inputs.{varied.name}"
        raise InputError(error.what, where=where, allowed=error.allowed, todo=error.todo) from None


def check_value(varied: Input, value: float) -> None:
    """Refuse a value that a scenario could not have. Raises InputError."""
    where = f"inputs.{varied.name}"
    if varied.kind == PARAMETER:
        try:
            own = (varied.own,) if varied.own else ()
            ParameterSet.prior_draw(0).with_own(own).asked({varied.target: value})
        except InputError as error:
            raise InputError(error.what, where=where, allowed=error.allowed) from None
    elif varied.kind == LEVEL:
        for fault in level_faults(LEVERS[varied.target], value):
            raise InputError(fault.what, where=where, allowed=fault.allowed, todo=fault.todo)
    elif varied.kind == START:
        if not (value * QUARTERS_PER_YEAR).is_integer():
            raise InputError(f"{value:g} is not a quarter", where=where, allowed=_QUARTERS)
        for _, fault in quarter_faults(int(value * QUARTERS_PER_YEAR), None):
            raise InputError(fault.what, where=where, allowed=fault.allowed)
    elif varied.kind == RAMP:
        for fault in duration_faults(value):
            raise InputError(fault.what, where=where, allowed=fault.allowed)
    elif varied.kind == QUANTILE and not 0.0 <= value <= 1.0:
        raise InputError(f"{value:g} is not a quantile", where=where, allowed="0 to 1")
    elif varied.kind == ON and value not in (0.0, 1.0):
        raise InputError(f"{value:g} is neither on nor off", where=where, allowed="0 or 1")


def with_prior(varied: Input) -> Input:
    """The input when its values come from the prior; a parameter that differs between countries

    is varied by its quantile, so that each country moves within its own prior.
    """
    if not varied.of_world:
        raise InputError(
            "a lever has no prior",
            where=f"inputs.{varied.name}",
            allowed="bounds such as [0, 8], or the values of a grid",
        )
    if varied.kind == PARAMETER and varied.about.status == "fixed":
        raise InputError(
            f"'{varied.parameter}' is fixed and has no prior",
            where=f"inputs.{varied.name}",
            allowed="bounds such as [0, 1], or the values of a grid",
        )
    whole = varied.target not in ONE_FOR_ALL and "." not in varied.target
    if varied.kind == PARAMETER and whole and varied.about.by_country:
        return Input(f"{varied.name}.quantile", QUANTILE, varied.target)
    return varied


def prior_value(varied: Input, quantile: float) -> float:
    """The value at a quantile (0 to 1) of an input's prior."""
    if varied.kind == QUANTILE:
        return quantile
    iso = varied.target.partition(".")[0]
    return varied.about.quantile(iso if iso in COUNTRIES else "", _score(quantile))


def _score(quantile: float) -> float:
    return float(ndtri(min(max(quantile, 1e-9), 1.0 - 1e-9)))


def overrides(inputs: Iterable[Input], values: Iterable[float]) -> dict[str, float]:
    """What a point of a design changes about the parameters; nan leaves an input as it is."""
    found: dict[str, float] = {}
    for varied, value in zip(inputs, values, strict=True):
        if math.isnan(value):
            continue
        if varied.kind == PARAMETER:
            found[varied.target] = value
        elif varied.kind == QUANTILE:
            for iso in COUNTRIES:
                found[f"{iso}.{varied.target}"] = varied.about.quantile(iso, _score(value))
    return found


def is_there(drawn: ParameterSet, key: str, value: float) -> bool:
    """True where an override (`name` or `THA.name`) is what a draw has anyway."""
    iso, dot, name = key.rpartition(".")
    return all(drawn.get(country, name) == value for country in ((iso,) if dot else COUNTRIES))


def applies(varied: Input, scenario: Scenario, unchanged: Collection[str]) -> bool:
    """Whether an input changes anything about a scenario; levers of the `unchanged` stay."""
    if varied.of_world:
        return True
    if scenario.name in unchanged:
        return False
    schedules = scenario.levers.get(varied.target, ())
    return any(not varied.place or varied.place in s.places for s in schedules)


def in_force(inputs: Sequence[Input], values: Sequence[float]) -> list[float]:
    """The values of a point with nan for levels and dates of levers that it takes away."""
    off = {i.target for i, v in zip(inputs, values, strict=True) if i.kind == ON and v == 0.0}
    return [
        math.nan if varied.kind in _OF_SCHEDULE and varied.target in off else value
        for varied, value in zip(inputs, values, strict=True)
    ]


def with_levers(
    scenario: Scenario,
    inputs: Iterable[Input],
    values: Iterable[float],
    unchanged: Collection[str],
) -> Scenario:
    """The scenario with the levels and dates that a point of a design gives its levers."""
    levers: dict[str, tuple[Schedule, ...]] = dict(scenario.levers)
    pairs = sorted(zip(inputs, values, strict=True), key=lambda pair: bool(pair[0].place))
    for varied, value in pairs:  # one place beats all
        if varied.of_world or math.isnan(value) or not applies(varied, scenario, unchanged):
            continue
        if varied.kind in _OF_SCHEDULE:
            levers[varied.target] = _changed(levers.get(varied.target, ()), varied, value)
        elif value == 0.0:
            levers.pop(varied.target, None)
    return scenario if levers == scenario.levers else replace(scenario, levers=levers)


def _changed(schedules: Sequence[Schedule], varied: Input, value: float) -> tuple[Schedule, ...]:
    place = varied.place
    change: dict[str, Any] = {varied.kind: value}
    if varied.kind == START:
        change = {START: round(value * QUARTERS_PER_YEAR)}
    found: list[Schedule] = []
    for schedule in schedules:
        if not place:
            found.append(replace(schedule, **change))
        elif place in schedule.places:
            others = tuple(other for other in schedule.places if other != place)
            if others:
                found.append(replace(schedule, places=others))
            found.append(replace(schedule, places=(place,), **change))
        else:
            found.append(schedule)
    return tuple(found)


def refuse_overruled(inputs: Iterable[Input], scenarios: Iterable[Scenario]) -> None:
    """A scenario's own parameters come last, so an input that one sets itself would do nothing."""
    for varied in inputs:
        for scenario in scenarios:
            if varied.of_world and _sets(scenario.overrides, varied):
                raise InputError(
                    f"'{scenario.name}' sets {varied.parameter} itself, so varying it would do "
                    "nothing there",
                    where=f"inputs.{varied.name}",
                    todo="take it out of the scenario, or out of the inputs",
                )


def refuse_dates(
    inputs: Sequence[Input],
    rows: Sequence[Sequence[float]],
    scenarios: Iterable[Scenario],
    unchanged: Collection[str],
) -> None:
    """Refuse a start after the end of a scenario's lever, or one start for several periods."""
    for column, varied in enumerate(inputs):
        if varied.kind != START:
            continue
        starts = sorted({row[column] for row in rows if not math.isnan(row[column])})
        for scenario in scenarios:
            if applies(varied, scenario, unchanged):
                _refuse_periods(varied, scenario)
                for start in starts:
                    _refuse_start(varied, scenario, start)


def _refuse_periods(varied: Input, scenario: Scenario) -> None:
    of_place = Counter(p for block in scenario.levers[varied.target] for p in block.places)
    for place in (varied.place,) if varied.place else of_place:
        if of_place[place] > 1:
            raise InputError(
                f"'{scenario.name}' uses {varied.target} in {place} in several periods, which "
                "cannot have one start",
                where=f"inputs.{varied.name}",
                allowed="a scenario with one block of the lever for a place",
            )


def _refuse_start(varied: Input, scenario: Scenario, start: float) -> None:
    try:
        _changed(scenario.levers[varied.target], varied, start)
    except InputError as error:
        first = quarter_label(round(start * QUARTERS_PER_YEAR))
        raise InputError(
            f"with the start {first}, '{scenario.name}' is impossible: {error.what}",
            where=f"inputs.{varied.name}",
            allowed=f"starts up to the end of {varied.target} in the scenario",
        ) from None


def _sets(parameters: Mapping[str, float], varied: Input) -> bool:
    """True when a scenario sets a parameter in a country in which the input varies it."""
    iso, dot, plain = varied.target.rpartition(".")
    for key in parameters:
        there, dotted, name = key.rpartition(".")
        if name == plain and (not dot or not dotted or there == iso):
            return True
    return False
