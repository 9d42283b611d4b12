"""Which agreements are in force by 2030: a sentence for each scenario that has some."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.analysis.comparison.pairs import Pairs
from sim.analysis.text.formatting import listed
from sim.policy.levers import PAIRS
from sim.target import TARGET_YEAR

DISTANCE = "regulatory_distance"


def signatures(paired: Mapping[str, Pairs]) -> list[str]:
    """The pairs whose rules came closer than in the baseline, and in which share of the runs."""
    sentences = []
    for scenario, pairs in paired.items():
        share = {pair: _in_force(pairs, pair) for pair in PAIRS if pairs.has(pair, DISTANCE)}
        if not any(share.values()):
            continue
        always = [pair for pair, part in share.items() if part == 1.0]
        sometimes = [pair for pair, part in share.items() if 0.0 < part < 1.0]
        sometimes.sort(key=lambda pair: -share[pair])
        told = [f"{pair} in {100 * share[pair]:.0f} %" for pair in sometimes]
        if len(always) == len(PAIRS):
            parts = ["all ten country pairs"]
        else:
            parts = [f"{listed(always)} in all runs"] if always else []
            parts += [f"{listed(told)} of runs"] if told else []
        sentences.append(f"'{scenario}': agreements in force by {TARGET_YEAR}: {'; '.join(parts)}.")
    return sentences


def _in_force(pairs: Pairs, pair: str) -> float:
    mine, theirs = pairs.both(pair, DISTANCE)
    return float(np.mean(mine < theirs))
