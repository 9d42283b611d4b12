"""Implausible draws: they are left out of every table.

Where more than half of all small firms of a country sold online in the last year that tastes are
solved for, supply is so cheap that the model says nothing about entry. Which draws these are is
known only after the run; central values always stay.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.comparison.years import select
from sim.calibration.plausibility import JUDGED_YEAR, MOST_SELLERS
from sim.experiments.run import is_central
from sim.units import COUNTRIES

INDICATOR = "smes_online_share"


def refused_draws(years: pd.DataFrame, baseline: str) -> tuple[int, ...]:
    """Numbers of the draws to leave out; none if none would be left."""
    refused, seen = set[int](), set[int]()
    for iso in COUNTRIES:
        shares = select(years, baseline, iso, INDICATOR)
        if JUDGED_YEAR not in shares:
            continue
        by_draw = shares[JUDGED_YEAR].groupby("draw").mean()
        seen |= {int(draw) for draw in by_draw.index}
        refused |= {
            int(draw) for draw in by_draw.index[by_draw > MOST_SELLERS] if not is_central(draw)
        }
    return tuple(sorted(refused)) if seen - refused else ()


def without(table: pd.DataFrame, draws: tuple[int, ...]) -> pd.DataFrame:
    """The rows of all other draws; `table` has a column or an index level `draw`."""
    numbers = table["draw"] if "draw" in table else table.index.get_level_values("draw")
    kept: NDArray[np.bool_] = ~np.asarray(numbers.isin(draws))
    return table.loc[kept]


def refusal_sentence(draws: tuple[int, ...]) -> list[str]:
    """What a reader must know of draws that are left out; nothing if there are none."""
    if not draws:
        return []
    several = len(draws) > 1
    numbers = ", ".join(map(str, draws))
    return [
        f"Left out: parameter draw{'s' if several else ''} {numbers}, with which more than half of "
        f"the small firms of a country would have sold online in {JUDGED_YEAR}."
    ]
