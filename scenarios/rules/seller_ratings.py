"""Seller ratings: experienced shoppers read them, and are warned of some of the fraud."""

from sim.agents.consumer import consumer_quarter as shipped_quarter
from sim.agents.own import field, mean, parameter
from sim.rng import decision, uniform

reading = field("index 0 to 1", low=0.0, high=1.0)
warning = parameter("share", low=0.0, high=1.0, default=0.6, meaning="of fraud that ratings show")
mean_reading = mean("reading", "index 0 to 1", among="shopper")
WARNED = decision("warned by ratings")


def consumer_quarter(person, env, params, rng):
    """The shipped rule; but a warned shopper loses neither money nor trust."""
    trusted = person.trust
    shipped_quarter(person, env, params, rng)
    if person.shopper:
        person.reading += 0.1 * (1.0 - person.reading)
    warned = uniform(rng, WARNED) < params.warning * person.reading
    if person.victim and person.shopper and warned:
        person.victim = False
        person.trust = trusted
