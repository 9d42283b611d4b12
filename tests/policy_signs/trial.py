"""Small runs of the five countries under one programme, and how to read them.

Used by the tests of `tests/policy_signs` and `tests/properties`. All runs of one seed share every
shock, so that the difference of two of them is the programme's doing.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.model import MekongModel
from sim.parameters.values import ParameterSet
from sim.policy.levers import LEVERS
from sim.scenario import Scenario
from sim.units import FIRST_QUARTER, quarter_index
from tests.helpers.central import PRIOR_CENTRAL

Levers = Mapping[str, list[dict[str, Any]]]
Floats = NDArray[np.float64]

SCALE = 100_000
FIRM_ROWS = 60
BOOKS = ("revenue", "grants", "spending", "returned", "carry")
MONEY = {  # series about budgets and not about anybody's life
    *(f"budget_{name}_usd" for name in BOOKS),
    *(f"spending_{name}_usd" for name in LEVERS),
    "lever_shortfall_usd",
}
START, END = "2016Q1", "2020Q4"

# No programme of these tests is short of money.
RICH = {"digital_budget_share": 0.2}
# Levers without any effect at the central values, with the high end of what is thought possible.
EFFECTS = {
    "delivery_effect": 1.0,
    "delivery_saving": 0.08,
    "ai_scam_reduction": 0.6,
    "ai_seller_gain": 0.04,
    "innovation_effect": 0.001,
    "talent_effect": 0.001,
    "protection_fraud_cut": 0.5,
    "protection_trust": 0.06,
}
# Levels that every government can afford out of the central budget, year by year.
MODEST = {
    "regulatory_harmonization": 0.5,
    "broadband_investment": 0.5,
    "satellite_coverage": 0.1,
    "delivery_networks": 0.05,
    "anti_scam_enforcement": 0.02,
    "scam_coordination": 0.5,
    "payments_interoperability": 0.8,
    "digital_skills": 10.0,
    "paperless_customs": 0.5,
    "sme_marketplace": 0.2,
    "data_flow_openness": 1.0,
    "data_safeguards": 0.8,
    "ai_governance": 0.3,
    "remittance_links": 1.0,
    "innovation_fund": 3.0,
    "talent_mobility": 3.0,
    "consumer_protection": 0.5,
    "digital_taxation": 0.1,
}


def scenario(
    levers: Levers | None = None,
    paths: Mapping[str, str] | None = None,
    end: str = END,
) -> Scenario:
    """A scenario up to a quarter, in which levers of every grade may stand."""
    table = {
        "title": "A trial",
        "illustrative": True,
        "horizon": {"end": end},
        "paths": dict(paths or {}),
        "levers": dict(levers or {}),
    }
    return Scenario.from_dict(table, name="trial")


def block(
    name: str, level: float | None = None, places: Any = "all", start: str = START, **more: Any
) -> dict[str, list[dict[str, Any]]]:
    """One lever at one level; at its largest one where none is given."""
    lever = LEVERS[name]
    value = lever.maximum if level is None else level
    return {name: [{lever.scope: places, "level": value, "start": start, **more}]}


@functools.cache
def _parameters(overrides: tuple[tuple[str, float], ...]) -> ParameterSet:
    return PRIOR_CENTRAL.with_overrides(dict(overrides))


def trial(
    levers: Levers | None = None,
    parameters: Mapping[str, float] | None = None,
    *,
    paths: Mapping[str, str] | None = None,
    end: str = END,
    seed: int = 1,
    market: bool = True,
    scale: int = SCALE,
) -> MekongModel:
    """A model of the five countries, not yet run."""
    return MekongModel(
        scenario(levers, paths, end),
        seed=seed,
        scale=scale,
        firm_rows=FIRM_ROWS,
        threads=1,
        market=market,
        parameters=_parameters(tuple(sorted((parameters or {}).items()))),
    )


@functools.cache
def untouched(
    parameters: tuple[tuple[str, float], ...] = (), seed: int = 1, market: bool = True
) -> MekongModel:
    """The same world without any programme, run to the end; shared, so never change it."""
    return trial(parameters=dict(parameters), seed=seed, market=market).run()


def frozen(parameters: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """Parameters as `untouched` takes them."""
    return tuple(parameters.items())


def sums(model: MekongModel) -> dict[str, Floats]:
    """Every additive series of a run by name: quarters, countries, groups."""
    return model.series().sums


def national(model: MekongModel, name: str) -> Floats:
    """One additive series: quarters by countries."""
    return np.asarray(sums(model)[name][:, :, 0])


def pair_series(model: MekongModel, name: str) -> Floats:
    """One series of pairs: quarters by origins by markets (the world last)."""
    return np.asarray(sums(model)[name])


def at(label: str) -> int:
    """Position of a quarter in the series of a run."""
    return quarter_index(label) - FIRST_QUARTER


def differing(one: MekongModel, other: MekongModel) -> set[str]:
    """Names of the series that differ in any bit."""
    mine, theirs = sums(one), sums(other)
    assert mine.keys() == theirs.keys()
    return {name for name in mine if mine[name].tobytes() != theirs[name].tobytes()}


def same_people_and_firms(one: MekongModel, other: MekongModel) -> bool:
    """Whether every person and every firm ended alike, to the last bit."""
    same = one.people.rows.tobytes() == other.people.rows.tobytes()
    if one.trade_sector and other.trade_sector:
        return same and one.smes.rows.tobytes() == other.smes.rows.tobytes()
    return same


def books_close(model: MekongModel) -> None:
    """Checks every quarter of every government's books, and the sums over programmes."""
    money = {name: national(model, f"budget_{name}_usd") for name in BOOKS}
    opening = np.vstack([np.zeros_like(money["carry"][:1]), money["carry"][:-1]])
    incoming = opening + money["revenue"] + money["grants"]
    outgoing = money["spending"] + money["returned"] + money["carry"]
    assert (incoming == outgoing).all()
    spent = sum(national(model, f"spending_{name}_usd") for name in LEVERS)
    assert (spent == money["spending"]).all()
    assert all((values >= 0.0).all() for values in money.values())
    assert (national(model, "lever_shortfall_usd") >= 0.0).all()
