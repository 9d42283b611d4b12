"""Shapley effects: shares of a variance by group of inputs, which may depend on one another.

The game's worth of a set of groups is E[Var(Y | all other groups)] (Owen 2014; Song, Nelson and
Staum 2016), estimated from any sample by nearest neighbours (Broto, Bachoc and Depecker 2020). The
effects sum to the variance, so their shares sum to one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.stats import norm, rankdata

from sim.analysis.regression import Smooth
from sim.analysis.sobol import RESAMPLES
from sim.bands import HIGH, LOW, quantile
from sim.errors import InputError

Floats = NDArray[np.float64]
NEIGHBOURS = 3  # with the point itself, as Broto et al. advise
MOST_GROUPS = 12
COLUMNS = ["group", "share", "low", "high"]


def shapley_effects(
    inputs: pd.DataFrame,
    outcome: Floats,
    groups: Mapping[str, Sequence[str]],
    *,
    neighbours: int = NEIGHBOURS,
    seed: int = 1,
    resamples: int = RESAMPLES,
    smooth: Smooth | None = None,
) -> pd.DataFrame:
    """Shares of the variance of an outcome by group of columns, which sum to one.

    A group of one column enters as it is; one of several by its part in a fit of the outcome to all
    columns, since neighbours in dozens of dimensions are far apart (`smooth` is that fit's table,
    the columns in the order of the groups, where several outcomes share it). A group that never
    varies has exactly zero. `low` and `high` are the 5th and 95th percentile of a
    bootstrap over points, given their neighbours. Raises InputError.
    """
    names = list(groups)
    _check(inputs, outcome, groups, neighbours)
    if not np.ptp(outcome) > 0.0:
        return pd.DataFrame({"group": names, "share": np.nan, "low": np.nan, "high": np.nan})
    places = coordinates(inputs, outcome, groups, smooth or _smooth(inputs, groups, seed))
    rng = np.random.default_rng(seed)
    places = places + 1e-9 * rng.standard_normal(places.shape) * (places.std(axis=0) > 0)
    moving = [k for k in range(len(names)) if np.ptp(places[:, k]) > 0.0]
    terms = _terms(places[:, moving], outcome, neighbours)
    n = len(outcome)
    weights = np.full((n, resamples + 1), 1.0 / n)
    weights[:, 1:] = rng.multinomial(n, np.full(n, 1.0 / n), size=resamples).T / n
    worth = terms @ weights
    shares = np.zeros((len(names), resamples + 1))
    shares[moving] = _shapley(worth, len(moving)) / worth[-1]
    return pd.DataFrame(
        {
            "group": names,
            "share": shares[:, 0],
            "low": quantile(shares[:, 1:], LOW),
            "high": quantile(shares[:, 1:], HIGH),
        },
        columns=COLUMNS,
    )


def coordinates(
    inputs: pd.DataFrame, outcome: Floats, groups: Mapping[str, Sequence[str]], smooth: Smooth
) -> Floats:
    """One number a group and point, normal scores of ranks; zero where a group does not vary."""
    parts = smooth.parts(outcome) if any(len(each) > 1 for each in groups.values()) else None
    found, start = [], 0
    for members in groups.values():
        if len(members) == 1 or parts is None:
            found.append(_scores(inputs[members[0]].to_numpy(float)))
        else:
            found.append(_scores(parts[:, start : start + len(members)].sum(axis=1)))
        start += len(members)
    return np.stack(found, axis=1)


def _smooth(inputs: pd.DataFrame, groups: Mapping[str, Sequence[str]], seed: int) -> Smooth:
    columns = [column for members in groups.values() for column in members]
    return Smooth(inputs[columns].to_numpy(float), seed)


def _scores(column: Floats) -> Floats:
    if not np.ptp(column) > 1e-12 * max(float(np.abs(column).max()), 1e-300):
        return np.zeros(len(column))
    return np.asarray(norm.ppf(rankdata(column) / (len(column) + 1.0)))


def _terms(places: Floats, outcome: Floats, neighbours: int) -> Floats:
    """By set of groups (bits) and point: the variance of the outcome near the point, where near is
    measured in the groups outside the set."""
    n, count = places.shape
    full = (1 << count) - 1
    terms = np.zeros((full + 1, n))
    for inside in range(1, full):
        outside = [k for k in range(count) if not inside >> k & 1]
        _, near = cKDTree(places[:, outside]).query(places[:, outside], k=neighbours)
        terms[inside] = outcome[near].var(axis=1, ddof=1)
    terms[full] = (outcome - outcome.mean()) ** 2 * n / (n - 1.0)
    return terms


def _shapley(worth: Floats, count: int) -> Floats:
    """Shapley values of every game in the columns of `worth` (sets as bits)."""
    sizes = np.array([bits.bit_count() for bits in range(1 << count)])
    found = np.zeros((count, worth.shape[1]))
    for player in range(count):
        without = np.array([bits for bits in range(1 << count) if not bits >> player & 1])
        weight = np.array([1.0 / (count * math.comb(count - 1, int(k))) for k in sizes[without]])
        found[player] = weight @ (worth[without | 1 << player] - worth[without])
    return found


def _check(
    inputs: pd.DataFrame, outcome: Floats, groups: Mapping[str, Sequence[str]], neighbours: int
) -> None:
    if not 1 <= len(groups) <= MOST_GROUPS:
        raise InputError(
            f"{len(groups)} groups have {2 ** len(groups)} sets",
            allowed=f"up to {MOST_GROUPS} groups",
            todo="put groups together",
        )
    named = [column for members in groups.values() for column in members]
    unknown = sorted(set(named) - set(inputs.columns))
    if unknown or len(set(named)) < len(named):
        raise InputError(f"columns that are not there, or in two groups: {unknown or named}")
    if len(inputs) != len(outcome) or len(outcome) <= 2 * neighbours:
        raise InputError(f"{len(outcome)} points are too few, or not as many as of the inputs")
    if not (np.isfinite(outcome).all() and np.isfinite(inputs[named].to_numpy(float)).all()):
        raise InputError("a value is not finite", todo="choose the points with `usable` first")
