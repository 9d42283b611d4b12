"""Monte-Carlo error: how far a number would move if the study had other seeds and draws.

Runs are crossed: every parameter draw is run with every seed. The error of a mean has one part from
the number of draws and one from the number of seeds; numbers that are no means (medians,
percentiles, shares) are computed again from draws and seeds chosen anew, with replacement.
"""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.comparison.contrasts import ASSUMPTIONS, POLICY, TOGETHER, Contrasts
from sim.analysis.comparison.pairs import independent
from sim.analysis.comparison.tables.outcomes import EFFECTS, VALUES, headline
from sim.analysis.comparison.tables.summary import INDICATOR_OF, PLACES
from sim.analysis.comparison.years import select
from sim.experiments.run import part_name
from sim.experiments.storage.part_files import DONE
from sim.experiments.storage.store import Store
from sim.quantile_bands import intervals
from sim.target import BASE_YEAR, TARGET_YEAR, medians
from sim.units import REGION

FEWEST_SEEDS = 5  # before a study may stop early
RESAMPLED = 200
_DOUBLED = 2.0
ON_RATIO = {
    POLICY: "effect_on_ratio",
    ASSUMPTIONS: "assumptions_on_ratio",
    TOGETHER: "policy_and_assumptions_on_ratio",
}

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]  # of each row


def error_of_mean(values: Floats) -> Floats:
    """Standard error of the mean over tables (..., draws, seeds); nan entries are left out.

    The sum of the squared errors from draws and from seeds, so rather too large than too small.
    nan where there is one run.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # means of nothing are nan, as they should
        parts = [_error(np.nanmean(values, axis=axis)) for axis in (-1, -2)]
    known = np.stack([np.nan_to_num(part) for part in parts])
    error = np.sqrt((known * known).sum(axis=0))
    return np.where(np.isnan(parts[0]) & np.isnan(parts[1]), np.nan, error)


def _error(means: Floats) -> Floats:
    """Standard error of the mean over the last axis, from two values on."""
    count = (~np.isnan(means)).sum(axis=-1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        spread = np.nanstd(means, axis=-1, ddof=1)
        return np.where(count > 1, spread / np.sqrt(count), np.nan)


def resampled_error(values: Floats, statistic: Statistic) -> float:
    """Standard deviation of a statistic of a table (draws, seeds), both chosen anew many times."""
    if values.size < 2:
        return math.nan
    rows, columns = _resamples(*values.shape)
    return float(np.std(statistic(values[rows, columns].reshape(RESAMPLED, -1)), ddof=1))


@functools.lru_cache(maxsize=8)
def _resamples(draws: int, seeds: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of every resample of a table; the same whenever they are asked for."""
    rng = np.random.default_rng(0)
    chosen = [
        (rng.integers(draws, size=(draws, 1)), rng.integers(seeds, size=(1, seeds)))
        for _ in range(RESAMPLED)
    ]
    return np.stack([rows for rows, _ in chosen]), np.stack([columns for _, columns in chosen])


def points(outcomes: pd.DataFrame) -> pd.DataFrame:
    """`points.csv`: mean and Monte-Carlo error of every outcome at every point of a design."""
    keys = ["scenario", "baseline", "effect_of", "design_point", "country", "measure"]
    inputs = [name for name in outcomes.columns if name.startswith("x.")]
    groups = outcomes.groupby(keys, sort=False)
    frame = outcomes.loc[groups.cumcount() == 0, [*keys, *inputs]].reset_index(drop=True)
    cell = groups.ngroup().to_numpy()
    draw, draws = pd.factorize(outcomes["draw"])
    seed, seeds = pd.factorize(outcomes["seed"])
    for column in (*VALUES, *EFFECTS):
        table = np.full((len(frame), len(draws), len(seeds)), np.nan)
        table[cell, draw, seed] = outcomes[column]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            frame[column] = np.nanmean(table, axis=(1, 2))
        frame[f"{column}_se"] = error_of_mean(table)
    frame["runs"] = groups.size().to_numpy()
    return frame


