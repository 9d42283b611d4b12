"""A question as a file: reading, checking and saving scenarios.

`load_scenario("baseline")` or `load_scenario("mine.toml")` gives a `Scenario`;
`Scenario.from_dict({...}, name="mine")` takes the same keys from Python.
"""

from sim.scenario.files import shipped_scenarios
from sim.scenario.paths import PATHS, OutsidePath
from sim.scenario.resolved import Scenario, load_scenario
from sim.scenario.starting import copy_shipped

__all__ = [
    "PATHS",
    "OutsidePath",
    "Scenario",
    "copy_shipped",
    "load_scenario",
    "shipped_scenarios",
]
