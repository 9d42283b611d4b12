"""The ledger of forecasts: what the released program says, dated, before the outcomes are known.

`mekong evidence forecast` runs the draws of the posterior in the agents, adds what the runs miss,
widens the result as hindcasts ask for, and writes quantiles by country, year and measure. Later
origins are added to earlier ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from sim.calibration.data.observables import OBSERVABLES
from sim.calibration.data.scam_figures import scam_figures
from sim.calibration.data.targets import as_known, load_targets
from sim.calibration.forecast.band_inflation import factors, widened
from sim.calibration.forecast.police_figures import MEASURE, known_to_police
from sim.calibration.forecast.scores import quantiles
from sim.calibration.posterior.importance_weights import FIRST_YEAR, SCALE, run_agents
from sim.calibration.posterior.likelihood import known_series
from sim.calibration.posterior.predictive import Floats, bands, with_discrepancy
from sim.experiments.execution.plan import at_a_time
from sim.experiments.execution.progress import Overall, Progress
from sim.experiments.limits import MOST_DRAWS, check_count
from sim.experiments.provenance.environment import commit, environment
from sim.experiments.provenance.fingerprint import data_hash, sources_hash
from sim.parameters.posterior import DRAWS, posterior_draws
from sim.parameters.values import ParameterSet
from sim.resources import shipped
from sim.target import POSTERIOR_ORIGIN
from sim.units import COUNTRIES

if TYPE_CHECKING:
    import pandas as pd

QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
COLUMNS = (
    "country",
    "year",
    "measure",
    *(f"q{round(100 * p):02d}" for p in QUANTILES),
)
LAST_YEAR = 2030
SEED = 1
BANDS = (0.05, 0.25, 0.50, 0.75, 0.95)
ORIGINS = ("estimated", "not_estimated", "chance", "missed")
"""Estimated parameters, those from studies and the prior, seeds, and what the model misses."""
TWICE = 60  # draws that are run under a second seed
_DIGITS = 6


@dataclass(frozen=True)
class Forecast:
    """The ledger, bands of all years for a picture, and where the variance comes from."""

    ledger: pd.DataFrame
    """Columns `COLUMNS`, years after the origin; whole US$ or fractions."""
    bands: pd.DataFrame
    """Columns indicator, country, year, q05, q25, q50, q75, q95, from 2015 on."""
    variance: pd.DataFrame
    """Columns measure, country, year and a share for each of `ORIGINS`."""
    manifest: dict[str, object]


def forecast(
    draws: int | None = None,
    scale: int = SCALE,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """Runs `draws` of the posterior (all by default), a seed a draw, and some under two seeds.

    `workers` None means as many as pay. Raises InputError, also if the posterior has fewer draws.
    """
    import pandas as pd

    last = len(posterior_draws()) - 1 if draws is None else draws
    check_count(last, MOST_DRAWS, "draws", least=1)
    sets = [ParameterSet.draw(number) for number in range(1, last + 1)]
    twice = min(TWICE, last)
    at_once = at_a_time(scale, last + twice, workers)
    seeds = [*range(SEED, SEED + last), *range(SEED + 10_000, SEED + 10_000 + twice)]
    runs, lost = run_sets([*sets, *sets[:twice]], seeds, scale, at_once, progress)
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    by = stretch(years)
    fitted = with_misses(runs[:last])
    truth = widened(fitted, by)
    worlds = np.array([draw.prior_draw for draw in posterior_draws()[1 : last + 1]])
    rows = [*bands(truth, years, QUANTILES), *_police_rows(lost[:last], years)]
    return Forecast(
        _ledger(pd.DataFrame(rows)),
        pd.DataFrame(bands(truth, years, BANDS)),
        pd.DataFrame(variance_rows(runs[:last], runs[last:], fitted, by, worlds, years)),
        manifest(last, scale),
    )


def stretch(years: range) -> Floats:
    """The factor of each observable's bands by year: one up to the origin of the posterior."""
    coming = [year for year in years if year > POSTERIOR_ORIGIN]
    known = np.ones((len(OBSERVABLES), len(years) - len(coming)))
    return np.hstack([known, factors([year - POSTERIOR_ORIGIN for year in coming])])


def manifest(draws: int, scale: int) -> dict[str, object]:
    """When and by what the ledger was made: date, versions, commit, hashes, draws and scale.

    `widened` are the factors by which bands were stretched, by measure and year ahead.
    """
    ahead = range(1, LAST_YEAR - POSTERIOR_ORIGIN + 1)
    return {
        "made": datetime.now(UTC).date().isoformat(),
        "origin": POSTERIOR_ORIGIN,
        "scenario": "baseline",
        "widened": dict(zip(OBSERVABLES, factors(ahead).tolist(), strict=True)),
        "draws": draws,
        "scale": scale,
        "posterior": hashlib.sha256(shipped(*DRAWS).read_bytes()).hexdigest(),
        "data": data_hash(),
        "model": sources_hash(),
        "environment": environment(),
        **commit(),
    }


