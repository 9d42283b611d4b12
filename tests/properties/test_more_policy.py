"""One thing better, all else equal and with the same luck: nobody is worse off in the next step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.model import MekongModel
from sim.units import FIRST_QUARTER, quarter_label
from tests.properties.random_worlds import World, examples, worlds

AMPLE = {"digital_budget_share": 0.2, "enforcement_unit_cost": 0.0001}


def _from(quarter: int, level: float) -> list[dict[str, Any]]:
    start = quarter_label(FIRST_QUARTER + quarter)
    block = {"countries": "all", "level": level, "start": start}
    return [{**block, "lag_years": 0.0, "ramp_years": 0.0}]


def _one_step(world: World, lever: str, level: float, when: int) -> tuple[MekongModel, MekongModel]:
    """With and without a lever that begins in quarter `when`, after that very quarter."""
    with_it = world.model({lever: _from(when, level)}, AMPLE)
    without = world.model({}, AMPLE)
    for _ in range(when):
        with_it.step()
        without.step()
    assert with_it.people.rows.tobytes() == without.people.rows.tobytes()
    with_it.step()
    without.step()
    return with_it, without


@examples(25)
@given(worlds(quarters=6), st.sampled_from([0.1, 1.0, 5.0]), st.integers(0, 5))
def test_more_enforcement_cheats_nobody_else(world: World, level: float, when: int) -> None:
    """I10: the victims of one quarter are among those of the same quarter without it."""
    with_it, without = _one_step(world, "anti_scam_enforcement", level, when)
    assert not (with_it.people.rows["victim"] & ~without.people.rows["victim"]).any()


@examples(25)
@given(worlds(quarters=6), st.sampled_from([0.1, 5.0, 200.0]), st.integers(0, 5))
def test_more_broadband_disconnects_nobody(world: World, level: float, when: int) -> None:
    """I14: coverage is nowhere lower, and who is connected without it is connected with it."""
    with_it, without = _one_step(world, "broadband_investment", level, when)
    assert not (without.people.rows["connected"] & ~with_it.people.rows["connected"]).any()
    covered = with_it.series().sums["covered"] - without.series().sums["covered"]
    assert (covered >= 0.0).all()


@examples(20)
@given(worlds(quarters=12))
def test_broadband_connects_for_good_where_nobody_drops_out(world: World) -> None:
    """I14 over three years: nested throughout once nobody leaves."""
    stay = {**AMPLE, "disconnection_hazard": 0.0}
    with_it = world.model({"broadband_investment": _from(1, 20.0)}, stay)
    without = world.model({}, stay)
    for _ in range(world.quarters):
        with_it.step()
        without.step()
        assert not (without.people.rows["connected"] & ~with_it.people.rows["connected"]).any()
    covered = with_it.series().sums["covered"] - without.series().sums["covered"]
    assert (covered >= 0.0).all()


@pytest.mark.parametrize("field", ["skill", "account", "trust"])
@examples(25)
@given(world=worlds(quarters=6), when=st.integers(0, 5))
def test_what_helps_adoption_adds_shoppers_and_takes_none(
    field: str, world: World, when: int
) -> None:
    """I15: skill, account or trust up, one at a time: next quarter's shoppers are nested."""
    better, plain = world.model({}), world.model({})
    for _ in range(when):
        better.step()
        plain.step()
    rows = better.people.rows
    rows[field] = True if field == "account" else np.minimum(rows[field] + np.float32(0.2), 1.0)
    better.step()
    plain.step()
    assert not (plain.people.rows["shopper"] & ~rows["shopper"]).any()


def test_these_tests_see_an_effect_at_all() -> None:
    """In the central world enforcement spares somebody, and broadband connects somebody."""
    world = World({"scam_hazard": 2.0}, {}, {}, seed=1, scale=50_000, quarters=1)
    with_it, without = _one_step(world, "anti_scam_enforcement", 5.0, 0)
    assert with_it.people.rows["victim"].sum() < 0.5 * without.people.rows["victim"].sum()
    world = World({"connection_hazard": 5.0}, {}, {}, seed=1, scale=50_000, quarters=1)
    with_it, without = _one_step(world, "broadband_investment", 200.0, 0)
    assert with_it.people.rows["connected"].sum() > without.people.rows["connected"].sum()
