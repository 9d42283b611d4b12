"""Quick runs for everybody on the page: each done once, a few at a time, kept in memory.

They use the first draws of the posterior, which stand for all of them (see the order of the draws),
with one seed each: what differs between draws is far more than what differs between seeds.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cache

from sim.analysis.comparison.years import Panels
from sim.analysis.emulation.dose_levels import POLICIES_BEGIN
from sim.analysis.preview import PREVIEWS, Preview, panel_of
from sim.dashboard.account import asked_account
from sim.dashboard.worker import PROCESSES, THREADS_OF_EACH, Single, in_worker
from sim.errors import MekongError
from sim.experiments.execution.branching import Pasts
from sim.experiments.execution.options import RunOptions
from sim.experiments.run import Job
from sim.experiments.study import build_study
from sim.parameters.posterior import posterior_draws
from sim.scenario import Scenario

SCALE = 5000
DRAWS = 20  # those of the estimates and of a full run, so that all three agree
SEED = 1
MOST_PANELS = 900  # runs kept, of twenty pages with two mixes each; one takes about 1 MB
MOST_PASTS = 30 // PROCESSES  # in each process; one of 50,000 people takes about 13 MB
POLL_SECONDS = 0.2  # after which a page that waits for a run looks up
ASKERS = 16  # pages that wait at the same time; more queue up
FILLING = "quick runs"  # the thread of what a page waits for


def run_of(scenario: Scenario, draw: int, scale: int) -> Panels:
    """One run; runs of one draw share their past and continue it, so they belong in one process."""
    job = Job(scenario, scenario.baseline, SEED, draw, scale)
    model = _pasts().model(job, RunOptions(threads=THREADS_OF_EACH, branch=POLICIES_BEGIN))
    return panel_of(model.run().indicators(), SEED, draw)


@cache
def _pasts() -> Pasts:
    return Pasts(MOST_PASTS)


class Previews:
    """Runs that were asked for, shared by all sessions of one server."""

    def __init__(self, scale: int = SCALE, draws: int = DRAWS) -> None:
        self.scale = scale
        self.draws = min(draws, len(posterior_draws()) - 1)
        self._runs: OrderedDict[tuple[str, int], Future[Panels]] = OrderedDict()
        self._guard = threading.Lock()
        self._askers = ThreadPoolExecutor(ASKERS, thread_name_prefix="asking")

    def panel(self, scenario: Scenario, draw: int) -> Panels:
        """One run: from memory, when somebody else's is done, or done now."""
        key = (scenario.fingerprint(), draw)
        with self._guard:
            mine = key not in self._runs
            run = self._runs.setdefault(key, Future())
            self._runs.move_to_end(key)
            while len(self._runs) > MOST_PANELS:
                self._runs.popitem(last=False)
        if mine:
            try:
                run.set_result(in_worker(draw, run_of, scenario, draw, self.scale))
            except BaseException as error:
                with self._guard:
                    if self._runs.get(key) is run:
                        del self._runs[key]  # who asks again gets a new one
                run.set_exception(error)
        return run.result()

    def known(self, scenarios: Sequence[Scenario]) -> bool:
        """Whether every run is in memory."""
        keys = [(s.fingerprint(), draw) for s in scenarios for draw in self._numbers()]
        with self._guard:
            return all(key in self._runs and self._runs[key].done() for key in keys)

    def comparisons(
        self, scenarios: Sequence[Scenario], told: Callable[[int], None] = lambda draws: None
    ) -> Iterator[Preview]:
        """First with one draw, at once; then with all of them. The first scenario is the baseline.

        What is in memory already is given once, whole. `told(draws)` hears how many are done, also
        while a run is waited for, so that a page can turn to something else at any time.
        """
        found: dict[str, list[Panels]] = {scenario.name: [] for scenario in scenarios}
        enough, whole = threading.Event(), self.known(scenarios)
        for turn in range(0 if whole else PROCESSES):
            threading.Thread(
                target=self._fill, args=(scenarios, turn, enough), name=FILLING, daemon=True
            ).start()
        try:
            for draw in self._numbers():
                for scenario in scenarios:
                    found[scenario.name].append(self._waited(scenario, draw, told))
                if not whole and draw < self.draws:
                    if draw == 1:
                        yield self._comparison(scenarios, found, 1)
                    told(draw)
        finally:
            enough.set()
        yield self._comparison(scenarios, found, self.draws)

    def _waited(self, scenario: Scenario, draw: int, told: Callable[[int], None]) -> Panels:
        """One run; while it is not there, what has been done so far is told."""
        asked = self._askers.submit(self.panel, scenario, draw)
        while True:
            try:
                return asked.result(timeout=POLL_SECONDS)
            except TimeoutError:
                told(draw - 1)

    def _numbers(self) -> range:
        return range(1, self.draws + 1)

    def _fill(self, scenarios: Sequence[Scenario], turn: int, enough: threading.Event) -> None:
        """Runs of one process go on while a page draws; who asks for one that fails is told."""
        with suppress(MekongError):
            for draw in self._numbers()[turn::PROCESSES]:
                for scenario in scenarios:
                    if enough.is_set():
                        return
                    self.panel(scenario, draw)

    def _comparison(
        self, scenarios: Sequence[Scenario], found: dict[str, list[Panels]], draws: int
    ) -> Preview:
        study = build_study(scenarios, seeds=[SEED], draws=draws, scale=self.scale)
        kind = PREVIEWS[asked_account()]
        return kind(study, {name: panels[:draws] for name, panels in found.items()})


@Single
def shared() -> Previews:
    """The one store of a server, for all its sessions."""
    return Previews()
