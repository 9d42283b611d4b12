"""The main picture shows differences: every policy can be seen, and no two labels overlap."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.analysis.comparison.result import Comparison
from sim.figures.captions import RunsShown
from sim.figures.difference import MOST, MOST_PARTS, Part, Policy, difference
from sim.report.pictures import pictures, trajectory
from sim.units import COUNTRIES
from tests.helpers.made_up import finished

YEARS = [2025, 2026, 2027, 2028, 2029, 2030]
BASELINE = pd.DataFrame(
    {"low": np.arange(15.0) + 2, "median": np.arange(15.0) + 4, "high": np.arange(15.0) + 6},
    index=range(2016, 2031),
)


def runs(*names: str) -> RunsShown:
    return RunsShown(("baseline", *names), "baseline", "Which?", 40, 1, 40, "40 draws", "5-95 %", 1)


def policy(name: str, size: float, parts: int = 0) -> Policy:
    rise = np.arange(6.0) / 5.0 * size
    frame = pd.DataFrame({"low": rise * 0.5, "median": rise, "high": rise * 3.0}, index=YEARS)
    fan = (size, size * 0.5, size * 3.0)
    share = tuple(value / 5e10 for value in fan)
    return Policy(
        name=name,
        by_year=frame,
        share=share,
        by_country=dict.fromkeys(COUNTRIES, (fan, share)),
        parts=[Part(f"lever_{k}", size / (k + 1), 0.0, size, 1e7, "B") for k in range(parts)],
    )


def panels(figure: Figure) -> dict[str, Axes]:
    return {axes.get_title(loc="left"): axes for axes in figure.axes}


def boxes(figure: Figure, axes: Axes) -> list[tuple[float, float, float, float]]:
    FigureCanvasAgg(figure).draw()
    found = [text.get_window_extent() for text in axes.texts if text.get_text()]
    return [(box.x0, box.y0, box.x1, box.y1) for box in found]


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    return wide > 1.0 and tall > 1.0


def test_alike_policies_share_a_panel_and_others_have_strips() -> None:
    alike = difference(BASELINE, [policy("a", 2e8), policy("b", 1e8)], runs("a", "b"))
    one = panels(alike)["Difference from the baseline, five countries"]
    assert {line.get_label() for line in one.lines if line.get_linewidth() == 2.0} == {"a", "b"}
    sizes = [3e9, 1e8, 1e7]
    unlike = difference(
        BASELINE, [policy(name, size) for name, size in zip("abc", sizes, strict=True)],
        runs(*"abc"),
    )  # fmt: skip
    lines = [
        (axes, line) for axes in unlike.axes for line in axes.lines if line.get_linewidth() == 2.0
    ]
    strips = [(axes, line) for axes, line in lines if line.get_label() in tuple("abc")]
    assert [line.get_label() for _, line in strips] == ["a", "b", "c"]
    assert len({id(axes) for axes, _ in strips}) == 3
    for axes, line in strips:  # on its own scale nothing is too small to be seen
        low, high = axes.get_ylim()
        assert max(np.ptp(np.asarray(line.get_ydata(), dtype=float)), 0.0) > 0.25 * (high - low)


def test_differences_have_a_zero_line_and_units() -> None:
    figure = difference(BASELINE, [policy("a", 2e8, 3)], runs("a"))
    found = panels(figure)
    assert any(list(line.get_ydata()) == [0.0, 0.0] for line in found[next(
        title for title in found if title.startswith("Difference")
    )].lines)  # fmt: skip
    for title in ("By country in 2030", "What each part adds"):
        assert any(list(line.get_xdata()) == [0.0, 0.0] for line in found[title].lines)
    assert found["By country in 2030"].get_xlabel().startswith("% of")
    assert found["What each part adds"].get_xlabel().startswith("US$ million of 2022")
    said = [text.get_text() for text in found["What each part adds"].texts]
    assert said[0] == "+US$ 200 m, costs US$ 10.0 m, grade B"
    assert [text.get_text() for text in found["By country in 2030"].texts] == ["+US$ 200 m"] * 5


@pytest.mark.parametrize("count", [1, 2, 4])
def test_no_two_labels_of_a_panel_overlap(count: int) -> None:
    made = [policy(f"policy_{k}", 2e8 * (k + 1), parts=3) for k in range(count)]
    figure = difference(BASELINE, made, runs(*(one.name for one in made)))
    for axes in figure.axes:
        found = boxes(figure, axes)
        clashes = [(a, b) for k, a in enumerate(found) for b in found[k + 1 :] if overlap(a, b)]
        assert clashes == [], axes.get_title(loc="left")


def test_policies_differ_without_colour() -> None:
    made = [policy(f"policy_{k}", 2e8 + 1e7 * k) for k in range(MOST)]
    figure = difference(BASELINE, made, runs(*(one.name for one in made)))
    axes = panels(figure)["Difference from the baseline, five countries"]
    drawn = [line for line in axes.lines if str(line.get_label()).startswith("policy_")]
    assert len({(line.get_marker(), str(line.get_linestyle())) for line in drawn}) == MOST


def test_the_largest_are_drawn_and_the_others_are_counted() -> None:
    made = [policy(f"policy_{k}", 1e8 * (k + 1), parts=4) for k in range(MOST + 2)]
    figure = difference(BASELINE, made, runs(*(one.name for one in made)))
    shown = {line.get_label() for axes in figure.axes for line in axes.lines}
    assert "policy_2" in shown and "policy_1" not in shown
    caption = " ".join(str(figure.get_supxlabel()).split())
    assert f"The {MOST} of {MOST + 2} policies that change most" in caption
    assert "parts.csv has them" in caption
    assert len(panels(figure)["What each part adds"].get_yticks()) == MOST_PARTS


def test_unknown_values_do_not_break_it() -> None:
    nothing = policy("a", 0.0)
    gone = nothing._replace(share=(math.nan,) * 3, by_country={})
    for one in (nothing, gone):
        assert isinstance(difference(BASELINE, [one], runs("a")), Figure)


def test_a_policy_that_cannot_be_told_from_the_baseline_is_not_drawn_over_it(
    tmp_path: Path,
) -> None:
    comparison = Comparison(finished(tmp_path / "out", seeds=2))
    late = comparison.years.index.get_level_values("scenario") == "policy"
    base = comparison.years[comparison.years.index.get_level_values("scenario") == "plain"]
    comparison.years.loc[late] = base.to_numpy() * 1.0001
    for axes in trajectory(comparison).axes:
        assert "policy" not in [line.get_label() for line in axes.lines]
    caption = " ".join(str(trajectory(comparison).get_supxlabel()).split())
    assert "Not drawn where within a line's width of plain: policy" in caption
    drawn = pictures(comparison)["difference"]()
    assert "policy" in [line.get_label() for axes in drawn.axes for line in axes.lines]
