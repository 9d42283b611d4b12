"""`mekong evidence calibrate`: from the table of targets to draws of the posterior and evidence.

Everything that takes long is a stage on disk (`storage/checkpoints`), so a calibration that was
stopped goes on where it was. What it leaves in `calibration/posterior/` is what the product reads.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.calibration.data.targets import Vintage, as_known, load_targets
from sim.calibration.posterior.agents_correction import Correction, correction
from sim.calibration.posterior.all_worlds import Walk
from sim.calibration.posterior.cut_posterior import (
    FULL,
    SOURCES,
    Estimation,
    Posterior,
    SamplingPlan,
    Setting,
    central_chains,
    middle,
    points_of,
)
from sim.calibration.posterior.fixed_parameters import Worlds, possible_draws
from sim.calibration.posterior.importance_weights import (
    FIRST_YEAR,
    SCALE,
    effective,
    log_fit,
    mean_field_observables,
    parameter_sets,
    rerun,
    resampled,
    scam_fit,
    weights_of,
)
from sim.calibration.posterior.likelihood import known_series
from sim.calibration.posterior.prior import MODULES
from sim.calibration.posterior.sampler import Chains
from sim.calibration.posterior.support_points import growth_of_value, representative_order
from sim.calibration.studies.outputs import shipped_digest
from sim.experiments.execution.plan import at_a_time
from sim.experiments.execution.progress import Stages, unheard
from sim.experiments.limits import check_seed
from sim.experiments.provenance.fingerprint import digest
from sim.experiments.storage.checkpoints import Arrays, Checkpoints
from sim.target import POSTERIOR_ORIGIN

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
CORRECTED = "shoppers"
"""The module in which agents differ from the mean-field model by more than chance."""


@dataclass(frozen=True)
class Calibration:
    """A posterior with the agents' runs of its points."""

    estimation: Estimation
    posterior: Posterior
    targets: pd.DataFrame  # those that were known
    origin: int
    plan: SamplingPlan
    mean_field: Floats  # observables by point, up to the origin
    agents: Floats | None  # observables by point, to 2030; None without reruns
    groups: Floats | None  # shares by group and point of those runs
    weights: Floats
    seconds: float  # of this call; stages that were there already took theirs before
    stages_found: int

    def order(self) -> NDArray[np.int64]:
        """Positions of equally likely draws, as many as the plan says; some stand twice.

        With reruns every beginning stands for the whole (`support_points`).
        """
        chosen = resampled(self.weights, self.estimation.setting.seed, self.plan.draws)
        if self.agents is None:
            return chosen
        growth = growth_of_value(self.agents, FIRST_YEAR)
        return chosen[representative_order(growth[chosen])]

    @property
    def effective(self) -> float:
        """Effective sample size after weighing by the agents."""
        return effective(self.weights)


