"""The forecast of e-commerce as a fan, and below it where its uncertainty comes from."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter

from sim.figures.captions import headline, put_text
from sim.figures.style import COLOURS, DATA, FAINT, TARGET, house_style
from sim.rows import rows_where
from sim.target import POSTERIOR_ORIGIN
from sim.units import COUNTRIES, COUNTRY_NAMES

VALUE = "ecommerce_value_nominal_usd"
PARTS = {
    "estimated": ("estimated parameters", COLOURS[0]),
    "not_estimated": ("parameters from studies and the prior", COLOURS[4]),
    "chance": ("random variation (seeds)", COLOURS[3]),
    "missed": ("model error", FAINT),
}
_BILLION = 1e9
_BASE = 2022


def fan(bands: pd.DataFrame, variance: pd.DataFrame, targets: pd.DataFrame) -> Figure:
    """Two rows of five panels: the value with its bands and figures, shares of variance.

    `bands` has indicator, country, year, q05 ... q95 (whole US$), `variance` measure, country, year
    and the shares of `PARTS`, `targets` the fitted figures.
    """
    with house_style():
        figure = Figure(figsize=(12.5, 6.2))
        grid = figure.subplots(2, len(COUNTRIES), sharex="row", height_ratios=[2.2, 1.0])
        for country, above, below in zip(COUNTRIES, grid[0], grid[1], strict=True):
            _path(above, bands, targets, country)
            _parts(below, variance, country)
            above.set_title(COUNTRY_NAMES[country])
        grid[0][0].set_ylabel("E-commerce, US$ billion, nominal")
        grid[1][0].set_ylabel("Share of variance, %")
        headline(figure, "E-commerce to 2030, and the sources of its uncertainty", own_key=True)
        _key(figure, grid)
        put_text(
            figure,
            "Above: median, half and nine tenths of the forecast from data up to "
            f"{POSTERIOR_ORIGIN} (policy in force at the end of 2025, incomes and prices as "
            "projected by the IMF in October 2025), with model error; dashed: twice the median of "
            "2022. Points: fitted figures. Log scale. Below: where the variance "
            "of the logarithm comes from. "
            f"Last outcome data: {POSTERIOR_ORIGIN}.",
        )
    return figure


def _path(axes: Axes, bands: pd.DataFrame, targets: pd.DataFrame, country: str) -> None:
    own = rows_where(bands, indicator=VALUE, country=country).sort_values("year")
    years = own["year"]
    for low, high, alpha in (("q05", "q95", 0.16), ("q25", "q75", 0.3)):
        axes.fill_between(
            years, own[low] / _BILLION, own[high] / _BILLION,
            color=COLOURS[0], alpha=alpha, linewidth=0,
        )  # fmt: skip
    axes.plot(years, own["q50"] / _BILLION, color=COLOURS[0], linewidth=1.8, label="median")
    twice = 2.0 * float(own.loc[years == _BASE, "q50"].iloc[0]) / _BILLION
    axes.axhline(twice, color=TARGET, linestyle="--", linewidth=1.0, label="twice 2022")
    points = rows_where(targets, indicator=VALUE, country=country, use="fit")
    latest = rows_where(points, edition=points.groupby("year")["edition"].transform("max"))
    axes.plot(
        latest["year"], latest["value"] / _BILLION, "o", color=DATA, markersize=3.6, label="figures"
    )
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_locator(FixedLocator([2015, 2020, 2025, 2030]))


def _parts(axes: Axes, variance: pd.DataFrame, country: str) -> None:
    own = rows_where(variance, measure=VALUE, country=country)
    own = own.sort_values("year")
    bottom = np.zeros(len(own))
    for name, (words, colour) in PARTS.items():
        share = 100.0 * own[name].to_numpy()
        axes.bar(own["year"], share, bottom=bottom, color=colour, width=0.85, label=words)
        bottom += share
    axes.set_ylim(0, 100)
    axes.xaxis.set_major_locator(FixedLocator([2024, 2027, 2030]))


def _key(figure: Figure, grid: np.ndarray) -> None:
    handles, words = [], []
    for axes in (grid[0][0], grid[1][0]):
        some, names = axes.get_legend_handles_labels()
        handles += some
        words += names
    figure.legend(
        handles, words, loc="upper left",
        bbox_to_anchor=(0.005, 1.0 - 0.31 / figure.get_figheight()), ncols=8, fontsize=8.5,
        borderaxespad=0.0, columnspacing=1.2, handlelength=1.2,
    )  # fmt: skip
