"""The sellers' side of the model: from laws, agreements and readiness to a quarter of trade."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.agents.firm import MARKETS, REST_OF_WORLD
from sim.data.country import Country
from sim.data.load import load_countries
from sim.data.trade import TradeData, load_trade
from sim.errors import InputError
from sim.model.engine.compiled import compile_quarter, compile_trade
from sim.model.engine.firms import Sellers
from sim.model.market.accounts import Accounts, Units, settle
from sim.model.market.demand import Preferences
from sim.model.market.marketplace import Marketplace, TradeOutcome
from sim.model.market.preferences import REFERENCE_LAST, Buyers, Shares, calibrate_preferences
from sim.model.market.regulation import distance_after
from sim.model.market.trade_costs import TradeFacts
from sim.model.plausibility import TRADE, check, guarded, whole_units
from sim.model.policy_effects import Conditions, policy_effects_of
from sim.model.population.firms import FirmFacts
from sim.model.programmes import Programmes
from sim.parameters.values import ParameterSet
from sim.scenario import Scenario, load_scenario
from sim.units import COUNTRIES, USD_SCALE, quarter_index, year_of

PRICE_INDEX = (1e-4, 1e4)  # beyond these no price level is believed
BORDER_CLOSES = quarter_index("2025Q3")
REFERENCE_SCALE = 5_000
# What a scenario says about these is a statement about 2019 to 2021, or about the unit in which the
# size of firms is counted; tastes follow it. All else that a scenario changes leaves tastes alone.
PREFERENCE_PARAMETERS = (
    "pareto_shape",
    "variety_substitution",
    "brand_share",
    "intra_region_share",
    "row_share",
    "row_export_share",
)
_solved: dict[tuple[str, ...], Preferences] = {}
_REMEMBERED = 256


class TradingModel(Protocol):
    """What trade needs to know of the model it belongs to."""

    countries: dict[str, Country]
    drawn_parameters: ParameterSet
    programmes: Programmes
    rules: dict[str, Any]
    scale: int
    policy_scenario: Scenario
    seed_number: int
    values: dict[str, dict[str, float]]

    def log_wages(self) -> NDArray[np.float64]:
        """Log of income per head relative to the regional mean of 2022, by country."""
        ...


class TradeSector:
    """Sellers, marketplace and the laws that stand between them, for one model.

    Preference weights are solved in a baseline world that `world` builds: the shipped model,
    whatever subclass of it is run, so that they depend on nothing but parameters, rules and data.
    """

    def __init__(
        self,
        model: TradingModel,
        data: TradeData,
        engine: str,
        threads: int | None,
        rows: int | None,
        world: Callable[..., TradingModel],
    ) -> None:
        self.model = model
        self._world = world
        self.data = data
        self.parameters = list(model.values.values())
        self.sellers = self._sellers(self.parameters, model.seed_number, engine, threads, rows)
        self.market = Marketplace(self.sellers, self._preferences(), self.parameters)
        self.facts = self.facts_at(model.policy_scenario.start, agreements=False)

    def trade(
        self,
        quarter: int,
        spending: NDArray[np.float64],
        ready: NDArray[np.float64],
        conditions: Sequence[Conditions],
    ) -> TradeOutcome:
        """One quarter; `spending` is what each country's residents spent online (US$)."""
        self.facts = self.facts_at(quarter)
        self.sellers.conditions = [(c.training_offer, c.innovation) for c in conditions]
        fraud = self.fraud_shares(conditions)
        trade_outcome = self.market.trade(
            quarter,
            spending * (1.0 - fraud),
            ready,
            self.model.log_wages(),
            self.facts,
            self.model.policy_scenario.paths["row"],
        )
        check(
            "online price index (2019 to 2021 = 1)", trade_outcome.prices, *PRICE_INDEX, about=TRADE
        )
        return trade_outcome

    def accounts(
        self,
        trade_outcome: TradeOutcome,
        spending: Units,
        conditions: Sequence[Conditions],
        income: NDArray[np.float64],
    ) -> Accounts:
        """Who receives what of the quarter's purchases; `income` of each country in the quarter."""
        abroad = trade_outcome.sales[:, -1]
        name = "online sales of small firms to the rest of the world"
        why = "they exceed the income of the country"
        check(name, abroad, most=income, about=TRADE, cause=why)
        return settle(
            spending,
            whole_units(name, abroad * USD_SCALE),
            trade_outcome.equilibrium.shares,
            self.fraud_shares(conditions),
            trade_outcome.costs,
        )

    def pair_distances(self) -> dict[str, float]:
        """Regulatory distance of every pair of countries at the end of the last quarter."""
        isos = tuple(self.model.countries)
        return {
            "-".join(sorted((one, other))): float(self.facts.rules[i, j])
            for i, one in enumerate(isos)
            for j, other in enumerate(isos)
            if i < j
        }

    def fraud_shares(self, conditions: Sequence[Conditions]) -> NDArray[np.float64]:
        """Share of online spending that fake shops take, by country."""
        return np.array(
            [
                params["purchase_fraud_share"] * c.fraud_factor
                for params, c in zip(self.parameters, conditions, strict=True)
            ]
        )

    def facts_at(
        self,
        quarter: int,
        agreements: bool = True,
        parameters: Sequence[Mapping[str, float]] | None = None,
    ) -> TradeFacts:
        """Distances, taxes and parcel rules in a quarter, with or without the agreements.

        `parameters` by country, if not those of the run.
        """
        parameters = parameters or self.parameters
        year = year_of(quarter)
        isos = tuple(self.model.countries)
        rules = np.zeros((MARKETS, MARKETS))
        data = np.zeros((MARKETS, MARKETS))
        for i, one in enumerate(isos):
            params = parameters[i]
            rules[i, REST_OF_WORLD] = rules[REST_OF_WORLD, i] = params["reference_distance"]
            restricted = self._restriction(one, quarter, agreements)
            data[i, REST_OF_WORLD] = data[REST_OF_WORLD, i] = restricted
            for j, other in enumerate(isos):
                if i == j:
                    continue
                pair = "-".join(sorted((one, other)))
                level = 0.0
                if agreements:
                    level = self.model.programmes.level("regulatory_harmonization", pair, quarter)
                coded = self.data.heterogeneity(one, other, year)
                rules[i, j] = distance_after(coded, level, _pair_values(params, parameters[j]))
                data[i, j] = max(restricted, self._restriction(other, quarter, agreements))
        taxed = [self.data.low_value_vat_from[iso] for iso in isos]
        here = [
            policy_effects_of(self.model.programmes, iso, quarter, params) if agreements else None
            for iso, params in zip(isos, parameters, strict=True)
        ]
        return TradeFacts(
            linked=_both([c.interoperability if c else 0.0 for c in here]),
            paperless=self._paperless([c.paperless if c else 0.0 for c in here], year),
            closed=_closed(isos, quarter, self.model.policy_scenario.paths["border"]),
            import_tax=np.array([c.import_tax if c else 0.0 for c in here]),
            support=np.array(
                [
                    c.marketplace * params["marketplace_saving"] if c else 0.0
                    for c, params in zip(here, parameters, strict=True)
                ]
            ),
            rules=rules,
            data=data,
            vat_rate=np.array([self.data.vat_rate[iso] for iso in isos]),
            taxed_parcels=np.array([start is not None and quarter >= start for start in taxed]),
        )

    def _paperless(self, lifted: list[float], year: int) -> NDArray[np.float64]:
        """Share of procedures without paper, by pair: today's, and of the rest what is lifted."""
        known = [self.data.paperless(iso, year) for iso in self.model.countries]
        done, more = _both(known), _both(lifted)
        return done + (1.0 - done) * more

    def _restriction(self, iso: str, quarter: int, agreements: bool) -> float:
        """Restriction of data flows by one country, less what openness has lifted."""
        lifted = 0.0
        if agreements:
            lifted = self.model.programmes.level("data_flow_openness", iso, quarter)
        return self.data.data_restriction(iso, year_of(quarter)) * (1.0 - lifted)

    def _sellers(
        self,
        parameters: Sequence[Mapping[str, float]],
        seed: int,
        engine: str,
        threads: int | None,
        rows: int | None = None,
        copies: int = 1,
    ) -> Sellers:
        return Sellers(
            self.model,
            {iso: firm_facts(self.data, iso) for iso in self.model.countries},
            parameters,
            seed,
            self.model.scale,
            engine,
            threads,
            [
                min(float(country.schooling_years[0]) / params["schooling_for_full_skill"], 1.0)
                for country, params in zip(self.model.countries.values(), parameters, strict=True)
            ],
            rule=self.model.rules["sme"],
            rows=rows,
            copies=copies,
        )

    def _preferences(self) -> Preferences:
        """Taste weights of this parameter draw; the same for every scenario and seed.

        What a scenario changes about the draw is thus not taken back by other tastes.
        """
        model = self.model
        values = {iso: model.drawn_parameters.in_country(iso) for iso in model.countries}
        drawn = list(values.values())
        standard = self.data is load_trade() and all(
            model.countries[iso] is own for iso, own in load_countries().items()
        )
        key = (
            model.drawn_parameters.fingerprint(),
            model.policy_scenario.paths["covid"],
            compile_quarter(model.rules["consumer"]).__module__,  # named by what the rule says
            compile_trade(model.rules["sme"]).__module__,
        )
        if standard and key in _solved:
            return _solved[key]
        buyers = self._buyers(drawn)
        with guarded("preference weights"):
            preferences = calibrate_preferences(
                lambda rows, copies: self._sellers(drawn, 0, "compiled", None, rows, copies),
                buyers,
                observed_shares(self.data, values),
                drawn,
            )
        for values in vars(preferences).values():
            values.setflags(write=False)  # shared by all models of this draw
        if standard:
            if len(_solved) >= _REMEMBERED:
                _solved.pop(next(iter(_solved)))
            _solved[key] = preferences
        return preferences

    def _buyers(self, drawn: Sequence[Mapping[str, float]]) -> Buyers:
        """Spending and readiness of the baseline of the same draw, without a market."""
        baseline = load_scenario("baseline")
        paths = baseline.paths | {"covid": self.model.policy_scenario.paths["covid"]}
        plain = replace(baseline, end=REFERENCE_LAST, paths=paths)
        model: Any = self._world(
            plain,
            seed=0,
            scale=REFERENCE_SCALE,
            parameters=self.model.drawn_parameters,
            rules=self.model.rules,
            countries=self.model.countries,
            market=False,
        )
        goods, ready, wages, facts = [], [], [], []
        while model.next_quarter <= REFERENCE_LAST:
            model.step()
            goods.append(model.spending / USD_SCALE)
            ready.append(model.ready_shares())
            facts.append(self.facts_at(model.next_quarter - 1, False, drawn))
        first = model.policy_scenario.start
        for t in range(len(goods)):
            wages.append([np.log(here.income[t]) for here in model.outlooks.values()])
        return Buyers(
            first=first,
            goods=np.array(goods),
            ready=np.array(ready),
            log_wages=np.array(wages) - model.log_reference_income,
            facts=facts,
        )


