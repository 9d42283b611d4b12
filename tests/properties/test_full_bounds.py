"""A few worlds with all parameters anywhere in their bounds; 500 by `-m tests.properties...`."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.properties.full_bounds import Coarse, outcome

WORLDS = int(os.environ.get("MEKONG_RANDOM_WORLDS", "8"))


@pytest.fixture(autouse=True)
def coarse() -> Iterator[None]:
    with Coarse():
        yield


@pytest.mark.parametrize("number", range(WORLDS))
def test_a_world_is_sane_or_refused_in_words(number: int) -> None:
    """`outcome` raises for NaN, negative sums, warnings, tracebacks and refusals without words."""
    as_drawn = outcome(number, moved=False)
    found = outcome(number, moved=True) if as_drawn.startswith("refused") else as_drawn
    assert found == "sane" or found.startswith("stopped")