def precision(
    table: pd.DataFrame, scenarios: tuple[str, ...], contrasts: Contrasts
) -> pd.DataFrame:
    """`precision.csv`: every headline number of `summary.csv` with its Monte-Carlo error.

    `effect_on_ratio` is the paired difference that a policy makes, `assumptions_on_ratio` that of
    assumptions.
    """
    rows = []
    for country in PLACES:
        for measure, indicator in INDICATOR_OF.items():
            ratios = {s: _ratios(table, s, country, indicator) for s in scenarios}
            for scenario, values in ratios.items():
                draws, _ = independent(values.index.to_list())
                numbers: dict[str, Statistic] = {
                    "ratio": medians,
                    "low": partial(_ends, draws=draws, side=0),
                    "high": partial(_ends, draws=draws, side=1),
                    "share_doubled": lambda samples: np.mean(samples >= _DOUBLED, axis=1),
                }
                for number, statistic in numbers.items():
                    rows.append((scenario, country, measure, number, *_both(values, statistic)))
                contrast = contrasts.of_run(scenario)
                if contrast is not None:
                    mine, theirs = values.align(ratios[contrast.against], join="inner")
                    effect = _both(mine - theirs, medians)
                    name = ON_RATIO[contrast.effect_of]
                    rows.append((scenario, country, measure, name, *effect))
    columns = ["scenario", "country", "measure", "number", "value", "mc_error", "runs"]
    return pd.DataFrame(rows, columns=columns)


def _ratios(table: pd.DataFrame, scenario: str, country: str, indicator: str) -> pd.Series:
    paths = select(table, scenario, country, indicator)
    base = paths[BASE_YEAR].where(paths[BASE_YEAR] > 0, np.nan)
    return pd.Series(paths[TARGET_YEAR] / base)


def _ends(samples: Floats, *, draws: int, side: int) -> Floats:
    return intervals(samples, draws)[:, side]


def _both(values: pd.Series, statistic: Statistic) -> tuple[float, float, int]:
    known = values.dropna()
    if known.empty:
        return math.nan, math.nan, 0
    square = known.unstack("seed").dropna(axis=0).dropna(axis=1).to_numpy(np.float64)
    value = float(statistic(known.to_numpy(np.float64)[None, :])[0])
    return value, resampled_error(square, statistic), len(known)


class UntilError:
    """Asks, after each seed, whether a study is exact enough: `enough(k)` for `run_jobs`.

    What counts is the largest standard error over policies and points of the paired difference from
    the baseline in the ratio 2030/2022 of the five countries (nominal US$), or of the ratio itself
    in a study without policies. `error` is the last one found.
    """

    def __init__(self, store: Store, manifest: Mapping[str, Any], wanted: float) -> None:
        self.store, self.manifest, self.wanted = store, manifest, wanted
        self.error = math.nan
        self.seeds = 0
        self._known: dict[str, float] = {}

    def __call__(self, seeds: int) -> bool:
        """True when the first so many seeds are enough."""
        if seeds < FEWEST_SEEDS:
            return False
        self.seeds, self.error = seeds, self._largest(seeds)
        return self.error <= self.wanted

    def _largest(self, seeds: int) -> float:
        self.store.refresh()
        runs = self.store.runs()
        runs = runs[(runs["status"] == DONE) & (runs["replication"] <= seeds)].copy()
        names = zip(runs["scenario"], runs["run"], strict=True)
        runs["ratio"] = [self._ratio(scenario, run) for scenario, run in names]
        against = self._against()
        world = [f"x.{n}" for n in self.manifest["inputs"] if n.startswith("parameters.")]
        keys = ["seed", "draw", *world]
        policies = runs.assign(against=runs["scenario"].map(against)).dropna(subset="against")
        if len(policies):
            keys = ["against", *keys]
            base = runs.rename(columns={"scenario": "against"})[[*keys, "ratio"]]
            base = base.drop_duplicates(keys)
            paired = policies.merge(base, on=keys, suffixes=("", "_base"))
            paired["ratio"] = paired["ratio"] - paired["ratio_base"]
        else:
            paired = runs
        errors = [
            float(_error(group.groupby("seed")["ratio"].mean().to_numpy(np.float64)))
            for _, group in paired.groupby(["scenario", "design_point"])
        ]
        return max(errors, default=math.nan)

    def _against(self) -> dict[str, str]:
        """What every scenario with an effect is compared with."""
        contrasts = Contrasts(self.manifest)
        every = {name: contrasts.of_run(name) for name in self.manifest["scenarios"]}
        return {name: found.against for name, found in every.items() if found is not None}

    def _ratio(self, scenario: str, run: str) -> float:
        part = part_name(run, scenario)
        if part not in self._known:
            values = headline(self.store, part)[PLACES.index(REGION), 0]
            self._known[part] = float(values[1] / values[0]) if values[0] > 0 else math.nan
        return self._known[part]
