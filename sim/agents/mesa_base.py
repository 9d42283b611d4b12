"""The one door to Mesa: imports it without letting it change the process.

Importing Mesa sets the start method of multiprocessing for the whole process; that is put back
here. Mesa before 3.4 keeps every model that ever had an agent alive through `Agent._ids`; `forget`
breaks that hold. Agents that are views of a row are not registered with their model at all.
"""

from __future__ import annotations

import inspect
import multiprocessing
import warnings
from collections.abc import Mapping, Sequence
from typing import NoReturn

import numpy as np

from sim.draws import LARGEST_SEED
from sim.errors import InputError

_method = multiprocessing.get_start_method(allow_none=True)
with warnings.catch_warnings():
    # In a notebook without widgets Mesa's progress bar complains; no bar of Mesa's is shown here.
    warnings.filterwarnings("ignore", message="IProgress not found")
    import mesa

multiprocessing.set_start_method(_method, force=True)

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
        return int(np.random.default_rng().integers(LARGEST_SEED))
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


def collector_of(columns: Mapping[str, Sequence[float]], steps: int) -> mesa.DataCollector:
    """Series of one value a step as the data collector that `mesa.batch_run` reads."""
    collector = mesa.DataCollector({name: name for name in columns})
    collector.model_vars = {name: list(values) for name, values in columns.items()}
    collector._collection_steps = list(range(1, steps + 1))
    return collector


def forget(model: mesa.Model) -> None:
    """Drop Mesa's own reference to a model, so that it can be freed when nobody else holds it."""
    ids = getattr(mesa.Agent, "_ids", None)
    if ids is not None:
        ids.pop(model, None)


class MekongAgent(mesa.Agent):
    """An agent that belongs to its model for good."""

    def remove(self) -> NoReturn:
        """Refused: the accounts of the model count everybody. Raises InputError."""
        raise InputError(
            f"{self!r} cannot be removed: the accounts of the model count every agent",
            todo="leave it out of your AgentSet, or write a rule in which it does nothing",
        )


class RowAgent(MekongAgent):
    """A Mesa agent that is a view of one row of a structured array: nothing is stored twice.

    Fields of the row are read as plain Python numbers and written through to the array; what never
    changes about the agent comes from `who`.
    """

    def __init__(self, model: mesa.Model, rows: object, number: int, who: object = None) -> None:
        # not super().__init__: that would register the view with the model and keep it alive
        self.model = model
        self.unique_id = number
        self.pos = None
        self._rows = rows
        self.who = who

    def __getattr__(self, name: str) -> object:
        """A field of the row, or what never changes about the agent."""
        if name.startswith("_"):
            raise AttributeError(name)
        rows = self._rows
        if name in rows.dtype.names:  # type: ignore[attr-defined]
            value = rows[name][self.unique_id]  # type: ignore[index]
            return value.item() if value.ndim == 0 else value
        if self.who is not None and hasattr(self.who, name):
            return getattr(self.who, name)
        raise AttributeError(f"this agent has no '{name}'")

    def __setattr__(self, name: str, value: object) -> None:
        """Write a field of the row; fields that do not exist are refused."""
        if name in ("model", "unique_id", "who", "_rows", "pos", "_mesa_data"):
            object.__setattr__(self, name, value)
        elif name in self._rows.dtype.names:  # type: ignore[attr-defined]
            self._rows[name][self.unique_id] = value  # type: ignore[index]
        else:
            raise AttributeError(f"an agent of this kind remembers no '{name}'")

    def __repr__(self) -> str:
        """Kind and number."""
        return f"<{type(self).__name__} {self.unique_id}>"


class Consumer(RowAgent):
    """One person, as a view of their row."""


class Sme(RowAgent):
    """One stratum of small firms, as a view of its row."""
