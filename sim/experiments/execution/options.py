"""How runs are done: nothing here changes a number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sim.errors import known_name
from sim.experiments.limits import check_hands
from sim.experiments.own_rules.serialization import packed
from sim.experiments.provenance.fingerprint import Rules

ENGINES = ("compiled", "objects")


@dataclass(frozen=True)
class RunOptions:
    """Engine, threads a run (None: as many as pay), a person's own rules, and who does the runs.

    With `workers` above one the runs are done by so many processes of this machine, with `cluster`
    by the workers of the Dask scheduler at that address. `quarters(done, all)` is told how far a
    run in this process is. A run leaves the past that it shares with others at quarter `branch`
    (None: it shares none); with `keeps_pasts` false none does. Raises InputError for an unknown
    engine or numbers below one.
    """

    engine: str = "compiled"
    threads: int | None = None
    rules: Rules | None = None
    workers: int = 1
    cluster: str | None = None
    quarters: Callable[[int, int], None] | None = None
    packed_rules: bytes = b""  # the rules as they are sent to a worker
    keeps_pasts: bool = True
    branch: int | None = None

    def __post_init__(self) -> None:
        known_name(self.engine, ENGINES, kind="engine")
        check_hands(self.workers, self.threads)

    @property
    def here(self) -> bool:
        """True when this process does the runs itself."""
        return self.workers == 1 and self.cluster is None

    def of_worker(self) -> RunOptions:
        """What is sent to a worker: a person's rules as bytes. Raises InputError."""
        return replace(
            self,
            threads=self.threads or 1,
            rules=None,
            packed_rules=packed(self.rules) if self.rules else b"",
            workers=1,
            cluster=None,
            quarters=None,
        )
