"""Sector parameters given the draws of the model: one more module of the cut posterior.

For each draw of the posterior the baseline run of the agents gives who is online and what they
consume; given that run, the parameters of each sector are sampled from the figures of Thailand and
Viet Nam. Nothing flows back: figures on travel teach the model nothing about the internet. A figure
is the account's value, plus a discrepancy that walks at random, plus an error of measurement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calibration.posterior.likelihood import DRIFT_OF, Known, log_likelihood
from sim.calibration.posterior.sampler import Chains, sample
from sim.calibration.sectors.space import DRIFT, SectorSpace
from sim.sectors.published import PUBLISHED_FOR, Figure, figures, latest
from sim.sectors.rule import SECTORS, Drivers, wanted
from sim.sectors.values import prior_values
from sim.units import COUNTRIES

Floats = NDArray[np.float64]
ONLY = 0  # a sector is the only observable of its likelihood
_FARTHEST = 8.0  # scores beyond this are taken as impossible
_NARROW = 0.7  # of the prior, for starts


@dataclass(frozen=True)
class SectorPlan:
    """How much is sampled: walkers and steps in each draw, and ensembles in the central one."""

    draws: int = 300
    walkers: int = 24
    steps: int = 60
    ensembles: int = 4
    central_steps: int = 1200

    def as_dict(self) -> dict[str, object]:
        """Plain values, for a manifest and for the hash of a stage."""
        return asdict(self)


FULL = SectorPlan()
QUICK = SectorPlan(draws=8, walkers=24, steps=80, ensembles=2, central_steps=160)


def revisions(found: Sequence[Figure]) -> dict[str, float]:
    """Root mean square of the logs by which the last edition differs from earlier ones."""
    last = {(one.sector, one.country, one.year): one for one in latest(list(found))}
    moved: dict[str, list[float]] = {sector: [] for sector in SECTORS}
    for one in found:
        final = last[one.sector, one.country, one.year]
        if one.sector in moved and one.country in PUBLISHED_FOR and one.edition < final.edition:
            moved[one.sector].append(float(np.log(one.value / final.value)))
    return {sector: float(np.sqrt(np.mean(np.square(logs)))) for sector, logs in moved.items()}


def error_of(one: Figure, revision: float) -> float:
    """Standard deviation of the error of a figure in logs: rounding and what editions revise."""
    return float(np.hypot(one.rounding / one.value / np.sqrt(3.0), revision))


def known_figures(sector: str, found: Sequence[Figure], last_year: int) -> list[Known]:
    """The figures of a sector up to a year as the likelihood takes them, one series a country."""
    sizes = revisions(figures())
    series = []
    for iso in PUBLISHED_FOR:
        mine = [
            one
            for one in latest(list(found))
            if (one.sector, one.country) == (sector, iso) and one.year <= last_year
        ]
        series.append(
            Known(
                ONLY,
                COUNTRIES.index(iso),
                np.array([one.year for one in mine]),
                np.log([one.value for one in mine]),
                np.array([error_of(one, sizes[sector]) ** 2 for one in mine]),
                np.zeros(len(mine), dtype=bool),
            )
        )
    return series


def one_run(drivers: Drivers, run: int) -> Drivers:
    """The drivers of a single run."""
    parts = drivers._asdict()
    years = parts.pop("years")
    return Drivers(years=years, **{name: part[run : run + 1] for name, part in parts.items()})


class SectorDensity:
    """The log posterior density of one sector given one run, and what it predicts."""

    def __init__(self, sector: str, drivers: Drivers, draw: int, known: list[Known]) -> None:
        self.space = SectorSpace(sector)
        self.known = known
        self.years = range(drivers.years[0], drivers.years[-1] + 1)
        self._sector, self._drivers, self._base = sector, drivers, prior_values(draw)

    def observables(self, points: Floats) -> Floats:
        """Logs of spending (points, one observable, countries, years)."""
        values = self.space.account_values(points, self._base)
        money = wanted(self._sector, self._drivers, values).sum(axis=3)
        return np.asarray(np.log(np.maximum(money, 1.0))[:, None])

    def numbers(self, points: Floats) -> dict[str, Floats]:
        """The observation model's numbers under the name of the only observable."""
        return {DRIFT_OF[ONLY]: self.space.extra(DRIFT.name, points)}

    def __call__(self, points: Floats) -> Floats:
        """Log density by point, without its constant."""
        near = np.abs(points).max(axis=1) < _FARTHEST
        total = np.where(near, self.space.log_prior(points), -np.inf)
        if near.any():
            seen = self.observables(points[near])
            fit = log_likelihood(self.known, seen, self.years, self.numbers(points[near]))
            total[near] += np.where(np.isfinite(fit), fit, -np.inf)
        return total


@dataclass(frozen=True)
class SectorPosterior:
    """Points by sector, (draws, dimensions), the first that of draw 0; and the central chains."""

    points: dict[str, Floats]
    chains: dict[str, Chains]
    draws: tuple[int, ...]


def estimate(
    drivers: Drivers,
    draws: Sequence[int],
    known: dict[str, list[Known]],
    plan: SectorPlan,
    seed: int,
    told: Callable[[str, int, int], None],
) -> SectorPosterior:
    """One point of each sector for each draw; that of draw 0 is the median of its chains.

    `drivers` has a run for each of `draws`, the first of which is 0.
    """
    points: dict[str, Floats] = {}
    chains: dict[str, Chains] = {}
    for place, sector in enumerate(SECTORS):
        centre = sector_chains(sector, one_run(drivers, 0), known[sector], plan, seed + place)
        found = [np.median(centre.flat(), axis=0)]
        rng = np.random.default_rng([seed, 40 + place])
        for number, draw in enumerate(draws[1:], start=1):
            density = SectorDensity(sector, one_run(drivers, number), draw, known[sector])
            flat = centre.flat()
            start = flat[rng.choice(len(flat), plan.walkers, replace=False)]
            last = sample(density, start[None], plan.steps, plan.steps - 1, seed=seed + 7 * draw)
            found.append(last.flat()[rng.integers(plan.walkers)])
            told(sector, number, len(draws) - 1)
        points[sector], chains[sector] = np.stack(found), centre
    return SectorPosterior(points, chains, tuple(draws))


def sector_chains(
    sector: str, drivers: Drivers, known: list[Known], plan: SectorPlan, seed: int
) -> Chains:
    """The chains of one sector given the run of draw 0, from starts drawn from the prior."""
    density = SectorDensity(sector, drivers, 0, known)
    starts = []
    for number in range(plan.ensembles):
        tries = density.space.prior(8 * plan.walkers, np.random.default_rng([seed, number]))
        order = np.argsort(-density(tries * _NARROW), kind="stable")[: plan.walkers]
        starts.append(tries[order] * _NARROW)
    steps = plan.central_steps
    thin = max(1, steps // 200)
    return sample(density, np.stack(starts), steps, steps // 2, seed=seed, thin=thin)
