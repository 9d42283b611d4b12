"""Fear after fraud: victims and those who hear of them are afraid, and the afraid stop buying."""

from sim.agents.consumer import consumer_quarter as shipped_quarter
from sim.agents.own import field, mean, parameter
from sim.rng import decision, event_occurs
from sim.units import decay_factor

fear = field("index 0 to 1", low=0.0, high=1.0)
fear_time = parameter("years", low=0.25, high=10.0, default=2.0, meaning="in which fear fades")
fear_exit = parameter("1/year", low=0.0, high=10.0, default=4.0, meaning="of the most afraid")
mean_fear = mean("fear", "index 0 to 1", among="connected")
FLEE = decision("stop out of fear")


def consumer_quarter(person, env, params, rng):
    """The shipped rule; then fear fades, returns with fraud, and keeps people from buying."""
    shipped_quarter(person, env, params, rng)
    person.fear = person.fear * decay_factor(1.0 / params.fear_time)
    if person.victim:
        person.fear = 1.0
    elif person.connected:
        person.fear += (1.0 - person.fear) * 0.5 * env.neighbours_defrauded
    if person.shopper and event_occurs(rng, FLEE, params.fear_exit * person.fear):
        person.shopper = False
        person.spending = 0.0
