"""The tables that a calibration leaves: draws, fit, contraction, diagnostics, bands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.calibration.calibrate import Calibration
from sim.calibration.data import held_out_groups as groups
from sim.calibration.data.observables import OBSERVABLES, VALUE, back
from sim.calibration.data.targets import load_targets
from sim.calibration.forecast.scores import Z95, quantiles
from sim.calibration.posterior.cut_posterior import middle
from sim.calibration.posterior.importance_weights import FIRST_YEAR, numbers_of
from sim.calibration.posterior.likelihood import DRIFT_OF, expected
from sim.calibration.posterior.predictive import bands, with_discrepancy
from sim.calibration.posterior.prior import MODULES, Dimension, PriorSpace
from sim.calibration.studies.outputs import studied_parameters
from sim.calibration.tables import write_table
from sim.experiments.provenance.environment import commit, environment, version
from sim.experiments.provenance.fingerprint import data_hash, digest, sources_hash
from sim.experiments.storage.atomic_write import write_text
from sim.experiments.storage.local_path import output_folder
from sim.parameters.posterior import OBSERVATION, STUDIED
from sim.parameters.table import parameter_table
from sim.rows import rows_where
from sim.units import COUNTRIES, REGION

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
BANDS = (0.05, 0.25, 0.50, 0.75, 0.95)
_DIGITS = 10


def draws_table(calibration: Calibration) -> pd.DataFrame:
    """Row 0 the central set, then equally likely draws: what was estimated, by name.

    The central set is the median of each coordinate in the central world, where everything that is
    not estimated has its central value.
    """
    import pandas as pd

    posterior, spaces = calibration.posterior, calibration.estimation.spaces
    order = calibration.order()
    prior_draws = [0, *posterior.worlds[order].tolist()]
    columns: dict[str, list[float]] = {"draw": [], "prior_draw": []}
    columns["draw"] = list(range(len(order) + 1))
    columns["prior_draw"] = prior_draws
    for module in MODULES:
        space = spaces[module]
        points = np.concatenate(
            [middle(posterior.central[module].flat()), posterior.points[module][order]]
        )
        for label, values in space.values(points).items():
            name = f"{OBSERVATION}{label}" if label in space.extras else label
            columns[name] = [float(f"{value:.{_DIGITS}g}") for value in values]
    if calibration.estimation.setting.studied:
        studied = pd.DataFrame([studied_parameters(draw) for draw in prior_draws])
        columns |= {f"{STUDIED}{name}": studied[name].tolist() for name in studied}
    return pd.DataFrame(columns)


def parameters_table(calibration: Calibration) -> pd.DataFrame:
    """Prior and posterior of every dimension, how much the data said, and convergence."""
    import pandas as pd

    rows = []
    for module in MODULES:
        space = calibration.estimation.spaces[module]
        chains = calibration.posterior.chains[module]
        points = calibration.posterior.points[module]
        r_hat, steps = chains.r_hat(), chains.autocorrelation_time()
        for column, dimension in enumerate(space.dimensions):
            z = points[:, column]
            low, central, high = quantiles(
                space.value(dimension, z), (0.05, 0.5, 0.95), calibration.weights
            )
            spread = _weighted_sd(z, calibration.weights)
            wide = dimension.widened * Z95
            prior = space.value(dimension, np.array([-wide, 0.0, wide]))
            rows.append(
                {
                    "module": module,
                    "parameter": dimension.name,
                    "country": "" if dimension.country == REGION else dimension.country,
                    "unit": _unit(space, dimension),
                    "prior_low": prior[0],
                    "prior_central": prior[1],
                    "prior_high": prior[2],
                    "low": low,
                    "central": central,
                    "high": high,
                    "contraction": 1.0 - spread / dimension.widened,
                    "r_hat": r_hat[column],
                    "autocorrelation_steps": steps[column],
                }
            )
    return pd.DataFrame(rows)


def _unit(space: PriorSpace, dimension: Dimension) -> str:
    if dimension.name in space.extras:
        return "logs per root year" if dimension.name.startswith("drift") else "logs"
    return parameter_table()[dimension.name].unit


def _weighted_sd(z: Floats, weights: Floats) -> float:
    mean = float((weights * z).sum())
    return float(np.sqrt((weights * (z - mean) ** 2).sum()))


def fit_table(calibration: Calibration) -> pd.DataFrame:
    """Every fitted figure with the values of the runs, without and with model error.

    `error` is the distance in standard deviations of run, discrepancy and measurement together.
    """
    import pandas as pd

    numbers = numbers_of(calibration.estimation, calibration.posterior.points)
    years, runs = _runs(calibration)
    weights = calibration.weights
    rows = []
    targets = calibration.targets
    for series in calibration.estimation.setting.known:
        none = np.zeros(len(weights))
        step = numbers["coverage_step"] if series.observable == VALUE else none
        said = expected(series, runs, years, step)
        indicator, iso = OBSERVABLES[series.observable], COUNTRIES[series.country]
        mine = rows_where(targets, indicator=indicator, country=iso)
        drift = numbers[DRIFT_OF[series.observable]]
        for place, row in enumerate(mine.sort_values("year").to_dict("records")):
            low, central, high = quantiles(said[:, place], (0.05, 0.5, 0.95), weights)
            mean = float((weights * said[:, place]).sum())
            missed = float((weights * drift**2).sum()) * (row["year"] - 2014)
            total = missed + series.variances[place] + _weighted_sd(said[:, place], weights) ** 2
            rows.append(
                {
                    "indicator": indicator,
                    "country": iso,
                    "year": row["year"],
                    "edition": row["edition"],
                    "family": row["family"],
                    "source_id": row["source_id"],
                    "value": row["value"],
                    "low": float(back(series.observable, np.array(low))),
                    "central": float(back(series.observable, np.array(central))),
                    "high": float(back(series.observable, np.array(high))),
                    "error": (series.values[place] - mean) / np.sqrt(total),
                }
            )
    return pd.DataFrame(rows)


def bands_table(calibration: Calibration) -> pd.DataFrame:
    """Quantiles of every indicator, country and year with what the runs miss, 2015 to 2030."""
    import pandas as pd

    years, runs = _runs(calibration)
    numbers = numbers_of(calibration.estimation, calibration.posterior.points)
    setting = calibration.estimation.setting
    truth = with_discrepancy(runs, years, setting.known, numbers, setting.seed)
    return pd.DataFrame(bands(truth, years, BANDS, calibration.weights))


def _runs(calibration: Calibration) -> tuple[range, Floats]:
    runs = calibration.mean_field if calibration.agents is None else calibration.agents
    return range(FIRST_YEAR, FIRST_YEAR + runs.shape[3]), runs


def diagnostics(calibration: Calibration) -> dict[str, Any]:
    """Convergence and effective sizes, as plain values."""
    chains = calibration.posterior.chains
    return {
        "modules": {
            module: {
                "ensembles": int(one.points.shape[0]),
                "walkers": int(one.points.shape[2]),
                "steps_kept": int(one.points.shape[1]),
                "accepted": round(one.accepted, 4),
                "worst_r_hat": round(float(one.r_hat().max()), 4),
                "longest_autocorrelation_steps": round(float(one.autocorrelation_time().max()), 2),
                "autocorrelation_times_run": round(one.lengths, 1),
                "least_effective_size": round(float(one.effective().min()), 1),
            }
            for module, one in chains.items()
        },
        "worlds": calibration.plan.worlds,
        "impossible_points": calibration.plan.points - len(calibration.posterior),
        "points": len(calibration.posterior),
        "effective_sample_size": round(calibration.effective, 1),
        "largest_weight": round(float(calibration.weights.max()), 4),
    }


def save(calibration: Calibration, folder: Path) -> None:
    """Writes `manifest.json` and a CSV file a table; `groups.csv` where agents ran."""
    folder = output_folder(folder)
    about = json.dumps(manifest(calibration), indent=2, sort_keys=True) + "\n"
    tables = {
        "draws.csv": draws_table(calibration),
        "parameters.csv": parameters_table(calibration),
        "fit.csv": fit_table(calibration),
        "bands.csv": bands_table(calibration),
    }
    if calibration.groups is not None:
        some = calibration.order()[: groups.DRAWS]
        runs = groups.HeldOutRuns(calibration.groups[some], FIRST_YEAR)
        targets = load_targets()
        known = targets[targets["year"] <= calibration.origin]
        tables["groups.csv"] = groups.groups_table(known, runs)
    for name, table in tables.items():
        write_table(folder / name, table, digits=None if name == "draws.csv" else 6)
    write_text(folder / "manifest.json", about)


def manifest(calibration: Calibration) -> dict[str, object]:
    """By what the posterior was made: plan, hashes, versions, commit, convergence."""
    return {
        "origin": calibration.origin,
        "seed": calibration.estimation.setting.seed,
        "plan": calibration.plan.as_dict(),
        "targets": digest(calibration.targets.drop(columns="note").to_csv(index=False)),
        "data": data_hash(),
        "model": sources_hash(),
        "seconds": round(calibration.seconds),
        "stages_found": calibration.stages_found,
        "emcee": version("emcee"),
        "environment": environment(),
        **commit(),
        "diagnostics": diagnostics(calibration),
    }
