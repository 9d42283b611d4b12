"""Data that could be collected: what each would measure in the model, with what error.

Each is a reading of the baseline run of a draw, by country; errors are standard deviations on the
scale that is named. They are judgements of what such a survey reaches, and named with the results.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calibration.data.observables import log_odds
from sim.meanfield import outcomes as sums

Floats = NDArray[np.float64]
SURVEY_YEAR = 2026


@dataclass(frozen=True)
class Datum:
    """A survey or series of all five countries in one year."""

    name: str
    meaning: str
    scale: str
    error: float
    reading: Callable[[Floats], Floats]

    def readings(self, runs: Floats, rng: np.random.Generator) -> Floats:
        """What it would show (draws, numbers), from yearly sums (draws, sums, countries)."""
        exact = self.reading(runs)
        return np.asarray(exact + self.error * rng.standard_normal(exact.shape))


def _odds(part: int, whole: int) -> Callable[[Floats], Floats]:
    return lambda runs: log_odds(runs[:, part] / runs[:, whole])


def _log(part: int, whole: int) -> Callable[[Floats], Floats]:
    return lambda runs: np.asarray(np.log(runs[:, part] / runs[:, whole]))


def _areas(runs: Floats) -> Floats:
    towns = log_odds(runs[:, sums.TOWN_SHOPPERS] / runs[:, sums.TOWN_ADULTS])
    rest = log_odds(runs[:, sums.COUNTRY_SHOPPERS] / runs[:, sums.COUNTRY_ADULTS])
    return np.asarray(towns - rest)


ODDS, LOGS = "log odds", "logs"
DATA = (
    Datum("shoppers", "share of adults who buy online: another wave of Findex", ODDS, 0.10,
          _odds(sums.SHOPPERS, sums.ADULTS)),
    Datum("shoppers_by_area", "odds of buying online, towns over countryside: a split of the wave",
          ODDS, 0.20, _areas),
    Datum("accounts", "share of adults with an account: another wave of Findex", ODDS, 0.10,
          _odds(sums.HOLDERS, sums.ADULTS)),
    Datum("internet_users", "share of people online: a household survey", ODDS, 0.10,
          _odds(sums.CONNECTED, sums.PEOPLE)),
    Datum("value", "online purchases in US$: an industry estimate", LOGS, 0.20,
          lambda runs: np.asarray(np.log(runs[:, sums.NOMINAL]))),
    Datum("spending_per_shopper", "online purchases per shopper: records of payments", LOGS, 0.10,
          _log(sums.REAL, sums.SHOPPERS)),
    Datum("shopper_panel", "shoppers who stop within a year: a panel", LOGS, 0.15,
          _log(sums.LAPSED, sums.SHOPPERS)),
    Datum("victims", "share of adults online who lost money to a scam: a survey of victims", LOGS,
          0.20, _log(sums.VICTIMS, sums.CONNECTED_ADULTS)),
    Datum("loss_per_victim", "what a victim loses: a survey of victims", LOGS, 0.30,
          _log(sums.LOSSES, sums.VICTIMS)),
    Datum("trust", "mean trust in buying online: an opinion survey", "index", 0.03,
          lambda runs: np.asarray(runs[:, sums.TRUST] / runs[:, sums.CONNECTED_ADULTS])),
)  # fmt: skip
