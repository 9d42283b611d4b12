"""What people saw in one run, and what they would have seen under other parameters.

A run of the agents is recorded once. From then on the conditions of the mean-field model are
built anew for any parameters of the consumer side: coverage, incomes, pandemic, the trend of
prices, protection and support of trust. Three things stay as they were in the recorded run: the
prices that sellers made, the scams that syndicates sent, and which programmes were paid for. On a
matched history the scams of syndicates follow the path of the parameters.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.data.country import Country, year_index
from sim.data.outlook import Outlook, outlook
from sim.errors import InputError
from sim.meanfield.cells import lay_out_cells
from sim.meanfield.model import MeanFieldModel, parameter_sets
from sim.model.broadband import unaided_networks
from sim.model.engine.compiled import use_threads
from sim.model.engine.people import VIEW
from sim.model.model import MekongModel
from sim.model.policy_effects import SEEN_BY_PEOPLE, PolicyEffects, policy_effects_of
from sim.model.scam_history import capital_before, inputs_of
from sim.model.scams import offence
from sim.parameters.table import parameter_table
from sim.parameters.values import ParameterSet
from sim.scenario import Scenario
from sim.units import year_of

Floats = NDArray[np.float64]
Values = Mapping[str, float]
T = TypeVar("T")

SCALE = 10_000  # people per agent in the recorded run
BROADBAND, SATELLITE = "broadband_investment", "satellite_coverage"
_STARTING = ("population", "start", "broadband")  # mechanisms of which the cells are made
_TRAITS = ("never_online_buyers", "adoption_spread", "spending_spread")
_KEPT = 64  # results of one part in memory, by country


@dataclass(frozen=True)
class RecordedLevels:
    """Levels in effect in the recorded run, by lever, country and quarter."""

    kept: dict[tuple[str, str, int], float]

    def level(self, lever: str, place: str, quarter: int) -> float:
        """The level that was paid for."""
        return self.kept[lever, place, quarter]


class _Noted:
    """Passes levels on and remembers them."""

    def __init__(self, programmes: Any, kept: dict[tuple[str, str, int], float]) -> None:
        self.programmes, self.kept = programmes, kept

    def level(self, lever: str, place: str, quarter: int) -> float:
        value: float = self.programmes.level(lever, place, quarter)
        self.kept[lever, place, quarter] = value
        return value


class Recording:
    """One run of the agents as people saw it; `mean_field(values)` has other parameters.

    `views` are by quarter and country, `log_prices` what sellers made of prices (quarters,
    countries), `pressure` the scams of syndicates by quarter, `spending` public money by quarter
    and country (constant 2022 US$).
    """

    def __init__(
        self,
        scenario: str | Path | Scenario = "baseline",
        values: ParameterSet | None = None,
        scale: int = SCALE,
        seed: int = 1,
        market: bool | None = None,
        firm_rows: int | None = None,
    ) -> None:
        model = MekongModel(
            scenario, seed, scale, parameters=values, market=market, firm_rows=firm_rows
        )
        self.scenario = model.policy_scenario
        self.countries: dict[str, Country] = dict(model.countries)
        self.levels = RecordedLevels({})
        noted = _Noted(model.programmes, self.levels.kept)
        views, prices, pressure, spending = [], [], [], []
        while (quarter := model.next_quarter) <= model.policy_scenario.end:
            prices.append(np.array(model.log_prices))
            pressure.append(model.scam_sector.scam_outcome.pressure)
            model.step()
            views.append(np.array(model.views, dtype=VIEW))
            spending.append(model._history[-1]["budget_spending_usd"][:, 0])
            for iso, params in model.values.items():
                policy_effects_of(noted, iso, quarter, params)
                noted.level(BROADBAND, iso, quarter)
        self.views = np.stack(views)
        self.log_prices, self.pressure = np.stack(prices), np.array(pressure)
        self.spending = np.stack(spending)
        first, last = self.scenario.start, self.scenario.end
        self.quarters = range(first, last + 1)
        self._path = self._scam_path(model.drawn_parameters)
        self._cells = {iso: _Remembered(self._cells_of(iso)) for iso in self.countries}
        self._outlooks = {iso: _Remembered(self._outlook_of(iso)) for iso in self.countries}
        self._effects = {iso: _Remembered(self._effects_of(iso)) for iso in self.countries}
        self._networks = {iso: _Remembered(self._networks_of(iso)) for iso in self.countries}

    def views_of(self, values: ParameterSet) -> NDArray[np.void]:
        """What people would have seen under other parameters, by quarter and country."""
        by_country = self._by_country(values)
        views = self.views.copy()
        pressure = self.pressure * (self._scam_path(values) / self._path)
        for position, (iso, params) in enumerate(by_country.items()):
            here, mine = self._outlooks[iso](params), views[:, position]
            seen, price_factor = self._networks[iso](params)
            effects = self._effects[iso](params)
            income = (here.income * [now.income_factor for now in effects]).tolist()
            for name, path in seen.items():
                mine[name] = path
            mine["data_price"] = here.data_price * price_factor
            mine["log_mean_income"] = [math.log(x) for x in income]
            mine["log_online_price"] = here.log_online_price + self.log_prices[:, position]
            mine["covid"] = here.covid
            rise, path = params["ai_scam_offence"], self.scenario.paths["ai_scams"]
            mine["scam_pressure"] = pressure * [offence(path, q, rise) for q in self.quarters]
            for name in SEEN_BY_PEOPLE:
                mine[name] = [getattr(now, name) for now in effects]
        return views

    def outlooks(self, values: ParameterSet) -> dict[str, Outlook]:
        """Population, incomes and prices under other parameters."""
        by_country = self._by_country(values)
        return {iso: self._outlooks[iso](params) for iso, params in by_country.items()}

    def mean_field(self, values: ParameterSet, threads: int | None = 1) -> MeanFieldModel:
        """The mean-field model under these parameters, ready to run."""
        by_country = self._by_country(values)
        mean_field = copy.copy(_EMPTY)
        mean_field.countries = self.countries
        cells = [self._cells[iso](params) for iso, params in by_country.items()]
        mean_field.cells = np.stack(cells).view(np.recarray)
        mean_field.views = self.views_of(values)
        mean_field.threads = use_threads(threads, 1 << 30)
        chosen = values.with_scenario(self.scenario.overrides)
        mean_field.values = parameter_sets([chosen], tuple(self.countries))[0]
        return mean_field

    def _by_country(self, values: ParameterSet) -> dict[str, dict[str, float]]:
        chosen = values.with_scenario(self.scenario.overrides)
        return {iso: chosen.in_country(iso) for iso in self.countries}

    def _scam_path(self, values: ParameterSet) -> Floats:
        """Capital of syndicates by quarter that their history is matched to; 1 if it is free."""
        if self.scenario.paths["scam_history"] == "free":
            return np.ones(len(self.quarters))
        chosen = values.with_scenario(self.scenario.overrides)
        inputs = inputs_of(values, chosen, tuple(self.countries))
        return np.array(capital_before(inputs, self.quarters))

    # the parts, each made anew only when a parameter that it reads has moved

    def _cells_of(self, iso: str) -> Callable[[Values], NDArray[np.void]]:
        names = [n for n, one in parameter_table().items() if one.mechanism in _STARTING]
        names += _TRAITS

        def make(params: Values) -> NDArray[np.void]:
            changed = {name: params[name] for name in names}
            values = ParameterSet.central().with_overrides(changed)
            return lay_out_cells({iso: self.countries[iso]}, values)[0]

        return make

    def _outlook_of(self, iso: str) -> Callable[[Values], Outlook]:
        first, last = self.scenario.start, self.scenario.end
        paths = self.scenario.paths
        return lambda params: outlook(self.countries[iso], first, last, paths, params.__getitem__)

    def _networks_of(self, iso: str) -> Callable[[Values], tuple[dict[str, Floats], Floats]]:
        country = self.countries[iso]

        def make(params: Values) -> tuple[dict[str, Floats], Floats]:
            networks = unaided_networks(country, len(self.quarters), params.__getitem__)
            seen, factors = [], []
            for quarter in self.quarters:
                money = self.levels.level(BROADBAND, iso, quarter)
                networks.build(money, self.levels.level(SATELLITE, iso, quarter))
                seen.append(networks.seen_by_people())
                factors.append(networks.price_factor())
            paths = {name: np.array([now[name] for now in seen]) for name in seen[0]}
            return paths, np.array(factors)

        return make

    def _effects_of(self, iso: str) -> Callable[[Values], list[PolicyEffects]]:
        law = self.countries[iso].data_protection

        def make(params: Values) -> list[PolicyEffects]:
            return [
                policy_effects_of(self.levels, iso, q, params, float(law[year_index(year_of(q))]))
                for q in self.quarters
            ]

        return make


class _Remembered:
    """A function of parameters that is worked out again only when one that it reads has moved."""

    def __init__(self, make: Callable[[Values], T]) -> None:
        self.make = make
        self.names: tuple[str, ...] = ()
        self.kept: dict[tuple[float, ...], Any] = {}

    def __call__(self, params: Values) -> Any:
        key = tuple(params[name] for name in self.names)
        if key in self.kept and self.names:
            return self.kept[key]
        noting = _Noting(params)
        made = self.make(noting)
        names = tuple(sorted(noting.read | set(self.names)))
        if names != self.names or len(self.kept) >= _KEPT:
            self.names, self.kept = names, {}
        self.kept[tuple(params[name] for name in names)] = made
        return made


class _Noting(dict[str, float]):
    """Parameters that note which of them are read."""

    def __init__(self, params: Values) -> None:
        super().__init__(params)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> float:
        self.read.add(name)
        return super().__getitem__(name)


_EMPTY = MeanFieldModel.__new__(
    MeanFieldModel
)  # filled in by `Recording.mean_field`, which has its parts already


def same_horizon(one: Recording, other: Recording) -> None:
    """Refuses to compare runs of different quarters. Raises InputError."""
    if one.quarters != other.quarters:
        raise InputError(
            f"'{one.scenario.name}' and '{other.scenario.name}' cover different quarters",
            where="[horizon]",
            todo="compare scenarios of one horizon",
        )
