"""Accounts that cannot be: found before they are cast to whole units or published.

A check costs a few operations on whole arrays. What it finds is raised as `Implausible`, which
knows the account and its place; the model adds the quarter and the parameters and stops the run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import MekongError
from sim.parameters.table import parameter_table
from sim.parameters.values import PRIOR_DRAWS, ParameterSet
from sim.scenario import Scenario
from sim.units import COUNTRIES, COUNTRY_NAMES, USD_SCALE

MOST_UNITS = 2.0**62  # half of what whole numbers of 64 bits hold, so that sums do too
MOST_USD = MOST_UNITS / USD_SCALE
TRADE = ("sellers", "trade", "regulation")  # mechanisms from which the market follows
_NAMED = 5  # parameters that a message names


class Implausible(ArithmeticError):
    """An account has a value that cannot be.

    `place` is the number of the country, if one; `about` the mechanisms of the parameter table from
    which the value follows (empty: any).
    """

    def __init__(
        self,
        account: str,
        value: float,
        allowed: str,
        place: int | None = None,
        about: tuple[str, ...] = (),
        cause: str = "",
    ) -> None:
        super().__init__(account, value, allowed, place, about, cause)
        self.account = account
        self.value = value
        self.allowed = allowed
        self.place = place
        self.about = about
        self.cause = cause


def check(
    account: str,
    values: NDArray[Any],
    least: float = 0.0,
    most: float | NDArray[np.float64] = MOST_USD,
    *,
    by_country: bool = True,
    about: tuple[str, ...] = (),
    cause: str = "",
) -> None:
    """Raises Implausible unless all values lie between `least` and `most`; NaN never does.

    The first axis is the country, if `by_country`.
    """
    wrong = ~((values >= least) & (values <= most))
    if not wrong.any():
        return
    where = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
    top = float(np.broadcast_to(most, wrong.shape)[where])
    raise Implausible(
        account,
        float(values[where]),
        f"{least:g} to {top:.4g}",
        int(where[0]) if by_country and len(where) else None,
        about,
        cause,
    )


def whole_units(account: str, values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Amounts in units of 2**-16 US$ as whole numbers; first axis the country."""
    wrong = ~((values >= 0.0) & (values <= MOST_UNITS))
    if wrong.any():
        check(account, values / USD_SCALE)
    return np.asarray(values.astype(np.int64))


@contextmanager
def guarded(what: str) -> Iterator[None]:
    """Raises Implausible, with no warning, where NumPy leaves the range of numbers."""
    try:
        with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
            yield
    except FloatingPointError as error:
        cause = str(error)
        raise Implausible(what, math.nan, "a finite number", about=TRADE, cause=cause) from None


@contextmanager
def stopping(
    when: str, scenario: Scenario, seed: int, isos: Sequence[str], parameters: ParameterSet
) -> Iterator[None]:
    """Tells an `Implausible` to a person: account, country, time, parameters and what to do."""
    try:
        yield
    except Implausible as error:
        place = f" of {COUNTRY_NAMES[isos[error.place]]}" if error.place is not None else ""
        cause = f" ({error.cause})" if error.cause else ""
        what = f"the run stopped: {error.account}{place} is {error.value:.4g} in {when}{cause}"
        far = far_from_prior(parameters, error.about)
        unusual = f"; furthest from their priors: {', '.join(far)}" if far else ""
        draw = parameters.draw_number
        source = f"prior draw {draw - PRIOR_DRAWS}" if draw >= PRIOR_DRAWS else f"draw {draw}"
        todo = "bring these parameters nearer to their priors, or lower the levers"
        raise MekongError(
            what,
            where=f"scenario '{scenario.name}', seed {seed}, parameters of {source}{unusual}",
            allowed=error.allowed,
            todo=todo if far else "lower the levers of the scenario, or check your own rule",
        ) from None


def far_from_prior(parameters: ParameterSet, about: Sequence[str] = ()) -> list[str]:
    """The values furthest outside of the middle nine tenths of their priors, as text.

    Only of the mechanisms in `about`, if there are any.
    """
    found: list[tuple[float, str]] = []
    for name, row in parameter_table().items():
        if about and row.mechanism not in about:
            continue
        scores = [(row.distance(iso, parameters.get(iso, name)), iso) for iso in COUNTRIES]
        most, iso = max(scores)
        if most > 1.0:
            same = len({parameters.get(place, name) for place in COUNTRIES}) == 1
            found.append(
                (most, f"{'' if same else iso + '.'}{name} = {parameters.get(iso, name):.4g}")
            )
    return [text for _, text in sorted(found, key=lambda one: (-one[0], one[1]))[:_NAMED]]
