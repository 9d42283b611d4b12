"""Loyalty: who has bought online for long gives it up less easily."""

from sim.agents.consumer import consumer_quarter as shipped_quarter
from sim.agents.own import field, mean, parameter
from sim.rng import decision, uniform
from sim.units import decay_factor

loyalty = field("index 0 to 1", low=0.0, high=1.0)
loyalty_time = parameter("years", low=0.5, high=10.0, default=2.0, meaning="until loyalty is there")
mean_loyalty = mean("loyalty", "index 0 to 1", among="shopper")
STAY = decision("stay out of loyalty")


def consumer_quarter(person, env, params, rng):
    """The shipped rule; but the loyal stay with the probability of their loyalty."""
    bought = person.shopper
    shipped_quarter(person, env, params, rng)
    if bought and not person.shopper and person.connected and uniform(rng, STAY) < person.loyalty:
        person.shopper = True
    if person.shopper:
        person.loyalty += (1.0 - person.loyalty) * (1.0 - decay_factor(1.0 / params.loyalty_time))
    else:
        person.loyalty = 0.0
