"""Mixes to start from: what `mekong mix optimum` found, prepared programmes, single levers.

A mix is levels by the number of its dose. A shipped scenario is among them where doses can express
it: ranked levers only, from the first quarter of 2026 on, with the usual lags and the assumptions
of the baseline, nowhere beyond the design. An agreement has one dose for all pairs, so where the
levels of a scenario differ between pairs their mean by trade is taken, which is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.emulation.designed_runs import KIND, DesignedRuns
from sim.analysis.emulation.dose_levels import dose_levels
from sim.analysis.emulation.doses import Dose
from sim.analysis.emulation.estimates import shipped_estimates
from sim.errors import InputError
from sim.scenario import Scenario, load_scenario, shipped_scenarios
from sim.scenario.assumptions import same_assumptions
from sim.units import REGION

BEST, SHIPPED, ALONE = "best", "shipped", "lever"
ROUNDING = 1.005  # a level may be so much larger than the end of the design, which is rounded
_BASELINE = "baseline"
Floats = NDArray[np.float64]


class Preset(NamedTuple):
    """A mix with a name: `group` is its question, `name` and `of` say which it is.

    `levels` are by the number of the dose; `title` is that of a shipped scenario.
    """

    group: str
    name: str
    of: str
    levels: dict[int, float]
    title: str = ""

    def as_record(self) -> dict[str, object]:
        """As the page reads it."""
        levels = {str(at): float(f"{level:.4g}") for at, level in self.levels.items()}
        return {**self._asdict(), "levels": levels}


def presets(designed: DesignedRuns) -> list[Preset]:
    """All mixes to start from. Raises InputError where the search has not been finished."""
    known = shipped_estimates()
    trade = known.trade_of_pairs if known is not None else None
    return [*_found(designed), *_shipped(designed.doses, designed.most, trade), *_alone(designed)]


def aim(designed: DesignedRuns) -> str:
    """The objective of the tables in the folder. Raises InputError."""
    return str(_table(designed, "emulator")["objective"].iloc[0])


def _found(designed: DesignedRuns) -> list[Preset]:
    table = _table(designed, KIND)
    made = []
    for (purse, mix), rows in table.groupby(["purse", "mix"], sort=False):
        known = {
            (str(lever), str(country)): float(level)
            for lever, country, level in zip(
                rows["lever"], rows["country"], rows["level"], strict=True
            )
        }
        levels = {}
        for at, dose in enumerate(designed.doses):
            level = known.get((dose.lever, dose.place or REGION), 0.0)
            if level > 0.0:
                levels[at] = min(level, float(designed.most[at]))
        made.append(Preset(BEST, str(mix), str(purse), levels))
    return made


def _table(designed: DesignedRuns, name: str) -> pd.DataFrame:
    path = designed.folder / f"{name}.csv"
    if not path.is_file():
        raise InputError(
            f"the folder has no {name}.csv: its search was not finished",
            where=str(designed.folder),
            todo="repeat `mekong mix optimum` with this folder as --out",
        )
    return pd.read_csv(path)


def _alone(designed: DesignedRuns) -> list[Preset]:
    """Each lever by itself at the end of the design."""
    made = []
    for lever in dict.fromkeys(dose.lever for dose in designed.doses):
        mine = [at for at, dose in enumerate(designed.doses) if dose.lever == lever]
        made.append(Preset(ALONE, lever, "", {at: float(designed.most[at]) for at in mine}))
    return made


def _shipped(doses: Sequence[Dose], most: Floats, trade: Sequence[float] | None) -> list[Preset]:
    made = []
    base = load_scenario(_BASELINE).as_dict()
    for name in shipped_scenarios():
        one = load_scenario(name)
        if one.baseline == _BASELINE and one.levers and same_assumptions(one.as_dict(), base):
            found = as_doses(one, doses, most, trade)
            if found is not None:
                of = "mean" if found[1] else ""
                made.append(Preset(SHIPPED, name, of, found[0], one.title))
    return made


def as_doses(
    mix: Scenario, doses: Sequence[Dose], most: Floats, trade: Sequence[float] | None = None
) -> tuple[dict[int, float], bool] | None:
    """Levels of a scenario by dose, and whether a mean was taken; None where doses cannot say it.

    `most` are the largest levels (doses), `trade` the weights of pairs in a mean, equal if None.
    """
    found = dose_levels(mix, doses, trade)
    if isinstance(found, str):
        return None
    if any(level > ROUNDING * most[at] for at, level in found.levels.items()):
        return None
    within = {at: min(level, float(most[at])) for at, level in found.levels.items()}
    return within, found.averaged
