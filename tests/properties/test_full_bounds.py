"""A few worlds with all parameters anywhere in their bounds; 500 by `-m tests.properties...`."""

from __future__ import annotations

import os

import pytest

from tests.properties.full_bounds import make_coarse, outcome

WORLDS = int(os.environ.get("MEKONG_RANDOM_WORLDS", "8"))


@pytest.fixture(autouse=True)
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    make_coarse(monkeypatch)


@pytest.mark.parametrize("number", range(WORLDS))
def test_a_world_is_sane_or_refused_in_words(number: int) -> None:
    """`outcome` raises for NaN, negative sums, warnings, tracebacks and refusals without words."""
    as_drawn = outcome(number, moved=False)
    found = outcome(number, moved=True) if as_drawn.startswith("refused") else as_drawn
    assert found == "sane" or found.startswith("stopped")
