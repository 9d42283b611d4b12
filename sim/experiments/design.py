"""Designs: which values of its inputs a study runs, as a table with one row a point.

Generators give rows in the unit cube or lists of values; what an input makes of them (bounds, or
quantiles of its prior) is said in one place, `_scaled`. The same file gives the same table.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.experiments.inputs import (
    ON,
    START,
    Input,
    as_number,
    check_value,
    parse_input,
    prior_value,
    with_prior,
)
from sim.experiments.provenance.fingerprint import digest
from sim.parameters.table import Parameter
from sim.scenario.problems import shown
from sim.units import QUARTERS_PER_YEAR

PRIOR = "prior"
MOST_POINTS = 100_000
MORRIS_LEVELS = 4
MOST_COMBINED = 12  # levers in all combinations
LOW, HIGH = 0.05, 0.95  # the quantiles between which Morris moves within a prior
KINDS = (
    "grid",
    "latin_hypercube",
    "sobol",
    "morris",
    "one_at_a_time",
    "lever_combinations",
    "csv",
)
SAMPLED = ("latin_hypercube", "sobol", "morris")  # between bounds; the others take values

Floats = NDArray[np.float64]
Values = Mapping[str, object]  # an input's name and its bounds, values, or "prior"


@dataclass(frozen=True)
class Design:
    """Points of a study: `values[point, input]`; nan leaves an input as the scenario has it.

    Without inputs there is one point, number 0; the points of a real design are 1, 2, ...
    """

    kind: str = ""
    inputs: tuple[Input, ...] = ()
    rows: tuple[tuple[float, ...], ...] = ((),)

    @property
    def points(self) -> range:
        """The numbers of the points."""
        return range(1, len(self.rows) + 1) if self.inputs else range(1)

    def values(self, point: int) -> tuple[float, ...]:
        """The values of one point, by input."""
        return self.rows[point - 1] if self.inputs else ()

    def fingerprint(self) -> str:
        """Hash of inputs and values; empty without inputs."""
        if not self.inputs:
            return ""
        return digest([[i.name for i in self.inputs], [[_text(v) for v in r] for r in self.rows]])

    def as_csv(self) -> str:
        """The points as the text of a file that `kind = "csv"` reads back."""
        lines = [",".join(["design_point", *(i.name for i in self.inputs)])]
        lines += [
            ",".join([str(point), *(_text(value) for value in self.values(point))])
            for point in self.points
        ]
        return "\n".join(lines) + "\n"


def _text(value: float) -> str:
    return "" if math.isnan(value) else repr(float(value))


def make_design(
    kind: str,
    values: Values,
    *,
    n: int | None = None,
    seed: int = 1,
    scramble: bool = True,
    own: Sequence[Parameter] = (),
) -> Design:
    """The design of a kind over inputs with bounds, values or "prior". Raises InputError.

    `n` is the number of points (Latin hypercube, Sobol') or of trajectories (Morris); `own` are
    parameters that a rule of one's own declares.
    """
    if kind not in KINDS or kind == "csv":
        raise InputError(f"there is no design '{kind}'", allowed=", ".join(KINDS))
    if not values:
        raise InputError("the design has nothing to vary", where="inputs", todo="add [inputs]")
    inputs = tuple(
        with_prior(parse_input(name, own)) if spec == PRIOR else parse_input(name, own)
        for name, spec in values.items()
    )
    specs = list(values.values())
    if kind in SAMPLED:
        if n is None:
            raise InputError(f"{kind} needs a number of points", where="design.n", todo="add n")
        unit = _UNIT[kind](len(inputs), n, seed, scramble)
        inside = LOW + (HIGH - LOW) * unit if kind == "morris" else unit
        rows = [
            tuple(
                _scaled(varied, spec, float(u), float(v))
                for varied, spec, u, v in zip(inputs, specs, plain, prior, strict=True)
            )
            for plain, prior in zip(unit, inside, strict=True)
        ]
        return _checked(kind, inputs, rows)
    for spec in specs:
        if isinstance(spec, list | tuple):
            _at_most(len(spec))
    lists = [_list(varied, spec) for varied, spec in zip(inputs, specs, strict=True)]
    if kind == "one_at_a_time":
        return _checked(kind, inputs, _one_at_a_time(lists))
    count = math.prod(len(each) for each in lists)
    if count > MOST_POINTS:
        raise _too_many(count)
    return _checked(kind, inputs, list(itertools.product(*lists)))


def lever_combinations(levers: Sequence[str]) -> Design:
    """Every combination of levers, each on (1) or off (0); 2**n points. Raises InputError."""
    if len(levers) > MOST_COMBINED:
        raise InputError(
            f"{len(levers)} levers have {2 ** len(levers)} combinations",
            where="design",
            allowed=f"up to {MOST_COMBINED} levers",
            todo="name some of them under [inputs], or draw combinations with a csv design",
        )
    return make_design("lever_combinations", {f"levers.{name}.on": [0, 1] for name in levers})


def csv_design(
    names: Sequence[str], rows: Sequence[Sequence[float]], own: Sequence[Parameter] = ()
) -> Design:
    """The points that a person lists. Raises InputError."""
    inputs = tuple(parse_input(name, own) for name in names)
    return _checked("csv", inputs, [tuple(row) for row in rows])


def _checked(kind: str, inputs: tuple[Input, ...], rows: Sequence[tuple[float, ...]]) -> Design:
    if len(rows) > MOST_POINTS:
        raise _too_many(len(rows))
    for name, times in Counter(varied.name for varied in inputs).items():
        if times > 1:
            raise InputError(f"'{name}' is varied twice", where=f"inputs.{name}")
    for column, varied in enumerate(inputs):
        known = {row[column] for row in rows if not math.isnan(row[column])}
        for value in (
            sorted(known)
            if len(known) < 100 or varied.kind in (ON, START)
            else (min(known), max(known))
        ):
            check_value(varied, value)
    return Design(kind, inputs, tuple(tuple(float(v) for v in row) for row in rows))


def _too_many(count: int) -> InputError:
    return InputError(
        f"the design has {count} points", where="design", allowed=f"up to {MOST_POINTS} points"
    )


def _scaled(varied: Input, spec: object, unit: float, quantile: float) -> float:
    """A coordinate of the unit cube as a value: between bounds, or a quantile of the prior."""
    if spec == PRIOR:
        return prior_value(varied, quantile)
    bounds = _numbers(varied, spec)
    if len(bounds) != 2 or not bounds[0] < bounds[1]:
        raise InputError(
            f"{shown(spec)} are not bounds",
            where=f"inputs.{varied.name}",
            allowed='the lowest and the highest value, such as [0, 8], or "prior"',
        )
    for value in bounds:
        check_value(varied, value)
    if varied.kind == ON:
        return float(unit >= 0.5)
    if varied.kind == START:  # every quarter from the first to the last is as likely
        quarters = (bounds[1] - bounds[0]) * QUARTERS_PER_YEAR
        return bounds[0] + min(math.floor(unit * (quarters + 1)), quarters) / QUARTERS_PER_YEAR
    return bounds[0] + (bounds[1] - bounds[0]) * unit


def _list(varied: Input, spec: object) -> list[float]:
    if spec == PRIOR:
        return [prior_value(varied, quantile) for quantile in (LOW, 0.5, HIGH)]
    values = _numbers(varied, spec)
    if not values or len(set(values)) < len(values):
        raise InputError(
            f"{shown(spec)} is not a list of different values",
            where=f"inputs.{varied.name}",
            allowed='values such as [0, 2, 4], or "prior" for its 5th, 50th and 95th percentile',
        )
    return values


def _numbers(varied: Input, spec: object) -> list[float]:
    values = [as_number(varied, v) for v in spec] if isinstance(spec, list | tuple) else [None]
    numbers = [
        float(value)
        for value in values
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    ]
    if len(numbers) == len(values):
        return numbers
    raise InputError(
        f"{shown(spec)} does not say how to vary it",
        where=f"inputs.{varied.name}",
        allowed='quarters in brackets, such as ["2026Q1", "2028Q1"]'
        if varied.kind == START
        else 'numbers in brackets, such as [0, 8], or "prior"',
    )


def _one_at_a_time(lists: Sequence[Sequence[float]]) -> list[tuple[float, ...]]:
    """Everything as it is, then each input at each of its values, all others as they are."""
    nothing = [math.nan] * len(lists)
    rows = [tuple(nothing)]
    for column, values in enumerate(lists):
        for value in values:
            row = list(nothing)
            row[column] = value
            rows.append(tuple(row))
    return rows


def _latin_hypercube(dimensions: int, n: int, seed: int, _: bool) -> Floats:
    from scipy.stats import qmc

    _at_least(n, 1)
    return np.asarray(qmc.LatinHypercube(dimensions, rng=np.random.default_rng(seed)).random(n))


def _sobol(dimensions: int, n: int, seed: int, scramble: bool) -> Floats:
    from scipy.stats import qmc

    if n < 1 or n & (n - 1):
        raise InputError(
            f"{n} points of a Sobol' sequence are not balanced",
            where="design.n",
            allowed="a power of two, such as 64, 128 or 256",
        )
    _at_most(n)
    sampler = qmc.Sobol(dimensions, scramble=scramble, rng=np.random.default_rng(seed))
    return np.asarray(sampler.random(n))


def _morris(dimensions: int, n: int, seed: int, _: bool) -> Floats:
    try:
        from SALib.sample import morris
    except ImportError as error:
        raise InputError(
            "a Morris design needs SALib, which is not installed",
            todo="pip install 'mekong-digital-economy[analysis]'",
        ) from error
    _at_least(n, 2)
    _at_most(n * (dimensions + 1))
    names = [f"x{k}" for k in range(dimensions)]
    problem = {"num_vars": dimensions, "names": names, "bounds": [[0.0, 1.0]] * dimensions}
    # Some versions take the seed 0 for none.
    return np.asarray(morris.sample(problem, n, num_levels=MORRIS_LEVELS, seed=seed + 1))


def _at_least(n: int, fewest: int) -> None:
    if n < fewest:
        raise InputError(f"{n} is too few", where="design.n", allowed=f"{fewest} or more")
    _at_most(n)


def _at_most(count: int) -> None:
    if count > MOST_POINTS:
        raise _too_many(count)


_UNIT = {"latin_hypercube": _latin_hypercube, "sobol": _sobol, "morris": _morris}