def _ledger(table: pd.DataFrame) -> pd.DataFrame:
    table = table[table["year"] > POSTERIOR_ORIGIN].rename(columns={"indicator": "measure"})
    for name in COLUMNS[3:]:
        money = table["measure"].str.endswith("_usd")
        table[name] = np.where(money, table[name].round(), table[name].round(_DIGITS))
    return table.sort_values(["country", "measure", "year"])[list(COLUMNS)].reset_index(drop=True)


def as_csv(ledger: pd.DataFrame) -> str:
    """The ledger as text: whole US$ without a point, shares with six digits."""
    shown = ledger.astype(object)
    for name in COLUMNS[3:]:
        shown[name] = [
            f"{value:.0f}" if measure.endswith("_usd") else f"{value:.{_DIGITS}f}"
            for value, measure in zip(ledger[name], ledger["measure"], strict=True)
        ]
    return shown.to_csv(index=False, lineterminator="\n")


def _police_rows(lost: Floats, years: range) -> list[dict[str, object]]:
    """Quantiles of what police will know of, where they published figures before the origin."""
    known = [one for one in scam_figures() if one.year <= POSTERIOR_ORIGIN]
    rows: list[dict[str, object]] = []
    for iso, draws in known_to_police(lost, years, known, SEED).items():
        for place, year in enumerate(years):
            found = quantiles(np.exp(draws[:, place]), QUANTILES)
            named = dict(zip(COLUMNS[3:], map(float, found), strict=True))
            rows.append({"indicator": MEASURE, "country": iso, "year": year, **named})
    return rows


def run_sets(
    sets: Sequence[ParameterSet],
    seeds: Sequence[int],
    scale: int,
    workers: int,
    progress: Progress | None,
) -> tuple[Floats, Floats]:
    """What `run_agents` says of each set under its seed."""
    threads = 1 if workers > 1 else None
    pairs = zip(sets, seeds, strict=True)
    jobs = (delayed(run_agents)(one, seed, scale, threads) for one, seed in pairs)
    found, shown = [], Overall(progress, len(sets))
    for run in Parallel(n_jobs=workers, return_as="generator")(jobs):
        found.append(run)
        shown.add()
    return np.stack([run for run, _ in found]), np.stack([lost for _, lost in found])


def variance_rows(
    runs: Floats,
    again: Floats,
    fitted: Floats,
    by: Floats,
    worlds: NDArray[np.int64],
    years: range,
) -> list[dict[str, object]]:
    """Shares of the variance of each forecast by origin, on the scale of the targets.

    `again` are the first runs under other seeds, `fitted` the runs with what they miss as the fit
    has it, `by` factors of their spread by observable and year; what stretching adds is missed as
    well, and what it takes away is taken from what is missed. Draws of one world share what was not
    estimated: one-way analysis of variance with worlds of unequal size tells that from what was.
    """
    count = len(again)
    seeds = 0.5 * np.mean((runs[:count] - again) ** 2, axis=0) if count else 0.0 * runs[0]
    within, between = _worlds(runs, worlds)
    missed = (fitted - runs).var(axis=0, ddof=1)
    parts = np.stack([np.maximum(within - seeds, 0.0), np.maximum(between, 0.0), seeds, missed])
    parts[-1] += (by[:, None, :] ** 2 - 1.0) * parts.sum(axis=0)
    parts = np.maximum(parts, 0.0)
    shares = parts / np.maximum(parts.sum(axis=0), 1e-300)
    return [
        {
            "measure": indicator,
            "country": iso,
            "year": year,
            **{
                name: round(float(shares[part, observable, country, place]), 4)
                for part, name in enumerate(ORIGINS)
            },
        }
        for observable, indicator in enumerate(OBSERVABLES)
        for country, iso in enumerate(COUNTRIES)
        for place, year in enumerate(years)
        if year > POSTERIOR_ORIGIN
    ]


def _worlds(runs: Floats, worlds: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Variance within and between worlds (Searle, Casella and McCulloch 1992, section 3.6)."""
    names, sizes = np.unique(worlds, return_counts=True)
    means = np.stack([runs[worlds == name].mean(axis=0) for name in names])
    weights = sizes.reshape(-1, *[1] * (means.ndim - 1))
    whole = runs.mean(axis=0)
    spread = np.stack(
        [
            ((runs[worlds == name] - mean) ** 2).sum(axis=0)
            for name, mean in zip(names, means, strict=True)
        ]
    ).sum(axis=0)
    total, groups = len(runs), len(names)
    within = spread / max(total - groups, 1)
    if groups < 2:
        return within, 0.0 * within
    mean_square = (weights * (means - whole) ** 2).sum(axis=0) / (groups - 1)
    typical = (total - (sizes**2).sum() / total) / (groups - 1)
    return within, (mean_square - within) / typical


def with_misses(runs: Floats) -> Floats:
    """Runs of draws 1, 2, ... with what they miss, given all figures up to the origin."""
    drawn = [draw.observation for draw in posterior_draws()[1 : len(runs) + 1]]
    numbers = {name: np.array([one[name] for one in drawn]) for name in drawn[0]}
    known = known_series(as_known(load_targets(), POSTERIOR_ORIGIN))
    return with_discrepancy(runs, range(FIRST_YEAR, LAST_YEAR + 1), known, numbers, SEED)
