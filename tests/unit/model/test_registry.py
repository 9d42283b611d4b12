"""The registry of indicators against what a run hands out."""

from __future__ import annotations

from sim.model.indicators import INDICATORS
from sim.model.model import MekongModel


def test_every_indicator_comes_out_of_a_run() -> None:
    """What the registry lists, somebody counts: a record alone would be missing in silence."""
    model = MekongModel("baseline", scale=500_000, firm_rows=50)
    model.step()
    assert sorted({*INDICATORS} - {*model.indicators()["indicator"].unique()}) == []
