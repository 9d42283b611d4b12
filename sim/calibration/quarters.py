"""All quarters of the mean-field twin: the consumers' rule in expectation, cell by cell.

The hazards are the agents' own functions (`sim.agents.consumer`), taken at the mean of a group:
those offline, those online who do not shop, and shoppers. What is lost against agents is what
differs between people of one group: chance, the fixed neighbours, and products of means.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.agents.consumer import Person, Surroundings
from sim.agents.contacts import LOCAL_SHARE
from sim.engine.chunk import (
    ACCOUNTS,
    CONNECTED,
    CONNECTED_ADULTS,
    DROPPED_OUT,
    LAPSED_SHOPPERS,
    LOSSES,
    NEW_ACCOUNTS,
    NEW_CONNECTED,
    NEW_SHOPPERS,
    READY,
    SHOPPERS,
    SKILL,
    SPENDING,
    TRUST,
    VICTIMS,
)
from sim.units import exponential, once

# what is carried from quarter to quarter, by cell: shares of the cell, and means of groups
OFFLINE, OFFLINE_ACCOUNT, ONLINE, ONLINE_ACCOUNT, SHOPPER, SHOPPER_ACCOUNT = range(6)
TRUST_OFFLINE, TRUST_ONLINE, TRUST_SHOPPER = 6, 7, 8
SKILL_REST, SKILL_SHOPPER = 9, 10
HABIT_REST, HABIT_SHOPPER = 11, 12
STATE = 13

# sums of the last quarter, by country
ADULTS_TOWN, ADULTS_COUNTRYSIDE = 0, 1
SHOPPERS_TOWN, SHOPPERS_COUNTRYSIDE = 2, 3
BEFORE_TOWN, BEFORE_COUNTRYSIDE = 4, 5  # shoppers one quarter earlier
VICTIMS_TOWN, VICTIMS_COUNTRYSIDE = 6, 7
PEOPLE_TOWN, PEOPLE_COUNTRYSIDE = 8, 9
HOLDERS = 10
SUMS = 11

_STEPS = 60  # of the bisection for the start share of shoppers
_WIDEST = 40.0  # log odds


class Mean(NamedTuple):
    """The mean person of a group, as the agents' functions read one."""

    trust: float
    skill: float
    habit: float
    spending: float
    connected: bool
    account: bool
    shopper: bool
    victim: bool


def live_all_quarters(
    run, values, cells, views, state, sums, out,
    connecting, opening, starting, stopping, scams, trusting, practice, training, habit, spend,
    loss, select,
):  # fmt: skip  # type: ignore[no-untyped-def]
    """One run of the twin: every country through all quarters.

    `values[run]` parameters by country, `cells` by country, `views` by quarter and country;
    `state` and `sums` are room to work in; `out[run, country, quarter, group]` receives, by
    measure, the share of the country's people (US$ per person for money). One group if `out` has
    room for one, else the 20 in which agents are counted.
    """
    quarters, countries = views.shape
    for country in range(countries):
        p = select(values[run], country)
        _start(cells[country], p, state[run], sums[run])
        for quarter in range(quarters):
            _quarter(
                cells[country], views[quarter, country], p, state[run], sums[run],
                out[run, country, quarter],
                connecting, opening, starting, stopping, scams, trusting, practice, training,
                habit, spend, loss,
            )  # fmt: skip


def _start(cells, p, state, sums):  # type: ignore[no-untyped-def]
    """The stocks of 2014Q4; the log odds of shopping are those that give the start share."""
    low, high = -_WIDEST, _WIDEST
    for _ in range(_STEPS):
        middle = 0.5 * (low + high)
        share = 0.0
        for c in range(len(cells)):
            cell = cells[c]
            share += (
                cell.weight * cell.connected / (1.0 + exponential(-middle - cell.shopper_score))
            )
        if share < p.start_shopper_share:
            low = middle
        else:
            high = middle
    for k in range(SUMS):
        sums[k] = 0.0
    for c in range(len(cells)):
        cell = cells[c]
        shop = 0.0
        if cell.adult:
            shop = cell.connected / (1.0 + exponential(-low - cell.shopper_score))
        online = cell.connected - shop
        offline = 1.0 - cell.connected
        has = cell.account
        state[c, OFFLINE], state[c, OFFLINE_ACCOUNT] = offline * (1.0 - has), offline * has
        state[c, ONLINE], state[c, ONLINE_ACCOUNT] = online * (1.0 - has), online * has
        state[c, SHOPPER], state[c, SHOPPER_ACCOUNT] = shop * (1.0 - has), shop * has
        for k in (TRUST_OFFLINE, TRUST_ONLINE, TRUST_SHOPPER):
            state[c, k] = p.trust_level
        state[c, SKILL_REST] = state[c, SKILL_SHOPPER] = cell.skill
        state[c, HABIT_REST], state[c, HABIT_SHOPPER] = 0.0, p.start_habit
        area = 0 if cell.urban else 1
        sums[PEOPLE_TOWN + area] += cell.weight
        if cell.adult:
            sums[ADULTS_TOWN + area] += cell.weight
            sums[SHOPPERS_TOWN + area] += cell.weight * shop
            sums[HOLDERS] += cell.weight * has
    sums[BEFORE_TOWN] = sums[SHOPPERS_TOWN]
    sums[BEFORE_COUNTRYSIDE] = sums[SHOPPERS_COUNTRYSIDE]


