"""The life of one person: what they remember at the end of every quarter, and what happened."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pandas as pd

from sim.agents.consumer import CONSUMER, Person
from sim.errors import InputError, did_you_mean
from sim.experiments.fingerprint import Rules
from sim.model import MekongModel
from sim.scenario import Scenario
from sim.units import COUNTRIES

_EVENTS = {
    "connected": ("goes online", "drops out of the internet"),
    "account": ("opens an account", "gives up the account"),
    "shopper": ("begins to buy online", "stops buying online"),
    "victim": ("is cheated", ""),
}


@dataclass(frozen=True)
class Life:
    """One person: what never changes about them, and a row a quarter (the first: the start)."""

    country: str
    number: int
    person: dict[str, object]
    table: pd.DataFrame


def life(
    scenario: str | Path | Scenario = "baseline",
    consumer: int = 0,
    country: str = "KHM",
    seed: int = 1,
    scale: int = 10_000,
    engine: str = "compiled",
    rules: Rules | None = None,
) -> Life:
    """Follow person number `consumer` of a country through a run. Raises InputError."""
    if country not in COUNTRIES:
        raise InputError(
            f"'{country}' is not one of the five countries",
            allowed=", ".join(COUNTRIES),
            todo=did_you_mean(country.upper(), COUNTRIES) or None,
        )
    model = MekongModel(
        scenario, seed=seed, scale=scale, engine=engine, rules=dict(rules) if rules else None
    )
    places = model.people.places
    position = list(model.countries).index(country)
    size = int(places.size[position])
    if not 0 <= consumer < size:
        raise InputError(
            f"there is no person {consumer} in {country} at scale {scale}",
            allowed=f"0 to {size - 1}",
            todo="a smaller --scale has more people",
        )
    me = model.consumers[int(places.first[position]) + consumer]
    names = [name for name in CONSUMER.names or () if not name.startswith("_")]
    rows = [{"quarter": model.quarter, **{name: getattr(me, name) for name in names}}]
    while model.next_quarter <= model.scenario.end:
        model.step()
        rows.append({"quarter": model.quarter, **{name: getattr(me, name) for name in names}})
    table = pd.DataFrame(rows)
    table["what_happened"] = ["", *(_events(a, b) for a, b in pairwise(rows))]
    person = {name: getattr(me.who, name) for name in Person._fields}
    return Life(country, consumer, person, table)


def _events(before: dict[str, object], after: dict[str, object]) -> str:
    happened = []
    for name, (begins, ends) in _EVENTS.items():
        if name == "victim":
            if after[name]:
                happened.append(begins)
        elif before[name] != after[name]:
            happened.append(begins if after[name] else ends)
    return ", ".join(happened)
