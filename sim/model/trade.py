"""The sellers' side of the model: from laws, agreements and readiness to a quarter of trade."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.data.country import Country
from sim.data.trade import TradeData
from sim.errors import InputError
from sim.model.engine import people_loop
from sim.model.engine.firms import Sellers
from sim.model.market.accounts import Accounts, Units, settle
from sim.model.market.demand import Preferences
from sim.model.market.marketplace import Marketplace, TradeOutcome
from sim.model.market.trade_costs import TradeFacts
from sim.model.plausibility import TRADE, check, whole_units
from sim.model.policy_effects import PolicyEffects
from sim.model.population import synthesis
from sim.model.population.firms import FirmFacts
from sim.model.programmes import Programmes
from sim.model.trade_facts import trade_facts
from sim.parameters.values import ParameterSet
from sim.scenario import Scenario
from sim.units import COUNTRIES, USD_SCALE

PRICE_INDEX = (1e-4, 1e4)  # beyond these no price level is believed


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
        holders: NDArray[np.float64],
        ready: NDArray[np.float64],
        conditions: Sequence[PolicyEffects],
        quality_gain: NDArray[np.float64],
    ) -> TradeOutcome:
        """One quarter; `spending` is what each country's residents spent online (US$).

        `holders` is the share of it that account holders spent, `quality_gain` the national quality
        of networks less that of 2022.
        """
        self.facts = self.facts_at(quarter, quality_gain=quality_gain)
        self.sellers.conditions = [(c.training_offer, c.innovation) for c in conditions]
        fraud = self.fraud_shares(conditions)
        trade_outcome = self.market.trade(
            quarter,
            spending * (1.0 - fraud),
            ready,
            self.model.log_wages(),
            self.facts,
            self.model.policy_scenario.paths["row"],
            holders,
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
        paths: Mapping[str, str] | None = None,
        quality_gain: NDArray[np.float64] | None = None,
    ) -> TradeFacts:
        """Distances, taxes and costs in a quarter, with or without what governments do.

        `parameters` by country and `paths`, if not those of the run; `quality_gain` as in `trade`,
        0 if left out.
        """
        return trade_facts(
            tuple(self.model.countries),
            self.data,
            quarter,
            self.parameters if parameters is None else parameters,
            self.model.policy_scenario.paths if paths is None else paths,
            self.model.programmes if agreements else None,
            quality_gain,
        )

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


def holder_shares(tally: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of online spending by account holders, by country; 1 where nobody spends."""
    whole = tally[:, :, people_loop.SPENDING].sum(axis=1)
    part = tally[:, :, people_loop.SPENDING_OF_HOLDERS].sum(axis=1)
    return np.asarray(np.where(whole > 0, part / np.maximum(whole, 1), 1.0))


def ready_shares(
    tally: NDArray[np.int64],
    initial_counts: NDArray[np.int64],
    parameters: Iterable[Mapping[str, float]],
) -> NDArray[np.float64]:
    """Share of firms whose owner is connected with an account: (countries, towns and rest)."""

    def by_area(counts: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.asarray(counts.reshape(len(counts), 2, -1).sum(axis=2))

    adults = by_area(initial_counts[:, :, synthesis.ADULTS])
    share = by_area(tally[:, :, people_loop.READY]) / np.maximum(adults, 1)
    advantage = np.array([[params["owner_readiness"]] for params in parameters])
    return np.asarray(1.0 - (1.0 - share) ** advantage)


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
