"""`mekong evidence sectors`: parameters of the digital economy, their fit, hindcasts, forecasts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.calibration.forecast.scores import Z95, quantiles
from sim.calibration.sectors.estimation import (
    FULL,
    SectorPlan,
    SectorPosterior,
    error_of,
    estimate,
    known_figures,
    revisions,
)
from sim.calibration.sectors.hindcast import ORIGINS, alone, bands, coverage, scored, truth
from sim.calibration.sectors.runs import SCALE, sector_runs
from sim.calibration.sectors.space import SectorSpace
from sim.calibration.tables import write_table
from sim.experiments.execution.plan import at_a_time
from sim.experiments.execution.progress import Stages, unheard
from sim.experiments.limits import check_seed
from sim.experiments.provenance.environment import commit, environment, version
from sim.experiments.provenance.fingerprint import data_hash, sources_hash
from sim.experiments.storage.atomic_write import write_text
from sim.experiments.storage.checkpoints import Checkpoints
from sim.experiments.storage.local_path import output_folder
from sim.parameters.posterior import DRAWS, posterior_draws
from sim.resources import shipped
from sim.sectors.published import PUBLISHED_FOR, figures, latest, ranges
from sim.sectors.rule import SECTORS, TITLES, Drivers
from sim.target import POSTERIOR_ORIGIN
from sim.units import COUNTRIES, REGION

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
SOURCES = ("sectors", "calibration/sectors/runs.py")
"""Files and folders of the package that determine the finished runs, beside those of a run."""
HINDCAST_DRAWS = 30
_DIGITS = 10


@dataclass(frozen=True)
class SectorEvidence:
    """What `save` writes: estimates, their fit, scored forecasts and bands to 2030."""

    posterior: SectorPosterior
    fit: pd.DataFrame
    hindcast: pd.DataFrame
    bands: pd.DataFrame
    manifest: dict[str, object]

    @property
    def coverage(self) -> pd.DataFrame:
        """Outcomes inside bands by origin and sector."""
        return coverage(self.hindcast)

    def save(self, folder: Path) -> None:
        """Write `manifest.json` and a CSV file a table."""
        folder = output_folder(folder)
        later = self.bands[self.bands["year"] > POSTERIOR_ORIGIN].reset_index(drop=True)
        tables = {
            "draws.csv": draws_table(self.posterior),
            "parameters.csv": parameters_table(self.posterior),
            "fit.csv": self.fit,
            "hindcast.csv": self.hindcast,
            "coverage.csv": self.coverage,
            "bands.csv": self.bands,
            f"forecast_origin_{POSTERIOR_ORIGIN}.csv": later,
        }
        for name, table in tables.items():
            digits = {"draws.csv": _DIGITS}.get(name, 6)
            write_table(folder / name, table, digits=None if "origin" in name else digits)
        about = json.dumps(self.manifest, indent=2, sort_keys=True) + "\n"
        write_text(folder / "manifest.json", about)


def sectors(
    work: Path,
    plan: SectorPlan = FULL,
    *,
    seed: int = 1,
    workers: int | None = None,
    told: Stages = unheard,
) -> SectorEvidence:
    """Runs a baseline of each draw, then estimates, checks and forecasts the sectors.

    `work` keeps finished runs. Raises InputError before anything runs.
    """
    check_seed(seed, "--seed")
    at_once = at_a_time(SCALE, plan.draws, workers)
    draws = tuple(range(min(plan.draws + 1, len(posterior_draws()))))
    made_by = hashlib.sha256(shipped(*DRAWS).read_bytes()).hexdigest()
    checkpoints = Checkpoints(work, {"posterior": made_by, "scale": SCALE}, SOURCES)
    drivers = sector_runs(draws, checkpoints, at_once, lambda a, b: told("agents", a, b))
    known = {one: known_figures(one, figures(), POSTERIOR_ORIGIN) for one in SECTORS}
    posterior = estimate(drivers, draws, known, plan, seed, told)
    logs = truth(posterior, drivers, known, seed)
    return SectorEvidence(
        posterior=posterior,
        fit=fit_table(alone(posterior, drivers, known), drivers),
        hindcast=_hindcast(drivers, draws[: HINDCAST_DRAWS + 1], plan, seed, told),
        bands=bands(logs[:, 1:], drivers.years),
        manifest=_manifest(posterior, plan, seed, made_by),
    )


def _hindcast(
    drivers: Drivers, draws: Sequence[int], plan: SectorPlan, seed: int, told: Stages
) -> pd.DataFrame:
    import pandas as pd

    found = []
    count = len(draws)
    parts = {k: v if k == "years" else v[:count] for k, v in drivers._asdict().items()}
    few = Drivers(**parts)
    last = max(one.year for one in figures())
    for origin in (one for one in ORIGINS if one < last):
        then = figures(until=origin)
        known = {one: known_figures(one, then, origin) for one in SECTORS}
        posterior = estimate(
            few, draws, known, plan, seed + origin, lambda s, a, b: told("hindcast", a, b)
        )
        logs = truth(posterior, few, known, seed)[:, 1:]
        found.append(scored(origin, logs, few.years, then, seed))
    return pd.concat(found, ignore_index=True)


def draws_table(posterior: SectorPosterior) -> pd.DataFrame:
    """One row a draw: the values of what was estimated, the central set first."""
    import pandas as pd

    spaces = {sector: SectorSpace(sector) for sector in SECTORS}
    rows = []
    for number, draw in enumerate(posterior.draws):
        row: dict[str, float] = {"draw": draw}
        for sector, space in spaces.items():
            row |= space.estimates(posterior.points[sector][number])
        rows.append(row)
    return pd.DataFrame(rows)


def parameters_table(posterior: SectorPosterior) -> pd.DataFrame:
    """Prior and posterior of each parameter, and how much narrower the figures made it.

    `contraction` is one less the ratio of the variances of scores; that of a country without
    figures comes from the other two through partial pooling.
    """
    import pandas as pd

    rows = []
    for sector in SECTORS:
        space = SectorSpace(sector)
        scores = posterior.points[sector][1:]
        for column, dimension in enumerate(space.dimensions):
            values = space.value(dimension, scores[:, column])
            ends = space.value(dimension, np.array([-Z95, 0.0, Z95]))
            row: dict[str, object] = {
                "sector": sector,
                "parameter": dimension.name,
                "country": dimension.country,
            }
            row |= dict(zip(("prior_low", "prior_central", "prior_high"), ends, strict=True))
            found = quantiles(values, (0.05, 0.5, 0.95))
            row |= dict(zip(("low", "central", "high"), found, strict=True))
            row["contraction"] = 1.0 - float(scores[:, column].var(ddof=1))
            figure = dimension.country in (*PUBLISHED_FOR, REGION)
            rows.append(row | {"basis": "figures" if figure else "income and use"})
    return pd.DataFrame(rows)


def fit_table(logs: Floats, drivers: Drivers) -> pd.DataFrame:
    """Every last figure and the account's draws of it, what the account misses left out.

    `within` says whether the median lies in the range of all editions, rounding included.
    """
    import pandas as pd

    sizes, spans = revisions(figures()), ranges(figures())
    rows = []
    for one in latest(figures()):
        fitted = one.sector in SECTORS and one.year <= POSTERIOR_ORIGIN
        if not fitted or one.country not in PUBLISHED_FOR:
            continue
        key = one.sector, one.country, one.year
        sample = logs[SECTORS.index(one.sector), 1:, COUNTRIES.index(one.country)]
        low, middle, high = np.exp(
            quantiles(sample[:, drivers.years.index(one.year)], (0.05, 0.5, 0.95))
        )
        rows.append(
            {
                "sector": one.sector,
                "country": one.country,
                "year": one.year,
                "edition": one.edition,
                "value": one.value,
                "error": error_of(one, sizes[one.sector]),
                "published_low": spans[key][0],
                "published_high": spans[key][1],
                "low": low,
                "central": middle,
                "high": high,
                "within": bool(spans[key][0] <= middle <= spans[key][1]),
            }
        )
    return pd.DataFrame(rows)


def _manifest(
    posterior: SectorPosterior, plan: SectorPlan, seed: int, made_by: str
) -> dict[str, object]:
    """By what the estimates were made."""
    return {
        "origin": POSTERIOR_ORIGIN,
        "seed": seed,
        "plan": plan.as_dict(),
        "scale": SCALE,
        "posterior": made_by,
        "data": data_hash(),
        "model": sources_hash(),
        "emcee": version("emcee"),
        "environment": environment(),
        **commit(),
        "diagnostics": {
            TITLES[sector]: {
                "accepted": round(chains.accepted, 4),
                "worst_r_hat": round(float(chains.r_hat().max()), 4),
                "longest_autocorrelation_steps": round(
                    float(chains.autocorrelation_time().max()), 2
                ),
            }
            for sector, chains in posterior.chains.items()
        },
    }
