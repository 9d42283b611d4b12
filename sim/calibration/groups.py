"""Shares by sex and income that nothing was fitted to, beside what the agents say.

A level inherits what the model misses of everybody; a gap between two groups does not, so gaps are
what checks the distribution. Published gaps carry the errors of both groups.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from sim.calibration.calibrate import Calibration
from sim.calibration.observed import log_odds, on_scale
from sim.calibration.reruns import SCALE, parameter_sets
from sim.calibration.scores import quantiles
from sim.countries.schema import LAST_OUTCOME_YEAR
from sim.indicators import GROUPS, Series
from sim.model import MekongModel
from sim.parameters.values import ParameterSet
from sim.units import COUNTRIES, QUARTERS_PER_YEAR, quarter_index, year_of

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Key = tuple[str, str, int]  # indicator, country, year
DRAWS = 60
COLUMNS = (
    *("indicator", "country", "year", "group", "unit", "source_id", "value", "low", "central"),
    *("high", "error"),
)
_SHARES = {
    "internet_users_share": ("connected", "population"),
    "account_share": ("account_holders", "adults"),
    "adults_buying_online_share": ("shoppers", "adults"),
}
_MEMBERS = {
    "female": ("women",),
    "male": ("men",),
    "poorest40": ("q1", "q2"),
    "richest60": ("q3", "q4", "q5"),
}
_GAPS = (("female", "male"), ("poorest40", "richest60"))


class Runs(NamedTuple):
    """Log odds of every share by draw, indicator, group, country and year from `first` on."""

    values: Floats
    first: int

    def of(self, key: Key, group: str) -> Floats:
        """One value a draw."""
        indicator, country, year = key
        place = (list(_SHARES).index(indicator), list(_MEMBERS).index(group))
        return self.values[:, *place, COUNTRIES.index(country), year - self.first]


def run_groups(calibration: Calibration, workers: int) -> Runs:
    """Runs of equally likely draws of the posterior, up to the last year with outcomes."""
    sets = parameter_sets(calibration.estimation, calibration.posterior)
    some = [sets[place] for place in calibration.order()[:DRAWS]]
    threads = 1 if workers > 1 else None
    jobs = (delayed(_shares_of_run)(one, threads) for one in some)
    found, firsts = zip(*Parallel(n_jobs=workers)(jobs), strict=True)
    return Runs(np.stack(found), firsts[0])


def _shares_of_run(values: ParameterSet, threads: int | None) -> tuple[Floats, int]:
    model = MekongModel("baseline", seed=1, scale=SCALE, parameters=values, threads=threads)
    last = quarter_index(f"{LAST_OUTCOME_YEAR}Q4")
    while model.next_quarter <= last:
        model.step()
    return shares_by_group(model.series())


def shares_by_group(series: Series) -> tuple[Floats, int]:
    """Log odds (indicators, groups, countries, years), each at the end of its year; first year."""
    ends = slice(QUARTERS_PER_YEAR - 1, None, QUARTERS_PER_YEAR)

    def people(name: str, members: tuple[str, ...]) -> Floats:
        columns = [GROUPS.index(group) for group in members]
        return np.asarray(series.sums[name][ends][:, :, columns].sum(axis=2).T)

    shares = [
        [log_odds(people(part, some) / people(whole, some)) for some in _MEMBERS.values()]
        for part, whole in _SHARES.values()
    ]
    return np.array(shares), year_of(series.first)


def groups_table(targets: pd.DataFrame, runs: Runs) -> pd.DataFrame:
    """Every held-out share, then every gap between two of them in log odds, in `COLUMNS`.

    `value` was published; low, central and high are the 5th, 50th and 95th percentile over draws.
    `error` is the distance in standard deviations of draws and measurement together; what the model
    misses of everybody is in neither.
    """
    import pandas as pd

    figures: dict[Key, dict[str, _Figure]] = {}
    for one in targets[targets["use"] == "held_out"].to_dict("records"):
        indicator, _, group = one["indicator"].rpartition("_")
        key = (indicator, one["country"], one["year"])
        if one["year"] >= runs.first:
            figure = _Figure(on_scale(one["value"], "logit"), one["error"], one["source_id"])
            figures.setdefault(key, {})[group] = figure
    levels = [
        (*key, group, "fraction", *_compared(figure, runs.of(key, group), _share))
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
    """A published share, or the gap of two, in log odds, with the error of its measurement."""

    value: float
    error: float
    source: str

    def __sub__(self, other: _Figure) -> _Figure:
        error = float(np.hypot(self.error, other.error))
        return _Figure(self.value - other.value, error, self.source)


def _compared(
    figure: _Figure, said: Floats, shown: Callable[[Floats], Floats]
) -> tuple[object, ...]:
    numbers = np.array([figure.value, *quantiles(said, (0.05, 0.5, 0.95))])
    spread = float(np.hypot(figure.error, said.std()))
    return (figure.source, *shown(numbers), (figure.value - float(said.mean())) / spread)


def _same(numbers: Floats) -> Floats:
    return numbers


def _share(numbers: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-numbers)))
