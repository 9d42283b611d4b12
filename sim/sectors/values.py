"""The values of the account's parameters that go with a run: a draw of the posterior or the prior.

Draw k of `calibration/sectors/draws.csv` was estimated given draw k of the posterior of the model,
so the account of a run takes the row with the number of the run's own draw.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.parameters.posterior import DRAWS as OF_THE_MODEL
from sim.parameters.table import sector_table
from sim.parameters.values import PRIOR_DRAWS, values_of_draw
from sim.resources import shipped
from sim.units import COUNTRIES

Floats = NDArray[np.float64]
DRAWS = ("calibration", "sectors", "draws.csv")
MANIFEST = ("calibration", "sectors", "manifest.json")
_TODO = "make it with mekong evidence sectors, or take it from the repository"


def sector_values(draws: Iterable[int]) -> dict[str, Floats]:
    """Parameters by name, (runs, countries), for the draw of each run.

    Draw 0 is the central set, numbers above `PRIOR_DRAWS` are draws of the prior. Raises InputError
    for a draw that was not estimated.
    """
    found = [_of_draw(int(draw)) for draw in draws]
    return {
        name: np.array([[one[name][iso] for iso in COUNTRIES] for one in found])
        for name in sector_table()
    }


def central_values() -> dict[str, float | dict[str, float]]:
    """The central value of each parameter: one number, or one for each country."""
    return {
        name: dict(by_country) if sector_table()[name].by_country else by_country[COUNTRIES[0]]
        for name, by_country in _of_draw(0).items()
    }


@functools.cache
def _of_draw(draw: int) -> dict[str, dict[str, float]]:
    if draw >= PRIOR_DRAWS:
        return prior_values(draw - PRIOR_DRAWS)
    estimated = _estimated(shipped(*DRAWS))
    if not 0 <= draw < len(estimated):
        raise InputError(
            f"the account of the digital economy has no draw {draw}",
            where="/".join(DRAWS),
            allowed=f"0 (central) to {len(estimated) - 1}",
            todo="take fewer draws, or estimate more with mekong evidence sectors",
        )
    return with_estimates(prior_values(draw), estimated[draw])


def prior_values(draw: int) -> dict[str, dict[str, float]]:
    """All parameters of the account in a draw of the prior, by name and country."""
    return {name: values_of_draw(one, draw) for name, one in sector_table().items()}


def with_estimates(
    values: Mapping[str, dict[str, float]], estimates: Mapping[str, float]
) -> dict[str, dict[str, float]]:
    """The same with estimates such as `THA.media_share`, or `media_growth` of all countries."""
    changed = {name: dict(by_country) for name, by_country in values.items()}
    for label, value in estimates.items():
        iso, dot, name = label.rpartition(".")
        for place in (iso,) if dot else COUNTRIES:
            changed[name][place] = value
    return changed


@functools.cache
def _estimated(path: Path) -> tuple[dict[str, float], ...]:
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        found = [{name: float(text) for name, text in row.items()} for row in rows]
        numbers = [int(row.pop("draw")) for row in found]
        _refuse_unknown(found)
    except FileNotFoundError as error:
        raise InputError(
            "the account of the digital economy has no estimates", where="/".join(DRAWS), todo=_TODO
        ) from error
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"an estimate of the account cannot be read: {error}", where="/".join(DRAWS), todo=_TODO
        ) from error
    if numbers != list(range(len(found))):
        raise InputError("a draw of the account is missing", where="/".join(DRAWS), todo=_TODO)
    return tuple(found)


def _refuse_unknown(rows: list[dict[str, float]]) -> None:
    known = sector_table()
    for label in rows[0] if rows else ():
        if label.rpartition(".")[2] not in known:
            raise ValueError(f"'{label}' is no parameter of the account")


@functools.cache
def estimated_given_other_draws() -> bool:
    """Whether the posterior of the model has changed since the account was estimated."""
    made_by = json.loads(shipped(*MANIFEST).read_text(encoding="utf-8"))["posterior"]
    now: str = hashlib.sha256(shipped(*OF_THE_MODEL).read_bytes()).hexdigest()
    return made_by != now
