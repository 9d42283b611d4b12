"""What governments do to the costs of a quarter: at home, with partners, and with the world."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.agents.firm import REST_OF_WORLD
from sim.model.market.trade_costs import TradeCosts, TradeFacts, wedges
from sim.model.model import MekongModel
from sim.scenario import Scenario
from sim.units import COUNTRIES, quarter_index
from tests.helpers.central import PRIOR_CENTRAL

LATE = quarter_index("2030Q4")
COUNT = len(COUNTRIES)
RULES = "regulatory_harmonization"
AT_ONCE = {"start": "2026Q1", "lag_years": 0.0, "ramp_years": 0.0}
KHM, LAO, MMR, THA, VNM = range(COUNT)
ACTIVE = {
    "payment_cost_cut": 0.2,
    "home_compliance": 0.25,
    "home_simplification": 0.4,
    "quality_cost": 0.3,
    "row_asean_share": 0.2,
    "one_side_share": 0.5,
}


class World:
    """Facts of the last quarter under some levers, as if all were paid for."""

    def __init__(self, levers: dict[str, Any], paths: dict[str, str] | None = None) -> None:
        table = {"title": "Facts", "levers": levers, "paths": paths or {}}
        parameters = PRIOR_CENTRAL.with_overrides(ACTIVE)
        self.model = MekongModel(
            Scenario.from_dict(table, name="facts"), scale=500_000, parameters=parameters
        )
        self.params = self.model.values["THA"]

    def facts(self, **options: Any) -> TradeFacts:
        assert self.model.trade_sector is not None
        return self.model.trade_sector.facts_at(LATE, **options)

    def costs(self) -> TradeCosts:
        return wedges(self.facts(), list(self.model.values.values()), LATE, "flat")


def _agreements(*blocks: tuple[list[str], float]) -> dict[str, Any]:
    return {RULES: [{"pairs": pairs, "level": level, **AT_ONCE} for pairs, level in blocks]}


MIXED = _agreements((["THA-VNM"], 0.8), (["LAO-THA"], 0.3))


def test_without_policies_a_shop_costs_what_it_did() -> None:
    assert (World({}).facts().shop_cost == 1.0).all()
    assert (World(MIXED).facts(agreements=False).shop_cost == 1.0).all()


def test_rules_at_home_become_simpler_once_for_the_largest_agreement() -> None:
    """1 - 0.25 * 0.4 * level * compliance: Thailand and Viet Nam at 0.8, Lao PDR at 0.3."""
    world = World(MIXED)
    kept = world.params["agreement_compliance"]
    wanted = 1.0 - 0.25 * 0.4 * kept * np.array([0.0, 0.3, 0.0, 0.8, 0.8])
    assert world.facts().shop_cost == pytest.approx(wanted, rel=1e-12)


def test_ease_of_payment_and_quality_make_a_shop_cheaper() -> None:
    block = {"countries": ["KHM"], "level": 0.5, **AT_ONCE}
    gain = np.array([0.0, 0.1, -0.2, 0.0, 0.4])
    found = World({"payments_interoperability": [block]}).facts(quality_gain=gain).shop_cost
    wanted = np.exp(-0.3 * gain) * [1.0 - 0.2 * 0.5, 1.0, 1.0, 1.0, 1.0]
    assert found == pytest.approx(wanted, rel=1e-12)


def test_a_run_hands_over_the_quality_of_its_networks() -> None:
    """Mean over people; at the start it is below that of 2022, so that shops cost more."""
    world = World({})
    world.model.step()
    assert world.model.trade_sector is not None
    networks = world.model.networks.values()
    gain = [
        n.urban_share * n.quality_gain()[0] + (1.0 - n.urban_share) * n.quality_gain()[1]
        for n in networks
    ]
    found = world.model.trade_sector.facts.shop_cost
    assert (found > 1.0).all()
    assert found == pytest.approx(np.exp(-0.3 * np.array(gain)), rel=1e-12)


def test_the_fixed_cost_of_selling_abroad_stays() -> None:
    world = World(MIXED)
    world.model.step()
    assert world.model.trade_sector is not None
    market = world.model.trade_sector.market
    with_policy, without = world.facts(), world.facts(agreements=False)
    log_costs = [market._log_fixed_cost(np.zeros(COUNT), facts) for facts in (with_policy, without)]
    fall = log_costs[0] - log_costs[1]
    assert np.diagonal(fall) == pytest.approx(np.log(with_policy.shop_cost))
    assert fall[KHM, THA] == 0.0  # no agreement between them
    assert fall[THA, VNM] < 0.0  # by the distance of rules


# whom an agreement is open to


def _cut(world: World, level: float) -> float:
    return level * world.params["negotiable_distance"] * world.params["agreement_compliance"]


def test_an_agreement_of_the_region_leaves_the_world_out() -> None:
    rules = World(MIXED).facts().rules
    assert (rules[REST_OF_WORLD, :COUNT] == World({}).facts().rules[REST_OF_WORLD, :COUNT]).all()


def test_with_asean_a_part_of_the_world_comes_closer_both_ways() -> None:
    world = World(MIXED, {"agreement_scope": "asean"})
    region, asean = World(MIXED).facts().rules, world.facts().rules
    whole = world.params["reference_distance"]
    for country, level in ((KHM, 0.0), (LAO, 0.3), (THA, 0.8)):
        wanted = whole * (1.0 - 0.2 * _cut(world, level))
        assert asean[country, REST_OF_WORLD] == pytest.approx(wanted, rel=1e-12)
        assert asean[REST_OF_WORLD, country] == pytest.approx(wanted, rel=1e-12)
    assert asean[:COUNT, :COUNT].tobytes() == region[:COUNT, :COUNT].tobytes()


def test_an_open_country_is_closer_to_all_who_sell_there_and_to_nobody_else() -> None:
    world = World(MIXED, {"agreement_scope": "open"})
    region, rules = World(MIXED).facts().rules, world.facts().rules
    whole = world.params["reference_distance"]
    assert rules[REST_OF_WORLD, THA] == pytest.approx(whole * (1.0 - _cut(world, 0.8)))
    assert rules[THA, REST_OF_WORLD] == whole
    alone = World({}).facts().rules
    assert rules[KHM, THA] == pytest.approx(alone[KHM, THA] * (1.0 - _cut(world, 0.8)))
    assert rules[THA, KHM] == region[THA, KHM]
    assert rules[LAO, THA] == pytest.approx(alone[LAO, THA] * (1.0 - _cut(world, 0.8)))
    assert rules[THA, LAO] == region[THA, LAO]


# V35: one side alone


def test_customs_of_one_country_act_on_trade_with_the_world_alone() -> None:
    """V35: Thailand goes paperless, its neighbours do not: half of what both would save."""
    block = {"countries": ["THA"], "level": 1.0, **AT_ONCE}
    alone, before = World({"paperless_customs": [block]}), World({})
    moved, kept = alone.costs(), before.costs()
    assert moved.shifter[:COUNT, :COUNT].tobytes() == kept.shifter[:COUNT, :COUNT].tobytes()
    assert moved.ad_valorem.tobytes() == kept.ad_valorem.tobytes()
    fell = moved.shifter < kept.shifter
    wanted = np.zeros_like(fell)
    wanted[REST_OF_WORLD, THA] = wanted[THA, REST_OF_WORLD] = True
    assert (fell == wanted).all()
    assert alone.facts().paperless[THA, REST_OF_WORLD] == 0.5
    assert before.facts().paperless[THA, REST_OF_WORLD] < 0.5


def test_payment_links_of_one_country_reach_the_world_by_half() -> None:
    block = {"countries": ["VNM"], "level": 0.6, **AT_ONCE}
    linked = World({"payments_interoperability": [block]}).facts().linked
    assert linked[VNM, REST_OF_WORLD] == linked[REST_OF_WORLD, VNM] == pytest.approx(0.3)
    assert (linked[:COUNT, :COUNT] - np.diag(np.diagonal(linked)[:COUNT]) == 0.0).all()
    assert np.count_nonzero(linked[REST_OF_WORLD]) == 1
