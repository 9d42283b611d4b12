"""V20: with every hazard at zero nobody changes in 64 quarters, to the last bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.agents.consumer import CONSUMER
from sim.data.load import load_countries
from sim.model.model import MekongModel
from tests.helpers.central import PRIOR_CENTRAL
from tests.verification.worlds import STILL, scenario

STATE = [name for name in CONSUMER.names or () if name != "spending"]


def _state(model: MekongModel) -> bytes:
    return b"".join(model.people.rows[name].tobytes() for name in STATE)


def _model(changes: dict[str, float]) -> MekongModel:
    """Five countries with a few shoppers, no hazards and incomes that never grow."""
    parameters = PRIOR_CENTRAL.with_overrides(
        {**STILL, "start_shopper_share": 0.05, "start_habit": 1.0, **changes}
    )
    still = {
        iso: replace(
            country,
            gdp_per_head=np.full_like(country.gdp_per_head, country.gdp_per_head[0]),
            consumption_share=np.full_like(country.consumption_share, 0.6),
        )
        for iso, country in load_countries().items()
    }
    return MekongModel(
        scenario(), scale=10_000, parameters=parameters, countries=still, threads=1, market=False
    )


@pytest.mark.parametrize("trust_recovery", [0.0, 0.5])
def test_nobody_changes(trust_recovery: float) -> None:
    model = _model({"trust_recovery": trust_recovery})
    start = _state(model)
    model.step()
    first = model.people.rows.tobytes()
    assert _state(model) == start
    assert model.people.rows["shopper"].any()
    model.run()
    assert model.quarter == "2030Q4"
    assert model.people.rows.tobytes() == first


@pytest.mark.parametrize(
    "change",
    [
        {"connection_hazard": 0.1},
        {"disconnection_hazard": 0.1},
        {"account_hazard": 0.1},
        {"innovation": 0.01},
        {"shopper_lapse": 0.1},
        {"scam_hazard": 0.1},
        {"trust_gain": 0.1},
        {"skill_drift": 0.1},
        {"skill_decay": 0.1},
        {"learning_by_doing": 0.1},
        {"start_habit": 0.5},
    ],
)
def test_each_hazard_alone_changes_somebody(change: dict[str, float]) -> None:
    model = _model(change)
    start = _state(model)
    model.step()
    model.step()
    assert _state(model) != start
