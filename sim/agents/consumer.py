"""One person: what they remember, and what ONE of them does in ONE quarter.

    def consumer_quarter(me, here, p, luck): ...

`me` is the person (fields that change are in `CONSUMER`, what never changes is in `Person`),
`here` is what they see (`Surroundings`), `p` the parameters of their country by name, and `luck`
the key of their draws. This is the only version of the rule: the compiled engine compiles these
very functions, the object engine calls them.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from sim.agents.contacts import cheated_among_neighbours, shoppers_among_neighbours
from sim.rng import chance, decision, happens
from sim.units import exponential, fading, logarithm, once, per_quarter

CONSUMER = np.dtype(
    [
        ("trust", "f4"),  # in online shopping, 0 to 1
        ("skill", "f4"),  # digital skill, 0 to 1
        ("habit", "f4"),  # of shopping online, 0 to 1
        ("spending", "f4"),  # online in the last quarter, constant 2022 US$
        ("connected", "?"),  # uses the internet
        ("account", "?"),  # holds a payment account
        ("shopper", "?"),  # buys online
        ("victim", "?"),  # lost money to a scam in the last quarter
    ]
)
# US$ in a quarter: sums over 250 million people, in units of 2**-16 US$, then fit into 63 bits
LARGEST_AMOUNT: Final = 500_000.0
CONSUMER_BOUNDS: dict[str, tuple[float, float]] = {
    "trust": (0.0, 1.0),
    "skill": (0.0, 1.0),
    "habit": (0.0, 1.0),
    "spending": (0.0, LARGEST_AMOUNT),
}


class Person(NamedTuple):
    """What never changes about a person; derived from their number, stored nowhere."""

    adult: bool  # 15 and over
    young: bool  # 15 to 24
    older: bool  # 55 and over
    woman: bool
    urban: bool
    income_rank: float  # position in the country's income distribution, 0 to 1
    log_income: float  # log of income relative to the country's mean


class Surroundings(NamedTuple):
    """What one person sees at the start of a quarter."""

    coverage: float  # share of the area with broadband
    data_price: float  # basket of mobile data, constant 2022 US$ a month
    log_mean_income: float  # log of the country's GDP per head, constant 2022 US$ a year
    log_reference_income: float  # log of the regional mean of 2022, fixed
    consumption_share: float  # household consumption as a share of income
    account_share: float  # of the country's adults
    shopper_share: float  # of the country's adults, carried half a step forward
    community_shopper_share: float  # the same for one's community
    community_victim_share: float  # of the community's adults in the last quarter
    log_online_price: float  # of online relative to offline goods, 2017 = 0
    covid: float  # 0 to 1
    scam_pressure: float  # scams that reach people, relative to the reference year
    scam_protection: float  # log fall of the scam hazard by enforcement at home
    interoperability: float  # share of accounts that can be reached from any other, 0 to 1
    training_offer: float  # hazard of being offered digital training, 1/year
    trust_support: float  # added to the level to which trust returns
    number: int  # of the person in their country
    country_first: int  # where the country begins in `seen`
    country_size: int
    community_first: int  # in the numbering of the country
    community_size: int
    acquaintance_key: int
    seen: Any  # one byte per person: how their last quarter ended


CONNECT = decision("connect")
DISCONNECT = decision("disconnect")
OPEN_ACCOUNT = decision("open_account")
START_SHOPPING = decision("start_shopping")
STOP_SHOPPING = decision("stop_shopping")
MEET_SCAM = decision("meet_scam")
BE_TRAINED = decision("be_trained")

LARGEST_INDEX = 4.0  # log hazards of adoption beyond this are not believed


def consumer_quarter(me, here, p, luck):  # type: ignore[no-untyped-def]
    """Get online, learn, open an account, shop, perhaps be cheated, and learn whom to trust."""
    online = me.connected
    if online and me.adult:
        shop_or_stop(me, here, p, luck)
        open_account(me, here, p, luck)
        meet_scam(me, here, p, luck)
        learn_whom_to_trust(me, here, p)
    connect_or_drop_out(me, here, p, luck)
    learn(me, here, p, luck)
    buy(me, here, p)


def connect_or_drop_out(me, here, p, luck):  # type: ignore[no-untyped-def]
    """Coverage, the price of data against income, and skill bring people online (M1)."""
    if me.connected:
        if happens(luck, DISCONNECT, p.disconnection_hazard):
            me.connected = False
            me.shopper = False
            me.victim = False
    elif happens(luck, CONNECT, connecting_hazard(me, here, p)):
        me.connected = True


def connecting_hazard(me, here, p):  # type: ignore[no-untyped-def]
    """Hazard of getting online, 1/year."""
    hazard = p.connection_hazard * here.coverage * affordable(me, here, p) * (0.5 + me.skill)
    if me.woman:
        hazard = hazard * p.women_connection_ratio
    return hazard


def affordable(me, here, p):  # type: ignore[no-untyped-def]
    """Between 0 and 1: one half where data cost the threshold share of one's income."""
    log_price = logarithm(12.0 * here.data_price / p.affordability_threshold)
    log_burden = log_price - here.log_mean_income - me.log_income
    return 1.0 / (1.0 + exponential(p.affordability_slope * log_burden))


