"""Seeds and scales: the same seed repeats, another one differs, and no scale has a bias."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.model.indicators import INDICATORS
from sim.model.model import MekongModel
from tests.helpers.models import people_model
from tests.properties.checks import values

# one of each kind: connection, accounts, adoption, value, scams, trust
WATCHED = (
    "internet_users_share",
    "account_share",
    "adults_buying_online_share",
    "consumption_share",
    "victim_rate",
    "trust",
)
COARSE = 4000
SEEDS = range(100, 116)


def _run(seed: int, scale: int) -> MekongModel:
    return people_model(seed=seed, scale=scale, threads=1).run()


def _last(model: MekongModel) -> NDArray[np.float64]:
    """Means of 2030, by watched indicator and country, in logs."""
    v = values(model)
    return np.log(np.stack([v[name][-4:, :5, 0].mean(axis=0) for name in WATCHED]))


@pytest.fixture(scope="module")
def deviation() -> NDArray[np.float64]:
    """Standard deviation of a run at scale one, from sixteen coarse ones: it grows as the root."""
    coarse = np.stack([_last(_run(seed, COARSE)) for seed in SEEDS])
    return np.asarray(coarse.std(axis=0, ddof=1) / np.sqrt(COARSE))


@pytest.mark.parametrize("seed", [0, 1, 2**31 - 1])
def test_the_same_seed_gives_the_same_bytes(seed: int) -> None:
    one, other = _run(seed, 50_000), _run(seed, 50_000)
    assert one.people.rows.tobytes() == other.people.rows.tobytes()
    assert one.indicators()["value"].to_numpy().tobytes() == (
        other.indicators()["value"].to_numpy().tobytes()
    )


def test_other_seeds_give_other_worlds() -> None:
    """Every pair of twenty replications differs, in people and in what is measured of them."""
    models = [_run(seed, 50_000) for seed in range(20)]
    assert len({model.people.rows.tobytes() for model in models}) == 20
    for name in (*WATCHED, "gmv_real_usd", "shoppers", "scam_losses_usd"):
        series = [values(model)[name][-1, 5, 0] for model in models]
        assert len(set(series)) >= 18, name
    assert "gmv_real_usd" in INDICATORS


@pytest.mark.parametrize(("fine", "coarse"), [(500, 1000), (1000, 2000), (500, 2000)])
def test_scales_agree_within_sampling_error(
    fine: int, coarse: int, deviation: NDArray[np.float64]
) -> None:
    """30 logs of six indicators in five countries, each within five standard deviations.

    Runs of two scales are independent, and the variance of each is proportional to its scale, so
    that of a difference is s^2 (fine + coarse) with s from sixteen runs (itself known to 18 %).
    Of thirty normal differences none exceeds four deviations in 99.8 % of cases; five leaves room
    for s. For Thailand at 500 and 1000 that is about 0.5 % of the shoppers.
    """
    difference = _last(_run(1, fine)) - _last(_run(1, coarse))
    score = difference / (deviation * np.sqrt(fine + coarse))
    assert np.abs(score).max() < 5.0
    assert np.sqrt(np.mean(score**2)) < 1.7


def test_noise_fades_with_scale(deviation: NDArray[np.float64]) -> None:
    """Sixteen runs with a quarter of the people scatter twice as much, on the whole."""
    coarser = np.stack([_last(_run(seed, 4 * COARSE)) for seed in SEEDS]).std(axis=0, ddof=1)
    ratio = float(np.exp(np.mean(np.log(coarser / (deviation * np.sqrt(COARSE))))))
    assert 1.6 < ratio < 2.5
