"""House style: colours that colour-blind readers can tell apart, direct labels, units on axes.

No global state of matplotlib is touched: settings apply inside `house_style()` only, and figures
are made from `matplotlib.figure.Figure`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from sim.experiments.writing import write_bytes

# Okabe and Ito's palette, strongest first; black and grey are kept for data and target.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
# The same for letters: dark enough to be read on white.
INK = dict(
    zip(COLOURS, ("#0066A0", "#B84F00", "#007A59", "#A34E80", "#946600", "#1F75AD"), strict=True)
)
DATA = "#4D4D4D"
TARGET = "#000000"
FAINT = "#8C8C8C"
PNG_DPI = 200

SETTINGS: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Arial", "Helvetica"],
    "font.size": 9.0,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#E5E5E5",
    "grid.linewidth": 0.7,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
    "svg.fonttype": "none",
    "svg.hashsalt": "mekong",
    "savefig.facecolor": "white",
}


@contextmanager
def house_style() -> Iterator[None]:
    """The settings of the house, for what is drawn inside."""
    with mpl.rc_context(SETTINGS):
        yield


def save(figure: Figure, stem: Path) -> tuple[Path, Path]:
    """Write `stem`.png (200 dpi) and `stem`.svg (text stays text). Raises OutputError."""
    png, svg = stem.with_suffix(".png"), stem.with_suffix(".svg")
    with house_style():
        for path, form, metadata in (
            (png, "png", {"Software": None}),
            (svg, "svg", {"Date": None, "Creator": None}),
        ):
            buffer = io.BytesIO()
            figure.savefig(buffer, format=form, dpi=PNG_DPI, metadata=metadata)
            write_bytes(path, buffer.getvalue())
    return png, svg
