"""The designed runs of `mekong mix optimum`, read from their folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.emulation.doses import (
    BASE,
    Dose,
    Responses,
    design_study,
    doses_of,
    responses,
)
from sim.analysis.policy_mixes.mix_folder import MixFolder
from sim.analysis.policy_mixes.mix_outcomes import OUTCOMES, mix_numbers
from sim.experiments.storage.store import Store
from sim.experiments.study import Study
from sim.rows import rows_where
from sim.units import COUNTRIES

KIND = "optimum"
DESIGN = "design"  # the folder of the designed runs, in `parts/`
FEWEST_POINTS = 20
Floats = NDArray[np.float64]


class DesignedRuns:
    """A folder of `mekong mix optimum`: which doses were varied how far, and what the runs gave.

    `most` are the largest levels (doses). Raises InputError for another folder.
    """

    def __init__(self, folder: str | Path) -> None:
        self.runs = MixFolder(folder, KIND)
        self.folder = self.runs.folder
        self.about: Mapping[str, Any] = self.runs.about
        self.doses: tuple[Dose, ...] = doses_of(self.about["levers"])
        self.most: Floats = np.array(self.about["highest_levels"])

    def store(self, name: str) -> Store:
        """The runs of one part. Raises MekongError where it is not there."""
        found = [store for store in self.runs.stores if store.folder.name == name]
        if not found:
            raise self.runs.incomplete(f"there are no runs of '{name}'")
        return found[0]

    @cached_property
    def numbers(self) -> pd.DataFrame:
        """The numbers of the designed runs (`mix_numbers`)."""
        return mix_numbers(self.store(DESIGN))

    @cached_property
    def responses(self) -> Responses:
        """What the designed runs changed. Raises MekongError where too few have finished."""
        if self.numbers.empty:
            raise self.runs.incomplete("no run has finished")
        found = responses(self.numbers, self.doses, self.most)
        if len(found.draws) < 2 or len(found.shares) < FEWEST_POINTS // 2:
            raise self.runs.incomplete("too few points have a run in every draw")
        return found

    def baseline(self, outcomes: Sequence[str] = tuple(OUTCOMES)) -> dict[tuple[str, str], float]:
        """Mean over draws of outcomes of the baseline, by outcome and country."""
        rows = rows_where(self.numbers, scenario=BASE)
        rows = rows[rows["draw"].isin(self.responses.draws)]
        means = rows.groupby("country")[list(outcomes)].mean()
        found = means.loc[list(COUNTRIES)].to_numpy(np.float64)
        return {
            (name, iso): float(found[at, k])
            for k, name in enumerate(outcomes)
            for at, iso in enumerate(COUNTRIES)
        }

    def study(self) -> Study:
        """The designed runs as they were asked for."""
        return design_study(
            self.doses,
            self.most,
            draws=self.runs.draws,
            points=int(self.about["points"]),
            scale=self.runs.scale,
        )
