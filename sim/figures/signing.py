"""When to sign common rules and how fast to implement them: a heat map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from sim.figures.captions import RunsShown, headline, put_caption
from sim.figures.forest import OUTCOMES
from sim.figures.style import TARGET, house_style
from sim.model.indicators import INDICATORS
from sim.target import TARGET_YEAR
from sim.units import quarter_label

INDICATOR = "gmv_region_usd"


class Cell(NamedTuple):
    """An agreement signed in a quarter and carried out over so many years, with its effect.

    `effect` has median, low and high over the baseline's value.
    """

    start: int
    years: float
    effect: tuple[float, float, float]


def signing(cells: Sequence[Cell], runs: RunsShown) -> Figure:
    """Effect in 2030 on `INDICATOR` in the region by date of signing and years of phase-in."""
    starts = sorted({cell.start for cell in cells})
    ramps = sorted({cell.years for cell in cells})
    values = np.full((len(starts), len(ramps), 3), np.nan)
    for cell in cells:
        values[starts.index(cell.start), ramps.index(cell.years)] = 100.0 * np.array(cell.effect)
    with house_style():
        figure = Figure(figsize=(1.9 + 2.1 * len(ramps), 3.1 + 0.95 * len(starts)))
        axes = figure.subplots()
        top = max(float(np.nanmax(np.abs(values[..., 0]))), 1e-9)
        falls = bool(np.nanmin(values[..., 0]) < 0.0)
        image = axes.imshow(
            values[..., 0],
            cmap="RdBu" if falls else "Blues",
            vmin=-top if falls else 0.0,
            vmax=top,
            aspect="auto",
        )
        for row, column in np.ndindex(len(starts), len(ramps)):
            value, low, high = values[row, column]
            if np.isnan(value):
                continue
            dark = abs(value) > 0.6 * top
            several = runs.pairs > 1
            axes.annotate(
                f"{_said(value)} %" + (f"\n({_said(low)} to {_said(high)})" if several else ""),
                (column, row),
                ha="center",
                va="center",
                fontsize=9,
                color="white" if dark else TARGET,
            )
        axes.grid(False)
        axes.set_xticks(range(len(ramps)), [f"{ramp:g}" for ramp in ramps])
        axes.set_yticks(range(len(starts)), [quarter_label(start) for start in starts])
        axes.set_xlabel("years of implementation")
        axes.set_ylabel("quarter of signing")
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.tick_params(length=0)
        figure.colorbar(
            image, ax=axes, label=f"{OUTCOMES[INDICATOR].lower()}, % of the baseline", shrink=0.85
        )
        headline(figure, f"Date of signing and speed of implementation: effect in {TARGET_YEAR}")
        put_caption(
            figure,
            runs,
            f"Change of {INDICATORS[INDICATOR].definition}, five countries, in {TARGET_YEAR}: "
            "median of paired differences (common random numbers). Only what is in effect by the "
            f"end of {TARGET_YEAR} is counted, which understates agreements with a long "
            "implementation period.",
            band="brackets",
        )
    return figure


def _said(value: float) -> str:
    return f"{value:+.1f}" if abs(value) >= 0.1 else f"{value:+.1g}"
