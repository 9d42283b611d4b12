"""Agent-based simulation of the digital economy of the Greater Mekong countries.

    import mekong
    result = mekong.compare("baseline", "broadband")
    result.table, result.effects, result.conclusion
    mekong.plot(result), mekong.save(result, "results/first")

Run           compare, run, sweep: scenarios and studies; trace: one agent through a run
Choose        attribute, frontier, robustness, threshold, sensitivity: questions about policies
Results       load: a result folder read again; plot, save: its pictures and tables
              save_figures: every figure, for a page or for a paper
              diff: in which inputs, versions and numbers two of them differ
              Comparison, Sweep, Attribution, Frontier, Robustness, Threshold: what they return
Inputs        Scenario, load_scenario, shipped_scenarios, load_countries
              ParameterSet, parameter_table
Lists         INDICATORS, LEVERS: what is measured, what a policy can do
Model         MekongModel: one world, quarter by quarter, with rules of your own
Errors        MekongError, of which InputError and OutputError: what is wrong and what to do

`help(mekong.compare)` explains one of them. `import sim` offers the same names; parts that rules
of your own need are imported from its rooms, such as `from sim.rng import event_occurs`.
Names are loaded when they are first used, so that the import is quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from sim._version import __version__

if TYPE_CHECKING:
    from sim.analysis.agent_history import trace
    from sim.analysis.comparison.compare import compare, run
    from sim.analysis.comparison.result import Comparison
    from sim.analysis.load import load
    from sim.analysis.policy_mixes.attribution import Attribution, attribute
    from sim.analysis.policy_mixes.frontier import Frontier, frontier
    from sim.analysis.policy_mixes.robustness import Robustness, robustness
    from sim.analysis.sensitivity.result import sensitivity
    from sim.analysis.sweep import Sweep, sweep
    from sim.analysis.thresholds.threshold import Threshold, threshold
    from sim.analysis.two_results import diff
    from sim.data.load import load_countries
    from sim.errors import InputError, MekongError, OutputError
    from sim.model.indicators import INDICATORS
    from sim.model.model import MekongModel
    from sim.parameters.table import parameter_table
    from sim.parameters.values import ParameterSet
    from sim.policy.levers import LEVERS
    from sim.report.writer import plot, save, save_figures
    from sim.scenario import Scenario, load_scenario, shipped_scenarios

_HOMES = {
    "Attribution": "sim.analysis.policy_mixes.attribution",
    "Comparison": "sim.analysis.comparison.result",
    "Frontier": "sim.analysis.policy_mixes.frontier",
    "INDICATORS": "sim.model.indicators",
    "InputError": "sim.errors",
    "LEVERS": "sim.policy.levers",
    "MekongError": "sim.errors",
    "MekongModel": "sim.model.model",
    "OutputError": "sim.errors",
    "ParameterSet": "sim.parameters.values",
    "Threshold": "sim.analysis.thresholds.threshold",
    "Robustness": "sim.analysis.policy_mixes.robustness",
    "Scenario": "sim.scenario",
    "Sweep": "sim.analysis.sweep",
    "attribute": "sim.analysis.policy_mixes.attribution",
    "compare": "sim.analysis.comparison.compare",
    "diff": "sim.analysis.two_results",
    "frontier": "sim.analysis.policy_mixes.frontier",
    "trace": "sim.analysis.agent_history",
    "load": "sim.analysis.load",
    "load_countries": "sim.data.load",
    "load_scenario": "sim.scenario",
    "parameter_table": "sim.parameters.table",
    "plot": "sim.report.writer",
    "threshold": "sim.analysis.thresholds.threshold",
    "robustness": "sim.analysis.policy_mixes.robustness",
    "run": "sim.analysis.comparison.compare",
    "save": "sim.report.writer",
    "save_figures": "sim.report.writer",
    "sensitivity": "sim.analysis.sensitivity.result",
    "shipped_scenarios": "sim.scenario",
    "sweep": "sim.analysis.sweep",
}

__all__ = [
    "INDICATORS",
    "LEVERS",
    "Attribution",
    "Comparison",
    "Frontier",
    "InputError",
    "MekongError",
    "MekongModel",
    "OutputError",
    "ParameterSet",
    "Threshold",
    "Robustness",
    "Scenario",
    "Sweep",
    "__version__",
    "attribute",
    "compare",
    "diff",
    "frontier",
    "trace",
    "load",
    "load_countries",
    "load_scenario",
    "parameter_table",
    "plot",
    "threshold",
    "robustness",
    "run",
    "save",
    "save_figures",
    "sensitivity",
    "shipped_scenarios",
    "sweep",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
