"""The picture, read as artists: labels, data, units; and label placing by hand."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.analysis.comparison.result import Comparison
from sim.analysis.text.formatting import small_percent
from sim.figures.captions import headline, subject
from sim.figures.forest import OUTCOMES
from sim.figures.history import gmv_history
from sim.figures.labels import spread
from sim.figures.style import COLOURS, INK, save
from sim.report import pictures
from sim.report.pictures import difference, forest, runs_of, trajectory
from sim.rows import rows_where
from sim.target import POSTERIOR_ORIGIN
from sim.units import COUNTRIES, COUNTRY_NAMES
from tests.helpers.made_up import finished


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return Comparison(finished(tmp_path_factory.mktemp("figures") / "out", seeds=2, draws=3))


@pytest.fixture(scope="module")
def figure(comparison: Comparison) -> Figure:
    drawn = trajectory(comparison)
    FigureCanvasAgg(drawn).draw()
    return drawn


def labels_at_ends(axes: Axes) -> list[Text]:
    return [text for text in axes.texts if "\u00d7" in text.get_text()]


def test_there_is_a_panel_for_each_country_and_the_region(figure: Figure) -> None:
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == [COUNTRY_NAMES[iso] for iso in COUNTRIES] + ["Five countries together"]
    assert {axes.get_ylabel() for axes in figure.axes} == {"US$ billion, nominal"}


def test_every_line_has_data_and_its_name_at_its_end(
    figure: Figure, comparison: Comparison
) -> None:
    for axes in figure.axes:
        lines = {line.get_label(): line for line in axes.get_lines()}
        for name in (*comparison.scenarios, "doubling"):
            years, values = (np.asarray(data) for data in lines[name].get_data())
            assert years[-1] == 2030
            assert len(years) >= 9 and np.isfinite(values).all() and (values > 0).all()
        texts = [label.get_text() for label in labels_at_ends(axes)]
        assert [text.split(" \u00d7")[0] for text in texts] == ["plain", "policy", "doubling"]


def test_a_line_ends_where_its_label_and_the_table_say(
    figure: Figure, comparison: Comparison
) -> None:
    table = comparison.table[comparison.table["measure"] == "nominal_usd"]
    for axes, country in zip(figure.axes, table["country"].unique(), strict=True):
        for label in labels_at_ends(axes)[:-1]:
            name, ratio = label.get_text().split(" \u00d7")
            row = table[(table["scenario"] == name) & (table["country"] == country)].iloc[0]
            assert float(ratio) == pytest.approx(row["ratio"], abs=0.006)
            line = next(line for line in axes.get_lines() if line.get_label() == name)
            years, values = (np.asarray(data) for data in line.get_data())
            start = values[list(years).index(2022)]
            assert values[-1] / start == pytest.approx(row["ratio"])


def test_the_dashed_line_doubles_from_the_baselines_own_value(figure: Figure) -> None:
    lines = {line.get_label(): line for line in figure.axes[0].get_lines()}
    years, values = lines["doubling"].get_data()
    assert (years[0], years[-1]) == (2022, 2030)
    assert values[0] == pytest.approx(203.5e-9, rel=0.01)
    assert values[-1] == pytest.approx(2 * values[0])


def test_labels_do_not_touch_each_other(figure: Figure) -> None:
    for axes in figure.axes:
        boxes = [label.get_window_extent() for label in labels_at_ends(axes)]
        names = axes.get_title(loc="left")
        for one, other in itertools.combinations(boxes, 2):
            assert not (one.y0 < other.y1 and other.y0 < one.y1), names
        assert all(box.x1 <= figure.bbox.x1 for box in boxes), names


def test_titles_and_subtitles_do_not_touch(figure: Figure) -> None:
    for axes in figure.axes:
        title = axes._left_title.get_window_extent()  # type: ignore[attr-defined]
        below = next(t for t in axes.texts if t.get_text().startswith("plain:"))
        assert below.get_window_extent().y1 <= title.y0 + 1
        assert below.get_window_extent().y0 >= axes.bbox.y1 - 1


def test_history_is_drawn_with_its_band(figure: Figure) -> None:
    thailand = gmv_history("THA")
    bars = [c for c in figure.axes[3].containers if c.get_label() == "observed"]
    points = bars[0].lines[0]
    assert list(points.get_xdata()) == [y for y in thailand.index if y >= 2016]
    assert points.get_ydata()[-1] * 1e9 == pytest.approx(thailand["best"][POSTERIOR_ORIGIN])
    assert thailand.index.max() == POSTERIOR_ORIGIN
    total = sum(gmv_history(iso)["high"][2023] for iso in COUNTRIES)
    assert gmv_history("GMS5")["high"][2023] == pytest.approx(total)


def test_the_caption_names_baseline_runs_scale_and_last_data(
    comparison: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "question", lambda _: "Does it?")
    for drawn in (trajectory(comparison), forest(comparison)):
        text = " ".join(drawn.get_supxlabel().replace("-\n", "-").split())
        _says_what_it_is(text)


def _says_what_it_is(text: str) -> None:
    for part in (
        "Question: Does it?",
        "Last outcome data: 2024.",
        "Baseline: plain.",
        "range of 3 draws",
        "6 runs per scenario: 2 seeds, 3 draws of the posterior",
        "100,000 people",
        "not forecasts",
    ):
        assert part in text


def test_a_country_past_the_mark_is_labelled(
    comparison: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "past", {"VNM": 1.7})
    texts = [
        "target says little about policy" in " ".join(t.get_text() for t in axes.texts)
        for axes in trajectory(comparison).axes
    ]
    assert texts == [False, False, False, False, True, False]


def test_a_single_run_has_no_band_and_says_so(tmp_path: Path) -> None:
    alone = Comparison(finished(tmp_path / "out", seeds=1))
    assert "a single run, no interval" in " ".join(trajectory(alone).get_supxlabel().split())
    assert trajectory(alone).axes


def test_a_country_without_any_value_in_2022_is_drawn_and_says_so(
    comparison: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    years = comparison.years.copy()
    levels = years.index
    nothing = (levels.get_level_values("country") == "LAO") & (
        levels.get_level_values("indicator") == "gmv_nominal_usd"
    )
    years[nothing] = 0.0
    monkeypatch.setattr(comparison, "years", years)
    drawn = trajectory(comparison)
    FigureCanvasAgg(drawn).draw()
    texts = [" ".join(t.get_text() for t in axes.texts) for axes in drawn.axes]
    assert ["nothing was bought online in 2022" in text for text in texts] == [
        iso == "LAO" for iso in (*COUNTRIES, "GMS5")
    ]


def test_effects_are_drawn_with_interval_value_and_cost(comparison: Comparison) -> None:
    drawn = forest(comparison)
    FigureCanvasAgg(drawn).draw()
    assert [axes.get_title(loc="left") for axes in drawn.axes] == list(OUTCOMES.values())
    assert {axes.get_xlabel() for axes in drawn.axes} == {"% of the baseline"}
    near = drawn.axes[list(OUTCOMES).index("gmv_region_usd")]
    (dot,) = [line for line in near.get_lines() if line.get_label() == "policy"]
    assert dot.get_xdata()[0] == pytest.approx(40.0)
    assert "+40.0 %" in [text.get_text() for text in near.texts]
    names = [label.get_text() for label in drawn.axes[0].get_yticklabels()]
    assert names == ["policy\ncosts US$ 100"]
    assert all(text.get_window_extent().x1 <= drawn.bbox.x1 for a in drawn.axes for text in a.texts)
    assert "Last outcome data: 2024" in drawn.get_supxlabel()


def test_a_caption_names_few_scenarios_and_counts_many(
    comparison: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Compared: policy. Baseline: plain." in trajectory(comparison).get_supxlabel()
    names = ("plain", *(f"a_rather_long_name_{k}" for k in range(5)))
    monkeypatch.setattr(comparison, "scenarios", names)
    assert subject(runs_of(comparison)) == "Compared: 5 scenarios. Baseline: plain."


@pytest.mark.parametrize("words", [1, 12, 20, 24, 31, 47])
def test_lines_of_a_title_are_of_about_one_length(words: int) -> None:
    figure, text = Figure(figsize=(12.5, 3.0)), " ".join(f"word{k}" for k in range(words))
    headline(figure, text)
    lines = figure.get_suptitle().split("\n")
    assert " ".join(lines) == text and len(lines) == 1 + len(text) // 106
    assert min(map(len, lines)) > 0.7 * max(map(len, lines))


def test_titles_say_what_was_found(comparison: Comparison) -> None:
    """The numbers of a title are those of the tables."""
    title = " ".join(trajectory(comparison).get_suptitle().split())
    row = rows_where(
        comparison.table, scenario="plain", country="GMS5", measure="nominal_usd"
    ).iloc[0]
    counted = f"{row['runs_doubled']} of {row['runs_judged']} runs"
    assert f"doubles in {counted}" in title or f"doubles in all {row['runs_judged']} runs" in title
    assert title.endswith(f"'plain': \u00d7{row['ratio']:.2f} by 2030, five countries")
    found = comparison.relative("policy", "gmv_real_usd")
    assert found is not None
    title = " ".join(difference(comparison).get_suptitle().split())
    assert title.startswith("'policy' changes online purchases of 2030 by +US$")
    assert title.endswith(f"(+{small_percent(found[0])}), five countries")


def test_svg_keeps_text_as_text_and_pictures_repeat_byte_for_byte(
    comparison: Comparison, tmp_path: Path
) -> None:
    png, svg = save(trajectory(comparison), tmp_path / "one")
    again = save(trajectory(comparison), tmp_path / "two")
    assert "Last outcome data: 2024" in svg.read_text(encoding="utf-8")
    assert svg.read_bytes() == again[1].read_bytes()
    assert png.read_bytes() == again[0].read_bytes()


def test_letters_are_dark_enough_on_white() -> None:
    for colour in COLOURS:
        channels = np.array([int(INK[colour][k : k + 2], 16) / 255 for k in (1, 3, 5)])
        linear = np.where(
            channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
        )
        assert 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05) >= 4.5, colour  # WCAG 2, AA


def test_colours_differ_also_in_brightness_or_hue() -> None:
    assert len(set(COLOURS)) == len(COLOURS)
    assert all(re.fullmatch(r"#[0-9A-F]{6}", colour) for colour in COLOURS)


@pytest.mark.parametrize(
    ("wanted", "gap", "placed"),
    [
        ([0.2, 0.8], 0.1, [0.2, 0.8]),
        ([0.5, 0.5], 0.1, [0.45, 0.55]),
        ([0.52, 0.5, 0.51], 0.1, [0.61, 0.41, 0.51]),
        ([0.0, 0.0], 0.1, [0.0, 0.1]),
        ([1.0, 1.0, 1.0], 0.1, [0.8, 0.9, 1.0]),
        ([0.3, 0.5, 0.5], 0.2, [0.233333, 0.433333, 0.633333]),
        ([], 0.1, []),
    ],
)
def test_labels_are_moved_apart_as_little_as_needed(
    wanted: list[float], gap: float, placed: list[float]
) -> None:
    assert spread(wanted, gap) == pytest.approx(placed, abs=1e-5)
