"""The agents' runs that sector parameters are estimated from: one of each draw of the posterior."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from sim.experiments.storage.checkpoints import Checkpoints
from sim.model.indicators import Series
from sim.model.model import MekongModel
from sim.parameters.values import ParameterSet
from sim.sectors.drivers import NEEDED, PLACES, drivers_of
from sim.sectors.rule import FIFTHS, FIRST_YEAR, Drivers
from sim.units import COUNTRIES

Floats = NDArray[np.float64]
SCALE = 5000
SEED = 1
LAST_YEAR = 2030
YEARS = tuple(range(FIRST_YEAR, LAST_YEAR + 1))
_GROUPS = (*FIFTHS, *PLACES)
_BATCH = 10


def sector_runs(
    draws: Sequence[int],
    checkpoints: Checkpoints,
    workers: int,
    told: Callable[[int, int], None] | None = None,
) -> Drivers:
    """What the account reads of a baseline run of each draw, in batches kept as stages."""
    found = []
    for first in range(0, len(draws), _BATCH):
        some = draws[first : first + _BATCH]

        def make(some: Sequence[int] = some) -> dict[str, Floats]:
            threads = 1 if workers > 1 else None
            runs = Parallel(n_jobs=workers)(delayed(_read)(draw, threads) for draw in some)
            return {"values": np.stack(runs)}

        found.append(checkpoints.stage(f"runs_{first:04d}", make)["values"])
        if told:
            told(min(first + _BATCH, len(draws)), len(draws))
    values = np.concatenate(found)

    def read(iso: str, indicator: str, group: str) -> Floats:
        place = NEEDED.index(indicator), COUNTRIES.index(iso), _GROUPS.index(group)
        return np.asarray(values[:, *place])

    return drivers_of(read, YEARS, cap_of(draws))


def cap_of(draws: Sequence[int]) -> Floats:
    """The largest online share of consumption of each draw (draws, countries)."""
    sets = [ParameterSet.draw(draw) for draw in draws]
    return np.array([[one.get(iso, "spending_cap") for iso in COUNTRIES] for one in sets])


def _read(draw: int, threads: int | None) -> Floats:
    values = ParameterSet.draw(draw)
    model = MekongModel("baseline", seed=SEED, scale=SCALE, parameters=values, threads=threads)
    return yearly(model.run().series())


def yearly(series: Series) -> Floats:
    """What is needed of a run: (indicators, countries, groups, years)."""
    table = series.table(yearly=True)
    table = table[table["indicator"].isin(NEEDED) & table["group"].isin(_GROUPS)]
    by_year = table.pivot_table(
        index=["indicator", "country", "group"], columns="year", values="value", observed=True
    )
    wanted = [(name, iso, group) for name in NEEDED for iso in COUNTRIES for group in _GROUPS]
    values = by_year.loc[wanted, list(YEARS)].to_numpy(np.float64)
    return values.reshape(len(NEEDED), len(COUNTRIES), len(_GROUPS), len(YEARS))
