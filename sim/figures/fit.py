"""The fit: what was published of each indicator and country, and the bands of the model."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullFormatter
from scipy.special import expit, logit

from sim.figures.captions import headline, put_text
from sim.figures.style import COLOURS, DATA, FAINT, house_style
from sim.rows import rows_where
from sim.target import POSTERIOR_ORIGIN
from sim.units import COUNTRIES, COUNTRY_NAMES

TITLES = {
    "internet_users_share": "Internet users\n% of people",
    "account_share": "Adults with an account\n% of adults",
    "adults_buying_online_share": "Adults who buy online\n% of adults",
    "ecommerce_value_nominal_usd": "E-commerce\nUS$ billion, nominal",
}
SHAPES = {"itu": "o", "findex": "s", "e-conomy": "D", "constructed": "v", "ministry": "^"}
NAMES = {
    "itu": "ITU",
    "findex": "Findex",
    "e-conomy": "e-Conomy SEA",
    "constructed": "our own reading",
    "ministry": "ministry",
}
BAND_COLUMNS = ("q05", "q25", "q50", "q75", "q95")
_BILLION = 1e9
_NINETY = 1.645
_YEARS = (2015, 2019, 2023)
_OWN_SCALE = ("adults_buying_online_share",)


def fit(targets: pd.DataFrame, bands: pd.DataFrame) -> Figure:
    """Small multiples: a row an indicator, a column a country.

    `targets` is the table of `calibration.data.targets`; `bands` has indicator, country, year and
    q05, q25, q50, q75, q95 in whole US$ or fractions, for the indicators and years to be shown.
    Later editions of a figure are drawn large, earlier ones small.
    """
    shown = [name for name in TITLES if name in set(bands["indicator"])]
    with house_style():
        figure = Figure(figsize=(12.5, 1.9 + 2.15 * len(shown)))
        grid = figure.subplots(len(shown), len(COUNTRIES), squeeze=False, sharex=True)
        first, last = int(bands["year"].min()), int(bands["year"].max())
        for line, indicator in zip(grid, shown, strict=True):
            for country, axes in zip(COUNTRIES, line, strict=True):
                _bands(axes, _of(bands, indicator, country))
                points = _of(targets, indicator, country)
                _points(axes, points[points["year"].between(first, last)])
                _scale(axes, indicator)
                axes.set_xlim(first - 0.6, last + 0.6)
                axes.xaxis.set_major_locator(FixedLocator(_YEARS))
                if indicator == shown[0]:
                    axes.set_title(COUNTRY_NAMES[country])
            line[0].set_ylabel(TITLES[indicator], fontsize=8.5)
        _key(figure, grid)
        put_text(
            figure,
            "Line: median of the model; dark and light: half and nine tenths of its runs. Points: "
            "published figures with nine tenths of their error. Filled: fitted; hollow: not "
            "fitted (start of the model, or another definition); small: as an earlier edition "
            "had it. e-Conomy SEA counted less before 2020: there the model exceeds its figures "
            "by the estimated undercount. Shoppers and money: own scale in each panel; money: log "
            "scale. "
            f"Last outcome data: {POSTERIOR_ORIGIN}.",
        )
    return figure


def _of(table: pd.DataFrame, indicator: str, country: str) -> pd.DataFrame:
    own = rows_where(table, indicator=indicator, country=country)
    return own.sort_values("year")


def _unit(indicator: str) -> float:
    return 1.0 / _BILLION if indicator.endswith("_usd") else 100.0


def _bands(axes: Axes, bands: pd.DataFrame) -> None:
    if bands.empty:
        return
    unit = _unit(str(bands["indicator"].iloc[0]))
    edge = {name: bands[name] * unit for name in BAND_COLUMNS}
    for low, high, alpha in (("q05", "q95", 0.16), ("q25", "q75", 0.3)):
        axes.fill_between(
            bands["year"], edge[low], edge[high], color=COLOURS[0], alpha=alpha, linewidth=0
        )
    axes.plot(bands["year"], edge["q50"], color=COLOURS[0], linewidth=1.8, label="model", zorder=3)


def _points(axes: Axes, points: pd.DataFrame) -> None:
    latest = points.groupby(["year", "family"])["edition"].transform("max")
    for row in points.assign(old=points["edition"] < latest).to_dict("records"):
        unit, value, error = _unit(row["indicator"]), row["value"], _NINETY * row["error"]
        fitted = row["use"] == "fit"
        if row["old"]:
            axes.plot(row["year"], value * unit, ".", color=FAINT, markersize=4, zorder=4)
            continue
        if row["scale"] == "log":
            ends = value * np.exp([-error, error])
        else:
            ends = expit(logit(value) + np.array([-error, error]))
        colour = DATA if fitted else FAINT
        axes.plot([row["year"]] * 2, ends * unit, color=colour, linewidth=0.9, zorder=4)
        axes.plot(
            row["year"],
            value * unit,
            SHAPES[row["family"]],
            color=colour,
            markerfacecolor=DATA if fitted else "white",
            markersize=4.4,
            label=NAMES[row["family"]],
            zorder=5,
        )


def _scale(axes: Axes, indicator: str) -> None:
    """Users and accounts from 0 to 100; shoppers as far as they go, since KHM has few; logs."""
    if not indicator.endswith("_usd"):
        axes.set_ylim(0, None if indicator in _OWN_SCALE else 100)
        axes.yaxis.set_major_locator(MaxNLocator(4))
        return
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _key(figure: Figure, grid: np.ndarray) -> None:
    """The title, with the key of every shape that is used in any panel."""
    found = {}
    for axes in grid.flat:
        for handle, name in zip(*axes.get_legend_handles_labels(), strict=True):
            if name not in found or handle.get_markerfacecolor() == DATA:
                found[name] = handle
    headline(figure, "Model and published figures", own_key=True)
    order = [name for name in ("model", *NAMES.values()) if name in found]
    figure.legend(
        [found[name] for name in order],
        order,
        loc="upper left",
        bbox_to_anchor=(0.005, 1.0 - 0.31 / figure.get_figheight()),
        ncols=8,
        fontsize=8.5,
        borderaxespad=0.0,
    )
