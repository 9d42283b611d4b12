"""How much a study may ask for, checked before any of it is made."""

from __future__ import annotations

from sim.errors import InputError
from sim.model.footprint import LARGEST_SCALE
from sim.rng import LARGEST_SEED

MOST_SCENARIOS = 5_000
MOST_SEEDS = 100_000
MOST_DRAWS = 10_000  # of the prior; the posterior has as many as were kept
MOST_RUNS = 100_000_000


def check_scale(scale: int) -> None:
    """Refuse a number of people to an agent that cannot be run. Raises InputError."""
    if isinstance(scale, bool) or not isinstance(scale, int) or not 1 <= scale <= LARGEST_SCALE:
        raise InputError(
            f"scale {_number(scale)} cannot be run",
            where="--scale",
            allowed=f"1 (everyone) to {LARGEST_SCALE:,} people to an agent",
        )


def check_runs(scenarios: int, points: int, seeds: int, draws: int) -> None:
    """Refuse a study of more runs than anybody could do. Raises InputError."""
    runs = scenarios * points * seeds * draws
    if runs > MOST_RUNS:
        raise InputError(
            f"the study has up to {runs:,} runs: {scenarios:,} scenarios x {points:,} points x "
            f"{seeds:,} seeds x {draws:,} draws",
            allowed=f"up to {MOST_RUNS:,} runs",
            todo="take fewer seeds, draws or points",
        )


def check_count(number: int, most: int, what: str, least: int = 0) -> None:
    """Refuse a number of seeds, draws or the like outside its limits. Raises InputError."""
    if not least <= number <= most:
        raise InputError(
            f"{_number(number)} {what} cannot be taken", allowed=f"{least} to {most:,}"
        )


def check_seed(seed: int, where: str | None = None) -> None:
    """Refuse what is no seed. Raises InputError."""
    if not 0 <= seed <= LARGEST_SEED:
        raise InputError(
            f"{_number(seed)} is not a seed", where=where, allowed=f"0 to {LARGEST_SEED}"
        )


def check_hands(workers: int | None, threads: int | None) -> None:
    """Refuse a number of workers or threads that can do nothing. Raises InputError."""
    for name, number in (("workers", workers), ("threads", threads)):
        if number is not None and number < 1:
            raise InputError(
                f"{_number(number)} {name} cannot run",
                where=f"--{name}",
                allowed="1 or more",
                todo=f"leave --{name} out to use what there is",
            )


def _number(value: object) -> str:
    if isinstance(value, int) and abs(value) >= 10**18:
        return "a number of more than 18 digits"
    return str(value)
