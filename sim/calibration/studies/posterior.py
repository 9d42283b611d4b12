"""What studies say about parameters: draws of the prior, weighed by how well they predict them.

For each study the likelihood is normal about what the experiment finds in the model, with the
variance of its standard error, of its transport error and of what the emulator does not explain. A
study of which only the sign is known has a probit term. All transport errors are multiplied by one
factor that is estimated with the parameters. Several figures that one paper has for one experiment
count together as one.

The same weights without a study say what all others predict for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, softmax

from sim.calibration.studies.coordinates import PARAMETERS, features_at
from sim.calibration.studies.emulator import Emulator
from sim.calibration.studies.table import PublishedStudy

Floats = NDArray[np.float64]

POINTS = 200_000  # draws of the prior that are weighed
_TWO_THIRDS = (0.16, 0.84)  # one standard deviation to each side of a normal median
TRANSPORT_SPREAD = 0.5  # prior standard deviation of the log of the factor on transport errors


@dataclass(frozen=True)
class Sample:
    """Draws of the prior: `scores` (points, `PARAMETERS`), what experiments find there in the
    median, and how far a world may be from it; `factor` multiplies transport errors."""

    scores: Floats
    answers: Mapping[str, Floats]
    spreads: Mapping[str, Floats]
    factor: Floats

    def __len__(self) -> int:
        return len(self.scores)


@dataclass(frozen=True)
class Weights:
    """Weights of a sample that add to one, and how far they can be believed."""

    values: Floats
    pareto_k: float

    @property
    def effective(self) -> float:
        """Effective number of points (Kish)."""
        return float(1.0 / (self.values * self.values).sum())


def prior_sample(emulators: Mapping[str, Emulator], seed: int, points: int = POINTS) -> Sample:
    """Draws of the prior with what the experiments find there."""
    rng = np.random.default_rng([seed, 16])
    scores = rng.standard_normal((points, len(PARAMETERS)))
    factor = np.exp(TRANSPORT_SPREAD * rng.standard_normal(points))
    features = features_at(scores)
    return Sample(
        scores,
        {name: emulator.answer(features) for name, emulator in emulators.items()},
        {name: emulator.spread_of_answer(features) for name, emulator in emulators.items()},
        factor,
    )


def terms(studies: Sequence[PublishedStudy], sample: Sample) -> Floats:
    """Log likelihood of every study at every point (studies, points), with its share of a paper."""
    shares = _shares(studies)
    return np.stack(
        [share * term(study, sample) for study, share in zip(studies, shares, strict=True)]
    )


def term(study: PublishedStudy, sample: Sample) -> Floats:
    """Log likelihood of one study, as if it were the only figure of its paper."""
    answers = sample.answers[study.experiment]
    if study.kind == "sign":
        low, high = np.quantile(answers, _TWO_THIRDS)  # tails are too long for a deviation
        transport = sample.factor * study.transport_error * (high - low) / 2.0
        spread = np.sqrt(sample.spreads[study.experiment] ** 2 + transport**2)
        return np.asarray(log_ndtr(study.estimate * answers / spread))
    spread = spread_of(study, sample)
    away = (study.estimate - answers) / spread
    return np.asarray(-0.5 * away * away - np.log(spread) - 0.5 * np.log(2.0 * np.pi))


def spread_of(study: PublishedStudy, sample: Sample) -> Floats:
    """Standard deviation of a study's figure about the median answer of the model, by point."""
    printed = 0.0 if np.isnan(study.standard_error) else study.standard_error
    return np.asarray(
        np.sqrt(
            sample.spreads[study.experiment] ** 2
            + printed**2
            + (sample.factor * study.transport_error) ** 2
        )
    )


def weights_of(log_likelihood: Floats) -> Weights:
    """Importance weights of the points (points) with the Pareto shape of their largest ones."""
    raw = np.exp(log_likelihood - log_likelihood.max())
    return Weights(raw / raw.sum(), pareto_shape(raw))


def pareto_shape(weights: Floats) -> float:
    """Shape of a generalised Pareto distribution fitted to the largest weights.

    Above 0.7 their mean cannot be trusted (Vehtari et al. 2024, Journal of Machine Learning
    Research 25); the fit is that of Zhang and Stephens (2009, doi:10.1198/tech.2009.08017).
    """
    count = int(min(0.2 * len(weights), 3.0 * np.sqrt(len(weights))))
    largest = np.sort(weights)[-(count + 1) :]
    excess = largest[1:] - largest[0]
    if count < 5 or excess[-1] <= 0.0:
        return float("-inf")
    grid = int(30 + np.sqrt(count))
    steps = np.sqrt(grid / (np.arange(1, grid + 1) - 0.5))
    quarter = excess[int(count / 4 + 0.5) - 1]
    rates = 1.0 / excess[-1] + (1.0 - steps) / (3.0 * quarter)
    shapes = np.log1p(-rates[:, None] * excess[None]).mean(axis=1)
    fits = count * (np.log(-rates / shapes) - shapes - 1.0)
    rate = float(rates @ softmax(fits))
    shape = float(np.log1p(-rate * excess).mean())
    return (count * shape + 10.0 * 0.5) / (count + 10.0)  # drawn to one half in small samples


def quantiles(values: Floats, weights: Floats, at: Sequence[float]) -> list[float]:
    """Quantiles of weighed values."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) - 0.5 * weights[order]
    return [float(np.interp(p, reached, values[order])) for p in at]


def _shares(studies: Sequence[PublishedStudy]) -> list[float]:
    keys = [(study.paper, study.experiment) for study in studies]
    return [1.0 / keys.count(key) for key in keys]
