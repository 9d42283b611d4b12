"""Shapley values: what each member of a coalition adds, averaged over all orders of joining.

A game gives a value to every set of players, written as the bits of a number: with three players,
`0b101` is the set of the first and the third. The value of a player is the mean, over all orders in
which the players can join, of what the set gains when the player joins (Shapley 1953). It is the
only division that shares out the whole, gives nothing to who adds nothing, treats equals equally,
and adds up over games.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class ShapleyShares(NamedTuple):
    """By player (first axis): Shapley value, effect as the first and as the last to join."""

    value: Floats
    first_in: Floats
    last_in: Floats


def shapley(values: Floats) -> ShapleyShares:
    """Exact shares of a game: `values[s]` is the worth of set `s`; any further axes are kept.

    The values of the players add up to `values[-1] - values[0]` up to rounding, and a player who
    never changes anything has exactly zero.
    """
    players = players_in(len(values))
    worth = values - values[0]
    sets = np.arange(len(values))
    sizes = sum_of_bits(sets)
    weights = np.array([1.0 / (players * math.comb(players - 1, m)) for m in range(players)])
    shares = np.empty((players, *values.shape[1:]))
    for player in range(players):
        without = sets[(sets >> player) & 1 == 0]
        gains = worth[without | (1 << player)] - worth[without]
        shares[player] = np.tensordot(weights[sizes[without]], gains, axes=1)
    return ShapleyShares(shares, _first(worth, players), _last(worth, players))


def players_in(sets: int) -> int:
    """The number of players of a game with so many sets. Raises ValueError if it is not 2**k."""
    players = sets.bit_length() - 1
    if sets < 2 or sets != 1 << players:
        raise ValueError(f"{sets} values are not those of all sets of some players")
    return players


def sum_of_bits(sets: NDArray[np.int_]) -> NDArray[np.int_]:
    """How many players are in each set."""
    return np.array([int(s).bit_count() for s in sets])


def _first(worth: Floats | Mapping[int, Floats], players: int) -> Floats:
    return np.stack([worth[1 << player] - worth[0] for player in range(players)])


def _last(worth: Floats | Mapping[int, Floats], players: int) -> Floats:
    whole = (1 << players) - 1
    return np.stack([worth[whole] - worth[whole ^ (1 << p)] for p in range(players)])


def orders_of(players: int, count: int, seed: int) -> list[tuple[int, ...]]:
    """So many orders of joining, drawn at random in pairs: an order and its reverse.

    What one of a pair says too much of early joiners, the other says too little.
    """
    luck = np.random.default_rng(seed)
    found: list[tuple[int, ...]] = []
    while len(found) < count:
        order = tuple(int(player) for player in luck.permutation(players))
        found += [order, order[::-1]]
    return found


def sets_of(orders: Sequence[Sequence[int]]) -> list[int]:
    """Sets whose worth is needed: those on the way of each order, and all with one, or all but one.

    In rising order, without repetition.
    """
    players = len(orders[0])
    whole = (1 << players) - 1
    needed = {0, whole}
    for player in range(players):
        needed |= {1 << player, whole ^ (1 << player)}
    for order in orders:
        here = 0
        for player in order:
            here |= 1 << player
            needed.add(here)
    return sorted(needed)


def sampled(
    values: Mapping[int, Floats], orders: Sequence[Sequence[int]]
) -> tuple[ShapleyShares, list[Floats]]:
    """Shares from some orders, see `orders_of` and `sets_of`, and each pair's own estimate.

    The values still add up to the whole, and who adds nothing still has exactly zero. The spread of
    the pairs' estimates is what is not known for want of orders: see `sampling_error`.
    """
    players = len(orders[0])
    worth = {s: value - values[0] for s, value in values.items()}
    estimates = []
    for one, other in zip(orders[0::2], orders[1::2], strict=True):
        gains = np.zeros((players, *values[0].shape))
        for order in (one, other):
            here = 0
            for player in order:
                gains[player] += 0.5 * (worth[here | (1 << player)] - worth[here])
                here |= 1 << player
        estimates.append(gains)
    mean = np.sum(estimates, axis=0) / len(estimates)
    return ShapleyShares(mean, _first(worth, players), _last(worth, players)), estimates


def sampling_error(estimates: Sequence[Floats]) -> Floats:
    """Standard error of the mean of the estimates of pairs of orders; nan with fewer than two."""
    if len(estimates) < 2:
        return np.full_like(estimates[0], math.nan)
    return np.asarray(np.std(estimates, axis=0, ddof=1) / math.sqrt(len(estimates)))
