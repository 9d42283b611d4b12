"""Points of the posterior run by the agents, and how much each counts after that.

A point's importance weight is what the likelihood with the agents' correction (`agents_correction`)
is higher or lower than the one that was sampled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from sim.calibration.data.held_out_groups import shares_by_group
from sim.calibration.data.observables import of_series
from sim.calibration.data.scam_figures import scam_figures
from sim.calibration.plausibility import JUDGED_YEAR, MOST_SELLERS
from sim.calibration.posterior.cut_posterior import Estimation, Posterior
from sim.calibration.posterior.fixed_parameters import Worlds, drawn
from sim.calibration.posterior.likelihood import log_likelihood
from sim.calibration.posterior.prior import MODULES, overrides
from sim.calibration.posterior.scam_likelihood import scam_log_likelihood
from sim.errors import InputError, MekongError
from sim.experiments.storage.checkpoints import Checkpoints
from sim.model.indicators import Series
from sim.model.model import MekongModel
from sim.parameters.values import ParameterSet
from sim.units import FIRST_QUARTER, quarter_index, year_of

Floats = NDArray[np.float64]
SCALE = 1000
FIRST_YEAR = year_of(FIRST_QUARTER)  # of the observables of a run


def run_agents(
    values: ParameterSet, seed: int, scale: int = SCALE, threads: int | None = None
) -> Floats:
    """Observables (observables, countries, years 2015 to 2030) of one baseline run."""
    return of_series(_run(values, seed, scale, threads))


def _run(values: ParameterSet, seed: int, scale: int, threads: int | None) -> Series:
    model = MekongModel("baseline", seed=seed, scale=scale, parameters=values, threads=threads)
    return model.run().series()


class Rerun(NamedTuple):
    """What the agents say at points of a posterior, in arrays with a row a point.

    Rows of points at which the run stopped, as something became impossible, are not finite.
    """

    observables: Floats  # (points, observables, countries, years 2015 to 2030)
    sellers: Floats  # largest share of small firms online in a country in `JUDGED_YEAR`
    groups: Floats  # `groups.shares_by_group`

    @property
    def possible(self) -> NDArray[np.int64]:
        """Positions of the points at which the run came to its end."""
        return np.flatnonzero(np.isfinite(self.sellers))

    def at(self, positions: NDArray[np.int64]) -> Rerun:
        """The rows of these points."""
        return Rerun(*(array[positions] for array in self))


def _judged_if_possible(
    values: ParameterSet, seed: int, threads: int | None
) -> tuple[Floats, ...] | None:
    try:
        return _judged(values, seed, threads)
    except InputError:
        raise
    except MekongError:
        return None


def _judged(values: ParameterSet, seed: int, threads: int | None) -> tuple[Floats, ...]:
    """One row of each array of `Rerun`."""
    series = _run(values, seed, SCALE, threads)
    last = quarter_index(f"{JUDGED_YEAR}Q4") - series.first
    online = series.sums["smes_online"][last, :, 0] / series.sums["smes"][last, :, 0]
    return of_series(series), np.array(online.max()), shares_by_group(series)


def parameter_sets(
    estimation: Estimation, points: Mapping[str, Floats], draws: NDArray[np.int64]
) -> list[ParameterSet]:
    """Points in the worlds of these draws as parameters of the model."""
    setting = estimation.setting
    return [
        drawn(int(draw), setting.studied).with_overrides(
            overrides(estimation.spaces, points, number) | dict(setting.fixed)
        )
        for number, draw in enumerate(draws)
    ]


def rerun(
    sets: Sequence[ParameterSet],
    checkpoints: Checkpoints,
    workers: int,
    name: str = "runs",
    seed: int = 1,
    batch: int = 10,
    told: Callable[[int, int], None] | None = None,
) -> Rerun:
    """Every point run by the agents, in batches kept as stages of this name."""
    found = []
    for first in range(0, len(sets), batch):
        some = sets[first : first + batch]

        def make(some: Sequence[ParameterSet] = some) -> dict[str, Floats]:
            threads = 1 if workers > 1 else None
            jobs = (delayed(_judged_if_possible)(one, seed, threads) for one in some)
            return _stacked(Parallel(n_jobs=workers)(jobs))._asdict()

        found.append(Rerun(**checkpoints.stage(f"{name}_{first:04d}", make)))
        if told:
            told(min(first + batch, len(sets)), len(sets))
    return Rerun(*map(np.concatenate, zip(*found, strict=True)))


def _stacked(rows: Sequence[tuple[Floats, ...] | None]) -> Rerun:
    """Rows as arrays; those that are missing are not finite."""
    like = next((row for row in rows if row is not None), None)
    if like is None:
        raise MekongError(
            "every one of the runs stopped, as something in it became impossible",
            todo="run one of these draws with mekong run to see what",
        )
    missing = tuple(np.full_like(array, np.nan) for array in like)
    columns = zip(*(missing if row is None else row for row in rows), strict=True)
    return Rerun(*map(np.stack, columns))


def mean_field_observables(
    estimation: Estimation, posterior: Posterior, last_year: int | None = None
) -> Floats:
    """Observables by point from the mean-field model, up to `last_year` (that of the setting)."""
    here, places, rows = _in_worlds(estimation, posterior, last_year)
    return here.observables(places, rows)


def scam_fit(
    estimation: Estimation, posterior: Posterior, published_by: int | None = None
) -> Floats:
    """Log likelihood of figures on losses to scams by point; figures of any year are used.

    With `published_by`, only those of editions up to that year; zeros where there are none.
    """
    figures = scam_figures(published_by)
    if not figures:
        return np.zeros(len(posterior))
    until = max(one.year for one in figures)
    here, places, rows = _in_worlds(estimation, posterior, until)
    return scam_log_likelihood(figures, here.log_losses(places, rows), here.years)


def _in_worlds(
    estimation: Estimation, posterior: Posterior, last_year: int | None
) -> tuple[Worlds, NDArray[np.int64], NDArray[np.void]]:
    """The worlds of a posterior, the position of each point's, and its parameters."""
    draws, places = np.unique(posterior.worlds, return_inverse=True)
    here = estimation.worlds(draws.tolist(), last_year)
    return here, places, estimation.rows(here, places, posterior.points)


