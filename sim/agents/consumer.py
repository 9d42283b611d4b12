"""One person: what they remember, and what ONE of them does in ONE quarter.

    def consumer_quarter(person, env, params, rng): ...

`person` is the agent (fields that change are in `CONSUMER`, what never changes is in `Person`),
`env` is what they see (`PersonEnvironment`), `params` the parameters of their country by name, and
`rng` the key of their random draws. This is the only version of the rule: the compiled engine
compiles these very functions, the object engine calls them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from sim.agents.contacts import (
    shoppers_among_contacts,
    shoppers_among_neighbours,
    victims_among_contacts,
    victims_among_neighbours,
)
from sim.rng import decision, event_occurs, uniform
from sim.units import (
    MONTHS_PER_YEAR,
    decay_factor,
    exponential,
    hazard_to_probability,
    logarithm,
    per_quarter,
)

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
        ("began_in_pandemic", "?"),  # shops online and would not have begun without the pandemic
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
    coverage_rank: float  # 0 to 1: networks reach the person once they cover this share of the area
    propensity: float  # to shop online and to spend there, standard normal
    reluctance: float  # 0 to 1: the least of them never buy online


class CountryEnvironment(NamedTuple):
    """What everybody in one country sees in one quarter; a rule reads it as `env.NAME`."""

    stream_key: int  # of the quarter's random draws; no rule sees it
    coverage_town: float  # share of people in towns whom networks reach
    coverage_countryside: float
    year_ago_town: float  # the same four quarters ago
    year_ago_countryside: float
    unaided_town: float  # the same four quarters ago without programmes
    unaided_countryside: float
    quality_town: float  # of networks, 0 to 1, less that of 2022
    quality_countryside: float
    data_price: float  # basket of mobile data, constant 2022 US$ a month
    log_mean_income: float  # log of the country's GDP per head, constant 2022 US$ a year
    log_reference_income: float  # log of the regional mean of 2022, fixed
    consumption_share: float  # household consumption as a share of income
    account_share: float
    shopper_share: float
    log_online_price: float  # of online relative to offline goods, 2017 = 0
    delivery: float  # share of rural people with reliable delivery at town prices
    covid: float  # 0 to 1
    pandemic_ebb: float  # 1 while habits of the pandemic are given up, else 0
    scam_pressure: float  # scams that reach people, relative to the reference year
    scam_protection: float  # log fall of the scam hazard by enforcement at home
    interoperability: float  # share of accounts that can be reached from any other, 0 to 1
    training_offer: float  # hazard of being offered digital training, 1/year
    trust_support: float  # added to the level to which trust returns


class PersonEnvironment(NamedTuple):
    """What one person sees; `env` has these fields and those of `CountryEnvironment`."""

    coverage: float  # share of people in the area whom networks reach
    coverage_year_ago: float
    unaided_coverage: float  # a year ago, without programmes
    quality: float  # of networks in the area, 0 to 1, less that of 2022
    account_share: float  # of the country's adults
    shopper_share: float  # of the country's adults, carried half a step forward
    community_shopper_share: float  # of the community's adults, carried half a step forward
    community_victim_share: float  # of the community's adults in the last quarter
    neighbours_shopping: float  # share of four neighbours who bought online in the last quarter
    neighbours_defrauded: float  # share of them who were defrauded
    number: int  # of the person in their country
    country_size: int


CONNECT = decision("connect")
DISCONNECT = decision("disconnect")
OPEN_ACCOUNT = decision("open_account")
START_SHOPPING = decision("start_shopping")
STOP_SHOPPING = decision("stop_shopping")
MEET_SCAM = decision("meet_scam")
BE_TRAINED = decision("be_trained")


def consumer_quarter(person, env, params, rng):  # type: ignore[no-untyped-def]
    """Get online, learn, open an account, shop, perhaps be defrauded, and learn whom to trust."""
    online = person.connected
    if online and person.adult:
        shop_or_stop(person, env, params, rng)
        open_account(person, env, params, rng)
        meet_scam(person, env, params, rng)
        learn_whom_to_trust(person, env, params)
    connect_or_drop_out(person, env, params, rng)
    learn(person, env, params, rng)
    buy(person, env, params)


def connect_or_drop_out(person, env, params, rng):  # type: ignore[no-untyped-def]
    """Within reach of networks, the price of data against income and skill decide (M1)."""
    reached = within_reach(person, env, params)
    if person.connected:
        if not reached or event_occurs(rng, DISCONNECT, params.disconnection_hazard):
            person.connected = False
            person.shopper = False
            person.victim = False
            person.began_in_pandemic = False
    elif reached and event_occurs(rng, CONNECT, connecting_hazard(person, env, params)):
        person.connected = True


def within_reach(person, env, params):  # type: ignore[no-untyped-def]
    """Whether networks reach a person; everybody where coverage is not a gate."""
    return params.coverage_gate <= 0.0 or person.coverage_rank < env.coverage


def connecting_hazard(person, env, params):  # type: ignore[no-untyped-def]
    """Hazard of getting online for a person whom networks reach, 1/year."""
    reach = env.coverage
    if params.coverage_gate > 0.0:
        reach = 1.0
    hazard = (
        params.connection_hazard
        * reach
        * affordable(person, env, params)
        * (1.0 - params.reference_skill + person.skill)
    )
    if person.woman:
        hazard = hazard * params.women_connection_ratio
    return hazard


def affordable(person, env, params):  # type: ignore[no-untyped-def]
    """Between 0 and 1: one half where data cost the threshold share of one's income."""
    log_price = logarithm(MONTHS_PER_YEAR * env.data_price / params.affordability_threshold)
    log_burden = log_price - env.log_mean_income - person.log_income
    return 1.0 / (1.0 + exponential(params.affordability_slope * log_burden))


