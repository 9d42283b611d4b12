"""The counterfactuals of a study: the policy of its baseline under the assumptions of a scenario.

A study whose scenarios all assume what the baseline assumes needs none and stays as it is.
"""

from __future__ import annotations

from dataclasses import replace

from sim.experiments.study import Study
from sim.scenario import Scenario
from sim.scenario.assumptions import counterfactual, same_assumptions, same_policy


def with_counterfactuals(study: Study) -> Study:
    """The study with a counterfactual for every scenario with assumptions of its own.

    A scenario of the study that already is the counterfactual is used as it is, so scenarios with
    the same assumptions share one, and a scenario without a lever of its own is its own.
    """
    if study.counterfactuals:
        return study
    base = next(s for s in study.scenarios if s.name == study.baseline)
    scenarios = list(study.scenarios)
    found: dict[str, str] = {}
    added: list[str] = []
    varied = any(not varied.of_world for varied in study.design.inputs)
    for scenario in study.scenarios:
        wanted = counterfactual(scenario, base, [s.name for s in scenarios])
        if wanted is base:
            continue
        there = next((s for s in scenarios if _is(s, wanted) and not (varied and s.levers)), None)
        if there is None:
            scenarios.append(wanted)
            added.append(wanted.name)
        found[scenario.name] = (there or wanted).name
    return replace(study, scenarios=tuple(scenarios), counterfactuals=found, added=tuple(added))


def _is(scenario: Scenario, wanted: Scenario) -> bool:
    one, other = scenario.as_dict(), wanted.as_dict()
    return same_policy(one, other) and same_assumptions(one, other)
