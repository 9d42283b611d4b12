"""The consumers' quarter over columns, as one would write it in NumPy: for comparison only.

The same rule as `sim.agents.consumer`, with masks and positions in place of `if`, one process, one
chunk of people after another so that the columns stay in the processor's cache. NumPy's own `exp`
may round the last bit in another way, so rows need not equal those of the engines bit for bit.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents import consumer as rule
from sim.agents.contacts import DEFRAUDED, LOCAL_SHARE, NEIGHBOURS, SHOPS
from sim.model.engine import people_loop as measure
from sim.model.population.people import CELLS, LOG_INCOME, PROPENSITY, RANK, RANK_BINS
from sim.units import MONTHS_PER_YEAR, USD_SCALE, decay_factor, logarithm
from tests.benchmarks.moment import plain_record

Column = NDArray[Any]
STATES = ("connected", "account", "shopper", "victim", "began_in_pandemic")
_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX_A = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B = np.uint64(0x94D049BB133111EB)


def scramble(key: int, numbers: Column) -> Column:
    """SplitMix64 of many numbers under one key."""
    z = np.uint64(key & (2**64 - 1)) + numbers.astype(np.uint64) * _GAMMA
    z = (z ^ (z >> np.uint64(30))) * _MIX_A
    z = (z ^ (z >> np.uint64(27))) * _MIX_B
    return (z ^ (z >> np.uint64(31))) >> np.uint64(1)


def unit(whole: Column) -> Column:
    """As fractions strictly between 0 and 1."""
    return ((whole >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-52


def chance(key: int, which: int, numbers: Column) -> Column:
    """The draws of many people for one decision."""
    stream = int(scramble(key ^ which, np.zeros(1, dtype=np.int64))[0])
    return unit(scramble(stream, numbers))


def once(hazard: Column | float) -> Any:
    """Probability of an event of annual hazard `hazard` within a quarter."""
    return 1.0 - np.exp(-hazard * 0.25)


def single(values: Column) -> Column:
    """Rounded to the four bytes in which agents remember."""
    return values.astype(np.float32).astype(np.float64)


def live_one_quarter(
    chunks: int, chunk_first: Column, community_first: Column, community_country: Column,
    shopper_share: Column, victim_share: Column, rows: Column, seen: Column, seen_next: Column,
    homes: Column, views: Column, parameters: Column, traits: Column,
    tally: Column, counts: Column, faults: Column,
) -> None:  # fmt: skip
    """A quarter of everybody; the arguments are those of the engines."""
    for chunk in range(chunks):
        communities = np.arange(chunk_first[chunk], chunk_first[chunk + 1])
        first, last = community_first[communities], community_first[communities + 1]
        people = slice(int(first[0]), int(last[-1]))
        country = int(community_country[communities[0]])
        home, view, p = (plain_record(table[country]) for table in (homes, views, parameters))
        community = np.repeat(np.arange(len(communities)), last - first)
        number = np.arange(people.start - home.first, people.stop - home.first)
        urban = number < home.urban_size
        who = describe(home, traits[country], urban, number)
        here = SimpleNamespace(
            view=view,
            home=home,
            coverage=np.where(urban, view.coverage_town, view.coverage_countryside),
            year_ago=np.where(urban, view.year_ago_town, view.year_ago_countryside),
            unaided=np.where(urban, view.unaided_town, view.unaided_countryside),
            quality=np.where(urban, view.quality_town, view.quality_countryside),
            shopper_share=shopper_share[communities][community],
            victim_share=victim_share[communities][community],
            community_first=(first - home.first)[community],
            community_size=(last - first)[community],
            seen=seen[home.first : home.first + home.size],
            number=number,
        )
        mine = rows[people]
        me = SimpleNamespace(
            **{name: mine[name].astype(np.float64) for name in ("trust", "skill", "habit")},
            **{name: mine[name].copy() for name in STATES},
        )
        consumer_quarter(me, who, here, p)
        seen_next[people] = _count(
            me, mine, who, here, p, tally[chunk], counts, communities[community]
        )
        for name, column in vars(me).items():
            mine[name] = column


def describe(
    home: SimpleNamespace, traits: Column, urban: Column, number: Column
) -> SimpleNamespace:
    """What never changes about people: see `sim.model.population.people`."""
    bits = scramble(home.person_key, number)
    mask, fraction = np.uint64((1 << 20) - 1), 2.0**-20
    first, second, third = (
        (bits >> np.uint64(40)) & mask,
        (bits >> np.uint64(20)) & mask,
        bits & mask,
    )
    lower = np.uint64(RANK_BINS - 1)
    reach = ((first & lower) << np.uint64(3)) + (bits >> np.uint64(60))
    age = (second.astype(np.float64) + 0.5) * fraction
    area = np.where(urban, 0, 1)
    rank_bin = (first * np.uint64(RANK_BINS)) >> np.uint64(20)
    adult = age < home.adult_share
    return SimpleNamespace(
        adult=adult,
        young=age < home.adult_share * home.youth_share,
        older=adult & (age >= home.adult_share * (1.0 - home.older_share)),
        woman=(third.astype(np.float64) + 0.5) * fraction < home.women_share,
        urban=urban,
        income_rank=traits[area, rank_bin, RANK],
        log_income=traits[area, rank_bin, LOG_INCOME],
        coverage_rank=(reach.astype(np.float64) + 0.5) / (RANK_BINS << 3),
        propensity=traits[area, second & lower, PROPENSITY],
        reluctance=((third & lower).astype(np.float64) + 0.5) / RANK_BINS,
    )


def consumer_quarter(
    person: SimpleNamespace, who: SimpleNamespace, env: SimpleNamespace, params: SimpleNamespace
) -> None:
    """What each of the people of a chunk does."""
    view, key = env.view, env.view.stream_key
    relative_income = view.log_mean_income + who.log_income - view.log_reference_income
    online = person.connected.copy()
    active = np.flatnonzero(online & who.adult)
    shopping, cheated = _neighbours(env, active)

    # shop or stop
    shops = person.shopper[active]
    may = ~shops & (who.reluctance[active] >= params.never_online_buyers)
    stay, join = active[shops], active[may]
    hazard = params.shopper_lapse * np.exp(
        params.trust_in_lapse * _missing_trust(person, stay, params)
    )
    ebb = params.pandemic_lapse * view.pandemic_ebb
    hazard = np.where(person.began_in_pandemic[stay], hazard + ebb, hazard)
    stops = chance(key, rule.STOP_SHOPPING, env.number[stay]) < once(hazard)
    contacts = (
        (1.0 - params.community_weight - params.neighbour_weight) * view.shopper_share
        + params.community_weight * env.shopper_share[join]
        + params.neighbour_weight * shopping[may]
    )
    hazard = (params.innovation + params.imitation * contacts) * np.exp(
        _appeal(person, who, env, relative_income, join, params)
    )
    draw = chance(key, rule.START_SHOPPING, env.number[join])
    starts = draw < once(hazard * (1.0 + params.covid_adoption * view.covid))
    person.shopper[stay[stops]] = person.began_in_pandemic[stay[stops]] = False
    person.shopper[join[starts]] = True
    person.began_in_pandemic[join[starts]] = (draw >= once(hazard))[starts]

    # open an account
    without = active[~person.account[active]]
    use = 1.0 + params.account_peer_effect * view.account_share
    use = use + params.interoperability_effect * view.interoperability
    pull = use * np.exp(params.account_income_slope * relative_income[without])
    pull = pull * (1.0 + params.covid_accounts * view.covid)
    opens = chance(key, rule.OPEN_ACCOUNT, env.number[without]) < once(params.account_hazard * pull)
    person.account[without[opens]] = True

    # meet a scam
    protection = view.scam_protection + params.skill_scam_protection * person.skill[active]
    shops = person.shopper[active]
    hazard = params.scam_hazard * view.scam_pressure * np.exp(-protection)
    hazard = np.where(shops, hazard * (1.0 + params.shopper_scam_exposure), hazard)
    victim = chance(key, rule.MEET_SCAM, env.number[active]) < once(hazard)
    person.victim[active] = victim

    # learn whom to trust
    heard = 0.5 * env.victim_share[active] + 0.5 * cheated
    lost = params.word_of_mouth * heard
    lost = np.where(victim, lost + params.victim_trust_loss, lost)
    trust = person.trust[active]
    level = params.trust_level + view.trust_support
    after = level + (trust - level) * decay_factor(params.trust_recovery) - lost * trust
    safe = shops & ~victim
    after = np.where(safe, after + (1.0 - trust) * (1.0 - decay_factor(params.trust_gain)), after)
    person.trust[active] = single(np.clip(after, 0.0, 1.0))

    # connect or drop out
    gate = params.coverage_gate > 0.0
    reached = (who.coverage_rank < env.coverage) | (not gate)
    connected = np.flatnonzero(online)
    leaves = chance(key, rule.DISCONNECT, env.number[connected]) < once(params.disconnection_hazard)
    drops = connected[leaves | ~reached[connected]]
    for field in (person.connected, person.shopper, person.victim, person.began_in_pandemic):
        field[drops] = False
    offline = np.flatnonzero(~online & reached)
    log_price = logarithm(MONTHS_PER_YEAR * view.data_price / params.affordability_threshold)
    log_burden = log_price - view.log_mean_income - who.log_income[offline]
    affordable = 1.0 / (1.0 + np.exp(params.affordability_slope * log_burden))
    hazard = (
        params.connection_hazard
        * (1.0 if gate else env.coverage[offline])
        * affordable
        * (1.0 - params.reference_skill + person.skill[offline])
    )
    hazard = np.where(who.woman[offline], hazard * params.women_connection_ratio, hazard)
    joins = chance(key, rule.CONNECT, env.number[offline]) < once(hazard)
    person.connected[offline[joins]] = True

    # learn
    gain = np.where(
        person.shopper,
        1.0 - decay_factor(params.skill_drift + params.learning_by_doing),
        1.0 - decay_factor(params.skill_drift),
    )
    person.skill = single(
        person.skill
        + (1.0 - person.skill) * gain
        - person.skill * (1.0 - decay_factor(params.skill_decay))
    )
    if view.training_offer > 0.0:
        tilt = np.where(
            who.woman, 1.0 + params.training_women_tilt, 1.0 - params.training_women_tilt
        )
        taken = once(view.training_offer * tilt) * params.training_take_up
        trained = who.adult & (chance(key, rule.BE_TRAINED, env.number) < taken)
        person.skill = single(
            np.where(
                trained, person.skill + (1.0 - person.skill) * params.training_gain, person.skill
            )
        )

    # buy
    buyers = np.flatnonzero(person.shopper)
    habit = person.habit[buyers]
    habit = single(habit + (1.0 - habit) * (1.0 - decay_factor(1.0 / params.habit_time)))
    person.habit[buyers] = habit
    taste = (
        -params.trust_in_spending * _missing_trust(person, buyers, params)
        + (params.spending_income_elasticity - 1.0) * relative_income[buyers]
        + (1.0 - params.price_elasticity) * view.log_online_price
        + params.spending_spread * who.propensity[buyers]
        + params.quality_spending * env.quality[buyers]
    )
    ease = params.payment_spending * view.interoperability
    taste = np.where(person.account[buyers], taste + ease, taste)
    odds = (
        params.spending_level * habit * (1.0 + params.covid_spending * view.covid) * np.exp(taste)
    )
    income = 0.25 * np.exp(view.log_mean_income + who.log_income[buyers])
    person.spending = np.zeros(len(person.trust))
    consumption = view.consumption_share * income
    rank = who.coverage_rank[buyers]
    newly = (env.unaided[buyers] <= rank) & (rank < env.year_ago[buyers])
    consumption = np.where(newly, consumption * (1.0 + params.coverage_income), consumption)
    person.spending[buyers] = single(params.spending_cap * consumption * odds / (1.0 + odds))


def _missing_trust(person: SimpleNamespace, at: Column, params: SimpleNamespace) -> Column:
    return params.trust_sensitivity * (params.trust_level - person.trust[at])


def _appeal(
    person: SimpleNamespace, who: SimpleNamespace, env: SimpleNamespace, income: Column, at: Column,
    params: SimpleNamespace,
) -> Column:  # fmt: skip
    appeal = (
        params.adoption_shift
        + params.adoption_income_slope * income[at]
        + params.adoption_skill_slope * (person.skill[at] - params.reference_skill)
        - params.trust_in_starting * _missing_trust(person, at, params)
        - params.variety_slope * env.view.log_online_price
        + params.adoption_spread * who.propensity[at]
    )
    appeal = np.where(person.account[at], appeal, appeal - params.cash_penalty)
    appeal = np.where(who.urban[at], appeal, appeal - params.remoteness_penalty)
    appeal = np.where(who.young[at], appeal + params.youth_adoption, appeal)
    appeal = np.where(who.older[at], appeal - params.older_adoption, appeal)
    return np.clip(appeal, -params.largest_appeal, params.largest_appeal)


def _neighbours(here: SimpleNamespace, at: Column) -> tuple[Column, Column]:
    """Shares of people's neighbours who bought online, and who were cheated."""
    shopping, cheated = np.zeros(len(at)), np.zeros(len(at))
    number, size = here.number[at], here.home.size
    for slot in range(NEIGHBOURS):
        u = unit(scramble(here.home.acquaintance_key, number * NEIGHBOURS + slot))
        local = (u / LOCAL_SHARE * here.community_size[at]).astype(np.int64)
        distant = ((u - LOCAL_SHARE) / (1.0 - LOCAL_SHARE) * size).astype(np.int64)
        known = np.where(u < LOCAL_SHARE, here.community_first[at] + local, distant)
        known = np.where(known == number, (known + 1) % size, known)
        bits = here.seen[known]
        shopping += bits & SHOPS != 0
        cheated += bits & DEFRAUDED != 0
    return shopping / NEIGHBOURS, cheated / NEIGHBOURS


