"""Whom a person knows: their country, their community and four neighbours.

Neighbours are never stored. Slot k of a person is a hash of their number and k: four times out of
five somebody of the same community, else somebody of the same country. What one sees of them is
how the last quarter ended, so nobody reads a half-updated world; it is looked up for a whole
community before its people act, since memory then does not keep a person waiting.
"""

from __future__ import annotations

from sim.rng import scramble, unit

NEIGHBOURS = 4
LOCAL_SHARE = 0.8
SHOPS = 1  # bits of how a quarter ended
DEFRAUDED = 2
ONE_DEFRAUDED = 8  # a neighbour who was defrauded, in `seen_of_neighbours`


def neighbour(home, number, slot, first, size):  # type: ignore[no-untyped-def]
    """Number of the person in one slot of somebody's acquaintances, as `number` in their country.

    `home` is the country; `first` and `size` are of the person's community, in that numbering.
    """
    u = unit(scramble(home.acquaintance_key, number * NEIGHBOURS + slot))
    known = int((u - LOCAL_SHARE) / (1.0 - LOCAL_SHARE) * home.size)
    if u < LOCAL_SHARE:  # both are worked out: a choice takes less time than a wrong guess
        known = first + int(u / LOCAL_SHARE * size)
    if known == number:
        known = (known + 1) % home.size
    return known


def seen_of_neighbours(seen, home, number, first, size):  # type: ignore[no-untyped-def]
    """How many of somebody's neighbours bought online, plus `ONE_DEFRAUDED` times those defrauded.

    `seen` has one byte per person: how their last quarter ended.
    """
    count = 0
    for slot in range(NEIGHBOURS):
        shown = seen[home.first + neighbour(home, number, slot, first, size)]
        count += (shown & SHOPS) + (shown & DEFRAUDED) * (ONE_DEFRAUDED // DEFRAUDED)
    return count


def shoppers_among_neighbours(env):  # type: ignore[no-untyped-def]
    """Share of one's neighbours who bought online at the end of the last quarter."""
    return env.neighbours_shopping


def victims_among_neighbours(env):  # type: ignore[no-untyped-def]
    """Share of one's neighbours who were defrauded in the last quarter."""
    return env.neighbours_defrauded


def shoppers_among_contacts(env, params, among_neighbours):  # type: ignore[no-untyped-def]
    """Weighted share of shoppers in country, community and, as given, among neighbours."""
    country_weight = 1.0 - params.community_weight - params.neighbour_weight
    return (
        country_weight * env.shopper_share
        + params.community_weight * env.community_shopper_share
        + params.neighbour_weight * among_neighbours
    )


def victims_among_contacts(env, among_neighbours):  # type: ignore[no-untyped-def]
    """Share of victims that one hears of: in the community and, as given, among neighbours."""
    return 0.5 * env.community_victim_share + 0.5 * among_neighbours
