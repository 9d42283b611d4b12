"""Charts of the page as Vega-Lite: data and a description, drawn by the browser."""

from __future__ import annotations

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
MILLION = 1e6
PLACES = (REGION, *COUNTRIES)
RUN, DOUBLING, OBSERVED = "run", "doubling", "observed"


def fan_data(result: Comparison) -> pd.DataFrame:
    """Rows of every line and band in billions of nominal US$: place, kind, scenario, year, ..."""
    rows: list[tuple[object, ...]] = []
    nominal = rows_where(result.table, measure="nominal_usd")
    bases = nominal.set_index(["scenario", "country"])["value_2022"] / BILLION
    for place in PLACES:
        title = place_name(place)
        base = result.growth(result.baseline, place) * bases[result.baseline, place]
        for scenario in result.scenarios:
            fan = result.growth(scenario, place) * bases[scenario, place]
            if scenario in result.paired and look_alike(base, fan):
                continue
            for year, low, middle, high in fan.loc[FIRST_SHOWN:].itertuples():
                rows.append((title, RUN, scenario, year, middle, low, high))
        for year in range(BASE_YEAR, TARGET_YEAR + 1):
            value = trajectory(float(bases[result.baseline, place]), year)
            rows.append((title, DOUBLING, DOUBLING, year, value, value, value))
        known = gmv_history(place).loc[FIRST_SHOWN:] / BILLION
        for year, best, low, high in known[["best", "low", "high"]].itertuples():
            rows.append((title, OBSERVED, OBSERVED, year, best, low, high))
    columns = ["place", "kind", "scenario", "year", "value", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def fan_chart(result: Comparison) -> dict[str, Any]:
    """Six panels: history, every scenario with its band, the doubling."""
    panels = [place_name(place) for place in PLACES]
    layers = [_band(result), *_lines(result), _target(), _points(), _bars()]
    return _panels("place", panels, 170, "US$ billion, nominal", ["scenario"], layers)


def _panels(
    field: str,
    names: list[str],
    height: int,
    unit: str,
    told: list[str],
    layers: list[dict[str, Any]],
) -> dict[str, Any]:
    """A panel for each value of a field, on a scale of its own; `told` is shown over the years."""
    values = [{"field": name, "format": ".3~s"} for name in ("value", "low", "high")]
    values[0]["title"] = unit
    return {
        "facet": {
            "field": field,
            "type": "nominal",
            "title": None,
            "sort": names,
            "header": {"labelFontSize": 14, "labelFontWeight": "bold", "labelAnchor": "start"},
        },
        "columns": 3,
        "resolve": {"scale": {"y": "independent"}, "axis": {"x": "independent"}},
        "spec": {
            "width": 200,
            "height": height,
            "encoding": {
                "x": {
                    "field": "year",
                    "type": "quantitative",
                    "title": None,
                    "scale": {"zero": False, "nice": False},
                    "axis": {"format": "d", "tickCount": 5, "grid": False},
                },
                "tooltip": [
                    *({"field": name} for name in told),
                    {"field": "year", "format": "d"},
                    *values,
                ],
            },
            "layer": layers,
        },
        "config": {"view": {"stroke": None}},
    }


def difference_data(result: Comparison) -> pd.DataFrame:
    """Rows by mix and year: paired differences of the five countries, US$ million of 2022."""
    found = {name: result.difference(name) / MILLION for name in result.paired}
    table = pd.concat(found, names=["mix", "year"]).reset_index()
    return table.rename(columns={"median": "value"})


def difference_chart(result: Comparison) -> dict[str, Any]:
    """A panel a mix, on its own scale: median and band of the difference by year."""
    names = list(result.paired)
    places = [list(result.scenarios).index(name) % len(COLOURS) for name in names]
    unit = "US$ million of 2022"
    colour = {
        "field": "mix",
        "type": "nominal",
        "scale": {"domain": names, "range": [COLOURS[place] for place in places]},
        "legend": None,
    }
    band = {"y": _value("low", unit), "y2": {"field": "high"}, "color": colour}
    line = {"y": _value(unit=unit), "color": colour}
    layers = [
        {"mark": {"type": "area", "opacity": 0.18}, "encoding": band},
        {"mark": {"type": "line", "strokeWidth": 2.5, "point": True}, "encoding": line},
    ]
    return _panels("mix", names, 150, unit, ["mix"], layers)


def _of(kind: str) -> list[dict[str, str]]:
    return [{"filter": f"datum.kind == '{kind}'"}]


def _colour(result: Comparison) -> dict[str, Any]:
    names = list(result.scenarios)
    scale = {"domain": names, "range": list(COLOURS[: len(names)])}
    legend = {"orient": "top", "title": None, "symbolType": "square", "symbolOpacity": 1.0}
    return {"field": "scenario", "type": "nominal", "scale": scale, "legend": legend}


def _value(field: str = "value", unit: str = "US$ billion, nominal") -> dict[str, Any]:
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


def cost_chart(costs: pd.DataFrame, colours: dict[str, str]) -> dict[str, Any]:
    """Bars by lever and mix, US$ million."""
    return {
        "mark": {"type": "bar"},
        "encoding": {
            "y": {
                "field": "lever",
                "type": "nominal",
                "title": None,
                "sort": "-x",
                "axis": {"labelLimit": 320},
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
                "legend": {"orient": "top", "title": None},
            },
            "tooltip": [{"field": name} for name in ("mix", "lever", "million")],
        },
        "height": {"step": 18},
    }
