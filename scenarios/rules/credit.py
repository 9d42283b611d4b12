"""Credit: shoppers with an account buy more on credit, and pay back out of later purchases."""

from sim.agents.consumer import consumer_quarter as shipped_quarter
from sim.agents.own import field, parameter, total
from sim.units import decay_factor

debt = field("constant 2022 US$", low=0.0, high=100_000.0)
credit_share = parameter("share", low=0.0, high=0.5, default=0.25, meaning="bought on credit")
credit_time = parameter("years", low=0.25, high=5.0, default=1.0, meaning="in which debt is paid")
consumer_debt = total("debt", "constant 2022 US$")


def consumer_quarter(person, env, params, rng):
    """The shipped rule; then a part of old debt is paid, and shoppers take on new debt."""
    shipped_quarter(person, env, params, rng)
    paid = person.debt * (1.0 - decay_factor(1.0 / params.credit_time))
    person.debt = person.debt - paid
    if person.shopper:
        plain = person.spending
        person.spending = max(plain - 0.5 * paid, 0.0)  # the other half is saved elsewhere
        if person.account:
            person.debt += params.credit_share * plain
            person.spending += params.credit_share * plain