def learn(person, env, params, rng):  # type: ignore[no-untyped-def]
    """Skill grows with schooling, with shopping and with training, and fades (M2)."""
    person.skill = practised_skill(person, params)
    offered = env.training_offer > 0.0 and person.adult
    if offered and uniform(rng, BE_TRAINED) < chance_of_training(person, env, params):
        person.skill = person.skill + (1.0 - person.skill) * params.training_gain


def practised_skill(person, params):  # type: ignore[no-untyped-def]
    """Skill after a quarter of schooling, of practice by those who shop, and of forgetting."""
    gain = 1.0 - decay_factor(params.skill_drift)
    if person.shopper:
        gain = 1.0 - decay_factor(params.skill_drift + params.learning_by_doing)
    return (
        person.skill
        + (1.0 - person.skill) * gain
        - person.skill * (1.0 - decay_factor(params.skill_decay))
    )


def chance_of_training(person, env, params):  # type: ignore[no-untyped-def]
    """Probability of taking part in a training this quarter; women may be targeted."""
    offer = env.training_offer * (1.0 - params.training_women_tilt)
    if person.woman:
        offer = env.training_offer * (1.0 + params.training_women_tilt)
    return hazard_to_probability(offer) * params.training_take_up


def open_account(person, env, params, rng):  # type: ignore[no-untyped-def]
    """Better-off people, and those among whom accounts are common, open one sooner (M3)."""
    if not person.account and event_occurs(
        rng, OPEN_ACCOUNT, account_opening_hazard(person, env, params)
    ):
        person.account = True


def account_opening_hazard(person, env, params):  # type: ignore[no-untyped-def]
    """Hazard of opening an account, 1/year."""
    relative_income = env.log_mean_income + person.log_income - env.log_reference_income
    use = (
        1.0
        + params.account_peer_effect * env.account_share
        + params.interoperability_effect * env.interoperability
    )
    pull = use * exponential(params.account_income_slope * relative_income)
    return params.account_hazard * pull * (1.0 + params.covid_accounts * env.covid)


def shop_or_stop(person, env, params, rng):  # type: ignore[no-untyped-def]
    """Start to buy online as contacts do; stop more easily when trust is low (M4)."""
    if person.shopper:
        if event_occurs(rng, STOP_SHOPPING, stopping_hazard(person, env, params)):
            person.shopper = False
            person.began_in_pandemic = False
    elif person.reluctance >= params.never_online_buyers:
        peers = shoppers_among_contacts(env, params, shoppers_among_neighbours(env))
        ordinary = starting_hazard(person, env, params, peers)
        if event_occurs(rng, START_SHOPPING, ordinary * pandemic_pull(env, params)):
            person.shopper = True
            person.began_in_pandemic = not event_occurs(rng, START_SHOPPING, ordinary)


def pandemic_pull(env, params):  # type: ignore[no-untyped-def]
    """Factor by which the pandemic raises the hazard of starting to buy online."""
    return 1.0 + params.covid_adoption * env.covid


def stopping_hazard(person, env, params):  # type: ignore[no-untyped-def]
    """Hazard of giving up buying online, 1/year; habits of the pandemic are given up sooner."""
    hazard = params.shopper_lapse * exponential(
        params.trust_in_lapse * missing_trust(person, params)
    )
    if person.began_in_pandemic:
        hazard = hazard + params.pandemic_lapse * env.pandemic_ebb
    return hazard


def missing_trust(person, params):  # type: ignore[no-untyped-def]
    """Trust missing to its reference level, times the sensitivity of the log hazard of lapsing."""
    return params.trust_sensitivity * (params.trust_level - person.trust)


def starting_hazard(person, env, params, peers):  # type: ignore[no-untyped-def]
    """Hazard of starting to buy online when the share `peers` of contacts does, 1/year.

    Without the pandemic; `pandemic_pull` is the factor for that.
    """
    return (params.innovation + params.imitation * peers) * exponential(
        appeal_of_shopping(person, env, params)
    )


