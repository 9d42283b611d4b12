"""Draws in an order of which the first few are representative.

Most people run ten draws, not two hundred. In random order ten give bands that are as much random
variation as finding; here each next draw is the one that brings the energy distance between those
taken and all down most (sequential support points; Mak and Joseph 2018, Annals of Statistics 46).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.calibration.data.observables import VALUE
from sim.target import BASE_YEAR, TARGET_YEAR

Floats = NDArray[np.float64]


def growth_of_value(observables: Floats, first_year: int) -> Floats:
    """Log growth of e-commerce by point (points, countries and the region).

    `observables` (points, observables, countries, years from `first_year` on) as in `Rerun`.
    """
    start, end = (observables[:, VALUE, :, year - first_year] for year in (BASE_YEAR, TARGET_YEAR))
    whole = np.log(np.exp(end).sum(axis=1) / np.exp(start).sum(axis=1))
    return np.column_stack([end - start, whole])


def representative_order(features: Floats) -> NDArray[np.int64]:
    """Positions of all points (points, features), the most representative beginnings first.

    Features count alike: each is divided by its standard deviation.
    """
    spread = features.std(axis=0)
    scaled = features / np.where(spread > 0.0, spread, 1.0)
    apart = np.linalg.norm(scaled[:, None] - scaled[None], axis=2)
    from_all, from_taken = apart.mean(axis=1), np.zeros(len(features))
    order: list[int] = []
    for count in range(1, len(features) + 1):
        gain = from_taken / count - from_all
        gain[order] = -np.inf
        order.append(int(np.argmax(gain)))
        from_taken += apart[order[-1]]
    return np.array(order)
