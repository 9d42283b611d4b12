"""Synthetic runs: series whose summaries and effects can be worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from sim.analysis.comparison.compare import policy_start_year
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.runner import Simulate, run_jobs
from sim.experiments.run import Job
from sim.experiments.storage.folder import opened
from sim.experiments.storage.store import Store
from sim.experiments.study import Study, build_study, manifest
from sim.model.indicators import INDICATORS
from sim.scenario import Scenario
from sim.units import COUNTRIES, REGION

LEVER = {
    "countries": ["THA"],
    "level": 1.0,
    "start": "2026Q1",
}


def scenario(name: str, **levers: Any) -> Scenario:
    """A scenario made in Python; `levers` are those of a file."""
    table: dict[str, Any] = {"title": name}
    if levers:
        table["levers"] = {lever: [block] for lever, block in levers.items()}
    return Scenario.from_dict(table, name=name)


RULES = {"pairs": "all", "level": 0.5, "start": "2026Q1"}


def common_rules(name: str = "common_rules") -> Scenario:
    """A scenario with the same rules for every pair from 2026 on."""
    return scenario(name, regulatory_harmonization=RULES)


def policy(name: str = "policy") -> Scenario:
    """A scenario with one lever in Thailand from 2026 on."""
    return scenario(name, anti_scam_enforcement=LEVER)


def made_up(job: Job, options: RunOptions) -> pd.DataFrame:
    """Straight lines: in 2022 every country sells 100 + seed a year (real and nominal).

    From 2022 to 2030 it grows by 12.5 + draw a year, in a scenario with levers by 10 more from
    2026 on, and 4 a year are spent on the lever. Consumption stays 1000; groups are a tenth of all.
    With levers 2 more a year come from neighbours (5 without), 3 less from the rest of the world
    (20), online prices are a tenth lower, and Cambodia sells 6 instead of 4 to Thailand.
    """
    helped = bool(job.scenario.levers)
    rows = []
    for country in (*COUNTRIES, REGION):
        size = 5.0 if country == REGION else 1.0
        for year in range(2015, 2031):
            sold = 100.0 + job.seed + (12.5 + job.draw) * max(0, year - 2022)
            works = helped and year >= 2026
            extra = 10.0 if works else 0.0
            spent = 4.0 if works else 0.0
            near, far = (7.0, 17.0) if works else (5.0, 20.0)
            values = {
                "gmv_real_usd": sold + extra,
                "gmv_nominal_usd": 2.0 * (sold + extra),
                "consumption_usd": 1000.0,
                "consumption_nominal_usd": 2000.0,
                "scam_losses_usd": 8.0,
                "spending_anti_scam_enforcement_usd": spent,
                "lever_shortfall_usd": 0.0,
                "population": 50.0,
                "shoppers": 20.0 + extra,
                "trust": 0.5,
                "gmv_region_usd": near,
                "gmv_row_usd": far,
                "gmv_home_usd": sold + extra - near - far - 0.5,
                "purchase_fraud_usd": 0.5,
                "seller_profit_usd": 9.0 if works else 8.0,
                "sme_exporters": 12.0 if works else 10.0,
                "receipts_treasury_vat_usd": 7.5 if works else 7.0,
                "receipts_treasury_tariff_usd": 0.0,
                "online_price_index": 0.9 if works else 1.0,
                "consumption_share": 0.123,  # of a quarter: the year's own ratio must replace it
            }
            for name, value in values.items():
                kind, unit = INDICATORS[name].kind, INDICATORS[name].unit
                scaled = value if kind == "share" else value * size
                for quarter in range(1, 5):
                    part = scaled / 4 if kind == "flow" else scaled
                    if kind == "stock" and quarter < 4:
                        part = -1.0  # only the last quarter of a stock counts
                    label = f"{year}Q{quarter}"
                    rows.append((country, label, name, "all", part, unit))
                    if name in ("shoppers", "gmv_real_usd", "consumption_usd"):
                        rows.append((country, label, name, "rural", part / 10, unit))
    for year in range(2015, 2031):
        sold = 6.0 if helped and year >= 2026 else 4.0
        for quarter in range(1, 5):
            unit = INDICATORS["flow_usd"].unit
            rows.append(("KHM-THA", f"{year}Q{quarter}", "flow_usd", "all", sold / 4, unit))
    columns = ["country", "quarter", "indicator", "group", "value", "unit"]
    return pd.DataFrame(rows, columns=columns)


Built = tuple[Study, dict[str, Any], Store]


def prepared(folder: Path, study: Study) -> Built:
    """Open the folder of a study as the commands do."""
    record = manifest(study, "compiled", None, "a test")
    record["policy_start_year"] = policy_start_year(study)
    design = study.design.as_csv() if study.design.inputs else ""
    with opened(folder, record, design):
        pass
    return study, record, Store(folder)


def with_common_rules(seeds: int | list[int] = 2, draws: int = 0) -> Study:
    """A study of a baseline and common rules."""
    return build_study([scenario("plain"), common_rules()], seeds=seeds, draws=draws, scale=100_000)


def two_scenarios(seeds: int | list[int] = 2, draws: int = 0, scale: int = 100_000) -> Study:
    """A study of a baseline and a policy."""
    return build_study([scenario("plain"), policy()], seeds=seeds, draws=draws, scale=scale)


def crowded(job: Job, options: RunOptions) -> pd.DataFrame:
    """As `made_up`; in draw d a share d / 5 of the small firms of Lao PDR sells online in 2021."""
    rows = [
        ("LAO", f"2021Q{quarter}", "smes_online_share", "all", job.draw / 5.0, "share")
        for quarter in range(1, 5)
    ]
    plain = made_up(job, options)
    return pd.concat([plain, pd.DataFrame(rows, columns=plain.columns)], ignore_index=True)


def finished(folder: Path, seeds: int = 2, draws: int = 0, simulator: Simulate = made_up) -> Path:
    """A result folder whose runs are all there."""
    return with_runs(folder, two_scenarios(seeds=seeds, draws=draws), simulator)


def with_runs(folder: Path, study: Study, simulator: Simulate = made_up) -> Path:
    """The result folder of a study whose runs are all there."""
    _, _, store = prepared(folder, study)
    assert run_jobs(list(study.jobs), RunOptions(), store, simulator=simulator) == 0
    return folder
