"""All quarters of the mean-field model: the consumers' rule in expectation, cell by cell.

The hazards are the agents' own functions (`sim.agents.consumer`), taken at the mean of a group:
those offline, those online who do not shop, and shoppers. What is lost against agents is what
differs between people of one group: chance, the fixed neighbours, and products of means.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.agents.consumer import (
    Person,
    PersonEnvironment,
    account_opening_hazard,
    chance_of_training,
    connecting_hazard,
    hazard_of_scams,
    online_spending,
    pandemic_pull,
    practised_habit,
    practised_skill,
    scam_loss,
    starting_hazard,
    stopping_hazard,
    trust_learned,
)
from sim.agents.contacts import (
    LOCAL_SHARE,
    shoppers_among_contacts,
    shoppers_among_neighbours,
    victims_among_contacts,
    victims_among_neighbours,
)
from sim.meanfield.groups import (
    HABIT_REST,
    HABIT_SHOPPER,
    IN_PANDEMIC,
    OFFLINE,
    OFFLINE_ACCOUNT,
    ONLINE,
    ONLINE_ACCOUNT,
    SHOPPER,
    SHOPPER_ACCOUNT,
    SKILL_REST,
    SKILL_SHOPPER,
    TRUST_OFFLINE,
    TRUST_ONLINE,
    TRUST_SHOPPER,
    Mean,
    buyer,
    idler,
)
from sim.model.engine.people_loop import (
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
    SPENDING_OF_HOLDERS,
    TRUST,
    VICTIMS,
    networks_of,
)
from sim.units import exponential, hazard_to_probability

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


def live_all_quarters(run, worlds, values, cells, views, state, sums, out, select, see):  # type: ignore[no-untyped-def]
    """One run of the mean-field model: every country through all quarters.

    `values[run]` parameters by country, `worlds[run]` the world it is in, `cells` by world and
    country, `views` by world, quarter and country; `state` and `sums` are room to work in;
    `out[run, country, quarter, group]` receives, by measure, the share of the country's people
    (US$ per person for money). One group if `out` has room for one, else the 20 in which agents are
    counted.
    """
    _, quarters, countries = views.shape
    world = worlds[run]
    for country in range(countries):
        params = select(values[run], country)
        _start(cells[world, country], params, state[run], sums[run])
        for quarter in range(quarters):
            _quarter(
                cells[world, country], views[world, quarter, country], params, state[run],
                sums[run], out[run, country, quarter], see,
            )  # fmt: skip


def _start(cells, params, state, sums):  # type: ignore[no-untyped-def]
    """The stocks of 2014Q4; the log odds of shopping are those that give the start share."""
    adults = 0.0
    for c in range(len(cells)):
        adults += cells[c].adults
    low, high = -_WIDEST, _WIDEST
    for _ in range(_STEPS):
        middle = 0.5 * (low + high)
        share = 0.0
        for c in range(len(cells)):
            share += cells[c].adults * _shops(cells[c], middle)
        if share < params.start_shopper_share * adults:
            low = middle
        else:
            high = middle
    for k in range(SUMS):
        sums[k] = 0.0
    for c in range(len(cells)):
        cell = cells[c]
        shop = _shops(cell, low)
        online = cell.connected - shop
        offline = 1.0 - cell.connected
        has = cell.account
        state[c, OFFLINE], state[c, OFFLINE_ACCOUNT] = offline * (1.0 - has), offline * has
        state[c, ONLINE], state[c, ONLINE_ACCOUNT] = online * (1.0 - has), online * has
        state[c, SHOPPER], state[c, SHOPPER_ACCOUNT] = shop * (1.0 - has), shop * has
        for k in (TRUST_OFFLINE, TRUST_ONLINE, TRUST_SHOPPER):
            state[c, k] = params.trust_level
        state[c, SKILL_REST] = state[c, SKILL_SHOPPER] = cell.skill
        state[c, HABIT_REST], state[c, HABIT_SHOPPER] = 0.0, params.start_habit
        state[c, IN_PANDEMIC] = 0.0
        area = 0 if cell.urban else 1
        sums[PEOPLE_TOWN + area] += cell.people
        sums[ADULTS_TOWN + area] += cell.adults
        sums[SHOPPERS_TOWN + area] += cell.adults * shop
        sums[HOLDERS] += cell.adults * has
    sums[BEFORE_TOWN] = sums[SHOPPERS_TOWN]
    sums[BEFORE_COUNTRYSIDE] = sums[SHOPPERS_COUNTRYSIDE]


def _shops(cell, intercept):  # type: ignore[no-untyped-def]
    """Share of a cell that shops at the start."""
    return cell.connected / (1.0 + exponential(-intercept - cell.shopper_score))


def _share(part, whole):  # type: ignore[no-untyped-def]
    return part / whole if whole > 0.0 else 0.0


def _ahead(now, before):  # type: ignore[no-untyped-def]
    """A share carried half a step forward."""
    return min(max(now + 0.5 * (now - before), 0.0), 1.0)


def _mix(one, mean_one, other, mean_other):  # type: ignore[no-untyped-def]
    """Mean of two groups put together."""
    whole = one + other
    return (one * mean_one + other * mean_other) / whole if whole > 0.0 else mean_one


class Around(NamedTuple):
    """What a cell knows of everybody at the end of the last quarter, as shares."""

    country_ahead: float  # shoppers of adults, carried half a step forward
    area_ahead: float
    near: float  # shoppers among neighbours, who are people of any age
    area_defrauded: float  # of adults
    near_defrauded: float
    accounts: float


def _around(sums, town):  # type: ignore[no-untyped-def]
    area = 0 if town else 1
    adults = sums[ADULTS_TOWN] + sums[ADULTS_COUNTRYSIDE]
    people = sums[PEOPLE_TOWN] + sums[PEOPLE_COUNTRYSIDE]
    shoppers = sums[SHOPPERS_TOWN] + sums[SHOPPERS_COUNTRYSIDE]
    before = sums[BEFORE_TOWN] + sums[BEFORE_COUNTRYSIDE]
    victims = sums[VICTIMS_TOWN] + sums[VICTIMS_COUNTRYSIDE]
    here_adults, here_people = sums[ADULTS_TOWN + area], sums[PEOPLE_TOWN + area]
    here_shoppers, here_victims = sums[SHOPPERS_TOWN + area], sums[VICTIMS_TOWN + area]
    here_before = sums[BEFORE_TOWN + area]
    return Around(
        _ahead(_share(shoppers, adults), _share(before, adults)),
        _ahead(_share(here_shoppers, here_adults), _share(here_before, here_adults)),
        LOCAL_SHARE * _share(here_shoppers, here_people)
        + (1.0 - LOCAL_SHARE) * _share(shoppers, people),
        _share(here_victims, here_adults),
        LOCAL_SHARE * _share(here_victims, here_people)
        + (1.0 - LOCAL_SHARE) * _share(victims, people),
        _share(sums[HOLDERS], adults),
    )


def _quarter(cells, view, params, state, sums, out, see):  # type: ignore[no-untyped-def]
    """One quarter of one country: every cell acts on what was at the end of the last one."""
    town, countryside = _around(sums, True), _around(sums, False)
    sums[BEFORE_TOWN] = sums[SHOPPERS_TOWN]
    sums[BEFORE_COUNTRYSIDE] = sums[SHOPPERS_COUNTRYSIDE]
    sums[SHOPPERS_TOWN] = sums[SHOPPERS_COUNTRYSIDE] = 0.0
    sums[VICTIMS_TOWN] = sums[VICTIMS_COUNTRYSIDE] = 0.0
    sums[HOLDERS] = 0.0
    for c in range(len(cells)):
        cell = cells[c]
        if cell.people <= 0.0:
            continue
        around = town if cell.urban else countryside
        who = Person(
            True, cell.young, cell.older, cell.woman, cell.urban, cell.income_rank,
            cell.log_income, 0.0, cell.propensity, 1.0,
        )  # fmt: skip
        networks = networks_of(view, cell.urban)
        own = PersonEnvironment(
            coverage=networks.coverage,
            coverage_year_ago=networks.year_ago,
            unaided_coverage=networks.unaided,
            quality=networks.quality,
            account_share=around.accounts,
            shopper_share=around.country_ahead,
            community_shopper_share=around.area_ahead,
            community_victim_share=around.area_defrauded,
            neighbours_shopping=around.near,
            neighbours_defrauded=around.near_defrauded,
            number=0,
            country_size=1,
        )
        env = see(view, own)
        s = state[c]
        row = out[cell.group if out.shape[0] > 1 else 0]
        skill_before = s[SKILL_REST]  # of those offline, who learn after they have connected
        _shop_or_stop(s, who, env, params, cell.adults, row)
        _open_accounts(s, who, env, params, cell.adults, row)
        defrauded = _scams_and_trust(s, who, env, params)
        _connect_or_drop_out(s, who, env, params, skill_before, cell.people, row)
        spent, of_holders = _practise_and_spend(s, who, env, params)
        victim = Mean(0.0, 0.0, 0.0, 0.0, True, False, False, True, False)
        lost = scam_loss(victim, who, env, params)
        _count(s, cell, defrauded, spent, of_holders, lost, sums, row)


def _shop_or_stop(s, who, env, params, adults, row):  # type: ignore[no-untyped-def]
    """Some start to shop, some stop; means of the groups mix as people change sides."""
    offline = s[OFFLINE] + s[OFFLINE_ACCOUNT]
    peers = shoppers_among_contacts(env, params, shoppers_among_neighbours(env))
    buyers, online = s[SHOPPER] + s[SHOPPER_ACCOUNT], s[ONLINE] + s[ONLINE_ACCOUNT]
    ordinary, in_pandemic = buyer(s, False, False), buyer(s, False, True)
    leave = hazard_to_probability(stopping_hazard(ordinary, who, env, params))
    leave_pandemic = hazard_to_probability(stopping_hazard(in_pandemic, who, env, params))
    stop = leave + s[IN_PANDEMIC] * (leave_pandemic - leave)
    kept = buyers * (1.0 - stop)
    open_minded = _share_who_may_start(online, buyers, params)
    pull = pandemic_pull(env, params)
    ordinary0 = starting_hazard(idler(s, False), who, env, params, peers)
    ordinary1 = starting_hazard(idler(s, True), who, env, params, peers)
    started0 = open_minded * s[ONLINE] * hazard_to_probability(ordinary0 * pull)
    started1 = open_minded * s[ONLINE_ACCOUNT] * hazard_to_probability(ordinary1 * pull)
    drawn_in = started0 + started1
    drawn_in -= open_minded * (
        s[ONLINE] * hazard_to_probability(ordinary0)
        + s[ONLINE_ACCOUNT] * hazard_to_probability(ordinary1)
    )
    stayed = buyers * s[IN_PANDEMIC] * (1.0 - leave_pandemic)
    s[IN_PANDEMIC] = _share(stayed + drawn_in, kept + started0 + started1)
    stopped0, stopped1 = s[SHOPPER] * stop, s[SHOPPER_ACCOUNT] * stop
    started, stopped = started0 + started1, stopped0 + stopped1
    stay = s[ONLINE] + s[ONLINE_ACCOUNT] - started
    trust, skill, habit = s[TRUST_ONLINE], s[SKILL_REST], s[HABIT_REST]
    s[TRUST_ONLINE] = _mix(stay, trust, stopped, s[TRUST_SHOPPER])
    s[TRUST_SHOPPER] = _mix(kept, s[TRUST_SHOPPER], started, trust)
    s[SKILL_REST] = _mix(stay + offline, skill, stopped, s[SKILL_SHOPPER])
    s[SKILL_SHOPPER] = _mix(kept, s[SKILL_SHOPPER], started, skill)
    s[HABIT_REST] = _mix(stay + offline, habit, stopped, s[HABIT_SHOPPER])
    s[HABIT_SHOPPER] = _mix(kept, s[HABIT_SHOPPER], started, habit)
    s[ONLINE] += stopped0 - started0
    s[ONLINE_ACCOUNT] += stopped1 - started1
    s[SHOPPER] += started0 - stopped0
    s[SHOPPER_ACCOUNT] += started1 - stopped1
    # who drops out later in the quarter is no shopper
    dropped = hazard_to_probability(params.disconnection_hazard)
    row[NEW_SHOPPERS] += adults * started * (1.0 - dropped)
    row[LAPSED_SHOPPERS] += adults * (stopped + dropped * kept)


def _share_who_may_start(online, buyers, params):  # type: ignore[no-untyped-def]
    """Share of those online who do not shop but may: all but those who never will."""
    never = params.never_online_buyers * (online + buyers)
    return max(1.0 - _share(never, online), 0.0)


def _open_accounts(s, who, env, params, adults, row):  # type: ignore[no-untyped-def]
    opens = hazard_to_probability(account_opening_hazard(idler(s, False), who, env, params))
    row[NEW_ACCOUNTS] += adults * opens * (s[ONLINE] + s[SHOPPER])
    s[ONLINE_ACCOUNT] += opens * s[ONLINE]
    s[ONLINE] *= 1.0 - opens
    s[SHOPPER_ACCOUNT] += opens * s[SHOPPER]
    s[SHOPPER] *= 1.0 - opens


def _scams_and_trust(s, who, env, params):  # type: ignore[no-untyped-def]
    """Trust moves in both groups; returns the share of the cell that was defrauded."""
    heard = victims_among_contacts(env, victims_among_neighbours(env))
    idle, shop = s[ONLINE] + s[ONLINE_ACCOUNT], s[SHOPPER] + s[SHOPPER_ACCOUNT]
    well = Mean(s[TRUST_ONLINE], s[SKILL_REST], 0.0, 0.0, True, False, False, False, False)
    hurt = Mean(s[TRUST_ONLINE], s[SKILL_REST], 0.0, 0.0, True, False, False, True, False)
    risk = hazard_to_probability(hazard_of_scams(well, who, env, params))
    s[TRUST_ONLINE] = (1.0 - risk) * trust_learned(well, who, env, params, heard)
    s[TRUST_ONLINE] += risk * trust_learned(hurt, who, env, params, heard)
    defrauded = risk * idle
    well = Mean(s[TRUST_SHOPPER], s[SKILL_SHOPPER], 0.0, 0.0, True, False, True, False, False)
    hurt = Mean(s[TRUST_SHOPPER], s[SKILL_SHOPPER], 0.0, 0.0, True, False, True, True, False)
    risk = hazard_to_probability(hazard_of_scams(well, who, env, params))
    s[TRUST_SHOPPER] = (1.0 - risk) * trust_learned(well, who, env, params, heard)
    s[TRUST_SHOPPER] += risk * trust_learned(hurt, who, env, params, heard)
    return (defrauded + risk * shop) * (1.0 - hazard_to_probability(params.disconnection_hazard))


def _connect_or_drop_out(s, who, env, params, skill_before, people, row):  # type: ignore[no-untyped-def]
    outsider = Mean(0.0, skill_before, 0.0, 0.0, False, False, False, False, False)
    joined = hazard_to_probability(connecting_hazard(outsider, who, env, params))
    offline = s[OFFLINE] + s[OFFLINE_ACCOUNT]
    joined *= _share_within_reach(offline, env, params)
    dropped = _dropping_out(1.0 - offline, env, params)
    idle, shop = s[ONLINE] + s[ONLINE_ACCOUNT], s[SHOPPER] + s[SHOPPER_ACCOUNT]
    leaving = _mix(idle, s[TRUST_ONLINE], shop, s[TRUST_SHOPPER])
    trust = s[TRUST_OFFLINE]
    s[TRUST_OFFLINE] = _mix(offline * (1.0 - joined), trust, dropped * (idle + shop), leaving)
    s[TRUST_ONLINE] = _mix(idle * (1.0 - dropped), s[TRUST_ONLINE], offline * joined, trust)
    s[SKILL_REST] = _mix(idle + offline, s[SKILL_REST], dropped * shop, s[SKILL_SHOPPER])
    s[HABIT_REST] = _mix(idle + offline, s[HABIT_REST], dropped * shop, s[HABIT_SHOPPER])
    for has in (0, 1):
        out_of, into = s[OFFLINE + has], s[ONLINE + has]
        s[OFFLINE + has] += dropped * (into + s[SHOPPER + has]) - joined * out_of
        s[ONLINE + has] += joined * out_of - dropped * into
        s[SHOPPER + has] *= 1.0 - dropped
    row[NEW_CONNECTED] += people * joined * offline
    row[DROPPED_OUT] += people * dropped * (1.0 - offline)


def _share_within_reach(offline, env, params):  # type: ignore[no-untyped-def]
    """Share of those offline whom networks reach."""
    if params.coverage_gate <= 0.0:
        return 1.0
    return max(1.0 - _share(1.0 - env.coverage, offline), 0.0)


def _dropping_out(online, env, params):  # type: ignore[no-untyped-def]
    """Share of those online who go offline: at the hazard, and where networks are no more."""
    dropped = hazard_to_probability(params.disconnection_hazard)
    if params.coverage_gate > 0.0 and online > env.coverage:
        dropped = 1.0 - (1.0 - dropped) * env.coverage / online
    return dropped


def _practise_and_spend(s, who, env, params):  # type: ignore[no-untyped-def]
    """Skill and habit after the quarter; returns what shoppers spend, without and with account."""
    idle_mean, buyer_mean = idler(s, False), buyer(s, False, False)
    s[SKILL_REST] = practised_skill(idle_mean, who, params)
    s[SKILL_SHOPPER] = practised_skill(buyer_mean, who, params)
    if env.training_offer > 0.0:
        gained = chance_of_training(idle_mean, who, env, params) * params.training_gain
        s[SKILL_REST] += (1.0 - s[SKILL_REST]) * gained
        s[SKILL_SHOPPER] += (1.0 - s[SKILL_SHOPPER]) * gained
    s[HABIT_SHOPPER] = practised_habit(buyer_mean, who, params)
    gained = max(env.coverage_year_ago - env.unaided_coverage, 0.0)
    factor = 1.0 + params.coverage_income * min(_share(gained, env.coverage), 1.0)
    return (
        factor * online_spending(buyer(s, False, False), who, env, params),
        factor * online_spending(buyer(s, True, False), who, env, params),
    )


def _count(s, cell, defrauded, spent, of_holders, lost, sums, row):  # type: ignore[no-untyped-def]
    """Adds the cell to what others see next quarter and to the sums per person."""
    area = 0 if cell.urban else 1
    adults = cell.adults
    idle, shop = s[ONLINE] + s[ONLINE_ACCOUNT], s[SHOPPER] + s[SHOPPER_ACCOUNT]
    holders = s[OFFLINE_ACCOUNT] + s[ONLINE_ACCOUNT] + s[SHOPPER_ACCOUNT]
    sums[SHOPPERS_TOWN + area] += adults * shop
    sums[VICTIMS_TOWN + area] += adults * defrauded
    sums[HOLDERS] += adults * holders
    row[CONNECTED] += cell.people * (idle + shop)
    row[CONNECTED_ADULTS] += adults * (idle + shop)
    row[ACCOUNTS] += adults * holders
    row[SHOPPERS] += adults * shop
    row[VICTIMS] += adults * defrauded
    row[SPENDING] += (
        adults * shop * (spent + _share(s[SHOPPER_ACCOUNT], shop) * (of_holders - spent))
    )
    row[SPENDING_OF_HOLDERS] += adults * s[SHOPPER_ACCOUNT] * of_holders
    row[LOSSES] += adults * defrauded * lost
    row[TRUST] += adults * (idle * s[TRUST_ONLINE] + shop * s[TRUST_SHOPPER])
    row[SKILL] += cell.people * s[SKILL_REST] + adults * shop * (s[SKILL_SHOPPER] - s[SKILL_REST])
    row[READY] += adults * (s[ONLINE_ACCOUNT] + s[SHOPPER_ACCOUNT])
