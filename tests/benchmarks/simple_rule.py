"""The simple rule with which packages are compared, as a student writes it for this one.

`mekong new rule mine` writes the shipped rule with its imports; this is what is left when all but
buying online is taken out. It runs with `mekong run baseline --rule simple_rule.py`.
"""

from sim.rng import decision, event_occurs
from sim.units import exponential, per_quarter

KIND = "consumer"
START_SHOPPING = decision("start_shopping")
STOP_SHOPPING = decision("stop_shopping")
INNOVATION = 0.02  # hazard of starting, 1/year, where nobody shops
IMITATION = 0.6  # what the share of shoppers adds to it, 1/year
STOPPING = 0.2  # hazard of stopping, 1/year
INCOME = 4000.0  # mean, US$ a year
SPENT = 0.05  # share of income that shoppers spend online


def consumer_quarter(person, env, params, rng):  # type: ignore[no-untyped-def]
    """Start to shop as others do, stop now and then, spend a share of one's income."""
    if person.adult:
        if person.shopper:
            if event_occurs(rng, STOP_SHOPPING, STOPPING):
                person.shopper = False
        elif event_occurs(rng, START_SHOPPING, INNOVATION + IMITATION * env.shopper_share):
            person.shopper = True
    person.spending = 0.0
    if person.shopper:
        person.spending = SPENT * per_quarter(INCOME * exponential(person.log_income))
