"""Learning by neighbours: who has neighbours that shop online learns digital skills from them."""

from sim.agents.consumer import consumer_quarter as shipped_quarter
from sim.agents.own import field, mean, parameter
from sim.units import decay_factor

lessons = field("quarters", low=0.0, high=400.0)
lesson_gain = parameter("1/year", low=0.0, high=1.0, default=0.1, meaning="if all neighbours shop")
mean_lessons = mean("lessons", "quarters", among="adult")


def consumer_quarter(person, env, params, rng):
    """The shipped rule; then neighbours who shop show how it is done."""
    shipped_quarter(person, env, params, rng)
    if person.connected and person.adult and env.neighbours_shopping > 0.0:
        person.lessons += env.neighbours_shopping
        gain = 1.0 - decay_factor(params.lesson_gain * env.neighbours_shopping)
        person.skill += (1.0 - person.skill) * gain
