"""Quick runs for everybody on the page: each done once, one at a time, kept in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import cache

from sim.analysis.preview import Preview, panel_of
from sim.analysis.years import Panels
from sim.experiments.branching import Trunks
from sim.experiments.study import build_study
from sim.scenario import Scenario

SCALE = 5000
SEEDS = (1, 2, 3, 4, 5)
MOST_PANELS = 300  # runs kept; one takes about 1 MB

# One simulation at a time, on one core: people who share a machine wait for one another's half a
# second instead of slowing each other down without end, and the browser has the other cores.
MACHINE = threading.Lock()


class Previews:
    """Runs that were asked for, shared by all sessions of one server."""

    def __init__(self, scale: int = SCALE, seeds: Sequence[int] = SEEDS) -> None:
        self.scale = scale
        self.seeds = tuple(seeds)
        self._trunks = Trunks()
        self._panels: OrderedDict[tuple[str, int], Panels] = OrderedDict()
        self._guard = threading.Lock()

    def panel(self, scenario: Scenario, seed: int) -> Panels:
        """One run, from memory or done now."""
        key = (scenario.fingerprint(), seed)
        if found := self._kept(key):
            return found
        with MACHINE:
            if found := self._kept(key):  # somebody else asked for it and was first
                return found
            found = panel_of(self._trunks.run(scenario, seed, self.scale, threads=1), seed)
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

    def comparisons(self, scenarios: Sequence[Scenario]) -> Iterator[Preview]:
        """First with one seed, at once; then with all of them. The first scenario is the baseline.

        What is in memory already is given once, whole.
        """
        if not self.known(scenarios):
            yield self._comparison(scenarios, self.seeds[:1])
        yield self._comparison(scenarios, self.seeds)

    def _comparison(self, scenarios: Sequence[Scenario], seeds: Sequence[int]) -> Preview:
        found = {s.name: [self.panel(s, seed) for seed in seeds] for s in scenarios}
        study = build_study(scenarios, seeds=seeds, scale=self.scale)
        return Preview(study, found)


@cache
def shared() -> Previews:
    """The one store of a server, for all its sessions."""
    return Previews()
