"""The firms of five countries in memory, and the quarter that they live through."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.agents.firm import MARKETS, SME, FirmCountryEnvironment, sme_quarter
from sim.agents.mesa_adapter import Sme, mesa
from sim.model.engine.compiled import check_rule, compile_trade, sme_kind, use_threads
from sim.model.engine.compiler_messages import translated
from sim.model.engine.field_bounds import ImpossibleValue, no_faults, refuse_firms, stopped_inside
from sim.model.engine.firm_loop import MEASURES, STRENGTH
from sim.model.engine.objects import plain_trade
from sim.model.engine.parallel import in_parallel
from sim.model.engine.people import parameter_rows
from sim.model.plausibility import MOST_USD
from sim.model.population.firms import (
    CELLS,
    REGISTRY,
    FirmFacts,
    Registry,
    chunks_of,
    describe_firm,
    firm_luck_place,
    registry_record,
    rows_of,
    strata,
)
from sim.model.population.table import Population
from sim.rng import stream_key
from sim.units import USD_SCALE

FIRM_COUNTRY_ENVIRONMENT = np.dtype(
    [("stream_key", "i8"), ("home", "i8"), ("training_offer", "f8"), ("innovation", "f8")]
)


class SellingConditions(NamedTuple):
    """What firms see: arrays by origin and market, and the share of ready firms by area."""

    ready_shares: NDArray[np.float64]
    break_even: NDArray[np.float64]
    sales: NDArray[np.float64]


class Sellers:
    """All small firms of the countries as weighted strata, under one seed.

    `rows` overrides the number of strata a country; each stratum is kept as `copies` rows that
    share its weight, so that fewer accidents of single rows remain.
    """

    def __init__(
        self,
        model: mesa.Model | None,
        facts: Mapping[str, FirmFacts],
        parameters: Sequence[Mapping[str, float]],
        seed: int,
        scale: int,
        engine: str,
        threads: int | None,
        skills: Sequence[float],
        rule: Callable[..., None] = sme_quarter,
        rows: int | None = None,
        copies: int = 1,
        chunk_rows: int | None = None,
    ) -> None:
        self.kind = sme_kind(rule)
        check_rule(rule, self.kind)
        self.rule = rule
        self.countries = tuple(facts)
        self.parameters = parameters
        self._values = parameter_rows(parameters)
        self.conditions = [(0.0, 0.0) for _ in facts]  # offer of courses, innovation, by country
        strata_sizes = {
            iso: min(rows, max(round(fact.firms), 1)) if rows else rows_of(fact.firms, scale)
            for iso, fact in facts.items()
        }
        sizes = {iso: size * copies for iso, size in strata_sizes.items()}
        firsts = np.concatenate([[0], np.cumsum(list(sizes.values()))[:-1]])
        self.first = firsts.astype(np.int64)
        self.registries = np.array(
            [
                registry_record(iso, fact, int(first), sizes[iso], seed)
                for (iso, fact), first in zip(facts.items(), firsts, strict=True)
            ],
            dtype=REGISTRY,
        )
        columns = [
            strata(
                fact.firms,
                strata_sizes[iso],
                params["pareto_shape"],
                params["variety_substitution"] - 1.0,
            )
            for (iso, fact), params in zip(facts.items(), parameters, strict=True)
        ]
        self.weights, self.productivity, self.below = (
            np.concatenate([np.repeat(column[k], copies) for column in columns]) for k in range(3)
        )
        self.weights /= np.float32(copies)
        self.rows = self.kind.widened(np.zeros(len(self.weights), dtype=SME))
        self.threads = use_threads(threads, len(self.rows))
        self._chunks = np.array(chunks_of(sizes, chunk_rows), dtype=np.int64)
        self._seed = seed
        self.smes = Population(self.rows, functools.partial(self._view_of, model))
        for country, skill in enumerate(skills):
            begin = int(firsts[country])
            self.rows["skill"][begin : begin + sizes[self.countries[country]]] = skill
        self._whole = np.full(len(facts), math.nan)  # strength of all firms at the start
        self._start(parameters)
        self._quarter = (
            compile_trade(rule)
            if engine == "compiled"
            else plain_trade(self.kind, rule, self.smes, compile_trade)
        )

    def _start(self, parameters: Sequence[Mapping[str, float]]) -> None:
        """The most productive firms have a shop at the start, up to the named share of firms."""
        for country, params in enumerate(parameters):
            begin = int(self.first[country])
            mine = slice(begin, begin + int(self.registries["size"][country]))
            online = self.below[mine] >= 1.0 - params["start_seller_share"]
            self.rows["online"][mine] = online
            self.rows["sells_to"][mine, country] = online

    def trade(self, prospects: SellingConditions, quarter: int) -> NDArray[np.int64]:
        """One quarter for every firm; what was counted, by country, cell and measure.

        Raises ImpossibleValue when the rule gives a firm a value that no firm can have.
        """
        stalls = np.array(
            [
                FirmCountryEnvironment(
                    stream_key(self._seed, firm_luck_place(iso), quarter), home, *conditions
                )
                for home, (iso, conditions) in enumerate(
                    zip(self.countries, self.conditions, strict=True)
                )
            ],
            dtype=FIRM_COUNTRY_ENVIRONMENT,
        )
        measures = MEASURES + len(self.kind.columns)
        tally = np.zeros((len(self._chunks), CELLS, measures), dtype=np.int64)
        faults, ended = no_faults(len(self._chunks)), None
        try:
            in_parallel(
                self._quarter, self.threads, len(self._chunks), self._chunks, self.rows,
                self.weights, self.productivity, self.below, self.registries, stalls,
                prospects.ready_shares, prospects.break_even, prospects.sales, self._values,
                tally, faults,
            )  # fmt: skip
        except Exception as error:
            if not stopped_inside(faults, error):
                raise translated(error, self.rule) from error
            ended = error
        where = self.countries, self.first
        try:
            refuse_firms(faults, self.rows, self.weights, self.kind, *where, self.rule, ended)
        except ImpossibleValue as fault:
            raise fault.told(quarter) from None
        total = np.zeros((len(self.registries), CELLS, measures), dtype=np.int64)
        np.add.at(total, self._chunks[:, 0], tally)
        return total

    def start_strengths(self) -> NDArray[np.float64]:
        """Strength of the firms that sell, by origin and market, before the first quarter."""
        strengths = np.zeros((len(self.countries), MARKETS))
        for country, params in enumerate(self.parameters):
            begin = int(self.first[country])
            mine = slice(begin, begin + int(self.registries["size"][country]))
            power = np.exp(
                (params["variety_substitution"] - 1.0) * self.productivity[mine].astype(float)
            )
            strengths[country] = (self.weights[mine] * power) @ self.rows["sells_to"][mine]
        return strengths

    def largest_strengths(self) -> NDArray[np.float64]:
        """By country, what the strength of all firms adds up to if every one sold online.

        An upper bound from the largest productivity gained since the start, which is cheap; the
        sum itself only where that bound is too large to be counted in whole numbers.
        """
        found = np.empty(len(self.countries))
        for country, params in enumerate(self.parameters):
            begin = int(self.first[country])
            mine = slice(begin, begin + int(self.registries["size"][country]))
            shift = self.rows["shift"][mine]
            power = _power(params)
            if math.isnan(self._whole[country]):
                sizes = np.exp(power * self.productivity[mine].astype(float))
                self._whole[country] = float(self.weights[mine] @ sizes)
            most = power * float(shift.max()) + math.log(self._whole[country])
            if most > math.log(MOST_USD):
                logs = power * (self.productivity[mine].astype(float) + shift)
                logs += np.log(self.weights[mine])
                most = float(np.logaddexp.reduce(logs))
            found[country] = math.exp(min(most, 700.0))
        return found

    def _view_of(self, model: mesa.Model | None, number: int) -> Sme:
        country = int(np.searchsorted(self.first, number, side="right")) - 1
        registry = Registry(*self.registries[country].item())
        who = describe_firm(
            registry,
            float(self.productivity[number]),
            float(self.below[number]),
            number - registry.first,
        )
        return Sme(model, self.rows, number, who)  # type: ignore[arg-type]


def _power(params: Mapping[str, float]) -> float:
    return params["variety_substitution"] - 1.0


def strengths_of(counted: NDArray[np.int64]) -> NDArray[np.float64]:
    """Strength by origin and market from what a quarter counted."""
    return np.asarray(counted[:, :, STRENGTH : STRENGTH + MARKETS].sum(axis=1) / USD_SCALE)
