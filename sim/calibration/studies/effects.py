"""What every experiment finds in worlds drawn from the prior, and what policies do in them.

One row a draw: experiments of studies and headline effects of shipped policies, under the same
parameters. `emulator` learns from it how both hang on parameters. Finished batches are kept, so an
interrupted computation goes on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from sim.calibration.studies.experiments import EXPERIMENTS
from sim.errors import MekongError
from sim.experiments.execution.progress import Stages, unheard
from sim.experiments.paired_runs import PairedRuns
from sim.experiments.storage.checkpoints import Arrays, Checkpoints
from sim.parameters.values import PRIOR_DRAWS
from sim.scenario import load_scenario

Floats = NDArray[np.float64]

SCALE = 20_000
FEWEST_DRAWS = 60  # from which emulators can be fitted
BATCH = 16
HEADLINES = (
    *("harmonization", "broadband", "anti_scam", "coordinated", "payments", "customs"),
    *("marketplace", "data_open_safe", "skills_women", "taxation", "crackdown_together"),
)
"""Policies whose effect on purchases of 2030 is followed from prior to posterior."""
HEADLINE_YEAR = 2030
COLUMNS = (*EXPERIMENTS, *(f"effect.{name}" for name in HEADLINES))
SOURCES = (
    *("calibration/studies/effects.py", "calibration/studies/experiments.py"),
    *("calibration/studies/market_experiments.py", "calibration/studies/people_experiments.py"),
    *("calibration/studies/programmes.py", "experiments/paired_runs.py"),
)
"""Files of the package that determine the finished batches, beside those of a run."""


def effects(
    draws: int, checkpoints: Checkpoints, workers: int, told: Stages = unheard, scale: int = SCALE
) -> Floats:
    """Effects by prior draw, from the first on (draws, `COLUMNS`); NaN where there is no answer."""
    found = []
    for first in range(1, draws + 1, BATCH):
        numbers = range(first, min(first + BATCH, draws + 1))

        def make(numbers: Sequence[int] = numbers) -> Arrays:
            jobs = (delayed(effects_in)(number, scale) for number in numbers)
            return {"effects": np.stack(Parallel(n_jobs=workers)(jobs))}

        found.append(checkpoints.stage(f"effects_{first:04d}", make)["effects"])
        told("experiments", numbers[-1], draws)
    return np.concatenate(found)


def seconds_ahead(draws: int, workers: int) -> float:
    """How long the experiments of so many draws take on an idle machine."""
    return draws * _DRAW_S / workers


def effects_in(number: int, scale: int = SCALE) -> Floats:
    """Effects in one draw of the prior, in the order of `COLUMNS`; its number is the seed too."""
    paired_runs = PairedRuns(scale, [number], 1, draw=PRIOR_DRAWS + number)
    return np.array(
        [_answer(experiment.run, paired_runs) for experiment in EXPERIMENTS.values()]
        + [_headline(name, paired_runs) for name in HEADLINES]
    )


def _answer(run, paired_runs: PairedRuns) -> float:  # type: ignore[no-untyped-def]
    """NaN where too few agents are in the groups that a study compares."""
    with np.errstate(all="ignore"):
        try:
            found = float(run(paired_runs))
        except (ZeroDivisionError, ValueError):
            found = math.nan
    return found if math.isfinite(found) else math.nan


_DRAW_S = 12.0  # seconds of a core for all experiments and policies in one draw


def _headline(name: str, paired_runs: PairedRuns) -> float:
    found = paired_runs.change(
        load_scenario(name), ["gmv_real_usd"], (HEADLINE_YEAR, HEADLINE_YEAR)
    )
    if not math.isfinite(found):
        raise MekongError(f"policy '{name}' has no effect that is a number")
    return found
