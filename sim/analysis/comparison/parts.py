"""Each lever of a mix alone, in a small study at central parameters inside that of a comparison.

A conclusion that headlines a mix must not hide that one of its levers does as well. Where no part
of a mix is among the scenarios of a comparison, its levers are run one by one: with the central
parameters and one seed, and only where this adds little to the runs that were asked for.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from sim.analysis.comparison.dominance import MEASURE
from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.tables.effects import costs
from sim.experiments.counterfactuals import with_counterfactuals
from sim.experiments.run import drawn_from, is_central
from sim.experiments.study import Study, argument
from sim.parameters.values import PRIOR_DRAWS
from sim.policy.schedule import Schedule
from sim.scenario import Scenario, load_scenario, shipped_scenarios
from sim.scenario.assumptions import same_assumptions, same_policy
from sim.target import median
from sim.units import REGION

FOLDER = "parts"
NAME = "central"  # of its folder in `parts/`
MOST = 0.1  # of the runs of the comparison
COLUMNS = ["scenario", "part", "effect", "cost_usd", "mix_effect", "mix_cost_usd", "command"]
Levers = dict[str, tuple[Schedule, ...]]


def own_levers(scenario: Scenario, base: Scenario) -> Levers:
    """The levers that a scenario has and its baseline has not, or not alike."""
    return {
        lever: schedules
        for lever, schedules in scenario.levers.items()
        if schedules != base.levers.get(lever) and any(s.level != 0.0 for s in schedules)
    }


def alone(mix: Scenario, base: Scenario, lever: str) -> Scenario:
    """One lever of a mix on top of the policy of its baseline."""
    levers = {name: base.levers.get(name, ()) for name in (*base.levers, lever)}
    return replace(
        mix,
        name=f"{mix.name}--{lever}",
        title=f"{lever} of '{mix.name}' alone",
        levers={**levers, lever: mix.levers[lever]},
    )


def parts_study(study: Study) -> dict[str, Study]:
    """The study of parts, by the name of its folder; none where there is nothing to ask.

    Mixes are taken in their order while the study stays small enough.
    """
    base = next(s for s in study.scenarios if s.name == study.baseline)
    asked = [s for s in study.scenarios if s.name in study.asked]
    central = PRIOR_DRAWS if drawn_from(study.draws) == "prior" else 0
    if all(is_central(draw) for draw in study.draws):
        return {}
    found: Study | None = None
    chosen: list[Scenario] = [base]
    for mix in asked:
        levers = own_levers(mix, base)
        if len(levers) < 2 or any(_is_part(one, mix, base) for one in asked):
            continue
        more = [*chosen, mix, *(alone(mix, base, lever) for lever in levers)]
        inner = with_counterfactuals(
            replace(
                study,
                scenarios=tuple(more),
                seeds=study.seeds[:1],
                draws=(central,),
                counterfactuals={},
                added=(),
            )
        )
        if len(inner.jobs) <= MOST * len(study.jobs):
            found, chosen = inner, more
    return {} if found is None else {NAME: found}


def _is_part(one: Scenario, mix: Scenario, base: Scenario) -> bool:
    mine, whole = own_levers(one, base), own_levers(mix, base)
    same = same_assumptions(one.as_dict(), mix.as_dict())
    return same and 0 < len(mine) < len(whole) and mine.items() <= whole.items()


def parts_table(inner: Comparison, study: Study) -> pd.DataFrame:
    """`parts.csv`: what each lever of a mix adds alone and costs, and what the mix does.

    `study` is that of the parts, `inner` its result. Where a part does as well as the mix, the
    command is named that shows whether it does so over all parameters.
    """
    base = next(s for s in study.scenarios if s.name == study.baseline)
    rows: list[tuple[object, ...]] = []
    for mix in study.scenarios:
        for lever in own_levers(mix, base):
            part = alone(mix, base, lever)
            pairs = [inner.paired[s.name] for s in (part, mix) if s.name in inner.paired]
            if len(pairs) < 2:
                continue
            effect, whole = (median(one.change(REGION, MEASURE)) for one in pairs)
            cost, whole_cost = (median(costs(one, REGION)) for one in pairs)
            settles = _settles(part, mix, base) if effect >= whole else ""
            rows.append((mix.name, lever, effect, cost, whole, whole_cost, settles))
    return pd.DataFrame(rows, columns=COLUMNS)


def _settles(part: Scenario, mix: Scenario, base: Scenario) -> str:
    """A comparison with the part where a shipped scenario is that part, else its attribution."""
    mine = part.as_dict()
    for name in shipped_scenarios():
        known = load_scenario(name).as_dict()
        if same_policy(known, mine) and same_assumptions(known, mine):
            return f"mekong compare {argument(base)} {name} {argument(mix)}"
    return f"mekong mix attribute {argument(mix)}"
