"""Summaries, effects and sentences against numbers worked out by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.tables.effects import COLUMNS as EFFECT_COLUMNS
from sim.analysis.comparison.tables.summary import COLUMNS as SUMMARY_COLUMNS
from sim.analysis.comparison.tables.uncertainty import split
from sim.analysis.comparison.years import yearly
from sim.analysis.text.policy_findings import findings
from sim.model.indicators import INDICATORS
from sim.report.writer import save
from tests.helpers.made_up import crowded, finished


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    found = Comparison(finished(tmp_path_factory.mktemp("study") / "out", seeds=2))
    save(found)
    return found


def row(frame: pd.DataFrame, **keys: str) -> pd.Series:
    for name, value in keys.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1, f"{len(frame)} rows for {keys}"
    return frame.iloc[0]


def test_the_tables_have_the_agreed_columns(result: Comparison) -> None:
    summary = pd.read_csv(result.folder / "summary.csv")
    assert list(summary.columns) == SUMMARY_COLUMNS
    assert " ".join(SUMMARY_COLUMNS) == (
        "scenario country measure value_2022 value_2030 ratio low high share_doubled runs_doubled "
        "runs_judged year_doubled gap_usd_2030 gap_years cagr runs seeds draws"
    )
    assert len(summary) == 2 * 6 * 3
    assert list(pd.read_csv(result.folder / "effects.csv").columns) == EFFECT_COLUMNS
    assert " ".join(EFFECT_COLUMNS) == (
        "scenario baseline effect_of country indicator group effect low high unit cost_usd "
        "prior_share"
    )


def test_one_row_of_the_summary_by_hand(result: Comparison) -> None:
    # Seeds 1 and 2: 101 -> 201 and 102 -> 202 a year, nominal twice that.
    found = row(result.table, scenario="plain", country="THA", measure="nominal_usd")
    assert found["value_2022"] == pytest.approx(203.0)
    assert found["value_2030"] == pytest.approx(403.0)
    assert found["ratio"] == pytest.approx((201 / 101 + 202 / 102) / 2)
    assert (found["low"], found["high"]) == (pytest.approx(202 / 102), pytest.approx(201 / 101))
    assert found["share_doubled"] == 0.0
    assert pd.isna(found["year_doubled"])
    assert found["gap_usd_2030"] == pytest.approx(2 * 203 - 403)
    assert found["gap_years"] == pytest.approx(8 * (1 - math.log2(found["ratio"])))
    assert found["cagr"] == pytest.approx(found["ratio"] ** 0.125 - 1)
    assert (found["runs"], found["seeds"], found["draws"]) == (2, 2, 0)


def test_the_policy_doubles_and_the_region_is_the_sum(result: Comparison) -> None:
    found = row(result.table, scenario="policy", country="GMS5", measure="real_usd")
    assert found["value_2022"] == pytest.approx(5 * 101.5)
    assert found["ratio"] == pytest.approx((211 / 101 + 212 / 102) / 2)
    assert found["share_doubled"] == 1.0
    assert found["year_doubled"] == 2030
    assert found["gap_usd_2030"] < 0


def test_the_share_of_a_year_is_the_ratio_of_its_sums(result: Comparison) -> None:
    found = row(result.table, scenario="plain", country="THA", measure="consumption_share")
    assert found["value_2022"] == pytest.approx(0.1015)
    assert found["value_2030"] == pytest.approx(0.2015)
    assert pd.isna(found["gap_usd_2030"])


def test_effects_are_paired_so_that_seeds_cancel(result: Comparison) -> None:
    sold = row(
        result.effects, country="THA", indicator="gmv_real_usd", group="all", scenario="policy"
    )
    assert [sold["effect"], sold["low"], sold["high"]] == pytest.approx([10.0] * 3)
    assert sold["baseline"] == "plain"
    assert sold["unit"] == INDICATORS["gmv_real_usd"].unit
    assert sold["cost_usd"] == pytest.approx(5 * 4.0)
    together = row(result.effects, country="GMS5", indicator="gmv_real_usd_cumulative", group="all")
    assert together["effect"] == pytest.approx(5 * 5 * 10.0)
    assert together["cost_usd"] == pytest.approx(5 * 5 * 4.0)


def test_a_stock_is_that_of_the_last_quarter_and_groups_are_apart(result: Comparison) -> None:
    assert row(result.effects, country="THA", indicator="shoppers", group="all")[
        "effect"
    ] == pytest.approx(10.0)
    assert row(result.effects, country="THA", indicator="shoppers", group="rural")[
        "effect"
    ] == pytest.approx(1.0)
    still = row(result.effects, country="THA", indicator="scam_losses_usd", group="all")
    assert (still["effect"], still["low"], still["high"]) == (0.0, 0.0, 0.0)


def test_the_bar_is_growth_at_a_constant_share(result: Comparison) -> None:
    found = row(result.constant_share, country="GMS5")
    assert found["growth_nominal"] == pytest.approx(1.0)
    assert found["share_must_rise_nominal"] == pytest.approx(2.0)


def test_the_conclusion_says_which_doubling_and_counts_runs(result: Comparison) -> None:
    text = " ".join(result.conclusion)
    first = result.conclusion[0]
    assert "doubles in neither run from 2022 to 2030 in nominal US$: median 1.99 times" in first
    assert "constant 2022 US$" in first
    assert "share of household consumption" in first
    assert "probability" not in text
    assert "random variation only" in text
    assert "Last outcome data: 2024" in text
    assert "Thailand doubles in 2 of 2 runs instead of 0" in text
    assert "says little about policy" not in text


def test_a_probability_is_named_only_with_parameter_draws(tmp_path: Path) -> None:
    found = Comparison(finished(tmp_path / "out", seeds=2, draws=3))
    assert "3 draws of the posterior cannot show a probability of 1" in found.conclusion[0]
    assert found.table["draws"].unique().tolist() == [3]
    assert found.table["seeds"].unique().tolist() == [2]
    assert found.table["runs"].unique().tolist() == [6]
    # Draws 1, 2, 3 grow by 13.5, 14.5, 15.5 a year: nearly all of the spread is parameters.
    spread = row(found.uncertainty, scenario="plain", country="THA", measure="real_usd")
    assert spread["sd_parameters"] == pytest.approx(8 / 101.5, rel=0.01)
    assert spread["share_parameters"] > 0.97


def test_a_baseline_past_one_and_a_half_is_named(tmp_path: Path) -> None:
    found = Comparison(finished(tmp_path / "out", seeds=1, draws=7))
    # Median draw 4: (101 + 3 * 16.5) / 101 = 1.49 in 2025, the year before the lever; 1.65 in 2026.
    assert found.past == {}
    found.manifest["policy_start_year"] = 2027
    past = found.past_of("gmv_nominal_usd")
    assert set(past) == {"KHM", "LAO", "MMR", "THA", "VNM"}
    assert past["THA"] == pytest.approx((101 + 4 * 16.5) / 101)


def test_an_effect_whose_interval_includes_zero_is_called_so(result: Comparison) -> None:
    frame = result.effects.copy()
    mine = (frame["indicator"] == "gmv_real_usd") & (frame["country"] == "GMS5")
    frame.loc[mine, ["effect", "low", "high"]] = [10.0, -1.0, 20.0]
    (sentence,) = findings(frame, 2, result.contrasts)
    assert "not distinguishable from zero" in sentence
    assert "cost: US$ 100" in sentence
    (before,) = findings(result.effects, 2, result.contrasts)
    assert "not distinguishable" not in before
    assert "losses to scams over 2026-2030 (constant 2022 US$): no effect" in before


def test_money_is_written_in_whole_dollars(result: Comparison) -> None:
    text = (result.folder / "summary.csv").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("plain,THA,nominal_usd"))
    assert line.split(",")[3:5] == ["203", "403"]
    assert line.split(",")[12] == "3"


def test_the_manifest_says_what_low_and_high_are(result: Comparison) -> None:
    manifest = json.loads((result.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["baseline"] == "plain"
    assert result.band.startswith("range of ")


def test_parameters_and_seeds_are_told_apart() -> None:
    index = pd.MultiIndex.from_product([[1, 2], [1, 2]], names=["seed", "draw"])
    seeds_only = pd.Series([1.0, 1.0, 3.0, 3.0], index=index)
    parameters, seeds, share = split(seeds_only)
    assert (parameters, seeds, share) == (0.0, pytest.approx(math.sqrt(2.0)), 0.0)
    parameters_only = pd.Series([1.0, 3.0, 1.0, 3.0], index=index)
    assert split(parameters_only) == (pytest.approx(math.sqrt(2.0)), 0.0, 1.0)
    one_draw = pd.Series([1.0, 3.0], index=index[[0, 2]])
    parameters, seeds, share = split(one_draw)
    assert np.isnan(parameters) and np.isnan(share)
    assert seeds == pytest.approx(math.sqrt(2.0))


def test_years_that_are_not_complete_are_left_out() -> None:
    rows = [("s", 1, "THA", "gmv_real_usd", "all", f"2029Q{q}", 1.0) for q in (1, 2, 3, 4)]
    rows += [("s", 1, "THA", "gmv_real_usd", "all", "2030Q1", 1.0)]
    columns = ["scenario", "seed", "country", "indicator", "group", "quarter", "value"]
    found = yearly(pd.DataFrame(rows, columns=columns), draw=0)
    assert list(found.columns) == [2029]
    assert found[2029].tolist() == [4.0]


def test_draws_with_too_many_sellers_are_left_out(tmp_path: Path) -> None:
    """In draw d a share d / 5 of the small firms of Lao PDR sells online: draw 3 is too much."""
    result = Comparison(finished(tmp_path / "out", seeds=2, draws=3, simulator=crowded))
    assert result.refused == (3,)
    assert (result.drawn, result.pairs) == (2, 4)
    found = row(result.table, scenario="plain", country="LAO", measure="real_usd")
    assert (found["runs"], found["draws"]) == (4, 2)
    grown = [1 + 8 * (12.5 + draw) / (100 + seed) for draw in (1, 2) for seed in (1, 2)]
    assert found["high"] == pytest.approx(max(grown))
    assert len(result.paired["policy"].runs) == 4
    assert any("Left out: parameter draw 3," in sentence for sentence in result.conclusion)
    assert len(result.runs) == 12  # nothing is lost


def test_what_is_not_known_of_trust_is_said(result: Comparison) -> None:
    """The made-up policy acts against scams; its baseline does not."""
    told = [sentence for sentence in result.findings if "through trust alone" in sentence]
    assert len(told) == 1
    assert "'policy'" in told[0]
    assert "'plain'" not in told[0]
