"""Commissions as a natural experiment: sellers in the model with published and assumed commissions.

Platforms raised what they keep, on dates that are known, and shops were counted meanwhile. The
model is run twice under common random numbers; nothing is fitted to the counts, which are of shops
on some marketplaces over windows of different lengths, while the model counts firms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from sim.data.load import load_tables
from sim.experiments.execution.progress import Progress
from sim.experiments.paired_runs import PairedRuns
from sim.experiments.run import seed_list
from sim.model.model import MekongModel
from sim.model.trade import outcome_of
from sim.scenario import Scenario, load_scenario
from sim.units import QUARTERS_PER_YEAR, quarter_index

COUNTRY = "VNM"
YEARS = tuple(range(2019, 2025))
PATHS = ("published", "assumed")
COUNTS = {
    "marketplace_active_sellers": "an order in the year, four marketplaces",
    "marketplace_active_sellers_h1": "an order in the first half, five marketplaces",
    "marketplace_active_sellers_q1": "an order in the first quarter, five marketplaces",
    "marketplace_active_sellers_month": "an order in November, four marketplaces",
    "marketplace_sellers_shopee": "Shopee, end of the year",
    "marketplace_sellers_tiktok": "TikTok Shop, end of the year",
    "marketplace_seller_exits_shopee": "left Shopee in the year",
}
DEFINITIONS = (
    "The model counts small firms with an online shop of any kind at the end of the year; the "
    "counts are of shops on some marketplaces over windows that differ, and a firm may keep "
    "several. "
    "Levels cannot be compared, counts must not be chained, and nothing is fitted to them."
)


def model_sellers(
    scale: int,
    seeds: int | Sequence[int],
    threads: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Small firms with an online shop in Viet Nam, by year and path of commissions.

    Columns `year`, `path`, `kept` (share of an order that platforms keep, last quarter), `sellers`
    and `closed` (shops closed in the year), means over seeds. Raises InputError.
    """
    runs = PairedRuns(scale, seed_list(seeds), threads)
    jobs = [(path, seed) for path in PATHS for seed in runs.seeds]
    records: list[dict[str, object]] = []
    for done, (path, seed) in enumerate(jobs):
        if progress:
            progress(done, len(jobs), 0)
        records += _records(runs.model(_scenario(path), seed), path)
    if progress:
        progress(len(jobs), len(jobs), 0)
    return pd.DataFrame(records).groupby(["year", "path"], as_index=False).mean()


def _scenario(path: str) -> Scenario:
    plain = load_scenario("baseline")
    paths = plain.paths | {"commissions": path}
    return replace(plain, end=quarter_index(f"{YEARS[-1]}Q4"), paths=paths)


def _records(model: MekongModel, path: str) -> list[dict[str, object]]:
    place = tuple(model.countries).index(COUNTRY)
    kept = {}
    while model.next_quarter <= model.policy_scenario.end:
        model.step()
        kept[model.next_quarter - 1] = float(outcome_of(model).costs.platform[place, place])
    series = model.series()
    found: list[dict[str, object]] = []
    for year in YEARS:
        first = year * QUARTERS_PER_YEAR
        last = first + QUARTERS_PER_YEAR - 1
        quarters = slice(first - series.first, last + 1 - series.first)
        found.append(
            {
                "year": year,
                "path": path,
                "kept": kept[last],
                "sellers": float(series.sums["smes_online"][quarters, place, 0][-1]),
                "closed": float(series.sums["shops_closed"][quarters, place, 0].sum()),
            }
        )
    return found


def published_counts() -> pd.DataFrame:
    """What was counted on Vietnamese marketplaces: `year`, `what`, `value`, `source`, `note`."""
    rows = [
        (row.year, COUNTS[row.indicator], row.value, row.source_id, row.note)
        for row in load_tables().rows
        if row.indicator in COUNTS and row.country == COUNTRY
    ]
    return pd.DataFrame(sorted(rows), columns=["year", "what", "value", "source", "note"])
