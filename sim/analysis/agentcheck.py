"""The check of the twin: agents under the same draws, with sellers and syndicates of their own.

In the twin prices and scams stay as the recorded run has them. Here every draw is lived by agents
with trade and syndicates: the share of their variance that the twin explains is what the consumer
side accounts for; the rest is trade, syndicates, governments and chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.consumerside import columns_of, outside, table_of
from sim.analysis.outcomes import outcomes
from sim.analysis.sobol import HIGH, LOW, RESAMPLES
from sim.analysis.sweep import means_for, run_study
from sim.analysis.twinruns import EFFECT, LEVEL, PLACES, RATIO, VALUE, Quantity
from sim.experiments.folder import read_manifest
from sim.experiments.runner import Progress
from sim.experiments.study import Study, build_study
from sim.parameters.values import ParameterSet
from sim.scenario import Scenario
from sim.target import TARGET_YEAR
from sim.units import COUNTRIES

Floats = NDArray[np.float64]
FEWEST = 3  # draws between which anything can be said
COLUMNS = [
    *("kind", "outcome", "country", "year", "draws", "mean_agents", "mean_twin"),
    *("explained", "low", "high", "rest_most_related_to", "related"),
]


def agent_study(
    scenario: str | Path | Scenario, baseline: str | Path | Scenario, draws: int, scale: int
) -> Study:
    """The two scenarios by agents under draws 1 ... n of `ParameterSet.draw`. Raises InputError."""
    return build_study([baseline, scenario], seeds=1, draws=draws, scale=scale)


def run_agents(
    study: Study,
    folder: Path,
    missing: str,
    workers: int | None,
    threads: int | None,
    progress: Progress | None,
) -> pd.DataFrame:
    """Outcomes of the agents by draw, place and measure; failed runs are refused by name."""
    means = means_for(study, workers, threads, None, "compiled")
    store = run_study(study, means, folder, progress=progress, retry_failed=True)
    return outcomes(store, read_manifest(folder), missing)


def compared(
    agents: pd.DataFrame,
    baseline: str,
    twin: Floats,
    places: dict[Quantity, int],
    draws: Sequence[int],
) -> pd.DataFrame:
    """What the twin explains of the agents, by place: of the ratio and of the effect on purchases.

    `draws` counts those in which the agents have the number (coarse agents may have no shopper to
    divide by); `explained` is the squared correlation over them with its bootstrap interval, empty
    with fewer than three; `rest_most_related_to` is the parameter outside the twin that goes most
    with what is left.
    """
    named = columns_of(outside(), COUNTRIES)
    sets = [ParameterSet.draw(draw) for draw in draws]
    others = table_of(sets, named)
    rows = []
    nominal = agents[agents["measure"] == "nominal_usd"]
    for place in PLACES:
        here = nominal[nominal["country"] == place]
        is_base = here["scenario"] == baseline
        base = here[is_base].set_index("draw")
        policy = here[~is_base].set_index("draw")
        both = [k for k in draws if k in base.index and k in policy.index]
        at = [draws.index(k) for k in both]
        logs = {
            Quantity(LEVEL, RATIO, place, TARGET_YEAR): np.log(base.loc[both, "ratio"]),
            Quantity(EFFECT, VALUE, place, TARGET_YEAR): np.log(policy.loc[both, "value_2030"])
            - np.log(base.loc[both, "value_2030"]),
        }
        mine = [f"{iso}.{name}" for name, iso in named if iso != place]
        usable = others.drop(columns=[c for c in others if place in COUNTRIES and c in mine])
        for quantity, seen in logs.items():
            if quantity in places:
                known = np.isfinite(seen.to_numpy(float))
                said = twin[at, places[quantity]][known]
                found = _against(seen.to_numpy(float)[known], said, usable.iloc[at][known])
                rows.append((*_facts(quantity), int(known.sum()), *found))
    return pd.DataFrame(rows, columns=COLUMNS)


def _facts(quantity: Quantity) -> tuple[str, str, str, int]:
    return quantity.kind, quantity.outcome, quantity.country, quantity.year


def _against(
    y: Floats, said: Floats, others: pd.DataFrame
) -> tuple[float, float, float, float, float, str, float]:
    if len(y) < FEWEST:
        return (np.nan, np.nan, np.nan, np.nan, np.nan, "", np.nan)
    rng = np.random.default_rng(1)
    again = [rng.integers(0, len(y), len(y)) for _ in range(RESAMPLES)]
    low, high = np.quantile([_squared(y[k], said[k]) for k in again], [LOW, HIGH])
    slope = np.cov(y, said)[0, 1] / said.var(ddof=1) if np.ptp(said) > 0 else 0.0
    rest = y - slope * said
    related = {str(name): _squared(rest, column.to_numpy(float)) for name, column in others.items()}
    most = max(related, key=lambda name: related[name])
    return (
        float(y.mean()), float(said.mean()), _squared(y, said), float(low), float(high),
        most, related[most],
    )  # fmt: skip


def _squared(one: Floats, other: Floats) -> float:
    """Squared correlation; nothing where one of the two does not vary."""
    if not (np.ptp(one) > 0.0 and np.ptp(other) > 0.0):
        return 0.0
    return float(np.corrcoef(one, other)[0, 1] ** 2)
