"""What is not estimated: parameters that keep their prior, and what people saw under them.

Draw k of the prior, with a run of the agents under it, is the world in which modules are estimated
once more. Draw 0 is the central set. Prices, scams and networks hardly depend on what is estimated,
so one run a draw serves all modules and origins.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calibration.data.observables import MeanFieldObserver
from sim.calibration.posterior.prior import Sensitivity
from sim.data.country import Country
from sim.meanfield.model import MeanFieldModel, parameter_sets, recorded
from sim.model.model import MekongModel
from sim.parameters.values import ParameterSet
from sim.units import COUNTRIES, QUARTERS_PER_YEAR

SCALE = 10_000  # of the runs from which prices and scams are taken
_KEPT = 512  # worlds in memory; a world is about 60 kilobytes


@dataclass(frozen=True)
class FixedDraw:
    """One draw of what is not estimated, as far as the mean-field model needs it."""

    draw: int
    mean_field: MeanFieldModel
    base: NDArray[np.void]  # parameters by country
    sensitivity: Sensitivity
    observer: MeanFieldObserver

    @property
    def years(self) -> range:
        """Calendar years that mean-field runs cover."""
        return self.observer.years


def world(draw: int, last_year: int, fixed: Mapping[str, float] | None = None) -> FixedDraw:
    """The world of prior draw `draw` up to the end of `last_year`.

    `fixed` are values that stay fixed (an ablation). Raises InputError for unknown names.
    """
    views, values, model = _recorded(draw)
    quarters = (
        last_year - model.policy_scenario.start // QUARTERS_PER_YEAR + 1
    ) * QUARTERS_PER_YEAR
    values = values.with_overrides(fixed or {})
    countries: dict[str, Country] = model.countries
    mean_field = MeanFieldModel(countries, values, np.ascontiguousarray(views[:quarters]))
    base = parameter_sets([values], COUNTRIES)[0]
    adults = np.asarray(mean_field.cells.adults.sum(axis=1))
    observer = MeanFieldObserver(model.outlooks, adults, quarters)
    return FixedDraw(draw, mean_field, base, Sensitivity(base), observer)


@functools.lru_cache(maxsize=_KEPT)
def _recorded(draw: int) -> tuple[NDArray[np.void], ParameterSet, MekongModel]:
    values = ParameterSet.prior_draw(draw)
    model = MekongModel("baseline", seed=1, scale=SCALE, parameters=values)
    views = recorded(model)
    return views, values, _light(model)


def _light(model: MekongModel) -> MekongModel:
    """The model without its people and firms, of which only the outlooks are still needed."""
    for name in ("people", "consumers", "trading", "smes", "tally"):
        if hasattr(model, name):
            delattr(model, name)
    model._history.clear()
    return model
