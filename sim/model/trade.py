"""The sellers' side of the model: from laws, agreements and readiness to a quarter of trade."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.agents.firm import MARKETS, REST_OF_WORLD
from sim.data.country import Country
from sim.data.trade import TradeData
from sim.errors import InputError
from sim.model.engine.firms import Sellers
from sim.model.market.accounts import Accounts, Units, settle
from sim.model.market.demand import Preferences
from sim.model.market.marketplace import Marketplace, TradeOutcome
from sim.model.market.regulation import distance_after
from sim.model.market.trade_costs import TradeFacts
from sim.model.plausibility import TRADE, check, whole_units
from sim.model.policy_effects import PolicyEffects, policy_effects_of
from sim.model.population.firms import FirmFacts
from sim.model.programmes import Programmes
from sim.parameters.values import ParameterSet
from sim.scenario import Scenario
from sim.units import COUNTRIES, USD_SCALE, quarter_index, year_of

PRICE_INDEX = (1e-4, 1e4)  # beyond these no price level is believed
BORDER_CLOSES = quarter_index("2025Q3")


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
    """Sellers, marketplace and the laws that stand between them, for one model."""

    def __init__(
        self,
        model: TradingModel,
        data: TradeData,
        engine: str,
        threads: int | None,
        rows: int | None,
    ) -> None:
        self.model = model
        self.data = data
        self.parameters = list(model.values.values())
        self.sellers = self.new_sellers(self.parameters, model.seed_number, engine, threads, rows)
        self._market: Marketplace | None = None
        self.facts = self.facts_at(model.policy_scenario.start, agreements=False)

    @property
    def is_open(self) -> bool:
        """Whether preference weights are known, so that there can be trade."""
        return self._market is not None

    @property
    def market(self) -> Marketplace:
        """The marketplace. Raises InputError before it is open."""
        if self._market is None:
            raise InputError(
                "the market opens with the first quarter",
                todo="call step() or run() first, or hand preferences to the model",
            )
        return self._market

    def open(self, preferences: Preferences) -> None:
        """Open the marketplace with the preference weights of the model's parameter draw."""
        self._market = Marketplace(self.sellers, preferences, self.parameters)

    def trade(
        self,
        quarter: int,
        spending: NDArray[np.float64],
        ready: NDArray[np.float64],
        conditions: Sequence[PolicyEffects],
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
        conditions: Sequence[PolicyEffects],
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

    def fraud_shares(self, conditions: Sequence[PolicyEffects]) -> NDArray[np.float64]:
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

    def new_sellers(
        self,
        parameters: Sequence[Mapping[str, float]],
        seed: int,
        engine: str,
        threads: int | None,
        rows: int | None = None,
        copies: int = 1,
    ) -> Sellers:
        """Firms of all countries in their start state, each stratum as so many copies."""
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


def sector_of(model: Any) -> TradeSector:
    """The trade sector of a model. Raises InputError where it is simulated without one."""
    sector: TradeSector | None = model.trade_sector
    if sector is None:
        raise InputError("this model has no sellers", todo="build it with market=True")
    return sector


def outcome_of(model: Any) -> TradeOutcome:
    """The last quarter of trade of a model. Raises InputError where there was none."""
    outcome: TradeOutcome | None = model.trade_outcome
    if outcome is None:
        raise InputError("this model has had no quarter of trade", todo="call step() or run()")
    return outcome


def with_market(wanted: bool | None, countries: Iterable[str]) -> bool:
    """Trade needs all five countries; a made-up world of fewer has none by default."""
    five = set(countries) == set(COUNTRIES)
    if wanted and not five:
        raise InputError("trade needs all five countries", where="market", allowed="market=False")
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
