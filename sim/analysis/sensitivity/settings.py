"""What a sensitivity analysis can be asked, and what of it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from sim.analysis.sensitivity.sobol import check_blocks
from sim.errors import InputError, known_name
from sim.experiments.execution.execute import REFUSE
from sim.experiments.limits import MOST_DRAWS, check_scale, check_seed
from sim.meanfield.outcomes import OUTCOMES
from sim.meanfield.recording import SCALE
from sim.parameters.values import ParameterSet

PRIOR, POSTERIOR = "prior", "posterior"
YEARS = (2023, 2026, 2030)
FEWEST_DRAWS, FEWEST_AGENTS = 200, 10


@dataclass(frozen=True)
class SensitivitySettings:
    """What is asked: years, blocks of the Sobol' design, draws of the sample, and where from.

    `worth` is the value of a dollar of added purchases in the net benefit; `agents` the number of
    draws that agents live through, at `agent_scale`; `scale` that of the recorded runs. Indices and
    effects are taken of `outcomes`, and of the net benefit always.
    """

    years: tuple[int, ...] = YEARS
    n: int = 256
    draws: int = 1000
    seed: int = 7
    source: str = PRIOR
    worth: float = 0.1
    agents: int = 0
    agent_scale: int = 5000
    scale: int = SCALE
    missing: str = REFUSE
    outcomes: tuple[str, ...] = tuple(OUTCOMES)
    market: bool | None = None  # of the recorded runs; False leaves sellers out

    def __post_init__(self) -> None:
        if self.source not in (PRIOR, POSTERIOR):
            raise InputError(
                f"there are no draws from '{self.source}'",
                where="--from",
                allowed=f"{PRIOR}, {POSTERIOR}",
            )
        for where, count, fewest in (
            ("--draws", self.draws, FEWEST_DRAWS),
            ("--agents", self.agents or FEWEST_AGENTS, FEWEST_AGENTS),
        ):
            if not fewest <= count <= MOST_DRAWS:
                raise InputError(
                    f"{count} draws are too {'few' if count < fewest else 'many'}",
                    where=where,
                    allowed=f"{fewest} to {MOST_DRAWS:,}",
                )
        check_seed(self.seed, "--seed")
        for scale in (self.scale, self.agent_scale):
            check_scale(scale)
        check_blocks(self.n)
        for name in self.outcomes:
            known_name(name, OUTCOMES, "--outcomes", "outcome")
        if not 0.0 <= self.worth <= 1.0:
            raise InputError(f"{self.worth:g} is no share", where="--worth", allowed="0 to 1")

    def draw(self, number: int) -> ParameterSet:
        """One draw of the sample."""
        if self.source == PRIOR:
            return ParameterSet.prior_draw(number)
        return ParameterSet.draw(number)


def settings_of(named: Mapping[str, Any]) -> SensitivitySettings:
    """Settings by the names of their fields. Raises InputError for any other name."""
    known = [one.name for one in fields(SensitivitySettings)]
    for name in named:
        known_name(name, known, kind="setting")
    return SensitivitySettings(**named)
