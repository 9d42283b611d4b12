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
from sim.model.population.people import CELLS, RANK_BINS
from sim.units import USD_SCALE, decay_factor, logarithm
from tests.benchmarks.moment import plain_record

Column = NDArray[Any]
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
    homes: Column, views: Column, parameters: Column, ranks: Column, log_incomes: Column,
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
        who = describe(home, ranks[country], log_incomes[country], urban, number)
        here = SimpleNamespace(
            view=view,
            home=home,
            coverage=np.where(urban, view.coverage_town, view.coverage_countryside),
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
            **{name: mine[name].copy() for name in ("connected", "account", "shopper", "victim")},
        )
        consumer_quarter(me, who, here, p)
        seen_next[people] = _count(
            me, mine, who, here, p, tally[chunk], counts, communities[community]
        )
        for name, column in vars(me).items():
            mine[name] = column


def describe(
    home: SimpleNamespace, ranks: Column, log_incomes: Column, urban: Column, number: Column
) -> SimpleNamespace:
    """What never changes about people: see `sim.model.population.people`."""
    bits = scramble(home.person_key, number)
    mask, fraction = np.uint64((1 << 20) - 1), 2.0**-20
    age = (((bits >> np.uint64(20)) & mask).astype(np.float64) + 0.5) * fraction
    area = np.where(urban, 0, 1)
    rank_bin = (((bits >> np.uint64(40)) & mask) * np.uint64(RANK_BINS)) >> np.uint64(20)
    adult = age < home.adult_share
    return SimpleNamespace(
        adult=adult,
        young=age < home.adult_share * home.youth_share,
        older=adult & (age >= home.adult_share * (1.0 - home.older_share)),
        woman=((bits & mask).astype(np.float64) + 0.5) * fraction < home.women_share,
        urban=urban,
        income_rank=ranks[area, rank_bin],
        log_income=log_incomes[area, rank_bin],
    )


def consumer_quarter(
    me: SimpleNamespace, who: SimpleNamespace, here: SimpleNamespace, p: SimpleNamespace
) -> None:
    """What each of the people of a chunk does."""
    view, key = here.view, here.view.stream_key
    relative_income = view.log_mean_income + who.log_income - view.log_reference_income
    online = me.connected.copy()
    active = np.flatnonzero(online & who.adult)
    shopping, cheated = _neighbours(here, active)

    # shop or stop
    shops = me.shopper[active]
    stay, join = active[shops], active[~shops]
    distrust = p.trust_sensitivity * (p.trust_level - me.trust[stay])
    stops = chance(key, rule.STOP_SHOPPING, here.number[stay]) < once(
        p.shopper_lapse * np.exp(distrust)
    )
    contacts = (
        (1.0 - p.community_weight - p.neighbour_weight) * view.shopper_share
        + p.community_weight * here.shopper_share[join]
        + p.neighbour_weight * shopping[~shops]
    )
    hazard = (p.innovation + p.imitation * contacts) * np.exp(
        _appeal(me, who, here, relative_income, join, p)
    )
    starts = chance(key, rule.START_SHOPPING, here.number[join]) < once(
        hazard * (1.0 + p.covid_adoption * view.covid)
    )
    me.shopper[stay[stops]] = False
    me.shopper[join[starts]] = True

    # open an account
    without = active[~me.account[active]]
    use = 1.0 + p.account_peer_effect * view.account_share
    use = use + p.interoperability_effect * view.interoperability
    pull = use * np.exp(p.account_income_slope * relative_income[without])
    opens = chance(key, rule.OPEN_ACCOUNT, here.number[without]) < once(p.account_hazard * pull)
    me.account[without[opens]] = True

    # meet a scam
    protection = view.scam_protection + p.skill_scam_protection * me.skill[active]
    shops = me.shopper[active]
    hazard = p.scam_hazard * view.scam_pressure * np.exp(-protection)
    hazard = np.where(shops, hazard * (1.0 + p.shopper_scam_exposure), hazard)
    victim = chance(key, rule.MEET_SCAM, here.number[active]) < once(hazard)
    me.victim[active] = victim

    # learn whom to trust
    heard = 0.5 * here.victim_share[active] + 0.5 * cheated
    lost = p.word_of_mouth * heard
    lost = np.where(victim, lost + p.victim_trust_loss, lost)
    trust = me.trust[active]
    level = p.trust_level + view.trust_support
    after = level + (trust - level) * decay_factor(p.trust_recovery) - lost * trust
    safe = shops & ~victim
    after = np.where(safe, after + (1.0 - trust) * (1.0 - decay_factor(p.trust_gain)), after)
    me.trust[active] = single(np.clip(after, 0.0, 1.0))

    # connect or drop out
    connected = np.flatnonzero(online)
    drops = connected[
        chance(key, rule.DISCONNECT, here.number[connected]) < once(p.disconnection_hazard)
    ]
    for field in (me.connected, me.shopper, me.victim):
        field[drops] = False
    offline = np.flatnonzero(~online)
    log_price = logarithm(12.0 * view.data_price / p.affordability_threshold)
    log_burden = log_price - view.log_mean_income - who.log_income[offline]
    affordable = 1.0 / (1.0 + np.exp(p.affordability_slope * log_burden))
    hazard = p.connection_hazard * here.coverage[offline] * affordable * (0.5 + me.skill[offline])
    hazard = np.where(who.woman[offline], hazard * p.women_connection_ratio, hazard)
    joins = chance(key, rule.CONNECT, here.number[offline]) < once(hazard)
    me.connected[offline[joins]] = True

    # learn
    gain = np.where(
        me.shopper,
        1.0 - decay_factor(p.skill_drift + p.learning_by_doing),
        1.0 - decay_factor(p.skill_drift),
    )
    me.skill = single(
        me.skill + (1.0 - me.skill) * gain - me.skill * (1.0 - decay_factor(p.skill_decay))
    )
    if view.training_offer > 0.0:
        tilt = np.where(who.woman, 1.0 + p.training_women_tilt, 1.0 - p.training_women_tilt)
        taken = once(view.training_offer * tilt) * p.training_take_up
        trained = who.adult & (chance(key, rule.BE_TRAINED, here.number) < taken)
        me.skill = single(
            np.where(trained, me.skill + (1.0 - me.skill) * p.training_gain, me.skill)
        )

    # buy
    buyers = np.flatnonzero(me.shopper)
    habit = me.habit[buyers]
    habit = single(habit + (1.0 - habit) * (1.0 - decay_factor(1.0 / p.habit_time)))
    me.habit[buyers] = habit
    taste = (
        0.5 * p.trust_sensitivity * (me.trust[buyers] - p.trust_level)
        + (p.spending_income_elasticity - 1.0) * relative_income[buyers]
        + (1.0 - p.price_elasticity) * view.log_online_price
    )
    odds = p.spending_level * habit * (1.0 + p.covid_spending * view.covid) * np.exp(taste)
    income = 0.25 * np.exp(view.log_mean_income + who.log_income[buyers])
    me.spending = np.zeros(len(me.trust))
    me.spending[buyers] = single(view.consumption_share * income * odds / (1.0 + odds))


