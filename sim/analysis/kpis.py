"""The scorecard of the programmes behind the scenarios: yearly key figures by country.

Three axes: secure, innovative, inclusive. Digital adoption, fintech penetration, growth of
e-commerce and cyber resilience are the figures that programmes of the region name; victims, gaps
between groups, and trade within the region and exporting small firms are listed with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.experiments.execution.branching import Pasts, SharedPasts
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.progress import Overall, Progress
from sim.experiments.run import Job, seed_list
from sim.model.indicators import GROUPS, INDICATORS, Series
from sim.scenario import Scenario, load_scenario
from sim.units import QUARTERS_PER_YEAR, REGION, year_of

SCALE = 10_000
COLUMNS = ["scenario", "country", "year", "axis", "kpi", "value", "unit"]
Floats = NDArray[np.float64]


class Kpi(NamedTuple):
    """One figure of the scorecard."""

    axis: str  # secure, innovative, inclusive
    unit: str
    better: str  # up or down
    definition: str


KPIS: dict[str, Kpi] = {
    "digital_adoption": Kpi("inclusive", "share", "up", "adults who buy online"),
    "fintech_penetration": Kpi("inclusive", "share", "up", "adults with a payment account"),
    "gap_town_countryside": Kpi(
        "inclusive", "share points", "down", "adults who buy online, towns less countryside"
    ),
    "gap_rich_poor": Kpi(
        "inclusive", "share points", "down", "adults who buy online, richest fifth less poorest"
    ),
    "gap_men_women": Kpi(
        "inclusive", "share points", "down", "adults who buy online, men less women"
    ),
    "ecommerce_growth": Kpi(
        "innovative", "share", "up", "growth of real online purchases over the year before"
    ),
    "intra_region_usd": Kpi(
        "innovative",
        "constant 2022 US$",
        "up",
        "online purchases from small firms of the other four countries",
    ),
    "sme_exporters": Kpi(
        "innovative", "firms", "up", "small firms that sell online to the other four countries"
    ),
    "cyber_resilience": Kpi(
        "secure", "index 0 to 1", "up", "1 without losses, one half where losses over GDP are at "
        "the target (loss_target)",
    ),
    "victims_per_exposed": Kpi(
        "secure", "share", "down", "people defrauded in the year over adults online"
    ),
}  # fmt: skip


def scorecard(
    scenarios: Sequence[str | Path | Scenario],
    seeds: int | Sequence[int] = 1,
    scale: int = SCALE,
    threads: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Key figures of every complete year, means over seeds, in the columns of `COLUMNS`.

    `country` is a code, or GMS5 for the five countries together. Central parameters. Raises
    InputError.
    """
    wanted = [s if isinstance(s, Scenario) else load_scenario(s) for s in scenarios]
    chosen = seed_list(seeds)
    frames: list[pd.DataFrame] = []
    shown = Overall(progress, len(wanted) * len(chosen))
    shown.add(0)
    jobs = [Job(each, each.baseline, seed, 0, scale) for each in wanted for seed in chosen]
    shared, pasts = SharedPasts(enumerate(jobs)), Pasts(1)
    found: dict[int, tuple[dict[str, Floats], list[int]]] = {}
    for number in shared.numbers:
        job = jobs[number]
        options = RunOptions(threads=threads, branch=shared.branch(job))
        model = pasts.model(job, options).run()
        found[number] = figures(model.series(), model.values), _years(model.series())
        shown.add()
    for place, scenario in enumerate(wanted):
        of_seeds = [found[place * len(chosen) + k] for k in range(len(chosen))]
        values, years = [figure for figure, _ in of_seeds], of_seeds[0][1]
        for kpi in KPIS:
            mean = np.mean([value[kpi] for value in values], axis=0)
            frames.append(_frame(scenario.name, kpi, mean, years, tuple(model.countries)))
    return pd.concat(frames, ignore_index=True)


def figures(series: Series, values: Mapping[str, Mapping[str, float]]) -> dict[str, Floats]:
    """Every figure as (years, countries and the region); growth is NaN in the first year."""
    income = _yearly(series, "income_usd")
    losses = _yearly(series, "scam_losses_usd")
    accounts = _ratio(_yearly(series, "account_holders"), _yearly(series, "adults"))
    buying = {
        group: _ratio(_yearly(series, "shoppers", group), _yearly(series, "adults", group))
        for group in ("all", "urban", "rural", "women", "men", "q1", "q5")
    }
    purchases = _yearly(series, "gmv_real_usd")
    growth = np.full_like(purchases, np.nan)
    before = purchases[:-1]  # zero where a coarse run has no shopper yet
    growth[1:] = purchases[1:] / np.where(before > 0.0, before, np.nan) - 1.0
    return {
        "digital_adoption": buying["all"],
        "fintech_penetration": accounts,
        "gap_town_countryside": buying["urban"] - buying["rural"],
        "gap_rich_poor": buying["q5"] - buying["q1"],
        "gap_men_women": buying["men"] - buying["women"],
        "ecommerce_growth": growth,
        "intra_region_usd": _yearly(series, "gmv_region_usd"),
        "sme_exporters": _yearly(series, "sme_exporters"),
        "cyber_resilience": 1.0 / (1.0 + losses / income / _targets(values, income)),
        "victims_per_exposed": _ratio(
            _yearly(series, "victims"), _yearly(series, "connected_adults")
        ),
    }


def _targets(values: Mapping[str, Mapping[str, float]], income: Floats) -> Floats:
    """Tolerated losses over GDP by country; that of the region weighs countries by income."""
    own = np.array([p["loss_target"] for p in values.values()])
    weights = income[:, :-1] / income[:, :-1].sum(axis=1, keepdims=True)
    return np.column_stack([np.broadcast_to(own, weights.shape), weights @ own])


def _yearly(series: Series, name: str, group: str = "all") -> Floats:
    """Complete years of one additive series by country, and their sum."""
    values = series.sums[name][:, :, GROUPS.index(group)]
    years = len(values) // QUARTERS_PER_YEAR
    quarters = values[: years * QUARTERS_PER_YEAR].reshape(years, QUARTERS_PER_YEAR, -1)
    flow = name in INDICATORS and INDICATORS[name].kind == "flow"
    whole = quarters.sum(axis=1) if flow else quarters[:, -1]
    return np.column_stack([whole, whole.sum(axis=1)])


def _years(series: Series) -> list[int]:
    quarters = len(series.sums["population"])
    return [year_of(series.first) + k for k in range(quarters // QUARTERS_PER_YEAR)]


def _ratio(top: Floats, bottom: Floats) -> Floats:
    return np.asarray(top / np.maximum(bottom, 1.0))


def _frame(
    scenario: str, kpi: str, values: Floats, years: Sequence[int], countries: Sequence[str]
) -> pd.DataFrame:
    places = [*countries, REGION]
    return pd.DataFrame(
        {
            "scenario": scenario,
            "country": np.tile(places, len(years)),
            "year": np.repeat(years, len(places)),
            "axis": KPIS[kpi].axis,
            "kpi": kpi,
            "value": values.ravel(),
            "unit": KPIS[kpi].unit,
        },
        columns=COLUMNS,
    )
