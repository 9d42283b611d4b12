"""Delivery days: parcels take longer in the countryside, and who waits too long stops buying."""

from sim.agents.consumer import consumer_quarter as shipped_quarter
from sim.agents.own import field, mean, parameter
from sim.rng import decision, event_occurs

days = field("days", low=0.0, high=60.0, start=3.0)
rural_days = parameter("days", low=1.0, high=60.0, default=12.0, meaning="without good delivery")
impatience = parameter("1/year", low=0.0, high=1.0, default=0.01, meaning="hazard a day of waiting")
mean_days = mean("days", "days", among="shopper")
TIRED = decision("tired of waiting")


def consumer_quarter(person, env, params, rng):
    """The shipped rule; then the days that one expects follow delivery where one lives."""
    shipped_quarter(person, env, params, rng)
    wait = 3.0
    if not person.urban:
        wait = 3.0 + max(params.rural_days - 3.0, 0.0) * (1.0 - env.delivery)
    person.days += 0.5 * (wait - person.days)
    if person.shopper and event_occurs(rng, TIRED, params.impatience * person.days):
        person.shopper = False
        person.spending = 0.0
