"""How much wider or narrower forecasts have to be than the fit says, from how earlier ones did.

An error is standardised by the half of the 90 % band on its side, on the scale of the targets (log
odds, logs). Its spread, one if bands were right, is a factor by indicator times the horizon in
years to a power that all indicators share:

    log spread = a[indicator] + b log(horizon),   a and b normal about zero (`PRIOR_SPREAD`)

which the prior keeps near one where there is little to learn from. An outcome that several origins
forecast counts once. Later forecasts are stretched about their median by the spread, so bands may
become narrower and no median moves. Whether that helps is judged by origin: the forecasts of each
by the factors that the other origins give.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

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
PRIOR_SPREAD = 0.5  # of a and b: a factor from 0.4 to 2.3 before errors are seen (judgement)
_OUTCOME = ["indicator", "country", "year"]
_ALPHA = 0.10  # of the bands that are judged


class Past(NamedTuple):
    """Scored forecasts: standardised errors, positions in `OBSERVABLES`, horizons and weights."""

    errors: Floats
    indicators: NDArray[np.int64]
    horizons: Floats  # years from origin to outcome
    weights: Floats  # those of the forecasts of one outcome add up to one


def past(forecasts: pd.DataFrame) -> Past:
    """The model's forecasts of published figures from earlier origins."""
    scored = _scored(forecasts)
    return Past(
        standardised(scored),
        np.array([OBSERVABLES.index(name) for name in scored["indicator"]], dtype=np.int64),
        (scored["year"] - scored["origin"]).to_numpy(float),
        1.0 / scored.groupby(_OUTCOME)["origin"].transform("size").to_numpy(float),
    )


def standardised(forecasts: pd.DataFrame) -> Floats:
    """Errors of forecasts in standard deviations; columns indicator, value, low, central, high."""
    money = (forecasts["indicator"] == OBSERVABLES[VALUE]).to_numpy()
    known = forecasts[["value", "low", "central", "high"]].to_numpy(float)
    value, low, central, high = np.where(money[:, None], logs(known), log_odds(known)).T
    error = value - central
    return np.asarray(Z95 * error / np.where(error > 0.0, high - central, central - low))


def _scored(forecasts: pd.DataFrame) -> pd.DataFrame:
    scored = score_tables.of_origins(score_tables.published_only(forecasts))
    return rows_where(scored, method=score_tables.MODEL)


def spreads(known: Past, horizons: Sequence[float]) -> Floats:
    """Most probable factor by observable and horizon; one where nothing is known."""

    def against(at: Floats) -> float:
        log_spread = at[known.indicators] + at[-1] * np.log(known.horizons)
        fit = log_spread + 0.5 * known.errors**2 * np.exp(-2.0 * log_spread)
        return float(known.weights @ fit + 0.5 * np.sum((at / PRIOR_SPREAD) ** 2))

    found = minimize(against, np.zeros(len(OBSERVABLES) + 1), method="BFGS").x
    return np.asarray(np.exp(found[:-1, None] + found[-1] * np.log(horizons)))


def widening_table(forecasts: pd.DataFrame) -> pd.DataFrame:
    """By indicator and horizon in years: what past errors ask for, and whether it helped.

    Columns indicator, horizon, forecasts, rms_error, factor; inside_90 and interval_score of bands
    as fitted, and with `_other_origins` of bands stretched by the factors that the other origins
    give. The score is the mean of Gneiting and Raftery (2007), smaller is better, in half widths of
    the fitted band of each forecast. Horizons that no forecast had stand without scores.
    """
    import pandas as pd

    scored, known = _scored(forecasts), past(forecasts)
    origins = scored["origin"].to_numpy()
    horizons = range(1, int(known.horizons.max(initial=1.0)) + 1)
    factor = spreads(known, horizons)
    steps = known.horizons.astype(int) - 1
    of_others = np.ones(len(known.errors))
    for origin in np.unique(origins):
        mine = origins == origin
        there = spreads(Past(*(part[~mine] for part in known)), horizons)
        of_others[mine] = there[known.indicators[mine], steps[mine]]
    rows = []
    for place, indicator in enumerate(OBSERVABLES):
        for step, horizon in enumerate(horizons):
            mine = (known.indicators == place) & (known.horizons == horizon)
            own, others = known.errors[mine], of_others[mine]
            rows.append(
                {
                    "indicator": indicator,
                    "horizon": horizon,
                    "forecasts": len(own),
                    "rms_error": float(np.sqrt(np.mean(own**2))) if len(own) else np.nan,
                    "factor": float(factor[place, step]),
                    **_judged("", own, np.ones(len(own))),
                    **_judged("_other_origins", own, others),
                }
            )
    return pd.DataFrame(rows)


def _judged(suffix: str, errors: Floats, by: Floats) -> dict[str, float]:
    beyond = np.maximum(np.abs(errors) / Z95 - by, 0.0)  # in half widths of the fitted band
    score = 2.0 * by + 2.0 / _ALPHA * beyond
    return {
        f"inside_90{suffix}": float(np.mean(beyond == 0.0)) if len(errors) else np.nan,
        f"interval_score{suffix}": float(np.mean(score)) if len(errors) else np.nan,
    }


def factors(horizons: Sequence[int]) -> Floats:
    """The factor of each observable and horizon, from the table that the hindcasts left.

    Beyond the longest horizon of the table its factor stays. Raises InputError where the table
    cannot be read.
    """
    path = shipped(*TABLE)
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            known = {
                (row["indicator"], int(row["horizon"])): float(row["factor"])
                for row in csv.DictReader(lines)
            }
        longest = max(horizon for _, horizon in known)
        return np.array(
            [[known[name, min(years, longest)] for years in horizons] for name in OBSERVABLES]
        )
    except (OSError, KeyError, ValueError) as error:
        raise InputError(
            f"the table of past errors cannot be read: {error}",
            where="/".join(TABLE),
            todo="take the file from the repository, or make it with mekong evidence hindcast",
        ) from error


def widened(truth: Floats, by: Floats) -> Floats:
    """Draws (points, observables, countries, years) stretched about their median.

    `by` has a factor by observable and year.
    """
    median = np.median(truth, axis=0, keepdims=True)
    return np.asarray(truth + (by[None, :, None, :] - 1.0) * (truth - median))
