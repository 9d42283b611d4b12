"""What a mix of doses does, outcome by outcome and country by country, from fitted processes.

Each outcome has an emulator of its own (`purses.py`): a Gaussian process for each country, with one
kernel for all parameter draws. Public money is not fitted but added up from prices, in proportion
to doses (`doses.py`). Errors are those of predicting each designed mix from all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from sim.analysis.emulation.doses import Responses
from sim.analysis.emulation.objectives import MixObjective
from sim.analysis.emulation.purses import EffectEmulator
from sim.analysis.policy_mixes.mix_outcomes import OUTCOMES
from sim.units import COUNTRIES, REGION

COST = "cost_usd"
FITTED = (
    *("purchases_usd", "losses_avoided_usd", "sme_exporters"),
    *("rural_shoppers", "poor_shoppers"),
)
SHOWN = (*FITTED, COST)
PLACES = (REGION, *COUNTRIES)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class OutcomeEmulators:
    """Fitted effects: one emulator for each of `FITTED`, and costs from prices."""

    found: Responses
    emulators: dict[str, EffectEmulator]
    cost_errors: Floats

    def effects(self, shares: Floats) -> dict[tuple[str, str], Floats]:
        """Effects of mixes (mixes, draws) by outcome of `SHOWN` and place.

        `shares` are doses as shares of the largest (mixes, doses), the same in every draw. Money
        is in constant 2022 US$ of five years.
        """
        made: dict[tuple[str, str], Floats] = {}
        for name, emulator in self.emulators.items():
            made |= {(name, iso): fit.everywhere(shares) for iso, fit in emulator.fits.items()}
        for at, iso in enumerate(COUNTRIES):
            made[COST, iso] = shares @ self.found.price[:, at].T
        for name in SHOWN:
            made[name, REGION] = np.sum([made[name, iso] for iso in COUNTRIES], axis=0)
        return made

    def error(self, outcome: str, place: str) -> float:
        """Root mean square error of the mean over draws, of designed mixes left out."""
        iso = None if place == REGION else place
        if outcome != COST:
            return self.emulators[outcome].error(iso)
        errors = self.cost_errors
        mine = errors.sum(axis=0) if iso is None else errors[COUNTRIES.index(iso)]
        return float(np.sqrt(np.mean(mine**2)))


def outcome_emulators(found: Responses, outcomes: Sequence[str] = FITTED) -> OutcomeEmulators:
    """The fits of all outcomes to what designed runs changed."""
    emulators = {
        name: EffectEmulator(
            found, MixObjective(name, {name: 1.0}, OUTCOMES[name].unit, OUTCOMES[name].words)
        )
        for name in outcomes
    }
    return OutcomeEmulators(found, emulators, cost_errors(found))


def cost_errors(found: Responses) -> Floats:
    """Mean spending of each treasury at each point, predicted from all other points, less itself.

    In the shape (countries, points), US$.
    """
    errors = np.zeros((len(COUNTRIES), len(found.shares)))
    points = np.arange(len(found.shares))
    for at, iso in enumerate(COUNTRIES):
        mine = np.array([dose.place in (iso, "") for dose in found.doses])
        shares, spent = found.shares[:, mine], found.effects[COST, iso].mean(axis=1)
        for point in points:
            others = points != point
            price = nnls(shares[others], spent[others])[0]
            errors[at, point] = shares[point] @ price - spent[point]
    return errors
