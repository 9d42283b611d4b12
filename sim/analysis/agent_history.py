"""The life of one person or one firm: what it remembers every quarter, and what happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from sim.agents.consumer import Person
from sim.agents.firm import REST_OF_WORLD
from sim.analysis.text.formatting import country_name, listed, money, small_percent
from sim.errors import InputError, did_you_mean, nearest
from sim.experiments.limits import check_scale
from sim.experiments.provenance.fingerprint import Rules
from sim.experiments.run import seed_list
from sim.model.model import MekongModel
from sim.model.trade import sector_of
from sim.scenario import Scenario
from sim.units import COUNTRIES, COUNTRY_NAMES, ROW

_EVENTS = {
    "connected": ("goes online", "drops out of the internet"),
    "account": ("opens an account", "gives up the account"),
    "shopper": ("begins to buy online", "stops buying online"),
    "victim": ("is defrauded", ""),
}
SIZES = ("micro", "small", "medium")
Row = dict[str, object]


@dataclass(frozen=True)
class AgentHistory:
    """One person or firm: what never changes about it, and a row a quarter (the first: the start).

    `person` holds the fields of `Person` (of a firm: size, place, owner, what it sells), `table`
    the quarter, what is remembered at its end (money: constant 2022 US$) and `what_happened`.
    `story` tells the same in sentences. `kind` is "consumer" or "sme".
    """

    country: str
    number: int
    person: dict[str, object]
    table: pd.DataFrame
    kind: str = "consumer"
    story: list[str] = field(default_factory=list)


def trace(
    scenario: str | Path | Scenario = "baseline",
    consumer: int = 0,
    country: str = "KHM",
    seed: int = 1,
    scale: int = 10_000,
    engine: str = "compiled",
    rules: Rules | None = None,
) -> AgentHistory:
    """Follow person number `consumer` of a country through a run.

    `country` is a code such as KHM; numbers run from 0 to the country's people over `scale`, less
    one. `table` has a row for 2014Q4 and for every quarter, with `spending` in constant 2022 US$ of
    the quarter. Raises InputError.
    """
    model = _model(scenario, consumer, country, seed, scale, engine, rules)
    places = model.people.places
    position = list(model.countries).index(country)
    number = _numbered(consumer, int(places.size[position]), "person", country, scale)
    me = model.consumers[int(places.first[position]) + number]
    names = model.consumers.rows.dtype.names or ()  # those of a rule of one's own included
    rows = _follow(model, lambda: {name: getattr(me, name) for name in names})
    table = pd.DataFrame(rows)
    table["what_happened"] = ["", *(_events(a, b) for a, b in pairwise(rows))]
    person = {name: getattr(me.who, name) for name in Person._fields}
    return AgentHistory(country, number, person, table, story=_dated(table))


def trace_firm(
    scenario: str | Path | Scenario = "baseline",
    sme: int = 0,
    country: str = "KHM",
    seed: int = 1,
    scale: int = 10_000,
    engine: str = "compiled",
    rules: Rules | None = None,
) -> AgentHistory:
    """Follow firm number `sme` of a country, numbered from the least productive upwards.

    Raises InputError. `revenue` is what the firm sold online in the quarter before, in constant
    2022 US$.
    """
    model = _model(scenario, sme, country, seed, scale, engine, rules)
    sellers = sector_of(model).sellers
    position = list(model.countries).index(country)
    size = int(sellers.registries["size"][position])
    number = _numbered(sme, size, "firm", country, scale)
    row = int(sellers.first[position]) + number
    me = model.smes[row]
    markets = (*model.countries, *([""] * (REST_OF_WORLD - len(model.countries))), ROW)

    def now() -> Row:
        there = [name for name, sells in zip(markets, me.sells_to, strict=True) if sells]
        return {
            "online": bool(me.online),
            "sells_to": " ".join(there),
            "revenue": float(me.revenue),
            "skill": float(me.skill),
            **{name: getattr(me, name) for name, _ in sellers.kind.starts},
        }

    rows = _follow(model, now)
    table = pd.DataFrame(rows)
    table["what_happened"] = ["", *(_firm_events(a, b, country) for a, b in pairwise(rows))]
    firm: dict[str, object] = {
        "more_productive_than": float(sellers.below[row]),
        "size": SIZES[me.who.size],
        "sells": "goods" if me.who.goods else "services",
        "woman_owned": bool(me.who.woman_owned),
        "place": "town" if me.who.urban else "countryside",
        "firms_it_stands_for": float(sellers.weights[row]),
    }
    story = [_introduction(country, number, firm), *_dated(table), _ending(table)]
    return AgentHistory(country, number, firm, table, kind="sme", story=story)


def _model(
    scenario: str | Path | Scenario,
    number: int,
    country: str,
    seed: int,
    scale: int,
    engine: str,
    rules: Rules | None,
) -> MekongModel:
    if country not in COUNTRIES:
        raise InputError(
            f"'{country}' is not one of the five countries",
            allowed=", ".join(COUNTRIES),
            todo=_code_of(country),
        )
    seed_list([seed])
    check_scale(scale)
    if number < 0:  # the most there is known only when the world is made
        raise InputError(f"there is no person or firm {number}", allowed="0 or more")
    return MekongModel(
        scenario, seed=seed, scale=scale, engine=engine, rules=dict(rules) if rules else None
    )


def _code_of(country: str) -> str | None:
    names = {name.lower(): iso for iso, name in COUNTRY_NAMES.items() if iso in COUNTRIES}
    name = nearest(country.lower(), names)
    return f"write '{names[name]}'" if name else did_you_mean(country.upper(), COUNTRIES) or None


def _numbered(number: int, size: int, kind: str, country: str, scale: int) -> int:
    if not 0 <= number < size:
        raise InputError(
            f"there is no {kind} {number} in {country} at scale {scale}",
            allowed=f"0 to {size - 1}",
            todo="a smaller --scale has more of them",
        )
    return number


def _follow(model: MekongModel, now: Callable[[], Row]) -> list[Row]:
    rows: list[Row] = [{"quarter": pd.Period(model.quarter), **now()}]
    while model.next_quarter <= model.policy_scenario.end:
        model.step()
        rows.append({"quarter": pd.Period(model.quarter), **now()})
    return rows


def _events(before: Row, after: Row) -> str:
    happened = []
    for name, (begins, ends) in _EVENTS.items():
        if name == "victim":
            if after[name]:
                happened.append(begins)
        elif before[name] != after[name]:
            happened.append(begins if after[name] else ends)
    return ", ".join(happened)


def _firm_events(before: Row, after: Row, home: str) -> str:
    if before["online"] and not after["online"]:
        return "closes its shop"
    happened = [] if before["online"] == after["online"] else ["opens a shop"]
    old, new = (str(row["sells_to"]).split() for row in (before, after))
    for verb, gone, come in (("begins to sell to", old, new), ("stops selling to", new, old)):
        places = [country_name(name) for name in come if name not in gone and name != home]
        if places:
            happened.append(f"{verb} {listed(places)}")
    return ", ".join(happened)


def _dated(table: pd.DataFrame) -> list[str]:
    news = table[table["what_happened"] != ""]
    return [f"{q}: {what}." for q, what in zip(news["quarter"], news["what_happened"], strict=True)]


def _introduction(country: str, number: int, firm: dict[str, Any]) -> str:
    owner = "owned by a woman" if firm["woman_owned"] else "owned by a man"
    ahead = 1.0 - float(firm["more_productive_than"])
    where = "in a town" if firm["place"] == "town" else "in the countryside"
    many = float(firm["firms_it_stands_for"])
    others = f" It represents {many:,.0f} such firms." if many > 1.5 else ""
    return (
        f"Firm {number} of {country_name(country)} is a {firm['size']} firm {where}, {owner}, that "
        f"sells {firm['sells']}; {small_percent(ahead)} of the country's firms are more productive."
        + others
    )


def _ending(table: pd.DataFrame) -> str:
    if not table["online"].any():
        return (
            "It never opens a shop: what it would sell does not pay for one, or its owner lacks a "
            "connection or an account. Firms with higher numbers are more productive."
        )
    last = table.iloc[-1]
    best = table.iloc[int(table["revenue"].to_numpy().argmax())]
    text = f"Its best quarter brought {money(float(best['revenue']))} (booked in {best['quarter']})"
    if not last["online"]:
        return f"{text}; at the end of {last['quarter']} it has no shop."
    places = [country_name(name) for name in str(last["sells_to"]).split()]
    return f"{text}; at the end of {last['quarter']} it sells to {listed(places)}."
