"""The people of the countries in memory, and the quarter that they live through.

`People` owns the rows and everything around them: who lives where, what the last quarter looked
like from outside (`seen`), and the shares by community from which contacts are learned. It asks an
engine to let a chunk of people act and adds up what the chunks counted.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.agents.consumer import CONSUMER, CountryEnvironment, consumer_quarter
from sim.agents.mesa_adapter import Consumer, mesa
from sim.data.country import Country
from sim.errors import InputError
from sim.model.engine.compiled import (
    check_rule,
    compile_quarter,
    compile_start,
    consumer_kind,
    use_threads,
)
from sim.model.engine.compiler_messages import translated
from sim.model.engine.field_bounds import no_faults, refuse_people, stopped_inside
from sim.model.engine.objects import Numbers, plain_quarter
from sim.model.engine.parallel import in_parallel
from sim.model.engine.people_loop import MEASURES
from sim.model.population.people import CELLS, HOME, Home, describe, home_record, trait_table
from sim.model.population.places import lay_out
from sim.model.population.synthesis import INITIAL_COUNT_COLUMNS, START, start_of
from sim.model.population.table import Population
from sim.parameters.table import parameter_table
from sim.parameters.values import ParameterSet

ENGINES = ("compiled", "objects")


VIEW = np.dtype(
    [(name, "i8" if name == "stream_key" else "f8") for name in CountryEnvironment._fields]
)
PARAMETERS = np.dtype([(name, "f8") for name in (*parameter_table(), "trust_sensitivity")])


def parameter_rows(parameters: Sequence[Mapping[str, float]]) -> NDArray[np.void]:
    """Parameters of countries as compiled rules read them, one row each (dtype `PARAMETERS`).

    Those of a rule of one's own follow in columns of their own.
    """
    names = PARAMETERS.names or ()
    own = [name for name in parameters[0] if name not in names]
    kept = np.dtype([*PARAMETERS.descr, *((name, "f8") for name in own)]) if own else PARAMETERS
    return np.array([tuple(each[name] for name in (*names, *own)) for each in parameters], kept)


class People:
    """Everybody in the countries, at one scale and under one seed.

    After construction `census` (country, cell, column) holds the start stocks of 2014Q4; each call
    of `live` returns what was counted in one quarter (country, cell, measure).
    """

    def __init__(
        self,
        model: mesa.Model,
        countries: Mapping[str, Country],
        parameters: ParameterSet,
        seed: int,
        scale: int,
        engine: str,
        threads: int | None,
        rule: Callable[..., None] = consumer_quarter,
        chunk_agents: int | None = None,
    ) -> None:
        if engine not in ENGINES:
            raise InputError(
                f"there is no engine '{engine}'", where="engine", allowed=", ".join(ENGINES)
            )
        self.kind = consumer_kind(rule)
        check_rule(rule, self.kind)
        self.rule = rule
        self.places = lay_out(countries, scale, chunk_agents)
        places = self.places
        self.threads = use_threads(threads, places.agents)
        self.homes = np.array(
            [
                home_record(country, int(first), int(size), int(urban), seed, parameters)
                for country, first, size, urban in zip(
                    countries.values(), places.first, places.size, places.urban_size, strict=True
                )
            ],
            dtype=HOME,
        )
        self.traits = trait_table(countries, parameters)
        self.rows = np.zeros(places.agents, dtype=CONSUMER)
        self.seen = np.zeros(places.agents, dtype=np.uint8)
        self._seen_next = np.zeros(places.agents, dtype=np.uint8)
        self.counts = np.zeros((places.communities, 3), dtype=np.int64)
        self.initial_counts = self._deal(countries, parameters)
        self.rows = self.kind.widened(self.rows)  # dealt as they are in every run: compiled once
        self.consumers = Population(self.rows, functools.partial(self._view_of, model))
        self._before = self._community_share(0)
        self._quarter = (
            compile_quarter(rule)
            if engine == "compiled"
            else plain_quarter(self.kind, rule, self.consumers, compile_quarter)
        )

    def _deal(
        self, countries: Mapping[str, Country], parameters: ParameterSet
    ) -> NDArray[np.int64]:
        starts = np.array(
            [
                start_of(country, _reader(parameters, iso), self.traits[position])
                for position, (iso, country) in enumerate(countries.items())
            ],
            dtype=START,
        )
        chunks = len(self.places.chunk_first) - 1
        initial_counts = np.zeros((chunks, CELLS, INITIAL_COUNT_COLUMNS), dtype=np.int64)
        in_parallel(
            compile_start(), self.threads, chunks, self.places.chunk_first,
            self.places.community_first, self.places.community_country, self.rows,
            self.seen, self.homes, starts, self.traits, self.counts,
            initial_counts,
        )  # fmt: skip
        return self._by_country(initial_counts)

    def live(
        self, views: list[CountryEnvironment], parameters: NDArray[np.void]
    ) -> NDArray[np.int64]:
        """One quarter for everybody; `views` and `parameters` (`parameter_rows`) by country.

        Raises ImpossibleValue when the rule gives somebody a value that nobody can have.
        """
        places = self.places
        now = self._community_share(0)
        ahead = np.clip(now + 0.5 * (now - self._before), 0.0, 1.0)
        victims = self._community_share(1)
        self._before = now
        self.counts[:, :2] = 0
        chunks = len(self.places.chunk_first) - 1
        measures = MEASURES + len(self.kind.columns)
        tally = np.zeros((chunks, CELLS, measures), dtype=np.int64)
        faults, ended = no_faults(chunks), None
        try:
            in_parallel(
                self._quarter, self.threads, chunks, places.chunk_first, places.community_first,
                places.community_country, ahead, victims, self.rows, self.seen,
                self._seen_next, self.homes, np.array(views, dtype=VIEW), parameters,
                self.traits, tally, self.counts, faults,
            )  # fmt: skip
        except Exception as error:
            if not stopped_inside(faults, error):
                raise translated(error, self.rule) from error
            ended = error
        where = places.countries, places.first
        refuse_people(faults, self.rows, self.kind, *where, self.rule, ended)
        self.seen, self._seen_next = self._seen_next, self.seen
        return self._by_country(tally)

    def _community_share(self, column: int) -> NDArray[np.float64]:
        """Share of a community's adults who shop (column 0) or were defrauded (column 1)."""
        return np.asarray(self.counts[:, column] / np.maximum(self.counts[:, 2], 1))

    def _by_country(self, table: NDArray[np.int64]) -> NDArray[np.int64]:
        """Adds chunks up by country; a chunk that spans two countries is never made."""
        owners = self.places.community_country[self.places.chunk_first[:-1]]
        total = np.zeros((len(self.homes), *table.shape[1:]), dtype=np.int64)
        np.add.at(total, owners, table)
        return total

    def _view_of(self, model: mesa.Model, number: int) -> Consumer:
        country = int(np.searchsorted(self.places.first, number, side="right")) - 1
        home = Home(*self.homes[country].item())
        local = number - home.first
        area = 0 if local < home.urban_size else 1
        who = describe(home, Numbers(self.traits), country, area, local)
        return Consumer(model, self.rows, number, who)


def _reader(parameters: ParameterSet, iso: str) -> Callable[[str], float]:
    return lambda name: parameters.get(iso, name)
