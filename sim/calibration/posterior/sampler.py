"""Sampling a density with emcee: several ensembles from different starts, and if they agree."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError

Floats = NDArray[np.float64]
Density = Callable[[Floats], Floats]
_DRAWS_OF_SNOOKER = 0.1


@dataclass(frozen=True)
class Chains:
    """Points kept of several ensembles: (ensembles, steps, walkers, dimensions)."""

    points: Floats
    accepted: float  # share of proposals

    def flat(self) -> Floats:
        """All points, one after the other."""
        return self.points.reshape(-1, self.points.shape[-1])

    def r_hat(self) -> Floats:
        """Split R-hat by dimension: halves of the ensembles' walker means against each other.

        Gelman et al. (Bayesian Data Analysis, 3rd ed., 11.4) on each walker as a chain would
        understate agreement, as walkers move together; ensembles are independent, so their halves
        are the chains here.
        """
        half = self.points.shape[1] // 2
        parts = [self.points[:, :half], self.points[:, half : 2 * half]]
        chains = np.concatenate(parts).reshape(2 * len(self.points), -1, self.points.shape[-1])
        within = chains.var(axis=1, ddof=1).mean(axis=0)
        between = chains.mean(axis=1).var(axis=0, ddof=1)
        return np.asarray(np.sqrt((within + between) / within))

    def autocorrelation_time(self) -> Floats:
        """Steps between independent states by dimension (Goodman and Weare's estimate)."""
        emcee = _emcee()
        logging.getLogger(emcee.autocorr.__name__).setLevel(logging.ERROR)  # short chains: we know
        times = [
            emcee.autocorr.integrated_time(chain, quiet=True, has_walkers=True)
            for chain in self.points
        ]
        return np.asarray(np.nan_to_num(np.mean(times, axis=0), nan=float(self.points.shape[1])))


def sample(
    density: Density,
    starts: Floats,
    steps: int,
    burn: int,
    seed: int,
    thin: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Chains:
    """Samples from `density` (log density by point) with differential-evolution moves.

    `starts` (ensembles, walkers, dimensions); the first `burn` of `steps` are thrown away, of the
    rest every `thin`-th is kept. The same seed gives the same points.
    """
    emcee = _emcee()
    kept, accepted = [], []
    for number, start in enumerate(starts):
        walkers, dimensions = start.shape
        sampler = emcee.EnsembleSampler(
            walkers,
            dimensions,
            density,
            vectorize=True,
            moves=[
                (emcee.moves.DEMove(), 1.0 - _DRAWS_OF_SNOOKER),
                (_snooker(emcee), _DRAWS_OF_SNOOKER),
            ],
        )
        state = emcee.State(start, random_state=_random_state(seed, number))
        for done, _ in enumerate(sampler.sample(state, iterations=steps), start=1):
            if progress:
                progress(done)
        chain = sampler.get_chain(discard=burn, thin=thin)
        kept.append(chain)
        accepted.append(float(sampler.acceptance_fraction.mean()))
    return Chains(np.stack(kept), math.fsum(accepted) / len(accepted))


def _snooker(emcee):  # type: ignore[no-untyped-def]
    """The snooker move, where two walkers at one point (no line between them) propose nothing."""

    class Snooker(emcee.moves.DESnookerMove):  # type: ignore[name-defined]
        def get_proposal(self, s, c, random):  # type: ignore[no-untyped-def]
            with np.errstate(invalid="ignore", divide="ignore"):
                proposed, factors = super().get_proposal(s, c, random)
            lost = ~np.isfinite(proposed).all(axis=1)
            return np.where(lost[:, None], s, proposed), np.where(lost, -np.inf, factors)

    return Snooker()


def _random_state(seed: int, number: int) -> tuple[object, ...]:
    """The state emcee expects (of a Mersenne twister), from a seed and the ensemble's number."""
    key = np.random.SeedSequence([seed, number]).generate_state(624, np.uint32)
    return "MT19937", key, 624, 0, 0.0


def _emcee():  # type: ignore[no-untyped-def]
    try:
        import emcee
    except ImportError as error:
        raise InputError(
            "sampling needs emcee, which is not installed",
            todo="install it with pip install 'mekong-digital-economy[calibrate]'",
        ) from error
    return emcee