def learn(me, here, p, luck):  # type: ignore[no-untyped-def]
    """Skill grows with schooling, with shopping and with training, and fades (M2)."""
    me.skill = practised_skill(me, p)
    offered = here.training_offer > 0.0 and me.adult
    if offered and chance(luck, BE_TRAINED) < chance_of_training(me, here, p):
        me.skill = me.skill + (1.0 - me.skill) * p.training_gain


def practised_skill(me, p):  # type: ignore[no-untyped-def]
    """Skill after a quarter of schooling, of practice by those who shop, and of forgetting."""
    gain = 1.0 - fading(p.skill_drift)
    if me.shopper:
        gain = 1.0 - fading(p.skill_drift + p.learning_by_doing)
    return me.skill + (1.0 - me.skill) * gain - me.skill * (1.0 - fading(p.skill_decay))


def chance_of_training(me, here, p):  # type: ignore[no-untyped-def]
    """Probability of taking part in a training this quarter; women may be targeted."""
    offer = here.training_offer * (1.0 - p.training_women_tilt)
    if me.woman:
        offer = here.training_offer * (1.0 + p.training_women_tilt)
    return once(offer) * p.training_take_up


def open_account(me, here, p, luck):  # type: ignore[no-untyped-def]
    """Better-off people, and those among whom accounts are common, open one sooner (M3)."""
    if not me.account and happens(luck, OPEN_ACCOUNT, account_opening_hazard(me, here, p)):
        me.account = True


def account_opening_hazard(me, here, p):  # type: ignore[no-untyped-def]
    """Hazard of opening an account, 1/year."""
    relative_income = here.log_mean_income + me.log_income - here.log_reference_income
    use = (
        1.0
        + p.account_peer_effect * here.account_share
        + p.interoperability_effect * here.interoperability
    )
    pull = use * exponential(p.account_income_slope * relative_income)
    return p.account_hazard * pull


def shop_or_stop(me, here, p, luck):  # type: ignore[no-untyped-def]
    """Start to buy online as contacts do; stop more easily when trust is low (M4)."""
    if me.shopper:
        if happens(luck, STOP_SHOPPING, stopping_hazard(me, p)):
            me.shopper = False
    else:
        peers = shoppers_among_contacts(here, p)
        if happens(luck, START_SHOPPING, starting_hazard(me, here, p, peers)):
            me.shopper = True


def stopping_hazard(me, p):  # type: ignore[no-untyped-def]
    """Hazard of giving up buying online, 1/year."""
    distrust = p.trust_sensitivity * (p.trust_level - me.trust)
    return p.shopper_lapse * exponential(distrust)


def starting_hazard(me, here, p, peers):  # type: ignore[no-untyped-def]
    """Hazard of starting to buy online when the share `peers` of contacts does, 1/year."""
    hazard = (p.innovation + p.imitation * peers) * exponential(appeal_of_shopping(me, here, p))
    return hazard * (1.0 + p.covid_adoption * here.covid)


def shoppers_among_contacts(here, p):  # type: ignore[no-untyped-def]
    """Share of shoppers in country, community and neighbourhood, as one weighs them."""
    country_weight = 1.0 - p.community_weight - p.neighbour_weight
    return (
        country_weight * here.shopper_share
        + p.community_weight * here.community_shopper_share
        + p.neighbour_weight * shoppers_among_neighbours(here)
    )


