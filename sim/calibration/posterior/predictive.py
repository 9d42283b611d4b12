"""What is predicted of every figure: runs, plus what they miss, as weighted draws.

A prediction is of the truth as e-Conomy SEA counts it today (from 2020 on); an outcome is that plus
an error of measurement, which scores add.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.calibration.data.observables import OBSERVABLES, back
from sim.calibration.forecast.scores import quantiles
from sim.calibration.posterior.likelihood import Known, discrepancy
from sim.units import COUNTRIES

Floats = NDArray[np.float64]


def with_discrepancy(
    observables: Floats,
    years: range,
    known: Sequence[Known],
    numbers: Mapping[str, Floats],
    seed: int,
) -> Floats:
    """Draws of the truth (points, observables, countries, years) on the scale of the targets.

    `observables` are what runs say, `numbers` the observation model's, by name and point.
    """
    told = {(series.observable, series.country): series for series in known}
    truth = np.array(observables)
    for observable in range(len(OBSERVABLES)):
        for country in range(len(COUNTRIES)):
            rng = np.random.default_rng([seed, 500, observable, country])
            series = told.get((observable, country))
            truth[:, observable, country] += discrepancy(
                series, observable, observables, country, years, numbers, rng
            )
    return truth


def bands(
    truth: Floats, years: range, probabilities: Sequence[float], weights: Floats | None = None
) -> list[dict[str, object]]:
    """Quantiles as rows: indicator, country, year, q05, ... in shares and whole US$."""
    rows: list[dict[str, object]] = []
    for observable, indicator in enumerate(OBSERVABLES):
        for country, iso in enumerate(COUNTRIES):
            for place, year in enumerate(years):
                sample = back(observable, truth[:, observable, country, place])
                values = quantiles(sample, probabilities, weights)
                row: dict[str, object] = {"indicator": indicator, "country": iso, "year": year}
                row |= {
                    f"q{round(100 * p):02d}": float(value)
                    for p, value in zip(probabilities, values, strict=True)
                }
                rows.append(row)
    return rows
