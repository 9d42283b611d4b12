"""A chunk of firms lives through one quarter: the loop that calls the rule, and what it adds up.

Counts of firms are in units of 2**-16 firms, since a row may stand for many. `STRENGTH` adds up,
for each market, the strength (productivity to the power sigma - 1) of the firms that sell there,
from which sales follow without looking at firms again.
"""

from __future__ import annotations

from sim.agents.firm import (
    LARGEST_COST_FACTOR,
    LARGEST_STRENGTH,
    MARKETS,
    REST_OF_WORLD,
    FirmEnvironment,
)
from sim.model.engine.compiler.intrinsics import by_market
from sim.model.population.firms import describe_firm, firm_cell
from sim.rng import AgentRng
from sim.units import USD_SCALE

# columns of the tally
ONLINE = 0
OPENED = 1
CLOSED = 2
EXPORTERS = 3  # to any other of the countries
SELLS_TO = 4  # a column a market
STRENGTH = SELLS_TO + MARKETS  # as many
COSTS = STRENGTH + MARKETS  # as many: fixed costs in units of the unskilled owner's
ENTERED = COSTS + MARKETS  # as many: firms that began to sell to a market
LEFT = ENTERED + MARKETS  # as many: firms that stopped
FIRMS = LEFT + MARKETS
MEASURES = FIRMS + 1
# what `faults` names besides the fields of the record
POWER = 1
COST = 2
SELLS = 3


def trade_one_quarter(
    chunk, chunks, rows, weights, productivity, below, registries, views, ready_shares,
    break_even, sales, parameters, tally, faults, rule, select, see, possible, has_own, count,
    size, saved,
):  # fmt: skip  # type: ignore[no-untyped-def]
    """Let every firm of one chunk act once, and count what they did.

    `rule`, `select` (parameters of a country), `see` (what one of them sees), `possible` (the
    record is within its bounds), `count` (indicators of a rule of one's own, if it `has_own`),
    `size` (sales capability of a firm) and `saved` (the factor on its fixed costs) are the agents'
    functions. The first firm with an impossible value ends the chunk: `faults` then has its number
    plus one, what is wrong, and the value. While a firm acts, its number plus one stands in the
    last column, and 0 in the end.
    """
    country = int(chunks[chunk, 0])
    registry = registries[country]
    view = views[country]
    params = select(parameters, country)
    own_break_even = by_market(break_even[country])
    own_sales = by_market(sales[country])
    most = LARGEST_STRENGTH / len(rows)
    for i in range(int(chunks[chunk, 1]), int(chunks[chunk, 2])):
        number = i - registry.first
        who = describe_firm(registry, float(productivity[i]), float(below[i]), number)
        area = 1
        if who.urban:
            area = 0
        own = FirmEnvironment(
            ready_share=ready_shares[country, area], break_even=own_break_even, sales=own_sales
        )
        env = see(view, own)
        row = rows[i]
        was_online = row.online
        sold = 0  # one bit per market
        for market in range(MARKETS):
            if row.sells_to[market]:
                sold |= 1 << market
        faults[chunk, 3] = i + 1
        rule(row, who, env, params, AgentRng(view.stream_key, number))
        if not possible(row):
            faults[chunk, 0] = i + 1
            return
        for market in range(MARKETS):
            sells = row.sells_to[market]
            if sells > 1 or (sells and not row.online):
                faults[chunk, 0] = i + 1
                faults[chunk, 1] = SELLS
                faults[chunk, 2] = market
                return

        weight = float(weights[i])
        firms = int(weight * USD_SCALE)
        cell = firm_cell(who)
        tally[chunk, cell, FIRMS] += firms
        if row.online:
            tally[chunk, cell, ONLINE] += firms
            if not was_online:
                tally[chunk, cell, OPENED] += firms
            sales_capability = size(row, who, params)
            if not 0.0 <= weight * sales_capability <= most:
                faults[chunk, 0] = i + 1
                faults[chunk, 1] = POWER
                faults[chunk, 2] = sales_capability
                return
            factor = saved(row, who, params)
            if not 0.0 <= factor <= LARGEST_COST_FACTOR:
                faults[chunk, 0] = i + 1
                faults[chunk, 1] = COST
                faults[chunk, 2] = factor
                return
            power = int(weight * sales_capability * USD_SCALE)
            costs = int(weight * factor * USD_SCALE)
            exporter = False
            for market in range(MARKETS):
                if row.sells_to[market]:
                    tally[chunk, cell, SELLS_TO + market] += firms
                    tally[chunk, cell, STRENGTH + market] += power
                    tally[chunk, cell, COSTS + market] += costs
                    if market != view.home and market < REST_OF_WORLD:
                        exporter = True
            if exporter:
                tally[chunk, cell, EXPORTERS] += firms
        elif was_online:
            tally[chunk, cell, CLOSED] += firms
        for market in range(MARKETS):
            sells = row.sells_to[market]
            if sells and not (sold >> market) & 1:
                tally[chunk, cell, ENTERED + market] += firms
            if not sells and (sold >> market) & 1:
                tally[chunk, cell, LEFT + market] += firms
        if has_own and not count(tally, chunk, cell, weight, row, who, faults):
            faults[chunk, 0] = i + 1
            return
    faults[chunk, 3] = 0
