"""Trade, welfare and what theory expects, against numbers worked out by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.comparison.rest_of_world import row_path_studies, row_path_table, variant
from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.run_parameters import RunParameters
from sim.analysis.comparison.tables import trade
from sim.analysis.comparison.tables import welfare as gains
from sim.analysis.comparison.tables.trade import expected_change, loop_gain
from sim.analysis.comparison.years import yearly
from sim.analysis.tables import as_csv
from sim.analysis.text.formatting import change_words, short, small_percent, with_interval
from sim.errors import InputError
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.runner import run_jobs
from sim.parameters.values import ParameterSet
from sim.report.writer import save
from sim.scenario import load_scenario
from tests.helpers.made_up import (
    common_rules,
    made_up,
    prepared,
    scenario,
    two_scenarios,
    with_common_rules,
)
from tests.unit.analysis.test_comparison import row


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    study, _, store = prepared(tmp_path_factory.mktemp("trade") / "out", with_common_rules())
    assert run_jobs(list(study.jobs), RunOptions(), store, simulator=made_up) == 0
    found = Comparison(store.folder)
    save(found)
    return found


def amounts(frame: pd.DataFrame, **keys: str) -> list[float]:
    found = row(frame, **keys)
    return [float(found[name]) for name in ("value", "low", "high")]


def test_creation_and_diversion_by_hand(result: Comparison) -> None:
    place = {"country": "THA", "period": "2030"}
    assert amounts(result.trade, measure="creation_usd", **place) == pytest.approx([10.0] * 3)
    assert amounts(result.trade, measure="diversion_row_usd", **place) == pytest.approx([3.0] * 3)
    # 10 more in all, 2 more from neighbours, 3 less from the rest of the world: 11 more from home.
    assert amounts(result.trade, measure="diversion_home_usd", **place) == pytest.approx(
        [-11.0] * 3
    )
    assert amounts(result.trade, measure="neighbours_usd", **place) == pytest.approx([2.0] * 3)
    assert amounts(result.trade, measure="neighbours_change", **place) == pytest.approx([0.4] * 3)
    total = amounts(result.trade, measure="total_change", **place)
    assert total == pytest.approx([(10 / 201 + 10 / 202) / 2, 10 / 202, 10 / 201])
    share = amounts(result.trade, measure="neighbours_share", **place)
    assert share == pytest.approx([(5 / 201 + 5 / 202) / 2, 5 / 202, 5 / 201])


def test_the_parts_add_up_and_years_too(result: Comparison) -> None:
    for country, size in (("KHM", 1.0), ("GMS5", 5.0)):
        for period, years in (("2030", 1.0), ("2026-2030", 5.0)):
            found = {
                name: amounts(result.trade, country=country, period=period, measure=name)[0]
                for name in list(trade.MEASURES)[:5]
            }
            assert found["creation_usd"] == pytest.approx(10.0 * size * years)
            assert found["neighbours_usd"] == pytest.approx(
                found["creation_usd"]
                + found["diversion_row_usd"]
                + found["diversion_home_usd"]
                - found["fake_shops_usd"]
            )


def test_the_back_of_the_envelope_by_hand(result: Comparison) -> None:
    p = ParameterSet.central().in_country("VNM")
    eta, theta, sigma = p["price_elasticity"], p["pareto_shape"], p["variety_substitution"]
    by_seed = []
    for seed in (1, 2):
        sold = 200.0 + seed
        share = sold / 1000.0
        before = (sold - 25.5) / (sold - 0.5)
        after = (sold + 10 - 24.5) / (sold + 10 - 0.5)
        gain = (eta - 1) * (1 - share) * (1 / (sigma - 1) - 1 / theta)
        fall = math.log(after / before)
        by_seed.append(-(eta - 1) * (1 - share) / (1 - gain) / theta * fall)
    place = {"country": "VNM", "period": "2030"}
    expected = amounts(result.trade, measure="spending_expected", **place)
    assert expected == pytest.approx([np.mean(by_seed), min(by_seed), max(by_seed)])
    simulated = amounts(result.trade, measure="spending_simulated", **place)
    assert simulated[2] == pytest.approx(math.log(211 / 201))
    gap = amounts(result.trade, measure="spending_gap", **place)
    assert gap[0] == pytest.approx(simulated[0] - expected[0])
    # Five equal countries together are expected to do what each of them does.
    together = amounts(result.trade, country="GMS5", period="2030", measure="spending_expected")
    assert together == pytest.approx(expected)


def test_theory_has_the_known_loop_gain() -> None:
    one = np.ones(1)
    gain = loop_gain(2.2 * one, 0.05 * one, 4.0 * one, 4.5 * one)
    assert gain[0] == pytest.approx(1.2 * 0.95 / 9)
    grown = expected_change(-0.01 * one, 2.2 * one, 0.05 * one, 4.0 * one, 4.5 * one)
    assert grown[0] == pytest.approx(0.01 * 1.2 * 0.95 / 4.5 / (1 - 1.2 * 0.95 / 9))
    # Spending that answers to prices one for one stays where it is.
    assert expected_change(-0.01 * one, one, 0.05 * one, 4.0 * one, 4.5 * one)[0] == 0.0


def test_gains_from_lower_prices_by_hand(result: Comparison) -> None:
    # Bought without the policy in 2026-2030, seeds 1 and 2, times a fall of prices by a tenth.
    bought = [
        sum(100 + seed + 12.5 * (year - 2022) for year in range(2026, 2031)) for seed in (1, 2)
    ]
    values = [-math.log(0.9) * total for total in bought]
    place = {"country": "LAO", "group": "all"}
    found = amounts(result.welfare, measure="lower_prices_usd", **place)
    assert found == pytest.approx([np.mean(values), values[0], values[1]])
    rural = row(result.welfare, country="LAO", group="rural", measure="lower_prices_usd")
    assert rural["value"] == pytest.approx(found[0] / 10)
    assert rural["share_of_consumption"] == pytest.approx(found[0] / 5000)
    together = amounts(result.welfare, country="GMS5", group="all", measure="lower_prices_usd")
    assert together == pytest.approx([5 * value for value in found])


def test_who_else_gains_and_pays_by_hand(result: Comparison) -> None:
    expected = {
        "scam_losses_avoided_usd": 0.0,
        "seller_profit_usd": 5.0,
        "offline_sales_usd": -50.0,
        "treasury_usd": 2.5,
        "programme_cost_usd": 20.0,
    }
    for measure, value in expected.items():
        found = amounts(result.welfare, country="MMR", group="all", measure=measure)
        assert found == pytest.approx([value] * 3), measure
    avoided = row(result.welfare, country="MMR", group="all", measure="scam_losses_avoided_usd")
    assert math.copysign(1.0, avoided["value"]) == 1.0, "no minus zero"
    assert set(result.welfare["measure"]) == set(gains.MEASURES)
    assert list(pd.read_csv(result.folder / "welfare.csv").columns) == gains.COLUMNS


def test_flows_between_two_countries_are_effects_of_their_own(result: Comparison) -> None:
    found = row(result.effects, country="KHM-THA", indicator="flow_usd")
    assert found["effect"] == pytest.approx(2.0)
    assert math.isnan(found["cost_usd"])
    total = row(result.effects, country="KHM-THA", indicator="flow_usd_cumulative")
    assert total["effect"] == pytest.approx(10.0)
    exporters = row(result.effects, country="THA", indicator="sme_exporters", group="all")
    assert (exporters["effect"], exporters["unit"]) == (pytest.approx(2.0), "firms")


def test_a_sentence_says_why_the_total_hardly_moves(result: Comparison) -> None:
    (sentence,) = result.about_trade
    assert "'common_rules': purchases from neighbours rise by 40 % in 2030" in sentence
    assert "because only 2.5 % of purchases come from neighbours" in sentence
    assert "US$ 55.0 more from domestic sellers" in sentence
    assert "US$ 15.0 less from the rest of the world" in sentence
    assert "A back-of-the-envelope calculation gives" in sentence
    assert sentence in result.findings
    text = (result.folder / "conclusion.txt").read_text(encoding="utf-8")
    assert sentence in text and "Higher e-commerce is not by itself a welfare gain" in text


def test_no_sentence_on_trade_without_common_rules(tmp_path: Path) -> None:
    study, _, store = prepared(tmp_path / "out", two_scenarios(seeds=1))
    run_jobs(list(study.jobs), RunOptions(), store, simulator=made_up)
    assert Comparison(store.folder).about_trade == []


def test_effects_relative_to_the_baseline(result: Comparison) -> None:
    found = result.relative("common_rules", "gmv_region_usd")
    assert found == pytest.approx((0.4, 0.4, 0.4))
    assert result.relative("common_rules", "gmv_region_usd", country="nowhere") is None
    assert result.level("GMS5", "gmv_region_usd") == pytest.approx(25.0)
    assert result.level("GMS5", "gmv_region_usd", first=2026) == pytest.approx(125.0)
    assert math.isnan(result.level("GMS5", "no_such_indicator"))


def test_the_price_index_of_a_year_is_weighted_with_purchases() -> None:
    rows = []
    for quarter, (price, bought) in enumerate([(1.0, 10.0), (1.0, 10.0), (1.0, 10.0), (2.0, 70.0)]):
        label = f"2030Q{quarter + 1}"
        rows.append(("s", 1, "THA", "online_price_index", "all", label, price))
        rows.append(("s", 1, "THA", "gmv_real_usd", "all", label, bought))
    columns = ["scenario", "seed", "country", "indicator", "group", "quarter", "value"]
    found = yearly(pd.DataFrame(rows, columns=columns), draw=0).reset_index()
    index = found[found["indicator"] == "online_price_index"]
    assert index[2030].tolist() == [pytest.approx(1.7)]


# ---- settings and paths ---------------------------------------------------------------------


def test_parameters_are_those_of_the_runs_and_of_the_scenario(tmp_path: Path) -> None:
    mine = scenario("mine").__class__.from_dict(
        {"title": "m", "parameters": {"price_elasticity": 3.0, "THA": {"price_elasticity": 2.0}}},
        name="mine",
    )
    from sim.experiments.study import build_study

    study, record, _ = prepared(
        tmp_path / "out", build_study([scenario("plain"), mine], draws=1, scale=100_000)
    )
    settings = RunParameters(record)
    assert settings.values("mine", 1, "price_elasticity") == {
        **dict.fromkeys(("KHM", "LAO", "MMR", "VNM"), 3.0),
        "THA": 2.0,
    }
    drawn = study.jobs[0].parameters.get("THA", "price_elasticity")
    assert settings.value("plain", 1, "THA", "price_elasticity") == drawn
    shares = {
        iso: study.jobs[0].parameters.get(iso, "intra_region_share") for iso in ("LAO", "VNM")
    }
    assert shares.items() <= settings.values("plain", 1, "intra_region_share").items()
    assert settings.levers("plain") == () and settings.path("plain", "row") == "flat"


@pytest.mark.parametrize("choice", ["cheaper", "taxed"])
def test_a_variant_is_the_shipped_scenario_of_that_path(choice: str) -> None:
    for name in ("baseline", "harmonization"):
        made = variant(load_scenario(name), choice)
        there = load_scenario(f"{name}_row_{choice}")
        assert made.name == there.name
        assert made.fingerprint() == there.fingerprint()
        assert variant(there, "flat").name == name
        assert variant(there, choice) is there


def test_other_paths_are_run_for_common_rules_only() -> None:
    from sim.experiments.study import build_study

    study = build_study(["baseline", "anti_scam", "coordinated"], seeds=[4], draws=2, scale=100_000)
    others = row_path_studies(study)
    assert {choice: part.names for choice, part in others.items()} == {
        "cheaper": ("baseline_row_cheaper", "coordinated_row_cheaper"),
        "taxed": ("baseline_row_taxed", "coordinated_row_taxed"),
    }
    assert all(
        (part.seeds, part.draws, part.scale) == ((4,), (1, 2), 100_000) for part in others.values()
    )
    with pytest.raises(InputError, match="nothing to show on three paths"):
        row_path_studies(build_study(["baseline", "stagnation", "harmonization_row_taxed"]))


def test_the_table_of_paths_has_plain_names(tmp_path: Path) -> None:
    study = with_common_rules(seeds=1)
    others = row_path_studies(study)
    found = {}
    for name, part in {"flat": study, **others}.items():
        _, _, store = prepared(tmp_path / name, part)
        run_jobs(list(part.jobs), RunOptions(), store, simulator=made_up)
        found[name] = Comparison(store.folder)
    table = row_path_table(found.pop("flat"), found)
    assert table["row_path"].unique().tolist() == ["flat", "cheaper", "taxed"]
    assert table["scenario"].unique().tolist() == [common_rules().name]
    assert table.groupby("row_path").size().nunique() == 1


# ---- words ----------------------------------------------------------------------------------


def test_small_changes_keep_two_digits() -> None:
    assert [small_percent(x) for x in (0.0, 0.000077, -0.0334, 0.4, math.nan)] == (
        ["0 %", "0.0077 %", "-3.3 %", "40 %", "unknown"]
    )
    assert [short(x) for x in (0.0, 6.44e6, -17.3e6, 0.9997e9, 12.0, 0.014)] == (
        ["0", "6.4m", "-17m", "1.0bn", "12", "0.014"]
    )
    assert with_interval(6.44e6, 6.8e3, 10.3e6) == "+6.4 (0.01, 10)m"
    assert with_interval(-4.99e9, -14e9, -1.19e9) == "-5.0 (-14, -1.2)bn"
    assert with_interval(0.0, -14.8, 342.0) == "0 (-15, 340)"
    assert with_interval(-0.00016, -0.0012, 0.00008) == "0 (-0.001, 0)"
    assert change_words(-2e6) == "US$ 2.00 m less"


def test_no_cell_is_minus_zero() -> None:
    frame = pd.DataFrame({"value": [-0.2, 3.6], "unit": ["constant 2022 US$", "US$"]})
    assert as_csv(frame) == "value,unit\n0,constant 2022 US$\n4,US$\n"


def test_the_loop_gain_stands_in_the_table_by_country(result: Comparison) -> None:
    p = ParameterSet.central().in_country("VNM")
    eta, theta, sigma = p["price_elasticity"], p["pareto_shape"], p["variety_substitution"]
    by_seed = [(eta - 1) * (1 - s / 1000) * (1 / (sigma - 1) - 1 / theta) for s in (201.0, 202.0)]
    found = amounts(result.trade, country="VNM", period="2030", measure="loop_gain")
    assert found == pytest.approx([np.mean(by_seed), min(by_seed), max(by_seed)])


def test_no_draw_of_the_prior_has_two_equilibria() -> None:
    """Even with nothing online yet the loop of spending and variety stays far below one."""
    gains = []
    for number in range(300):
        p = ParameterSet.prior_draw(number).in_country("THA")
        gains.append(
            loop_gain(
                np.array(p["price_elasticity"]),
                np.zeros(()),
                np.array(p["variety_substitution"]),
                np.array(p["pareto_shape"]),
            )
        )
    assert np.min(gains) >= 0.0
    assert 0.2 < np.max(gains) < 0.8 + 1e-12
