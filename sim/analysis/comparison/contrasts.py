"""Which runs are compared with which, and whether their difference is policy or assumption.

The effect of a policy is a scenario minus its counterfactual: the baseline's policy under the same
assumptions. What the assumptions change is the counterfactual minus the baseline, and is never
called an effect of policy. A scenario that assumes what the baseline assumes has the baseline as
its counterfactual; one without a policy of its own has no effect of policy at all.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any, NamedTuple

from sim.scenario.assumptions import changed_assumptions, same_assumptions, same_policy

POLICY, ASSUMPTIONS = "policy", "assumptions"
TOGETHER = "policy and assumptions"  # where no counterfactual was run


class Contrast(NamedTuple):
    """One comparison of a `scenario`: the runs of `mine` against those of `against`."""

    scenario: str
    effect_of: str
    mine: str
    against: str

    @property
    def words(self) -> str:
        """The scenario as the head of a column or line."""
        return self.scenario if self.effect_of == POLICY else f"{self.scenario}: {self.effect_of}"


class Contrasts:
    """The comparisons of a study, read from its manifest."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        self.baseline: str = manifest["baseline"]
        self._added = tuple(manifest.get("added_scenarios", ()))
        self.names = tuple(name for name in manifest["scenarios"] if name not in self._added)
        resolved: Mapping[str, str] = manifest["resolved_scenarios"]
        self._tables = {name: tomllib.loads(text) for name, text in resolved.items()}
        named = manifest.get("counterfactuals")
        self._counterfactual: dict[str, str] = self._found() if named is None else dict(named)

    def _found(self) -> dict[str, str]:
        """Counterfactuals among the scenarios of a folder that names none."""
        base = self._tables[self.baseline]
        found = {}
        for name, table in self._tables.items():
            if same_assumptions(table, base):
                continue
            for other, candidate in self._tables.items():
                if same_policy(candidate, base) and same_assumptions(candidate, table):
                    found[name] = other
                    break
        return found

    def counterfactual(self, scenario: str) -> str | None:
        """The baseline's policy under the assumptions of a scenario; None if it was not run."""
        if scenario in self._counterfactual:
            return self._counterfactual[scenario]
        return None if self.assumed(scenario) else self.baseline

    def assumed(self, scenario: str) -> list[str]:
        """The assumptions of a scenario that the baseline does not make, in words."""
        return changed_assumptions(self._tables[scenario], self._tables[self.baseline])

    def of(self, scenario: str) -> list[Contrast]:
        """The comparisons of one scenario: none for the baseline, policy before assumptions."""
        if scenario == self.baseline:
            return []
        middle = self.counterfactual(scenario)
        if middle is None:
            return [Contrast(scenario, TOGETHER, scenario, self.baseline)]
        found = [] if middle == scenario else [Contrast(scenario, POLICY, scenario, middle)]
        if middle != self.baseline:
            found.append(Contrast(scenario, ASSUMPTIONS, middle, self.baseline))
        return found

    @property
    def all(self) -> list[Contrast]:
        """The comparisons of all scenarios that were asked for, in their order."""
        return [contrast for name in self.names for contrast in self.of(name)]

    def of_run(self, scenario: str) -> Contrast | None:
        """The one comparison in which the runs of a scenario are the first side."""
        if scenario in self._added:
            return Contrast(scenario, ASSUMPTIONS, scenario, self.baseline)
        return next((c for c in self.of(scenario) if c.mine == scenario), None)
