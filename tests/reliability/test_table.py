"""The table of bad inputs is as long as the page says, and lists nothing twice."""

from __future__ import annotations

from pathlib import Path

from tests.reliability.table import as_markdown, entries

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
FEWEST = 400


def test_the_table_is_long_and_lists_nothing_twice() -> None:
    every = entries()
    assert len(set(every)) == len(every) >= FEWEST
    assert all(entry.status in (1, 2, 3) for entry in every)


def test_the_page_has_its_counts() -> None:
    assert as_markdown() in PAGE.read_text(encoding="utf-8")
