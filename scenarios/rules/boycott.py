"""A boycott: where many are defrauded, shoppers refuse to buy until the call is forgotten."""

from sim.agents.consumer import consumer_quarter as shipped_quarter
from sim.agents.own import mean, parameter, yes_or_no
from sim.rng import decision, event_occurs

refuses = yes_or_no("takes part in the boycott")
outrage = parameter("1/year", low=0.0, high=200.0, default=20.0, meaning="if all are victims")
boycott_time = parameter("years", low=0.25, high=5.0, default=1.0, meaning="that it lasts")
refusers = mean("refuses", "share", among="shopper")
JOIN = decision("join the boycott")
FORGET = decision("forget the boycott")


def consumer_quarter(person, env, params, rng):
    """The shipped rule; but who takes part spends nothing, and stays a shopper."""
    shipped_quarter(person, env, params, rng)
    if person.refuses:
        person.refuses = not event_occurs(rng, FORGET, 1.0 / params.boycott_time)
    elif person.shopper:
        seen = 0.5 * env.community_victim_share + 0.5 * env.neighbours_defrauded
        person.refuses = event_occurs(rng, JOIN, params.outrage * seen)
    if person.refuses:
        person.spending = 0.0
