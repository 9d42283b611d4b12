"""The inputs of the mean-field model: parameters of the consumer side, groups and values.

An input of a Sobol' design is a parameter with all its country values: one score for all countries
and one of each country, as in draws of the prior. A group is a mechanism, or mechanisms that act as
one.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.parameters.table import Parameter, parameter_table
from sim.parameters.values import SHARED_WEIGHT, ParameterSet
from sim.units import COUNTRIES

Floats = NDArray[np.float64]

GROUP_OF = {
    "population": "start",
    "start": "start",
    "connectivity": "connectivity",
    "broadband": "connectivity",
    "skill": "skill",
    "payment account": "payment account",
    "adoption": "adoption",
    "spending": "spending",
    "scams": "scams",
    "trust": "trust",
    "outlook": "outlook",
    "income": "outlook",
}
"""Group of each mechanism of the consumer side, by the column `mechanism` of the table."""

GROUPS = tuple(dict.fromkeys(GROUP_OF.values()))


NOT_IN_MEANS = ("start_skill_spread",)
"""Of the consumer side, but about differences within a cell, which averages leave out."""


@functools.cache
def inputs() -> tuple[Parameter, ...]:
    """Estimated or swept parameters of the consumer side, which enter the mean-field model."""
    return tuple(
        one for one in varied() if one.mechanism in GROUP_OF and one.name not in NOT_IN_MEANS
    )


def outside() -> tuple[Parameter, ...]:
    """The parameters that vary between draws but are not inputs of the mean-field model."""
    mine = {one.name for one in inputs()}
    return tuple(one for one in varied() if one.name not in mine)


def varied() -> list[Parameter]:
    """All parameters that differ between draws."""
    table = parameter_table().values()
    return [one for one in table if one.status != "fixed" and one.low < one.high]


def score_columns() -> list[list[int]]:
    """Columns of each input's scores: one, or one for all countries and one for each."""
    columns, start = [], 0
    for one in inputs():
        width = 1 + len(COUNTRIES) if one.by_country else 1
        columns.append(list(range(start, start + width)))
        start += width
    return columns


def values_at(unit: Floats) -> ParameterSet:
    """The parameters at one point of the unit cube, everything else central."""
    scores = ndtri(np.clip(unit, 1e-9, 1.0 - 1e-9))
    changed: dict[str, float] = {}
    for one, columns in zip(inputs(), score_columns(), strict=True):
        shared = float(scores[columns[0]])
        if not one.by_country:
            changed[one.name] = one.quantile(COUNTRIES[0], shared)
            continue
        for iso, column in zip(COUNTRIES, columns[1:], strict=True):
            score = SHARED_WEIGHT * (shared + float(scores[column]))
            changed[f"{iso}.{one.name}"] = one.quantile(iso, score)
    return ParameterSet.central().asked(changed).inside()


def columns_of(parameters: Sequence[Parameter], places: Sequence[str]) -> list[tuple[str, str]]:
    """Parameter and country of every column of a table of draws that matters in some places."""
    return [
        (one.name, iso)
        for one in parameters
        for iso in (places if one.by_country else COUNTRIES[:1])
    ]


def table_of(sets: Sequence[ParameterSet], columns: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Draws as columns `THA.spending_level` or `imitation`; logs where the prior is one of logs."""
    found: dict[str, list[float]] = {}
    for name, iso in columns:
        one = parameter_table()[name]
        values = np.array([each.get(iso, name) for each in sets])
        label = f"{iso}.{name}" if one.by_country else name
        found[label] = (np.log(values) if one.prior == "log" else values).tolist()
    return pd.DataFrame(found)


def grouped(columns: Sequence[tuple[str, str]], groups: Mapping[str, str]) -> dict[str, list[str]]:
    """Labels of columns by group of their parameter's mechanism."""
    found: dict[str, list[str]] = {}
    for name, iso in columns:
        one = parameter_table()[name]
        label = f"{iso}.{name}" if one.by_country else name
        found.setdefault(groups[one.mechanism], []).append(label)
    return found
