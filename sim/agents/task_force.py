"""The regional task force: publishes figures late and with error, and gives a fund to the neediest.

Once a year it observes every country's adoption and the gap between towns and countryside, with an
error and a year late, and grants the regional fund, paid by partners outside the region, to the
country whose weighted gap is largest. It also speeds up learning and the talks on agreements.
"""

from __future__ import annotations

from collections.abc import Sequence

from scipy.special import ndtri

from sim.agents.decisions import Seen
from sim.rng import AgentRng, decision, stream_key, uniform

MISREAD = decision("misread_kpi")


def published(
    seen: Sequence[Seen], isos: Sequence[str], seed: int, year: int, error: float
) -> list[Seen]:
    """The figures as published: adoption and the gap are off by a normal error each.

    `error` is its standard deviation; losses and coverage are known.
    """
    return [
        Seen(
            loss_share=here.loss_share,
            coverage=here.coverage,
            adoption=_misread(here.adoption, iso, seed, year, 0, error),
            gap=_misread(here.gap, iso, seed, year, 1, error),
        )
        for iso, here in zip(isos, seen, strict=True)
    ]


def grants(seen: Sequence[Seen], fund: float, gap_weight: float) -> list[float]:
    """Who gets the fund of a year: all of it goes to the largest weighted gap.

    `gap_weight` is that of the gap between towns and countryside against missing adoption.
    """
    needs = [1.0 - here.adoption + gap_weight * here.gap for here in seen]
    neediest = needs.index(max(needs))
    return [fund if place == neediest else 0.0 for place in range(len(seen))]


def _misread(value: float, iso: str, seed: int, year: int, which: int, error: float) -> float:
    luck = AgentRng(stream_key(seed, f"{iso}:task_force", year), which)
    return min(max(value + error * float(ndtri(uniform(luck, MISREAD))), -1.0), 1.0)
