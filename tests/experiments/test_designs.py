"""Designs: bounds, counts, known sequences, and the same table from the same file."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.experiments.design import Design, csv_design, lever_combinations, make_design
from sim.parameters.table import parameter_table

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
    p, central = parameter_table()[name], ParameterSet.central()
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
