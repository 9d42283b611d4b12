"""One small firm: what it remembers, and what ONE of them does in ONE quarter.

    def sme_quarter(me, here, p, luck): ...

A firm opens or closes its online shop, and begins or stops to sell to each other country and to the
rest of the world. Markets differ in what they pay and in their fixed costs; productive firms lead
the break-even productivity and enter sooner (Melitz 2003 as simplified by Chaney 2008, without free
entry). This is the only version of the rule, run by both engines.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from sim.rng import chance, decision
from sim.units import COUNTRIES, exponential, fading, logarithm, once, per_quarter

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


class Prospects(NamedTuple):
    """What one firm sees at the start of a quarter."""

    home: int  # the market of its own country
    ready_share: float  # of the firms of its area
    training_offer: float  # hazard of being offered a course in online selling, 1/year
    innovation: float  # log productivity gained per year through grants
    break_even: Any  # log productivity at which an unskilled owner just covers the fixed cost
    sales: Any  # quarterly sales of a firm of unit strength; both by market


OPEN_SHOP = decision("open_shop")
CLOSE_SHOP = decision("close_shop")
ENTER_MARKET = decision("enter_market")
LEAVE_MARKET = decision("leave_market")
TAKE_COURSE = decision("take_course")


def sme_quarter(me, here, p, luck):  # type: ignore[no-untyped-def]
    """Book the sales of the last quarter, then decide on the shop and on each other market."""
    was_online = me.online
    earn(me, here, p)
    open_or_close_shop(me, here, p, luck)
    me.shift = me.shift + per_quarter(here.innovation)
    if was_online:
        learn_from_selling(me, here, p, luck)
        if me.online and me.goods:
            strong = head_start(me, p)
            for market in range(MARKETS):
                if market != here.home:
                    ahead = strong - here.break_even[market]
                    enter_or_leave(me, p, luck, market, ahead)


def earn(me, here, p):  # type: ignore[no-untyped-def]
    """Sales follow from productivity and from the state of each market one sells in."""
    me.revenue = 0.0
    if me.online:
        sales = 0.0
        for market in range(MARKETS):
            if me.sells_to[market]:
                sales = sales + here.sales[market]
        me.revenue = sales * strength(me, p)


def strength(me, p):  # type: ignore[no-untyped-def]
    """Productivity to the power sigma - 1: by what a firm's sales exceed those of the weakest."""
    return exponential((p.variety_substitution - 1.0) * (me.log_productivity + me.shift))


def open_or_close_shop(me, here, p, luck):  # type: ignore[no-untyped-def]
    """Only owners who are connected and hold an account can open a shop."""
    ahead = head_start(me, p) - here.break_even[here.home]
    if me.online:
        if leaves(chance(luck, CLOSE_SHOP), ahead, p):
            me.online = False
            for market in range(MARKETS):
                me.sells_to[market] = 0
    elif me.readiness < here.ready_share and enters(chance(luck, OPEN_SHOP), ahead, p):
        me.online = True
        me.sells_to[here.home] = 1


def enter_or_leave(me, p, luck, market, ahead):  # type: ignore[no-untyped-def]
    """Begin or stop to sell to one market outside one's own country."""
    if me.sells_to[market]:
        if leaves(chance(luck, LEAVE_MARKET + market), ahead, p):
            me.sells_to[market] = 0
    elif enters(chance(luck, ENTER_MARKET + market), ahead, p):
        me.sells_to[market] = 1


def head_start(me, p):  # type: ignore[no-untyped-def]
    """Log productivity, plus what the owner's skill saves of the fixed cost in the same unit."""
    saved = -logarithm(cost_factor(me, p)) / (p.variety_substitution - 1.0)
    return me.log_productivity + me.shift + saved


def cost_factor(me, p):  # type: ignore[no-untyped-def]
    """What is left of a fixed cost once the owner's skill has saved its part."""
    return 1.0 - p.skill_cost_saving * me.skill


def enters(draw, ahead, p):  # type: ignore[no-untyped-def]
    """Whether a firm so far ahead of break-even enters: near never below it plus the band."""
    if draw >= once(p.entry_hazard):  # the most it can be; spares the look in most quarters
        return False
    return draw < once(p.entry_hazard * logistic((ahead - p.entry_band) / p.entry_spread))


def leaves(draw, ahead, p):  # type: ignore[no-untyped-def]
    """Whether a firm leaves: at the closure hazard, and sooner below break-even minus the band."""
    if draw >= once(p.closure_hazard + p.entry_hazard):
        return False
    pressed = p.entry_hazard * logistic(-(ahead + p.entry_band) / p.entry_spread)
    return draw < once(p.closure_hazard + pressed)


def logistic(x):  # type: ignore[no-untyped-def]
    """The logistic function, between 0 and 1."""
    return 1.0 / (1.0 + exponential(-x))


def learn_from_selling(me, here, p, luck):  # type: ignore[no-untyped-def]
    """Skill of online sellers grows with practice; a course lifts productivity once taken."""
    me.skill = me.skill + (1.0 - me.skill) * (1.0 - fading(p.learning_by_doing))
    if here.training_offer > 0.0 and chance(luck, TAKE_COURSE) < (
        once(here.training_offer) * p.training_take_up
    ):
        me.shift = me.shift + p.training_sales_effect / (p.variety_substitution - 1.0)
