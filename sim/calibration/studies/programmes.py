"""Programmes of studies: at once, in full, in all five countries, and at no cost to governments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.experiments.paired_runs import Block, PairedRuns, block, scenario
from sim.parameters.table import parameter_table
from sim.policy.levers import LEVERS
from sim.scenario import Scenario

BEGIN = "2021Q1"
_RICH = {"digital_budget_share": 0.2}  # where the level of a lever is itself money


def programme(
    levers: Mapping[str, list[Block]], parameters: Mapping[str, float] | None = None
) -> Scenario:
    """A scenario whose levers are paid for by nobody; all of them share their past."""
    free = {
        name: parameter_table()[name].minimum
        for lever in LEVERS.values()
        for name in lever.price_parameters
    }
    return scenario("study", levers, parameters={**_RICH, **free, **(parameters or {})})


def change(
    paired_runs: PairedRuns,
    lever: str,
    names: Sequence[str],
    years: tuple[int, int],
    *where: str,
    level: float = 1.0,
) -> float:
    """Relative change of flows when one lever begins at `BEGIN` everywhere."""
    blocks = [block(level, BEGIN, "all", LEVERS[lever].scope)]
    return paired_runs.change(programme({lever: blocks}), names, years, *where)
