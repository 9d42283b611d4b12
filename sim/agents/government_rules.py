"""How governments decide beyond the scenario: they react, learn from peers, and sign agreements.

Once a year, on figures of the year before, a government moves what it does of its own accord
towards what losses and gaps call for; where peers do better it moves towards what they do. A
regional task force publishes those figures, late and with error, and gives a fund to the neediest.
An agreement needs the consent of both sides, a treaty every signature (M11). With a reaction speed
and a learning rate of zero a government follows the scenario and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scipy.special import ndtri

from sim.rng import AgentRng, decision, stream_key, uniform
from sim.units import exponential, hazard_to_probability, logarithm

ENFORCEMENT = "anti_scam_enforcement"
BROADBAND = "broadband_investment"
REACTING = (ENFORCEMENT, BROADBAND)
MOST_ENFORCEMENT = 2.0  # 1/year; no government wishes for more, whatever it sees
MOST_BROADBAND = 30.0  # constant 2022 US$ per person and year


@dataclass(frozen=True)
class Seen:
    """What a government sees of one country and year: published figures."""

    loss_share: float  # losses to scams over GDP
    coverage: float
    adoption: float  # adults who buy online
    gap: float  # adoption in towns less adoption in the countryside


def reacted(
    own: Mapping[str, float], seen: Seen, speed: float, params: Mapping[str, float]
) -> dict[str, float]:
    """The levels of a government's own programmes after a year, moved at `speed` (1/year)."""
    excess = max(seen.loss_share / params["loss_target"] - 1.0, 0.0)
    missing = max(params["coverage_target"] - seen.coverage, 0.0)
    wanted = {
        ENFORCEMENT: min(params["enforcement_response"] * excess, MOST_ENFORCEMENT),
        BROADBAND: min(params["broadband_response"] * missing, MOST_BROADBAND),
    }
    share = min(speed, 1.0)
    return {name: own[name] + share * (wanted[name] - own[name]) for name in REACTING}


def learned(
    own: Sequence[Mapping[str, float]], seen: Sequence[Seen], rate: float
) -> list[dict[str, float]]:
    """Every government moves towards the mean of the peers that do better, at `rate` (1/year)."""
    merit = {
        ENFORCEMENT: [-here.loss_share for here in seen],
        BROADBAND: [here.adoption for here in seen],
    }
    result = []
    for c, mine in enumerate(own):
        levels = dict(mine)
        for name in REACTING:
            better = [own[d][name] for d in range(len(own)) if merit[name][d] > merit[name][c]]
            if better:
                mean = sum(better) / len(better)
                levels[name] = mine[name] + min(rate, 1.0) * (mean - mine[name])
        result.append(levels)
    return result


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
