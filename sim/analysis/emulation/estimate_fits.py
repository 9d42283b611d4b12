"""`mekong mix estimates`: the fits from which the dashboard answers before anything has run."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim._version import __version__
from sim.analysis.comparison.pairs import Pairs
from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.years import yearly
from sim.analysis.emulation.designed_runs import DESIGN, DesignedRuns
from sim.analysis.emulation.doses import BASE, Responses, responses
from sim.analysis.emulation.estimates import (
    COST,
    LOSSES,
    PURCHASES,
    YEARS,
    Estimate,
    Estimates,
    parameters_hash,
)
from sim.analysis.emulation.objectives import MixObjective
from sim.analysis.emulation.outcome_emulators import cost_errors
from sim.analysis.emulation.purses import EffectEmulator
from sim.analysis.policy_mixes.mix_outcomes import KEYS, LEVELS, OUTCOMES
from sim.analysis.policy_mixes.portfolios import prices
from sim.errors import InputError
from sim.experiments.execution.branching import new_model
from sim.experiments.execution.options import RunOptions
from sim.experiments.run import Job, part_name
from sim.experiments.storage.atomic_write import write_bytes
from sim.experiments.storage.local_path import output_file
from sim.parameters.table import parameter_table
from sim.parameters.values import ParameterSet
from sim.policy.levers import PAIRS
from sim.rows import rows_where
from sim.scenario import load_scenario, shipped_scenarios
from sim.target import BASE_YEAR, TARGET_YEAR
from sim.units import COUNTRIES, REGION

NAME = "estimates.npz"
COUNTS = ("sme_exporters", "rural_shoppers", "poor_shoppers")
BUDGET, CARRY = "digital_budget_share", "budget_carry_limit"
RATIO = "nominal_ratio"
Floats = NDArray[np.float64]
_YEARLY = tuple(f"{PURCHASES}_{year}" for year in YEARS)
_KEPT = ("study", "commit", "sources_hash", "data_hash", "scale", "command")


def write_estimates(
    folder: str | Path, out: str | Path | None = None, checked: str | Path | None = None
) -> tuple[Path, pd.DataFrame]:
    """Fit the designed runs of a folder of `mekong mix optimum` and write what a page reads.

    The file is `estimates.npz` in the folder without `out`. `checked` is a result with full runs of
    other mixes in the same draws: their errors are kept as well. Returns the file with a table of
    errors: outcome, explained (share of the variance of designed mixes left out), error (root mean
    square over these), checked (over those mixes), unit. Raises InputError for another folder,
    OutputError where writing fails.
    """
    designed = DesignedRuns(folder)
    path = output_file(out) if out is not None else designed.folder / NAME
    outcomes = (*_YEARLY, LOSSES, *COUNTS)
    numbers = _with_years(designed)
    wanted = [*OUTCOMES, *LEVELS, *_YEARLY]
    found = responses(numbers, designed.doses, designed.most, wanted)
    emulators = [
        EffectEmulator(found, MixObjective(name, {name: 1.0}, *_said(name))) for name in outcomes
    ]
    about = {
        "version": __version__,
        "outcomes": list(outcomes),
        "doses": [[dose.lever, dose.place] for dose in found.doses],
        "draw_numbers": list(found.draws),
        "points": len(found.shares),
        "parameters_hash": _parameters(designed, found.draws),
        "carry_limit_years": parameter_table()[CARRY].central,
        **{name: designed.runs.manifest.get(name) for name in _KEPT},
    }
    arrays = {
        **_fits(emulators),
        "most": designed.most,
        "price": found.price,
        "budgets": _budgets(designed, found),
        "pairs": _trade_of_pairs(designed.runs.scale),
        "errors": np.array(
            [
                [one.error(None if p == REGION else p) for p in (REGION, *COUNTRIES)]
                for one in emulators
            ]
        ),
        **_baseline(numbers, found, outcomes),
    }
    single = {name: values.astype(np.float32) for name, values in arrays.items()}
    content = _file(about, single)
    again = np.full(len(outcomes), np.nan)
    if checked is not None:
        names, errors = checked_errors(Estimates(io.BytesIO(content)), checked)
        again = errors[:, 0]
        single["errors_checked"] = errors.astype(np.float32)
        content = _file({**about, "checked": names}, single)
    write_bytes(path, content)
    rows: list[dict[str, Any]] = [
        {
            "outcome": name,
            "explained": one.explained(),
            "error": one.error(),
            "checked": again[at],
            "unit": one.wanted.unit,
        }
        for at, (name, one) in enumerate(zip(outcomes, emulators, strict=True))
    ]
    spent = float(np.sqrt(np.mean(cost_errors(found).sum(axis=0) ** 2)))
    rows.append(
        {
            "outcome": COST,
            "explained": np.nan,
            "error": spent,
            "checked": np.nan,
            "unit": OUTCOMES[COST].unit,
        }
    )
    return path, pd.DataFrame(rows)


def _file(about: Mapping[str, Any], arrays: Mapping[str, Any]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, about=np.array(json.dumps(about)), **arrays)
    return buffer.getvalue()


def checked_errors(fits: Estimates, folder: str | Path) -> tuple[list[str], Floats]:
    """Mixes of a result that the fits know, and root mean square errors (outcomes, places).

    An error is that of the mean over draws; it is NaN for counts. Raises InputError where the
    result has other draws or no mix that doses can say.
    """
    result = Comparison(Path(folder))
    draws = fits.about["draw_numbers"]
    if list(result.manifest["draws"]) != draws:
        raise InputError(
            "the mixes to check were run with other draws than the designed ones",
            where=str(folder),
            todo=f"repeat them with --draws {len(draws)}",
        )
    names, errors = [], []
    for name, pairs in result.paired.items():
        found = fits.estimate(load_scenario(name)) if name in shipped_scenarios() else ""
        if isinstance(found, str):
            continue
        names.append(name)
        errors.append(
            [
                [_error(found, pairs, outcome, place) for place in (REGION, *COUNTRIES)]
                for outcome in fits.outcomes
            ]
        )
    if not names:
        raise InputError("no mix of this result can be said by doses", where=str(folder))
    return names, np.sqrt(np.mean(np.square(errors), axis=0))


def _error(found: Estimate, pairs: Pairs, outcome: str, place: str) -> float:
    """The mean over draws of an estimate less that of the runs."""
    if outcome == LOSSES:
        run = -pairs.change(place, "scam_losses_usd", first=YEARS[0])
    elif outcome in _YEARLY:
        mine, theirs = pairs.paths(place, "gmv_real_usd")
        run = (mine - theirs)[[int(p) for p in pairs.periods].index(int(outcome[-4:]))]
    else:
        return math.nan
    return float(found.effect(outcome, place).mean() - run.mean())


def _parameters(designed: DesignedRuns, draws: Sequence[int]) -> str:
    """Hash of the parameters of some draws; of none where those of the runs are others by now."""
    record = designed.runs.manifest
    return parameters_hash(
        draws if parameters_hash(record["draws"]) == record["parameters_hash"] else ()
    )


def _said(outcome: str) -> tuple[str, str]:
    """Unit and words of an outcome."""
    if outcome in OUTCOMES:
        return OUTCOMES[outcome].unit, OUTCOMES[outcome].words
    return OUTCOMES["purchases_usd"].unit, f"all online purchases, {outcome.rpartition('_')[2]}"


def _with_years(designed: DesignedRuns) -> pd.DataFrame:
    """The numbers of the designed runs with purchases by year, and nominal growth to 2030."""
    store, numbers = designed.store(DESIGN), designed.numbers
    listed = store.runs()[[*KEYS, "run"]].itertuples(index=False, name=None)
    runs = {tuple(key): str(run) for *key, run in listed}
    tables = []
    for row in numbers[KEYS].drop_duplicates().itertuples(index=False, name=None):
        key = dict(zip(KEYS, row, strict=True))
        part = part_name(runs[row], str(key["scenario"]))
        series = yearly(store.one(part, ["gmv_real_usd", "gmv_nominal_usd"], ["all"]), 0)
        tables.append(_by_country(series, key))
    return numbers.merge(pd.concat(tables, ignore_index=True), on=[*KEYS, "country"])


def _by_country(series: pd.DataFrame, key: dict[str, Any]) -> pd.DataFrame:
    flat = series.droplevel(["scenario", "seed", "draw", "group"])
    flat.columns = [int(year) for year in flat.columns]
    real = flat.xs("gmv_real_usd", level="indicator")[list(YEARS)]
    nominal = flat.xs("gmv_nominal_usd", level="indicator")
    made = real.set_axis(list(_YEARLY), axis=1)
    made[RATIO] = nominal[TARGET_YEAR] / nominal[BASE_YEAR]
    return made.rename_axis("country").reset_index().assign(**key)


def _fits(emulators: list[EffectEmulator]) -> dict[str, Floats]:
    """Arrays of all fits, those of an outcome after another and of a country after another."""
    fits = [one.fits[iso] for one in emulators for iso in COUNTRIES]
    lengths = np.full((len(fits), fits[0].points.shape[1]), np.nan)
    for at, fit in enumerate(fits):
        lengths[at, fit.smooth] = fit.lengths
    return {
        "points": fits[0].points,
        "linear": np.stack([f.slopes[:, None] ** 2 * (f.points.T @ f.weights) for f in fits]),
        "weights": np.stack([fit.weights for fit in fits]),
        "lengths": lengths,
        "sizes": np.array([fit.size for fit in fits]),
    }


def _budgets(designed: DesignedRuns, found: Responses) -> Floats:
    """What treasuries have for digital programmes in five years (draws, countries), US$."""
    income = prices(list(designed.about["levers"]), designed.runs.scale).income
    sets = [ParameterSet.draw(draw) for draw in found.draws]
    return np.array([[one.get(iso, BUDGET) * income[iso] for iso in COUNTRIES] for one in sets])


def _trade_of_pairs(scale: int) -> Floats:
    """Shares of the pairs in sales between the five countries in 2030 (pairs), central baseline."""
    job = Job(load_scenario(BASE), BASE, seed=1, draw=0, scale=scale)
    series = new_model(job, RunOptions()).run().indicators(yearly=True)
    sales = rows_where(series, indicator="flow_usd", group="all", year=TARGET_YEAR)
    known = sales.set_index("country")["value"]
    ways = [pair.split("-") for pair in PAIRS]
    found = np.array([known[f"{a}-{b}"] + known[f"{b}-{a}"] for a, b in ways])
    return found / found.sum()


def _baseline(
    numbers: pd.DataFrame, found: Responses, outcomes: tuple[str, ...]
) -> dict[str, Floats]:
    """The baseline's levels (outcomes, countries, draws) and nominal growth (places, draws)."""
    rows = rows_where(numbers, scenario=BASE).set_index(["country", "draw"])

    def values(name: str, places: tuple[str, ...]) -> Floats:
        wanted = pd.MultiIndex.from_product([places, found.draws])
        return rows[name].reindex(wanted).to_numpy(np.float64).reshape(len(places), -1)

    return {
        "base": np.stack([values(name, COUNTRIES) for name in outcomes]),
        "ratios": values(RATIO, (REGION, *COUNTRIES)),
    }
