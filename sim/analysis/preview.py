"""A comparison of runs in memory: a few parameter draws at a coarse scale, while a person waits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sim.accounts import DIGITAL_ECONOMY, ECOMMERCE, WHO_GAINS
from sim.analysis.comparison.compare import policy_start_year
from sim.analysis.comparison.digital_economy import DigitalEconomy
from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.run_parameters import RunParameters
from sim.analysis.comparison.tables.effects import needed_groups, needed_indicators
from sim.analysis.comparison.who_gains import WhoGains
from sim.analysis.comparison.years import Panels, panels
from sim.experiments.study import Study, manifest

_NAME = "run"


def panel_of(series: pd.DataFrame, seed: int, draw: int = 0) -> Panels:
    """What a preview needs of one run, from its quarterly indicators."""
    wanted = series["indicator"].isin(needed_indicators()) & series["group"].isin(needed_groups())
    frame = series[wanted].assign(scenario=_NAME, run=_NAME, seed=seed)
    runs = pd.DataFrame({"scenario": [_NAME], "run": [_NAME], "draw": [draw]})
    return panels([frame], runs)


class Preview(Comparison):
    """A comparison that was never written down.

    Its runs are those of a study with the same seeds and draws, and so are its numbers.
    """

    def __init__(self, study: Study, found: Mapping[str, list[Panels]]) -> None:
        """`found` holds the panels of every scenario's runs, the same seeds and draws for all."""
        self._temporary = True
        self.folder = Path()
        self.manifest = {
            **manifest(study, "compiled", None, "preview in the dashboard"),
            "policy_start_year": policy_start_year(study),
        }
        self.runs = pd.DataFrame(
            [
                (name, seed, draw, "done")
                for name in study.names
                for seed in study.seeds
                for draw in study.draws
            ],
            columns=["scenario", "seed", "draw", "status"],
        )
        self.scenarios = study.names
        self.baseline = study.baseline
        self.failed = self.runs.iloc[:0]
        self.row_paths = self.channels = self.parts = None
        self.inside = {}
        self.settings = RunParameters(self.manifest)
        self._receive(*(_together(found, part) for part in ("years", "quarters")))


class AccountPreview(DigitalEconomy, Preview):
    """The same, read for the whole digital economy."""


class GainsPreview(WhoGains, Preview):
    """The same, read for who gains."""


PREVIEWS: dict[str, type[Preview]] = {
    ECOMMERCE: Preview,
    DIGITAL_ECONOMY: AccountPreview,
    WHO_GAINS: GainsPreview,
}


def _together(found: Mapping[str, list[Panels]], part: str) -> pd.DataFrame:
    frames = {
        name: pd.concat([getattr(panel, part).droplevel("scenario") for panel in several])
        for name, several in found.items()
    }
    return pd.concat(frames, names=["scenario"]).sort_index()
