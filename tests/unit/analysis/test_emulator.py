"""The fit of effects: exact where it should be, with slopes and an error that are right."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.emulation.gaussian_process import Fit, fit

RNG = np.random.default_rng(3)
POINTS = RNG.random((60, 3)) ** 2
CURVED = np.array([True, True, False])


def effects(x: np.ndarray) -> np.ndarray:
    """Three inputs in two draws: a curve, a product of two inputs, and a straight line."""
    first = 10.0 * (1.0 - np.exp(-3.0 * x[:, 0])) + 4.0 * x[:, 0] * x[:, 1] + 2.0 * x[:, 2]
    return np.stack([first, 3.0 * x[:, 1] + x[:, 2]], axis=1)


@pytest.fixture(scope="module")
def fitted() -> Fit:
    return fit(POINTS, effects(POINTS), CURVED)


def test_points_that_were_not_fitted_are_predicted_in_every_draw(fitted: Fit) -> None:
    others = np.random.default_rng(4).random((40, 3)) * 0.8
    for draw in (0, 1):
        found = fitted.one(others, draw)[0]
        wanted = effects(others)[:, draw]
        assert 1.0 - np.mean((found - wanted) ** 2) / np.var(wanted) > 0.995


def test_nothing_done_changes_nothing(fitted: Fit) -> None:
    assert fitted.each(np.zeros((2, 3)))[0] == pytest.approx([0.0, 0.0], abs=0.02)


def test_slopes_are_those_of_the_fit(fitted: Fit) -> None:
    x = np.array([[0.2, 0.5, 0.1], [0.7, 0.3, 0.9]])
    slope = fitted.each(x)[1]
    for at in range(3):
        step = np.zeros(3)
        step[at] = 1e-5
        found = (fitted.each(x + step)[0] - fitted.each(x - step)[0]) / 2e-5
        assert slope[:, at] == pytest.approx(found, rel=1e-4, abs=1e-5)


def test_the_stated_error_is_that_of_leaving_points_out() -> None:
    x, y = POINTS[:25], effects(POINTS[:25])
    noisy = y + RNG.normal(0.0, 0.5, y.shape)
    whole = fit(x, noisy, CURVED)
    # the noise itself is the least that can be missed; a fit that has seen a point misses it less
    assert 0.4 < np.sqrt(np.mean(whole.left_out**2)) < 2.0
    seen = np.stack([whole.one(x, draw)[0] for draw in (0, 1)], axis=1)
    assert np.mean((seen - noisy) ** 2) < np.mean(whole.left_out**2)


def test_an_effect_of_nothing_is_fitted_as_nothing() -> None:
    flat = fit(POINTS, np.zeros((60, 2)), CURVED)
    assert not flat.one(POINTS, 1)[0].any() and not flat.left_out.any()


def test_the_same_runs_give_the_same_fit(fitted: Fit) -> None:
    again = fit(POINTS, effects(POINTS), CURVED)
    assert again.weights.tobytes() == fitted.weights.tobytes()
