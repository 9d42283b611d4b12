"""Pictures that are written without being drawn, for tests that are not about pictures."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

EMPTY = {"png": b"\x89PNG\r\n\x1a\n", "svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>'}


def without_pictures(patch: pytest.MonkeyPatch) -> None:
    """Until it is undone every picture is an empty file: drawing takes most of such a test."""

    def written(figure: Figure, form: str, dpi: float = 0.0) -> bytes:
        return EMPTY[form]

    patch.setattr("sim.figures.style.written", written)
