"""Models that nobody holds any longer are freed, so that a study can build thousands."""

from __future__ import annotations

import gc
import tracemalloc
import weakref

import pytest

from sim.model.model import MekongModel
from tests.helpers.models import people_model
from tests.verification.worlds import scenario


def _used(engine: str = "compiled") -> MekongModel:
    """A model that was run, looked at and measured."""
    model = people_model(scenario("2015Q2"), scale=1_000_000, engine=engine, threads=1).run()
    model.indicators()
    assert model.consumers[3].trust > 0.0
    assert len(list(model.agents)) == 5 + 8  # governments and syndicates
    return model


@pytest.mark.parametrize("engine", ["compiled", "objects"])
def test_models_are_freed(engine: str) -> None:
    alive = [weakref.ref(_used(engine)) for _ in range(20)]
    gc.collect()
    assert sum(reference() is not None for reference in alive) == 0


def test_people_and_governments_are_freed_with_their_model() -> None:
    model = _used()
    parts = [weakref.ref(model.people), weakref.ref(model.governments["THA"])]
    del model
    gc.collect()
    assert [part() for part in parts] == [None, None]


def test_twenty_models_leave_nothing_behind() -> None:
    """After the first five, twenty more add less than 100 kB; one holds about 300 kB of tables."""
    for _ in range(5):
        _used()
    gc.collect()
    tracemalloc.start()
    try:
        _used()
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(20):
            _used()
        gc.collect()
        after = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert after - before < 100_000
