"""The ledger of forecasts: what the released program says, dated, before the outcomes are known.

`mekong forecast` runs the draws of the posterior in the agents, adds what the runs miss, and writes
quantiles by country, year and measure. Later origins are added beside earlier ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from joblib import Parallel, delayed

from sim.calibration.likelihood import known_series
from sim.calibration.prediction import Floats, bands, with_discrepancy
from sim.calibration.reruns import SCALE, run_agents
from sim.calibration.targets import as_known, load_targets
from sim.countries.schema import LAST_OUTCOME_YEAR
from sim.parameters.posterior import posterior_draws
from sim.parameters.values import ParameterSet

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
_FIRST_YEAR = 2015
_DIGITS = 6


def forecast(
    draws: int | None = None,
    scale: int = SCALE,
    workers: int = 2,
    told: Callable[[int, int], None] = lambda done, all_: None,
) -> pd.DataFrame:
    """Quantiles for every year after the last outcome; columns `COLUMNS`.

    Whole US$ or fractions. `draws` of the posterior are run (all by default), a seed a draw.
    Raises InputError if the posterior has fewer.
    """
    import pandas as pd

    last = len(posterior_draws()) - 1 if draws is None else draws
    sets = [ParameterSet.draw(number) for number in range(1, last + 1)]
    runs = observables(sets, scale, workers, told)
    truth = with_misses(runs)
    table = pd.DataFrame(bands(truth, range(_FIRST_YEAR, LAST_YEAR + 1), QUANTILES))
    table = table[table["year"] > LAST_OUTCOME_YEAR].rename(columns={"indicator": "measure"})
    for name in COLUMNS[3:]:
        money = table["measure"].str.endswith("_usd")
        table[name] = np.where(money, table[name].round(), table[name].round(_DIGITS))
    return table.sort_values(["country", "measure", "year"])[list(COLUMNS)].reset_index(drop=True)


def observables(
    sets: list[ParameterSet], scale: int, workers: int, told: Callable[[int, int], None]
) -> Floats:
    """Observables of a run of each set, draw k under seed k."""
    threads = 1 if workers > 1 else None
    jobs = (
        delayed(run_agents)(one, number, scale, threads)
        for number, one in enumerate(sets, start=SEED)
    )
    found = []
    for run in Parallel(n_jobs=workers, return_as="generator")(jobs):
        found.append(run)
        told(len(found), len(sets))
    return np.stack(found)


def with_misses(runs: Floats) -> Floats:
    """Runs of draws 1, 2, ... with what they miss, given all figures up to the last outcome."""
    drawn = [draw.observation for draw in posterior_draws()[1 : len(runs) + 1]]
    numbers = {name: np.array([one[name] for one in drawn]) for name in drawn[0]}
    known = known_series(as_known(load_targets(), LAST_OUTCOME_YEAR))
    return with_discrepancy(runs, range(_FIRST_YEAR, LAST_YEAR + 1), known, numbers, SEED)
