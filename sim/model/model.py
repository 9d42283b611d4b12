"""The Greater Mekong digital economy: one quarter is one page.

    model = MekongModel("baseline", seed=1, scale=1000).run()
    model.indicators()

Everyone reads the state at the end of the last quarter; nobody reads a half-updated world.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.consumer import CountryEnvironment
from sim.agents.government import Government
from sim.agents.mesa_adapter import forget
from sim.data.country import BASE_YEAR, Country, mean_income, total_gdp, year_index
from sim.data.load import chosen_countries
from sim.data.outlook import outlook
from sim.data.trade import TradeData, load_trade
from sim.errors import InputError
from sim.model import recording
from sim.model.broadband import unaided_networks
from sim.model.engine import firm_loop, people_loop
from sim.model.engine.field_bounds import ImpossibleValue
from sim.model.engine.people import People, parameter_rows
from sim.model.footprint import LARGEST_SCALE
from sim.model.governments import GovernmentDecisions
from sim.model.indicators import Series
from sim.model.market.demand import Preferences
from sim.model.market.marketplace import TradeOutcome
from sim.model.mesa_interface import DEFAULT_SEED, SeededModel, SeedLike, check_whole
from sim.model.plausibility import stopping, whole_units
from sim.model.policy_effects import policy_effects_of
from sim.model.population import synthesis
from sim.model.programmes import Programmes, Size
from sim.model.reference_years import PREFERENCE_PARAMETERS, reference_preferences
from sim.model.rules import chosen_rules, own_indicators, own_parameters, per_step
from sim.model.scams import ScamSector
from sim.model.trade import TradeSector, holder_shares, ready_shares, with_market
from sim.parameters.values import ParameterSet
from sim.rng import stream_key
from sim.scenario import Scenario, load_scenario
from sim.units import QUARTERS_PER_YEAR, USD_SCALE, quarter_label, year_of

if TYPE_CHECKING:
    import pandas as pd


class MekongModel(SeededModel):
    """Five countries from 2015 on under one scenario.

    `scale` people are one agent; `engine` is "compiled" or "objects" (the same numbers, slowly, for
    looking); `rules={"consumer": my_rule, "sme": mine}` replaces what one agent does in one
    quarter. `parameters` default to the central values. `market=False` leaves sellers and trade
    out, with online prices held constant; `firm_rows` sets the strata of firms a country;
    `preferences` of another model of the same parameter draw save solving them again in the first
    step. Raises InputError for what cannot be used.

    To Mesa it is an ordinary model: `run_model()` and `batch_run` work, `seed=None` takes a new
    seed from the system, `rng` is understood as in Mesa, and `datacollector` has the figures of the
    five countries together. The seed in use is `seed_number`. Mesa 3.5 keeps a `scenario` of its
    own, so the scenario of this model is `policy_scenario`.
    """

    def __init__(
        self,
        scenario: str | Path | Scenario = "baseline",
        seed: int | None = DEFAULT_SEED,
        scale: int = 1000,
        engine: str = "compiled",
        threads: int | None = None,
        parameters: ParameterSet | None = None,
        rules: Mapping[str, Any] | type | None = None,
        countries: Mapping[str, Country] | None = None,
        trade: TradeData | None = None,
        market: bool | None = None,
        firm_rows: int | None = None,
        preferences: Preferences | None = None,
        chunk_agents: int | None = None,
        steps_per_quarter: int = 1,
        rng: SeedLike = None,
    ) -> None:
        self.scale = check_whole("scale", scale, 1, LARGEST_SCALE)
        self.steps_per_quarter = check_whole("steps_per_quarter", steps_per_quarter, 1, 64)
        super().__init__(seed, rng)
        self.rules = chosen_rules(rules)
        own, self.own_indicators = own_parameters(self.rules), own_indicators(self.rules)
        chosen = (ParameterSet.central() if parameters is None else parameters).with_own(own)
        chosen.refuse_out_of_bounds()
        given = scenario if isinstance(scenario, Scenario) else load_scenario(scenario, own)
        self.policy_scenario = given
        self.parameters = chosen.with_scenario(self.policy_scenario.overrides)
        self.drawn_parameters = chosen.replaced(self.parameters, PREFERENCE_PARAMETERS)
        self.countries = chosen_countries(countries)
        self.values = {iso: self.parameters.in_country(iso) for iso in self.countries}
        stepped = [per_step(values, steps_per_quarter, own) for values in self.values.values()]
        self._stepped = parameter_rows(stepped)
        first, last = self.policy_scenario.start, self.policy_scenario.end
        paths = self.policy_scenario.paths
        self.outlooks = {
            iso: outlook(country, first, last, paths, self._reader(iso))
            for iso, country in self.countries.items()
        }
        self.networks = {
            iso: unaided_networks(country, last - first + 1, self._reader(iso))
            for iso, country in self.countries.items()
        }
        self.governments = {iso: Government(self, iso) for iso in self.countries}
        self.programmes = Programmes(
            self.policy_scenario.levers,
            self.governments,
            self.values,
            negotiated=paths["agreements"] == "endogenous",
            in_order=paths["shortfall"] == "in_order",
        )
        self.decisions = GovernmentDecisions(
            self.programmes, self.values, paths["governments"], paths["treaty"], self.seed_number
        )
        self.people = People(
            self, self.countries, self.parameters, self.seed_number, scale, engine, threads,
            rule=self.rules["consumer"], chunk_agents=chunk_agents,
        )  # fmt: skip
        self.consumers = self.people.consumers
        self.log_reference_income = math.log(mean_income(self.countries, BASE_YEAR))
        self.reference_gdp = total_gdp(self.countries, BASE_YEAR)
        self.scam_sector = ScamSector(self, self.values, self.programmes, paths)
        forget(self)
        self.online_firms = dict.fromkeys(self.countries, 0.0)
        self.trade_sector: TradeSector | None = None
        if with_market(market, self.countries):
            self.trade_sector = TradeSector(self, trade or load_trade(), engine, threads, firm_rows)
            self.smes = self.trade_sector.sellers.smes
            if preferences:
                self.trade_sector.open(preferences)
        self.log_prices = np.zeros(len(self.countries))
        start = self.people.initial_counts.sum(axis=1)
        adults = np.maximum(start[:, synthesis.ADULTS], 1)
        self._shopper_share = self._shopper_share_before = start[:, synthesis.SHOPPERS] / adults
        self._account_share = start[:, synthesis.ACCOUNTS] / adults
        self.next_quarter = first
        self.views = list[CountryEnvironment]()  # what people saw in the last quarter
        self._history: list[recording.Sums] = []

    def step(self) -> None:
        """One quarter."""
        if self.next_quarter > self.policy_scenario.end:
            raise InputError(
                f"the run ended with {self.quarter}", todo="build a new model to run again"
            )
        self.market_opens()
        with self._stopping(quarter_label(self.next_quarter)):
            self.governments_decide()
            self.governments_spend()
            self.networks_grow()
            try:
                self.people_live()
                self.firms_trade()
            except ImpossibleValue as fault:
                raise fault.followed(self) from None
            self.syndicates_move()
            self.books_close()
        self.next_quarter += 1
        self.running = self.running and self.next_quarter <= self.policy_scenario.end

    def run(self, progress: Callable[[int, int], None] | None = None) -> MekongModel:
        """All quarters up to the scenario's end; `progress(done, all)` is called after each.

        As in Mesa, a step that sets `running` to False ends the run.
        """
        total = self.policy_scenario.end - self.policy_scenario.start + 1
        while self.running:
            self.step()
            if progress:
                progress(self.next_quarter - self.policy_scenario.start, total)
        return self

    def continued(self, scenario: Scenario) -> MekongModel:
        """A copy that goes on under a scenario which differs only in levers that begin later."""
        unchanging = (*self._history, *self.countries.values(), *self.outlooks.values())
        model = copy.deepcopy(self, {id(each): each for each in (*unchanging, self.values)})
        model.policy_scenario, model.programmes.levers = scenario, scenario.levers
        return model

    @property
    def quarter(self) -> str:
        """The last finished quarter; 2014Q4 before the first step."""
        return quarter_label(self.next_quarter - 1)

    def indicators(self, yearly: bool = False) -> pd.DataFrame:
        """The series so far, as `Series.table`; a year is the sum of flows, or the stock of Q4."""
        return self.series().table(yearly)

    def series(self) -> Series:
        """The series so far as arrays. Raises InputError before the first step."""
        if not self._history:
            raise InputError("nothing has been run yet", todo="call step() or run() first")
        names = self._history[0]
        sums = {name: np.stack([values[name] for values in self._history]) for name in names}
        first = self.policy_scenario.start
        return Series(first, tuple(self.countries), sums, self.own_indicators)

    def collected(self) -> dict[str, list[float]]:
        """Figures of the five countries together by quarter, for Mesa's data collector."""
        return self.series().of_region() if self._history else {}

    # the quarter, one verb after another

    def market_opens(self) -> None:
        """Before the first quarter preference weights are solved, unless they were handed in."""
        if self.trade_sector and not self.trade_sector.is_open:
            with self._stopping("the years to which preference weights are solved, up to 2021"):
                self.trade_sector.open(reference_preferences(self.trade_sector, MekongModel))

    def governments_decide(self) -> None:
        """Governments react to what they saw a year ago, learn from peers, and sign agreements."""
        self.decisions.decide(self.next_quarter, self._history)
        if self.trade_sector:
            self.decisions.negotiate(self.next_quarter, self.trade_sector.pair_distances())

    def governments_spend(self) -> None:
        """Revenue comes in; programmes are paid for as far as the money goes."""
        self.programmes.spend(
            self.next_quarter, {iso: Size.now(self, iso) for iso in self.countries}
        )
        self.conditions = [
            policy_effects_of(self.programmes, iso, self.next_quarter, params, self._protected(iso))
            for iso, params in self.values.items()
        ]

    def networks_grow(self) -> None:
        """Public broadband money that was paid becomes capital after its lag."""
        self._lost = [
            network.build(
                self.programmes.level("broadband_investment", iso, self.next_quarter), now.satellite
            )
            for (iso, network), now in zip(self.networks.items(), self.conditions, strict=True)
        ]

    def people_live(self) -> None:
        """Everybody sees the quarter and acts once; what they did is counted."""
        steps = self.steps_per_quarter
        counted = []
        for step in range(steps):
            self.views = [self._view(position, step) for position in range(len(self.countries))]
            counts = self.people.live(self.views, self._stepped)
            counted.append(counts)
            self._look_around(counts)
        self.tally = counted[-1].copy()
        for flow in (*people_loop.FLOWS, *people_loop.MONEY):
            self.tally[:, :, flow] = sum(counts[:, :, flow] for counts in counted)
        self.tally[:, :, people_loop.SPENT] //= steps  # every step spends as in a whole quarter
        self.spending = self._spending_units()

    def firms_trade(self) -> None:
        """Firms act on last quarter's prospects; then demand and supply meet and prices form."""
        self.trade_outcome: TradeOutcome | None = None
        if self.trade_sector:
            quality = np.array([n.national_quality_gain() for n in self.networks.values()])
            self.trade_outcome = self.trade_sector.trade(
                self.next_quarter,
                self.spending / USD_SCALE,
                holder_shares(self.tally),
                self.ready_shares(),
                self.conditions,
                quality,
            )
            self.log_prices = np.log(self.trade_outcome.prices)
            online = self.trade_outcome.counted[:, :, firm_loop.ONLINE].sum(axis=1) / USD_SCALE
            self.online_firms = dict(zip(self.countries, online.tolist(), strict=True))

    def syndicates_move(self) -> None:
        """Scam capital grows where it pays, is raided, and partly reopens in other hosts."""
        self.scam_sector.move(self.next_quarter, self.conditions, self._exposed_income())

    def books_close(self) -> None:
        """Every dollar finds its recipient, and the quarter's sums are kept."""
        t = self._index
        people = np.array([[here.population[t]] for here in self.outlooks.values()])
        names = ("income", "consumption_share", "nominal", "us_prices")
        now = {
            name: np.array([[getattr(here, name)[t]] for here in self.outlooks.values()])
            for name in names
        }
        now["income"] = now["income"] * [[c.income_factor] for c in self.conditions]
        gains = np.array([[params["coverage_income"]] for params in self.values.values()])
        now["consumption_gain"] = gains * [n.newly_covered() for n in self.networks.values()]
        networks = np.transpose([network.national() for network in self.networks.values()])
        capital, reached, of_quality = networks * people[:, 0]
        weight = people / self.people.places.size[:, None]
        own = recording.own_people_sums(self.people.kind, self.tally, weight)
        sums = {
            **recording.people_sums(self.tally, self.people.initial_counts, weight, now),
            **recording.public_sums(
                self.governments.values(),
                capital,
                of_quality,
                reached,
                np.array(self._lost) * people[:, 0] / QUARTERS_PER_YEAR,
            ),
        }
        sums |= recording.syndicate_sums(self.scam_sector.scam_outcome, self.scam_sector.revenue)
        if self.trade_outcome and self.trade_sector:
            self.accounts = self.trade_sector.accounts(
                self.trade_outcome, self.spending, self.conditions, self._gdp() / QUARTERS_PER_YEAR
            )
            sums |= recording.trade_sums(
                self.trade_outcome, self.accounts, self.trade_sector.facts.rules
            )
            counted = self.trade_outcome.counted
            own |= recording.own_firm_sums(self.trade_sector.sellers.kind, counted)
        recording.check_sums(sums, gains[:, 0])
        self._history.append(sums | own)

    # what people and firms see

    def _view(self, position: int, step: int) -> CountryEnvironment:
        iso = tuple(self.countries)[position]
        here, t = self.outlooks[iso], self._index
        share, before = self._shopper_share[position], self._shopper_share_before[position]
        now = self.conditions[position]
        policy = now.seen_by_people()
        policy["training_offer"] /= self.steps_per_quarter
        return CountryEnvironment(
            stream_key=stream_key(
                self.seed_number, iso, self.next_quarter * self.steps_per_quarter + step
            ),
            data_price=here.data_price[t] * self.networks[iso].price_factor(),
            log_mean_income=math.log(here.income[t] * now.income_factor),
            log_reference_income=self.log_reference_income,
            consumption_share=here.consumption_share[t],
            account_share=self._account_share[position],
            shopper_share=min(max(share + 0.5 * (share - before), 0.0), 1.0),
            log_online_price=here.log_online_price[t] + self.log_prices[position],
            covid=here.covid[t],
            pandemic_ebb=here.pandemic_ebb[t],
            scam_pressure=self.scam_sector.pressure(iso, self.next_quarter),
            **self.networks[iso].seen_by_people(),
            **policy,
        )

    def _look_around(self, counts: NDArray[np.int64]) -> None:
        totals, self._shopper_share_before = counts.sum(axis=1), self._shopper_share
        adults = np.maximum(self.people.initial_counts[:, :, synthesis.ADULTS].sum(axis=1), 1)
        self._shopper_share = totals[:, people_loop.SHOPPERS] / adults
        self._account_share = totals[:, people_loop.ACCOUNTS] / adults

    def ready_shares(self) -> NDArray[np.float64]:
        """Share of firms whose owner is connected with an account: (countries, towns and rest)."""
        return ready_shares(self.tally, self.people.initial_counts, self.values.values())

    def _spending_units(self) -> NDArray[np.int64]:
        """What each country's residents spent online in the quarter, in units of 2**-16 US$."""
        weights = [self.residents(iso) for iso in self.countries] / self.people.places.size
        spent = self.tally[:, :, people_loop.SPENDING].sum(axis=1)
        return whole_units("online spending", spent * weights)

    @property
    def _index(self) -> int:
        return self.next_quarter - self.policy_scenario.start

    def income(self, iso: str) -> float:
        """GDP per head in this quarter, constant 2022 US$ a year."""
        return float(self.outlooks[iso].income[self._index])

    def residents(self, iso: str) -> float:
        """Population in the quarter at hand."""
        return float(self.outlooks[iso].population[self._index])

    def log_wages(self) -> NDArray[np.float64]:
        """Log of income per head relative to the regional mean of 2022, by country."""
        return np.log([self.income(iso) for iso in self.countries]) - self.log_reference_income

    def _protected(self, iso: str) -> float:
        return float(self.countries[iso].data_protection[year_index(year_of(self.next_quarter))])

    def _exposed_income(self) -> NDArray[np.float64]:
        """Income of adults online by country, relative to that of everybody in 2022."""
        connected = self.tally[:, :, people_loop.CONNECTED_ADULTS].sum(axis=1)
        share = connected / self.people.initial_counts[:, :, synthesis.PEOPLE].sum(axis=1)
        return np.asarray(share * self._gdp() / self.reference_gdp)

    def _gdp(self) -> NDArray[np.float64]:
        """Income of each country in the quarter at hand, constant 2022 US$ a year."""
        return np.array([self.income(iso) * self.residents(iso) for iso in self.countries])

    def _stopping(self, when: str) -> AbstractContextManager[None]:
        """Tells in words why a run stops where an account cannot be."""
        isos = tuple(self.countries)
        return stopping(when, self.policy_scenario, self.seed_number, isos, self.parameters)

    def _reader(self, iso: str) -> Callable[[str], float]:
        return self.values[iso].__getitem__
