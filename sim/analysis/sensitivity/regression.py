"""A smooth fit of an outcome to many inputs: squares and products, held down by a ridge.

The size of the ridge is the one that generalised cross-validation prefers (Golub, Heath, Wahba
1979), so that a few hundred runs can carry a hundred inputs.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FOLDS = 5
MOST_CROSSED = 12  # with more inputs, squares but no products
_RIDGES = np.logspace(-6, 6, 49)


class Smooth:
    """Fits of outcomes to one table of inputs (runs, inputs), each without the runs it speaks of.

    Terms are the standardised inputs, their squares and, of a few inputs, products. What does not
    depend on the outcome is worked out once. Runs are dealt to folds by `seed`.
    """

    def __init__(self, x: Floats, seed: int = 1) -> None:
        self.inputs = x.shape[1]
        self._wide, self._owners = _terms(x)
        self._fold = np.random.default_rng(seed).permutation(len(x)) % FOLDS
        self._fits = [_Ridge(self._wide[self._fold != k]) for k in range(FOLDS)]

    def out_of_fold(self, y: Floats) -> Floats:
        """What the fit says of each run."""
        said = np.empty(len(y))
        for out, fit, beta in self._folds(y):
            inside = y[~out].mean()
            said[out] = inside + (self._wide[out] - fit.mean) @ beta
        return said

    def parts(self, y: Floats) -> Floats:
        """What each input by itself adds to that (runs, inputs), products apart."""
        found = np.zeros((len(y), self.inputs))
        for out, fit, beta in self._folds(y):
            added = (self._wide[out] - fit.mean) * beta
            here = np.zeros((len(added), self.inputs))
            for column in np.flatnonzero(self._owners >= 0):
                here[:, self._owners[column]] += added[:, column]
            found[out] = here
        return found

    def _folds(self, y: Floats) -> Iterator[tuple[NDArray[np.bool_], _Ridge, Floats]]:
        for number, fit in enumerate(self._fits):
            out = self._fold == number
            yield out, fit, fit.coefficients(y[~out])


class _Ridge:
    """The part of a ridge regression that does not depend on the outcome."""

    def __init__(self, wide: Floats) -> None:
        self.mean = wide.mean(axis=0)
        self._scale = np.maximum(wide.std(axis=0), 1e-12)
        centred = (wide - self.mean) / self._scale
        self._u, self._s, self._v = np.linalg.svd(centred, full_matrices=False)

    def coefficients(self, y: Floats) -> Floats:
        """Coefficients of the terms, with the ridge that cross-validation prefers."""
        target, squares = y - y.mean(), self._s * self._s
        turned = self._u.T @ target
        outside = max(float(target @ target - turned @ turned), 0.0)
        best, chosen = np.inf, 1.0
        for size in _RIDGES * len(y):
            kept = squares / (squares + size)
            missed = float((((1.0 - kept) * turned) ** 2).sum()) + outside
            score = missed / max(len(y) - 1.0 - float(kept.sum()), 1e-9) ** 2
            if score < best:
                best, chosen = score, size
        return np.asarray(self._v.T @ (self._s / (squares + chosen) * turned) / self._scale)


def _terms(x: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """The terms, and whose each is; a product of two inputs belongs to none (-1)."""
    spread = x.std(axis=0)
    kept = np.flatnonzero(spread > 1e-12 * np.maximum(np.abs(x).max(axis=0), 1e-300))
    z = (x[:, kept] - x[:, kept].mean(axis=0)) / spread[kept]
    columns, owners = [z, z * z], [kept, kept]
    if len(kept) <= MOST_CROSSED:
        one, other = np.triu_indices(len(kept), 1)
        columns.append(z[:, one] * z[:, other])
        owners.append(np.full(len(one), -1))
    return np.concatenate(columns, axis=1), np.concatenate(owners)
