"""The sampler on densities that are known, and its measure of agreement."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calibration.posterior.sampler import Chains, sample

pytest.importorskip("emcee")

MEAN = np.array([1.0, -2.0, 0.5])
COVARIANCE = np.array([[1.0, 0.8, 0.0], [0.8, 2.0, -0.3], [0.0, -0.3, 0.25]])
INVERSE = np.linalg.inv(COVARIANCE)


def density(points: np.ndarray) -> np.ndarray:
    away = points - MEAN
    return -0.5 * np.einsum("ij,jk,ik->i", away, INVERSE, away)


def starts(ensembles: int) -> np.ndarray:
    return np.random.default_rng(8).normal(size=(ensembles, 20, 3)) * 2.0


@pytest.fixture(scope="module")
def chains() -> Chains:
    return sample(density, starts(2), steps=1300, burn=200, seed=3)


def test_a_correlated_normal_is_recovered(chains: Chains) -> None:
    """44,000 points, some ten to twenty steps apart: errors of a few hundredths of a sd."""
    points = chains.flat()
    assert points.shape == (2 * 1100 * 20, 3)
    sd = np.sqrt(np.diag(COVARIANCE))
    assert np.abs((points.mean(axis=0) - MEAN) / sd).max() < 0.06
    found = np.cov(points.T) / np.outer(sd, sd)
    assert found == pytest.approx(COVARIANCE / np.outer(sd, sd), abs=0.1)
    assert 0.1 < chains.accepted < 0.9


@pytest.mark.parametrize(
    ("dimensions", "walkers", "snooker"),
    [(2, 20000, 1.0), (5, 8000, 1.0), (10, 4000, 1.0), (30, 2000, 1.0), (30, 2000, 0.1)],
)
def test_a_normal_stays_what_it_is(dimensions: int, walkers: int, snooker: float) -> None:
    """Walkers that start in the distribution stay in it: 1 % of the standard deviation.

    The snooker move of emcee 3.1.6 ends 5 % too narrow in two dimensions and 27 % in thirty.
    """
    start = np.random.default_rng(dimensions).standard_normal((walkers, dimensions))
    start = (start - start.mean(axis=0)) / start.std(axis=0)

    def normal(points: np.ndarray) -> np.ndarray:
        return -0.5 * (points * points).sum(axis=1)

    found = sample(normal, start[None], 60, 30, seed=1, share_of_snooker=snooker).flat()
    assert found.std(axis=0).mean() == pytest.approx(1.0, abs=0.01)
    assert (found * found).sum(axis=1).mean() == pytest.approx(dimensions, rel=0.02)


def test_a_funnel_is_not_shifted() -> None:
    """The spread of nine numbers is e to the power of half a tenth: its mean 0, its sd 1.5."""
    rng = np.random.default_rng(4)
    height = 1.5 * rng.standard_normal(4000)
    height = 1.5 * (height - height.mean()) / height.std()
    start = np.column_stack([height, rng.standard_normal((4000, 9)) * np.exp(height / 2)[:, None]])

    def funnel(points: np.ndarray) -> np.ndarray:
        high, rest = points[:, 0], points[:, 1:]
        return (
            -0.5 * (high / 1.5) ** 2 - 0.5 * np.exp(-high) * (rest * rest).sum(axis=1) - 4.5 * high
        )

    high = sample(funnel, start[None], 200, 100, seed=2, share_of_snooker=1.0).flat()[:, 0]
    assert high.mean() == pytest.approx(0.0, abs=0.06)
    assert high.std() == pytest.approx(1.5, abs=0.05)


@pytest.mark.parametrize("thin", [1, 5])
def test_autocorrelation_is_in_steps_that_were_made(thin: int) -> None:
    """A walk with correlation 0.9 from step to step has a time of (1 + 0.9) / (1 - 0.9) = 19."""
    rng = np.random.default_rng(5)
    walk = np.zeros((20000, 8))
    for step in range(1, len(walk)):
        walk[step] = 0.9 * walk[step - 1] + rng.standard_normal(8)
    chains = Chains(walk[None, ::thin, :, None], 0.5, thin)
    assert chains.autocorrelation_time()[0] == pytest.approx(19.0, rel=0.1)
    assert chains.effective()[0] == pytest.approx(8 * 20000 / 19.0, rel=0.1)
    assert chains.lengths == pytest.approx(20000 / 19.0, rel=0.1)


def test_ensembles_that_agree_say_so(chains: Chains) -> None:
    assert (chains.r_hat() < 1.03).all()
    assert (chains.autocorrelation_time() < 100).all()


def test_separated_ensembles_are_told_apart(chains: Chains) -> None:
    """One dimension of one ensemble is moved by three standard deviations."""
    moved = chains.points.copy()
    moved[1, ..., 1] += 3.0 * np.sqrt(COVARIANCE[1, 1])
    found = Chains(moved, 0.5).r_hat()
    assert found[1] > 1.5
    assert (found[[0, 2]] < 1.03).all()


def test_r_hat_by_hand() -> None:
    """Two ensembles of one walker, two halves of two steps each: four chains."""
    points = np.array([[0.0, 2.0, 0.0, 2.0], [4.0, 6.0, 4.0, 6.0]])[:, :, None, None]
    # within: every half has variance 2; between: means 1, 1, 5, 5 have variance 16 / 3
    assert Chains(points, 1.0).r_hat() == pytest.approx(np.sqrt((2.0 + 16.0 / 3.0) / 2.0))


def test_the_same_seed_gives_the_same_points_and_another_seed_others() -> None:
    one, again, other = (
        sample(density, starts(2), steps=30, burn=10, seed=seed).points for seed in (5, 5, 6)
    )
    assert one.shape == (2, 20, 20, 3)
    assert one.tobytes() == again.tobytes()
    assert not np.array_equal(one, other)


def test_what_is_impossible_is_never_kept() -> None:
    def half(points: np.ndarray) -> np.ndarray:
        return np.where(points[:, 0] > 1.0, density(points), -np.inf)

    start = np.abs(starts(1)) + np.array([1.1, 0.0, 0.0])
    assert (sample(half, start, steps=60, burn=0, seed=1).flat()[:, 0] > 1.0).all()


def test_every_walker_may_have_a_density_of_its_own() -> None:
    """Normals with 60 centres and spreads, sampled by one ensemble: each walker finds its own."""
    rng = np.random.default_rng(6)
    centres, spreads = rng.normal(size=(60, 4)), np.exp(0.3 * rng.normal(size=(60, 4)))

    def own(numbered: np.ndarray) -> np.ndarray:
        places = numbered[:, -1].astype(int) % 60
        assert (numbered[:, -1] == numbered[:, -1].astype(int)).all()
        away = (numbered[:, :-1] - centres[places]) / spreads[places]
        return np.asarray(-0.5 * (away * away).sum(axis=1))

    found = sample(own, rng.normal(size=(2, 60, 4)), 2000, 200, seed=2, thin=5, numbered=True)
    assert found.points.shape == (2, 360, 60, 4)
    scaled = (found.points - centres) / spreads
    assert scaled.mean(axis=(0, 1, 2)) == pytest.approx(np.zeros(4), abs=0.02)
    assert scaled.std(axis=(0, 1, 2)) == pytest.approx(np.ones(4), abs=0.02)
    assert np.abs(scaled.mean(axis=(0, 1))).max() < 0.5  # no walker is drawn to the others
