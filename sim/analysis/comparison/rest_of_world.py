"""Harmonization under three paths of the rest of the world: flat, cheaper, taxed.

Common rules divert purchases from other sellers, so what they create depends on prices in the
rest of the world is. Every scenario with common rules is compared with a baseline on its own path.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from sim.analysis.comparison.contrasts import ASSUMPTIONS
from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.run_parameters import RunParameters
from sim.analysis.text.policy_findings import HARMONIZATION
from sim.errors import InputError
from sim.experiments.counterfactuals import with_counterfactuals
from sim.experiments.study import Study
from sim.scenario import Scenario
from sim.scenario.paths import PATHS

FOLDER = "row_paths"
CHOICES = tuple(PATHS["row"].choices)


def plain_name(name: str, choice: str) -> str:
    """The name of a scenario without the path it is on: `harmonization_row_cheaper` is shipped."""
    return name.removesuffix(f"_row_{choice}")


def variant(scenario: Scenario, choice: str) -> Scenario:
    """A scenario on another path of the rest of the world; itself where it is on that path.

    Names are those of the shipped files: `harmonization_row_cheaper`.
    """
    own = scenario.paths["row"]
    if own == choice:
        return scenario
    name = plain_name(scenario.name, own)
    return replace(
        scenario,
        name=name if choice == PATHS["row"].default else f"{name}_row_{choice}",
        title=f"{scenario.title}, rest of the world {choice}",
        paths={**scenario.paths, "row": choice},
        source_file=None,
    )


def row_path_studies(study: Study) -> dict[str, Study]:
    """The additional runs of a study: for each other path its harmonization and baseline.

    Raises InputError where no scenario with common rules is on the same path as the baseline.
    """
    base = next(s for s in study.scenarios if s.name == study.baseline)
    own = base.paths["row"]
    others = [s for s in study.scenarios if s is not base and s.paths["row"] == own]
    others = [s for s in others if s.name not in study.added]
    chosen = [s for s in others if HARMONIZATION in s.levers]
    if not chosen:
        raise InputError(
            f"no scenario on the path of '{base.name}' uses {HARMONIZATION}, so there is nothing "
            "to show on three paths",
            where="--row-paths",
            todo="add one: mekong compare baseline harmonization --row-paths",
        )
    return {
        choice: with_counterfactuals(
            replace(
                study,
                scenarios=tuple(variant(s, choice) for s in (base, *chosen)),
                baseline=variant(base, choice).name,
                counterfactuals={},
                added=(),
            )
        )
        for choice in CHOICES
        if choice != own
    }


def row_path_table(result: Comparison, others: dict[str, Comparison]) -> pd.DataFrame:
    """`trade.csv` of all paths in one table, with `row_path`; scenarios have their plain names."""
    own = result.settings.path(result.baseline, "row")
    parts = []
    for choice in CHOICES:
        found = result if choice == own else others.get(choice)
        if found is None:
            continue
        frame = found.trade[found.trade["effect_of"] != ASSUMPTIONS].copy()
        frame = frame[[_shown(found.settings, str(name), choice) for name in frame["scenario"]]]
        for column in ("scenario", "baseline"):
            frame[column] = [plain_name(str(name), choice) for name in frame[column]]
        frame.insert(0, "row_path", choice)
        parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def _shown(settings: RunParameters, scenario: str, choice: str) -> bool:
    return HARMONIZATION in settings.levers(scenario) and settings.path(scenario, "row") == choice
