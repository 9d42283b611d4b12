"""Regulatory distance between countries, and how agreements cut it.

    H_ij(t) = (coded distance of the laws in force + strictness) * (1 - level * negotiable * kept)

The coded distance counts which rules exist; `strictness_distance` is added because rules that exist
in both countries still differ in content. An agreement at level 1 removes the whole negotiable
share of the distance, as far as it is complied with and phased in; the rest stays (the floor).
"""

from __future__ import annotations

from collections.abc import Mapping


def distance_after(coded: float, level: float, params: Mapping[str, float]) -> float:
    """Distance of a pair (index 0 to 1) at a level of harmonization in effect (0 to 1)."""
    whole = min(coded + params["strictness_distance"], 1.0)
    return whole * (1.0 - level * params["negotiable_distance"] * params["agreement_compliance"])
