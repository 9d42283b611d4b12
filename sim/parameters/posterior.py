"""Draws of the posterior (`calibration/posterior/draws.csv`, by `mekong evidence calibrate`).

Row 0 is the central set, rows 1, 2, ... are equally likely draws. A row holds what was estimated
from data (`THA.spending_level`, `imitation`), what studies say of policies
(`studied.payment_spending`), the number of the prior draw that everything else comes from, and
numbers of the observation model (`observation.drift_value`), which forecasts need.
"""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from pathlib import Path

from sim.errors import InputError
from sim.resources import shipped

DRAWS = ("calibration", "posterior", "draws.csv")
OBSERVATION = "observation."
STUDIED = "studied."


@dataclass(frozen=True)
class Draw:
    """One draw: estimated and studied values by name, and the prior draw of all others."""

    number: int
    prior_draw: int
    estimated: dict[str, float]
    studied: dict[str, float]
    observation: dict[str, float]


def posterior_draw(number: int) -> Draw:
    """Draw `number`; 0 is the central one. Raises InputError beyond the last."""
    draws = posterior_draws()
    if not 0 <= number < len(draws):
        raise InputError(
            f"the posterior has no draw {number}",
            where="draws",
            allowed=f"0 (central) to {len(draws) - 1}",
            todo="take fewer draws, or draws of the prior",
        )
    return draws[number]


def posterior_draws() -> tuple[Draw, ...]:
    """All draws, the central one first."""
    return _read(shipped(*DRAWS))


@functools.cache
def _read(path: Path) -> tuple[Draw, ...]:
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except FileNotFoundError as error:
        raise InputError(
            "there are no draws of the posterior",
            where="/".join(DRAWS),
            todo="make them with mekong evidence calibrate, or take them from the repository",
        ) from error
    found = []
    for position, row in enumerate(rows):
        try:
            number, prior = int(row.pop("draw")), int(row.pop("prior_draw"))
            values = {name: float(text) for name, text in row.items()}
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"a draw of the posterior cannot be read: {error}",
                where=f"{'/'.join(DRAWS)}, line {position + 2}",
                todo="take the file from the repository, or make it with mekong evidence calibrate",
            ) from error
        if number != position:
            raise InputError(
                f"draw {position} of the posterior is missing",
                where=f"{'/'.join(DRAWS)}, line {position + 2}",
                todo="take the file from the repository, or make it with mekong evidence calibrate",
            )
        found.append(
            Draw(
                number,
                prior,
                {k: v for k, v in values.items() if not k.startswith((OBSERVATION, STUDIED))},
                _named(values, STUDIED),
                _named(values, OBSERVATION),
            )
        )
    return tuple(found)


def _named(values: dict[str, float], prefix: str) -> dict[str, float]:
    return {k.removeprefix(prefix): v for k, v in values.items() if k.startswith(prefix)}
