"""Forecasts of sectors from earlier origins, scored on later years, and forecasts to 2030.

At an origin the figures are those of editions up to then. Who is online and what people consume is
given, as the model has it today: what is tested is the account and not the model below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.calibration.forecast.scores import LEVELS, crps, inside, pit, quantiles
from sim.calibration.posterior.likelihood import Known, discrepancy
from sim.calibration.sectors.estimation import (
    ONLY,
    SectorDensity,
    SectorPosterior,
    error_of,
    one_run,
    revisions,
)
from sim.data.schema import LAST_OUTCOME_YEAR
from sim.sectors.published import PUBLISHED_FOR, Figure, figures, latest
from sim.sectors.rule import SECTORS, Drivers
from sim.units import COUNTRIES

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
ORIGINS = (2021, 2022, 2023)
INSIDE = tuple(f"inside_{round(100 * level)}" for level in LEVELS)
QUANTILES = (0.05, 0.25, 0.50, 0.75, 0.95)


def alone(posterior: SectorPosterior, drivers: Drivers, known: dict[str, list[Known]]) -> Floats:
    """Logs of spending as the account has it (sectors, draws, countries, years)."""
    return np.stack(
        [
            np.concatenate([density.observables(point)[:, ONLY] for density, point in parts])
            for parts in (_densities(posterior, drivers, known, sector) for sector in SECTORS)
        ]
    )


def truth(
    posterior: SectorPosterior, drivers: Drivers, known: dict[str, list[Known]], seed: int
) -> Floats:
    """The same with what the account misses."""
    found = alone(posterior, drivers, known)
    for place, sector in enumerate(SECTORS):
        told = {series.country: series for series in known[sector]}
        parts = _densities(posterior, drivers, known, sector)
        for number, (density, point) in enumerate(parts):
            run, numbers = density.observables(point), density.numbers(point)
            for country in range(len(COUNTRIES)):
                rng = np.random.default_rng([seed, 600 + place, number, country])
                series = told.get(country)
                missed = discrepancy(series, ONLY, run, country, density.years, numbers, rng)
                found[place, number, country] += missed[0]
    return found


def _densities(
    posterior: SectorPosterior, drivers: Drivers, known: dict[str, list[Known]], sector: str
) -> Iterator[tuple[SectorDensity, Floats]]:
    """The density of each draw with its point."""
    for number, draw in enumerate(posterior.draws):
        density = SectorDensity(sector, one_run(drivers, number), draw, known[sector])
        yield density, posterior.points[sector][number : number + 1]


def scored(
    origin: int, logs: Floats, years: tuple[int, ...], known: Sequence[Figure], seed: int
) -> pd.DataFrame:
    """Forecasts of an origin against the last edition of every later figure."""
    import pandas as pd

    sizes = revisions(figures())
    rows = []
    for one in latest(figures()):
        later = origin < one.year <= LAST_OUTCOME_YEAR
        if one.sector not in SECTORS or one.country not in PUBLISHED_FOR or not later:
            continue
        sample = logs[SECTORS.index(one.sector), :, COUNTRIES.index(one.country)]
        rng = np.random.default_rng([seed, origin, one.year, SECTORS.index(one.sector)])
        error = error_of(one, sizes[one.sector])
        drawn = sample[:, years.index(one.year)] + error * rng.standard_normal(len(sample))
        value = float(np.log(one.value))
        low, middle, high = np.exp(quantiles(drawn, (0.05, 0.5, 0.95)))
        row: dict[str, object] = {
            "origin": origin,
            "sector": one.sector,
            "country": one.country,
            "year": one.year,
            "edition": one.edition,
            "value": one.value,
            "low": low,
            "central": middle,
            "high": high,
            "crps": crps(drawn, value),
            "pit": pit(drawn, value),
        }
        hits = inside(drawn, value)
        row |= {
            f"inside_{round(100 * lv)}": bool(hit) for lv, hit in zip(LEVELS, hits, strict=True)
        }
        row |= dict(zip(("crps_last", "crps_growth"), _benchmarks(one, known), strict=True))
        rows.append(row)
    return pd.DataFrame(rows)


def _benchmarks(one: Figure, known: Sequence[Figure]) -> tuple[float, float]:
    """Absolute errors in logs of the last known figure and of its growth going on."""
    mine = [k for k in latest(list(known)) if (k.sector, k.country) == (one.sector, one.country)]
    first, last = mine[0], mine[-1]
    growth = np.log(last.value / first.value) / max(last.year - first.year, 1)
    still = abs(float(np.log(last.value / one.value)))
    grown = np.log(last.value / one.value) + growth * (one.year - last.year)
    return still, abs(float(grown))


def coverage(forecasts: pd.DataFrame) -> pd.DataFrame:
    """By origin and sector, and of all: outcomes inside bands, and mean scores of benchmarks."""
    import pandas as pd

    rows = []
    for origin in (*sorted(forecasts["origin"].unique()), "all"):
        for sector in (*SECTORS, "all"):
            some = forecasts if origin == "all" else forecasts[forecasts["origin"] == origin]
            some = some if sector == "all" else some[some["sector"] == sector]
            row = {"origin": origin, "sector": sector, "forecasts": len(some)}
            scores = [*INSIDE, "crps", "crps_last", "crps_growth"]
            rows.append(row | {name: float(some[name].mean()) for name in scores})
    return pd.DataFrame(rows)


def bands(logs: Floats, years: tuple[int, ...]) -> pd.DataFrame:
    """Quantiles of every sector, country and year in whole US$, what the account misses included.

    `basis` says what a country's rest on: figures, or income and use alone.
    """
    import pandas as pd

    rows = []
    for place, sector in enumerate(SECTORS):
        for country, iso in enumerate(COUNTRIES):
            basis = "figures" if iso in PUBLISHED_FOR else "income and use"
            for at, year in enumerate(years):
                values = np.exp(quantiles(logs[place, :, country, at], QUANTILES))
                row: dict[str, object] = {
                    "sector": sector,
                    "country": iso,
                    "year": year,
                    "basis": basis,
                }
                for share, value in zip(QUANTILES, values, strict=True):
                    row[f"q{round(100 * share):02d}"] = round(float(value))
                rows.append(row)
    return pd.DataFrame(rows)
