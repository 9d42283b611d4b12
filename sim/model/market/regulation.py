"""Regulatory distance between countries, and how agreements cut it.

    H_ij(t) = (coded distance of the laws in force + strictness) * (1 - level * negotiable * kept)

The coded distance counts which rules exist; `strictness_distance` is added because rules that exist
in both countries still differ in content. An agreement at level 1 removes the whole negotiable
share of the distance, as far as it is complied with and phased in; the rest stays (the floor).

Whom an agreement is open to is the `agreement_scope` of a scenario: those who signed it ("region"),
the rest of ASEAN too ("asean"), or sellers of every country, without anything in return ("open").
"""

from __future__ import annotations

from collections.abc import Mapping


def distance_after(coded: float, level: float, params: Mapping[str, float]) -> float:
    """Distance of a pair (index 0 to 1) at a level of harmonization in effect (0 to 1)."""
    whole = min(coded + params["strictness_distance"], 1.0)
    return whole * (1.0 - level * params["negotiable_distance"] * params["agreement_compliance"])


def distance_to_world(scope: str, level: float, params: Mapping[str, float]) -> tuple[float, float]:
    """Distance to the rest of the world: when selling to it, and when its sellers sell here.

    `level` is the largest level in effect among a country's agreements. Of sales in the rest of the
    world the share `row_asean_share` is in ASEAN, whose rules come as close as those of the region.
    """
    whole = params["reference_distance"]
    cut = level * params["negotiable_distance"] * params["agreement_compliance"]
    if scope == "asean":
        near = whole * (1.0 - params["row_asean_share"] * cut)
        return near, near
    return whole, whole * (1.0 - cut) if scope == "open" else whole
