"""House style: colours that colour-blind readers can tell apart, direct labels, units on axes.

No global state of matplotlib is touched: settings apply inside `house_style()` only, and figures
are made from `matplotlib.figure.Figure`.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, fontManager, get_font
from matplotlib.text import Text

from sim.experiments.storage.atomic_write import write_bytes

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
    "text.parse_math": False,  # what people write is text, `$` too
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "mekong",
    "savefig.facecolor": "white",
}


@contextmanager
def house_style() -> Iterator[None]:
    """The settings of the house, for what is drawn inside; a `matplotlibrc` changes nothing."""
    with mpl.rc_context():
        mpl.rcdefaults()  # all but the backend
        mpl.rcParams.update(SETTINGS)
        yield


@contextmanager
def drawable(figure: Figure) -> Iterator[None]:
    """While a figure is written: letters that the house font lacks come from one that is there.

    Texts within the house font are left alone, so that their bytes are the same on every machine.
    Where no installed font has a letter a box is drawn, without a warning.
    """
    house = get_font(findfont("DejaVu Sans")).get_charmap()
    lacking = [text for text in figure.findobj(Text) if _letters(text) - house.keys()]
    if lacking:
        others = _fonts_with(set().union(*(_letters(text) for text in lacking)) - house.keys())
        for text in lacking:
            text.set_fontfamily(["DejaVu Sans", *others])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        warnings.filterwarnings("ignore", message="Matplotlib currently does not support")
        yield


def _letters(text: Text) -> set[int]:
    return {ord(one) for one in text.get_text() if one.isprintable()}


def _fonts_with(wanted: set[int]) -> list[str]:
    """Names of installed fonts that have the wanted letters between them, in alphabetical order."""
    found: list[str] = []
    for entry in sorted(fontManager.ttflist, key=lambda one: (one.name, one.fname)):
        if not wanted:
            break
        try:
            there = wanted & get_font(entry.fname).get_charmap().keys()
        except (OSError, RuntimeError):
            continue
        if there and entry.name not in found:
            found.append(entry.name)
            wanted = wanted - there
    return found


def written(figure: Figure, form: str, dpi: float = PNG_DPI) -> bytes:
    """The figure as "png" or "svg", drawn once; `savefig` gives the same bytes and draws it twice.

    Text of an SVG stays text.
    """
    own, canvas = figure.dpi, figure.canvas
    buffer = io.BytesIO()
    with house_style(), drawable(figure):
        figure.dpi = dpi
        try:
            if form == "svg":
                FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})
            else:
                FigureCanvasAgg(figure).print_png(buffer, metadata={"Software": None})
        finally:
            figure.dpi = own
            figure.set_canvas(canvas)
    return buffer.getvalue()


def save(figure: Figure, stem: Path) -> tuple[Path, Path]:
    """Write `stem`.png (200 dpi) and `stem`.svg. Raises OutputError."""
    png, svg = stem.with_suffix(".png"), stem.with_suffix(".svg")
    write_bytes(png, written(figure, "png"))
    engine = figure.get_layout_engine()
    figure.set_layout_engine("none")  # it is laid out by now
    write_bytes(svg, written(figure, "svg"))
    figure.set_layout_engine(engine)
    return png, svg
