"""Shapley effects: shares of a variance by group of inputs, which may depend on one another.

The game's worth of a set of groups is E[Var(Y | all other groups)] (Owen 2014; Song, Nelson and
Staum 2016), estimated from any sample by nearest neighbours (Broto, Bachoc and Depecker 2020). What
is left where all groups are known, E[Var(Y | all)], is noise and what neighbours are too far apart
to show. It belongs to no group and is a part of its own: the shares and it sum to one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.stats import norm, rankdata

from sim.analysis.sensitivity.regression import MOST_CROSSED, Smooth
from sim.analysis.sensitivity.sobol import RESAMPLES
from sim.errors import InputError
from sim.quantile_bands import HIGH, LOW, quantile

Floats = NDArray[np.float64]
NEIGHBOURS = 3  # with the point itself, as Broto et al. advise
MOST_GROUPS = 12
MOST_COLUMNS = 3  # of a group that enters by its columns; a larger one by its part in a fit
PASSES = 2  # the second measures nearness by what the first found to matter
LEAST_WEIGHT = 0.01
UNEXPLAINED = "unexplained"
MOST_UNEXPLAINED = 0.5  # above it a table is not to be used
COLUMNS = ["group", "share", "low", "high"]


def shapley_effects(
    inputs: pd.DataFrame,
    outcome: Floats,
    groups: Mapping[str, Sequence[str]],
    *,
    neighbours: int = NEIGHBOURS,
    seed: int = 1,
    resamples: int = RESAMPLES,
    fits: Fits | None = None,
) -> pd.DataFrame:
    """Shares of the variance of an outcome by group of columns; with `UNEXPLAINED` they sum to one.

    A group of few columns enters as it is; one of many by its part in a fit of the outcome to all
    columns, since neighbours in dozens of dimensions are far apart (`fits` are the fits of these
    groups, where several outcomes share them). Nearness is measured twice, at
    last with groups in proportion to what they do, so that idle groups do not blur the others. A
    group that never varies has exactly zero. `low` and `high` are the 5th and 95th percentile of a
    bootstrap over points, given their neighbours. Raises InputError.
    """
    names = list(groups)
    _check(inputs, outcome, groups, neighbours)
    if not np.ptp(outcome) > 0.0:
        rows = [*names, UNEXPLAINED]
        return pd.DataFrame({"group": rows, "share": np.nan, "low": np.nan, "high": np.nan})
    places = coordinates(inputs, outcome, groups, fits or Fits(inputs, groups, seed))
    rng = np.random.default_rng(seed)
    # Points that share a place are told apart, so that which of them are near is no accident.
    places = [each + 1e-9 * rng.standard_normal(each.shape) for each in places]
    moving = [k for k, each in enumerate(places) if np.ptp(each) > 1e-6]
    n, near = len(outcome), np.ones(len(moving))
    for _ in range(PASSES):
        scaled = [places[k] * weight for k, weight in zip(moving, near, strict=True)]
        terms = _terms(scaled, outcome, neighbours)
        worth = terms.mean(axis=1, keepdims=True)
        found = _shapley(worth, len(moving))[:, 0] / worth[-1]
        near = np.sqrt(np.maximum(found, LEAST_WEIGHT**2))
    weights = np.full((n, resamples + 1), 1.0 / n)
    weights[:, 1:] = rng.multinomial(n, np.full(n, 1.0 / n), size=resamples).T / n
    worth = terms @ weights
    shares = np.zeros((len(names) + 1, resamples + 1))
    shares[moving] = _shapley(worth, len(moving)) / worth[-1]
    shares[-1] = worth[0] / worth[-1]
    return pd.DataFrame(
        {
            "group": [*names, UNEXPLAINED],
            "share": shares[:, 0],
            "low": quantile(shares[:, 1:], LOW),
            "high": quantile(shares[:, 1:], HIGH),
        },
        columns=COLUMNS,
    )


def caution(table: pd.DataFrame) -> str:
    """Why the shares of one outcome must not be used; empty where they may."""
    group = table["group"]
    left = float(table.loc[group == UNEXPLAINED, "share"].iloc[0])
    if math.isnan(left):
        return "The outcome does not vary: there is nothing to share out."
    if left > MOST_UNEXPLAINED:
        return (
            f"Not to be used: {left:.0%} of the variance is noise, or not seen with so few draws; "
            "take more draws."
        )
    if not (table.loc[group != UNEXPLAINED, "low"] > 0.0).any():
        return "Not to be used: no share can be told from zero; take more draws."
    return ""


class Fits:
    """Fits of outcomes to all columns of the groups, and to those of one group with its products.

    They do not depend on the outcome, so several outcomes of one sample share them.
    """

    def __init__(
        self, inputs: pd.DataFrame, groups: Mapping[str, Sequence[str]], seed: int
    ) -> None:
        large = {name: list(one) for name, one in groups.items() if len(one) > MOST_COLUMNS}
        columns = [column for members in groups.values() for column in members]
        self._whole = Smooth(inputs[columns].to_numpy(float), seed) if large else None
        self._within = {
            name: Smooth(inputs[members].to_numpy(float), seed)
            for name, members in large.items()
            if len(members) <= MOST_CROSSED
        }

    def parts(self, outcome: Floats, groups: Mapping[str, Sequence[str]]) -> dict[str, Floats]:
        """What each large group adds, products of its own columns included, without the run."""
        if self._whole is None:
            return {}
        added, start, found = self._whole.parts(outcome), 0, {}
        rest = outcome - outcome.mean() - added.sum(axis=1)
        for name, members in groups.items():
            if len(members) > MOST_COLUMNS:
                found[name] = added[:, start : start + len(members)].sum(axis=1)
            if name in self._within:
                found[name] = found[name] + self._within[name].out_of_fold(rest)
            start += len(members)
        return found


def coordinates(
    inputs: pd.DataFrame, outcome: Floats, groups: Mapping[str, Sequence[str]], fits: Fits
) -> list[Floats]:
    """Coordinates of the points by group, normal scores of ranks; zero where nothing varies."""
    parts = fits.parts(outcome, groups)
    found = []
    for name, members in groups.items():
        few = [inputs[column].to_numpy(float) for column in members]
        columns = [parts[name]] if name in parts else few
        found.append(np.stack([_scores(column) for column in columns], axis=1))
    return found


def _scores(column: Floats) -> Floats:
    if not np.ptp(column) > 1e-12 * max(float(np.abs(column).max()), 1e-300):
        return np.zeros(len(column))
    return np.asarray(norm.ppf(rankdata(column) / (len(column) + 1.0)))


def _terms(places: Sequence[Floats], outcome: Floats, neighbours: int) -> Floats:
    """By set of groups (bits) and point: the variance of the outcome near the point, where near is
    measured in the groups outside the set."""
    n, count = len(outcome), len(places)
    full = (1 << count) - 1
    terms = np.zeros((full + 1, n))
    for inside in range(full):
        known = [places[k] for k in range(count) if not inside >> k & 1]
        outside = np.concatenate(known, axis=1)
        _, near = cKDTree(outside).query(outside, k=neighbours)
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
