"""The drawing of the architecture names every room, in the order in which rooms may import."""

from __future__ import annotations

import re

from tests.helpers.code_checks import CHECKOUT, ROOMS

LOWEST = ("errors", "units", "rng", "resources", "quantile_bands")  # one line, in any order
UNDRAWN = ("_version", "__main__", "alias")


def drawn(page: str) -> list[str]:
    """Names of rooms in the drawing, in their order from the top."""
    text = page.split("```text")[1].split("```")[0]
    words = re.findall(r"^ [a-z ]*?  +([a-z_ ]+)|^ {20,}([a-z_]+)", text, flags=re.MULTILINE)
    names = [name for pair in words for name in " ".join(pair).split()]
    return [name for name in dict.fromkeys(names) if name in ROOMS]


def test_every_room_is_drawn_in_its_order() -> None:
    page = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
    names = drawn(page)
    assert set(names) == set(ROOMS) - set(UNDRAWN)
    upper = [name for name in names if name not in (*LOWEST, "data", "parameters", "target")]
    assert upper == [room for room in ROOMS if room in upper]


def test_a_room_that_is_missing_is_found() -> None:
    assert drawn("```text\n one world               model\n```") == ["model"]
