"""The walkers of one module in all worlds: from points of the central one to the posterior of each.

Steps are kept on disk in segments, so a computation that was stopped goes on after the last.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.calibration.posterior.agents_correction import Correction
from sim.calibration.posterior.cut_posterior import Estimation, SamplingPlan, seed_of
from sim.calibration.posterior.fixed_parameters import Worlds
from sim.calibration.posterior.prior import MODULES
from sim.calibration.posterior.sampler import Chains, sample
from sim.experiments.execution.progress import Stages
from sim.experiments.storage.checkpoints import Arrays, Checkpoints

Floats = NDArray[np.float64]
SEGMENT = 50  # steps that are kept on disk together
THIN = 5  # every fifth is


class Walk:
    """Ensembles of a module on their way; `before` are the chains of the modules before it."""

    def __init__(
        self,
        estimation: Estimation,
        here: Worlds,
        module: str,
        plan: SamplingPlan,
        central: Chains,
        before: Mapping[str, Chains],
        checkpoints: Checkpoints,
        told: Stages,
    ) -> None:
        self.estimation, self.here, self.module = estimation, here, module
        self.checkpoints, self.told = checkpoints, told
        self.position = list(MODULES).index(module)
        self.settling, self.steps = plan.settling[self.position], plan.again[self.position]
        self.before = {name: _ends(chains) for name, chains in before.items()}
        self.states = _starts(estimation.setting.seed, self.position, plan, central)
        self.kept: list[Floats] = []
        self.accepted: list[float] = []
        self.done = 0

    def until(self, steps: int, correction: Correction | None = None) -> None:
        """Goes on to at least so many steps."""
        while self.done < steps:
            arrays = self.checkpoints.stage(
                f"{self.module}_{self.done:05d}", lambda: self._segment(correction)
            )
            self.kept.append(arrays["points"])
            self.accepted.append(float(arrays["accepted"]))
            self.states = arrays["points"][:, -1]
            self.done += SEGMENT
            self.told(f"{self.module} in all worlds", self.done, self.steps)

    def finish(self, correction: Correction | None) -> Chains:
        """Goes on to the last step; what came after the first ones."""
        self.until(self.steps, correction)
        points = np.concatenate(self.kept, axis=1)[:, self.settling // THIN :]
        return Chains(points, float(np.mean(self.accepted)), THIN)

    def standing(self, walkers: NDArray[np.int64]) -> dict[str, Floats]:
        """Where these walkers stand, with their points of the modules before."""
        points = {**self.before, self.module: self.states.reshape(-1, self.states.shape[-1])}
        return {module: every[walkers] for module, every in points.items()}

    def _segment(self, correction: Correction | None) -> Arrays:
        seed = self.estimation.setting.seed
        chains = sample(
            self.estimation.density(self.here, self.module, self.before, correction),
            self.states,
            SEGMENT,
            0,
            seed=seed_of(seed, 1000, self.position, self.done),
            thin=THIN,
            numbered=True,
        )
        return {"points": chains.points, "accepted": np.array(chains.accepted)}


def _starts(seed: int, position: int, plan: SamplingPlan, central: Chains) -> Floats:
    """Points of the central world (ensembles, walkers, dimensions)."""
    rng = np.random.default_rng([seed, 1000, position])
    flat = central.flat()
    size = plan.chains, plan.worlds * plan.copies
    return np.asarray(flat[rng.choice(len(flat), size)])


def _ends(chains: Chains) -> Floats:
    """The last point of every walker, ensemble by ensemble."""
    return np.asarray(chains.points[:, -1].reshape(-1, chains.points.shape[-1]))
