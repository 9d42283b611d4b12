"""Quick runs for everybody on the page: each done once, one at a time, kept in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
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
        self._panels: OrderedDict[tuple[str, int], Panels] = OrderedDict()
        self._turn = threading.Lock()
        self._guard = threading.Lock()

    def panel(self, scenario: Scenario, seed: int) -> Panels:
        """One run, from memory or done now."""
        key = (scenario.fingerprint(), seed)
        if found := self._kept(key):
            return found
        with self._turn:
            if found := self._kept(key):  # somebody else asked for it and was first
                return found
            found = in_worker(run_of, scenario, seed, self.scale)
            with self._guard:
                self._panels[key] = found
                while len(self._panels) > MOST_PANELS:
                    self._panels.popitem(last=False)
        return found

    def _kept(self, key: tuple[str, int]) -> Panels | None:
        with self._guard:
            if key in self._panels:
                self._panels.move_to_end(key)
            return self._panels.get(key)

    def known(self, scenarios: Sequence[Scenario]) -> bool:
        """Whether every run is in memory."""
        with self._guard:
            return all((s.fingerprint(), k) in self._panels for s in scenarios for k in self.seeds)

    def comparisons(
        self, scenarios: Sequence[Scenario], told: Callable[[int], None] = lambda seeds: None
    ) -> Iterator[Preview]:
        """First with one seed, at once; then with all of them. The first scenario is the baseline.

        What is in memory already is given once, whole. `told(seeds)` hears how many are done.
        """
        if not self.known(scenarios):
            enough = threading.Event()
            threading.Thread(target=self._fill, args=(scenarios, enough), daemon=True).start()
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
