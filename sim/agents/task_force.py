"""The regional task force: publishes figures late and with error, and gives a fund to the neediest.

Once a year it observes every country's adoption and the gap between towns and countryside, with an
error and a year late, and grants the regional fund, paid by partners outside the region, to the
country whose weighted gap is largest. It also speeds up learning and the talks on agreements.
"""

from __future__ import annotations

from collections.abc import Sequence

from scipy.special import ndtri

from sim.agents.decisions import Seen
from sim.draws import Luck, chance, decision, stream_key

MISREAD = decision("misread_kpi")
GAP_WEIGHT = 2.0  # of the gap between towns and countryside against missing adoption


def published(seen: Sequence[Seen], seed: int, year: int, error: float) -> list[Seen]:
    """The figures as published: each share off by a normal error of standard deviation `error`."""
    return [
        Seen(
            loss_share=here.loss_share,
            coverage=here.coverage,
            adoption=_misread(here.adoption, seed, year, 2 * place, error),
            gap=_misread(here.gap, seed, year, 2 * place + 1, error),
        )
        for place, here in enumerate(seen)
    ]


def grants(seen: Sequence[Seen], fund: float) -> list[float]:
    """Who gets the fund of a year: all of it goes to the largest weighted gap."""
    needs = [1.0 - here.adoption + GAP_WEIGHT * here.gap for here in seen]
    neediest = needs.index(max(needs))
    return [fund if place == neediest else 0.0 for place in range(len(seen))]


def _misread(value: float, seed: int, year: int, which: int, error: float) -> float:
    luck = Luck(stream_key(seed, "task_force", year), which)
    return min(max(value + error * float(ndtri(chance(luck, MISREAD))), -1.0), 1.0)
