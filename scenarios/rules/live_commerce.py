"""Live commerce: watching sales on screen spreads among neighbours, and watchers buy more."""

from sim.agents.consumer import consumer_quarter as shipped_quarter
from sim.agents.own import mean, parameter, yes_or_no
from sim.rng import decision, event_occurs

watches = yes_or_no("watches live sales")
watching = parameter("1/year", low=0.0, high=2.0, default=0.5, meaning="hazard if all around do")
impulse = parameter("share", low=0.0, high=1.0, default=0.3, meaning="by which watchers buy more")
watchers = mean("watches", "share", among="shopper")
BEGIN = decision("begin to watch")
END = decision("tire of watching")


def consumer_quarter(person, env, params, rng):
    """The shipped rule; shoppers begin to watch as others around them buy, and buy on impulse."""
    shipped_quarter(person, env, params, rng)
    if not person.watches and person.shopper:
        around = 0.2 + 0.8 * env.neighbours_shopping
        person.watches = event_occurs(rng, BEGIN, params.watching * around)
    elif person.watches and (not person.shopper or event_occurs(rng, END, 0.3)):
        person.watches = False
    if person.watches:
        person.spending *= 1.0 + params.impulse
