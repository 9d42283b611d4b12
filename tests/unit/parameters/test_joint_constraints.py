"""Joint constraints: refused where a person asks for what does not fit, moved in draws."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.model.model import MekongModel
from sim.parameters.joint_constraints import JOINED, JOINTS, MOST_FROM_ABROAD
from sim.parameters.table import parameter_table
from sim.parameters.values import PRIOR_DRAWS, ParameterSet
from sim.scenario import Scenario
from sim.units import COUNTRIES

CENTRAL = ParameterSet.central()
MISFITS = (
    {"intra_region_share": 0.2698, "row_share": 0.7744},
    {"intra_region_share": 0.5, "row_share": 0.5},
    {"THA.intra_region_share": 0.3, "row_share": 0.66},
    {"neighbour_weight": 0.9},
    {"VNM.community_weight": 1.0},
    {"remittance_fee_linked": 0.0631},
    {"KHM.remittance_fee": 0.0},
    {"older_share_of_adults": 0.95},
    {"pareto_shape": 1.5},
    {"variety_substitution": 15.0},
    {"price_elasticity": 12.0},
)


@pytest.mark.parametrize("overrides", MISFITS, ids=str)
def test_what_does_not_fit_is_refused_with_the_nearest_that_does(
    overrides: dict[str, float],
) -> None:
    with pytest.raises(InputError) as caught:
        CENTRAL.with_overrides(overrides)
    error = caught.value
    assert "does not fit" in error.what and error.allowed
    assert error.where and error.where.startswith("parameters.")
    assert error.todo and "the nearest that fits is" in error.todo
    mended = CENTRAL.asked(overrides).inside(designs=False)
    assert not mended.misfits() and mended.fingerprint() != CENTRAL.asked(overrides).fingerprint()


@pytest.mark.parametrize("overrides", MISFITS[:3], ids=str)
def test_a_set_put_together_by_hand_is_refused_by_the_model(overrides: dict[str, float]) -> None:
    with pytest.raises(InputError, match="does not fit"):
        MekongModel(
            Scenario.from_dict({"title": "x", "horizon": {"end": "2015Q1"}}, name="x"),
            scale=1_000_000,
            parameters=CENTRAL.asked(overrides),
            market=False,
        )


def test_incomplete_and_out_of_bounds_sets_are_refused_by_the_model() -> None:
    values = {
        name: dict.fromkeys(COUNTRIES, CENTRAL.get("THA", name)) for name in parameter_table()
    }
    for name, value, words in (
        ("trust_level", 2.0, "2 is out of range"),
        ("trust_level", float("nan"), "nan is out of range"),
    ):
        wrong = ParameterSet(values | {name: dict.fromkeys(COUNTRIES, value)})
        with pytest.raises(InputError, match=words):
            MekongModel(parameters=wrong, scale=1_000_000, market=False)
    with pytest.raises(InputError, match="has no value for KHM"):
        MekongModel(parameters=ParameterSet({}), scale=1_000_000, market=False)


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(InputError, match="3 problems"):
        CENTRAL.with_overrides({"row_share": 0.9, "intra_region_share": 0.5, "pareto_shape": 20.0,
                                "neighbour_weight": 1.0})  # fmt: skip


@given(st.integers(0, 3_000))
def test_draws_of_the_prior_fit(number: int) -> None:
    assert not ParameterSet.prior_draw(number).misfits()


@pytest.mark.parametrize("number", [210, 1013])
def test_a_draw_that_did_not_fit_was_moved_and_nothing_else(number: int) -> None:
    """Draw 210 had a linked fee above the fee, 1013 more than one of weights of contacts."""
    values = ParameterSet.draw(PRIOR_DRAWS + number)
    if number == 210:
        assert values.get("THA", "remittance_fee_linked") == values.get("THA", "remittance_fee")
    else:
        weights = [values.get("THA", f"{kind}_weight") for kind in ("neighbour", "community")]
        assert sum(weights) == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize("scenario", [{"pareto_shape": 5.5}, {"THA.row_share": 0.9}], ids=str)
def test_a_scenario_stays_and_drawn_values_give_way(scenario: dict[str, float]) -> None:
    for number in range(1, 120):
        drawn = ParameterSet.prior_draw(number)
        values = drawn.with_scenario(scenario)
        assert not values.misfits()
        for key, value in scenario.items():
            iso, _, name = key.rpartition(".")
            assert values.get(iso or "KHM", name) == value
        moved = {
            name
            for name, iso in itertools.product(parameter_table(), COUNTRIES)
            if values.get(iso, name) != drawn.get(iso, name)
        }
        assert moved <= JOINED


def test_bounds_of_single_parameters_hold_wherever_values_move() -> None:
    for overrides in MISFITS:
        CENTRAL.asked(overrides).inside(designs=False).refuse_out_of_bounds()


def test_every_joint_constraint_names_parameters_that_exist() -> None:
    assert set(parameter_table()) >= JOINED
    for joint in JOINTS:
        assert set(joint.moved) <= set(joint.parameters) and joint.words
    assert 0.9 < MOST_FROM_ABROAD < 1.0