def appeal_of_shopping(me, here, p):  # type: ignore[no-untyped-def]
    """Log change of the adoption hazard: income, skill, trust, variety, account, place and age."""
    relative_income = here.log_mean_income + me.log_income - here.log_reference_income
    appeal = (
        p.adoption_shift
        + p.adoption_income_slope * relative_income
        + p.adoption_skill_slope * (me.skill - 0.5)
        + p.trust_sensitivity * (me.trust - p.trust_level)
        - p.variety_slope * here.log_online_price
    )
    if not me.account:
        appeal = appeal - p.cash_penalty
    if not me.urban:
        appeal = appeal - p.remoteness_penalty
    if me.young:
        appeal = appeal + p.youth_adoption
    if me.older:
        appeal = appeal - p.older_adoption
    return min(max(appeal, -LARGEST_INDEX), LARGEST_INDEX)


def buy(me, here, p):  # type: ignore[no-untyped-def]
    """Spend part of one's consumption online, more as it becomes a habit (M5)."""
    if me.shopper:
        me.habit = practised_habit(me, p)
        me.spending = online_spending(me, here, p)
    else:
        me.spending = 0.0


def practised_habit(me, p):  # type: ignore[no-untyped-def]
    """Habit of a shopper after one more quarter."""
    return me.habit + (1.0 - me.habit) * (1.0 - fading(1.0 / p.habit_time))


def online_spending(me, here, p):  # type: ignore[no-untyped-def]
    """What a shopper spends online in one quarter, constant 2022 US$."""
    odds = p.spending_level * me.habit * (1.0 + p.covid_spending * here.covid)
    taste = (
        0.5 * p.trust_sensitivity * (me.trust - p.trust_level)
        + (p.spending_income_elasticity - 1.0)
        * (here.log_mean_income + me.log_income - here.log_reference_income)
        + (1.0 - p.price_elasticity) * here.log_online_price
    )
    odds = odds * exponential(taste)
    return quarterly_consumption(me, here) * odds / (1.0 + odds)


def quarterly_income(me, here):  # type: ignore[no-untyped-def]
    """Income of one person in one quarter, constant 2022 US$."""
    return per_quarter(exponential(here.log_mean_income + me.log_income))


def quarterly_consumption(me, here):  # type: ignore[no-untyped-def]
    """Consumption of one person in one quarter, constant 2022 US$."""
    return here.consumption_share * quarterly_income(me, here)


def meet_scam(me, here, p, luck):  # type: ignore[no-untyped-def]
    """Shoppers meet more scams, skilled people fall for fewer, enforcement removes some (M10)."""
    me.victim = happens(luck, MEET_SCAM, hazard_of_scams(me, here, p))


def hazard_of_scams(me, here, p):  # type: ignore[no-untyped-def]
    """Hazard of losing money to a scam, 1/year."""
    protection = here.scam_protection + p.skill_scam_protection * me.skill
    hazard = p.scam_hazard * here.scam_pressure * exponential(-protection)
    if me.shopper:
        hazard = hazard * (1.0 + p.shopper_scam_exposure)
    return hazard


def scam_loss(me, here, p):  # type: ignore[no-untyped-def]
    """What a victim loses in the quarter, constant 2022 US$; nothing for everybody else."""
    if me.victim:
        return p.scam_loss_share * quarterly_income(me, here)
    return 0.0


def learn_whom_to_trust(me, here, p):  # type: ignore[no-untyped-def]
    """Trust returns to its level; being cheated and hearing of it cost trust, safe buying adds."""
    heard = 0.5 * here.community_victim_share + 0.5 * cheated_among_neighbours(here)
    me.trust = trust_learned(me, here, p, heard)


def trust_learned(me, here, p, heard):  # type: ignore[no-untyped-def]
    """Trust after a quarter in which the share `heard` of contacts was cheated, 0 to 1."""
    lost = p.word_of_mouth * heard
    if me.victim:
        lost = lost + p.victim_trust_loss
    level = p.trust_level + here.trust_support
    trust = level + (me.trust - level) * fading(p.trust_recovery) - lost * me.trust
    if me.shopper and not me.victim:
        trust = trust + (1.0 - me.trust) * (1.0 - fading(p.trust_gain))
    return min(max(trust, 0.0), 1.0)
