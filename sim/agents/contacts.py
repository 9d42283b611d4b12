"""Whom a person knows: their country, their community and four neighbours.

Neighbours are never stored. Slot k of a person is a hash of their number and k: four times out of
five somebody of the same community, else somebody of the same country. What one sees of them is
how the last quarter ended (`here.seen`), so nobody reads a half-updated world.
"""

from __future__ import annotations

from sim.rng import scramble, unit

NEIGHBOURS = 4
LOCAL_SHARE = 0.8
SHOPS = 1  # bits of `here.seen`
CHEATED = 2


def neighbour(here, slot):  # type: ignore[no-untyped-def]
    """Number of the person in one slot of one's acquaintances, in the numbering of the country."""
    u = unit(scramble(here.acquaintance_key, here.number * NEIGHBOURS + slot))
    if u < LOCAL_SHARE:
        known = here.community_first + int(u / LOCAL_SHARE * here.community_size)
    else:
        known = int((u - LOCAL_SHARE) / (1.0 - LOCAL_SHARE) * here.country_size)
    if known == here.number:
        known = (known + 1) % here.country_size
    return known


def shoppers_among_neighbours(here):  # type: ignore[no-untyped-def]
    """Share of one's neighbours who bought online at the end of the last quarter."""
    count = 0
    for slot in range(NEIGHBOURS):
        if here.seen[here.country_first + neighbour(here, slot)] & SHOPS:
            count += 1
    return count / NEIGHBOURS


def cheated_among_neighbours(here):  # type: ignore[no-untyped-def]
    """Share of one's neighbours who were cheated in the last quarter."""
    count = 0
    for slot in range(NEIGHBOURS):
        if here.seen[here.country_first + neighbour(here, slot)] & CHEATED:
            count += 1
    return count / NEIGHBOURS
