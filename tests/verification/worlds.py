"""Small made-up worlds in which the right answer is known, and how to read off what happened.

Used by the tests of `tests/verification` and `tests/properties`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.data.country import Country
from sim.data.load import load_countries
from sim.model.model import MekongModel
from sim.model.population.synthesis import ADULTS, SHOPPERS
from sim.scenario import Scenario
from tests.helpers.central import PRIOR_CENTRAL
from tests.helpers.first_edition import FIRST_EDITION, FIRST_PATHS

Rule = Callable[..., None]

# Everything that makes people differ, or forget, switched off: what is left of adoption is Bass.
PLAIN = {
    **FIRST_EDITION,
    "adoption_shift": 0.0,
    "adoption_income_slope": 0.0,
    "adoption_skill_slope": 0.0,
    "cash_penalty": 0.0,
    "remoteness_penalty": 0.0,
    "youth_adoption": 0.0,
    "older_adoption": 0.0,
    "neighbour_weight": 0.0,
    "community_weight": 0.0,
    "shopper_lapse": 0.0,
    "disconnection_hazard": 0.0,
    "victim_shopping_drop": 0.0,
    "start_shopper_share": 0.0,
    "start_income_gradient": 0.0,
    "start_urban_gradient": 0.0,
    # syndicates that neither grow nor shrink: the pressure of scams is 1 throughout
    "syndicate_growth": 0.0,
    "host_enforcement": 0.0,
    "start_syndicate_capital": 1.0,
    "outside_demand_share": 1.0,
    "outside_demand_start": 1.0,
}

# No event of any kind happens to anybody.
STILL = {
    **PLAIN,
    "connection_hazard": 0.0,
    "innovation": 0.0,
    "imitation": 0.0,
    "account_hazard": 0.0,
    "scam_hazard": 0.0,
    "skill_drift": 0.0,
    "skill_decay": 0.0,
    "learning_by_doing": 0.0,
    "trust_gain": 0.0,
}


def scenario(end: str = "2030Q4", levers: Mapping[str, Any] | None = None) -> Scenario:
    """The baseline without a pandemic up to a quarter, with blocks of levers as in a file."""
    table = {
        "title": "A made-up world",
        "illustrative": True,
        "horizon": {"end": end},
        "paths": {"covid": "none", **FIRST_PATHS},
        "levers": dict(levers or {}),
    }
    return Scenario.from_dict(table, name="made_up")


def everybody_online(people: float | None = None, iso: str = "THA") -> dict[str, Country]:
    """One country in which all are adults and connected; `people` if not as many as there are."""
    country = replace(load_countries()[iso], internet_share_2014=1.0, adult_share=1.0)
    if people is not None:
        country = replace(country, population=np.full_like(country.population, people))
    return {iso: country}


def world(
    parameters: Mapping[str, float],
    *,
    agents: int,
    end: str = "2030Q4",
    seed: int = 1,
    steps: int = 1,
    rule: Rule | None = None,
) -> MekongModel:
    """A model, not yet run, of one country of `agents` adults who are all connected."""
    return MekongModel(
        scenario(end),
        seed=seed,
        scale=1,
        threads=1,
        parameters=PRIOR_CENTRAL.with_overrides(parameters),
        countries=everybody_online(agents),
        rules={"consumer": rule} if rule else None,
        steps_per_quarter=steps,
    )


def total(model: MekongModel, name: str) -> NDArray[np.float64]:
    """An additive series of the whole world, one value a quarter."""
    values = model.series().sums[name]
    return np.asarray(values[:, :, 0].sum(axis=1))


def shopper_share(model: MekongModel) -> NDArray[np.float64]:
    """Share of adults who shop, at the end of every quarter."""
    return total(model, "shoppers") / total(model, "adults")


def start_share(model: MekongModel) -> float:
    """Share of adults who shopped before the first quarter, as it was dealt."""
    census = model.people.initial_counts.sum(axis=(0, 1))
    return float(census[SHOPPERS] / census[ADULTS])


def years(model: MekongModel) -> NDArray[np.float64]:
    """Years since the end of 2014 at the end of every quarter that was run."""
    return np.arange(1, len(total(model, "population")) + 1) / 4.0
