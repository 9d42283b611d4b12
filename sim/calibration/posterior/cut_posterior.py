"""A modular (cut) posterior on the mean-field model: internet, then accounts, then shoppers.

Each module is estimated given the ones before it, and nothing flows back: figures on shopping do
not teach the model about the internet, and what has no data (trade, scams, trust, entry costs)
keeps its prior (Plummer 2015 on cuts; nested chains). For every draw of what is not estimated the
modules are sampled anew, starting from the ensembles of the central one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.calibration.posterior.fixed_parameters import FixedDraw, world
from sim.calibration.posterior.likelihood import MODULE_OF_OBSERVABLE, Known, log_likelihood
from sim.calibration.posterior.prior import MODULES, PriorSpace
from sim.calibration.posterior.sampler import Chains, sample
from sim.experiments.execution.progress import Stages

Floats = NDArray[np.float64]
SOURCES = (
    *("calibration/data", "calibration/posterior", "calibration/plausibility.py"),
    *("meanfield", "rows.py"),
)
"""Files and folders of the package that determine the finished stages, beside those of a run."""


@dataclass(frozen=True)
class SamplingPlan:
    """How much is sampled. `worlds` draws of what is not estimated give `each` points each, and of
    these, once weighed, `draws` equally likely ones are taken."""

    ensembles: int = 4
    walkers: tuple[int, int, int] = (24, 24, 64)
    steps: tuple[int, int, int] = (120, 120, 360)
    worlds: int = 48
    each: int = 5
    again: tuple[int, int, int] = (24, 24, 56)
    draws: int = 200

    def as_dict(self) -> dict[str, object]:
        """Plain values, for a manifest and for the hash of a stage."""
        return asdict(self)


FULL = SamplingPlan()
REFIT = SamplingPlan(ensembles=2, steps=(120, 120, 300), worlds=20, each=10, again=(30, 30, 60))
SMALL = SamplingPlan(ensembles=1, steps=(100, 100, 250), worlds=10, each=20, again=(30, 30, 50))
QUICK = SamplingPlan(ensembles=2, steps=(60, 60, 120), worlds=3, each=10, again=(15, 15, 30))


@dataclass(frozen=True)
class Setting:
    """What is estimated from: figures known, years lived, values fixed, and the seed."""

    known: tuple[Known, ...]
    last_year: int
    seed: int = 1
    fixed: Mapping[str, float] = field(default_factory=dict)

    def spaces(self) -> dict[str, PriorSpace]:
        """The coordinates of every module."""
        without = sorted({name.rpartition(".")[2] for name in self.fixed})
        return {module: PriorSpace(module, without) for module in MODULES}


@dataclass(frozen=True)
class Posterior:
    """Points of every module that belong together, the world of each, and the central chains."""

    points: dict[str, Floats]
    worlds: NDArray[np.int64]
    chains: dict[str, Chains]

    def __len__(self) -> int:
        return len(self.worlds)


class Estimation:
    """Densities and runs of one setting; everything sampled goes through here."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.spaces = setting.spaces()

    def world(self, draw: int) -> FixedDraw:
        """A world of this setting."""
        return world(draw, self.setting.last_year, self.setting.fixed)

    def rows(
        self, here: FixedDraw, module: str, points: Floats, before: Mapping[str, Floats]
    ) -> NDArray[np.void]:
        """Parameters by point and country; `before` has one point of every module before."""
        base = here.base
        for earlier in before:
            base = self.spaces[earlier].rows(before[earlier], base, here.sensitivity)[0]
        return self.spaces[module].rows(points, base, here.sensitivity)

    def density(
        self, here: FixedDraw, module: str, before: Mapping[str, Floats]
    ) -> Callable[[Floats], Floats]:
        """Log posterior density of a module in a world, given a point of the modules before."""
        space = self.spaces[module]
        mine = [k for k in self.setting.known if MODULE_OF_OBSERVABLE[k.observable] == module]

        def log_density(points: Floats) -> Floats:
            prior = space.log_prior(points)
            near = np.abs(points).max(axis=1) < _FARTHEST
            total = np.where(near, prior, -np.inf)
            if near.any():
                inside = points[near]
                seen = here.observer(here.mean_field.run(self.rows(here, module, inside, before)))
                numbers = {name: space.extra(name, inside) for name in space.extras}
                fit = log_likelihood(mine, seen, here.years, numbers)
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
    here = estimation.world(0)
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
        seed=_seed(setting.seed, position),
        thin=max(1, steps // 200),
        progress=lambda done: told(module, done, steps),
    )


def _best(
    density: Callable[[Floats], Floats], space: PriorSpace, walkers: int, rng: np.random.Generator
) -> Floats:
    """The likeliest of many points of a narrowed prior: a start that is spread, but not lost."""
    tries = space.prior(8 * walkers, rng) * 0.7
    order = np.argsort(-density(tries), kind="stable")[:walkers]
    return np.asarray(tries[order])


def middle(points: Floats) -> Floats:
    """The median point, as an array of one point."""
    return np.asarray(np.median(points, axis=0)[None])


def in_world(
    estimation: Estimation, draw: int, plan: SamplingPlan, centre: Mapping[str, Chains]
) -> dict[str, Floats]:
    """`plan.each` points of every module in the world of prior draw `draw`.

    One chain of points of a module belongs to one point of the modules before it: its last.
    """
    here = estimation.world(draw)
    setting = estimation.setting
    before: dict[str, Floats] = {}
    found: dict[str, Floats] = {}
    for position, module in enumerate(MODULES):
        rng = np.random.default_rng([setting.seed, 1000 + draw, position])
        flat = centre[module].flat()
        start = flat[rng.choice(len(flat), plan.walkers[position], replace=False)]
        steps = plan.again[position]
        last = module == list(MODULES)[-1]
        chains = sample(
            estimation.density(here, module, before),
            start[None],
            steps,
            steps - 1,
            seed=_seed(setting.seed, 1000 + draw, position),
        )
        ends = chains.points[0, -1]
        chosen = ends[rng.choice(len(ends), plan.each if last else 1, replace=False)]
        before[module] = chosen[:1]
        found[module] = chosen if last else np.repeat(chosen, plan.each, axis=0)
    return found


def _seed(*parts: int) -> int:
    return int(np.random.SeedSequence(list(parts)).generate_state(1)[0])


def put_together(
    by_world: Mapping[int, Mapping[str, Floats]], chains: Mapping[str, Chains]
) -> Posterior:
    """One posterior from the points of the worlds, in the order of their draws."""
    draws = sorted(by_world)
    points = {
        module: np.concatenate([by_world[draw][module] for draw in draws]) for module in MODULES
    }
    sizes: Sequence[int] = [len(by_world[draw][next(iter(MODULES))]) for draw in draws]
    return Posterior(points, np.repeat(np.array(draws), sizes), dict(chains))
