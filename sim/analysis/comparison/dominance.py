"""Mixes that another scenario of a comparison does as well as with some of their levers or money.

A mix is dominated where a part of it (some of its levers, as they are in it), or a scenario that
costs no more, adds at least as much to e-commerce in 2030. Only scenarios that are measured against
the same other side are compared. The conclusion says so, so that no mix hides its own part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from sim.analysis.comparison.pairs import Pairs
from sim.analysis.comparison.run_parameters import RunParameters
from sim.analysis.comparison.tables.effects import costs
from sim.analysis.text.formatting import money, signed_money
from sim.rows import rows_where
from sim.target import TARGET_YEAR, median
from sim.units import REGION

MEASURE, COST = "gmv_real_usd", "cost_usd"


class Dominated(NamedTuple):
    """A mix, and the best of those that do as well as it does; money in constant 2022 US$."""

    mix: str
    other: str
    part: bool  # of the mix, or another scenario that costs no more
    effect: float
    cost: float
    other_effect: float
    other_cost: float
    runs: int  # in which the other adds at least as much
    of: int

    @property
    def short(self) -> str:
        """The same in a few words, to stand with the mix."""
        what = "a part of it" if self.part else "which costs no more"
        return f"'{self.other}', {what}, adds at least as much for {money(self.other_cost)}."

    def __str__(self) -> str:
        what = "is a part of it" if self.part else "costs no more"
        often = f" (in {self.runs} of {self.of} runs)" if self.of > 1 else ""
        return (
            f"'{self.mix}' is dominated: '{self.other}' {what} and adds at least as much to "
            f"e-commerce in {TARGET_YEAR}, {signed_money(self.other_effect)} for "
            f"{money(self.other_cost)} against {signed_money(self.effect)} for "
            f"{money(self.cost)}{often}."
        )


def dominated(paired: Mapping[str, Pairs], settings: RunParameters) -> list[Dominated]:
    """Every mix of two or more levers that is dominated, with its best part or rival."""
    found = []
    for mix, pairs in paired.items():
        levers = _levers(settings, mix, pairs.against)
        if len(levers) < 2 or not pairs.has(REGION, MEASURE):
            continue
        rivals = []
        for other, theirs in paired.items():
            same_side = theirs.against == pairs.against and theirs.runs == pairs.runs
            if other != mix and same_side and pairs.effect_of == theirs.effect_of:
                part = _is_part(_levers(settings, other, theirs.against), levers)
                rivals.append(_judged(mix, pairs, other, theirs, part))
        rivals = [rival for rival in rivals if _dominates(rival)]
        if rivals:
            found.append(max(rivals, key=lambda rival: (rival.part, rival.other_effect)))
    return found


def dominated_by_levers(parts: pd.DataFrame) -> list[str]:
    """Sentences on mixes of `parts.csv` of which one lever alone does as well, the best of each."""
    mine = rows_where(parts, country=REGION)
    cost = mine[mine["outcome"] == COST].set_index(["scenario", "part"])
    mine = mine[(mine["outcome"] == MEASURE) & (mine["first_in"] >= mine["mix"])]
    best = mine[mine["mix"] > 0.0].sort_values("first_in", ascending=False)
    found = []
    for row in best.drop_duplicates("scenario").to_dict("records"):
        paid = cost.loc[(row["scenario"], row["part"])]
        found.append(
            f"{row['part']} alone, a part of '{row['scenario']}', adds at least as much to "
            f"e-commerce in {TARGET_YEAR}: {signed_money(row['first_in'])} for "
            f"{money(paid['first_in'])} against {signed_money(row['mix'])} for "
            f"{money(paid['mix'])} ({_often(row['better_alone'], row['pairs'])}). To see it over "
            f"all draws: {row['command']}"
        )
    return found


def _often(better: int, runs: int) -> str:
    return f"means of {runs} runs; it does so in {better} of them" if runs > 1 else "one run"


def _levers(settings: RunParameters, scenario: str, against: str) -> dict[str, object]:
    """The levers that a scenario has of its own, with their blocks."""
    return {
        name: settings.blocks(scenario, name)
        for name in settings.changed_levers(scenario, against)
        if any(block["level"] != 0.0 for block in settings.blocks(scenario, name))
    }


def _is_part(mine: Mapping[str, object], whole: Mapping[str, object]) -> bool:
    return 0 < len(mine) < len(whole) and mine.items() <= whole.items()


def _judged(mix: str, pairs: Pairs, other: str, theirs: Pairs, part: bool) -> Dominated:
    ours, rival = (side.change(REGION, MEASURE) for side in (pairs, theirs))
    return Dominated(
        mix,
        other,
        part,
        median(ours),
        median(costs(pairs, REGION)),
        median(rival),
        median(costs(theirs, REGION)),
        int((rival >= ours).sum()),
        len(pairs.runs),
    )


def _dominates(rival: Dominated) -> bool:
    """As much for no more money; where nothing is added there is nothing to dominate."""
    cheap = rival.part or rival.other_cost <= rival.cost
    return cheap and rival.other_effect >= rival.effect and rival.other_effect > 0.0
