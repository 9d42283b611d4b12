"""`spillover.csv`: domestic, spillover and total effects of anti-scam enforcement.

A crackdown in one host may only move the operations. So its effect is told three times: in the
countries that act (own), in the other ones (neighbours), and in all five (total).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.analysis.comparison.pairs import Pairs, spread
from sim.units import COUNTRIES

ENFORCEMENT = "anti_scam_enforcement"
INDICATORS = ("syndicate_capital", "victims", "scam_losses_usd")
OWN, NEIGHBOURS, TOTAL = "own", "neighbours", "total"
COLUMNS = [
    "scenario",
    "baseline",
    "effect_of",
    "where",
    "countries",
    "indicator",
    "effect",
    "low",
    "high",
]


def spillover(
    pairs_by_scenario: Mapping[str, Pairs], acting: Mapping[str, tuple[str, ...]]
) -> pd.DataFrame:
    """Paired changes in 2030 over the baseline's own value there (fractions).

    `acting` holds the countries in which each scenario enforces; scenarios in which nobody does
    are left out, and where all five do there are no neighbours.
    """
    rows: list[tuple[object, ...]] = []
    for scenario, pairs in pairs_by_scenario.items():
        own = tuple(iso for iso in COUNTRIES if iso in acting.get(scenario, ()))
        if not own:
            continue
        places = {
            OWN: own,
            NEIGHBOURS: tuple(iso for iso in COUNTRIES if iso not in own),
            TOTAL: COUNTRIES,
        }
        for indicator in INDICATORS:
            for where, members in places.items():
                if not members or not all(pairs.has(iso, indicator) for iso in members):
                    continue
                sides = [pairs.both(iso, indicator) for iso in members]
                mine, theirs = (np.sum([side[k] for side in sides], axis=0) for k in (0, 1))
                change = mine / np.where(theirs > 0, theirs, np.nan) - 1.0
                about = (scenario, pairs.against, pairs.effect_of)
                found = (*about, where, " ".join(members), indicator)
                rows.append((*found, *spread(change, pairs.draws)))
    return pd.DataFrame(rows, columns=COLUMNS)
