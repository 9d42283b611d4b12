"""Mixes that no fit has seen, run in full, next to what the emulators say of them.

Half of them are like the designed mixes, with all doses at once; the others are like what a person
asks for, a few levers with the same dose everywhere. They are kept in the folder of the designed
runs, so that a second call only reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.emulation.designed_runs import DESIGN, KIND, DesignedRuns
from sim.analysis.emulation.doses import BASE, Dose, essentials, mix_of, sampled
from sim.analysis.emulation.outcome_emulators import PLACES, SHOWN, OutcomeEmulators
from sim.analysis.policy_mixes.mix_folder import conduct_parts
from sim.analysis.policy_mixes.mix_outcomes import OUTCOMES, mix_numbers
from sim.errors import InputError
from sim.experiments.execution.progress import Progress
from sim.experiments.execution.runner import Simulate
from sim.experiments.limits import check_hands
from sim.experiments.provenance.fingerprint import digest
from sim.experiments.study import Study, build_study

CHECKS = 10
MOST_CHECKS = 200
FEW = 3  # levers of a mix that is like what a person asks for
SEED = 2  # of the sampling; the design has 1
COLUMNS = [
    *("outcome", "country", "explained", "mean_absolute_error", "within_error", "error"),
    *("unit", "mixes"),
]
Floats = NDArray[np.float64]


def check_count_of(mixes: int) -> None:
    """Refuse a number of mixes that cannot be run. Raises InputError."""
    if mixes != 0 and not 2 <= mixes <= MOST_CHECKS:
        raise InputError(
            f"{mixes} test mixes cannot be compared",
            where="--check",
            allowed=f"2 to {MOST_CHECKS}, or 0 for none",
        )


def unseen_mixes(doses: Sequence[Dose], mixes: int) -> Floats:
    """Shares of the largest doses (mixes, doses) that are not in the design.

    Every second one has `FEW` levers, each with one share in all places.
    """
    found = sampled(len(doses), mixes, seed=SEED)
    levers = list(dict.fromkeys(dose.lever for dose in doses))
    rng = np.random.default_rng(SEED)
    for row in found[1::2]:
        chosen = rng.choice(levers, size=min(FEW, len(levers)), replace=False)
        share = dict(zip(chosen, rng.random(len(chosen)), strict=True))
        row[:] = [share.get(dose.lever, 0.0) for dose in doses]
    return found


def check_study(designed: DesignedRuns, mixes: int) -> tuple[str, Study, Floats]:
    """The runs of unseen mixes: the name of their part, the study, and shares as they are run."""
    whole = designed.study()
    shares = unseen_mixes(designed.doses, mixes)
    levels = np.array([[float(f"{v:.4g}") for v in row] for row in shares * designed.most])
    scenarios = [mix_of(f"check-{at}", designed.doses, row) for at, row in enumerate(levels)]
    study = build_study(
        [whole.scenarios[0], *scenarios],
        seeds=whole.seeds, draws=len(whole.draws), scale=whole.scale,
    )  # fmt: skip
    study = replace(study, draws=whole.draws)
    name = f"check_{mixes}_{digest(study.identity()['scenarios'])[:8]}"
    return name, study, levels / designed.most


def run_checks(
    designed: DesignedRuns,
    emulators: OutcomeEmulators,
    mixes: int = CHECKS,
    *,
    workers: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    simulator: Simulate = essentials,
    command: str = "",
) -> pd.DataFrame:
    """Run what is missing of so many unseen mixes and compare, see `comparison`.

    Raises OutputError where the program or its data have changed since the designed runs,
    MekongError where too few runs have finished.
    """
    check_count_of(mixes)
    check_hands(None, threads)
    name, study, shares = check_study(designed, mixes)
    options: dict[str, Any] = {"workers": workers, "threads": threads, "progress": progress}
    conduct_parts(
        designed.study(), {DESIGN: designed.study(), name: study}, KIND, dict(designed.about),
        designed.folder, simulator=simulator, command=command, **options,
    )  # fmt: skip
    return comparison(DesignedRuns(designed.folder), emulators, name, shares)


def comparison(
    designed: DesignedRuns, emulators: OutcomeEmulators, part: str, shares: Floats
) -> pd.DataFrame:
    """How far means over draws from full runs are from what was predicted, in `COLUMNS`.

    `explained` is 1 less the squared errors over the squared deviations of full runs from their
    mean; `within_error` the share of mixes whose full runs are within the stated error.
    """
    numbers = mix_numbers(designed.store(part))
    draws = list(emulators.found.draws)
    table = numbers.set_index(["scenario", "draw", "country"])[list(SHOWN)].sort_index()

    def values(scenario: str) -> Floats:
        wanted = [(scenario, draw, place) for draw in draws for place in PLACES]
        found = table.reindex(pd.MultiIndex.from_tuples(wanted)).to_numpy(np.float64)
        return found.reshape(len(draws), len(PLACES), len(SHOWN))

    base = values(BASE)
    predicted = emulators.effects(shares)
    full, said = [], []
    for at in range(len(shares)):
        change = values(f"check-{at}") - base
        known = ~np.isnan(change).any(axis=(1, 2))
        if known.any():
            mine = [[predicted[name, place][at, known] for name in SHOWN] for place in PLACES]
            full.append(change[known].mean(axis=0))
            said.append(np.mean(mine, axis=2))
    if len(full) < 2:
        raise designed.runs.incomplete("fewer than two test mixes have finished")
    rows = []
    for k, outcome in enumerate(SHOWN):
        for j, place in enumerate(PLACES):
            error = emulators.error(outcome, place)
            far = _compared(np.stack(full)[:, j, k], np.stack(said)[:, j, k], error)
            rows.append((outcome, place, *far, error, OUTCOMES[outcome].unit, len(full)))
    return pd.DataFrame(rows, columns=COLUMNS)


def _compared(full: Floats, said: Floats, error: float) -> tuple[float, float, float]:
    """Share of variance explained, mean absolute error, share within the stated error."""
    off = np.abs(said - full)
    around = float(((full - full.mean()) ** 2).sum())
    explained = 1.0 - float((off**2).sum()) / around if around > 0.0 else np.nan
    return explained, float(off.mean()), float((off <= error).mean())
