"""How governments decide beyond their plan: they react to what they see, and copy better peers.

Once a year, on figures of the year before, a government moves what it does of its own accord
towards what losses and gaps call for; where peers do better it moves towards what they do (M11).
With a reaction speed and a learning rate of zero it follows the scenario's plan and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
