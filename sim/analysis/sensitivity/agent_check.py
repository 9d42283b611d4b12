"""The check of the mean-field model: agents under the same draws, with sellers and syndicates.

In the mean-field model prices and scams stay as the recorded run has them. Here every draw is lived
by agents with trade and syndicates: the share of their variance that the mean-field model explains
is what the consumer side accounts for; the rest is trade, syndicates, governments and chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.comparison.tables.outcomes import outcomes
from sim.analysis.sensitivity.inputs import columns_of, outside, table_of
from sim.analysis.sensitivity.sobol import RESAMPLES
from sim.analysis.sensitivity.value_of_information import worth_of
from sim.analysis.sweep import options_for, run_study
from sim.experiments.execution.progress import Progress
from sim.experiments.storage.folder import read_manifest
from sim.experiments.study import Study, build_study
from sim.meanfield.outcomes import EFFECT, LEVEL, PLACES, RATIO, VALUE, Quantity
from sim.parameters.values import ParameterSet
from sim.quantile_bands import HIGH, LOW, quantile
from sim.rows import rows_where
from sim.scenario import Scenario
from sim.target import TARGET_YEAR
from sim.units import COUNTRIES, REGION

Floats = NDArray[np.float64]
FEWEST = 3  # draws between which anything can be said
FEWEST_FOR_FITS = 50
SHARE, SHARE_ERROR = "intra_region_share", 0.30  # in logs
COLUMNS = [
    *("kind", "outcome", "country", "year", "draws", "mean_agents", "mean_meanfield"),
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
    options = options_for(study, workers, threads, None, "compiled")
    store = run_study(study, options, folder, progress=progress)
    return outcomes(store, read_manifest(folder), missing)


def compared(
    agents: pd.DataFrame,
    baseline: str,
    mean_field: Floats,
    places: dict[Quantity, int],
    draws: Sequence[int],
) -> pd.DataFrame:
    """Share of the agents' variance that the mean-field model explains, by place and quantity.

    `draws` counts those in which the agents have the number (coarse agents may have no shopper to
    divide by); `explained` is the squared correlation over them with its bootstrap interval, empty
    with fewer than three; `rest_most_related_to` is the parameter outside that model that goes most
    with what is left.
    """
    named = columns_of(outside(), COUNTRIES)
    others = table_of([ParameterSet.draw(draw) for draw in draws], named)
    rows = []
    for place in PLACES:
        foreign = [f"{iso}.{name}" for name, iso in named if place in COUNTRIES and iso != place]
        usable = others.drop(columns=[name for name in others if name in foreign])
        for quantity, seen in _seen(agents, baseline, place, draws).items():
            if quantity in places:
                known = np.isfinite(seen)
                said = mean_field[known, places[quantity]]
                found = _against(seen[known], said, usable[known])
                rows.append((*_facts(quantity), int(known.sum()), *found))
    return pd.DataFrame(rows, columns=COLUMNS)


def trade_survey(
    agents: pd.DataFrame, baseline: str, draws: Sequence[int], seed: int
) -> list[tuple[object, ...]]:
    """What a survey of purchases from the neighbours would be worth, by the draws of the agents.

    Rows as those of the table of information, without a net benefit.
    """
    rng = np.random.default_rng(seed)
    sets = [ParameterSet.draw(draw) for draw in draws]
    shares = table_of(sets, [(SHARE, iso) for iso in COUNTRIES]).to_numpy(float)
    readings = shares + SHARE_ERROR * rng.standard_normal(shares.shape)
    rows: list[tuple[object, ...]] = []
    for quantity, seen in _seen(agents, baseline, REGION, draws).items():
        known = np.isfinite(seen)
        if known.sum() >= FEWEST_FOR_FITS:
            found = worth_of(readings[known], seen[known], seed=seed)
            about = "online purchases from the other four countries: a survey; by agents"
            numbers = (found.reduction, found.low, found.high, np.nan, np.nan, np.nan)
            rows.append((*_facts(quantity), "cross_border_share", about, "logs", SHARE_ERROR,
                         *numbers))  # fmt: skip
    return rows


def _seen(
    agents: pd.DataFrame, baseline: str, place: str, draws: Sequence[int]
) -> dict[Quantity, Floats]:
    """The log ratio and the log effect on purchases by draw; nan where there is none."""
    here = rows_where(agents, measure="nominal_usd", country=place)
    is_base = here["scenario"] == baseline
    base, policy = (here[one].set_index("draw").reindex(list(draws)) for one in (is_base, ~is_base))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(base["ratio"].to_numpy(float))
        effect = np.log(policy["value_2030"].to_numpy(float) / base["value_2030"].to_numpy(float))
    return {
        Quantity(LEVEL, RATIO, place, TARGET_YEAR): ratio,
        Quantity(EFFECT, VALUE, place, TARGET_YEAR): effect,
    }


def _facts(quantity: Quantity) -> tuple[str, str, str, int]:
    return quantity.kind, quantity.outcome, quantity.country, quantity.year


def _against(
    y: Floats, said: Floats, others: pd.DataFrame
) -> tuple[float, float, float, float, float, str, float]:
    if len(y) < FEWEST:
        return (np.nan, np.nan, np.nan, np.nan, np.nan, "", np.nan)
    rng = np.random.default_rng(1)
    again = [rng.integers(0, len(y), len(y)) for _ in range(RESAMPLES)]
    low, high = quantile([_squared(y[k], said[k]) for k in again], (LOW, HIGH))
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
