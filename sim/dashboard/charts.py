"""Charts of the page as Vega-Lite: data and a description, drawn by the browser.

A chart a place or mix, as wide as its column: on a telephone they stand below one another. Each
says in words what it shows, for those who hear the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from sim.analysis.comparison.result import Comparison
from sim.figures.captions import place_name
from sim.figures.history import BILLION, gmv_history
from sim.figures.style import COLOURS, DATA, TARGET
from sim.figures.trajectory import look_alike
from sim.rows import rows_where
from sim.target import BASE_YEAR, TARGET_YEAR, trajectory
from sim.units import COUNTRIES, REGION

FIRST_SHOWN = 2018
PLACES = (REGION, *COUNTRIES)
RUN, DOUBLING, OBSERVED = "run", "doubling", "observed"
NOMINAL = "US$ billion, nominal"


def colours_of(names: Sequence[str]) -> dict[str, str]:
    """The colour of each scenario, the baseline first."""
    return {name: COLOURS[at % len(COLOURS)] for at, name in enumerate(names)}


def fan_data(result: Comparison, place: str) -> pd.DataFrame:
    """Rows of every line and band in billions of nominal US$: kind, scenario, year, values."""
    rows: list[tuple[object, ...]] = []
    nominal = rows_where(result.table, measure="nominal_usd", country=place)
    bases = nominal.set_index("scenario")["value_2022"] / BILLION
    base = result.growth(result.baseline, place) * bases[result.baseline]
    for scenario in result.scenarios:
        fan = result.growth(scenario, place) * bases[scenario]
        if scenario in result.paired and look_alike(base, fan):
            continue
        for year, low, middle, high in fan.loc[FIRST_SHOWN:].itertuples():
            rows.append((RUN, scenario, year, middle, low, high))
    for year in range(BASE_YEAR, TARGET_YEAR + 1):
        value = trajectory(float(bases[result.baseline]), year)
        rows.append((DOUBLING, DOUBLING, year, value, value, value))
    known = gmv_history(place).loc[FIRST_SHOWN:] / BILLION
    for year, best, low, high in known[["best", "low", "high"]].itertuples():
        rows.append((OBSERVED, OBSERVED, year, best, low, high))
    return pd.DataFrame(rows, columns=["kind", "scenario", "year", "value", "low", "high"])


def fan_chart(result: Comparison, place: str, rows: pd.DataFrame) -> dict[str, Any]:
    """One place: history, every scenario with its band, the doubling."""
    last = rows_where(rows, kind=RUN, year=TARGET_YEAR)
    says = [
        f"{row['scenario']} {row['value']:.3g} ({row['low']:.3g} to {row['high']:.3g})"
        for row in last.to_dict("records")
    ]
    (doubled,) = rows_where(rows, kind=DOUBLING, year=TARGET_YEAR)["value"]
    words = (
        f"{place_name(place)}: e-commerce by year from {FIRST_SHOWN} to {TARGET_YEAR}, {NOMINAL}. "
        f"In {TARGET_YEAR}: {'; '.join(says)}. A doubling would be {doubled:.3g}."
    )
    layers = [_band(result), *_lines(result), _target(), _points(), _bars()]
    return _chart(words, NOMINAL, ["scenario"], layers)


def difference_chart(
    name: str, colour: str, rows: pd.DataFrame, unit: str = "US$ million of 2022"
) -> dict[str, Any]:
    """One mix: median and band of the difference from the baseline by year, in millions."""
    last = rows.iloc[-1]
    words = (
        f"'{name}': difference from the baseline in online purchases by year, {unit}. In "
        f"{last['year']:.0f}: {last['value']:.3g} ({last['low']:.3g} to {last['high']:.3g})."
    )
    band = {"y": _value("low", unit), "y2": {"field": "high"}}
    layers = [
        {"mark": {"type": "rule", "color": DATA}, "encoding": {"y": {"datum": 0}}},
        {"mark": {"type": "area", "opacity": 0.18, "color": colour}, "encoding": band},
        {
            "mark": {"type": "line", "strokeWidth": 2.5, "point": {"color": colour},
                     "color": colour},
            "encoding": {"y": _value(unit=unit)},
        },
    ]  # fmt: skip
    return _chart(words, unit, [], layers)


def difference_rows(by_year: Mapping[int, Sequence[float]]) -> pd.DataFrame:
    """Low, median and high in US$ by year as rows of a chart, in millions."""
    rows = [(year, *(value / 1e6 for value in values)) for year, values in by_year.items()]
    return pd.DataFrame(rows, columns=["year", "low", "value", "high"])


def _chart(words: str, unit: str, told: list[str], layers: list[dict[str, Any]]) -> dict[str, Any]:
    """One chart with `told` and its values over each year, and `words` for who hears it."""
    values = [{"field": name, "format": ".3~s"} for name in ("value", "low", "high")]
    values[0]["title"] = unit
    return {
        "description": words,
        "height": 200,
        "encoding": {
            "x": {
                "field": "year",
                "type": "quantitative",
                "title": None,
                "scale": {"zero": False, "nice": False},
                "axis": {"format": "d", "tickMinStep": 1, "tickCount": 5, "grid": False},
            },
            "tooltip": [
                *({"field": name} for name in told),
                {"field": "year", "format": "d"},
                *values,
            ],
        },
        "layer": layers,
        "config": {"view": {"stroke": None}},
    }


def _of(kind: str) -> list[dict[str, str]]:
    return [{"filter": f"datum.kind == '{kind}'"}]


def _colour(result: Comparison) -> dict[str, Any]:
    colours = colours_of(result.scenarios)
    scale = {"domain": list(colours), "range": list(colours.values())}
    return {"field": "scenario", "type": "nominal", "scale": scale, "legend": None}


def _value(field: str = "value", unit: str = NOMINAL) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": unit}


def _band(result: Comparison) -> dict[str, Any]:
    return {
        "transform": _of(RUN),
        "mark": {"type": "area", "opacity": 0.18},
        "encoding": {
            "y": _value("low"),
            "y2": {"field": "high"},
            "color": _colour(result),
        },
    }


def _lines(result: Comparison) -> list[dict[str, Any]]:
    """A layer a scenario, thinner each: lines that coincide show as one within the other."""
    return [
        {
            "transform": [*_of(RUN), {"filter": {"field": "scenario", "equal": name}}],
            "mark": {"type": "line", "strokeWidth": max(4.8 - 1.7 * number, 1.4)},
            "encoding": {"y": _value(), "color": _colour(result)},
        }
        for number, name in enumerate(result.scenarios)
    ]


def _target() -> dict[str, Any]:
    return {
        "transform": _of(DOUBLING),
        "mark": {"type": "line", "color": TARGET, "strokeDash": [5, 3], "strokeWidth": 1.6},
        "encoding": {"y": _value()},
    }


def _points() -> dict[str, Any]:
    return {
        "transform": _of(OBSERVED),
        "mark": {"type": "point", "color": DATA, "filled": True, "size": 26},
        "encoding": {"y": _value()},
    }


def _bars() -> dict[str, Any]:
    return {
        "transform": _of(OBSERVED),
        "mark": {"type": "rule", "color": DATA, "opacity": 0.6},
        "encoding": {"y": _value("low"), "y2": {"field": "high"}},
    }


def cost_chart(costs: pd.DataFrame, colours: Mapping[str, str]) -> dict[str, Any]:
    """Bars by lever and mix, US$ million."""
    said = [
        f"{row['mix']}, {row['lever']}: {row['million']:,.0f}" for row in costs.to_dict("records")
    ]
    return {
        "description": f"Public spending by mix and lever, US$ million: {'; '.join(said)}.",
        "mark": {"type": "bar"},
        "encoding": {
            "y": {
                "field": "lever",
                "type": "nominal",
                "title": None,
                "sort": "-x",
                "axis": {"labelLimit": 160},
            },
            "yOffset": {"field": "mix"},
            "x": {
                "field": "million",
                "type": "quantitative",
                "title": "US$ million of 2022, up to 2030",
            },
            "color": {
                "field": "mix",
                "type": "nominal",
                "scale": {"domain": list(colours), "range": list(colours.values())},
                "legend": None,
            },
            "tooltip": [{"field": name} for name in ("mix", "lever", "million")],
        },
        "height": {"step": 18},
    }
