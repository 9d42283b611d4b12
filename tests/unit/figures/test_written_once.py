"""A figure is drawn once for each format, and comes out as `savefig` would write it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from matplotlib.figure import Figure

from sim.figures.captions import headline
from sim.figures.style import PNG_DPI, drawable, house_style, written

METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
}


def drawn() -> Figure:
    with house_style():
        figure = Figure(figsize=(5.0, 3.0))
        first, second = figure.subplots(1, 2)
        first.plot([1.0, 2.0, 4.0], label="a line")
        second.set_ylabel("a long label of an axis\nin two lines")
        headline(figure, "A title", key=first)
        figure.supxlabel("words below")
    return figure


def saved(figure: Figure, form: str) -> bytes:
    buffer = io.BytesIO()
    with house_style(), drawable(figure):
        figure.savefig(buffer, format=form, dpi=PNG_DPI, metadata=METADATA[form])
    return buffer.getvalue()


def test_the_bytes_are_those_of_savefig() -> None:
    one, other = drawn(), drawn()
    canvas, dpi = other.canvas, other.dpi
    for form in METADATA:
        assert written(other, form) == saved(one, form)
        assert (other.canvas, other.dpi) == (canvas, dpi)


def test_it_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = []
    draw = Figure.draw
    monkeypatch.setattr(Figure, "draw", lambda self, to: (draws.append(1), draw(self, to))[1])
    written(drawn(), "svg")
    written(drawn(), "png")
    assert len(draws) == 2