def _count(
    person: SimpleNamespace, before: Column, who: SimpleNamespace, env: SimpleNamespace,
    params: SimpleNamespace, tally: Column, counts: Column, community: Column,
) -> Column:  # fmt: skip
    """Adds up by cell and by community; returns what others will see."""
    cell = np.minimum((who.income_rank * 5.0).astype(np.int64), 4)
    cell = cell + 5 * who.woman + 10 * ~who.urban

    def add(column: int, mask: Column, amount: Column | None = None) -> None:
        weights = None if amount is None else np.floor(amount[mask] * USD_SCALE)
        sums = np.bincount(cell[mask], weights, minlength=CELLS)
        tally[:, column] += sums.astype(np.int64)

    add(measure.CONNECTED, person.connected)
    add(measure.CONNECTED_ADULTS, person.connected & who.adult)
    add(measure.TRUST, person.connected & who.adult, person.trust)
    add(measure.READY, person.connected & who.adult & person.account)
    add(measure.NEW_CONNECTED, person.connected & ~before["connected"])
    add(measure.DROPPED_OUT, ~person.connected & before["connected"])
    add(measure.ACCOUNTS, person.account)
    add(measure.NEW_ACCOUNTS, person.account & ~before["account"])
    add(measure.SKILL, np.ones(len(cell), dtype=bool), person.skill)
    add(measure.SHOPPERS, person.shopper)
    add(measure.SPENDING, person.shopper, person.spending)
    add(measure.SPENDING_OF_HOLDERS, person.shopper & person.account, person.spending)
    add(measure.NEW_SHOPPERS, person.shopper & ~before["shopper"])
    add(measure.LAPSED_SHOPPERS, ~person.shopper & before["shopper"])
    add(measure.VICTIMS, person.victim)
    income = 0.25 * np.exp(env.view.log_mean_income + who.log_income)
    add(measure.LOSSES, person.victim, params.scam_loss_share * income)
    last = int(community[-1]) + 1
    counts[:last, 0] += np.bincount(community[person.shopper], minlength=last)
    counts[:last, 1] += np.bincount(community[person.victim], minlength=last)
    return person.shopper * np.uint8(SHOPS) | person.victim * np.uint8(DEFRAUDED)
