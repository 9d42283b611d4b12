"""Agreements that governments negotiate: both sides must want one, a treaty needs every signatory.

Where a scenario says `agreements = "endogenous"`, the start of a harmonization schedule is the
start of the talks. In every quarter a pair signs with a hazard that rises with what each side
expects to gain; a regional treaty is one hazard for all. What was signed is then phased in as the
lever says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sim.rng import AgentRng, decision, stream_key, uniform
from sim.units import exponential, hazard_to_probability, logarithm

SIGN = decision("sign")
TREATY = "GMS5"


def expected_gain(distance: float, params: Mapping[str, float]) -> float:
    """Log growth of exports to a partner, in the long run, if half of the distance went."""
    cost = params["regulatory_cost"] / params["reference_distance"]
    cut = logarithm(1.0 + cost * distance) - logarithm(1.0 + cost * distance / 2.0)
    return params["pareto_shape"] * cut


def willingness(distance: float, params: Mapping[str, float]) -> float:
    """Probability-like weight (0 to 1) with which one side wants an agreement."""
    score = (
        params["agreement_gain_weight"] * expected_gain(distance, params) - params["political_cost"]
    )
    return 1.0 / (1.0 + exponential(-score))


def signing_hazard(
    willing: Iterable[float], params: Mapping[str, float], task_force: bool
) -> float:
    """Hazard (1/year) that all parties sign; a task force speeds the talks up."""
    hazard = params["agreement_hazard"]
    for weight in willing:
        hazard *= weight
    return hazard * (1.0 + params["task_force_boost"]) if task_force else hazard


def signs(seed: int, parties: str, quarter: int, hazard: float) -> bool:
    """Whether the parties (a pair, or the region) sign in this quarter."""
    luck = AgentRng(stream_key(seed, f"{parties}:agreement", quarter), 0)
    return uniform(luck, SIGN) < hazard_to_probability(hazard)