def _appeal(
    me: SimpleNamespace, who: SimpleNamespace, here: SimpleNamespace, income: Column, at: Column,
    p: SimpleNamespace,
) -> Column:  # fmt: skip
    appeal = (
        p.adoption_shift
        + p.adoption_income_slope * income[at]
        + p.adoption_skill_slope * (me.skill[at] - 0.5)
        + p.trust_sensitivity * (me.trust[at] - p.trust_level)
        - p.variety_slope * here.view.log_online_price
    )
    appeal = np.where(me.account[at], appeal, appeal - p.cash_penalty)
    appeal = np.where(who.urban[at], appeal, appeal - p.remoteness_penalty)
    appeal = np.where(who.young[at], appeal + p.youth_adoption, appeal)
    appeal = np.where(who.older[at], appeal - p.older_adoption, appeal)
    return np.clip(appeal, -rule.LARGEST_INDEX, rule.LARGEST_INDEX)


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
    me: SimpleNamespace, before: Column, who: SimpleNamespace, here: SimpleNamespace,
    p: SimpleNamespace, tally: Column, counts: Column, community: Column,
) -> Column:  # fmt: skip
    """Adds up by cell and by community; returns what others will see."""
    cell = np.minimum((who.income_rank * 5.0).astype(np.int64), 4)
    cell = cell + 5 * who.woman + 10 * ~who.urban

    def add(column: int, mask: Column, amount: Column | None = None) -> None:
        weights = None if amount is None else np.floor(amount[mask] * USD_SCALE)
        sums = np.bincount(cell[mask], weights, minlength=CELLS)
        tally[:, column] += sums.astype(np.int64)

    add(measure.CONNECTED, me.connected)
    add(measure.CONNECTED_ADULTS, me.connected & who.adult)
    add(measure.TRUST, me.connected & who.adult, me.trust)
    add(measure.READY, me.connected & who.adult & me.account)
    add(measure.NEW_CONNECTED, me.connected & ~before["connected"])
    add(measure.DROPPED_OUT, ~me.connected & before["connected"])
    add(measure.ACCOUNTS, me.account)
    add(measure.NEW_ACCOUNTS, me.account & ~before["account"])
    add(measure.SKILL, np.ones(len(cell), dtype=bool), me.skill)
    add(measure.SHOPPERS, me.shopper)
    add(measure.SPENDING, me.shopper, me.spending)
    add(measure.NEW_SHOPPERS, me.shopper & ~before["shopper"])
    add(measure.LAPSED_SHOPPERS, ~me.shopper & before["shopper"])
    add(measure.VICTIMS, me.victim)
    income = 0.25 * np.exp(here.view.log_mean_income + who.log_income)
    add(measure.LOSSES, me.victim, p.scam_loss_share * income)
    last = int(community[-1]) + 1
    counts[:last, 0] += np.bincount(community[me.shopper], minlength=last)
    counts[:last, 1] += np.bincount(community[me.victim], minlength=last)
    return me.shopper * np.uint8(SHOPS) | me.victim * np.uint8(DEFRAUDED)
