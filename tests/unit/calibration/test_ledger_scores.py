"""The ledger against later figures: by hand, and the kept table of 2024."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibration.data.targets import load_targets, outcomes
from sim.calibration.forecast.ledger import COLUMNS as LEDGER_COLUMNS
from sim.calibration.forecast.ledger import QUANTILES
from sim.calibration.forecast.ledger_scores import (
    ledger_scores,
    origin_of,
    read_ledger,
    summary,
)
from sim.errors import InputError

SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]


def ledger(quantiles: list[float] = SHARES) -> pd.DataFrame:
    return pd.DataFrame([("LAO", 2024, "account_share", *quantiles)], columns=LEDGER_COLUMNS)


def figure(value: float, kind: str = "reported") -> pd.DataFrame:
    row = {"indicator": "account_share", "country": "LAO", "year": 2024, "value": value}
    return pd.DataFrame([{**row, "unit": "fraction", "edition": 2025, "kind": kind}])


def test_a_share_by_hand() -> None:
    row = ledger_scores(ledger(), figure(0.45), load_targets(), 2023).iloc[0]
    assert row["rank"] == pytest.approx(0.625)  # half way from 50 to 75 %
    assert row["inside_50"] and row["inside_80"] and row["inside_90"]
    assert row["error"] == pytest.approx(-0.05)
    below = sum(p * (0.45 - q) for p, q in zip(QUANTILES[:4], SHARES[:4], strict=True))
    above = sum((1 - p) * (q - 0.45) for p, q in zip(QUANTILES[4:], SHARES[4:], strict=True))
    assert row["loss"] == pytest.approx((below + above) / 7)


def test_a_figure_outside_every_band() -> None:
    row = ledger_scores(ledger(), figure(0.9), load_targets(), 2023).iloc[0]
    assert row["rank"] == 1.0
    assert not (row["inside_50"] or row["inside_80"] or row["inside_90"])


def test_money_is_scored_in_logs() -> None:
    money = ledger([1e9 * factor for factor in (0.5, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6)])
    money["measure"], money["country"] = "ecommerce_value_nominal_usd", "THA"
    later = figure(2e9).assign(indicator="ecommerce_value_nominal_usd", country="THA", unit="usd")
    row = ledger_scores(money, later, load_targets(), 2023).iloc[0]
    assert row["error"] == pytest.approx(-math.log(2.0))


def test_our_own_readings_are_not_scored() -> None:
    assert ledger_scores(ledger(), figure(0.4, "constructed"), load_targets(), 2023).empty


def test_benchmarks_know_nothing_later_than_the_origin() -> None:
    targets = load_targets()
    row = ledger_scores(ledger(), figure(0.45), targets, 2023).iloc[0]
    later = targets["year"] > 2023
    changed = targets.assign(value=targets["value"].where(~later, 0.5))
    same = ledger_scores(ledger(), figure(0.45), changed, 2023).iloc[0]
    assert row["last_value_loss"] == same["last_value_loss"] > 0.0
    assert row["drift_error"] == same["drift_error"]


def test_a_forecast_that_is_a_benchmark_has_no_skill() -> None:
    targets = load_targets()
    scores = ledger_scores(ledger(), figure(0.45), targets, 2023)
    for name in ("last_value", "drift"):
        scores[f"{name}_loss"] = scores["loss"]
    short = summary(scores).set_index("measure")
    assert short.loc["account_share", "skill_against_drift"] == pytest.approx(0.0)
    assert np.isnan(short.loc["all", "skill_against_drift"])
    assert short.loc["all", "figures"] == 1


def test_another_table_is_no_ledger(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="no ledger"):
        read_ledger(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_ledger(tmp_path / "nothing.csv")


def test_the_kept_scores_are_those_of_the_kept_ledger(checkout: Path) -> None:
    targets = load_targets()
    kept = pd.read_csv(checkout / "calibration" / "scores_2024.csv")
    made = ledger_scores(
        read_ledger(checkout / "calibration" / "forecast_origin_2023.csv"),
        outcomes(targets, 2023),
        targets,
        2023,
    )
    assert len(made) == len(kept) >= 14
    assert made["loss"].to_numpy() == pytest.approx(kept["loss"].to_numpy(), rel=1e-4)
    assert made["inside_90"].tolist() == kept["inside_90"].tolist()


def test_a_ledger_is_scored_from_its_own_origin(checkout: Path) -> None:
    assert origin_of(read_ledger(checkout / "calibration" / "forecast_origin_2023.csv")) == 2023
    assert origin_of(ledger()) == 2023
