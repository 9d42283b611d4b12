"""How much wider forecasts have to be than the fit says, from how far earlier ones fell short.

An error is standardised by the half of the 90 % band on its side, on the scale of the targets (log
odds, logs). Where such errors are larger than bands foresaw, later forecasts are widened about
their median by the root mean square; nothing is narrowed and no median moves. Whether that helps
is judged across countries: each by the factor that the others give.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.calibration.data.observables import OBSERVABLES, VALUE, log_odds, logs
from sim.calibration.forecast import score_tables
from sim.calibration.forecast.scores import Z95
from sim.errors import InputError
from sim.resources import shipped
from sim.rows import rows_where

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
TABLE = ("calibration", "hindcast", "widening.csv")


def standardised(forecasts: pd.DataFrame) -> Floats:
    """Errors of forecasts in standard deviations; columns indicator, value, low, central, high."""
    money = (forecasts["indicator"] == OBSERVABLES[VALUE]).to_numpy()
    known = forecasts[["value", "low", "central", "high"]].to_numpy(float)
    value, low, central, high = np.where(money[:, None], logs(known), log_odds(known)).T
    error = value - central
    return np.asarray(Z95 * error / np.where(error > 0.0, high - central, central - low))


def widening_table(forecasts: pd.DataFrame) -> pd.DataFrame:
    """By indicator: forecasts, rms_error, factor, inside_90, inside_90_widened.

    The last is the share inside ninety-per-cent bands that are widened by the factor of the other
    countries. Forecasts of the model from earlier origins count, of published figures.
    """
    import pandas as pd

    scored = score_tables.of_origins(score_tables.published_only(forecasts))
    scored = rows_where(scored, method=score_tables.MODEL)
    errors, countries = standardised(scored), scored["country"].to_numpy()
    rows = []
    for indicator in OBSERVABLES:
        mine = (scored["indicator"] == indicator).to_numpy()
        if not mine.any():
            continue
        own, where = errors[mine], countries[mine]
        of_others = np.array([factor_of(own[where != country]) for country in where])
        rows.append(
            {
                "indicator": indicator,
                "forecasts": len(own),
                "rms_error": float(np.sqrt(np.mean(own**2))),
                "factor": factor_of(own),
                "inside_90": float(np.mean(np.abs(own) <= Z95)),
                "inside_90_widened": float(np.mean(np.abs(own) <= Z95 * of_others)),
            }
        )
    return pd.DataFrame(rows)


def factor_of(errors: Floats) -> float:
    """Root mean square of standardised errors, at least one; one where there are none."""
    return max(1.0, float(np.sqrt(np.mean(errors**2)))) if len(errors) else 1.0


def factors() -> Floats:
    """The factor of each observable, from the table that `mekong evidence hindcast` left.

    Raises InputError where the table cannot be read.
    """
    path = shipped(*TABLE)
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            known = {row["indicator"]: float(row["factor"]) for row in csv.DictReader(lines)}
    except (OSError, KeyError, ValueError) as error:
        raise InputError(
            f"the table of past errors cannot be read: {error}",
            where="/".join(TABLE),
            todo="take the file from the repository, or make it with mekong evidence hindcast",
        ) from error
    return np.array([known.get(indicator, 1.0) for indicator in OBSERVABLES])


def widened(truth: Floats, by: Floats) -> Floats:
    """Draws (points, observables, ...) moved away from their median by the factor of each."""
    median = np.median(truth, axis=0, keepdims=True)
    further = by.reshape(-1, *[1] * (truth.ndim - 2)) - 1.0
    return np.asarray(truth + further * (truth - median))
