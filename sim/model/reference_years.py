"""The years 2019 to 2021 of the baseline, to which preference weights are solved.

One run of the baseline without a market, at a coarse scale, gives what people spend and which firms
are ready; the weights are solved against it once per parameter draw and handed to the model. They
depend on nothing but parameters, rules and data, whatever subclass of the model is run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.data.load import load_countries
from sim.data.trade import TradeData, load_trade
from sim.model.engine.compiled import compile_quarter, compile_trade
from sim.model.kept_preferences import kept_or_solved
from sim.model.market import preferences as solving
from sim.model.market.demand import Preferences
from sim.model.market.preferences import REFERENCE_LAST, Buyers, Shares
from sim.model.plausibility import guarded
from sim.model.trade import TradeSector, holder_shares
from sim.scenario import load_scenario
from sim.units import USD_SCALE

REFERENCE_SCALE = 5_000
# What a scenario says about these is a statement about 2019 to 2021, or about the unit in which the
# size of firms is counted; preferences follow it. Nothing else in a scenario changes them.
PREFERENCE_PARAMETERS = (
    "pareto_shape",
    "variety_substitution",
    "brand_share",
    "intra_region_share",
    "row_share",
    "row_export_share",
)
_solved: dict[tuple[object, ...], Preferences] = {}
_REMEMBERED = 256


def reference_preferences(sector: TradeSector, world: Callable[..., Any]) -> Preferences:
    """Preference weights of the parameter draw of a model; the same for every scenario and seed.

    What a scenario changes about the draw is thus not taken back by other preferences. `world`
    builds the shipped model. Weights of the shipped countries are kept in memory and on disk.
    """
    model = sector.model
    standard = sector.data is load_trade() and all(
        model.countries[iso] is own for iso, own in load_countries().items()
    )
    if not standard:
        return _read_only(_solve(sector, world))
    key = (
        model.drawn_parameters.fingerprint(),
        model.policy_scenario.start,
        model.policy_scenario.paths["covid"],
        compile_quarter(model.rules["consumer"]).__module__,  # named by what the rule says
        compile_trade(model.rules["sme"]).__module__,
        REFERENCE_SCALE,
        solving.ROWS,
        solving.COPIES,
    )
    if key not in _solved:
        preferences = _read_only(kept_or_solved(key, lambda: _solve(sector, world)))
        if len(_solved) >= _REMEMBERED:
            _solved.pop(next(iter(_solved)))
        _solved[key] = preferences
    return _solved[key]


def _read_only(preferences: Preferences) -> Preferences:
    """Shared by all models of a draw, so none may write to it."""
    for values in vars(preferences).values():
        values.setflags(write=False)
    return preferences


def _solve(sector: TradeSector, world: Callable[..., Any]) -> Preferences:
    model = sector.model
    values = {iso: model.drawn_parameters.in_country(iso) for iso in model.countries}
    drawn = list(values.values())
    buyers = _buyers(sector, drawn, world)
    with guarded("preference weights"):
        return solving.calibrate_preferences(
            lambda rows, copies: sector.new_sellers(drawn, 0, "compiled", None, rows, copies),
            buyers,
            observed_shares(sector.data, values),
            drawn,
        )


def _buyers(
    sector: TradeSector, drawn: Sequence[Mapping[str, float]], world: Callable[..., Any]
) -> Buyers:
    """Spending and readiness of the baseline of the same draw, without a market."""
    baseline = load_scenario("baseline")
    paths = baseline.paths | {"covid": sector.model.policy_scenario.paths["covid"]}
    plain = replace(baseline, end=REFERENCE_LAST, paths=paths)
    model: Any = world(
        plain,
        seed=0,
        scale=REFERENCE_SCALE,
        parameters=sector.model.drawn_parameters,
        rules=sector.model.rules,
        countries=sector.model.countries,
        market=False,
    )
    goods, holders, ready, wages, facts = [], [], [], [], []
    while model.next_quarter <= REFERENCE_LAST:
        model.step()
        goods.append(model.spending / USD_SCALE)
        holders.append(holder_shares(model.tally))
        ready.append(model.ready_shares())
        quality = np.array([n.national_quality_gain() for n in model.networks.values()])
        facts.append(sector.facts_at(model.next_quarter - 1, False, drawn, plain.paths, quality))
    first = model.policy_scenario.start
    for t in range(len(goods)):
        wages.append([np.log(here.income[t]) for here in model.outlooks.values()])
    return Buyers(
        first=first,
        goods=np.array(goods),
        holders=np.array(holders),
        ready=np.array(ready),
        log_wages=np.array(wages) - model.log_reference_income,
        facts=facts,
    )


def observed_shares(data: TradeData, values: Mapping[str, Mapping[str, float]]) -> Shares:
    """The shares of 2019 to 2021 to which preference weights are solved."""
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
