"""The README stays short: what it leaves out is on the pages that it links to."""

from __future__ import annotations

from tests.helpers.code_checks import CHECKOUT
from tests.helpers.readme_blocks import blocks

MOST_LINES = 150
ONE_SCREEN = 36


def too_long(text: str, most: int) -> bool:
    """Whether a text has more lines than allowed."""
    return len(text.splitlines()) > most


def test_the_readme_is_short() -> None:
    assert not too_long((CHECKOUT / "README.md").read_text(encoding="utf-8"), MOST_LINES)


def test_the_first_screen_says_how_to_run_it() -> None:
    lines = (CHECKOUT / "README.md").read_text(encoding="utf-8").splitlines()
    screen = "\n".join(lines[:ONE_SCREEN]) + "\n"
    assert "**Question.**" in screen and "**Answer with this version.**" in screen
    assert {"set-up-main-job", "main-job"} <= set(blocks(screen))


def test_a_long_text_is_found() -> None:
    assert too_long("line\n" * (MOST_LINES + 1), MOST_LINES)
    assert not too_long("line\n" * MOST_LINES, MOST_LINES)
