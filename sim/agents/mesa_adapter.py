"""The one door to Mesa: imports it without letting it change the process.

Importing Mesa sets the start method of multiprocessing for the whole process; that is put back
here. Its first import names a logger after walking through all calls at hand with their sources,
half a second where many modules import one another: a thread of its own has few. Mesa before 3.4
keeps every model that ever had an agent alive through `Agent._ids`; `forget` breaks that hold.
Agents that are views of a row are not registered with their model at all.
"""

from __future__ import annotations

import multiprocessing
import threading
import warnings
from contextlib import suppress
from typing import NoReturn

from sim.errors import InputError


def _import_mesa() -> None:
    with suppress(ImportError):  # raised below, by the import that counts
        import mesa  # noqa: F401


_method = multiprocessing.get_start_method(allow_none=True)
with warnings.catch_warnings():
    # In a notebook without widgets Mesa's progress bar complains; no bar of Mesa's is shown here.
    warnings.filterwarnings("ignore", message="IProgress not found")
    _thread = threading.Thread(target=_import_mesa)
    _thread.start()
    _thread.join()
    import mesa

multiprocessing.set_start_method(_method, force=True)


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
