"""What the model says about each figure: yearly observables from the mean-field model or from
agents.

Four observables by country and year: share of people online, share of adults with an account, share
of adults who buy online (stocks of the fourth quarter), and e-commerce value in nominal US$ (sum of
the year). Scales are those of the targets: log odds for shares, logs for money.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.calibration.data.targets import MODULE_OF
from sim.data.outlook import Outlook
from sim.model.engine import people_loop
from sim.model.indicators import Series
from sim.units import QUARTERS_PER_YEAR, year_of

Floats = NDArray[np.float64]
OBSERVABLES = tuple(MODULE_OF)
VALUE = OBSERVABLES.index("ecommerce_value_nominal_usd")
_LEAST = 1e-9


def years_of(first_quarter: int, quarters: int) -> range:
    """Calendar years that a run of whole years covers."""
    start = year_of(first_quarter)
    return range(start, start + quarters // QUARTERS_PER_YEAR)


class MeanFieldObserver:
    """Observables of mean-field runs under the population and prices of the countries' outlooks.

    `outlooks` of each world, of which runs say which one they are in; `adults` as shares of people
    (worlds, countries).
    """

    def __init__(
        self, outlooks: Sequence[Mapping[str, Outlook]], adults: Floats, quarters: int
    ) -> None:
        first = next(iter(outlooks[0].values())).first
        self.years = years_of(first, quarters)
        self._adults = adults
        self._usd = np.stack([_dollars(one, quarters) for one in outlooks])

    def __call__(self, out: Floats, worlds: NDArray[np.int64]) -> Floats:
        """Observables (runs, observables, countries, years) on the scale of the targets.

        `out` are sums per person, by run, country, quarter and measure.
        """
        last = slice(QUARTERS_PER_YEAR - 1, None, QUARTERS_PER_YEAR)
        adults = self._adults[worlds][:, :, None]
        online = out[:, :, last, people_loop.CONNECTED]
        holders = out[:, :, last, people_loop.ACCOUNTS] / adults
        shoppers = out[:, :, last, people_loop.SHOPPERS] / adults
        value = self._yearly(out, worlds, people_loop.SPENDING)
        return np.stack([log_odds(online), log_odds(holders), log_odds(shoppers), value], axis=1)

    def losses(self, out: Floats, worlds: NDArray[np.int64]) -> Floats:
        """Logs of what scams took, nominal US$ (runs, countries, years)."""
        return self._yearly(out, worlds, people_loop.LOSSES)

    def _yearly(self, out: Floats, worlds: NDArray[np.int64], measure: int) -> Floats:
        money = out[:, :, :, measure] * self._usd[worlds]
        return logs(money.reshape(*money.shape[:2], -1, QUARTERS_PER_YEAR).sum(axis=3))


def _dollars(outlooks: Mapping[str, Outlook], quarters: int) -> Floats:
    return np.stack(
        [here.population[:quarters] * here.nominal[:quarters] for here in outlooks.values()]
    )


def of_series(series: Series) -> Floats:
    """Observables (observables, countries, years) of a run of the agents, on the same scale."""
    sums = series.sums
    last = slice(QUARTERS_PER_YEAR - 1, None, QUARTERS_PER_YEAR)

    def share(part: str, whole: str) -> Floats:
        return np.asarray((sums[part][last, :, 0] / sums[whole][last, :, 0]).T)

    value = sums["gmv_nominal_usd"][:, :, 0].T
    yearly = value.reshape(len(value), -1, QUARTERS_PER_YEAR).sum(axis=2)
    return np.stack(
        [
            log_odds(share("connected", "population")),
            log_odds(share("account_holders", "adults")),
            log_odds(share("shoppers", "adults")),
            logs(yearly),
        ]
    )


def log_losses_of_series(series: Series) -> Floats:
    """Logs of what scams took in nominal US$ (countries, years) of a run of the agents."""
    sums = series.sums
    price = sums["gmv_nominal_usd"][:, :, 0] / sums["gmv_real_usd"][:, :, 0]  # of a dollar of 2022
    lost = (sums["scam_losses_usd"][:, :, 0] * price).T
    return logs(lost.reshape(len(lost), -1, QUARTERS_PER_YEAR).sum(axis=2))


def log_odds(share: Floats) -> Floats:
    """Log odds, with shares held off 0 and 1."""
    held = np.clip(share, _LEAST, 1.0 - _LEAST)
    return np.asarray(np.log(held / (1.0 - held)))


def shares(odds: Floats) -> Floats:
    """Shares with these log odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def logs(money: Floats) -> Floats:
    """Natural logarithms, of at least a dollar."""
    return np.asarray(np.log(np.maximum(money, 1.0)))


def on_scale(value: float, scale: str) -> float:
    """One figure on the scale of its target."""
    return math.log(value) if scale == "log" else math.log(value / (1.0 - value))


def back(observable: int, values: Floats) -> Floats:
    """From the scale of the targets back to shares and US$."""
    return np.asarray(np.exp(values)) if observable == VALUE else shares(values)
