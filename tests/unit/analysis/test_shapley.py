"""Shapley values against brute force, closed forms and their axioms (identity I21)."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from sim.analysis.shapley import orders_of, sampled, sampling_error, sets_of, shapley


def brute_force(values: np.ndarray, players: int) -> np.ndarray:
    found = np.zeros(players)
    orders = list(permutations(range(players)))
    for order in orders:
        here = 0
        for player in order:
            found[player] += values[here | 1 << player] - values[here]
            here |= 1 << player
    return found / len(orders)


@pytest.mark.parametrize("players", [1, 2, 3, 5])
def test_shares_are_the_mean_over_all_orders(players: int) -> None:
    values = np.random.default_rng(players).normal(size=1 << players)
    assert shapley(values).value == pytest.approx(brute_force(values, players), rel=1e-12)


def test_the_glove_game() -> None:
    """One left glove, two right ones: a pair is worth one. Known: 2/3, 1/6, 1/6."""
    values = np.array([1.0 if s & 1 and s & 6 else 0.0 for s in range(8)])
    assert shapley(values).value == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_the_airport_game() -> None:
    """Runways of length 1, 3, 7, 12: each stretch is shared by those who need it."""
    lengths = [1.0, 3.0, 7.0, 12.0]
    values = np.array([max((lengths[k] for k in range(4) if s >> k & 1), default=0.0)
                       for s in range(16)])  # fmt: skip
    parts = [1 / 4, 1 / 4 + 2 / 3, 1 / 4 + 2 / 3 + 4 / 2, 1 / 4 + 2 / 3 + 4 / 2 + 5]
    found = shapley(values)
    assert found.value == pytest.approx(parts)
    assert found.first_in == pytest.approx(lengths)
    assert found.last_in == pytest.approx([0.0, 0.0, 0.0, 5.0])


def test_values_add_up_and_who_adds_nothing_has_nothing() -> None:
    """I21, with worths of the size of real ones and effects a thousandth of them."""
    luck = np.random.default_rng(4)
    players = 9
    sets = np.arange(1 << players)
    for _ in range(5):
        values = 1e11 + 1e8 * luck.normal(size=(1 << players, 7, 3))
        values = values[sets & ~4]  # the third player never changes anything
        found = shapley(values)
        whole = values[-1] - values[0]
        # Rounding of the worths themselves: 1e-12 of them is 1e-9 of an effect.
        assert np.abs(found.value.sum(axis=0) / whole - 1.0).max() < 1e-9
        assert (found.value[2] == 0.0).all()
        assert (found.first_in[2] == 0.0).all()


def test_the_identity_to_the_twelfth_digit() -> None:
    luck = np.random.default_rng(5)
    values = luck.uniform(1.0, 2.0, size=(512, 40)).cumsum(axis=0)
    found = shapley(values).value.sum(axis=0)
    assert found == pytest.approx(values[-1] - values[0], rel=1e-12)


def test_sampled_orders_add_up_and_come_near() -> None:
    luck = np.random.default_rng(6)
    players = 8
    values = luck.normal(size=1 << players).cumsum()
    values[np.arange(256) & 16 > 0] = values[np.arange(256)[np.arange(256) & 16 > 0] & ~16]
    exact = shapley(values).value
    orders = orders_of(players, 60, seed=1)
    needed = sets_of(orders)
    assert len(needed) < 256
    shares, estimates = sampled({s: values[s] for s in needed}, orders)
    error = sampling_error(estimates)
    assert shares.value.sum() == pytest.approx(values[-1] - values[0], rel=1e-12)
    assert shares.value[4] == 0.0
    assert error[4] == 0.0
    assert (np.abs(shares.value - exact) <= 4.0 * error + 1e-12).all()
    assert np.abs(shares.value - exact).max() > 0.0
    assert shares.first_in == pytest.approx(shapley(values).first_in)


def test_orders_come_in_pairs_and_repeat() -> None:
    orders = orders_of(11, 10, seed=2)
    assert orders == orders_of(11, 10, seed=2)
    assert orders != orders_of(11, 10, seed=3)
    assert all(one == other[::-1] for one, other in zip(orders[0::2], orders[1::2], strict=True))


def test_a_game_has_a_value_for_every_set() -> None:
    with pytest.raises(ValueError, match="all sets"):
        shapley(np.zeros(6))
