"""Figures for papers: without title and caption, at a width in millimetres, as PDF and SVG.

A journal sets title and caption itself, so they are handed over as text. A figure is drawn in the
house style at one width and comes out scaled, lines and letters alike: what was readable side by
side stays so, and how small letters become is said.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text

from sim.errors import InputError
from sim.figures.captions import taken_caption, title_of
from sim.figures.style import drawable, house_style, written

WIDTH = 183.0  # mm, two columns of most journals
NARROWEST, WIDEST = 140.0, 400.0  # mm
DRAWN_AT = 10.4  # inches; panels of wider figures move together
GUTTER = 0.12  # inches that a title stays away from the next panel
_MILLIMETRES = 25.4  # in an inch
_POINTS = 72.0
_LINE = 0.16  # inches of a line of a caption
_METADATA = {"CreationDate": None, "Creator": None, "Producer": None}


class PaperFigure(NamedTuple):
    """A figure for a paper: its files by ending, its title and caption, its smallest letters."""

    files: dict[str, bytes]
    title: str
    caption: str
    smallest: float  # points


def check_width(millimetres: float) -> float:
    """A width that a figure for a paper may have. Raises InputError."""
    if NARROWEST <= millimetres <= WIDEST:
        return millimetres
    raise InputError(
        f"a width of {millimetres:g} mm",
        allowed=f"{NARROWEST:g} to {WIDEST:g} mm; narrower, letters of six panels cannot be read",
    )


def for_paper(figure: Figure, millimetres: float = WIDTH) -> PaperFigure:
    """The files of a figure, which loses its title and caption. Raises InputError for a width."""
    check_width(millimetres)
    with house_style(), drawable(figure):
        title, caption = _taken_words(figure)
        _narrowed(figure)
        for axes in figure.axes:
            _fold_title(axes, _room(axes, figure))
        _kept_inside(figure)
        scale = millimetres / _MILLIMETRES / float(figure.get_figwidth())
        smallest = scale * min((float(text.get_fontsize()) for text in _texts(figure)), default=0.0)
        files = {"pdf": _pdf(figure, scale), "svg": _svg(figure, millimetres)}
    return PaperFigure(files, title, caption, smallest)


def _taken_words(figure: Figure) -> tuple[str, str]:
    """Title and caption, which are removed; the key moves up to where the title was."""
    title = title_of(figure)
    height = float(figure.get_figheight()) - _LINE * (1 + figure.get_supxlabel().count("\n"))
    caption = taken_caption(figure)
    figure.set_figheight(height)
    figure.suptitle("\n" if figure.legends else "", fontsize=8)
    for legend in figure.legends:
        legend.set_bbox_to_anchor((0.005, 1.0 - 0.04 / height))
    return title, caption


def _narrowed(figure: Figure) -> None:
    width, height = (float(size) for size in figure.get_size_inches())
    if width > DRAWN_AT:
        fixed = any(axes.get_aspect() != "auto" for axes in figure.axes)
        figure.set_size_inches(DRAWN_AT, height * (DRAWN_AT / width if fixed else 1.0))
    figure.draw_without_rendering()


def _room(axes: Axes, figure: Figure) -> float:
    """Pixels from the left of a panel to the next one on its right, or to the edge."""
    here = axes.get_window_extent()
    others = (each.get_window_extent() for each in figure.axes)
    edges = [box.x0 for box in others if box.x0 > here.x1 and box.y0 < here.y1 and box.y1 > here.y0]
    return float(min(edges, default=figure.bbox.x1) - here.x0 - GUTTER * figure.dpi)


def _fold_title(axes: Axes, room: float) -> None:
    """Breaks the title of a panel where it would reach into the next one."""
    words = axes.get_title("left")
    title = next((text for text in axes.findobj(Text) if words and text.get_text() == words), None)
    if title is None:
        return
    needed = title.get_window_extent().width
    if needed > room:
        title.set_text(textwrap.fill(words, max(1, int(len(words) * room / needed))))


def _kept_inside(figure: Figure) -> None:
    """Moves panels to the right where something of theirs begins left of the page."""
    figure.draw_without_rendering()
    first = figure.get_tightbbox().x0  # inches
    layout = figure.get_layout_engine()
    if first < 0.0 and isinstance(layout, ConstrainedLayoutEngine):
        more = -first / float(figure.get_figwidth()) + 0.005
        layout.set(rect=(more, 0.0, 1.0 - more, 1.0))
        figure.draw_without_rendering()


def _texts(figure: Figure) -> Iterator[Text]:
    """What is written anywhere in a figure."""
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip():
            yield text


def _svg(figure: Figure, millimetres: float) -> bytes:
    """Drawn as always; only the size that it is shown at is another."""
    width, height = (float(size) for size in figure.get_size_inches())
    head, body = written(figure, "svg").decode().split("viewBox", 1)
    head = re.sub(r'(?:width|height)="[^"]*pt"\s*', "", head)
    size = f'width="{millimetres:g}mm" height="{millimetres * height / width:.4g}mm"'
    return f"{head}{size} viewBox{body}".encode()


def _pdf(figure: Figure, scale: float) -> bytes:
    """A page as large as the scaled figure, with its letters as letters of an embedded font."""
    from matplotlib.backends.backend_pdf import Op, PdfFile, RendererPdf  # late: it loads slowly

    dpi, canvas = figure.dpi, figure.canvas
    width, height = (float(size) for size in figure.get_size_inches())
    buffer = io.BytesIO()
    figure.dpi = _POINTS
    try:
        file = PdfFile(buffer, metadata=_METADATA)
        file.newPage(width * scale, height * scale)
        file.output(scale, 0, 0, scale, 0, 0, Op.concat_matrix)
        file.width, file.height = width, height  # what lies outside is not written
        renderer = RendererPdf(file, dpi, height, width)
        figure.draw(renderer)
        renderer.finalize()
        file.finalize()
        file.close()
    finally:
        figure.dpi = dpi
        figure.set_canvas(canvas)
    return buffer.getvalue()
