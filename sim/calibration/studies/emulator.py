"""How the answer of an experiment hangs on parameters: a polynomial in the few that matter.

Terms are products of up to three parameters. They are added one after the other, each the one that
explains most, as long as the extended Bayesian criterion (Chen and Chen 2008,
doi:10.1093/biomet/asn034) falls: with n points and p terms to choose from a term must take away
more than ln n + 2 ln p of the deviance. A product of three extends a product of two that is there.
What remains is the influence of all other parameters and of chance; it widens whatever is said with
the emulator. Answers are explained on the scale asinh(answer / their median size): linear for small
ones, logarithmic for large ones of either sign, since influences multiply.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Term = tuple[int, ...]  # columns that are multiplied; () is the constant

MOST_TERMS = 16
FOLDS = 10
FEWEST_POINTS = 40


@dataclass(frozen=True)
class Emulator:
    """`terms` with `weights`; `spread` is the standard deviation of what they do not explain.

    `explained` is the share of the variance that is explained at points left out of the fit, and
    `size` the median size of the answers.
    """

    terms: tuple[Term, ...]
    weights: Floats
    spread: float
    explained: float
    size: float

    def mean(self, features: Floats) -> Floats:
        """Expected answers (points), on the scale of the fit."""
        return np.asarray(_columns(features, self.terms) @ self.weights)

    def answer(self, features: Floats) -> Floats:
        """Median answers in the unit of the experiment."""
        return np.asarray(self.size * np.sinh(self.mean(features)))

    def spread_of_answer(self, features: Floats) -> Floats:
        """Standard deviation about them, in the same unit, to first order."""
        return np.asarray(self.spread * self.size * np.cosh(self.mean(features)))

    def drawn(self, features: Floats, rng: np.random.Generator) -> Floats:
        """Answers with what is not explained."""
        around = self.spread * rng.standard_normal(len(features))
        return np.asarray(self.size * np.sinh(self.mean(features) + around))


def fit(features: Floats, answers: Floats) -> Emulator:
    """An emulator of `answers` at points (points, parameters); NaN where there is no answer.

    Raises ValueError with fewer than `FEWEST_POINTS` answers.
    """
    there = np.isfinite(answers)
    if there.sum() < FEWEST_POINTS:
        raise ValueError(f"{int(there.sum())} answers, and at least {FEWEST_POINTS} are needed")
    seen, found = features[there], answers[there]
    size = float(np.median(np.abs(found))) or float(np.abs(found).mean()) or 1.0
    wanted = np.arcsinh(found / size)
    terms, weights = _selected(seen, wanted)
    left = wanted - _columns(seen, terms) @ weights
    spread = float(np.sqrt((left * left).sum() / max(len(left) - len(terms), 1)))
    return Emulator(terms, weights, spread, _explained(seen, wanted), size)


def _explained(features: Floats, wanted: Floats) -> float:
    """Share of the variance that is explained where it was not seen; terms are chosen anew."""
    total = float(((wanted - wanted.mean()) ** 2).sum())
    if total == 0.0:
        return 1.0
    fold = np.arange(len(wanted)) % FOLDS
    missed = 0.0
    for number in range(FOLDS):
        out = fold == number
        terms, weights = _selected(features[~out], wanted[~out])
        left = wanted[out] - _columns(features[out], terms) @ weights
        missed += float((left * left).sum())
    return 1.0 - missed / total


def _selected(features: Floats, wanted: Floats) -> tuple[tuple[Term, ...], Floats]:
    count, width = features.shape
    candidates: list[Term] = [(i,) for i in range(width)]
    candidates += [(i, j) for i in range(width) for j in range(i, width)]
    chosen: list[Term] = [()]
    basis = np.full((count, 1), 1.0 / np.sqrt(count))
    left = wanted - wanted.mean()
    table = _apart(_columns(features, candidates), basis)
    while len(chosen) <= MOST_TERMS:
        sizes = (table * table).sum(axis=0)
        along = table.T @ left
        gains = np.where(sizes > _TINY * count, along * along / np.maximum(sizes, _TINY), 0.0)
        best = int(np.argmax(gains))
        before = float(left @ left)
        after = before - float(gains[best])
        price = np.log(count) + 2.0 * np.log(len(candidates))
        if before <= 0.0 or after <= 0.0 or count * np.log(before / after) <= price:
            break
        direction = table[:, best] / np.sqrt(sizes[best])
        left = left - direction * (direction @ left)
        table = table - np.outer(direction, direction @ table)
        basis = np.column_stack([basis, direction])
        term = candidates[best]
        chosen.append(term)
        if len(term) == 2:
            more = sorted({tuple(sorted((*term, i))) for i in range(width)} - set(candidates))
            candidates += more
            table = np.column_stack([table, _apart(_columns(features, more), basis)])
    weights = np.linalg.lstsq(_columns(features, chosen), wanted, rcond=None)[0]
    return tuple(chosen), np.asarray(weights)


_TINY = (
    1e-9  # of the mean square of a column: nothing of it is left beside the terms that are there
)


def _apart(table: Floats, basis: Floats) -> Floats:
    """Columns without what lies along those of an orthonormal basis."""
    return np.asarray(table - basis @ (basis.T @ table))


def _columns(features: Floats, terms) -> Floats:  # type: ignore[no-untyped-def]
    return np.stack([np.prod(features[:, list(term)], axis=1) for term in terms], axis=1)
