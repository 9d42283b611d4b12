"""A world that can be worked out by hand, for comparisons of mixes.

In 2022 every country buys for 100. In 2030 it buys for 100 x a ratio, which is 1.5, plus the
parameter `shopper_scam_exposure`, plus 0.3 where growth is high and minus 0.3 where it is low, plus
a thousandth of draw and seed, plus what levers add: enforcement 0.2, common rules 0.1, both
together 0.06 more; customs add nothing. All levers cost 4 a year from 2026 on. Enforcement halves
losses to scams (8 a year of an income of 4000). The countryside has 5 shoppers, and 2 more for each
of the two levers.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.experiments.execution.options import RunOptions
from sim.experiments.run import Job
from sim.model.indicators import INDICATORS
from sim.policy.levers import LEVERS
from sim.scenario import Scenario
from sim.units import COUNTRIES, REGION

RULES, SCAMS, IDLE = "regulatory_harmonization", "anti_scam_enforcement", "paperless_customs"
GROWTH = {"low": -0.3, "weo": 0.0, "high": 0.3}
_BLOCKS: dict[str, dict[str, Any]] = {
    RULES: {"pairs": "all", "level": 0.5, "start": "2026Q1"},
    SCAMS: {"countries": "all", "level": 1.0, "start": "2026Q1"},
}


def _everywhere(lever: str) -> dict[str, Any]:
    return {LEVERS[lever].scope: "all", "level": 0.5, "start": "2026Q1"}


def mix(name: str, *levers: str, **keys: Any) -> Scenario:
    """A scenario with some levers in all their places."""
    blocks = {lever: [_BLOCKS.get(lever, _everywhere(lever))] for lever in levers}
    return Scenario.from_dict({"title": name, "levers": blocks, **keys}, name=name)


def gain(levers: set[str], level: float = 1.0) -> float:
    """What a set of levers adds to the ratio."""
    rules, scams = RULES in levers, SCAMS in levers
    return 0.1 * rules + 0.2 * level * scams + 0.06 * (rules and scams)


def ratio(job: Job) -> float:
    """Purchases of 2030 over 2022."""
    levers = job.scenario.levers
    level = levers[SCAMS][0].level if SCAMS in levers else 0.0
    parameters = job.parameters.with_overrides(job.scenario.parameters)
    return (
        1.5
        + parameters.get("THA", "shopper_scam_exposure")
        + GROWTH[job.scenario.paths["growth"]]
        + 0.001 * (job.draw + job.seed)
        + gain(set(levers), level)
    )


def toy(job: Job, options: RunOptions) -> pd.DataFrame:
    """The quarterly series of a run."""
    levers = job.scenario.levers
    rows: list[tuple[object, ...]] = []
    for country in (*COUNTRIES, REGION):
        size = 5.0 if country == REGION else 1.0
        for year in range(2021, 2031):
            late = year >= 2026
            bought = 100.0 * (1.0 if year <= 2022 else ratio(job) if late else 1.2)
            active = levers if late else {}
            lost = 8.0 * (0.5 if SCAMS in active else 1.0)
            rural = 5.0 + 2.0 * (RULES in active) + 2.0 * (SCAMS in active)
            values: dict[tuple[str, str], float] = {
                ("gmv_real_usd", "all"): bought,
                ("gmv_nominal_usd", "all"): 2.0 * bought,
                ("gmv_region_usd", "all"): 5.0 + 2.0 * (RULES in active),
                ("sme_exporters", "all"): 10.0,
                ("smes_online_share", "all"): 0.1,
                ("scam_losses_usd", "all"): lost,
                ("income_usd", "all"): 4000.0,
                ("consumption_usd", "all"): 1000.0,
                **{(f"spending_{name}_usd", "all"): 4.0 if late else 0.0 for name in levers},
                ("spending_broadband_investment_usd", "all"): 0.0,
                ("shoppers", "rural"): rural,
                ("shoppers", "q1"): 2.0,
                ("shoppers", "q2"): 3.0,
            }
            for group in ("urban", "women", "men", "q5"):
                values["shoppers", group] = 10.0
            for group in ("all", "urban", "rural", "women", "men", "q1", "q2", "q5"):
                values["adults", group] = 20.0
            for (name, group), value in values.items():
                flow = INDICATORS[name].kind == "flow"
                for quarter in range(1, 5):
                    part = size * value / 4 if flow else size * value
                    label = f"{year}Q{quarter}"
                    rows.append((country, label, name, group, part, INDICATORS[name].unit))
    columns = ["country", "quarter", "indicator", "group", "value", "unit"]
    return pd.DataFrame(rows, columns=columns)


class Counted:
    """The same, with the number of runs that were done."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self, job: Job, options: RunOptions) -> pd.DataFrame:
        self.runs += 1
        return toy(job, options)
