"""What all other studies predict for one of them, against what the prior predicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from sim.calibration.studies.posterior import (
    Sample,
    Weights,
    quantiles,
    spread_of,
    term,
    weights_of,
)
from sim.calibration.studies.table import PublishedStudy

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

COLUMNS = [
    *("name", "study", "experiment", "estimate", "unit", "predicted", "low", "high", "rank"),
    *("inside_50", "inside_90", "log_score", "prior_log_score", "pareto_k", "effective"),
]
_STEPS = 60  # of the bisection for a quantile: far below what is printed
_TINY = 1e-3  # share of the weight of answers that may lie beyond the ends of the bisection


def left_out(studies: Sequence[PublishedStudy], sample: Sample, log_terms: Floats) -> pd.DataFrame:
    """Every fitted study predicted from those of other papers (columns `COLUMNS`).

    `log_terms` are those of `posterior.terms`. A study of which only the sign is known has a
    predicted probability of that sign, and no rank.
    """
    import pandas as pd

    whole = log_terms.sum(axis=0)
    even = weights_of(np.zeros(len(sample)))
    rows = []
    for study in studies:
        same = [n for n, one in enumerate(studies) if one.paper == study.paper]
        others = weights_of(whole - log_terms[same].sum(axis=0))
        logs = term(study, sample)
        rows.append(
            (
                *(study.name, study.cited, study.experiment, study.estimate, study.unit),
                *_prediction(study, sample, others, logs),
                *(_log_score(logs, some) for some in (others, even)),
                *(others.pareto_k, others.effective),
            )
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def summary(table: pd.DataFrame) -> dict[str, float]:
    """Share of sizes within intervals, and mean log scores against those of the prior."""
    sizes = table[table["unit"] != "sign"]
    return {
        "sizes": len(sizes),
        "signs": len(table) - len(sizes),
        "inside_50": float(sizes["inside_50"].mean()),
        "inside_90": float(sizes["inside_90"].mean()),
        "log_score": float(table["log_score"].mean()),
        "prior_log_score": float(table["prior_log_score"].mean()),
        "worst_pareto_k": float(table["pareto_k"].max()),
    }


def _prediction(
    study: PublishedStudy, sample: Sample, weights: Weights, logs: Floats
) -> tuple[object, ...]:
    answers, some = sample.answers[study.experiment], weights.values
    if study.kind == "sign":
        chance = float((some * np.exp(logs)).sum())
        return chance, math.nan, math.nan, math.nan, None, None
    spread = spread_of(study, sample)

    def below(value: float) -> float:
        return float((some * ndtr((value - answers) / spread)).sum())

    ends = _ends(answers, spread, some)
    middle, low, high = (_inverse(below, p, ends) for p in (0.5, 0.05, 0.95))
    rank = below(study.estimate)
    return middle, low, high, rank, 0.25 <= rank <= 0.75, 0.05 <= rank <= 0.95


def _log_score(logs: Floats, weights: Weights) -> float:
    top = float(logs.max())
    return top + math.log(float((weights.values * np.exp(logs - top)).sum()))


def _ends(answers: Floats, spread: Floats, weights: Floats) -> tuple[float, float]:
    """Values between which every quantile that is asked for lies; far answers weigh too little."""
    low, high = quantiles(answers, weights, (_TINY, 1.0 - _TINY))
    (wide,) = quantiles(spread, weights, (1.0 - _TINY,))
    return low - 9.0 * wide, high + 9.0 * wide


def _inverse(below, probability: float, ends: tuple[float, float]) -> float:  # type: ignore[no-untyped-def]
    low, high = ends
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if below(middle) < probability else (low, middle)
    return (low + high) / 2.0