def appeal_of_shopping(person, env, params):  # type: ignore[no-untyped-def]
    """Log change of the adoption hazard: income, skill, trust, variety, account, place and age."""
    relative_income = env.log_mean_income + person.log_income - env.log_reference_income
    appeal = (
        params.adoption_shift
        + params.adoption_income_slope * relative_income
        + params.adoption_skill_slope * (person.skill - params.reference_skill)
        - params.trust_in_starting * missing_trust(person, params)
        - params.variety_slope * log_price_seen(person, env, params)
        + params.adoption_spread * person.propensity
    )
    if not person.account:
        appeal = appeal - params.cash_penalty
    if not person.urban:
        appeal = appeal - params.remoteness_penalty * (1.0 - params.delivery_effect * env.delivery)
    if person.young:
        appeal = appeal + params.youth_adoption
    if person.older:
        appeal = appeal - params.older_adoption
    return min(max(appeal, -params.largest_appeal), params.largest_appeal)


def log_price_seen(person, env, params):  # type: ignore[no-untyped-def]
    """Log of online relative to offline prices; delivery networks lower it in the countryside."""
    if person.urban:
        return env.log_online_price
    return env.log_online_price - params.delivery_saving * env.delivery


def buy(person, env, params):  # type: ignore[no-untyped-def]
    """Spend part of one's consumption online, more as it becomes a habit (M5)."""
    if person.shopper:
        person.habit = practised_habit(person, params)
        person.spending = online_spending(person, env, params)
    else:
        person.spending = 0.0


def practised_habit(person, params):  # type: ignore[no-untyped-def]
    """Habit of a shopper after one more quarter."""
    return person.habit + (1.0 - person.habit) * (1.0 - decay_factor(1.0 / params.habit_time))


def online_spending(person, env, params):  # type: ignore[no-untyped-def]
    """What a shopper spends online in one quarter, constant 2022 US$; at most the cap."""
    odds = params.spending_level * person.habit * (1.0 + params.covid_spending * env.covid)
    odds = odds * exponential(taste_for_spending(person, env, params))
    most = params.spending_cap * quarterly_consumption(person, env, params)
    return most * odds / (1.0 + odds)


def taste_for_spending(person, env, params):  # type: ignore[no-untyped-def]
    """Log change of the odds of spending online: trust, income, prices, networks, payment."""
    taste = (
        -params.trust_in_spending * missing_trust(person, params)
        + (params.spending_income_elasticity - 1.0)
        * (env.log_mean_income + person.log_income - env.log_reference_income)
        + (1.0 - params.price_elasticity) * log_price_seen(person, env, params)
        + params.spending_spread * person.propensity
        + params.quality_spending * env.quality
    )
    if person.account:
        taste = taste + params.payment_spending * env.interoperability
    return taste


def quarterly_income(person, env):  # type: ignore[no-untyped-def]
    """Income of one person in one quarter, constant 2022 US$."""
    return per_quarter(exponential(env.log_mean_income + person.log_income))


def quarterly_consumption(person, env, params):  # type: ignore[no-untyped-def]
    """Consumption of one person in one quarter, constant 2022 US$."""
    consumption = env.consumption_share * quarterly_income(person, env)
    if newly_covered(person, env):
        consumption = consumption * (1.0 + params.coverage_income)
    return consumption


def newly_covered(person, env):  # type: ignore[no-untyped-def]
    """Whether networks have reached a person for a year who would be out of reach unaided."""
    return env.unaided_coverage <= person.coverage_rank < env.coverage_year_ago


def meet_scam(person, env, params, rng):  # type: ignore[no-untyped-def]
    """Shoppers meet more scams, skilled people fall for fewer, enforcement removes some (M10)."""
    person.victim = event_occurs(rng, MEET_SCAM, hazard_of_scams(person, env, params))


def hazard_of_scams(person, env, params):  # type: ignore[no-untyped-def]
    """Hazard of losing money to a scam, 1/year."""
    protection = env.scam_protection + params.skill_scam_protection * person.skill
    hazard = params.scam_hazard * env.scam_pressure * exponential(-protection)
    if person.shopper:
        hazard = hazard * (1.0 + params.shopper_scam_exposure)
    return hazard


def scam_loss(person, env, params):  # type: ignore[no-untyped-def]
    """What a victim loses in the quarter, constant 2022 US$; nothing for everybody else."""
    if person.victim:
        return params.scam_loss_share * quarterly_income(person, env)
    return 0.0


def learn_whom_to_trust(person, env, params):  # type: ignore[no-untyped-def]
    """Trust returns to its level; fraud and hearing of it cost trust, safe buying adds."""
    heard = victims_among_contacts(env, victims_among_neighbours(env))
    person.trust = trust_learned(person, env, params, heard)


def trust_learned(person, env, params, heard):  # type: ignore[no-untyped-def]
    """Trust after a quarter in which the share `heard` of contacts was defrauded, 0 to 1."""
    lost = params.word_of_mouth * heard
    if person.victim:
        lost = lost + params.victim_trust_loss
    level = params.trust_level + env.trust_support
    trust = (
        level + (person.trust - level) * decay_factor(params.trust_recovery) - lost * person.trust
    )
    if person.shopper and not person.victim:
        trust = trust + (1.0 - person.trust) * (1.0 - decay_factor(params.trust_gain))
    return min(max(trust, 0.0), 1.0)
