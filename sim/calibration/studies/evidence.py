"""The evidence of studies as tables: what they say of parameters, of each other and of policies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from sim.calibration.studies import left_out
from sim.calibration.studies.coordinates import PARAMETERS, features_at, scores_of, values_at
from sim.calibration.studies.effects import COLUMNS, HEADLINES
from sim.calibration.studies.emulator import Emulator, fit
from sim.calibration.studies.experiments import EXPERIMENTS
from sim.calibration.studies.posterior import (
    POINTS,
    Sample,
    Weights,
    prior_sample,
    quantiles,
    terms,
    weights_of,
)
from sim.calibration.studies.table import NO_EXPERIMENT, PublishedStudy, fitted

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

DRAWS = 500  # equally likely ones that are kept
INFORMS = 0.2  # least rank correlation of an experiment with a policy's effect over the prior
_RANKED = 20_000  # points among which ranks are compared
_QUANTILES = (0.5, 0.05, 0.95)
_BOTH = [f"{what}_{end}" for what in ("prior", "posterior") for end in ("median", "low", "high")]


@dataclass(frozen=True)
class StudyEvidence:
    """Studies, emulators and the weighed sample of one estimation."""

    studies: tuple[PublishedStudy, ...]
    emulators: dict[str, Emulator]
    sample: Sample
    log_terms: Floats
    weights: Weights
    seed: int

    @property
    def fitted(self) -> list[PublishedStudy]:
        """The studies that are terms of the likelihood."""
        return fitted(self.studies)

    @cached_property
    def even(self) -> Floats:
        """Weights of the prior."""
        return np.full(len(self.sample), 1.0 / len(self.sample))

    @cached_property
    def left_out(self) -> pd.DataFrame:
        """Every study predicted from the others."""
        return left_out.left_out(self.fitted, self.sample, self.log_terms)


def estimate(
    studies: tuple[PublishedStudy, ...], effects: Floats, seed: int = 1, points: int = POINTS
) -> StudyEvidence:
    """Weighs `points` draws of the prior by the fitted studies, given effects in some draws.

    `effects` has a row a draw, from the first on, in the columns of `effects.COLUMNS`.
    """
    features = features_at(scores_of(range(1, len(effects) + 1)))
    emulators = {name: fit(features, effects[:, column]) for column, name in enumerate(COLUMNS)}
    sample = prior_sample(emulators, seed, points)
    log_terms = terms(fitted(studies), sample)
    return StudyEvidence(
        studies, emulators, sample, log_terms, weights_of(log_terms.sum(axis=0)), seed
    )


def parameters_table(found: StudyEvidence) -> pd.DataFrame:
    """Prior and posterior of every parameter; `contraction` of its score's spread."""
    import pandas as pd

    values = values_at(found.sample.scores)
    rows = []
    for column, name in enumerate(PARAMETERS):
        score = found.sample.scores[:, column]
        mean = float((found.weights.values * score).sum())
        spread = float(np.sqrt((found.weights.values * (score - mean) ** 2).sum()))
        rows.append(
            (
                name,
                *quantiles(values[:, column], found.even, _QUANTILES),
                *quantiles(values[:, column], found.weights.values, _QUANTILES),
                mean,
                1.0 - spread / float(score.std()),
            )
        )
    return pd.DataFrame(rows, columns=["parameter", *_BOTH, "shift", "contraction"])


def studies_table(found: StudyEvidence) -> pd.DataFrame:
    """Every study that has an experiment: published, in the model before and after all studies.

    Intervals are of the model's answer, without transport error. `ratio` is the posterior median
    over the estimate.
    """
    import pandas as pd

    rng = np.random.default_rng([found.seed, 17])
    answers = {
        name: found.sample.answers[name]
        + found.sample.spreads[name] * rng.standard_normal(len(found.sample))
        for name in EXPERIMENTS
    }
    rows = []
    for study in found.studies:
        if study.experiment == NO_EXPERIMENT:
            continue
        mine = answers[study.experiment]
        before, after = (
            quantiles(mine, some, _QUANTILES) for some in (found.even, found.weights.values)
        )
        ratio = after[0] / study.estimate if study.kind == "size" and study.estimate else np.nan
        rows.append(
            (
                *(study.name, study.experiment, study.cited, study.country, study.grade, study.use),
                *(study.estimate, study.unit, study.transport_error, *before, *after, ratio),
            )
        )
    return pd.DataFrame(
        rows,
        columns=[
            *("name", "experiment", "study", "country", "grade", "use"),
            *("published", "unit", "transport_error", *_BOTH, "ratio"),
        ],
    )


def policies_table(found: StudyEvidence) -> pd.DataFrame:
    """Effect of policies on purchases of 2030 before and after the studies.

    `share` is the squared width of the posterior's 90 % range over that of the prior's, as tails
    are too long for variances; `studies` counts the fitted papers whose experiment varies with the
    effect over the prior, with their `grades`.
    """
    import pandas as pd

    rng = np.random.default_rng([found.seed, 18])
    features = features_at(found.sample.scores)
    rows = []
    for policy in HEADLINES:
        emulator = found.emulators[f"effect.{policy}"]
        drawn = emulator.drawn(features, rng)
        before, after = (
            quantiles(drawn, some, _QUANTILES) for some in (found.even, found.weights.values)
        )
        left = ((after[2] - after[1]) / (before[2] - before[1])) ** 2
        informed = informing(found, policy)
        grades = sorted({study.paper: study.grade for study in informed}.values())
        rows.append(
            (policy, *before, *after, min(left, 1.0), len(grades), "".join(grades),
             emulator.explained)
        )  # fmt: skip
    return pd.DataFrame(rows, columns=["policy", *_BOTH, "share", "studies", "grades", "explained"])


def informing(found: StudyEvidence, policy: str) -> list[PublishedStudy]:
    """The fitted studies whose experiment varies with the effect of a policy over the prior."""
    effect = _ranks(found.sample.answers[f"effect.{policy}"])
    informed = {
        name
        for name in dict.fromkeys(study.experiment for study in found.fitted)
        if abs(_correlation(effect, _ranks(found.sample.answers[name]))) >= INFORMS
    }
    return [study for study in found.fitted if study.experiment in informed]


def emulators_table(found: StudyEvidence) -> pd.DataFrame:
    """How well emulators explain points left out of their fit, and with what."""
    import pandas as pd

    rows = [
        (
            name,
            emulator.explained,
            emulator.spread,
            emulator.size,
            "; ".join(_written(term) for term in emulator.terms if term),
        )
        for name, emulator in found.emulators.items()
    ]
    return pd.DataFrame(rows, columns=["answer", "explained", "spread", "size", "terms"])


def draws_table(found: StudyEvidence, count: int = DRAWS) -> pd.DataFrame:
    """Equally likely draws of the parameters, in their own units."""
    import pandas as pd

    rng = np.random.default_rng([found.seed, 19])
    marks = (np.arange(count) + rng.random()) / count
    chosen = np.searchsorted(np.cumsum(found.weights.values), marks, side="right")
    chosen = rng.permutation(np.minimum(chosen, len(found.sample) - 1))
    frame = pd.DataFrame(values_at(found.sample.scores[chosen]), columns=list(PARAMETERS))
    frame.insert(0, "draw", np.arange(1, count + 1))
    return frame


def _ranks(values: Floats) -> Floats:
    return np.asarray(rankdata(values[:_RANKED]))


def _correlation(one: Floats, other: Floats) -> float:
    if one.std() == 0.0 or other.std() == 0.0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def _written(term: tuple[int, ...]) -> str:
    return " x ".join(PARAMETERS[column] for column in term)
