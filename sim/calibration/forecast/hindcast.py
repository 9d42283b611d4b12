"""`mekong evidence hindcast`: forecasts from earlier origins, scored on years not used.

At each origin everything is estimated anew from what had been published by then. Forecasts are
conditional on realised incomes, exchange rates and prices, and on the pandemic; benchmarks get the
same. Priors were written by people who knew the outcomes, so these are pseudo out-of-sample.

Two more tests: one country at a time is left out but for one figure of each series (its growth is
then forecast from the others), and mechanisms are taken away one at a time.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from sim.calibration.calibrate import Calibration, calibrate
from sim.calibration.data.observables import OBSERVABLES
from sim.calibration.data.targets import Vintage, as_known, load_targets, outcomes
from sim.calibration.forecast import score_tables
from sim.calibration.forecast.band_inflation import widening_table
from sim.calibration.forecast.benchmarks import (
    BENCHMARKS,
    MONEY,
    known_at,
    nominal_consumption,
    predict,
)
from sim.calibration.forecast.scores import crps, inside, naive_error, pit, quantiles, scored
from sim.calibration.posterior.cut_posterior import REFIT, SMALL, SamplingPlan
from sim.calibration.posterior.importance_weights import (
    FIRST_YEAR,
    mean_field_observables,
    numbers_of,
)
from sim.calibration.posterior.predictive import with_discrepancy
from sim.calibration.tables import write_table
from sim.data.load import load_countries
from sim.experiments.execution.progress import Stages, unheard
from sim.experiments.limits import check_seed
from sim.experiments.provenance.environment import commit, environment
from sim.experiments.provenance.fingerprint import data_hash, sources_hash
from sim.experiments.storage.atomic_write import write_text
from sim.experiments.storage.local_path import output_folder
from sim.rows import rows_where
from sim.units import COUNTRIES

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

ORIGINS = (2019, 2020, 2021, 2022, 2023)
ABLATION_ORIGIN = 2020
LAST_SCORED = 2024  # year of the last outcomes that forecasts are scored on
ANCHOR = 2017  # the figure kept of a country that is left out is the one nearest to this year
ABLATIONS: dict[str, dict[str, float]] = {
    "without peers": {"imitation": 0.0, "account_peer_effect": 0.0},
    "without habit": {"habit_time": 0.1},
    "without the pandemic": {"covid_spending": 0.0, "covid_adoption": 0.0},
    "without prices of data": {"affordability_slope": 0.0},
    "without scams": {"scam_hazard": 0.0},
    "without variety": {"variety_slope": 0.0, "price_elasticity": 1.0},
    "without income in adoption": {"adoption_income_slope": 0.0},
}
_SAMPLES = 4  # measurements drawn for every point of the posterior


@dataclass(frozen=True)
class Refit:
    """One refit: its name, origin, figures known (and their vintage) and scored, values fixed."""

    name: str
    origin: int
    known: pd.DataFrame
    outcomes: pd.DataFrame
    fixed: Mapping[str, float]
    plan: SamplingPlan
    vintage: Vintage = "published"


def refits(plan: SamplingPlan = REFIT, small: SamplingPlan = SMALL) -> list[Refit]:
    """All refits of the hindcast, the origins first, scored on years up to `LAST_SCORED`."""
    targets = load_targets()

    def of_origin(name: str, origin: int, fixed: Mapping[str, float], plan: SamplingPlan) -> Refit:
        known = as_known(targets, origin, "published")
        return Refit(name, origin, known, outcomes(targets, origin, LAST_SCORED), fixed, plan)

    found = [of_origin(f"origin {origin}", origin, {}, plan) for origin in ORIGINS]
    everything = as_known(targets, LAST_SCORED)
    for iso in COUNTRIES:
        kept, left = left_out(everything, iso)
        found.append(Refit(f"without {iso}", LAST_SCORED, kept, left, {}, small, "latest"))
    for name, fixed in {"with everything": {}, **ABLATIONS}.items():
        found.append(of_origin(name, ABLATION_ORIGIN, fixed, small))
    return found


@dataclass(frozen=True)
class Hindcast:
    """All forecasts with their scores, and what they show."""

    forecasts: pd.DataFrame
    used: pd.DataFrame  # figures that each test knew
    manifest: dict[str, object]

    @property
    def skill(self) -> pd.DataFrame:
        """`score_tables.skill_table`."""
        return score_tables.skill_table(self.forecasts)

    @property
    def coverage(self) -> pd.DataFrame:
        """`score_tables.coverage_table`."""
        return score_tables.coverage_table(self.forecasts)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by the name of its file."""
        return {
            "forecasts": self.forecasts,
            "used": self.used,
            "skill": self.skill,
            "coverage": self.coverage,
            "left_out": score_tables.left_out_table(self.forecasts),
            "ablations": score_tables.ablation_table(self.forecasts),
            "widening": widening_table(self.forecasts),
        }

    def save(self, folder: Path) -> None:
        """Writes a CSV file a table, and `manifest.json`."""
        folder = output_folder(folder)
        for name, frame in self.tables().items():
            write_table(folder / f"{name}.csv", frame)
        text = json.dumps(self.manifest, indent=2, sort_keys=True) + "\n"
        write_text(folder / "manifest.json", text)


