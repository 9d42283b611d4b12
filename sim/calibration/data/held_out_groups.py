"""Shares by sex and income that nothing was fitted to, compared with the agents.

A level inherits what the model misses of everybody; a gap between two groups does not, so gaps are
what checks the distribution. Published gaps carry the errors of both groups.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.calibration.data.observables import log_odds, on_scale, shares
from sim.calibration.forecast.scores import quantiles
from sim.model.indicators import GROUPS, INDICATORS, Series
from sim.rows import rows_where
from sim.units import COUNTRIES, QUARTERS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Key = tuple[str, str, int]  # indicator, country, year
DRAWS = 60  # equally likely draws of the posterior that are compared
COLUMNS = (
    *("indicator", "country", "year", "group", "unit", "source_id", "value", "low", "central"),
    *("high", "error"),
)
_SHARES = ("internet_users_share", "account_share", "adults_buying_online_share")
_MEMBERS = {
    "female": ("women",),
    "male": ("men",),
    "poorest40": ("q1", "q2"),
    "richest60": ("q3", "q4", "q5"),
}
_GAPS = (("female", "male"), ("poorest40", "richest60"))


class HeldOutRuns(NamedTuple):
    """Log odds of every share by draw, indicator, group, country and year from `first` on."""

    values: Floats
    first: int

    def of(self, key: Key, group: str) -> Floats:
        """One value a draw."""
        indicator, country, year = key
        place = (_SHARES.index(indicator), list(_MEMBERS).index(group))
        return self.values[:, *place, COUNTRIES.index(country), year - self.first]


def shares_by_group(series: Series) -> Floats:
    """Log odds (indicators, groups, countries, years), each at the end of its year."""
    ends = slice(QUARTERS_PER_YEAR - 1, None, QUARTERS_PER_YEAR)

    def people(name: str, members: tuple[str, ...]) -> Floats:
        columns = [GROUPS.index(group) for group in members]
        return np.asarray(series.sums[name][ends][:, :, columns].sum(axis=2).T)

    ratios = [of for name in _SHARES if (of := INDICATORS[name].of)]
    return np.array(
        [
            [log_odds(people(part, some) / people(whole, some)) for some in _MEMBERS.values()]
            for part, whole in ratios
        ]
    )


def groups_table(targets: pd.DataFrame, runs: HeldOutRuns) -> pd.DataFrame:
    """Every held-out share, then every gap between two of them in log odds, in `COLUMNS`.

    `value` was published; low, central and high are the 5th, 50th and 95th percentile over draws.
    `error` is the distance in standard deviations of draws and measurement together; what the model
    misses of everybody is in neither.
    """
    import pandas as pd

    figures: dict[Key, dict[str, _Figure]] = {}
    for one in rows_where(targets, use="held_out").to_dict("records"):
        indicator, _, group = one["indicator"].rpartition("_")
        key = (indicator, one["country"], one["year"])
        if one["year"] >= runs.first:
            figure = _Figure(
                on_scale(one["value"], "logit"), one["error"], one["round_error"], one["source_id"]
            )
            figures.setdefault(key, {})[group] = figure
    levels = [
        (*key, group, "fraction", *_compared(figure, runs.of(key, group), shares))
        for key, known in figures.items()
        for group, figure in known.items()
    ]
    gaps = [
        (*key, f"{one} - {other}", "log odds", *_compared(known[one] - known[other], said, _same))
        for key, known in figures.items()
        for one, other in _GAPS
        if one in known and other in known
        for said in [runs.of(key, one) - runs.of(key, other)]
    ]
    return pd.DataFrame(levels + gaps, columns=COLUMNS)


class _Figure(NamedTuple):
    """A published share, or the gap of two, in log odds, with the error of its measurement.

    The part of the error that the survey's round adds is common to all groups, so gaps are without.
    """

    value: float
    error: float
    of_round: float
    source: str

    def __sub__(self, other: _Figure) -> _Figure:
        own, others = (one.error**2 - one.of_round**2 for one in (self, other))
        return _Figure(self.value - other.value, float(np.sqrt(own + others)), 0.0, self.source)


def _compared(
    figure: _Figure, said: Floats, shown: Callable[[Floats], Floats]
) -> tuple[object, ...]:
    numbers = np.array([figure.value, *quantiles(said, (0.05, 0.5, 0.95))])
    spread = float(np.hypot(figure.error, said.std()))
    return (figure.source, *shown(numbers), (figure.value - float(said.mean())) / spread)


def _same(numbers: Floats) -> Floats:
    return numbers
