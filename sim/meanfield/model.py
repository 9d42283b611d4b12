"""The mean-field model: the consumers of the model as cells, without chance, in a millisecond.

It runs on what people saw in a run of the agents (`recorded`): incomes, networks, prices, scams and
levers by quarter. Its expectation is what the agents' mean converges to as agents get finer.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.data.country import Country
from sim.meanfield.cells import lay_out_cells
from sim.meanfield.groups import STATE
from sim.meanfield.step import SUMS, live_all_quarters
from sim.model.engine.compiled import compile_loop, consumer_kind, use_threads
from sim.model.engine.parallel import in_parallel
from sim.model.engine.people import VIEW, parameter_rows
from sim.model.engine.people_loop import MEASURES
from sim.model.model import MekongModel
from sim.model.population.people import CELLS
from sim.parameters.values import ParameterSet


class MeanFieldModel:
    """The people of the countries as cells, under the conditions of `views`.

    `views` is what people saw, by quarter and country (dtype `VIEW`); `values` give the start of
    2014Q4, but for the start share of shoppers, which every run takes from its own parameters.
    """

    def __init__(
        self,
        countries: Mapping[str, Country],
        values: ParameterSet,
        views: NDArray[np.void],
        threads: int | None = None,
    ) -> None:
        self.countries = dict(countries)
        self.cells = lay_out_cells(self.countries, values).view(np.recarray)
        self.views = views
        self.threads = use_threads(threads, 1 << 30)
        self.values = parameter_sets([values], tuple(self.countries))[0]

    def run(
        self, values: NDArray[np.void] | None = None, groups: bool = False
    ) -> NDArray[np.float64]:
        """Sums by run, country, quarter and measure of `sim.model.engine.people_loop`, per person.

        `values` are parameters by run and country (dtype `PARAMETERS`); the model's own by default.
        With `groups` an axis of the 20 groups of area, sex and income stands before the measures.
        Money is constant 2022 US$ a person and quarter.
        """
        runs = self.values[None] if values is None else values
        worlds = np.zeros(len(runs), np.int64)
        return _run(self.threads, worlds, runs, self.cells[None], self.views[None], groups)


class MeanFieldWorlds:
    """Several mean-field models of the same quarters, whose runs go on side by side."""

    def __init__(self, models: Sequence[MeanFieldModel]) -> None:
        self.cells = np.stack([one.cells for one in models]).view(np.recarray)
        self.views = np.stack([one.views for one in models])
        self.threads = models[0].threads

    def run(self, worlds: NDArray[np.int64], values: NDArray[np.void]) -> NDArray[np.float64]:
        """Sums by run, country, quarter and measure, as `MeanFieldModel.run` gives them.

        `worlds` is the position of each run's model, `values` its parameters by country.
        """
        return _run(self.threads, worlds, values, self.cells, self.views, groups=False)


def _run(
    threads: int,
    worlds: NDArray[np.int64],
    runs: NDArray[np.void],
    cells: NDArray[np.void],
    views: NDArray[np.void],
    groups: bool,
) -> NDArray[np.float64]:
    _, quarters, countries = views.shape
    out = np.zeros((len(runs), countries, quarters, CELLS if groups else 1, MEASURES))
    state = np.zeros((len(runs), cells.shape[2], STATE))
    sums = np.zeros((len(runs), SUMS))
    in_parallel(_compiled(), threads, len(runs), worlds, runs, cells, views, state, sums, out)
    return out if groups else out[:, :, :, 0]


@functools.cache
def _compiled() -> Callable[..., None]:
    return compile_loop(consumer_kind(), live_all_quarters, {})


def parameter_sets(sets: Sequence[ParameterSet], isos: Sequence[str]) -> NDArray[np.void]:
    """Parameter sets as records, by set and country."""
    return np.stack([parameter_rows([one.in_country(iso) for iso in isos]) for one in sets])


def recorded(model: MekongModel) -> NDArray[np.void]:
    """Runs a model to its end and returns what people saw, by quarter and country."""
    views = []
    while model.next_quarter <= model.policy_scenario.end:
        model.step()
        views.append(np.array(model.views, dtype=VIEW))
    return np.stack(views)
