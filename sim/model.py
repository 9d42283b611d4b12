"""The Greater Mekong digital economy: one quarter is one page.

    model = MekongModel("baseline", seed=1, scale=1000).run()
    model.indicators()

Everyone reads the state at the end of the last quarter; nobody reads a half-updated world.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.consumer import consumer_quarter
from sim.agents.government import Government, Plan
from sim.agents.mesa_base import forget, mesa
from sim.countries.country import BASE_YEAR, Country, year_index
from sim.countries.load import load_countries
from sim.countries.outlook import outlook
from sim.draws import LARGEST_SEED, stream_key
from sim.engine import chunk as measure
from sim.engine.people import People, View
from sim.errors import InputError, did_you_mean
from sim.indicators import Series, group_matrix
from sim.parameters.table import parameter_table
from sim.parameters.values import ParameterSet
from sim.policy.levers import LEVERS
from sim.policy.schedule import level, paid
from sim.population import synthesis
from sim.population.network import covered, private_network
from sim.scenario import Scenario, load_scenario
from sim.units import QUARTERS_PER_YEAR, USD_SCALE, quarter_label

if TYPE_CHECKING:
    import pandas as pd

RULES: dict[str, Callable[..., None]] = {"consumer": consumer_quarter}


class MekongModel(mesa.Model):
    """Five countries from 2015 on under one scenario.

    `scale` people are one agent; `engine` is "compiled" or "objects" (the same numbers, slowly, for
    looking); `rules={"consumer": my_rule}` replaces what one person does in one quarter.
    `parameters` default to the central values. Raises InputError for what cannot be used.
    """

    def __init__(
        self,
        scenario: str | Path | Scenario = "baseline",
        seed: int = 1,
        scale: int = 1000,
        engine: str = "compiled",
        threads: int | None = None,
        parameters: ParameterSet | None = None,
        rules: Mapping[str, Callable[..., None]] | None = None,
        countries: Mapping[str, Country] | None = None,
        chunk_agents: int | None = None,
        steps_per_quarter: int = 1,
    ) -> None:
        _check_whole("seed", seed, 0, LARGEST_SEED)
        _check_whole("scale", scale, 1, 100_000_000)
        _check_whole("steps_per_quarter", steps_per_quarter, 1, 64)
        super().__init__(rng=seed)
        self.scenario = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
        self.seed_number = seed
        self.scale = scale
        self.steps_per_quarter = steps_per_quarter
        chosen = parameters or ParameterSet.central()
        self.parameters = chosen.with_overrides(self.scenario.parameters)
        self.countries = dict(countries or load_countries())
        self.values = {iso: self.parameters.in_country(iso) for iso in self.countries}
        self._stepped = [_per_step(self.values[iso], steps_per_quarter) for iso in self.countries]
        first, last = self.scenario.start, self.scenario.end
        self.outlooks = {
            iso: outlook(country, first, last, self.scenario.paths, self._reader(iso))
            for iso, country in self.countries.items()
        }
        self.networks = {
            iso: private_network(country, last - first + 1, self._reader(iso))
            for iso, country in self.countries.items()
        }
        self.governments = {iso: Government(self, iso) for iso in self.countries}
        forget(self)
        self.people = People(
            self, self.countries, self.parameters, seed, scale, engine, threads,
            rule=_rule_for(rules), chunk_agents=chunk_agents,
        )  # fmt: skip
        self.consumers = self.people.consumers
        self.log_reference_income = math.log(_regional_income(self.countries))
        census = self.people.census.sum(axis=1)
        adults = np.maximum(census[:, synthesis.ADULTS], 1)
        self._shopper_share = census[:, synthesis.SHOPPERS] / adults
        self._shopper_share_before = self._shopper_share
        self._account_share = census[:, synthesis.ACCOUNTS] / adults
        self.next_quarter = first
        self._history: list[dict[str, NDArray[np.float64]]] = []

    def step(self) -> None:
        """One quarter."""
        if self.next_quarter > self.scenario.end:
            raise InputError(
                f"the run ended with {self.quarter}", todo="build a new model to run again"
            )
        self.governments_spend()
        self.networks_grow()
        self.people_live()
        self.next_quarter += 1

    def run(self, progress: Callable[[int, int], None] | None = None) -> MekongModel:
        """All quarters up to the scenario's end; `progress(done, all)` is called after each."""
        total = self.scenario.end - self.scenario.start + 1
        while self.next_quarter <= self.scenario.end:
            self.step()
            if progress:
                progress(self.next_quarter - self.scenario.start, total)
        return self

    @property
    def quarter(self) -> str:
        """The last finished quarter; 2014Q4 before the first step."""
        return quarter_label(self.next_quarter - 1)

    def indicators(self, yearly: bool = False) -> pd.DataFrame:
        """The series so far: country, quarter (or year), indicator, group, value, unit."""
        return self.series().table(yearly)

    def series(self) -> Series:
        """The series so far as arrays."""
        if not self._history:
            raise InputError("nothing has been run yet", todo="call step() or run() first")
        names = self._history[0]
        sums = {name: np.stack([values[name] for values in self._history]) for name in names}
        return Series(self.scenario.start, tuple(self.countries), sums)

    # the quarter, one verb after another

    def governments_spend(self) -> None:
        """Revenue comes in; programmes are paid for as far as the money goes."""
        for iso, government in self.governments.items():
            p = self.values[iso]
            quarterly_gdp = self._gdp(iso) / QUARTERS_PER_YEAR
            government.spend(
                [Plan(name, self._full_cost(iso, name)) for name in self.scenario.levers],
                p["digital_budget_share"] * quarterly_gdp,
                p["budget_carry_limit"],
            )

    def networks_grow(self) -> None:
        """Public broadband money that was paid becomes capital after its lag."""
        self._lost = {}
        for iso, network in self.networks.items():
            money = self._level(iso, "broadband_investment")
            country = self.countries[iso]
            self._lost[iso] = network.build(money, country.urban_share, self._reader(iso))

    def people_live(self) -> None:
        """Everybody sees the quarter and acts once; what they did is counted."""
        steps = self.steps_per_quarter
        counted = []
        for step in range(steps):
            views = [self._view(position, step) for position in range(len(self.countries))]
            counts = self.people.live(views, self._stepped)
            counted.append(counts)
            self._look_around(counts)
        tally = counted[-1].copy()
        for flow in (*measure.FLOWS, *measure.MONEY):
            tally[:, :, flow] = sum(counts[:, :, flow] for counts in counted)
        tally[:, :, list(measure.MONEY)] //= steps
        self._history.append(self._measured(tally))

    # what people see, and what is kept of a quarter

    def _view(self, position: int, step: int) -> View:
        iso = tuple(self.countries)[position]
        here, p, t = self.outlooks[iso], self.values[iso], self._index
        towns, countryside = self._coverage(iso)
        share, before = self._shopper_share[position], self._shopper_share_before[position]
        return View(
            stream_key=stream_key(
                self.seed_number, iso, self.next_quarter * self.steps_per_quarter + step
            ),
            coverage_town=towns,
            coverage_countryside=countryside,
            data_price=here.data_price[t],
            log_mean_income=math.log(here.income[t]),
            log_reference_income=self.log_reference_income,
            consumption_share=here.consumption_share[t],
            account_share=self._account_share[position],
            shopper_share=min(max(share + 0.5 * (share - before), 0.0), 1.0),
            log_online_price=here.log_online_price[t],
            covid=here.covid[t],
            scam_protection=p["enforcement_effect"] * self._level(iso, "anti_scam_enforcement"),
        )

    def _look_around(self, counts: NDArray[np.int64]) -> None:
        totals = counts.sum(axis=1)
        adults = np.maximum(self.people.census[:, :, synthesis.ADULTS].sum(axis=1), 1)
        self._shopper_share_before = self._shopper_share
        self._shopper_share = totals[:, measure.SHOPPERS] / adults
        self._account_share = totals[:, measure.ACCOUNTS] / adults

    def _measured(self, tally: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
        """Sums by country and group, in persons and US$, of the quarter that was just lived."""
        groups = group_matrix()
        t = self._index
        weight = np.array(
            [
                [outlook.population[t] / size]
                for outlook, size in zip(
                    self.outlooks.values(), self.people.places.size.tolist(), strict=True
                )
            ]
        )

        def people(column: int) -> NDArray[np.float64]:
            return np.asarray((tally[:, :, column] @ groups.T) * weight)

        def money(column: int) -> NDArray[np.float64]:
            return people(column) / USD_SCALE

        census = self.people.census
        income = (census[:, :, synthesis.RELATIVE_INCOME] @ groups.T) * weight / USD_SCALE
        income = income * self._each("income") / QUARTERS_PER_YEAR
        consumption = income * self._each("consumption_share")
        spending = money(measure.SPENDING)
        nominal = spending * self._each("nominal")
        return {
            "gmv_real_usd": spending,
            "gmv_nominal_usd": nominal,
            "gmv_us_prices": nominal / self._each("us_prices"),
            "income_usd": income,
            "consumption_usd": consumption,
            "consumption_nominal_usd": consumption * self._each("nominal"),
            "population": (census[:, :, synthesis.PEOPLE] @ groups.T) * weight,
            "adults": (census[:, :, synthesis.ADULTS] @ groups.T) * weight,
            "connected": people(measure.CONNECTED),
            "connected_adults": people(measure.CONNECTED_ADULTS),
            "account_holders": people(measure.ACCOUNTS),
            "shoppers": people(measure.SHOPPERS),
            "victims": people(measure.VICTIMS),
            "newly_connected": people(measure.NEW_CONNECTED),
            "dropped_out": people(measure.DROPPED_OUT),
            "new_accounts": people(measure.NEW_ACCOUNTS),
            "new_shoppers": people(measure.NEW_SHOPPERS),
            "lapsed_shoppers": people(measure.LAPSED_SHOPPERS),
            "scam_losses_usd": money(measure.LOSSES),
            "trust_sum": money(measure.TRUST),
            "skill_sum": money(measure.SKILL),
            **self._public_accounts(),
        }

    def _public_accounts(self) -> dict[str, NDArray[np.float64]]:
        books = [government.books for government in self.governments.values()]
        people = self._each("population")[:, 0]
        capital, reached = [], []
        for iso, country in self.countries.items():
            towns, countryside = self._capital(iso)
            urban = country.urban_share
            capital.append(urban * towns + (1.0 - urban) * countryside)
            covered_towns, covered_countryside = self._coverage(iso)
            reached.append(urban * covered_towns + (1.0 - urban) * covered_countryside)

        def column(values: list[float]) -> NDArray[np.float64]:
            return np.array(values, dtype=float)[:, None]

        spending = {
            f"spending_{name}_usd": column(
                [book.spending.get(name, 0) / USD_SCALE for book in books]
            )
            for name in LEVERS
        }
        return {
            **spending,
            "network_capital_usd": column(list(np.array(capital) * people)),
            "covered": column(list(np.array(reached) * people)),
            "budget_revenue_usd": column([book.revenue / USD_SCALE for book in books]),
            "budget_spending_usd": column(
                [sum(book.spending.values()) / USD_SCALE for book in books]
            ),
            "budget_returned_usd": column([book.returned / USD_SCALE for book in books]),
            "budget_carry_usd": column([book.closing / USD_SCALE for book in books]),
            "lever_shortfall_usd": column([book.shortfall / USD_SCALE for book in books]),
            "investment_lost_usd": column(
                [
                    self._lost[iso] * heads / QUARTERS_PER_YEAR
                    for iso, heads in zip(self.countries, people, strict=True)
                ]
            ),
        }

    # small readings

    @property
    def _index(self) -> int:
        return self.next_quarter - self.scenario.start

    def _each(self, name: str) -> NDArray[np.float64]:
        """One exogenous value per country, as a column."""
        return np.array([[getattr(here, name)[self._index]] for here in self.outlooks.values()])

    def _reader(self, iso: str) -> Callable[[str], float]:
        values = self.values[iso]
        return values.__getitem__

    def _gdp(self, iso: str) -> float:
        here = self.outlooks[iso]
        return float(here.income[self._index] * here.population[self._index])

    def _full_cost(self, iso: str, lever: str) -> float:
        """What a lever's plan costs in one country in this quarter, constant 2022 US$."""
        planned = paid(self.scenario.levers[lever], iso, self.next_quarter) / QUARTERS_PER_YEAR
        if LEVERS[lever].unit_cost:
            return planned * self.values[iso][LEVERS[lever].unit_cost] * self._gdp(iso)
        return float(planned * self.outlooks[iso].population[self._index])

    def _level(self, iso: str, lever: str) -> float:
        """The level of a lever in effect: what is planned, as far as it was paid for."""
        schedules = self.scenario.levers.get(lever, ())
        here = [schedule for schedule in schedules if iso in schedule.places]
        total = 0.0
        for schedule in here:
            lag = round(schedule.lag_years * QUARTERS_PER_YEAR)
            bought = self.governments[iso].share_bought(lever, lag)
            total += level([schedule], iso, self.next_quarter) * bought
        return total

    def _capital(self, iso: str) -> tuple[float, float]:
        return self.networks[iso].capital(self._index + 1)

    def _coverage(self, iso: str) -> tuple[float, float]:
        p = self.values[iso]
        towns, countryside = self._capital(iso)
        scale, ceiling = p["coverage_scale"], p["coverage_ceiling"]
        return covered(towns, scale, ceiling), covered(countryside, scale, ceiling)


def _regional_income(countries: Mapping[str, Country]) -> float:
    """Mean income of the countries' people in 2022, constant 2022 US$ a year."""
    year = year_index(BASE_YEAR)
    people = sum(float(country.population[year]) for country in countries.values())
    gdp = sum(float(c.gdp_per_head[year] * c.population[year]) for c in countries.values())
    return gdp / people


def _per_step(values: Mapping[str, float], steps: int) -> dict[str, float]:
    """Annual rates and times as seen by a step that is a fraction of a quarter."""
    if steps == 1:
        return dict(values)
    table = parameter_table()
    factor = {"1/year": 1.0 / steps, "years": float(steps)}
    return {
        name: value * factor.get(table[name].unit, 1.0) if name in table else value
        for name, value in values.items()
    }


def _rule_for(rules: Mapping[str, Any] | None) -> Callable[..., None]:
    for kind in rules or {}:
        if kind not in RULES:
            raise InputError(
                f"there is no rule for '{kind}'",
                where="rules",
                allowed=", ".join(RULES),
                todo=did_you_mean(kind, RULES) or None,
            )
    chosen: Callable[..., None] = {**RULES, **(rules or {})}["consumer"]
    return chosen


def _check_whole(name: str, value: object, least: int, most: int) -> None:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or not least <= int(value) <= most:  # type: ignore[call-overload]
        raise InputError(
            f"{value!r} cannot be the {name}",
            where=name,
            allowed=f"a whole number, {least} to {most}",
        )
