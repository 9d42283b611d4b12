"""What the data said about each parameter: its prior and its posterior."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from sim.figures.captions import headline, put_text
from sim.figures.style import COLOURS, FAINT, house_style
from sim.target import POSTERIOR_ORIGIN
from sim.units import COUNTRY_NAMES

_EDGE = 0.42  # of a prior band, shown beyond each of its ends
_CONTRACTION, _POSTERIOR = 1.01, 1.11  # columns of words, in widths of the panel


def prior_posterior(table: pd.DataFrame) -> Figure:
    """A line a parameter and country: prior band in grey, posterior in colour.

    Columns: parameter, country (ISO code, or empty for all), prior_low, prior_central, prior_high,
    low, central, high (5, 50 and 95 %), contraction (1 less sd of posterior over prior), unit.
    Parameters have units of their own, so each is drawn in widths of its prior band.
    """
    rows = table.to_dict("records")
    with house_style():
        figure = Figure(figsize=(12.5, 1.7 + 0.27 * len(rows)))
        figure.set_layout_engine("constrained", w_pad=0.15)  # room beside the words at the right
        axes = figure.subplots()
        for height, row in enumerate(rows):
            width = row["prior_high"] - row["prior_low"]

            def place(value: float, low: float = row["prior_low"], wide: float = width) -> float:
                return min(max((value - low) / wide, -_EDGE), 1 + _EDGE)

            axes.plot(
                [0, 1],
                [height] * 2,
                color="#D5D5D5",
                linewidth=7,
                solid_capstyle="butt",
                label="prior",
                zorder=1,
            )
            centre = place(row["prior_central"])
            axes.plot([centre] * 2, [height - 0.3, height + 0.3], color=FAINT, zorder=2)
            ends = [place(row["low"]), place(row["high"])]
            axes.plot(ends, [height] * 2, color=COLOURS[0], linewidth=2.2, zorder=3)
            axes.plot(
                place(row["central"]),
                height,
                "o",
                color=COLOURS[0],
                markersize=5,
                label="posterior",
                zorder=4,
            )
            said = f"{row['central']:.3g} ({row['low']:.3g} to {row['high']:.3g})"
            if row["unit"] != "1":
                said += f" {row['unit']}"
            for x, text in (
                (_CONTRACTION, f"{round(100 * row['contraction'])} %"),
                (_POSTERIOR, said),
            ):
                axes.text(
                    x, height, text, transform=axes.get_yaxis_transform(), va="center", fontsize=8
                )
        for x, text in ((_CONTRACTION, "contraction"), (_POSTERIOR, "median (5 to 95 %)")):
            axes.text(
                x,
                -1.0,
                text,
                transform=axes.get_yaxis_transform(),
                va="center",
                fontsize=8,
                color=FAINT,
            )
        axes.set_yticks(range(len(rows)), [_name(row) for row in rows])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(-_EDGE, 1 + _EDGE)
        axes.set_xticks([0, 1], ["prior, 5 %", "prior, 95 %"])
        axes.grid(False, axis="y")
        axes.grid(True, axis="x")
        headline(figure, "What the data say about each parameter", key=axes)
        put_text(
            figure,
            "Grey: from the 5 to the 95 % point of the prior, with its centre; colour: the same of "
            "the posterior, with its median. Contraction: how much narrower than the prior (sd); "
            "near zero the data say nothing and results rest on the prior. Every line has a unit "
            f"of its own. Last outcome data: {POSTERIOR_ORIGIN}.",
        )
    return figure


def _name(row: dict) -> str:
    country = row["country"]
    name = str(row["parameter"]).replace("_", " ")
    return f"{name}, {COUNTRY_NAMES.get(country, country)}" if country else name
