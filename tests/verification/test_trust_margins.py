"""V34: what is known of scams moves purchases through three margins of trust, and no other."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.model import MekongModel
from sim.scenario import Scenario
from tests.helpers.central import PRIOR_CENTRAL

NO_MARGIN = {"shopper_lapse": 0.0, "trust_in_starting": 0.0, "trust_in_spending": 0.0}
ENFORCEMENT = {
    "anti_scam_enforcement": [
        {"countries": "all", "level": 2.0, "start": "2018Q1", "lag_years": 0.0}
    ]
}
PURCHASES = ("gmv_real_usd", "shoppers", "new_shoppers", "lapsed_shoppers")


def _sums(
    values: dict[str, float], levers: dict[str, object], **table: object
) -> dict[str, np.ndarray]:
    scenario = Scenario.from_dict({"title": "T", "levers": levers, **table}, name="t")
    rich = {"digital_budget_share": 0.2}
    parameters = PRIOR_CENTRAL.with_overrides(rich | values)
    model = MekongModel(scenario, scale=100_000, parameters=parameters, market=False)
    return model.run().series().sums


def test_without_the_margins_enforcement_moves_no_purchase() -> None:
    without, policy = _sums(NO_MARGIN, {}), _sums(NO_MARGIN, ENFORCEMENT)
    for name in PURCHASES:
        assert np.array_equal(without[name], policy[name]), name
    assert policy["scam_losses_usd"].sum() < without["scam_losses_usd"].sum()


@pytest.mark.parametrize("margin", ["trust_in_lapse", "trust_in_starting", "trust_in_spending"])
def test_each_margin_alone_moves_purchases_and_its_channel_stops_it(margin: str) -> None:
    margins = dict.fromkeys(("trust_in_lapse", "trust_in_starting", "trust_in_spending"), 0.0)
    alone = margins | {margin: 1.0, "victim_shopping_drop": 0.09}
    without, policy = _sums(alone, {}), _sums(alone, ENFORCEMENT)
    assert policy["gmv_real_usd"].sum() > without["gmv_real_usd"].sum()
    off = {margin: False}
    without, policy = _sums(alone, {}, channels=off), _sums(alone, ENFORCEMENT, channels=off)
    for name in PURCHASES:
        assert np.array_equal(without[name], policy[name]), name
