"""Worlds: what is not estimated, as the mean-field model needs it.

A world is a draw of everything that is not estimated on these figures: parameters of policies as
studies left them, all others from their prior. For each one the agents are run once, coarsely, and
what people saw is recorded; in it the modules are estimated. Draw 0 is the central set. Prices,
scams and networks hardly depend on what is estimated, so one run a draw serves all modules and
origins.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calibration.data.observables import MeanFieldObserver
from sim.calibration.posterior.prior import Sensitivity
from sim.calibration.studies.shipped_evidence import studied_parameters
from sim.data.country import Country
from sim.data.outlook import Outlook
from sim.errors import InputError, MekongError
from sim.experiments.execution.progress import Stages, unheard
from sim.meanfield.model import MeanFieldModel, MeanFieldWorlds, recorded
from sim.model.model import MekongModel
from sim.parameters.values import ParameterSet
from sim.units import QUARTERS_PER_YEAR

Floats = NDArray[np.float64]
SCALE = 10_000  # of the runs from which prices and scams are taken
_KEPT = 512  # worlds in memory; a world is about 250 kilobytes


@dataclass(frozen=True)
class Worlds:
    """Draws of what is not estimated, by position."""

    draws: tuple[int, ...]
    mean_field: MeanFieldWorlds
    base: NDArray[np.void]  # parameters by world and country
    sensitivity: Sensitivity
    observer: MeanFieldObserver

    def __len__(self) -> int:
        return len(self.draws)

    @property
    def years(self) -> range:
        """Calendar years that mean-field runs cover."""
        return self.observer.years

    def observables(self, worlds: NDArray[np.int64], rows: NDArray[np.void]) -> Floats:
        """Observables of mean-field runs (runs, observables, countries, years).

        `worlds` has the position of each run's world, `rows` its parameters by country.
        """
        return self.observer(self.mean_field.run(worlds, rows), worlds)

    def log_losses(self, worlds: NDArray[np.int64], rows: NDArray[np.void]) -> Floats:
        """Logs of what scams took in these runs, nominal US$ (runs, countries, years)."""
        return self.observer.losses(self.mean_field.run(worlds, rows), worlds)


def drawn(draw: int, studied: bool = True) -> ParameterSet:
    """Draw `draw` of the prior, with what studies say of policies (or without)."""
    values = ParameterSet.prior_draw(draw)
    return values.with_studied(studied_parameters(draw)) if studied else values


def worlds(
    draws: Sequence[int],
    last_year: int,
    fixed: Mapping[str, float] | None = None,
    studied: bool = True,
) -> Worlds:
    """The worlds of these draws up to the end of `last_year`.

    `fixed` are values that stay fixed (an ablation). Raises InputError for unknown names.
    """
    found = [_recorded(draw, studied) for draw in draws]
    first = next(iter(found[0].outlooks.values())).first
    quarters = (last_year - first // QUARTERS_PER_YEAR + 1) * QUARTERS_PER_YEAR
    sets = [one.values.with_overrides(fixed or {}) for one in found]
    models = [
        MeanFieldModel(one.countries, values, np.ascontiguousarray(one.views[:quarters]))
        for one, values in zip(found, sets, strict=True)
    ]
    base = np.stack([one.values for one in models])
    adults = np.stack([one.cells.adults.sum(axis=1) for one in models])
    observer = MeanFieldObserver([one.outlooks for one in found], adults, quarters)
    return Worlds(tuple(draws), MeanFieldWorlds(models), base, Sensitivity(base), observer)


def possible_draws(count: int, studied: bool = True, told: Stages = unheard) -> list[int]:
    """The first `count` draws under which the agents come to the end of their run.

    In others something becomes impossible, such as prices that explode. Raises MekongError where
    nearly all are like that.
    """
    found: list[int] = []
    for draw in range(1, 2 * count + 1):
        try:
            _recorded(draw, studied)
        except InputError:
            raise
        except MekongError:
            continue
        found.append(draw)
        told("worlds", len(found), count)
        if len(found) == count:
            return found
    raise MekongError(
        f"of {2 * count} draws of the prior only {len(found)} can be lived through",
        where="worlds",
        todo="look at priors that were changed",
    )


@dataclass(frozen=True)
class _Recorded:
    views: NDArray[np.void]  # what people saw, by quarter and country
    values: ParameterSet
    countries: Mapping[str, Country]
    outlooks: Mapping[str, Outlook]


@functools.lru_cache(maxsize=_KEPT)
def _recorded(draw: int, studied: bool) -> _Recorded:
    values = drawn(draw, studied)
    model = MekongModel("baseline", seed=1, scale=SCALE, parameters=values)
    views = recorded(model)
    return _Recorded(views, values, model.countries, model.outlooks)
