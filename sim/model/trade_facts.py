"""What stands between sellers and markets in a quarter: laws, borders, links, and what they cost.

Laws and their dates come from data, agreements and programmes from governments, borders from the
paths of a scenario. The market reads the outcome as `TradeFacts`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.agents.firm import MARKETS, REST_OF_WORLD
from sim.data.commissions import platform_shares
from sim.data.trade import TradeData
from sim.model.market.regulation import distance_after, distance_to_world
from sim.model.market.trade_costs import TradeFacts
from sim.model.policy_effects import Levels, PolicyEffects, policy_effects_of
from sim.model.programmes import AGREEMENT
from sim.units import quarter_index, year_of

BORDER_CLOSES = quarter_index("2025Q3")

Matrix = NDArray[np.float64]
Values = Mapping[str, float]  # of one country


def trade_facts(
    isos: tuple[str, ...],
    data: TradeData,
    quarter: int,
    parameters: Sequence[Values],
    paths: Mapping[str, str],
    programmes: Levels | None,
    quality_gain: NDArray[np.float64] | None = None,
) -> TradeFacts:
    """The facts of one quarter; without `programmes` those of laws and borders alone."""
    year = year_of(quarter)
    levels = _agreement_levels(isos, quarter, programmes)
    here = [
        policy_effects_of(programmes, iso, quarter, params) if programmes else None
        for iso, params in zip(isos, parameters, strict=True)
    ]
    alone = [params["one_side_share"] for params in parameters]
    linked = [c.interoperability if c else 0.0 for c in here]
    by_country = dict(zip(isos, parameters, strict=True))
    taxed = [data.low_value_vat_from[iso] for iso in isos]
    gain = np.zeros(len(isos)) if quality_gain is None else quality_gain
    return TradeFacts(
        rules=_rules(isos, data, year, parameters, levels, paths["agreement_scope"]),
        data=_data_rules(isos, data, quarter, programmes),
        linked=_with_world(_both(linked), linked, alone),
        paperless=_paperless(isos, data, year, [c.paperless if c else 0.0 for c in here], alone),
        closed=_closed(isos, quarter, paths["border"]),
        import_tax=np.array([c.import_tax if c else 0.0 for c in here]),
        support=np.array(
            [
                c.marketplace * params["marketplace_saving"] if c else 0.0
                for c, params in zip(here, parameters, strict=True)
            ]
        ),
        shop_cost=np.array(
            [
                _shop_cost(c, params, float(levels[i].max()), float(gain[i]))
                for i, (c, params) in enumerate(zip(here, parameters, strict=True))
            ]
        ),
        platform=platform_shares(data.commissions, by_country, quarter, paths["commissions"]),
        vat_rate=np.array([data.vat_rate[iso] for iso in isos]),
        taxed_parcels=np.array([start is not None and quarter >= start for start in taxed]),
    )


def _agreement_levels(isos: tuple[str, ...], quarter: int, programmes: Levels | None) -> Matrix:
    """Level in effect of the agreement of every pair."""
    levels = np.zeros((len(isos), len(isos)))
    if programmes:
        for i, one in enumerate(isos):
            for j, other in enumerate(isos[:i]):
                pair = "-".join(sorted((one, other)))
                levels[i, j] = levels[j, i] = programmes.level(AGREEMENT, pair, quarter)
    return levels


def _rules(
    isos: tuple[str, ...],
    data: TradeData,
    year: int,
    parameters: Sequence[Values],
    levels: Matrix,
    scope: str,
) -> Matrix:
    """Distance of rules by origin and market; `scope` is whom an agreement is open to."""
    rules = np.zeros((MARKETS, MARKETS))
    own = levels.max(axis=1)  # rules at home change once, for the largest agreement
    for i, one in enumerate(isos):
        params = parameters[i]
        to_world, from_world = distance_to_world(scope, float(own[i]), params)
        rules[i, REST_OF_WORLD], rules[REST_OF_WORLD, i] = to_world, from_world
        for j, other in enumerate(isos):
            if i != j:
                coded = data.heterogeneity(one, other, year)
                level = max(levels[i, j], own[j]) if scope == "open" else levels[i, j]
                rules[i, j] = distance_after(coded, level, _pair_values(params, parameters[j]))
    return rules


def _data_rules(
    isos: tuple[str, ...], data: TradeData, quarter: int, programmes: Levels | None
) -> Matrix:
    """The stricter of two countries' rules on data, less what openness has lifted."""
    table = np.zeros((MARKETS, MARKETS))
    lifted = [
        programmes.level("data_flow_openness", iso, quarter) if programmes else 0.0 for iso in isos
    ]
    restricted = [
        data.data_restriction(iso, year_of(quarter)) * (1.0 - level)
        for iso, level in zip(isos, lifted, strict=True)
    ]
    count = len(isos)
    table[:count, :count] = np.maximum.outer(restricted, restricted)
    table[np.arange(count), np.arange(count)] = 0.0
    table[:count, REST_OF_WORLD] = table[REST_OF_WORLD, :count] = restricted
    return table


def _shop_cost(now: PolicyEffects | None, params: Values, level: float, gain: float) -> float:
    """Factor on the fixed cost of an online shop.

    It falls with accounts that reach one another, with rules at home that were made simpler for an
    agreement (`level`), and with the quality of networks gained since 2022.
    """
    interoperability = now.interoperability if now else 0.0
    simpler = level * params["agreement_compliance"]
    rules = params["home_compliance"] * params["home_simplification"] * simpler
    payments = params["payment_cost_cut"] * interoperability
    return (1.0 - payments) * (1.0 - rules) * float(np.exp(-params["quality_cost"] * gain))


def _paperless(
    isos: tuple[str, ...], data: TradeData, year: int, lifted: list[float], alone: list[float]
) -> Matrix:
    """Share of procedures without paper, by pair: today's, and of the rest what is lifted."""
    known = [data.paperless(iso, year) for iso in isos]
    own = [done + (1.0 - done) * more for done, more in zip(known, lifted, strict=True)]
    done, more = _both(known), _both(lifted)
    return _with_world(done + (1.0 - done) * more, own, alone)


def _closed(isos: tuple[str, ...], quarter: int, path: str) -> Matrix:
    """1 where the border between two countries is closed, by pair of places."""
    table = np.zeros((MARKETS, MARKETS))
    if path == "closed" and quarter >= BORDER_CLOSES and {"KHM", "THA"} <= set(isos):
        one, other = isos.index("KHM"), isos.index("THA")
        table[one, other] = table[other, one] = 1.0
    return table


def _both(levels: list[float]) -> Matrix:
    """By pair of places: as far as both countries take part; nothing with the rest of the world."""
    table = np.zeros((MARKETS, MARKETS))
    table[: len(levels), : len(levels)] = np.minimum.outer(levels, levels)
    return table


def _with_world(table: Matrix, levels: list[float], alone: list[float]) -> Matrix:
    """Adds trade with the rest of the world: of what a country does, what one side alone can."""
    one_side = np.multiply(levels, alone)
    table[: len(levels), REST_OF_WORLD] = table[REST_OF_WORLD, : len(levels)] = one_side
    return table


def _pair_values(one: Values, other: Values) -> dict[str, float]:
    """Parameters of a pair: what differs between the two is averaged."""
    names = ("strictness_distance", "negotiable_distance", "agreement_compliance")
    return {name: (one[name] + other[name]) / 2.0 for name in names}
