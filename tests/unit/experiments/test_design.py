"""Designs: bounds, counts, known sequences, and the same table from the same file."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.sweep import Sweep, run_study
from sim.errors import InputError
from sim.experiments.design import Design, csv_design, lever_combinations, make_design
from sim.experiments.execution.options import RunOptions
from sim.experiments.inputs import overrides
from sim.experiments.run import asked_of, parameters_of
from sim.experiments.study import Study, build_study
from sim.parameters.joint_constraints import LEAST_TAIL, MOST_LOOP_GAIN, MOST_TAIL
from sim.parameters.table import parameter_table
from sim.parameters.values import ParameterSet
from sim.units import COUNTRIES
from tests.helpers.made_up import made_up, two_scenarios

FREE = ("imitation", "shopper_lapse", "trust_recovery", "habit_time", "neighbour_weight")


@st.composite
def bounded(draw: st.DrawFn) -> dict[str, list[float]]:
    """Some parameters, each with bounds inside what is allowed."""
    names = draw(st.lists(st.sampled_from(FREE), min_size=1, max_size=4, unique=True))
    found = {}
    for name in names:
        p = parameter_table()[name]
        low = draw(st.floats(0.0, 0.8)) * (p.high - p.low) + p.low
        found[f"parameters.{name}"] = [low, low + 0.1 * (p.high - p.low)]
    return found


def table(design: Design) -> np.ndarray:
    return np.array(design.rows)


@given(bounded(), st.sampled_from(["latin_hypercube", "sobol", "morris"]), st.integers(0, 99))
def test_sampled_points_stay_within_their_bounds(
    inputs: dict[str, list[float]], kind: str, seed: int
) -> None:
    design = make_design(kind, inputs, n=8, seed=seed)
    values = table(design)
    assert len(values) == (8 * (len(inputs) + 1) if kind == "morris" else 8)
    for column, (low, high) in zip(values.T, inputs.values(), strict=True):
        assert column.min() >= low and column.max() <= high
    assert design.rows == make_design(kind, inputs, n=8, seed=seed).rows


@given(bounded(), st.integers(1, 40), st.integers(0, 99))
def test_a_latin_hypercube_has_one_point_in_every_slice(
    inputs: dict[str, list[float]], n: int, seed: int
) -> None:
    values = table(make_design("latin_hypercube", inputs, n=n, seed=seed))
    for column, (low, high) in zip(values.T, inputs.values(), strict=True):
        slices = np.floor((column - low) / (high - low) * n + 1e-9).astype(int)
        assert sorted(slices) == list(range(n))


def test_a_plain_sobol_sequence_has_its_known_values() -> None:
    inputs = {"levers.anti_scam_enforcement.level": [0, 4], "parameters.neighbour_weight": [0, 1]}
    design = make_design("sobol", inputs, n=8, scramble=False)
    # The first eight points in two dimensions (directions 1 and 1, 3).
    known = [
        (0, 0), (0.5, 0.5), (0.75, 0.25), (0.25, 0.75),
        (0.375, 0.375), (0.875, 0.875), (0.625, 0.125), (0.125, 0.625),
    ]  # fmt: skip
    assert table(design) == pytest.approx(np.array(known) * [4, 1])


def test_a_scrambled_sobol_sequence_depends_on_the_seed_and_stays_balanced() -> None:
    inputs = {"parameters.neighbour_weight": [0, 1], "parameters.community_weight": [0, 1]}
    one, other = (table(make_design("sobol", inputs, n=64, seed=seed)) for seed in (1, 2))
    assert not np.array_equal(one, other)
    for values in (one, other):
        boxes = {(int(8 * a), int(8 * b)) for a, b in values}
        assert len(boxes) == 64
    with pytest.raises(InputError, match="not balanced"):
        make_design("sobol", inputs, n=63)


def test_a_step_of_morris_changes_one_input() -> None:
    inputs = {f"parameters.{name}": "prior" for name in FREE}
    values = table(make_design("morris", inputs, n=4, seed=0))
    for trajectory in values.reshape(4, len(FREE) + 1, len(FREE)):
        changed = (np.diff(trajectory, axis=0) != 0).sum(axis=1)
        assert set(changed) == {1}
        assert set((np.diff(trajectory, axis=0) != 0).sum(axis=0)) == {1}


def test_a_grid_is_every_combination() -> None:
    inputs = {"parameters.imitation": [0.2, 0.3], "parameters.shopper_lapse": [0.03, 0.06, 0.09]}
    assert make_design("grid", inputs).rows == tuple(itertools.product(*inputs.values()))


def test_one_at_a_time_leaves_all_others_as_they_are() -> None:
    inputs = {"parameters.imitation": [0.2, 0.3], "parameters.shopper_lapse": [0.03]}
    rows = make_design("one_at_a_time", inputs).rows
    assert all(math.isnan(value) for value in rows[0])
    given_values = [[value for value in row if not math.isnan(value)] for row in rows[1:]]
    assert given_values == [[0.2], [0.3], [0.03]]


def test_combinations_of_levers_are_all_subsets() -> None:
    design = lever_combinations(["broadband_investment", "anti_scam_enforcement", "digital_skills"])
    assert len(set(design.rows)) == 8
    assert {value for row in design.rows for value in row} == {0.0, 1.0}
    with pytest.raises(InputError, match="combinations"):
        lever_combinations([f"lever{k}" for k in range(20)])


def test_a_prior_is_met_at_its_quantiles() -> None:
    p = parameter_table()["shopper_lapse"]
    low, middle, high = (
        row[0] for row in make_design("grid", {"parameters.shopper_lapse": "prior"}).rows
    )
    assert (low, middle, high) == pytest.approx((p.low, p.central, p.high), rel=1e-9)
    values = table(make_design("sobol", {"parameters.shopper_lapse": "prior"}, n=1024, seed=3))
    assert np.quantile(values, [0.05, 0.5, 0.95]) == pytest.approx(
        [p.low, p.central, p.high], rel=0.02
    )


def test_a_parameter_that_differs_between_countries_moves_within_each_prior() -> None:
    from sim.experiments.inputs import overrides
    from sim.parameters.values import ParameterSet
    from sim.units import COUNTRIES

    name = "spending_level"
    design = make_design("grid", {f"parameters.{name}": "prior"})
    assert [varied.name for varied in design.inputs] == [f"parameters.{name}.quantile"]
    p, central = parameter_table()[name], ParameterSet.prior_draw(0)
    assert len({central.get(iso, name) for iso in COUNTRIES}) > 1
    for quantile, value in ((0.05, p.low), (0.5, p.central), (0.95, p.high)):
        changed = central.with_overrides(overrides(design.inputs, (quantile,)))
        for iso in COUNTRIES:
            expected = central.get(iso, name) * value / p.central
            bounded_value = min(max(expected, p.minimum), p.maximum)
            assert changed.get(iso, name) == pytest.approx(bounded_value)


@given(bounded(), st.integers(0, 9))
def test_a_design_written_as_csv_is_read_back_to_the_last_bit(
    inputs: dict[str, list[float]], seed: int
) -> None:
    design = make_design("latin_hypercube", inputs, n=5, seed=seed)
    heads, *lines = (line.split(",") for line in design.as_csv().splitlines())
    again = csv_design(heads[1:], [[float(cell) for cell in line[1:]] for line in lines])
    assert again.rows == design.rows
    assert again.fingerprint() == design.fingerprint()


HELD_TOGETHER = ("variety_substitution", "pareto_shape", "price_elasticity")
HELD = {f"parameters.{name}": "prior" for name in HELD_TOGETHER}


@given(st.integers(0, 99), st.integers(0, 3))
def test_points_are_kept_inside_the_same_limits_as_draws(seed: int, draw: int) -> None:
    design = make_design("sobol", HELD, n=16, seed=seed)
    for point in design.points:
        changes = tuple(overrides(design.inputs, design.values(point)).items())
        used, asked = parameters_of(draw, changes), asked_of(draw, changes)
        for iso in COUNTRIES:
            sigma, shape, elasticity = (used.get(iso, name) for name in HELD_TOGETHER)
            assert sigma == asked.get(iso, "variety_substitution")
            assert LEAST_TAIL - 1e-12 <= shape / (sigma - 1.0) <= MOST_TAIL + 1e-12
            gain = (elasticity - 1.0) * (1.0 / (sigma - 1.0) - 1.0 / shape)
            assert gain <= MOST_LOOP_GAIN + 1e-12


def test_points_that_are_moved_are_named_and_shown_as_they_were_run(tmp_path: Path) -> None:
    design = make_design("grid", {"parameters.pareto_shape": [2.0, 3.0, 4.5, 9.0]})
    study = replace(two_scenarios(seeds=1), design=design)
    assert study.jobs.moved == (1, 2, 4)
    shown = [dict(job.inputs)["parameters.pareto_shape"] for job in study.jobs]
    sigma = ParameterSet.central().get("THA", "variety_substitution")
    low, high = LEAST_TAIL * (sigma - 1.0), MOST_TAIL * (sigma - 1.0)
    assert shown == [low, low, low, low, 4.5, 4.5, high, high]
    assert [job.parameters.get("VNM", "pareto_shape") for job in study.jobs] == shown
    assert len({job.part for job in study.jobs}) == 8  # two points in one place are two runs
    run_study(study, RunOptions(), tmp_path / "out", simulator=made_up)
    points = Sweep(tmp_path / "out").points
    assert len(points) == 8 * 6 * 3 and set(points["runs"]) == {1}
    policies = points[points["scenario"] == "policy"]
    assert policies["effect_ratio"].notna().all()
    free = replace(study, design=make_design("grid", {"parameters.imitation": [0.2, 0.3]}))
    assert free.jobs.moved == ()


def test_a_country_of_its_own_shows_its_own_value() -> None:
    names = ["parameters.price_elasticity", "parameters.KHM.price_elasticity"]
    study = replace(
        two_scenarios(seeds=1), design=csv_design(names, [[12.0, 3.0], [11.0, math.nan]])
    )
    first, second = (dict(study.jobs[at].inputs) for at in (0, 2))
    most = study.jobs[0].parameters.get("THA", "price_elasticity")
    assert 3.0 < most < 11.0
    assert first == {names[0]: most, names[1]: 3.0}
    assert second[names[0]] == most and math.isnan(second[names[1]])


def with_broadband(design: Design) -> Study:
    return replace(build_study(["baseline", "broadband"], seeds=1), design=design)


def test_the_level_of_a_lever_that_is_off_changes_nothing() -> None:
    inputs = {"levers.broadband_investment.on": [0, 1], "levers.broadband_investment.level": [2, 4]}
    study = with_broadband(make_design("grid", inputs))
    runs = [(job.scenario.name, job.design_point) for job in study.jobs]
    assert runs == [("baseline", 1), ("broadband", 1), ("broadband", 3), ("broadband", 4)]
    assert len({job.part for job in study.jobs}) == 4
    assert math.isnan(dict(study.jobs[1].inputs)["levers.broadband_investment.level"])


def test_one_place_beats_all_in_either_order() -> None:
    both = ["levers.broadband_investment.KHM.level", "levers.broadband_investment.level"]
    found = []
    for names, row in ((both, [1.0, 3.0]), (both[::-1], [3.0, 1.0])):
        study = with_broadband(csv_design(names, [row]))
        blocks = study.jobs[1].scenario.levers["broadband_investment"]
        found.append({place: block.level for block in blocks for place in block.places})
    assert found[0] == found[1]
    assert found[0]["KHM"] == 1.0 and found[0]["LAO"] == 3.0
