"""A modular (cut) posterior on the mean-field model: internet, then accounts, then shoppers.

Each module is estimated given the ones before it, and nothing flows back: figures on shopping do
not teach the model about the internet, and what has no data here (trade, scams, trust, entry costs)
keeps what it had (Plummer 2015 on cuts; nested chains). Each walker of an ensemble lives in a world
of its own, a draw of what is not estimated, so that one ensemble samples all worlds at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sim.calibration.posterior.agents_correction import Correction
from sim.calibration.posterior.fixed_parameters import Worlds, worlds
from sim.calibration.posterior.likelihood import MODULE_OF_OBSERVABLE, Known, log_likelihood
from sim.calibration.posterior.prior import MODULES, PriorSpace
from sim.calibration.posterior.sampler import Chains, sample
from sim.experiments.execution.progress import Stages

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
SOURCES = (
    *("calibration/data", "calibration/posterior", "calibration/plausibility.py"),
    *("meanfield", "rows.py"),
)
"""Files and folders of the package that determine the finished stages, beside those of a run."""


@dataclass(frozen=True)
class SamplingPlan:
    """How much is sampled.

    `ensembles` of `walkers` take `steps` in the central world, by module. Then each of `chains`
    ensembles has `copies` walkers in each of `worlds` draws of what is not estimated; of their
    steps (`again`) the first `settling` are thrown away. The last states, `each` of every walker,
    are the points of the posterior, and of these, once weighed, `draws` equally likely ones are
    taken.
    """

    ensembles: int = 2
    walkers: tuple[int, int, int] = (24, 24, 64)
    steps: tuple[int, int, int] = (120, 120, 360)
    worlds: int = 300
    chains: int = 2
    copies: int = 1
    again: tuple[int, int, int] = (150, 150, 1000)
    settling: tuple[int, int, int] = (50, 50, 600)
    each: int = 1
    draws: int = 300

    def as_dict(self) -> dict[str, object]:
        """Plain values, for a manifest and for the hash of a stage."""
        return asdict(self)

    @property
    def points(self) -> int:
        """Points of the posterior."""
        return self.worlds * self.copies * self.chains * self.each


FULL = SamplingPlan()
REFIT = SamplingPlan(
    steps=(120, 120, 300), worlds=20, chains=1, copies=4, again=(100, 100, 400),
    settling=(50, 50, 300), each=3,
)  # fmt: skip
SMALL = SamplingPlan(
    ensembles=1, steps=(100, 100, 250), worlds=10, chains=1, copies=6, again=(50, 50, 250),
    settling=(0, 0, 200), each=3,
)  # fmt: skip
QUICK = SamplingPlan(
    steps=(60, 60, 120), worlds=3, chains=1, copies=20, again=(50, 50, 50), settling=(0, 0, 0),
    each=1, draws=30,
)  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """What is estimated from: figures known, years lived, values fixed, and the seed.

    `studied`: whether studies inform policies, or everything without data keeps its prior.
    """

    known: tuple[Known, ...]
    last_year: int
    seed: int = 1
    fixed: Mapping[str, float] = field(default_factory=dict)
    studied: bool = True

    def spaces(self) -> dict[str, PriorSpace]:
        """The coordinates of every module."""
        without = sorted({name.rpartition(".")[2] for name in self.fixed})
        return {module: PriorSpace(module, without) for module in MODULES}


@dataclass(frozen=True)
class Posterior:
    """Points of every module that belong together, the draw of the world of each, and the chains:
    those in the central world, and those in all worlds."""

    points: dict[str, Floats]
    worlds: Whole
    central: dict[str, Chains]
    chains: dict[str, Chains]

    def __len__(self) -> int:
        return len(self.worlds)

    def at(self, positions: Whole) -> Posterior:
        """These points, with all chains."""
        points = {module: every[positions] for module, every in self.points.items()}
        return replace(self, points=points, worlds=self.worlds[positions])


class Estimation:
    """Densities and runs of one setting; everything sampled goes through here."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.spaces = setting.spaces()

    def worlds(self, draws: Sequence[int], last_year: int | None = None) -> Worlds:
        """Worlds of this setting, up to its last year if not another one is given."""
        setting = self.setting
        return worlds(draws, last_year or setting.last_year, setting.fixed, setting.studied)

    def rows(self, here: Worlds, places: Whole, points: Mapping[str, Floats]) -> NDArray[np.void]:
        """Parameters by point and country: those of a point's world, with what `points` say.

        `places` are positions of worlds by point, `points` those of the first modules, in order.
        """
        rows = here.base[places]
        for module in points:
            rows = self.spaces[module].rows(points[module], rows, here.sensitivity, places)
        return rows

    def figures(self, module: str) -> list[Known]:
        """What is known of a module."""
        return [k for k in self.setting.known if MODULE_OF_OBSERVABLE[k.observable] == module]

    def density(
        self,
        here: Worlds,
        module: str,
        before: Mapping[str, Floats],
        correction: Correction | None = None,
    ) -> Callable[[Floats], Floats]:
        """Log posterior density of a module for walkers with numbers (in the last column).

        Walker n is in world n modulo their number; of the modules before it has the point at n,
        modulo their number too.
        """
        space, known = self.spaces[module], self.figures(module)

        def log_density(numbered: Floats) -> Floats:
            points, walkers = numbered[:, :-1], numbered[:, -1].astype(np.int64)
            total = np.where(
                np.abs(points).max(axis=1) < _FARTHEST, space.log_prior(points), -np.inf
            )
            near = np.flatnonzero(np.isfinite(total))
            if len(near):
                inside, who = points[near], walkers[near]
                places = who % len(here)
                earlier = {name: point[who % len(point)] for name, point in before.items()}
                rows = self.rows(here, places, {**earlier, module: inside})
                seen = here.observables(places, rows)
                if correction is not None:
                    seen = correction.applied(seen)
                numbers = {name: space.extra(name, inside) for name in space.extras}
                fit = log_likelihood(known, seen, here.years, numbers)
                total[near] += np.where(np.isfinite(fit), fit, -np.inf)
            return total

        return log_density


