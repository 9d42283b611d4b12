"""Figures as SVG inside a page, and tables as links that contain their file."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from html import escape

import pandas as pd
from matplotlib.figure import Figure

from sim.analysis.tables import as_csv
from sim.figures.captions import title_of
from sim.figures.style import written

PAPER_PIXELS, WIDEST_ON_PAPER = 96.0, 600.0  # pixels of an inch; across a page with margins
Drawn = Callable[[Figure, str], str]  # a figure and its name as an element of a page


def inline_svg(figure: Figure, name: str) -> str:
    """The figure as an `<svg>` element whose identifiers begin with `name`.

    Text stays text; nothing refers outside the element.
    """
    text = written(figure, "svg", figure.dpi).decode()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<style[^>]*>.*?</style>", "", text, flags=re.DOTALL)  # would leave the figure
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = _named_once(text, name)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", text)
    text = re.sub(r'xlink:href="#([^"]+)"', rf'href="#{name}-\1"', text)
    title = escape(title_of(figure))
    head, body = text.split(">", 1)
    view = re.search(r'viewBox="[^"]+"', head)
    start = f'<svg {view[0] if view else ""} role="img" aria-label="{title}">'
    return start + body.rstrip()


def png_image(figure: Figure, name: str) -> str:
    """The figure as an `<img>` element, for programs that do not read SVG."""
    data = base64.b64encode(written(figure, "png")).decode("ascii")
    title = escape(title_of(figure))
    wide = min(float(figure.get_figwidth()) * PAPER_PIXELS, WIDEST_ON_PAPER)
    return f'<img id="{name}" alt="{title}" width="{wide:.0f}" src="data:image/png;base64,{data}">'


def _named_once(text: str, name: str) -> str:
    """Identifiers with a name before them; one that Matplotlib repeats stays with the first."""
    seen: set[str] = set()

    def first(found: re.Match[str]) -> str:
        if found[1] in seen:
            return ""
        seen.add(found[1])
        return f' id="{name}-{found[1]}"'

    return re.sub(r'\sid="([^"]+)"', first, text)


def csv_link(name: str, table: pd.DataFrame) -> str:
    """Address (a data URI) that holds the whole table as a file."""
    text = as_csv(table).encode("utf-8")
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(text).decode("ascii")
