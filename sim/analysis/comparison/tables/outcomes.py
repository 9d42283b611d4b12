"""`outcomes.csv`: the doubling in every single run, with the inputs that a design gave it.

A row is a run, a place and a measure. Effects are differences from the scenario in the
column `baseline` under the same seed, draw and parameters; `effect_of` says whether they are of
policy or of assumptions. In rows of the baseline, and where the other run is missing, they are
empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.comparison.contrasts import Contrasts
from sim.analysis.comparison.tables.summary import INDICATOR_OF, PLACES
from sim.analysis.comparison.years import Matrices
from sim.experiments.execution.execute import REFUSE, refuse_missing
from sim.experiments.run import part_name
from sim.experiments.storage.part_files import DONE
from sim.experiments.storage.store import Store
from sim.model.indicators import INDICATORS
from sim.rows import rows_where
from sim.target import BASE_YEAR, TARGET_YEAR

VALUES = ["value_2022", "value_2030", "ratio"]
EFFECTS = ["effect_2030", "effect_ratio"]
_KEYS = ["run", "scenario", "baseline", "design_point", "replication", "seed", "draw"]


def outcomes(
    store: Store,
    manifest: Mapping[str, Any],
    missing: str = REFUSE,
    measures: Mapping[str, str] = INDICATOR_OF,
) -> pd.DataFrame:
    """All finished runs with their doubling, or other indicators by the name of a measure.

    Raises MekongError when runs are missing.
    """
    refuse_missing(store, manifest, missing)
    runs = in_order(store.runs(), manifest)
    inputs = [f"x.{name}" for name in manifest["inputs"]]
    done = rows_where(runs, status=DONE)
    return with_effects(_values(store, done, inputs, measures), manifest)


def in_order(runs: pd.DataFrame, manifest: Mapping[str, Any]) -> pd.DataFrame:
    """Rows of runs in the order of the study; names of files do not matter."""
    place = {name: at for at, name in enumerate(manifest["scenarios"])}
    by = ["draw", "seed", "design_point"]
    order = runs[by].assign(scenario=runs["scenario"].map(place))
    return runs.loc[order.sort_values([*by, "scenario"]).index].reset_index(drop=True)


def _values(
    store: Store, runs: pd.DataFrame, inputs: list[str], measures: Mapping[str, str]
) -> pd.DataFrame:
    values = np.full((len(runs), len(PLACES), len(measures), 2), np.nan)
    matrices = Matrices()
    for at, (scenario, run) in enumerate(zip(runs["scenario"], runs["run"], strict=True)):
        values[at] = headline(store, part_name(run, scenario), measures, matrices)
    each = len(PLACES) * len(measures)
    frame = runs[_KEYS + inputs].loc[runs.index.repeat(each)].reset_index(drop=True)
    frame["country"] = np.tile(np.repeat(PLACES, len(measures)), len(runs))
    frame["measure"] = np.tile(list(measures), len(PLACES) * len(runs))
    frame["value_2022"], frame["value_2030"] = values.reshape(-1, 2).T
    base = frame["value_2022"].where(frame["value_2022"] > 0)
    frame["ratio"] = frame["value_2030"] / base
    return frame


def headline(
    store: Store,
    part: str,
    measures: Mapping[str, str] = INDICATOR_OF,
    matrices: Matrices | None = None,
) -> NDArray[np.float64]:
    """Values of 2022 and 2030 of one run, by place and measure; `matrices` of the runs before."""
    needed = {
        name for shown in measures.values() for name in (shown, *(INDICATORS[shown].of or ()))
    }
    wanted = [(place, name, "all") for place in PLACES for name in measures.values()]
    series = store.one(part, sorted(needed), ["all"])
    found = (matrices or Matrices()).values(series, wanted, (BASE_YEAR, TARGET_YEAR))
    return found.reshape(len(PLACES), len(measures), 2)


def with_effects(frame: pd.DataFrame, manifest: Mapping[str, Any]) -> pd.DataFrame:
    """The same with paired differences from what each scenario is compared with."""
    contrasts = Contrasts(manifest)
    found = {name: contrasts.of_run(name) for name in manifest["scenarios"]}
    known = {name: contrast for name, contrast in found.items() if contrast is not None}
    frame = frame.assign(
        baseline=[known[n].against if n in known else n for n in frame["scenario"]],
        effect_of=[known[n].effect_of if n in known else "" for n in frame["scenario"]],
    )
    world = [f"x.{name}" for name in manifest["inputs"] if name.startswith("parameters.")]
    keys = ["baseline", "seed", "draw", *world, "country", "measure"]
    base = frame.assign(baseline=frame["scenario"])[[*keys, "value_2030", "ratio"]]
    base = base.drop_duplicates(keys)  # points that were moved to one place are the same world
    paired = frame.merge(base, on=keys, how="left", suffixes=("", "_base"))
    policy = (frame["effect_of"] != "").to_numpy()
    for effect, value in (("effect_2030", "value_2030"), ("effect_ratio", "ratio")):
        frame[effect] = np.where(policy, paired[value] - paired[f"{value}_base"], np.nan)
    return frame