def _share(part, whole):  # type: ignore[no-untyped-def]
    return part / whole if whole > 0.0 else 0.0


def _ahead(now, before):  # type: ignore[no-untyped-def]
    """A share carried half a step forward."""
    return min(max(now + 0.5 * (now - before), 0.0), 1.0)


def _mix(one, mean_one, other, mean_other):  # type: ignore[no-untyped-def]
    """Mean of two groups put together."""
    whole = one + other
    return (one * mean_one + other * mean_other) / whole if whole > 0.0 else mean_one


def _quarter(
    cells, view, p, state, sums, out,
    connecting, opening, starting, stopping, scams, trusting, practice, training, habit, spend,
    loss,
):  # fmt: skip  # type: ignore[no-untyped-def]
    """One quarter of one country."""
    adults = sums[ADULTS_TOWN] + sums[ADULTS_COUNTRYSIDE]
    people = sums[PEOPLE_TOWN] + sums[PEOPLE_COUNTRYSIDE]
    shoppers = sums[SHOPPERS_TOWN] + sums[SHOPPERS_COUNTRYSIDE]
    before = sums[BEFORE_TOWN] + sums[BEFORE_COUNTRYSIDE]
    victims = sums[VICTIMS_TOWN] + sums[VICTIMS_COUNTRYSIDE]
    country_ahead = _ahead(_share(shoppers, adults), _share(before, adults))
    accounts = _share(sums[HOLDERS], adults)
    town_shoppers, country_shoppers = sums[SHOPPERS_TOWN], sums[SHOPPERS_COUNTRYSIDE]
    town_victims, country_victims = sums[VICTIMS_TOWN], sums[VICTIMS_COUNTRYSIDE]
    town_before, country_before = sums[BEFORE_TOWN], sums[BEFORE_COUNTRYSIDE]
    sums[BEFORE_TOWN], sums[BEFORE_COUNTRYSIDE] = town_shoppers, country_shoppers
    sums[SHOPPERS_TOWN] = sums[SHOPPERS_COUNTRYSIDE] = 0.0
    sums[VICTIMS_TOWN] = sums[VICTIMS_COUNTRYSIDE] = 0.0
    sums[HOLDERS] = 0.0
    dropped = once(p.disconnection_hazard)
    for c in range(len(cells)):
        cell = cells[c]
        area = 0 if cell.urban else 1
        weight = cell.weight
        if weight <= 0.0:
            continue
        area_shoppers = town_shoppers if cell.urban else country_shoppers
        area_victims = town_victims if cell.urban else country_victims
        area_before = town_before if cell.urban else country_before
        area_adults, area_people = sums[ADULTS_TOWN + area], sums[PEOPLE_TOWN + area]
        area_ahead = _ahead(_share(area_shoppers, area_adults), _share(area_before, area_adults))
        area_cheated = _share(area_victims, area_adults)
        who = Person(
            cell.adult, cell.young, cell.older, cell.woman, cell.urban,
            cell.income_rank, cell.log_income,
        )  # fmt: skip
        here = Surroundings(
            view.coverage_town if cell.urban else view.coverage_countryside,
            view.data_price, view.log_mean_income, view.log_reference_income,
            view.consumption_share, accounts, country_ahead, area_ahead, area_cheated,
            view.log_online_price, view.covid, view.scam_pressure, view.scam_protection,
            view.interoperability, view.training_offer, view.trust_support,
            0, 0, 1, 0, 1, 0, 0,
        )  # fmt: skip
        s = state[c]
        cheated = 0.0
        cheated_shoppers = 0.0
        started0 = started1 = stopped0 = stopped1 = opened = 0.0
        online = Mean(s[TRUST_ONLINE], s[SKILL_REST], s[HABIT_REST], 0.0, True, False, False, False)
        if cell.adult:
            banked = Mean(
                s[TRUST_ONLINE], s[SKILL_REST], s[HABIT_REST], 0.0, True, True, False, False
            )
            shops = Mean(
                s[TRUST_SHOPPER], s[SKILL_SHOPPER], s[HABIT_SHOPPER], 0.0, True, False, True, False
            )
            near = LOCAL_SHARE * _share(area_shoppers, area_people)
            near += (1.0 - LOCAL_SHARE) * _share(shoppers, people)
            peers = (
                (1.0 - p.community_weight - p.neighbour_weight) * country_ahead
                + p.community_weight * area_ahead
                + p.neighbour_weight * near
            )
            begin0 = once(starting(online, who, here, p, peers))
            begin1 = once(starting(banked, who, here, p, peers))
            stop = once(stopping(shops, who, p))
            open_one = once(opening(online, who, here, p))
            kept = (s[SHOPPER] + s[SHOPPER_ACCOUNT]) * (1.0 - stop)
            started0, started1 = s[ONLINE] * begin0, s[ONLINE_ACCOUNT] * begin1
            stopped0, stopped1 = s[SHOPPER] * stop, s[SHOPPER_ACCOUNT] * stop
            stay = s[ONLINE] + s[ONLINE_ACCOUNT] - started0 - started1
            started, stopped = started0 + started1, stopped0 + stopped1
            offline = s[OFFLINE] + s[OFFLINE_ACCOUNT]
            trust_shops = _mix(kept, s[TRUST_SHOPPER], started, s[TRUST_ONLINE])
            trust_online = _mix(stay, s[TRUST_ONLINE], stopped, s[TRUST_SHOPPER])
            skill_before = s[SKILL_REST]
            s[HABIT_REST] = _mix(stay + offline, s[HABIT_REST], stopped, s[HABIT_SHOPPER])
            s[SKILL_REST] = _mix(stay + offline, skill_before, stopped, s[SKILL_SHOPPER])
            s[SKILL_SHOPPER] = _mix(kept, s[SKILL_SHOPPER], started, skill_before)
            s[HABIT_SHOPPER] = _mix(kept, s[HABIT_SHOPPER], started, online.habit)
            s[ONLINE] += stopped0 - started0
            s[ONLINE_ACCOUNT] += stopped1 - started1
            s[SHOPPER] += started0 - stopped0
            s[SHOPPER_ACCOUNT] += started1 - stopped1
            opened = open_one * (s[ONLINE] + s[SHOPPER])
            s[ONLINE_ACCOUNT] += open_one * s[ONLINE]
            s[ONLINE] -= open_one * s[ONLINE]
            s[SHOPPER_ACCOUNT] += open_one * s[SHOPPER]
            s[SHOPPER] -= open_one * s[SHOPPER]
            heard = 0.5 * area_cheated + 0.5 * (
                LOCAL_SHARE * _share(area_victims, area_people)
                + (1.0 - LOCAL_SHARE) * _share(victims, people)
            )
            well = Mean(trust_online, s[SKILL_REST], 0.0, 0.0, True, False, False, False)
            hurt = Mean(trust_online, s[SKILL_REST], 0.0, 0.0, True, False, False, True)
            risk = once(scams(well, who, here, p))
            trust_online = (1.0 - risk) * trusting(well, who, here, p, heard) + risk * trusting(
                hurt, who, here, p, heard
            )
            cheated = risk * (s[ONLINE] + s[ONLINE_ACCOUNT])
            well = Mean(trust_shops, s[SKILL_SHOPPER], 0.0, 0.0, True, False, True, False)
            hurt = Mean(trust_shops, s[SKILL_SHOPPER], 0.0, 0.0, True, False, True, True)
            risk = once(scams(well, who, here, p))
            s[TRUST_SHOPPER] = (1.0 - risk) * trusting(well, who, here, p, heard) + risk * trusting(
                hurt, who, here, p, heard
            )
            cheated_shoppers = risk * (s[SHOPPER] + s[SHOPPER_ACCOUNT])
            s[TRUST_ONLINE] = trust_online
        # getting online and dropping out
        offline = s[OFFLINE] + s[OFFLINE_ACCOUNT]
        joined = once(
            connecting(
                Mean(s[TRUST_OFFLINE], online.skill, 0.0, 0.0, False, False, False, False),
                who, here, p,
            )
        )  # fmt: skip
        idle, shop = s[ONLINE] + s[ONLINE_ACCOUNT], s[SHOPPER] + s[SHOPPER_ACCOUNT]
        trust_leaving = _mix(idle, s[TRUST_ONLINE], shop, s[TRUST_SHOPPER])
        trust_offline = s[TRUST_OFFLINE]
        s[TRUST_OFFLINE] = _mix(
            offline * (1.0 - joined), trust_offline, dropped * (idle + shop), trust_leaving
        )
        s[TRUST_ONLINE] = _mix(
            idle * (1.0 - dropped), s[TRUST_ONLINE], offline * joined, trust_offline
        )
        s[SKILL_REST] = _mix(idle + offline, s[SKILL_REST], dropped * shop, s[SKILL_SHOPPER])
        s[HABIT_REST] = _mix(idle + offline, s[HABIT_REST], dropped * shop, s[HABIT_SHOPPER])
        for has in (0, 1):
            out_of, into = s[OFFLINE + has], s[ONLINE + has]
            s[OFFLINE + has] += dropped * (into + s[SHOPPER + has]) - joined * out_of
            s[ONLINE + has] += joined * out_of - dropped * into
            s[SHOPPER + has] *= 1.0 - dropped
        # practice and training
        idle_person = Mean(0.0, s[SKILL_REST], 0.0, 0.0, True, False, False, False)
        s[SKILL_REST] = practice(idle_person, who, p)
        spent = 0.0
        if cell.adult:
            active_person = Mean(0.0, s[SKILL_SHOPPER], 0.0, 0.0, True, False, True, False)
            s[SKILL_SHOPPER] = practice(active_person, who, p)
            if here.training_offer > 0.0:
                gained = training(idle_person, who, here, p) * p.training_gain
                s[SKILL_REST] += (1.0 - s[SKILL_REST]) * gained
                s[SKILL_SHOPPER] += (1.0 - s[SKILL_SHOPPER]) * gained
            trust, skill = s[TRUST_SHOPPER], s[SKILL_SHOPPER]
            buyer = Mean(trust, skill, s[HABIT_SHOPPER], 0.0, True, False, True, False)
            s[HABIT_SHOPPER] = habit(buyer, who, p)
            buyer = Mean(trust, skill, s[HABIT_SHOPPER], 0.0, True, False, True, False)
            spent = spend(buyer, who, here, p)
        shop = s[SHOPPER] + s[SHOPPER_ACCOUNT]
        cheated = (cheated + cheated_shoppers) * (1.0 - dropped)
        if cell.adult:
            sums[SHOPPERS_TOWN + area] += weight * shop
            sums[VICTIMS_TOWN + area] += weight * cheated
        holders = s[OFFLINE_ACCOUNT] + s[ONLINE_ACCOUNT] + s[SHOPPER_ACCOUNT]
        sums[HOLDERS] += weight * holders
        online_now = s[ONLINE] + s[ONLINE_ACCOUNT] + shop
        group = cell.group if out.shape[0] > 1 else 0
        row = out[group]
        row[CONNECTED] += weight * online_now
        row[NEW_CONNECTED] += weight * joined * offline
        row[DROPPED_OUT] += weight * dropped * (idle + shop / (1.0 - dropped))
        row[SKILL] += weight * ((1.0 - shop) * s[SKILL_REST] + shop * s[SKILL_SHOPPER])
        if cell.adult:
            victim = Mean(0.0, 0.0, 0.0, 0.0, True, False, False, True)
            row[CONNECTED_ADULTS] += weight * online_now
            row[ACCOUNTS] += weight * holders
            row[SHOPPERS] += weight * shop
            row[VICTIMS] += weight * cheated
            row[NEW_ACCOUNTS] += weight * opened
            row[NEW_SHOPPERS] += weight * (started0 + started1) * (1.0 - dropped)
            row[LAPSED_SHOPPERS] += weight * (
                stopped0 + stopped1 + dropped / (1.0 - dropped) * shop
            )
            row[SPENDING] += weight * shop * spent
            row[LOSSES] += weight * cheated * loss(victim, who, here, p)
            row[TRUST] += weight * (
                (s[ONLINE] + s[ONLINE_ACCOUNT]) * s[TRUST_ONLINE] + shop * s[TRUST_SHOPPER]
            )
            row[READY] += weight * (s[ONLINE_ACCOUNT] + s[SHOPPER_ACCOUNT])
