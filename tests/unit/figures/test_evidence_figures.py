"""Figures of the fit, of skill, of PIT and of posteriors: tables by hand, figures as artists."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.calibration.data.targets import load_targets
from sim.figures.fit import SHAPES, fit
from sim.figures.posterior import prior_posterior
from sim.figures.skill import pit_histogram, skill
from sim.units import COUNTRIES, COUNTRY_NAMES

VALUE = "ecommerce_value_nominal_usd"


def drawn(figure: Figure) -> Figure:
    """Drawn once, which raises if words do not fit or a glyph is missing."""
    FigureCanvasAgg(figure).draw()
    return figure


def markers(axes: Axes, shape: str) -> list:
    return [line for line in axes.lines if line.get_marker() == shape]


@pytest.fixture(scope="module")
def fitted() -> Figure:
    rows = [
        (name, country, year, *(factor * middle for factor in (0.5, 0.8, 1.0, 1.2, 1.5)))
        for name, middle in ((VALUE, 4e9), ("internet_users_share", 0.4))
        for country in COUNTRIES
        for year in range(2014, 2024)
    ]
    names = ["indicator", "country", "year", "q05", "q25", "q50", "q75", "q95"]
    return drawn(fit(load_targets(), pd.DataFrame(rows, columns=names)))


def panel(figure: Figure, row: int, country: str) -> Axes:
    return figure.axes[row * len(COUNTRIES) + COUNTRIES.index(country)]


def test_fit_has_a_panel_a_country_and_indicator_in_percent_and_billions(fitted: Figure):
    assert len(fitted.axes) == 10
    assert [axes.get_title(loc="left") for axes in fitted.axes[:5]] == [
        COUNTRY_NAMES[iso] for iso in COUNTRIES
    ]
    model = [line for line in panel(fitted, 1, "THA").lines if line.get_label() == "model"]
    assert model[0].get_ydata() == pytest.approx([4.0] * 10)
    internet = markers(panel(fitted, 0, "THA"), SHAPES["itu"])
    assert internet[-1].get_ydata() == pytest.approx([89.5], abs=0.1)


def test_the_key_lies_between_the_title_and_the_panels(fitted: Figure):
    drawn_by = fitted.canvas.get_renderer()
    key = fitted.legends[0].get_window_extent(drawn_by)
    titles = [axes._left_title.get_window_extent(drawn_by) for axes in fitted.axes[:5]]
    assert all(title.y1 <= key.y0 for title in titles)


def test_fit_fills_what_was_fitted_and_keeps_families_apart(fitted: Figure):
    vietnam = panel(fitted, 1, "VNM")
    fill = {
        name: {line.get_markerfacecolor() for line in markers(vietnam, SHAPES[name])}
        for name in ("e-conomy", "ministry")
    }
    assert fill["ministry"] == {"white"} and "white" not in fill["e-conomy"]
    latest = {
        float(line.get_xdata()[0]): float(line.get_ydata()[0])
        for line in markers(vietnam, SHAPES["e-conomy"])
    }
    assert latest[2023] == 19.0 and latest[2021] == 11.0  # the last edition of each year
    small = {float(line.get_ydata()[0]) for line in markers(vietnam, ".")}
    assert 16.0 in small and 13.0 in small
    start = markers(panel(fitted, 0, "LAO"), SHAPES["itu"])[0]
    assert start.get_xdata()[0] == 2014 and start.get_markerfacecolor() == "white"


def test_fit_shows_nine_tenths_of_the_error(fitted: Figure):
    bars = [
        line
        for line in panel(fitted, 1, "LAO").lines
        if len(line.get_xdata()) == 2 and line.get_marker() == "None"
    ]
    low, high = bars[0].get_ydata()
    assert (low, high) == pytest.approx(
        (0.12 * math.exp(-1.645 * 0.6), 0.12 * math.exp(1.645 * 0.6))
    )


def test_skill_says_better_only_where_it_may():
    nan = math.nan
    table = pd.DataFrame(
        [
            ("internet_users_share", "last", 0.4, 0.1, 0.6, 20, 5, True),
            ("internet_users_share", "drift", -4.0, -6.0, -2.0, 20, 5, False),
            (VALUE, "last", 0.5, 0.4, 0.6, 8, 2, False),
            (VALUE, "drift", nan, nan, nan, 0, 0, False),
        ],
        columns=["measure", "benchmark", "value", "low", "high", "points", "blocks", "better"],
    )
    figure = drawn(skill(table))
    internet, value = figure.axes
    assert [text.get_text() for text in internet.get_yticklabels()] == ["last", "drift"]
    (dot,) = markers(internet, "o")
    assert dot.get_markerfacecolor() != "white" and dot.get_xdata() == [0.4]
    assert len(markers(internet, "<")) == 1  # far below what is shown
    (dot,) = markers(value, "o")
    assert dot.get_markerfacecolor() == "white"
    assert [text.get_text() for text in value.texts] == ["8, 2", "none"]


def test_pit_counts_fifths_beside_what_calibration_gives():
    pits = [0.05, 0.1, 0.15, 0.5, 0.95]
    figure = drawn(pit_histogram(pd.DataFrame({"measure": VALUE, "pit": pits})))
    (axes,) = figure.axes
    assert [bar.get_height() for bar in axes.patches if bar.get_width() < 0.5] == [3, 0, 1, 0, 1]
    assert axes.lines[0].get_ydata()[0] == 1.0
    assert axes.get_title(loc="left") == "E-commerce value: 5"


def test_posteriors_stand_in_widths_of_their_priors():
    columns = ["parameter", "country", "prior_low", "prior_central", "prior_high", "low"]
    columns += ["central", "high", "contraction", "unit"]
    rows = [
        ("connection_hazard", "LAO", 1.0, 2.0, 5.0, 2.0, 3.0, 4.0, 0.5, "1/year"),
        ("lapse", "", 0.0, 0.5, 1.0, 5.0, 6.0, 7.0, 0.0, ""),
    ]
    figure = drawn(prior_posterior(pd.DataFrame(rows, columns=columns)))
    (axes,) = figure.axes
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names == ["connection hazard, Lao PDR", "lapse"]
    dots = [float(line.get_xdata()[0]) for line in markers(axes, "o")]
    assert dots[0] == pytest.approx(0.5)
    assert dots[1] == axes.get_xlim()[1]  # far outside: at the edge, its numbers beside it
    words = [text.get_text() for text in axes.texts]
    assert "50 %" in words and "3 (2 to 4) 1/year" in words
    assert np.isfinite(dots).all()
