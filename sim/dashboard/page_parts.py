"""Parts of the page in HTML of its own: style, tables, pictures with their text, a key of colours.

Tables wrap their text and are read by screen readers; Streamlit's own are drawn on a canvas.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLE = """<style>
[data-testid="stMainBlockContainer"] {padding: 3rem 2rem 4rem; max-width: 1200px}
[data-testid="stMainBlockContainer"] h1 {font-size: clamp(1.5rem, 4vw, 2.2rem)}
[data-testid="stMainBlockContainer"] h2 {font-size: 1.4rem}
[data-testid="stCaptionContainer"] {color: inherit; opacity: .8}
[data-testid="stCaptionContainer"] p {color: inherit}
.mekong-table {overflow-x: auto}
.mekong-table table {border-collapse: collapse; width: 100%; font-size: .875rem}
.mekong-table th, .mekong-table td {text-align: left; vertical-align: top; padding: .3rem .6rem;
  border-bottom: 1px solid rgba(128, 128, 128, .35); overflow-wrap: break-word}
.mekong-table caption {text-align: left; font-weight: 600; padding: .3rem 0}
.mekong-table th[scope="row"] {font-weight: 400}
.mekong-key {display: flex; flex-wrap: wrap; gap: 0 1.2rem}
.mekong-picture {max-width: 100%; height: auto; background: white}
:has(> .st-key-quick-answer) {position: sticky; top: 0; z-index: 5}
.st-key-quick-answer {position: sticky; top: 0; z-index: 5; padding: .4rem 0;
  background: var(--secondary-background-color, #f6f6f4);
  border-bottom: 1px solid rgba(128, 128, 128, .4)}
.st-key-quick-answer p {margin: 0 0 .35rem; font-size: .84rem; line-height: 1.35}
.st-key-open-hint {display: none}
@media (max-width: 768px) {
  [data-testid="stMainBlockContainer"] {padding: 3rem 1rem 3rem}
  .st-key-open-hint {display: block}
  .mekong-table th, .mekong-table td {padding: .25rem .35rem; font-size: .8rem}
}
</style>"""


SCREEN_DPI = 110
TURNS = 6  # more than a slot is filled in one run
SHOWN = "shown"  # in the state of a session, once the page has shown what runs say


class Slot:
    """A place whose content of the run before stays, dimmed, until there is something new.

    What follows within one run goes to another place: a browser keeps the parts of a container
    that is filled a second time.
    """

    def __init__(self, key: str) -> None:
        self._place = st.container(key=key)
        self._slots: list[DeltaGenerator] = []
        self._turn = 0

    def container(self) -> DeltaGenerator:
        """The place, emptied, for what is shown from now on."""
        if not self._slots:
            self._slots = [self._place.empty() for _ in range(TURNS)]
        else:
            self._slots[self._turn].empty()
            self._turn = (self._turn + 1) % TURNS
        return self._slots[self._turn].container()


def style() -> None:
    """The style of the page, once a run."""
    st.html(STYLE)


def table(frame: pd.DataFrame, title: str) -> None:
    """A table whose first column names its rows."""
    names = [html.escape(str(name)) for name in frame.columns]
    head = "".join(f'<th scope="col">{name}</th>' if name else "<td></td>" for name in names)
    rows = "".join(
        f'<tr><th scope="row">{html.escape(str(first))}</th>'
        + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in cells)
        + "</tr>"
        for first, *cells in frame.itertuples(index=False)
    )
    st.html(
        f'<div class="mekong-table" tabindex="0" role="region" aria-label="{html.escape(title)}">'
        f"<table><caption>{html.escape(title)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def picture(png: bytes, words: str) -> None:
    """A picture with what it shows in words."""
    data = base64.b64encode(png).decode()
    st.html(
        f'<img class="mekong-picture" src="data:image/png;base64,{data}" '
        f'alt="{html.escape(words)}">'
    )


def shown_figure(figure: Figure) -> None:
    """A figure of the house as a picture, with its titles in words."""
    from sim.figures.style import written  # late, since it loads Matplotlib

    picture(written(figure, "png", SCREEN_DPI), described(figure))


def described(figure: Figure) -> str:
    """What a picture of the house shows: its title and the titles of its panels."""
    from sim.figures.captions import title_of

    panels = [axes.get_title(loc) for axes in figure.axes for loc in ("left", "center")]
    shown = "; ".join(" ".join(title.split()) for title in panels if title.strip())
    title = title_of(figure)
    return f"{title}. Panels: {shown}." if shown else f"{title}."


def key_of(colours: Mapping[str, str], others: Sequence[str] = ()) -> None:
    """The colours of a row of charts."""
    names = "".join(
        f'<span><b aria-hidden="true" style="color:{colour}">\u25a0</b> {html.escape(name)}</span>'
        for name, colour in colours.items()
    )
    said = "".join(f"<span>{html.escape(other)}</span>" for other in others)
    st.html(f'<div class="mekong-key">{names}{said}</div>')
