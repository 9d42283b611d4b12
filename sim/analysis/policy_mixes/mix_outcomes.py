"""What a policy mix is judged by: a few numbers of every run and place, as one table.

Levels, not effects: effects are differences between two runs under the same seed and parameters.
The inclusion gap is the mean of three differences in the share of adults who buy online: between
town and countryside, the richest and the poorest fifth, men and women.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.comparison.pairs import CUMULATIVE_FROM
from sim.analysis.comparison.plausibility import INDICATOR as SELLERS
from sim.analysis.comparison.plausibility import refused_draws
from sim.analysis.comparison.tables.effects import SPENDING
from sim.analysis.comparison.tables.outcomes import in_order
from sim.analysis.comparison.tables.summary import PLACES
from sim.analysis.comparison.years import yearly
from sim.calibration.plausibility import JUDGED_YEAR
from sim.experiments.run import part_name
from sim.experiments.storage.folder import read_manifest
from sim.experiments.storage.part_files import DONE
from sim.experiments.storage.store import Store
from sim.model.indicators import INDICATORS
from sim.rows import rows_where
from sim.target import BASE_YEAR, TARGET_YEAR

Floats = NDArray[np.float64]
PEOPLE, MONEY = "persons", "constant 2022 US$"


class MixOutcome(NamedTuple):
    """One headline outcome: what it is, in which unit, and whether more is better."""

    words: str
    unit: str
    more_is_better: bool = True


OUTCOMES: dict[str, MixOutcome] = {
    "gmv_real_usd": MixOutcome("all online purchases in 2030", MONEY),
    "gmv_nominal_usd": MixOutcome("the same, nominal", "US$"),
    "gmv_region_usd": MixOutcome("bought from neighbours in 2030", MONEY),
    "sme_exporters": MixOutcome("small firms that sell to neighbours, 2030", "firms"),
    "rural_shoppers": MixOutcome("rural online shoppers, 2030", PEOPLE),
    "poor_shoppers": MixOutcome("online shoppers of the two poorest fifths, 2030", PEOPLE),
    "losses_avoided_usd": MixOutcome("losses to scams avoided, 2026-2030", MONEY),
    "purchases_usd": MixOutcome("all online purchases, 2026-2030", MONEY),
    "cost_usd": MixOutcome("public money spent on levers up to 2030", MONEY, more_is_better=False),
}
# Beside the outcomes: what targets are read from.
LEVELS = ("gmv_real_2022_usd", "losses_share_2030", "gap_2022", "gap_2030")
KEYS = ["scenario", "design_point", "seed", "draw"]
_SPENT = [name for name in INDICATORS if name.startswith(SPENDING)]
_NEEDED = [
    *("gmv_real_usd", "gmv_nominal_usd", "gmv_region_usd", "sme_exporters"),
    *("shoppers", "adults", "scam_losses_usd", "income_usd", *_SPENT),
]
_GROUPS = ["all", "urban", "rural", "women", "men", "q1", "q2", "q5"]
_GAPS = (("urban", "rural"), ("q5", "q1"), ("men", "women"))
_FIRST = f"{min(JUDGED_YEAR, BASE_YEAR)}Q1"


def mix_numbers(store: Store) -> pd.DataFrame:
    """A row for each finished run and place: `KEYS`, inputs, country, outcomes and `LEVELS`.

    What a run does not know is nan. Implausible draws of the prior are left out, as
    everywhere (`sim.analysis.comparison.plausibility`).
    """
    manifest = read_manifest(store.folder)
    runs = store.runs()
    runs = in_order(rows_where(runs, status=DONE), manifest)
    refused = _refused(store, runs, str(manifest["baseline"]))
    runs = runs[~runs["draw"].isin(refused)]
    inputs = [f"x.{name}" for name in manifest["inputs"]]
    drawn = [str(c) for c in runs.columns if str(c).startswith("x.") and c not in inputs]
    keys = list(zip(runs["scenario"], runs["run"], strict=True))
    numbers = [run_numbers(store, part_name(run, scenario)) for scenario, run in keys]
    columns = [*KEYS, *inputs, *drawn]
    if not numbers:
        return pd.DataFrame(columns=[*columns, "country", *OUTCOMES, *LEVELS])
    about = runs[columns].loc[runs.index.repeat(len(PLACES))].reset_index(drop=True)
    return pd.concat([about, pd.concat(numbers, ignore_index=True)], axis=1)


def needed(series: pd.DataFrame) -> pd.DataFrame:
    """The rows of a run's series that `mix_numbers` reads, for studies of thousands of runs.

    What is spent on levers before 2026, by scenarios whose levers begin earlier, is not among them.
    """
    wanted = series["indicator"].isin([*_NEEDED, SELLERS]) & series["group"].isin(_GROUPS)
    return series[wanted & series["country"].isin(PLACES) & (series["quarter"] >= _FIRST)]


def _refused(store: Store, runs: pd.DataFrame, baseline: str) -> tuple[int, ...]:
    mine = rows_where(runs, scenario=baseline)
    parts = []
    for run, draw in zip(mine["run"], mine["draw"], strict=True):
        series = store.one(part_name(run, baseline), [SELLERS], ["all"])
        if len(series):
            parts.append(yearly(series, int(draw)))
    return refused_draws(pd.concat(parts).sort_index(), baseline) if parts else ()


def run_numbers(store: Store, part: str) -> pd.DataFrame:
    """The numbers of one run, a row a place."""
    table = yearly(store.one(part, _NEEDED, _GROUPS), 0).droplevel(["scenario", "seed", "draw"])

    values = table.to_numpy(np.float64)
    rows = {(str(a), str(b), str(c)): at for at, (a, b, c) in enumerate(table.index)}
    years = np.array([int(year) for year in table.columns])

    def at(
        indicator: str, group: str = "all", first: int = TARGET_YEAR, last: int = TARGET_YEAR
    ) -> Floats:
        chosen = (first <= years) & (years <= last)
        found = [rows.get((place, indicator, group)) for place in PLACES]
        return np.array([np.nan if row is None else values[row, chosen].sum() for row in found])

    def gap(year: int) -> Floats:
        def share(group: str) -> Floats:
            buying, all_of_them = (at(name, group, year, year) for name in ("shoppers", "adults"))
            return buying / np.where(all_of_them > 0.0, all_of_them, np.nan)

        return np.mean([share(more) - share(less) for more, less in _GAPS], axis=0)

    known = [name for name in _SPENT if (PLACES[0], name, "all") in rows]
    return pd.DataFrame(
        {
            "country": PLACES,
            "gmv_real_usd": at("gmv_real_usd"),
            "gmv_nominal_usd": at("gmv_nominal_usd"),
            "gmv_region_usd": at("gmv_region_usd"),
            "sme_exporters": at("sme_exporters"),
            "rural_shoppers": at("shoppers", "rural"),
            "poor_shoppers": at("shoppers", "q1") + at("shoppers", "q2"),
            "losses_avoided_usd": -at("scam_losses_usd", first=CUMULATIVE_FROM),
            "purchases_usd": at("gmv_real_usd", first=CUMULATIVE_FROM),
            "cost_usd": np.sum([at(name, first=int(years[0])) for name in known], axis=0),
            "gmv_real_2022_usd": at("gmv_real_usd", first=BASE_YEAR, last=BASE_YEAR),
            "losses_share_2030": at("scam_losses_usd") / at("income_usd"),
            "gap_2022": gap(BASE_YEAR),
            "gap_2030": gap(TARGET_YEAR),
        }
    )
