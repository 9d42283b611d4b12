"""Growth, inclusion, crackdown, signing, tornado, map: tables by hand, figures as artists."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Polygon

from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.tables.decomposition import TERMS, decomposition
from sim.analysis.comparison.tables.inclusion import inclusion as shares
from sim.analysis.sensitivity.tornado import swings
from sim.analysis.sweep import Sweep
from sim.errors import InputError
from sim.experiments.design import make_design
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.runner import run_jobs
from sim.experiments.provenance.fingerprint import data_hash
from sim.experiments.run import Job
from sim.experiments.study import build_study
from sim.figures.flow_map import CENTRES, LABELS, outlines
from sim.figures.growth import NAMES
from sim.figures.inclusion import ROWS
from sim.figures.spillover import MARKS, OUTCOMES
from sim.figures.tornado import tornado
from sim.report.pictures import (
    crackdown,
    flow_map,
    growth,
    inclusion,
    pictures,
    spillover_table,
)
from sim.report.study_pictures import signing, study_pictures
from sim.report.writer import save
from sim.resources import shipped
from sim.scenario import Scenario
from sim.units import COUNTRIES, COUNTRY_NAMES, QUARTERS_PER_YEAR, REGION
from tests.helpers.made_up import (
    LEVER,
    common_rules,
    made_up,
    policy,
    prepared,
    scenario,
    with_common_rules,
)


def peopled(job: Job, options: RunOptions) -> pd.DataFrame:
    """As `made_up`, with internet users, groups of shoppers, syndicates and victims.

    Internet users go from 25 to 40 people. A share of 0.2 (q1 0.1) buys online in 2022 and 0.5 in
    2030, with levers 0.6. Syndicates have a capital of 10 everywhere; with the lever of Thailand
    it is 4 there and 11 elsewhere, and with more than half the victims gone at home.
    """
    plain = made_up(job, options)
    helped = bool(job.scenario.levers)
    rows = []
    for country in (*COUNTRIES, REGION):
        size = 5.0 if country == REGION else 1.0
        for year in range(2015, 2031):
            works = helped and year >= 2026
            acts = works and country == "THA"
            capital = (4.0 if acts else 11.0) if works else 10.0
            late = 0.6 if works else 0.5
            for quarter in range(1, 5):
                label = f"{year}Q{quarter}"
                online = (25.0 + 15.0 * max(0, year - 2022) / 8) * size
                rows.append((country, label, "connected", "all", online, "persons"))
                rows.append((country, label, "syndicate_capital", "all", capital * size, "x"))
                rows.append((country, label, "victims", "all", 0.25 if acts else 0.5, "persons"))
                for group in ("all", *ROWS):
                    share = 0.2 if year <= 2022 else late
                    share -= 0.1 if group == "q1" else 0.0
                    name = "adults_buying_online_share"
                    rows.append((country, label, name, group, share, "share"))
    return pd.concat([plain, pd.DataFrame(rows, columns=plain.columns)], ignore_index=True)


def result(folder: Path, *scenarios: Scenario, seeds: int = 2) -> Comparison:
    wanted = build_study(scenarios, seeds=seeds, scale=100_000, compared=len(scenarios) > 1)
    study, _, store = prepared(folder, wanted)
    assert run_jobs(list(study.jobs), RunOptions(), store, simulator=peopled) == 0
    return Comparison(folder)


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return result(tmp_path_factory.mktemp("more") / "out", scenario("plain"), policy())


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    inputs = {
        "levers.regulatory_harmonization.start": ["2026Q1", "2028Q3"],
        "levers.regulatory_harmonization.ramp_years": [3, 6],
    }
    study = replace(with_common_rules(), design=make_design("grid", inputs))
    study, _, store = prepared(tmp_path_factory.mktemp("dated") / "out", study)
    assert run_jobs(list(study.jobs), RunOptions(), store, simulator=built_up) == 0
    return Sweep(store.folder)


def built_up(job: Job, options: RunOptions) -> pd.DataFrame:
    """As `made_up`; purchases from neighbours are the more, the sooner and faster the rules come.

    In 2030 they are 5 in the baseline; a year earlier is 0.5 more, a year of ramp 0.1 less.
    """
    frame = made_up(job, options)
    for block in job.scenario.levers.get("regulatory_harmonization", ()):
        extra = 0.5 * (2030 - block.start / QUARTERS_PER_YEAR) - 0.1 * block.ramp_years
        near = frame["indicator"] == "gmv_region_usd"
        late = near & (frame["quarter"].str[:4] == "2030")
        size = np.where(frame["country"] == REGION, 5.0, 1.0)
        frame.loc[late, "value"] = ((5.0 + extra) * size / 4)[late]
    return frame


def drawn(figure: Figure) -> Figure:
    FigureCanvasAgg(figure).draw()
    return figure


def words(figure: Figure) -> str:
    return " ".join(figure.get_supxlabel().split())


def line(axes: Axes, label: str) -> tuple[np.ndarray, np.ndarray]:
    (found,) = [one for one in axes.get_lines() if one.get_label() == label]
    return np.asarray(found.get_xdata()), np.asarray(found.get_ydata())


def test_terms_of_growth_add_up_to_the_growth_of_nominal_purchases(comparison: Comparison) -> None:
    table = decomposition(comparison.years, comparison.scenarios)
    thai = table[(table["scenario"] == "policy") & (table["country"] == "THA")]
    terms = dict(zip(thai["term"], thai["value"], strict=True))
    assert terms["people"] == pytest.approx(0.0)
    assert terms["connected"] == pytest.approx(math.log(40 / 25))
    assert terms["adopters"] == pytest.approx(math.log(30 / 40) - math.log(20 / 25))
    assert terms["prices"] == pytest.approx(0.0, abs=1e-12)
    expected = np.mean([math.log((100 + s + 100 + 10) / (100 + s)) for s in (1, 2)])
    assert terms["total"] == pytest.approx(expected)
    assert sum(terms[name] for name in TERMS) == pytest.approx(expected)


def test_bars_of_growth_end_where_the_table_says(comparison: Comparison) -> None:
    figure = drawn(growth(comparison))
    (axes,) = figure.axes
    table = decomposition(comparison.years, comparison.scenarios)
    totals = table[table["term"] == "total"]["value"].to_numpy()
    dots = [one for one in axes.get_lines() if one.get_label() == "total"]
    assert sorted(float(np.asarray(dot.get_xdata())[0]) for dot in dots) == pytest.approx(
        sorted(100 * totals)
    )
    widths = sum(bar.get_width() for bar in axes.patches)  # type: ignore[attr-defined]
    assert widths == pytest.approx(100 * totals.sum())
    assert "log points" in axes.get_xlabel()
    said = [text.get_text() for text in axes.texts if text.get_gid() == "place"]
    assert said == [*(COUNTRY_NAMES[iso] for iso in COUNTRIES), "Five countries together"]
    assert [text.get_text() for text in figure.legends[0].get_texts()][-5:] == list(NAMES.values())
    assert "Baseline: plain." in words(figure) and "add up" in words(figure)


def test_shares_of_groups_and_their_panels(comparison: Comparison) -> None:
    table = shares(comparison.years, comparison.scenarios)
    poorest = table[
        (table["scenario"] == "policy") & (table["country"] == "LAO") & (table["group"] == "q1")
    ].set_index("year")["value"]
    assert poorest[2022] == pytest.approx(0.1) and poorest[2030] == pytest.approx(0.5)
    figure = drawn(inclusion(comparison))
    assert len(figure.axes) == 6
    for axes in figure.axes:
        before, at = line(axes, "plain, 2022")
        after, _ = line(axes, "policy, 2030")
        assert before == pytest.approx([20.0] * 8 + [10.0])
        assert after == pytest.approx([60.0] * 8 + [50.0])
        assert list(at) == [height for _, height in ROWS.values()]
    assert "% of the group's adults" in figure.axes[-1].get_xlabel()
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels[:4] == ["towns", "countryside", "men", "women"]


def test_a_crackdown_is_told_at_home_next_door_and_in_sum(comparison: Comparison) -> None:
    table = spillover_table(comparison).set_index(["indicator", "where"])["effect"]
    assert table["syndicate_capital", "own"] == pytest.approx(-0.6)
    assert table["syndicate_capital", "neighbours"] == pytest.approx(0.1)
    assert table["syndicate_capital", "total"] == pytest.approx((4 + 44) / 50 - 1)
    assert table["victims", "own"] == pytest.approx(-0.5)
    assert table["victims", "neighbours"] == pytest.approx(0.0)
    figure = drawn(crackdown(comparison))
    assert [axes.get_title(loc="left") for axes in figure.axes] == list(OUTCOMES.values())
    assert {axes.get_xlabel() for axes in figure.axes} == {"% of the baseline"}
    assert line(figure.axes[0], "countries that act")[0] == pytest.approx([-60.0])
    assert line(figure.axes[0], "all five countries")[0] == pytest.approx([-4.0])
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["policy\nTHA acts"]


def test_where_all_five_act_theirs_is_drawn_once_as_the_total(tmp_path: Path) -> None:
    every = scenario("all", anti_scam_enforcement={**LEVER, "countries": "all"})
    axes = drawn(crackdown(result(tmp_path / "out", scenario("plain"), every, seeds=1))).axes[0]
    marks = [
        one.get_label()
        for one in axes.get_lines()
        if one.get_label() in [words for *_, words in MARKS.values()]
    ]
    assert marks == ["all five countries"]
    assert line(axes, "all five countries")[1] == pytest.approx([0.0])


@pytest.mark.parametrize("count", [1, 5])
def test_marks_of_one_group_do_not_reach_those_of_the_next(tmp_path: Path, count: int) -> None:
    several = [
        scenario(f"s{k}", broadband_investment={**LEVER, "level": 1.0 + k}) for k in range(count)
    ]
    axes = drawn(inclusion(result(tmp_path / "out", scenario("plain"), *several, seeds=1))).axes[0]
    first, last = line(axes, "plain, 2030")[1], line(axes, f"s{count - 1}, 2030")[1]
    assert (last[:-1] < first[1:]).all() and (first < last).all()


def test_the_map_shows_a_policy_before_a_scenario_without_a_lever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = result(tmp_path / "out", scenario("plain"), scenario("other"), policy(), seeds=1)
    sizes = {"other": (0.5, 0.4, 0.6), "policy": (0.1, 0.0, 0.2)}
    monkeypatch.setattr(found, "relative", lambda name, _: sizes[name])
    assert drawn(flow_map(found)).axes[1].get_title("left").startswith("policy: change")
    assert drawn(flow_map(found, "other")).axes[1].get_title("left").startswith("other: change")


def test_no_crackdown_no_picture(tmp_path: Path) -> None:
    found = result(tmp_path / "out", scenario("plain"), common_rules())
    assert spillover_table(found).empty
    with pytest.raises(InputError, match="no scenario of this result acts"):
        crackdown(found)


def test_a_study_of_dates_is_a_heat_map(dated: Sweep) -> None:
    figure = drawn(signing(dated))
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["2026Q1", "2028Q3"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["3", "6"]
    extra = np.array([[2.0 - 0.3, 2.0 - 0.6], [0.75 - 0.3, 0.75 - 0.6]])
    assert np.asarray(axes.images[0].get_array()) == pytest.approx(100 * extra / 5.0)
    assert axes.texts[0].get_text().startswith("+34.0 %")
    assert "small firms of the other four" in words(figure)
    assert "2 runs per scenario: 2 seeds" in words(figure)


def test_the_study_writes_its_heat_map(dated: Sweep, tmp_path: Path) -> None:
    save(dated, tmp_path / "kept")
    assert (tmp_path / "kept/figures/signing.png").is_file()


def test_another_study_has_no_heat_map(tmp_path: Path) -> None:
    inputs = {"levers.regulatory_harmonization.start": ["2026Q1", "2028Q3"]}
    study = replace(with_common_rules(), design=make_design("grid", inputs))
    study, _, store = prepared(tmp_path / "out", study)
    assert run_jobs(list(study.jobs), RunOptions(), store, simulator=made_up) == 0
    assert study_pictures(Sweep(store.folder)) == {}
    with pytest.raises(InputError, match="does not vary the dates"):
        signing(Sweep(store.folder))


def one_at_a_time() -> pd.DataFrame:
    rows = []
    for seed in (0.0, 0.02):
        rows.append({"ratio": 2.0 + seed})
        rows += [{"x.parameters.small_one": v, "ratio": 2.0 + seed + v} for v in (0.1, 0.2)]
        rows += [{"x.parameters.large_one": v, "ratio": 2.0 + seed - v} for v in (1.0, 3.0)]
    return pd.DataFrame(rows)


def test_swings_are_ordered_by_their_width() -> None:
    table = swings(one_at_a_time())
    assert list(table["input"]) == ["parameters.large_one", "parameters.small_one"]
    first = table.iloc[0]
    assert (first["input_low"], first["input_high"], first["runs"]) == (1.0, 3.0, 4)
    assert first["at_low"] == pytest.approx(1.01) and first["at_high"] == pytest.approx(-0.99)
    assert first["middle"] == pytest.approx(2.01)


def test_a_design_that_varies_two_inputs_at_once_is_refused() -> None:
    both = pd.DataFrame({"x.a": [None, 1.0], "x.b": [None, 2.0], "ratio": [1.0, 2.0]})
    with pytest.raises(InputError, match="one input at a time"):
        swings(both)
    with pytest.raises(InputError, match="one input at a time"):
        swings(pd.DataFrame({"ratio": [1.0]}))


def test_the_tornado_shows_both_ends_of_every_input() -> None:
    figure = drawn(
        tornado(swings(one_at_a_time()), what="growth", unit="ratio", question="?", runs="2 runs")
    )
    (axes,) = figure.axes
    ends = [bar.get_x() + bar.get_width() for bar in axes.patches]  # type: ignore[attr-defined]
    assert ends == pytest.approx([1.01, -0.99, 2.11, 2.21])
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["large one", "small one"]
    assert axes.get_xlabel() == "growth, ratio"
    assert {text.get_text() for text in axes.texts} == {"1", "3", "0.1", "0.2"}
    assert "Last outcome data: 2024" in words(figure)


def test_the_map_has_all_countries_and_every_known_flow(comparison: Comparison) -> None:
    figure = drawn(flow_map(comparison))
    left, right = figure.axes[:2]
    for axes in (left, right):
        lands = {patch.get_gid() for patch in axes.patches if isinstance(patch, Polygon)}
        assert lands == set(COUNTRIES)
        arrows = [p.get_gid() for p in axes.patches if isinstance(p, FancyArrowPatch)]
        assert arrows == ["KHM-THA"]
    said = [text.get_text() for text in right.texts]
    assert "+2.00" in said  # 6 after 4
    assert "Viet Nam\n×1.99" in [text.get_text() for text in left.texts]
    assert "doubled" in figure.axes[2].get_ylabel()
    assert "take no position on borders" in words(figure)


def test_outlines_hold_where_names_and_arrows_stand() -> None:
    from matplotlib.path import Path as Shape

    assert set(CENTRES) == set(LABELS) == set(COUNTRIES)
    for iso, rings in outlines().items():
        assert any(Shape(ring).contains_point(CENTRES[iso]) for ring in rings), iso
        for ring in rings:
            assert tuple(ring[0]) == tuple(ring[-1])
    text = shipped("calibration", "data", "outlines.geojson").read_text(encoding="utf-8")
    assert "Natural Earth" in text and "public domain" in text


def test_outlines_change_no_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "calibration" / "data").mkdir(parents=True)
    table = tmp_path / "calibration" / "data" / "people.csv"
    table.write_text("a\n")
    monkeypatch.setattr("sim.experiments.provenance.fingerprint.shipped", tmp_path.joinpath)
    before = data_hash.__wrapped__()
    (tmp_path / "calibration" / "data" / "outlines.geojson").write_text("{}")
    assert data_hash.__wrapped__() == before
    table.write_text("b\n")
    assert data_hash.__wrapped__() != before


def test_the_catalogue_offers_what_a_result_can_show(comparison: Comparison) -> None:
    common = ["difference", "trajectory", "growth", "effects", "inclusion", "map"]
    assert list(pictures(comparison)) == [*common, "crackdown"]
    assert all(isinstance(draw(), Figure) for draw in pictures(comparison).values())