_FARTHEST = 8.0  # scores beyond this are taken as impossible


def central_chains(
    estimation: Estimation,
    module: str,
    plan: SamplingPlan,
    before: Mapping[str, Floats],
    told: Stages,
) -> Chains:
    """The chains of one module in the central world, from starts drawn from the prior."""
    position = list(MODULES).index(module)
    space, setting = estimation.spaces[module], estimation.setting
    here = estimation.worlds([0])
    walkers, steps = plan.walkers[position], plan.steps[position]
    density = estimation.density(here, module, before)
    starts = []
    for number in range(plan.ensembles):
        rng = np.random.default_rng([setting.seed, position, number])
        starts.append(_best(density, space, walkers, rng))
    return sample(
        density,
        np.stack(starts),
        steps,
        steps // 2,
        seed=seed_of(setting.seed, position),
        thin=max(1, steps // 200),
        progress=lambda done: told(module, done, steps),
        numbered=True,
    )


def _best(
    density: Callable[[Floats], Floats], space: PriorSpace, walkers: int, rng: np.random.Generator
) -> Floats:
    """The likeliest of many points of a narrowed prior: a start that is spread, but not lost."""
    tries = space.prior(8 * walkers, rng) * 0.7
    numbered = np.column_stack([tries, np.zeros(len(tries))])
    order = np.argsort(-density(numbered), kind="stable")[:walkers]
    return np.asarray(tries[order])


def middle(points: Floats) -> Floats:
    """The median point, as an array of one point."""
    return np.asarray(np.median(points, axis=0)[None])


def seed_of(*parts: int) -> int:
    """A seed of its own for every part of a computation."""
    return int(np.random.SeedSequence(list(parts)).generate_state(1)[0])


def points_of(
    plan: SamplingPlan, chains: Mapping[str, Chains], here: Worlds
) -> tuple[dict[str, Floats], Whole]:
    """Points of every module that belong together, and the draws of their worlds.

    Those of the last module are spread evenly over the steps kept and end with the last; a walker
    has one point of each module before.
    """
    *first, last = MODULES
    kept = chains[last].points.shape[1]
    steps = kept - 1 - (kept // plan.each) * np.arange(plan.each)[::-1]
    taken = chains[last].points[:, steps]  # ensembles, each, walkers, dimensions
    points = {last: taken.reshape(-1, taken.shape[-1])}
    for module in first:
        ends = chains[module].points[:, -1:]
        repeated = np.repeat(ends, plan.each, axis=1)
        points[module] = repeated.reshape(-1, repeated.shape[-1])
    walkers = np.arange(plan.worlds * plan.copies) % len(here)
    draws = np.array(here.draws)[np.tile(walkers, plan.chains * plan.each)]
    return {module: points[module] for module in MODULES}, draws
