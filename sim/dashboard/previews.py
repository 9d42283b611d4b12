"""Quick runs for everybody on the page: each done once, one at a time, kept in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import cache

from sim.analysis.preview import Preview, panel_of
from sim.analysis.years import Panels
from sim.dashboard.worker import THREADS, in_worker
from sim.errors import MekongError
from sim.experiments.branching import Trunks
from sim.experiments.study import build_study
from sim.scenario import Scenario

SCALE = 5000
SEEDS = (1, 2, 3, 4, 5)
MOST_PANELS = 300  # runs kept; one takes about 1 MB
FILLING = "quick runs"  # the thread of what a page waits for


def run_of(scenario: Scenario, seed: int, scale: int) -> Panels:
    """One run; runs that share their past continue it, so all of a page belong in one process."""
    return panel_of(_trunks().run(scenario, seed, scale, threads=THREADS), seed)


@cache
def _trunks() -> Trunks:
    return Trunks()


class Previews:
    """Runs that were asked for, shared by all sessions of one server."""

    def __init__(self, scale: int = SCALE, seeds: Sequence[int] = SEEDS) -> None:
        self.scale = scale
        self.seeds = tuple(seeds)
        self._runs: OrderedDict[tuple[str, int], Future[Panels]] = OrderedDict()
        self._guard = threading.Lock()

    def panel(self, scenario: Scenario, seed: int) -> Panels:
        """One run: from memory, when somebody else's is done, or done now."""
        key = (scenario.fingerprint(), seed)
        with self._guard:
            mine = key not in self._runs
            run = self._runs.setdefault(key, Future())
            self._runs.move_to_end(key)
            while len(self._runs) > MOST_PANELS:
                self._runs.popitem(last=False)
        if mine:
            try:
                run.set_result(in_worker(run_of, scenario, seed, self.scale))
            except BaseException as error:
                with self._guard:
                    self._runs.pop(key, None)  # who asks again gets a new one
                run.set_exception(error)
        return run.result()

    def known(self, scenarios: Sequence[Scenario]) -> bool:
        """Whether every run is in memory."""
        keys = [(s.fingerprint(), seed) for s in scenarios for seed in self.seeds]
        with self._guard:
            return all(key in self._runs and self._runs[key].done() for key in keys)

    def comparisons(
        self, scenarios: Sequence[Scenario], told: Callable[[int], None] = lambda seeds: None
    ) -> Iterator[Preview]:
        """First with one seed, at once; then with all of them. The first scenario is the baseline.

        What is in memory already is given once, whole. `told(seeds)` hears how many are done.
        """
        if not self.known(scenarios):
            enough = threading.Event()
            threading.Thread(
                target=self._fill, args=(scenarios, enough), name=FILLING, daemon=True
            ).start()
            try:
                yield self._comparison(scenarios, self.seeds[:1])
                for done, seed in enumerate(self.seeds[1:], start=1):
                    told(done)
                    for scenario in scenarios:
                        self.panel(scenario, seed)
            finally:
                enough.set()
        yield self._comparison(scenarios, self.seeds)

    def _fill(self, scenarios: Sequence[Scenario], enough: threading.Event) -> None:
        """Runs go on while a page draws the first seed; who asks for one that fails is told."""
        with suppress(MekongError):
            for seed in self.seeds:
                for scenario in scenarios:
                    if enough.is_set():
                        return
                    self.panel(scenario, seed)

    def _comparison(self, scenarios: Sequence[Scenario], seeds: Sequence[int]) -> Preview:
        found = {s.name: [self.panel(s, seed) for seed in seeds] for s in scenarios}
        study = build_study(scenarios, seeds=seeds, scale=self.scale)
        return Preview(study, found)


@cache
def shared() -> Previews:
    """The one store of a server, for all its sessions."""
    return Previews()
