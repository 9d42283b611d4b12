"""Worlds drawn by Hypothesis: other countries, other parameters, other policies, any luck.

Parameters come from all that a scenario may ask for, not only from their priors, so that what
holds here holds wherever a person may turn a slider.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from hypothesis import Phase, settings
from hypothesis import strategies as st

from sim.data.country import Country
from sim.data.load import load_countries
from sim.model.model import MekongModel
from sim.parameters.table import parameter_table
from sim.parameters.values import ONE_FOR_ALL
from sim.policy.levers import LEVERS
from sim.rng import LARGEST_SEED
from sim.scenario import Scenario
from sim.units import COUNTRIES, FIRST_QUARTER, quarter_label
from tests.helpers.central import PRIOR_CENTRAL
from tests.helpers.models import people_model

# the levers that act on people alone; the others have tests of their own
HEADLINE = {name: LEVERS[name] for name in ("broadband_investment", "anti_scam_enforcement")}


def between(low: float, high: float) -> st.SearchStrategy[float]:
    """A thousand and one values from low to high, both included; found examples stay readable."""
    return st.integers(0, 1000).map(lambda k: low + (high - low) * k / 1000.0)


SHARE = between(0.0, 1.0)


def examples(number: int) -> settings:
    """So many examples; one that fails is shown as it was found, not simplified for minutes."""
    return settings(max_examples=number, phases=(Phase.explicit, Phase.reuse, Phase.generate))


@dataclass(frozen=True)
class World:
    """All that a run is made of, but for engine and threads."""

    overrides: Mapping[str, float]
    levers: Mapping[str, list[dict[str, Any]]]
    changes: Mapping[str, Mapping[str, float]]
    seed: int
    scale: int
    quarters: int
    governments: str = "planned"

    @property
    def countries(self) -> dict[str, Country]:
        """The five countries, changed."""
        return {
            iso: _changed(country, self.changes.get(iso, {}))
            for iso, country in load_countries().items()
        }

    def scenario(self, levers: Mapping[str, Any] | None = None) -> Scenario:
        """The world's scenario, or the same with other levers."""
        table = {
            "title": "A random world",
            "horizon": {"end": quarter_label(FIRST_QUARTER + self.quarters - 1)},
            "governments": self.governments,
            "levers": dict(self.levers if levers is None else levers),
        }
        return Scenario.from_dict(table, name="random_world")

    def model(
        self,
        levers: Mapping[str, Any] | None = None,
        overrides: Mapping[str, float] | None = None,
        engine: str = "compiled",
        threads: int = 1,
    ) -> MekongModel:
        """A model of this world, not yet run; `overrides` come on top of its own."""
        values = PRIOR_CENTRAL.asked(self.overrides)
        values = values.asked(overrides or {})  # beats values of single countries too
        return people_model(
            self.scenario(levers),
            seed=self.seed,
            scale=self.scale,
            engine=engine,
            threads=threads,
            parameters=values.inside(designs=False),  # what does not fit together moves
            countries=self.countries,
        )


@st.composite
def overrides(draw: st.DrawFn) -> dict[str, float]:
    """Up to a dozen parameters anywhere within their bounds, some for one country only."""
    table = parameter_table()
    names = draw(st.lists(st.sampled_from(list(table)), max_size=12, unique=True))
    found: dict[str, float] = {}
    for name in names:
        places = [""] if name in ONE_FOR_ALL else ["", *(f"{iso}." for iso in COUNTRIES)]
        place = draw(st.sampled_from(places))
        found[place + name] = draw(between(table[name].minimum, table[name].maximum))
    return found


def _changed(country: Country, changes: Mapping[str, float]) -> Country:
    """A country with other shares; `income_factor` multiplies all incomes."""
    rest = dict(changes)
    factor = rest.pop("income_factor", 1.0)
    consumed = rest.pop("consumption_share", None)
    if consumed is not None:
        path = np.full_like(country.consumption_share, consumed)
        country = replace(country, consumption_share=path)
    return replace(country, gdp_per_head=country.gdp_per_head * factor, **rest)


def changes() -> st.SearchStrategy[dict[str, dict[str, float]]]:
    """Other shares of adults, towns, users and accounts, and another inequality, in some places."""
    one = st.fixed_dictionaries(
        {
            "adult_share": between(0.05, 1.0),
            "urban_share": SHARE,
            "gini": between(0.05, 0.75),
            "internet_share_2014": SHARE,
            "account_share_2014_poorest40": SHARE,
            "account_share_2014_richest60": SHARE,
            "income_factor": between(0.2, 5.0),
            "consumption_share": between(0.2, 1.0),
        }
    )
    return st.dictionaries(st.sampled_from(COUNTRIES), one, max_size=5)


@st.composite
def levers(draw: st.DrawFn, quarters: int = 8) -> dict[str, list[dict[str, Any]]]:
    """Programmes that begin in the first quarters; many cost more than there is money."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, lever in HEADLINE.items():
        if not draw(st.booleans()):
            continue
        start = FIRST_QUARTER + draw(st.integers(0, quarters - 1))
        block: dict[str, Any] = {
            "countries": draw(
                st.lists(st.sampled_from(COUNTRIES), min_size=1, max_size=5, unique=True)
            ),
            "level": draw(between(0.0, lever.maximum)),
            "start": quarter_label(start),
            "lag_years": draw(st.integers(0, 4)) / 4.0,
            "ramp_years": draw(st.integers(0, 8)) / 4.0,
        }
        if draw(st.booleans()):
            block["end"] = quarter_label(start + draw(st.integers(0, 8)))
        found[name] = [block]
    return found


def worlds(quarters: int = 12) -> st.SearchStrategy[World]:
    """Random worlds of some thousand agents."""
    return st.builds(
        World,
        overrides=overrides(),
        levers=levers(min(quarters, 8)),
        changes=changes(),
        seed=st.integers(0, LARGEST_SEED),
        scale=st.integers(50_000, 200_000),
        quarters=st.just(quarters),
    )
