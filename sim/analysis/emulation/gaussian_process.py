"""A Gaussian process for effects: fast, with its error, and with an answer for every draw.

The same points were run under every parameter draw, and an effect is the difference from the
baseline of that draw, so it is zero where nothing is done. Effects are the sum of a part that is
linear in every input and a smooth part of some of them, with one length an input (Rasmussen and
Williams 2006, chapters 2 and 5). What the kernel is like is learned from all draws together by
maximum likelihood; effects are then predicted for each draw by itself. What differs from run to run
and is no function of the inputs is noise. Its error is that of predicting each point from all
others, which a Gaussian process has in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

Floats = NDArray[np.float64]
LENGTHS = (0.15, 30.0)  # in units of an input's range
SLOPES = (1e-3, 30.0)  # standard deviation of a slope, in root mean squares of the effect
SMOOTH = (1e-3, 10.0)  # standard deviation of the smooth part
NOISE = (1e-3, 1.0)  # standard deviation of the noise
STEPS = 80  # of the search for the likeliest kernel


@dataclass(frozen=True)
class Fit:
    """A fitted process: `points` (n, inputs), `weights` (n, draws), and its kernel.

    `left_out` are errors of predicting each point from all others (n, draws), in the unit of the
    effect.
    """

    points: Floats
    weights: Floats
    slopes: Floats
    lengths: Floats
    smooth: NDArray[np.bool_]
    size: float
    left_out: Floats

    def each(self, x: Floats) -> tuple[Floats, Floats]:
        """Effect and slopes where draw d has the inputs `x[d]`: (draws,) and (draws, inputs)."""
        return self._at(x, self.weights)

    def one(self, x: Floats, draw: int) -> tuple[Floats, Floats]:
        """The same for several inputs in one draw."""
        return self._at(x, np.repeat(self.weights[:, [draw]], len(x), axis=1))

    def everywhere(self, x: Floats) -> Floats:
        """Effects of several inputs in every draw (inputs, draws)."""
        linear = self.slopes[:, None] ** 2 * (self.points.T @ self.weights)
        scaled = x[:, self.smooth] / self.lengths
        points = self.points[:, self.smooth] / self.lengths
        kernel = self.size**2 * np.exp(-0.5 * _squares(scaled, points))
        return np.asarray(x @ linear + kernel @ self.weights)

    def _at(self, x: Floats, weights: Floats) -> tuple[Floats, Floats]:
        linear = self.slopes**2 * (self.points.T @ weights).T
        scaled = x[:, self.smooth] / self.lengths
        points = self.points[:, self.smooth] / self.lengths
        kernel = self.size**2 * np.exp(-0.5 * _squares(scaled, points)) * weights.T
        value = (x * linear).sum(axis=1) + kernel.sum(axis=1)
        slope = linear.copy()
        pull = kernel @ points - kernel.sum(axis=1)[:, None] * scaled
        slope[:, self.smooth] += pull / self.lengths
        return value, slope


def fit(points: Floats, effects: Floats, smooth: NDArray[np.bool_]) -> Fit:
    """The process of effects (n, draws) at points (n, inputs), most of them between 0 and 1.

    `smooth` says which inputs act in curves and together; all others act in proportion. A point
    where nothing is done is added, at which the effect is zero in every draw.
    """
    scale = np.sqrt(np.mean(effects**2, axis=0))
    scale = np.where(scale > 0.0, scale, 1.0)
    x = np.vstack([points, np.zeros(points.shape[1])])
    y = np.vstack([effects / scale, np.zeros(effects.shape[1])])
    noisy = np.ones(len(x))
    noisy[-1] = 1e-4
    kernel = _Kernel(x, smooth)
    start = kernel.start()
    found = minimize(
        lambda theta: kernel.loss(theta, y, noisy),
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=kernel.bounds,
        options={"maxiter": STEPS},
    )
    slopes, lengths, size, noise = kernel.parts(found.x)
    matrix = kernel.matrix(slopes, lengths, size)[0] + np.diag(noise**2 * noisy + 1e-9)
    inverse = cho_solve(cho_factor(matrix, lower=True), np.eye(len(x)))
    weights = inverse @ y
    left_out = (weights / np.diag(inverse)[:, None])[:-1] * scale
    return Fit(x, weights * scale, slopes, lengths, smooth, size, left_out)


class _Kernel:
    """Covariance of two points: slopes of all inputs, and a smooth function of some."""

    def __init__(self, x: Floats, smooth: NDArray[np.bool_]) -> None:
        self.x, self.smooth = x, smooth
        logs: list[tuple[float, float]] = [SLOPES] * x.shape[1]
        logs += [LENGTHS] * int(smooth.sum()) + [SMOOTH, NOISE]
        self.bounds = [(float(np.log(low)), float(np.log(high))) for low, high in logs]

    def start(self) -> Floats:
        """Slopes that share the effect, long lengths, a small smooth part and little noise."""
        inputs, curved = self.x.shape[1], int(self.smooth.sum())
        values = [1.0] * inputs + [2.0] * curved + [0.3, 0.1]
        return np.log(np.array(values))

    def parts(self, theta: Floats) -> tuple[Floats, Floats, float, float]:
        """Slopes, lengths, size of the smooth part, noise."""
        values, inputs = np.exp(theta), self.x.shape[1]
        return values[:inputs], values[inputs:-2], float(values[-2]), float(values[-1])

    def matrix(self, slopes: Floats, lengths: Floats, size: float) -> tuple[Floats, Floats]:
        """The covariance, and its smooth part."""
        curved = self.x[:, self.smooth] / lengths
        smooth = size**2 * np.exp(-0.5 * _squares(curved, curved))
        return (self.x * slopes**2) @ self.x.T + smooth, smooth

    def loss(self, theta: Floats, y: Floats, noisy: Floats) -> tuple[float, Floats]:
        """Minus the log likelihood of a draw, mean over draws, and its slope."""
        slopes, lengths, size, noise = self.parts(theta)
        matrix, smooth = self.matrix(slopes, lengths, size)
        factor: Any = cho_factor(matrix + np.diag(noise**2 * noisy + 1e-9), lower=True)
        inverse = cho_solve(factor, np.eye(len(self.x)))
        weights = inverse @ y
        draws = y.shape[1]
        loss = 0.5 * float((y * weights).sum()) / draws + float(np.log(np.diag(factor[0])).sum())
        pull = 0.5 * (inverse - weights @ weights.T / draws)
        curved, z = pull * smooth, self.x[:, self.smooth] / lengths
        slope = [
            2.0 * slopes**2 * _forms(pull, self.x),
            2.0 * (curved.sum(axis=1) @ z**2 - _forms(curved, z)),
            [2.0 * float(curved.sum()), 2.0 * noise**2 * float(np.diag(pull) @ noisy)],
        ]
        return loss, np.concatenate(slope)


def _forms(matrix: Floats, x: Floats) -> Floats:
    """x' M x for every column of a table."""
    return np.asarray((x * (matrix @ x)).sum(axis=0))


def _squares(a: Floats, b: Floats) -> Floats:
    """Squared distances of the rows of two tables."""
    found = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None, :] - 2.0 * a @ b.T
    return np.maximum(found, 0.0)
