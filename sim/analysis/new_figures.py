"""New figures against the shipped posterior: a result reweighted in seconds, without a run.

A draw of the posterior counts the more the better it agrees with a new figure, given the figures
that it was fitted to: its weight is the likelihood of the series with the new figure over that
without it, with the same discrepancy and errors as in the estimation (importance sampling). How far
that can be trusted is said by the effective sample size and by the shape k of the largest weights
(Vehtari and others 2024, "Pareto smoothed importance sampling"): where a few draws carry all the
weight, the posterior has to be estimated anew.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.years import select
from sim.analysis.series import long_tables
from sim.calibration.data.observables import OBSERVABLES, back, log_odds, logs
from sim.calibration.data.targets import as_known, load_targets, own_figures, with_own
from sim.calibration.forecast.scores import quantiles
from sim.calibration.posterior.likelihood import known_series, log_likelihood
from sim.calibration.studies.posterior import pareto_shape, weights_of
from sim.errors import InputError
from sim.experiments.execution.execute import DROP
from sim.experiments.run import drawn_from, is_central
from sim.parameters.posterior import posterior_draw
from sim.quantile_bands import FEWEST
from sim.rows import rows_where
from sim.target import BASE_YEAR, POSTERIOR_ORIGIN, TARGET_YEAR
from sim.units import COUNTRIES, REGION

Floats = NDArray[np.float64]
HIGHEST_K = 0.7  # of the weights, above which they are no guide
_FEWEST_FOR_K = 25  # weights, of which the largest fifth has a shape
_INDICATORS = ("internet_users_share", "account_share", "adults_buying_online_share")
_MONEY = "gmv_nominal_usd"
_QUANTILES = (0.05, 0.5, 0.95)
FIGURE_COLUMNS = [
    *("indicator", "country", "year", "figure", "low", "median", "high"),
    *("low_after", "median_after", "high_after"),
]
RATIO_COLUMNS = ["country", "low", "median", "high", "low_after", "median_after", "high_after"]
PARAMETER_COLUMNS = ["parameter", "mean", "mean_after", "sd", "shift"]


@dataclass(frozen=True)
class NewFigures:
    """What new figures change.

    `figures` has each with what runs said before and after; `ratios` growth 2022-2030 in nominal
    US$, by country; `parameters` how far each estimated one moves, in its standard deviations;
    `weights` a row a draw. `effective` is the effective sample size of `draws`, `k` the shape of
    the largest weights, infinite where there are too few draws to tell.
    """

    figures: pd.DataFrame
    ratios: pd.DataFrame
    parameters: pd.DataFrame
    weights: pd.DataFrame
    draws: int
    effective: float
    k: float

    @property
    def enough(self) -> bool:
        """Whether the weights may be used, or the posterior has to be estimated anew."""
        return self.effective >= FEWEST and self.k <= highest_k(self.draws)

    @property
    def sentence(self) -> str:
        """How far the weights can be trusted, in words."""
        k = "cannot be told from so few" if math.isinf(self.k) else f"{self.k:.2f}"
        said = (
            f"{self.effective:.0f} effective draws of {self.draws} (at least {FEWEST} are needed); "
            f"Pareto k {k} (at most {highest_k(self.draws):.2f} is allowed)"
        )
        if self.enough:
            return f"Reweighting is enough: {said}."
        todo = "Take more draws, or estimate the posterior anew."
        return f"Reweighting is not enough: {said}. {todo}"


def add_figures(file: str | Path, folder: str | Path) -> NewFigures:
    """Reweight the draws of a result by figures in the columns of `calibration/targets.csv`.

    Raises InputError for a wrong figure, or a result without draws of the posterior.
    """
    new = own_figures(Path(file))
    result = Comparison(Path(folder), missing=DROP)
    draws, observables, years = _observables(result)
    late = int(new["year"].max())
    if late not in years:
        raise InputError(f"the runs have no year {late}", allowed=f"{years[0]} to {years[-1]}")
    drawn = [posterior_draw(draw) for draw in draws]
    numbers = {
        name: np.array([draw.observation[name] for draw in drawn]) for name in drawn[0].observation
    }
    before, after = _known(new)
    gain = log_likelihood(known_series(after), observables, years, numbers) - log_likelihood(
        known_series(before), observables, years, numbers
    )
    weighed = weights_of(gain)
    weights = weighed.values
    estimated = pd.DataFrame([draw.estimated for draw in drawn])
    return NewFigures(
        figures=_of_figures(new, observables, years, weights),
        ratios=_ratios(result, draws, weights),
        parameters=_moved(estimated, weights),
        weights=pd.DataFrame({"draw": draws, "weight": weights}),
        draws=len(draws),
        effective=weighed.effective,
        k=pareto_k(weights),
    )


def _known(new: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The fitted figures of the series that a new one is of, without and with the new ones."""
    fitted = as_known(load_targets(), POSTERIOR_ORIGIN)
    series = new[["indicator", "country"]].drop_duplicates()
    before = fitted.merge(series, on=["indicator", "country"])
    return before, with_own(before, new)