def calibrate(
    origin: int = POSTERIOR_ORIGIN,
    plan: SamplingPlan = FULL,
    *,
    work: Path,
    seed: int = 1,
    workers: int | None = None,
    targets: pd.DataFrame | None = None,
    vintage: Vintage = "latest",
    fixed: Mapping[str, float] | None = None,
    agents: bool = True,
    scams: bool = False,
    told: Stages = unheard,
) -> Calibration:
    """Estimates everything from figures about years up to `origin`.

    `work` keeps finished stages; `targets` are the known ones if not those of the shipped table, of
    which `vintage` says what the origin sees (`targets.as_known`). Studies inform policies unless
    the origin sees only what was published. `agents=False` leaves out the agents (all weights
    equal), `scams` weighs by figures on losses to scams as well. `workers` are those of the
    agents' runs, as many as pay if None. `told(stage, done, all)`. Raises InputError before
    anything runs.
    """
    begun = time.perf_counter()
    known = as_known(load_targets(), origin, vintage) if targets is None else targets
    setting = setting_of(known, origin, seed, fixed or {}, studied=vintage == "latest")
    at_once = reruns_at_a_time(plan, workers)
    estimation = Estimation(setting)
    checkpoints = Checkpoints(work, _key(known, plan, setting), SOURCES)
    central = _central(estimation, plan, checkpoints, told)
    here = estimation.worlds(possible_draws(plan.worlds, setting.studied, told))
    chains: dict[str, Chains] = {}
    added: Correction | None = None
    for module in MODULES:
        walk = Walk(estimation, here, module, plan, central[module], chains, checkpoints, told)
        if agents and module == CORRECTED:
            walk.until(walk.settling // 2)
            added = _added(estimation, here, walk, checkpoints, at_once, told)
        chains[module] = walk.finish(added)
    points, draws = points_of(plan, chains, here)
    posterior = Posterior(points, draws, central, chains)
    again = None
    if agents:
        again = rerun(
            parameter_sets(estimation, points, draws),
            checkpoints,
            at_once,
            told=lambda done, total: told("agents", done, total),
        )
        posterior, again = posterior.at(again.possible), again.at(again.possible)
    mean_field = mean_field_observables(estimation, posterior)
    weights = np.full(len(posterior), 1.0 / len(posterior))
    if again and added:
        years = mean_field.shape[3]
        first = setting.last_year - years + 1
        like_agents = correction(mean_field, again.observables[..., :years]).applied(mean_field)
        sampled = log_fit(estimation, posterior, mean_field, first)
        column = list(MODULES).index(CORRECTED)
        sampled[:, column] = log_fit(estimation, posterior, added.applied(mean_field), first)[
            :, column
        ]
        weights = weights_of(
            log_fit(estimation, posterior, like_agents, first).sum(axis=1),
            sampled.sum(axis=1),
            again.sellers,
            scam_fit(estimation, posterior, origin if vintage == "published" else None)
            if scams
            else None,
        )
    seconds = time.perf_counter() - begun
    return Calibration(
        estimation,
        posterior,
        known,
        origin,
        plan,
        mean_field,
        again.observables if again else None,
        again.groups if again else None,
        weights,
        seconds,
        checkpoints.found,
    )


def setting_of(
    known: pd.DataFrame,
    origin: int,
    seed: int,
    fixed: Mapping[str, float],
    studied: bool = True,
) -> Setting:
    """What is estimated from figures known at an origin. Raises InputError for what is no seed."""
    check_seed(seed, "--seed")
    return Setting(tuple(known_series(known)), origin, seed, fixed, studied)


def reruns_at_a_time(plan: SamplingPlan, workers: int | None) -> int:
    """How many runs of the agents go on side by side. Raises InputError."""
    return at_a_time(SCALE, plan.points, workers)


def _central(
    estimation: Estimation, plan: SamplingPlan, checkpoints: Checkpoints, told: Stages
) -> dict[str, Chains]:
    before: dict[str, Floats] = {}
    found: dict[str, Chains] = {}
    for module in MODULES:

        def make(module: str = module, before: dict[str, Floats] = dict(before)) -> Arrays:  # noqa: B006
            chains = central_chains(estimation, module, plan, before, told)
            return {
                "points": chains.points,
                "accepted": np.array(chains.accepted),
                "thin": np.array(chains.thin),
            }

        arrays = checkpoints.stage(f"central_{module}", make)
        found[module] = Chains(arrays["points"], float(arrays["accepted"]), int(arrays["thin"]))
        before[module] = middle(found[module].flat())
    return found


def _added(
    estimation: Estimation,
    here: Worlds,
    walk: Walk,
    checkpoints: Checkpoints,
    workers: int,
    told: Stages,
) -> Correction:
    """What agents add to the mean-field model where the first ensemble stands, one run a world."""
    places = np.arange(len(here))
    points = walk.standing(places)
    again = rerun(
        parameter_sets(estimation, points, np.array(here.draws)),
        checkpoints,
        workers,
        name="correction",
        told=lambda done, total: told("agents, first", done, total),
    )
    mean_field = here.observables(places, estimation.rows(here, places, points))
    both, years = again.possible, mean_field.shape[3]
    return correction(mean_field[both], again.observables[both][..., :years])


def _key(known: pd.DataFrame, plan: SamplingPlan, setting: Setting) -> dict[str, object]:
    """What was asked, as it determines the stages."""
    return {
        "targets": digest(known.drop(columns="note").to_csv(index=False)),
        "plan": plan.as_dict(),
        "last_year": setting.last_year,
        "seed": setting.seed,
        "fixed": dict(setting.fixed),
        "studies": shipped_digest() if setting.studied else None,
    }


def seconds_ahead(plan: SamplingPlan, estimation: Estimation, workers: int) -> float:
    """How long sampling and the agents' runs will take, from a few mean-field runs."""
    begun = time.perf_counter()
    here = estimation.worlds([0])
    one_world = time.perf_counter() - begun
    places = np.zeros(64, np.int64)
    rows = here.base[places]
    here.observables(places, rows)
    begun = time.perf_counter()
    here.observables(places, rows)
    one = (time.perf_counter() - begun) / len(rows)
    central = sum(plan.ensembles * w * s for w, s in zip(plan.walkers, plan.steps, strict=True))
    in_worlds = plan.chains * plan.worlds * plan.copies * sum(plan.again)
    sampling = _BESIDE * one * (central + in_worlds)
    runs = (plan.worlds + plan.points) * _RUN_S / workers
    return sampling + plan.worlds * min(one_world, _WORLD_S) + runs


_BESIDE = 1.2  # what sampling takes beside the mean-field model's runs
_RUN_S, _WORLD_S = 2.0, 1.0  # seconds of a core for a run at scale 1000 with its tastes; a world
