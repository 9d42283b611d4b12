"""How runs are done: nothing here changes a number."""

from __future__ import annotations

from dataclasses import dataclass

from sim.errors import InputError, did_you_mean
from sim.experiments.fingerprint import Rules

ENGINES = ("compiled", "objects")


@dataclass(frozen=True)
class Means:
    """Engine, threads (None: all that the machine has), and a person's own rules.

    Raises InputError for an engine that does not exist or a number of threads below one.
    """

    engine: str = "compiled"
    threads: int | None = None
    rules: Rules | None = None

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            raise InputError(
                f"there is no engine '{self.engine}'",
                allowed=", ".join(ENGINES),
                todo=did_you_mean(self.engine, ENGINES) or None,
            )
        if self.threads is not None and self.threads < 1:
            raise InputError(f"{self.threads} threads cannot run", allowed="1 or more")
