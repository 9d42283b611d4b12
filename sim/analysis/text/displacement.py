"""Where scam syndicates move when a host country acts: a sentence for each scenario."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.analysis.comparison.pairs import Pairs
from sim.analysis.text.formatting import country_name, listed
from sim.target import TARGET_YEAR, median
from sim.units import COUNTRIES, REGION

CAPITAL = "syndicate_capital"
_NOTICED = 0.0005  # of the capital of a host; less is not told


def displacement(paired: Mapping[str, Pairs]) -> list[str]:
    """Change of syndicate capital in every host against the baseline, median over pairs."""
    sentences = []
    for scenario, pairs in paired.items():
        if not pairs.has(REGION, CAPITAL):
            continue
        change = {place: _relative(pairs, place) for place in (*COUNTRIES, REGION)}
        if max(map(abs, change.values())) < _NOTICED:
            continue
        told = [f"{country_name(iso)} {100 * change[iso]:+.0f} %" for iso in COUNTRIES]
        text = (
            f"'{scenario}': capital of scam syndicates in {TARGET_YEAR} against the baseline: "
            f"{', '.join(told)}; {100 * change[REGION]:+.0f} % in the five countries together."
        )
        gaining = [country_name(iso) for iso in COUNTRIES if change[iso] > _NOTICED]
        if gaining and len(gaining) < len(COUNTRIES):
            text += f" Part of the capital moves to {listed(gaining)}."
        sentences.append(text)
    return sentences


def _relative(pairs: Pairs, place: str) -> float:
    mine, theirs = pairs.both(place, CAPITAL)
    share = np.divide(mine, theirs, out=np.ones_like(mine), where=theirs > 0.0) - 1.0
    return float(median(share))