def with_market(wanted: bool | None, countries: Iterable[str]) -> bool:
    """Trade is between the five; a made-up world of fewer has none unless it is asked for."""
    five = set(countries) == set(COUNTRIES)
    if wanted and not five:
        raise InputError(
            "trade needs all five countries", where="market", allowed="market=False, or the five"
        )
    return five if wanted is None else wanted


def firm_facts(data: TradeData, iso: str) -> FirmFacts:
    """The firms of one country, as the strata need them."""
    micro, small, _medium = data.size_shares[iso]
    return FirmFacts(
        firms=data.firms[iso],
        women_owned=data.women_owned_share[iso],
        urban=data.urban_share_of_firms[iso],
        goods=1.0 - data.sector_shares[iso].services,
        micro=micro,
        small=small,
    )


def observed_shares(data: TradeData, values: Mapping[str, Mapping[str, float]]) -> Shares:
    """The shares of 2019 to 2021 to which tastes are solved."""
    isos = tuple(values)
    origins = np.zeros((len(isos), len(isos)))
    for j, buyer in enumerate(isos):
        weights = data.origin_weights(buyer)
        total = sum(weights[iso] for iso in isos if iso != buyer)
        for i, iso in enumerate(isos):
            if iso != buyer:
                origins[i, j] = values[buyer]["intra_region_share"] * weights[iso] / total

    def column(name: str) -> NDArray[np.float64]:
        return np.array([values[iso][name] for iso in isos])

    return Shares(origins, column("row_share"), column("brand_share"), column("row_export_share"))


def _closed(isos: tuple[str, ...], quarter: int, path: str) -> NDArray[np.float64]:
    """1 where the border between two countries is closed, by pair of places."""
    table = np.zeros((MARKETS, MARKETS))
    if path == "closed" and quarter >= BORDER_CLOSES and {"KHM", "THA"} <= set(isos):
        one, other = isos.index("KHM"), isos.index("THA")
        table[one, other] = table[other, one] = 1.0
    return table


def _both(levels: list[float]) -> NDArray[np.float64]:
    """By pair of places: as far as both countries take part; nothing with the rest of the world."""
    table = np.zeros((MARKETS, MARKETS))
    table[: len(levels), : len(levels)] = np.minimum.outer(levels, levels)
    return table


def _pair_values(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    """Parameters of a pair: what differs between the two is averaged."""
    names = ("strictness_distance", "negotiable_distance", "agreement_compliance")
    return {name: (one[name] + other[name]) / 2.0 for name in names}