def numbers_of(estimation: Estimation, points: Mapping[str, Floats]) -> dict[str, Floats]:
    """The observation model's numbers by name and point."""
    return {
        name: space.extra(name, points[module])
        for module, space in estimation.spaces.items()
        for name in space.extras
    }


def log_fit(
    estimation: Estimation, posterior: Posterior, observables: Floats, first_year: int
) -> Floats:
    """Log likelihood of every point by module (points, modules)."""
    years = range(first_year, first_year + observables.shape[3])
    numbers = numbers_of(estimation, posterior.points)
    return np.stack(
        [
            log_likelihood(estimation.figures(module), observables, years, numbers)
            for module in MODULES
        ],
        axis=1,
    )


def weights_of(
    agents: Floats, mean_field: Floats, sellers: Floats, scams: Floats | None = None
) -> Floats:
    """Importance weights from log likelihoods by point, adding to one.

    A world in which more than half of a country's small firms sold online in 2021 weighs nothing.
    `scams` is the log likelihood of figures on scams (`scam_fit`). Raises InputError where no point
    is left.
    """
    gain = np.where(sellers > MOST_SELLERS, -np.inf, agents - mean_field)
    if scams is not None:
        gain = gain + scams
    if not np.isfinite(gain).any():
        raise InputError(
            "no point of the posterior is possible",
            allowed="draws in which small firms and losses to scams are plausible",
            todo="take more worlds, or leave the figures on scams out",
        )
    raw = np.exp(gain - gain.max())
    return np.asarray(raw / raw.sum())


def effective(weights: Floats) -> float:
    """Effective sample size of weights (Kish)."""
    return float(weights.sum() ** 2 / (weights * weights).sum())


def resampled(weights: Floats, seed: int, count: int) -> NDArray[np.int64]:
    """So many positions, drawn systematically by weight, in random order."""
    rng = np.random.default_rng([seed, 77])
    marks = (np.arange(count) + rng.random()) / count
    chosen = np.searchsorted(np.cumsum(weights), marks, side="right")
    return np.asarray(rng.permutation(np.minimum(chosen, len(weights) - 1)))