def hindcast(
    work: Path,
    plan: SamplingPlan = REFIT,
    small: SamplingPlan = SMALL,
    *,
    seed: int = 1,
    only: Sequence[str] | None = None,
    told: Stages = unheard,
) -> Hindcast:
    """All tests (or those whose names are in `only`); stages in `work` are found again."""
    import pandas as pd

    check_seed(seed, "--seed")
    begun = time.perf_counter()
    wanted = [one for one in refits(plan, small) if only is None or one.name in only]
    frames, used = [], []
    for one in wanted:

        def of_test(stage: str, done: int, total: int, name: str = one.name) -> None:
            told(f"{name}, {stage}", done, total)

        frames.append(run_test(one, work, seed, of_test))
        if one.name.startswith("origin "):
            frames.append(score_benchmarks(one))
        used.append(one.known.assign(test=one.name)[["test", *_FIGURE]])
    manifest = {
        "seed": seed,
        "plan": plan.as_dict(),
        "small": small.as_dict(),
        "seconds": round(time.perf_counter() - begun),
        "data": data_hash(),
        "model": sources_hash(),
        "environment": environment(),
        **commit(),
    }
    return Hindcast(
        pd.concat(frames, ignore_index=True), pd.concat(used, ignore_index=True), manifest
    )


_FIGURE = ("indicator", "country", "year", "family", "edition")


def left_out(known: pd.DataFrame, iso: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Figures without a country's, but for one of each of its series, and what was taken away."""
    own = rows_where(known, country=iso)
    distance = (own["year"] - ANCHOR).abs() + 0.1 * (own["year"] > ANCHOR)
    anchors = distance.groupby(own["indicator"]).idxmin().tolist()
    taken = own.index.difference(anchors)
    return known.drop(index=taken), known.loc[taken]


def run_test(test: Refit, work: Path, seed: int, told: Stages) -> pd.DataFrame:
    """Refits, forecasts and scores one test: a row a forecast, the model's only."""
    import pandas as pd

    fitted = calibrate(
        test.origin,
        test.plan,
        work=work / test.name.replace(" ", "_"),
        seed=seed,
        targets=test.known,
        vintage=test.vintage,
        fixed=dict(test.fixed),
        agents=False,
        told=told,
    )
    truth = predictive(fitted)
    naive = naive_errors(test.origin, test.vintage)
    rng = np.random.default_rng([seed, 900])
    rows = []
    for row in test.outcomes.to_dict("records"):
        observable = OBSERVABLES.index(row["indicator"])
        country = COUNTRIES.index(row["country"])
        draws = np.repeat(truth[:, observable, country, row["year"] - FIRST_YEAR], _SAMPLES)
        sample = draws + row["error"] * rng.standard_normal(len(draws))
        values = np.exp(sample) if row["indicator"] == MONEY else expit(sample)
        rows.append(_scored(test, score_tables.MODEL, row, values, naive))
    return pd.DataFrame(rows)


def predictive(fitted: Calibration) -> Floats:
    """Draws of the truth up to the origin of the posterior: mean-field runs with what they miss."""
    runs = mean_field_observables(fitted.estimation, fitted.posterior, LAST_SCORED)
    numbers = numbers_of(fitted.estimation, fitted.posterior.points)
    setting = fitted.estimation.setting
    years = range(FIRST_YEAR, LAST_SCORED + 1)
    return with_discrepancy(runs, years, setting.known, numbers, setting.seed)


def score_benchmarks(test: Refit) -> pd.DataFrame:
    """The same outcomes forecast by every benchmark that can."""
    import pandas as pd

    targets, naive = load_targets(), naive_errors(test.origin, test.vintage)
    consumption = {iso: nominal_consumption(one) for iso, one in load_countries().items()}
    rows = []
    for row in test.outcomes.to_dict("records"):
        indicator, iso = row["indicator"], row["country"]
        known = known_at(targets, test.origin, indicator, iso, consumption[iso], test.vintage)
        for name in BENCHMARKS:
            if not known.years or row["year"] <= known.years[-1]:
                continue
            found = predict(name, known, [row["year"]])
            if found is not None:
                rows.append(_scored(test, name, row, found[:, 0], naive))
    return pd.DataFrame(rows)


def naive_errors(origin: int, vintage: Vintage) -> dict[tuple[str, str], float]:
    """Mean change a year of every series known at an origin, on the scale of the scores."""
    targets = load_targets()
    found = {}
    for indicator in OBSERVABLES:
        for iso in COUNTRIES:
            known = known_at(targets, origin, indicator, iso, vintage=vintage)
            if known.years:
                money = indicator == MONEY
                values = np.exp(known.values) if money else expit(known.values)
                unit = "usd" if money else "fraction"
                found[indicator, iso] = naive_error(known.years, scored(values, unit).tolist())
    return found


def _scored(
    test: Refit,
    method: str,
    row: Mapping[Any, Any],
    values: Floats,
    naive: Mapping[tuple[str, str], float],
) -> dict[str, object]:
    sample, truth = scored(values, row["unit"]), float(scored(row["value"], row["unit"]))
    fifty, eighty, ninety = inside(sample, truth)
    low, central, high = quantiles(values, (0.05, 0.5, 0.95))
    step = naive.get((row["indicator"], row["country"]), math.nan)
    return {
        "test": test.name,
        "origin": test.origin,
        "method": method,
        "indicator": row["indicator"],
        "country": row["country"],
        "year": row["year"],
        "edition": row["edition"],
        "kind": row["kind"],
        "value": row["value"],
        "low": low,
        "central": central,
        "high": high,
        "crps": crps(sample, truth),
        "pit": pit(sample, truth),
        "inside_50": bool(fifty),
        "inside_80": bool(eighty),
        "inside_90": bool(ninety),
        "scaled_error": abs(float(np.median(sample)) - truth) / step if step > 0 else math.nan,
    }
