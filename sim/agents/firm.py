"""One small firm: what it remembers, and what ONE of them does in ONE quarter.

    def sme_quarter(firm, env, params, rng): ...

A firm opens or closes its online shop, and begins or stops to sell to each other country and to the
rest of the world. Markets differ in what they pay and in their fixed costs; productive firms lead
the break-even productivity and enter sooner (Melitz 2003 as simplified by Chaney 2008, without free
entry). This is the only version of the rule, run by both engines.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from sim.rng import decision, uniform
from sim.units import (
    COUNTRIES,
    decay_factor,
    exponential,
    hazard_to_probability,
    logarithm,
    per_quarter,
)

REST_OF_WORLD = len(COUNTRIES)  # the countries are markets 0, 1, ... in their order
MARKETS = REST_OF_WORLD + 1

SME = np.dtype(
    [
        ("skill", "f4"),  # digital skill of the owner, 0 to 1
        ("revenue", "f4"),  # online in the last quarter, at consumer prices, constant 2022 US$
        ("shift", "f4"),  # log productivity gained since the start
        ("online", "?"),  # has an online shop
        ("sells_to", "u1", (MARKETS,)),  # 1 where it sells online, its own country included
    ]
)
SME_BOUNDS: dict[str, tuple[float, float]] = {
    "skill": (0.0, 1.0),
    "revenue": (0.0, 1e15),
    "shift": (-20.0, 20.0),
}
LARGEST_STRENGTH: Final = 2.0**46  # of all firms together: their sum then fits into 63 bits
LARGEST_COST_FACTOR: Final = 1000.0


class Firm(NamedTuple):
    """What never changes about a firm; derived from its number."""

    log_productivity: float  # relative to the least productive firm
    readiness: float  # 0 to 1: the firm is ready to go online once this share of firms is
    goods: bool  # sells goods that can be sent; others sell at home only
    woman_owned: bool
    urban: bool
    size: int  # 0 micro, 1 small, 2 medium


class FirmCountryEnvironment(NamedTuple):
    """What all firms of one country see in one quarter; a rule reads it as `env.NAME`."""

    stream_key: int  # of the quarter's random draws; no rule sees it
    home: int  # the market of its own country
    training_offer: float  # hazard of being offered a course in online selling, 1/year
    innovation: float  # log productivity gained per year through grants


class FirmEnvironment(NamedTuple):
    """What one firm sees; `env` has these fields and those of `FirmCountryEnvironment`."""

    ready_share: float  # of the firms of its area
    break_even: Any  # log productivity at which an unskilled owner just covers the fixed cost
    sales: Any  # quarterly sales of a firm of unit strength; both by market


OPEN_SHOP = decision("open_shop")
CLOSE_SHOP = decision("close_shop")
ENTER_MARKET = decision("enter_market")
LEAVE_MARKET = decision("leave_market")
TAKE_COURSE = decision("take_course")


def sme_quarter(firm, env, params, rng):  # type: ignore[no-untyped-def]
    """Book the sales of the last quarter, then decide on the shop and on each other market."""
    was_online = firm.online
    earn(firm, env, params)
    open_or_close_shop(firm, env, params, rng)
    firm.shift = firm.shift + per_quarter(env.innovation)
    if was_online:
        learn_from_selling(firm, env, params, rng)
        if firm.online and firm.goods:
            strong = entry_margin(firm, params)
            for market in range(MARKETS):
                if market != env.home:
                    margin = strong - env.break_even[market]
                    enter_or_leave(firm, params, rng, market, margin)


def earn(firm, env, params):  # type: ignore[no-untyped-def]
    """Sales follow from productivity and from the state of each market one sells in."""
    firm.revenue = 0.0
    if firm.online:
        sales = 0.0
        for market in range(MARKETS):
            if firm.sells_to[market]:
                sales = sales + env.sales[market]
        firm.revenue = sales * sales_capability(firm, params)


def sales_capability(firm, params):  # type: ignore[no-untyped-def]
    """Productivity to the power sigma - 1: by what a firm's sales exceed those of the weakest."""
    return exponential((params.variety_substitution - 1.0) * (firm.log_productivity + firm.shift))


def open_or_close_shop(firm, env, params, rng):  # type: ignore[no-untyped-def]
    """Only owners who are connected and hold an account can open a shop."""
    margin = entry_margin(firm, params) - env.break_even[env.home]
    if firm.online:
        if leaves(uniform(rng, CLOSE_SHOP), margin, params):
            firm.online = False
            for market in range(MARKETS):
                firm.sells_to[market] = 0
    elif firm.readiness < env.ready_share and enters(uniform(rng, OPEN_SHOP), margin, params):
        firm.online = True
        firm.sells_to[env.home] = 1


def enter_or_leave(firm, params, rng, market, margin):  # type: ignore[no-untyped-def]
    """Begin or stop to sell to one market outside one's own country."""
    if firm.sells_to[market]:
        if leaves(uniform(rng, LEAVE_MARKET + market), margin, params):
            firm.sells_to[market] = 0
    elif enters(uniform(rng, ENTER_MARKET + market), margin, params):
        firm.sells_to[market] = 1


def entry_margin(firm, params):  # type: ignore[no-untyped-def]
    """Log productivity, plus what the owner's skill saves of the fixed cost in the same unit."""
    saved = -logarithm(cost_factor(firm, params)) / (params.variety_substitution - 1.0)
    return firm.log_productivity + firm.shift + saved


def cost_factor(firm, params):  # type: ignore[no-untyped-def]
    """What is left of a fixed cost once the owner's skill has saved its part."""
    return 1.0 - params.skill_cost_saving * firm.skill


def enters(draw, margin, params):  # type: ignore[no-untyped-def]
    """Whether a firm so far ahead of break-even enters: near never below it plus the band."""
    if draw >= hazard_to_probability(
        params.entry_hazard
    ):  # the most it can be; spares the look in most quarters
        return False
    return draw < hazard_to_probability(
        params.entry_hazard * logistic((margin - params.entry_band) / params.entry_spread)
    )


def leaves(draw, margin, params):  # type: ignore[no-untyped-def]
    """Whether a firm leaves: at the closure hazard, and sooner below break-even minus the band."""
    if draw >= hazard_to_probability(params.closure_hazard + params.entry_hazard):
        return False
    pressed = params.entry_hazard * logistic(-(margin + params.entry_band) / params.entry_spread)
    return draw < hazard_to_probability(params.closure_hazard + pressed)


def logistic(x):  # type: ignore[no-untyped-def]
    """The logistic function, between 0 and 1."""
    return 1.0 / (1.0 + exponential(-x))


def learn_from_selling(firm, env, params, rng):  # type: ignore[no-untyped-def]
    """Skill of online sellers grows with practice; a course lifts productivity once taken."""
    firm.skill = firm.skill + (1.0 - firm.skill) * (1.0 - decay_factor(params.learning_by_doing))
    if env.training_offer > 0.0 and uniform(rng, TAKE_COURSE) < (
        hazard_to_probability(env.training_offer) * params.training_take_up
    ):
        firm.shift = firm.shift + params.training_sales_effect / (params.variety_substitution - 1.0)
