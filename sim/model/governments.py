"""The yearly round of governments: what they see, what they decide, what they sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.agents.government_rules import (
    TREATY,
    Seen,
    grants,
    learned,
    published,
    reacted,
    signing_hazard,
    signs,
    willingness,
)
from sim.model.programmes import Programmes
from sim.model.recording import Sums
from sim.units import QUARTERS_PER_YEAR, quarter_of, year_of

SEEN_AFTER = QUARTERS_PER_YEAR  # quarters until the figures of a year are known


@dataclass
class GovernmentDecisions:
    """Reactions, learning, the task force and negotiations of one model."""

    programmes: Programmes
    values: Mapping[str, Mapping[str, float]]
    mode: str  # planned, reactive, learning, task_force
    treaty: str  # pairs, regional
    seed: int

    def decide(self, quarter: int, history: Sequence[Sums]) -> None:
        """Once a year, on the figures of a year ago; nothing at all where all is planned."""
        if self.mode == "planned" or quarter_of(quarter) != 0 or len(history) < 2 * SEEN_AFTER:
            return
        seen = what_was_seen(history[: len(history) - SEEN_AFTER])
        params = next(iter(self.values.values()))
        force = self.mode == "task_force"
        if force:
            seen = published(
                seen, tuple(self.values), self.seed, year_of(quarter), params["kpi_error"]
            )
            shares = grants(seen, params["regional_fund"], params["gap_weight"])
            self.programmes.grants = dict(zip(self.values, shares, strict=True))
        own = [
            reacted(self.programmes.own[iso], here, self.values[iso]["reaction_speed"], mine)
            for (iso, mine), here in zip(self.values.items(), seen, strict=True)
        ]
        if self.mode != "reactive":
            boost = 1.0 + params["task_force_boost"] if force else 1.0
            own = learned(own, seen, params["learning_rate"] * boost)
        self.programmes.own = dict(zip(self.values, own, strict=True))

    def negotiate(self, quarter: int, distances: Mapping[str, float]) -> None:
        """Pairs in talks sign with a hazard; a regional treaty needs every one of them."""
        talks = self.programmes.talks(quarter)
        force = self.mode == "task_force"
        if not talks:
            return
        if self.treaty == "regional":
            parties = sorted({iso for pair in talks for iso in pair.split("-")})
            willing = []
            for iso in parties:
                own = [distances[pair] for pair in talks if iso in pair.split("-")]
                willing.append(willingness(float(np.mean(own)), self.values[iso]))
            hazard = signing_hazard(willing, self.values[parties[0]], force)
            if signs(self.seed, TREATY, quarter, hazard):
                self.programmes.signed |= dict.fromkeys(talks, quarter)
            return
        for pair in talks:
            one, other = pair.split("-")
            sides = [willingness(distances[pair], self.values[iso]) for iso in (one, other)]
            if signs(self.seed, pair, quarter, signing_hazard(sides, self.values[one], force)):
                self.programmes.signed[pair] = quarter


def what_was_seen(history: Sequence[Sums]) -> list[Seen]:
    """The last four quarters of a history as governments see them, by country."""
    year = history[-SEEN_AFTER:]
    losses = np.sum([sums["scam_losses_usd"][:, 0] for sums in year], axis=0)
    income = np.sum([sums["income_usd"][:, 0] for sums in year], axis=0)
    last = year[-1]
    adopting = last["shoppers"] / np.maximum(last["adults"], 1.0)
    covered = last["covered"][:, 0] / last["population"][:, 0]
    return [
        Seen(
            loss_share=float(losses[c] / income[c]),
            coverage=float(covered[c]),
            adoption=float(adopting[c, 0]),
            gap=float(adopting[c, 1] - adopting[c, 2]),
        )
        for c in range(len(income))
    ]