def _observables(result: Comparison) -> tuple[list[int], Floats, range]:
    """Draws, and what their baseline says on the scale of the targets (draws, ..., years)."""
    posterior = drawn_from(result.manifest["draws"]) == "posterior"
    runs = rows_where(result.runs, scenario=result.baseline, status="done")
    chosen = [
        draw
        for draw in dict.fromkeys(runs["draw"])
        if not is_central(draw) and draw not in result.refused
    ]
    if not posterior or len(chosen) < 2 or result.manifest["inputs"]:
        raise InputError(
            "figures reweight draws of the posterior, and this result has none",
            where=str(result.folder),
            todo="make one: mekong compare baseline coordinated --draws 100 --scale 5000",
        )
    runs = runs[runs["draw"].isin(chosen)]
    names = [*_INDICATORS, _MONEY]
    table = pd.concat(long_tables(result.store, runs, names, ["all"], True), ignore_index=True)
    table = table[table["country"].isin(COUNTRIES)]
    cube = table.groupby(["draw", "indicator", "country", "year"])["value"].mean().unstack()
    years = range(int(cube.columns.min()), int(cube.columns.max()) + 1)
    draws = sorted(int(draw) for draw in chosen)
    found = np.empty((len(draws), len(OBSERVABLES), len(COUNTRIES), len(years)))
    for at, name in enumerate(names):
        index = pd.MultiIndex.from_product([draws, [name], COUNTRIES])
        flat = cube.reindex(index)[list(years)].to_numpy(np.float64)
        values = flat.reshape(len(draws), len(COUNTRIES), len(years))
        found[:, at] = logs(values) if name == _MONEY else log_odds(values)
    return draws, found, years


def _of_figures(
    new: pd.DataFrame, observables: Floats, years: range, weights: Floats
) -> pd.DataFrame:
    rows = []
    for row in new.to_dict("records"):
        observable = OBSERVABLES.index(row["indicator"])
        place = COUNTRIES.index(row["country"])
        told = back(observable, observables[:, observable, place, row["year"] - years.start])
        about = (row["indicator"], row["country"], row["year"], row["value"])
        rows.append((*about, *_three(told), *_three(told, weights)))
    return pd.DataFrame(rows, columns=FIGURE_COLUMNS)


def _three(values: Floats, weights: Floats | None = None) -> list[float]:
    """Low, median and high of the draws in which there is a value; a coarse run may have none."""
    there = np.isfinite(values)
    if not there.any():
        return [math.nan] * len(_QUANTILES)
    values, weights = values[there], None if weights is None else weights[there]
    return [float(one) for one in quantiles(values, _QUANTILES, weights)]


def _ratios(result: Comparison, draws: Sequence[int], weights: Floats) -> pd.DataFrame:
    """Growth of the baseline 2022 to 2030 in nominal US$, the mean over seeds of each draw."""
    rows = []
    for place in (*COUNTRIES, REGION):
        paths = select(result.years, result.baseline, place, _MONEY)
        ratio = (paths[TARGET_YEAR] / paths[BASE_YEAR]).groupby(level="draw").mean()
        values = ratio.reindex(list(draws)).to_numpy(np.float64)
        rows.append((place, *_three(values), *_three(values, weights)))
    return pd.DataFrame(rows, columns=RATIO_COLUMNS)


def _moved(estimated: pd.DataFrame, weights: Floats) -> pd.DataFrame:
    """How far each mean moves, largest shift first."""
    mean, spread = estimated.mean(), estimated.std()
    after = pd.Series(weights @ estimated.to_numpy(np.float64), estimated.columns)
    table = pd.DataFrame(
        {
            "parameter": estimated.columns,
            "mean": mean.to_numpy(),
            "mean_after": after.to_numpy(),
            "sd": spread.to_numpy(),
            "shift": ((after - mean) / spread).to_numpy(),
        },
        columns=PARAMETER_COLUMNS,
    )
    order = table["shift"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def highest_k(draws: int) -> float:
    """The largest shape k that is allowed for so many draws."""
    return min(HIGHEST_K, 1.0 - 1.0 / math.log10(max(draws, 11)))


def pareto_k(weights: Floats) -> float:
    """`pareto_shape` of the largest weights; infinite where there are too few to tell."""
    return pareto_shape(weights) if len(weights) >= _FEWEST_FOR_K else math.inf
