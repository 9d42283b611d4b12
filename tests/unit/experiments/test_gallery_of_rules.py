"""The ten shipped rules: short, listed, copied by `mekong new`, and with the effect they claim."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputError
from sim.experiments.own_rules.gallery import about_rule, shipped_rule, shipped_rules
from sim.experiments.own_rules.loading import load_rules
from sim.experiments.own_rules.template import new_rule
from sim.model.rules import own_indicators
from sim.scenario import Scenario
from tests.conftest import CHECKOUT
from tests.helpers.models import people_model

# What each raises (+1) or lowers (-1), added up over the quarters.
CLAIMS = {
    "boycott": ("gmv_real_usd", -1),
    "credit": ("gmv_real_usd", 1),
    "delivery_days": ("shoppers", -1),
    "fear": ("shoppers", -1),
    "influencers": ("shoppers", 1),
    "learning_by_neighbours": ("skill", 1),
    "live_commerce": ("gmv_real_usd", 1),
    "loyalty": ("lapsed_shoppers", -1),
    "remittances": ("gmv_real_usd", 1),
    "seller_ratings": ("victims", -1),
}
MOST_LINES = 30


def told(name: str) -> dict[str, list[float]]:
    """Series of two years with many scams, under a shipped rule or (no name) the usual one."""
    table = {
        "title": "Many scams",
        "horizon": {"end": "2016Q4"},
        "parameters": {"scam_hazard": 0.2, "start_shopper_share": 0.2},
    }
    scenario = Scenario.from_dict(table, name="many")
    rules = load_rules(name) if name else None
    model = people_model(scenario, scale=500_000, engine="objects", rules=rules)
    return model.run().collected()


@cache
def usual() -> dict[str, list[float]]:
    return told("")


@pytest.mark.parametrize("name", CLAIMS)
def test_a_rule_does_what_it_says(name: str) -> None:
    indicator, sign = CLAIMS[name]
    mine = told(name)
    assert np.sign(sum(mine[indicator]) - sum(usual()[indicator])) == sign
    for own in own_indicators(load_rules(name)):
        assert mine[own][-1] > 0.0


def test_every_rule_is_short_listed_and_on_the_page() -> None:
    page = (CHECKOUT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert set(shipped_rules()) == set(CLAIMS)
    for name, about in shipped_rules().items():
        file = shipped_rule(name)
        assert file is not None
        assert len(file.read_text(encoding="utf-8").splitlines()) < MOST_LINES
        assert f"/rules/{name}.py" in page and f"/rules/{name}.png" in page
        assert about.endswith(".") and about == about_rule(file)


def test_a_rule_is_copied_to_be_changed(tmp_path: Path) -> None:
    path = new_rule(tmp_path / "mine", start_from="fear")
    kept = shipped_rule("fear")
    assert kept is not None and path.read_text() == kept.read_text()
    with pytest.raises(InputError, match="no rule 'feer'"):
        new_rule(tmp_path / "other", start_from="feer")
