"""What a user of Mesa expects of a model: seeds, and a collector of the model's figures."""

from __future__ import annotations

import inspect
from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from sim.agents.mesa_adapter import mesa
from sim.errors import InputError
from sim.rng import LARGEST_SEED

SeedLike = (
    int
    | np.integer
    | Sequence[int]
    | np.random.SeedSequence
    | np.random.BitGenerator
    | np.random.Generator
    | None
)


class _DefaultSeed(int):
    """A seed that nobody gave."""


DEFAULT_SEED = _DefaultSeed(1)


def seed_number(seed: int | None, rng: SeedLike = None) -> int:
    """The whole number that keys the draws of a model, from what Mesa lets a person give.

    A whole number given as `seed` or as `rng` is itself; `seed=None` takes a new one from the
    system; any other `rng` is handed to `numpy.random.default_rng`, from which one is drawn. Raises
    InputError where both are given or `rng` cannot be used.
    """
    if rng is not None:
        if not isinstance(seed, _DefaultSeed) and seed is not None:
            raise InputError("both seed and rng are given", where="rng", todo="give one of the two")
        if isinstance(rng, int | np.integer) and not isinstance(rng, bool):
            return int(rng)
        try:
            generator = np.random.default_rng(rng)
        except (TypeError, ValueError) as error:
            raise InputError(
                f"{rng!r} cannot be used as rng",
                where="rng",
                allowed="a whole number, or what numpy.random.default_rng takes",
            ) from error
        return int(generator.integers(LARGEST_SEED))
    if seed is None or (isinstance(seed, _DefaultSeed) and _repeated_by_batch_run()):
        return int(np.random.default_rng(None).integers(LARGEST_SEED))
    return seed


def _repeated_by_batch_run() -> bool:
    """True inside `mesa.batch_run`.

    Mesa before 3.5 repeats a model for `iterations` without giving it a seed, and expects that a
    model without a seed differs each time.
    """
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_globals.get("__name__") == "mesa.batchrunner":
            return True
        frame = frame.f_back
    return False


class SeededModel(mesa.Model):
    """A Mesa model with one whole number as its seed, `seed_number`, and a data collector.

    `seed` and `rng` as in `seed_number`. Raises InputError.
    """

    running: bool

    def __init__(self, seed: int | None, rng: SeedLike) -> None:
        self.seed_number = check_whole("seed", seed_number(seed, rng), 0, LARGEST_SEED)
        super().__init__(rng=self.seed_number)
        self._datacollector: mesa.DataCollector | None = None

    @property
    def datacollector(self) -> mesa.DataCollector:
        """The collector that was set, else one with the columns of `collected`."""
        if self._datacollector is not None:
            return self._datacollector
        columns = self.collected()
        collector = mesa.DataCollector({name: name for name in columns})
        collector.model_vars = columns
        collector._collection_steps = list(range(1, self.steps + 1))
        return collector

    @datacollector.setter
    def datacollector(self, collector: mesa.DataCollector) -> None:
        """Put a collector of one's own in its place."""
        self._datacollector = collector

    @abstractmethod
    def collected(self) -> dict[str, list[float]]:
        """One column a figure of the model, with a value for every step so far."""


def check_whole(name: str, value: object, least: int, most: int) -> int:
    """The value as a whole number. Raises InputError for anything else or beyond the limits."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or not least <= int(value) <= most:  # type: ignore[call-overload]
        allowed = f"a whole number, {least} to {most}"
        raise InputError(f"{value!r} cannot be the {name}", where=name, allowed=allowed)
    return int(value)  # type: ignore[call-overload]
