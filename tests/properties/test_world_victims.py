"""I10: with more enforcement at home nobody is cheated who was not cheated with less, in one step.

Two runs share every shock and are the same until the quarter in which one of them begins to block
scams. In that quarter the victims of the stricter country are a subset; everybody else's are the
same people. Numbers of victims are not compared later on: more trust makes more shoppers.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.model.model import MekongModel
from sim.policy.levers import LEVERS
from tests.policy_signs.trial import EFFECTS, RICH, Levers, at, block, national, trial

FIRST = "2021Q1"
MANY = {"scam_hazard": 15.0}  # so that there are many to compare
SCALE = 20_000


def _until(levers: Levers | None, parameters: Mapping[str, float], seed: int) -> MekongModel:
    """A run up to the first quarter in which the programme is on, with that quarter."""
    model = trial(levers, parameters, end="2022Q4", seed=seed, market=False, scale=SCALE)
    for _ in range(at(FIRST) + 1):
        model.step()
    return model


def _victims(model: MekongModel, iso: str) -> NDArray[np.bool_]:
    place = list(model.countries).index(iso)
    first, size = model.people.places.first[place], model.people.places.size[place]
    return np.asarray(model.people.rows["victim"][first : first + size])


def _now(name: str, level: float, places: list[str]) -> Levers:
    return block(name, level, places, FIRST, lag_years=0, ramp_years=0)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("level", [0.1, 0.5, 2.0, 5.0])
def test_victims_with_more_enforcement_are_a_subset(level: float, seed: int) -> None:
    parameters = {**RICH, **MANY}
    plain = _until(None, parameters, seed)
    strict = _until(_now("anti_scam_enforcement", level, ["THA"]), parameters, seed)
    before, after = _victims(plain, "THA"), _victims(strict, "THA")
    assert before.sum() > 100
    assert not (after & ~before).any()
    assert after.sum() < before.sum()
    for iso in ("KHM", "LAO", "MMR", "VNM"):
        assert (_victims(plain, iso) == _victims(strict, iso)).all()


def test_victims_are_nested_from_level_to_level() -> None:
    parameters = {**RICH, **MANY}
    before = _victims(_until(None, parameters, 1), "VNM")
    for level in (0.2, 0.4, 0.8, 1.6, 3.2):
        model = _until(_now("anti_scam_enforcement", level, ["VNM"]), parameters, 1)
        after = _victims(model, "VNM")
        assert not (after & ~before).any()
        before = after


def test_rules_for_artificial_intelligence_nest_victims_too() -> None:
    parameters = {**RICH, **MANY, **EFFECTS}
    before = _victims(_until(None, parameters, 1), "THA")
    after = _victims(_until(_now("ai_governance", 1.0, ["THA"]), parameters, 1), "THA")
    assert not (after & ~before).any()
    assert after.sum() < before.sum()


@pytest.mark.parametrize("name", LEVERS)
def test_no_lever_makes_new_victims_in_its_first_quarter(name: str) -> None:
    """Whatever else it does, the victims of its first quarter were victims without it.

    Except those who begin to buy at once, as cheaper delivery and higher incomes make some do:
    shops expose them.
    """
    parameters = {**RICH, **MANY, **EFFECTS}
    before = _until(None, parameters, 1).people.rows
    levers = block(name, start=FIRST, lag_years=0, ramp_years=0)
    after = _until(levers, parameters, 1).people.rows
    began = after["shopper"] & ~before["shopper"]
    assert not (after["victim"] & ~before["victim"] & ~began).any()
    if name not in ("delivery_networks", "remittance_links"):
        assert not began.any()


@pytest.mark.parametrize("level", [0.5, 2.0])
def test_i9_the_host_itself_has_no_more_capital_in_one_step(level: float) -> None:
    """In the quarter in which raids begin, on the same state; the others may gain."""
    parameters = {**RICH, **MANY}
    plain = _until(None, parameters, 1)
    strict = _until(_now("anti_scam_enforcement", level, ["KHM"]), parameters, 1)
    before, after = (national(model, "syndicate_capital")[-1] for model in (plain, strict))
    assert after[0] < before[0]
    assert (after[1:] >= before[1:]).all()
    moved = national(strict, "syndicate_arrived")[-1].sum()
    assert moved == pytest.approx(national(strict, "syndicate_left")[-1].sum(), rel=1e-12)
