"""One small firm: what it remembers, and what ONE of them does in ONE quarter.

    def sme_quarter(me, here, p, luck): ...

A firm opens or closes its online shop, and begins or stops to sell to each other country and to the
rest of the world. Markets differ in what they pay and in their fixed costs; productive firms lead
the break-even productivity and enter sooner (Melitz 2003 as simplified by Chaney 2008, without free
entry). This is the only version of the rule, run by both engines.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.draws import chance, decision
from sim.units import exponential, fading, logarithm, once

MARKETS = 6  # the five countries and the rest of the world, in that order
REST_OF_WORLD = 5

SME = np.dtype(
    [
        ("skill", "f4"),  # digital skill of the owner, 0 to 1
        ("revenue", "f4"),  # online in the last quarter, at consumer prices, constant 2022 US$
        ("shift", "f4"),  # log productivity gained since the start
        ("online", "?"),  # has an online shop
        ("sells_to", "u1", (MARKETS,)),  # 1 where it sells online, its own country included
    ]
)


class Firm(NamedTuple):
    """What never changes about a firm; derived from its number."""

    log_productivity: float  # relative to the least productive firm
    readiness: float  # 0 to 1: the firm is ready to go online once this share of firms is
    goods: bool  # sells goods that can be sent; others sell at home only
    woman_owned: bool
    urban: bool
    size: int  # 0 micro, 1 small, 2 medium


class Prospects(NamedTuple):
    """What one firm sees at the start of a quarter; arrays are by origin and market."""

    home: int  # the market of its own country
    ready_share: float  # of the firms of its area
    log_profit: Any  # log yearly profit of a firm of unit strength, by origin and market
    sales: Any  # quarterly sales of a firm of unit strength, by origin and market
    log_fixed_cost: Any  # log yearly fixed cost of an unskilled owner, by origin and market


OPEN_SHOP = decision("open_shop")
CLOSE_SHOP = decision("close_shop")
ENTER_MARKET = decision("enter_market")
LEAVE_MARKET = decision("leave_market")


def sme_quarter(me, here, p, luck):  # type: ignore[no-untyped-def]
    """Book the sales of the last quarter, then decide on the shop and on each other market."""
    was_online = me.online
    earn(me, here, p)
    open_or_close_shop(me, here, p, luck)
    if was_online:
        learn_from_selling(me, p)
        if me.online and me.goods:
            for market in range(MARKETS):
                if market != here.home:
                    enter_or_leave(me, here, p, luck, market)


def earn(me, here, p):  # type: ignore[no-untyped-def]
    """Sales follow from productivity and from the state of each market one sells in."""
    me.revenue = 0.0
    if me.online:
        sales = 0.0
        for market in range(MARKETS):
            if me.sells_to[market]:
                sales = sales + here.sales[here.home, market]
        me.revenue = sales * strength(me, p)


def strength(me, p):  # type: ignore[no-untyped-def]
    """Productivity to the power sigma - 1: by what a firm's sales exceed those of the weakest."""
    return exponential((p.variety_substitution - 1.0) * (me.log_productivity + me.shift))


def open_or_close_shop(me, here, p, luck):  # type: ignore[no-untyped-def]
    """Only owners who are connected and hold an account can open a shop."""
    if me.online:
        if chance(luck, CLOSE_SHOP) < once(leaving_hazard(lead(me, here, p, here.home), p)):
            me.online = False
            for market in range(MARKETS):
                me.sells_to[market] = 0
    elif me.readiness < here.ready_share:
        if chance(luck, OPEN_SHOP) < once(entering_hazard(lead(me, here, p, here.home), p)):
            me.online = True
            me.sells_to[here.home] = 1


def enter_or_leave(me, here, p, luck, market):  # type: ignore[no-untyped-def]
    """Begin or stop to sell to one market outside one's own country."""
    ahead = lead(me, here, p, market)
    if me.sells_to[market]:
        if chance(luck, LEAVE_MARKET + market) < once(leaving_hazard(ahead, p)):
            me.sells_to[market] = 0
    elif chance(luck, ENTER_MARKET + market) < once(entering_hazard(ahead, p)):
        me.sells_to[market] = 1


def lead(me, here, p, market):  # type: ignore[no-untyped-def]
    """Log productivity above the one at which profit in a market just covers its fixed cost."""
    log_cost = here.log_fixed_cost[here.home, market] + logarithm(cost_factor(me, p))
    margin = here.log_profit[here.home, market] - log_cost
    return me.log_productivity + me.shift + margin / (p.variety_substitution - 1.0)


def cost_factor(me, p):  # type: ignore[no-untyped-def]
    """What is left of a fixed cost once the owner's skill has saved its part."""
    return 1.0 - p.skill_cost_saving * me.skill


def entering_hazard(ahead, p):  # type: ignore[no-untyped-def]
    """Near zero below break-even plus the band, near the entry hazard well above it."""
    return p.entry_hazard / (1.0 + exponential((p.entry_band - ahead) / p.entry_spread))


def leaving_hazard(ahead, p):  # type: ignore[no-untyped-def]
    """The closure hazard, plus the entry hazard well below break-even minus the band."""
    pressed = p.entry_hazard / (1.0 + exponential((p.entry_band + ahead) / p.entry_spread))
    return p.closure_hazard + pressed


def learn_from_selling(me, p):  # type: ignore[no-untyped-def]
    """Skill of online sellers grows with practice."""
    me.skill = me.skill + (1.0 - me.skill) * (1.0 - fading(p.learning_by_doing))
