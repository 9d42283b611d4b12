"""Whom a person knows: their country, their community and four neighbours.

Neighbours are never stored. Slot k of a person is a hash of their number and k: four times out of
five somebody of the same community, else somebody of the same country. What one sees of them is
how the last quarter ended (`env.seen`), so nobody reads a half-updated world.
"""

from __future__ import annotations

from sim.rng import scramble, unit

NEIGHBOURS = 4
LOCAL_SHARE = 0.8
SHOPS = 1  # bits of `env.seen`
DEFRAUDED = 2


def neighbour(env, slot):  # type: ignore[no-untyped-def]
    """Number of the person in one slot of one's acquaintances, in the numbering of the country."""
    u = unit(scramble(env.acquaintance_key, env.number * NEIGHBOURS + slot))
    if u < LOCAL_SHARE:
        known = env.community_first + int(u / LOCAL_SHARE * env.community_size)
    else:
        known = int((u - LOCAL_SHARE) / (1.0 - LOCAL_SHARE) * env.country_size)
    if known == env.number:
        known = (known + 1) % env.country_size
    return known


def shoppers_among_neighbours(env):  # type: ignore[no-untyped-def]
    """Share of one's neighbours who bought online at the end of the last quarter."""
    count = 0
    for slot in range(NEIGHBOURS):
        if env.seen[env.country_first + neighbour(env, slot)] & SHOPS:
            count += 1
    return count / NEIGHBOURS


def victims_among_neighbours(env):  # type: ignore[no-untyped-def]
    """Share of one's neighbours who were defrauded in the last quarter."""
    count = 0
    for slot in range(NEIGHBOURS):
        if env.seen[env.country_first + neighbour(env, slot)] & DEFRAUDED:
            count += 1
    return count / NEIGHBOURS


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
