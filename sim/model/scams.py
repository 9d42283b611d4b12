"""The scam side of the model: from enforcement and exposure to a quarter of the scam sector."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.syndicate import Moves
from sim.model.policy_effects import Conditions
from sim.model.programmes import Programmes
from sim.model.scam_hosts import Hosts, ScamOutcome, outside_demand
from sim.units import QUARTERS_PER_YEAR

AI_RISE_STARTS, AI_RISE_YEARS = 2024.0, 5.0


def offence(ai_path: str, quarter: int, rise: float) -> float:
    """Scams of a quarter relative to those without AI, which adds `rise` in the end."""
    if ai_path == "none":
        return 1.0
    done = (quarter / QUARTERS_PER_YEAR - AI_RISE_STARTS) / AI_RISE_YEARS
    return 1.0 + rise * min(max(done, 0.0), 1.0)


class ScamSector:
    """Syndicates and the pressure of scams on people, for one model."""

    def __init__(
        self,
        model: Any,
        values: Mapping[str, Mapping[str, float]],
        programmes: Programmes,
        ai_path: str,
    ) -> None:
        self.values = values
        self.programmes = programmes
        self.ai_path = ai_path
        shares = [params["host_share"] for params in values.values()]
        whole = math.fsum(shares)
        self.hosts = Hosts(model, list(values.values()), [share / whole for share in shares])
        self._first = next(iter(values.values()))
        self.revenue = self._first["compound_revenue"]  # US$ a year, of all hosts in 2023
        self.scam_outcome = ScamOutcome(
            self.hosts.capital, Moves(), self._first["outside_demand_start"], []
        )

    def move(
        self, quarter: int, conditions: Sequence[Conditions], exposed: NDArray[np.float64]
    ) -> None:
        """One quarter; `exposed` is the income of people online, by country, over that of 2022."""
        isos = tuple(self.values)
        blocked = np.exp([-here.scam_protection for here in conditions])
        self.scam_outcome = self.hosts.quarter(
            [here.enforcement for here in conditions],
            [[self._coordination(one, other, quarter) for other in isos] for one in isos],
            math.fsum((exposed * blocked).tolist()),
            outside_demand(quarter / QUARTERS_PER_YEAR, self._first["outside_demand_start"]),
        )

    def pressure(self, iso: str, quarter: int) -> float:
        """Scams that reach people of a country, relative to the reference year."""
        return self.scam_outcome.pressure * self._offence(iso, quarter)

    def _offence(self, iso: str, quarter: int) -> float:
        """How much more dangerous AI has made scams, on the path that says so."""
        return offence(self.ai_path, quarter, self.values[iso]["ai_scam_offence"])

    def _coordination(self, one: str, other: str, quarter: int) -> float:
        if one == other:
            return 0.0
        pair = "-".join(sorted((one, other)))
        return self.programmes.level("scam_coordination", pair, quarter)
