"""Agent-based simulation of the digital economy of the Greater Mekong countries.

    import sim
    result = sim.compare("baseline", "broadband")
    result.table, result.effects, result.verdict, result.plot(), result.save("results/first")

Names are loaded when they are first used, so that `import sim` is quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from sim._version import __version__

if TYPE_CHECKING:
    from sim.analysis.attribution import Attribution, attribute
    from sim.analysis.compare import compare, run
    from sim.analysis.comparison import Comparison
    from sim.analysis.frontier import Frontier, frontier
    from sim.analysis.life import life
    from sim.analysis.required import Required, required
    from sim.analysis.robustness import Robustness, robustness
    from sim.analysis.sensitivity import sensitivity
    from sim.analysis.sweep import Sweep, sweep
    from sim.countries.load import load_countries
    from sim.errors import InputError, MekongError, OutputError
    from sim.indicators import INDICATORS
    from sim.model import MekongModel
    from sim.parameters.table import parameter_table
    from sim.parameters.values import ParameterSet
    from sim.policy.levers import LEVERS
    from sim.scenario import Scenario, load_scenario, shipped_scenarios

_HOMES = {
    "Attribution": "sim.analysis.attribution",
    "Comparison": "sim.analysis.comparison",
    "Frontier": "sim.analysis.frontier",
    "INDICATORS": "sim.indicators",
    "InputError": "sim.errors",
    "LEVERS": "sim.policy.levers",
    "MekongError": "sim.errors",
    "MekongModel": "sim.model",
    "OutputError": "sim.errors",
    "ParameterSet": "sim.parameters.values",
    "Required": "sim.analysis.required",
    "Robustness": "sim.analysis.robustness",
    "Scenario": "sim.scenario",
    "Sweep": "sim.analysis.sweep",
    "attribute": "sim.analysis.attribution",
    "compare": "sim.analysis.compare",
    "frontier": "sim.analysis.frontier",
    "life": "sim.analysis.life",
    "load_countries": "sim.countries.load",
    "load_scenario": "sim.scenario",
    "parameter_table": "sim.parameters.table",
    "required": "sim.analysis.required",
    "robustness": "sim.analysis.robustness",
    "run": "sim.analysis.compare",
    "sensitivity": "sim.analysis.sensitivity",
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
    "Required",
    "Robustness",
    "Scenario",
    "Sweep",
    "__version__",
    "attribute",
    "compare",
    "frontier",
    "life",
    "load_countries",
    "load_scenario",
    "parameter_table",
    "required",
    "robustness",
    "run",
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
    return sorted({*globals(), *_HOMES})
