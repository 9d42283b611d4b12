"""Remittances: some households have somebody abroad, and spend a part of what is sent online."""

from sim.agents.consumer import consumer_quarter as shipped_quarter
from sim.agents.own import mean, parameter, yes_or_no
from sim.rng import decision, event_occurs

receives = yes_or_no("somebody of the household is abroad")
leaving = parameter("1/year", low=0.0, high=0.2, default=0.02, meaning="hazard of moving abroad")
sent = parameter("US$ a quarter", low=0.0, high=2000.0, default=300.0, meaning="sent to a person")
sent_online = parameter("share", low=0.0, high=1.0, default=0.1, meaning="of it spent online")
receivers = mean("receives", "share", among="adult")
LEAVE = decision("somebody moves abroad")
RETURN = decision("somebody returns")


def consumer_quarter(person, env, params, rng):
    """The shipped rule; people of the countryside leave most, and shoppers spend what is sent."""
    shipped_quarter(person, env, params, rng)
    if person.receives:
        person.receives = not event_occurs(rng, RETURN, 0.2)
    elif person.adult:
        hazard = params.leaving if person.urban else 2.0 * params.leaving
        person.receives = event_occurs(rng, LEAVE, hazard)
    if person.receives and person.shopper:
        person.spending += params.sent_online * params.sent
