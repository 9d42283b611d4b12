"""Influencers: who follows sellers online tries shopping sooner, young people most of all."""

from sim.agents.consumer import consumer_quarter as shipped_quarter
from sim.agents.own import field, mean, parameter
from sim.rng import decision, event_occurs

following = field("index 0 to 1", low=0.0, high=1.0)
pull = parameter("1/year", low=0.0, high=2.0, default=0.5, meaning="hazard of the keenest follower")
mean_following = mean("following", "index 0 to 1", among="connected")
PERSUADED = decision("persuaded by an influencer")


def consumer_quarter(person, env, params, rng):
    """The shipped rule; then what one follows catches up with what others around one buy."""
    shipped_quarter(person, env, params, rng)
    if person.connected and person.adult:
        shown = env.community_shopper_share
        if not person.young:
            shown = 0.5 * shown
        person.following += 0.25 * (shown - person.following)
        may = not person.shopper and person.reluctance >= params.never_online_buyers
        if may and event_occurs(rng, PERSUADED, params.pull * person.following):
            person.shopper = True
