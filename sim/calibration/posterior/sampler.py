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
SHARE_OF_SNOOKER = 0.1  # of all moves


@dataclass(frozen=True)
class Chains:
    """Points kept of several ensembles: (ensembles, steps, walkers, dimensions).

    Of the steps that were made after the first ones every `thin`-th is kept.
    """

    points: Floats
    accepted: float  # share of proposals
    thin: int = 1

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
        """Steps between independent states by dimension (Goodman and Weare's estimate).

        In steps that were made, not in steps that were kept. A chain that is short against it gives
        too small an estimate: `lengths` says whether to believe it.
        """
        emcee = _emcee()
        logging.getLogger(emcee.autocorr.__name__).setLevel(logging.ERROR)  # `lengths` tells
        times = [
            emcee.autocorr.integrated_time(chain, quiet=True, has_walkers=True)
            for chain in self.points
        ]
        kept = np.nan_to_num(np.mean(times, axis=0), nan=float(self.points.shape[1]))
        return np.asarray(self.thin * np.maximum(kept, 1.0))

    @property
    def lengths(self) -> float:
        """Autocorrelation times, the longest of all dimensions, in the steps of one ensemble."""
        return float(self.points.shape[1] * self.thin / self.autocorrelation_time().max())

    def effective(self) -> Floats:
        """Effective number of points by dimension, all ensembles and walkers together."""
        ensembles, steps, walkers, _ = self.points.shape
        return np.asarray(ensembles * steps * walkers * self.thin / self.autocorrelation_time())


def sample(
    density: Density,
    starts: Floats,
    steps: int,
    burn: int,
    seed: int,
    thin: int = 1,
    progress: Callable[[int], None] | None = None,
    share_of_snooker: float = SHARE_OF_SNOOKER,
    numbered: bool = False,
) -> Chains:
    """Samples from `density` (log density by point) with differential-evolution moves.

    `starts` (ensembles, walkers, dimensions); the first `burn` of `steps` are thrown away, of the
    rest every `thin`-th is kept. The same seed gives the same points.

    Where walkers are `numbered`, `density` receives the number of each point's walker in a last
    column (ensemble by ensemble), and every walker may have a density of its own: a proposal needs
    only the places of others, so what is sampled is the product of all densities.
    """
    emcee = _emcee()
    kept, accepted = [], []
    for number, start in enumerate(starts):
        walkers = len(start)
        if numbered:
            start = np.column_stack([start, number * walkers + np.arange(walkers)])
        moves = emcee.moves.DEMove(), _snooker(emcee)
        shares = 1.0 - share_of_snooker, share_of_snooker
        sampler = emcee.EnsembleSampler(
            walkers,
            start.shape[1],
            density,
            vectorize=True,
            moves=[
                (_keeping_numbers(move) if numbered else move, share)
                for move, share in zip(moves, shares, strict=True)
            ],
        )
        state = emcee.State(start, random_state=_random_state(seed, number))
        # walkers that stand for different densities may have the places of one
        going = sampler.sample(state, iterations=steps, skip_initial_state_check=numbered)
        for done, _ in enumerate(going, start=1):
            if progress:
                progress(done)
        chain = sampler.get_chain(discard=burn, thin=thin)
        if numbered:
            chain = chain[..., :-1]
        kept.append(chain)
        accepted.append(float(sampler.acceptance_fraction.mean()))
    return Chains(np.stack(kept), math.fsum(accepted) / len(accepted), thin)


def _keeping_numbers(move):  # type: ignore[no-untyped-def]
    """A move of all columns but the last, which a walker keeps."""
    propose, set_up = move.get_proposal, move.setup

    def get_proposal(s, c, random):  # type: ignore[no-untyped-def]
        proposed, factors = propose(s[:, :-1], [group[:, :-1] for group in c], random)
        return np.column_stack([proposed, s[:, -1]]), factors

    move.get_proposal = get_proposal
    move.setup = lambda places: set_up(places[:, :-1])
    return move


def _snooker(emcee):  # type: ignore[no-untyped-def]
    """The snooker move of ter Braak and Vrugt (2008, doi:10.1007/s11222-008-9104-9, eq. 3 and 4).

    A walker moves along the line through another one, z, by the difference of two more projected
    on it; a proposal counts (distance from z after over before)^(d - 1). That of emcee 3.1.6
    divides by the root of the distance and takes half the exponent, which leaves another
    distribution than the one that is sampled. Two walkers at one point have no line between them
    and propose nothing.
    """

    class Snooker(emcee.moves.DESnookerMove):  # type: ignore[name-defined]
        def get_proposal(self, s, c, random):  # type: ignore[no-untyped-def]
            z, one, other = (group[random.randint(len(group), size=len(s))] for group in c[:3])
            before = np.linalg.norm(s - z, axis=1)
            unit = (s - z) / np.where(before > 0.0, before, 1.0)[:, None]
            along = (unit * (one - other)).sum(axis=1)
            proposed = s + self.gammas * along[:, None] * unit
            after = np.linalg.norm(proposed - z, axis=1)
            with np.errstate(divide="ignore"):
                ratio = np.log(after) - np.log(np.where(before > 0.0, before, np.inf))
            return proposed, (s.shape[1] - 1.0) * ratio

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
