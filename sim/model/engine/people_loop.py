"""A chunk of people lives through one quarter: the loop that calls the rule, and what it adds up.

Both engines run this very function. The compiled one passes a structured array as `rows`, the
object one a sequence of Mesa agents that view its rows. Sums are whole numbers (money in units of
2**-16 US$), kept apart by chunk and by cell (area x sex x income fifth), so neither the order of
chunks nor the number of threads can show.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.agents.consumer import LARGEST_AMOUNT, PersonEnvironment
from sim.agents.contacts import DEFRAUDED, NEIGHBOURS, ONE_DEFRAUDED, SHOPS, seen_of_neighbours
from sim.model.engine.compiler.intrinsics import bare
from sim.model.population.people import COUNTRYSIDE, TOWN, cell_of, describe
from sim.rng import AgentRng
from sim.units import USD_SCALE

# columns of the tally
CONNECTED = 0
CONNECTED_ADULTS = 1
ACCOUNTS = 2
SHOPPERS = 3
VICTIMS = 4
NEW_CONNECTED = 5
DROPPED_OUT = 6
NEW_ACCOUNTS = 7
NEW_SHOPPERS = 8
LAPSED_SHOPPERS = 9
SPENDING = 10
LOSSES = 11
TRUST = 12
SKILL = 13
READY = 14  # adults who are connected and hold an account
SPENDING_OF_HOLDERS = 15  # the part of SPENDING by people who hold an account
MEASURES = 16
FLOWS = (VICTIMS, NEW_CONNECTED, DROPPED_OUT, NEW_ACCOUNTS, NEW_SHOPPERS, LAPSED_SHOPPERS)
SPENT = (SPENDING, SPENDING_OF_HOLDERS)
MONEY = (*SPENT, LOSSES)
LOSS = 1  # what `faults` names besides the fields of the record


class AreaNetworks(NamedTuple):
    """What a country's environment says of the networks of one area."""

    coverage: float
    year_ago: float
    unaided: float
    quality: float


def networks_of(view, town):  # type: ignore[no-untyped-def]
    """The networks of towns, or of the countryside."""
    if town:
        return AreaNetworks(
            view.coverage_town, view.year_ago_town, view.unaided_town, view.quality_town
        )
    return AreaNetworks(
        view.coverage_countryside,
        view.year_ago_countryside,
        view.unaided_countryside,
        view.quality_countryside,
    )


def live_one_quarter(
    chunk, chunk_first, community_first, community_country, shopper_share, victim_share,
    rows, seen, seen_next, homes, views, parameters, traits, tally, counts, faults,
    rule, select, see, possible, has_own, count, loss,
):  # fmt: skip  # type: ignore[no-untyped-def]
    """Let everybody in one chunk act once, and count what they did.

    `shopper_share` and `victim_share` are by community; `counts` receives each community's shoppers
    and victims; `rule`, `select` (parameters of a country), `see` (what one of them sees),
    `possible` (the record is within its bounds), `count` (indicators of a rule of one's own, if it
    `has_own`) and `loss` are the agents' functions. Until a person acts, `seen_next` holds what
    their neighbours did. The first agent with an impossible value ends the chunk: `faults` then has
    its number plus one, what is wrong and, of a loss or an indicator, its value. While somebody
    acts, their number plus one stands in the last column, and 0 in the end.
    """
    shown_last = bare(seen)
    for community in range(chunk_first[chunk], chunk_first[chunk + 1]):
        country = int(community_country[community])
        home = homes[country]
        view = views[country]
        params = select(parameters, country)
        begin = int(community_first[community])
        end = int(community_first[community + 1])
        area = TOWN
        if begin - home.first >= home.urban_size:
            area = COUNTRYSIDE
        networks = networks_of(view, area == TOWN)
        for i in range(begin, end):
            number = i - home.first
            seen_next[i] = seen_of_neighbours(
                shown_last, home, number, begin - home.first, end - begin
            )
        for i in range(begin, end):
            number = i - home.first
            near = int(seen_next[i])
            who = describe(home, traits, country, area, number)
            own = PersonEnvironment(
                coverage=networks.coverage,
                coverage_year_ago=networks.year_ago,
                unaided_coverage=networks.unaided,
                quality=networks.quality,
                account_share=view.account_share,
                shopper_share=view.shopper_share,
                community_shopper_share=shopper_share[community],
                community_victim_share=victim_share[community],
                neighbours_shopping=near % ONE_DEFRAUDED / NEIGHBOURS,
                neighbours_defrauded=near // ONE_DEFRAUDED / NEIGHBOURS,
                number=number,
                country_size=home.size,
            )
            env = see(view, own)
            row = rows[i]
            was_connected = row.connected
            had_account = row.account
            was_shopper = row.shopper
            faults[chunk, 3] = i + 1
            rule(row, who, env, params, AgentRng(view.stream_key, number))
            if not possible(row):
                faults[chunk, 0] = i + 1
                return

            cell = cell_of(who)
            if row.connected:
                tally[chunk, cell, CONNECTED] += 1
                if who.adult:
                    tally[chunk, cell, CONNECTED_ADULTS] += 1
                    tally[chunk, cell, TRUST] += int(float(row.trust) * USD_SCALE)
                    if row.account:
                        tally[chunk, cell, READY] += 1
                if not was_connected:
                    tally[chunk, cell, NEW_CONNECTED] += 1
            elif was_connected:
                tally[chunk, cell, DROPPED_OUT] += 1
            if row.account:
                tally[chunk, cell, ACCOUNTS] += 1
                if not had_account:
                    tally[chunk, cell, NEW_ACCOUNTS] += 1
            tally[chunk, cell, SKILL] += int(float(row.skill) * USD_SCALE)
            shown = 0
            if row.shopper:
                shown = SHOPS
                tally[chunk, cell, SHOPPERS] += 1
                spent = int(float(row.spending) * USD_SCALE)
                tally[chunk, cell, SPENDING] += spent
                if row.account:
                    tally[chunk, cell, SPENDING_OF_HOLDERS] += spent
                counts[community, 0] += 1
                if not was_shopper:
                    tally[chunk, cell, NEW_SHOPPERS] += 1
            elif was_shopper:
                tally[chunk, cell, LAPSED_SHOPPERS] += 1
            if row.victim:
                shown |= DEFRAUDED
                tally[chunk, cell, VICTIMS] += 1
                lost = loss(row, who, env, params)
                if not 0.0 <= lost <= LARGEST_AMOUNT:
                    faults[chunk, 0] = i + 1
                    faults[chunk, 1] = LOSS
                    faults[chunk, 2] = lost
                    return
                tally[chunk, cell, LOSSES] += int(lost * USD_SCALE)
                counts[community, 1] += 1
            if has_own and not count(tally, chunk, cell, 1.0, row, who, faults):
                faults[chunk, 0] = i + 1
                return
            seen_next[i] = shown
    faults[chunk, 3] = 0
