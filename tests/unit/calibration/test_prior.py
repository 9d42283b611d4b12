"""Coordinates of the estimation: their prior, and what a point writes into the parameters."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from sim.calibration.posterior.prior import MODULES, WIDENED, PriorSpace, Sensitivity, overrides
from sim.meanfield.model import parameter_sets
from sim.parameters.table import parameter_table
from sim.units import COUNTRIES
from tests.helpers.central import PRIOR_CENTRAL

BASE = parameter_sets([PRIOR_CENTRAL], COUNTRIES)[0]


def in_one_world(space: PriorSpace, points: np.ndarray, sensitivity: Sensitivity) -> np.ndarray:
    first = np.zeros(len(points), np.int64)
    return space.rows(points, BASE[None][first], sensitivity, first)


@pytest.fixture(scope="module")
def sensitivity() -> Sensitivity:
    return Sensitivity(BASE[None])


def covariance(space: PriorSpace) -> np.ndarray:
    """What the module's page says, dimension by dimension."""
    table = np.zeros((len(space), len(space)))
    for (i, one), (j, other) in itertools.product(enumerate(space.dimensions), repeat=2):
        sd = 2.0 if one.name in WIDENED else 1.0
        if one.name == other.name:
            table[i, j] = sd * sd * (1.0 if one.country == other.country else 0.5)
    return table


@pytest.mark.parametrize("module", MODULES)
def test_the_prior_is_the_normal_that_the_page_describes(module: str) -> None:
    space = PriorSpace(module)
    by_hand = multivariate_normal(np.zeros(len(space)), covariance(space))
    points = space.prior(6, np.random.default_rng(1))
    difference = space.log_prior(points) - by_hand.logpdf(points)
    assert np.ptp(difference) == pytest.approx(0.0, abs=1e-9)  # up to its constant


def test_draws_of_the_prior_correlate_by_one_half_between_countries() -> None:
    space = PriorSpace("shoppers")
    points = space.prior(60_000, np.random.default_rng(2))
    at = {dimension.label: column for column, dimension in enumerate(space.dimensions)}
    table = np.corrcoef(points.T)
    assert table[at["THA.spending_level"], at["VNM.spending_level"]] == pytest.approx(0.5, abs=0.02)
    assert table[at["THA.spending_level"], at["THA.adoption_shift"]] == pytest.approx(0, abs=0.02)
    assert points[:, at["KHM.spending_level"]].std() == pytest.approx(2.0, abs=0.03)  # widened
    assert points[:, at["KHM.covid_spending"]].std() == pytest.approx(1.0, abs=0.015)
    assert points[:, at["drift_value"]].std() == pytest.approx(1.0, abs=0.015)


@pytest.mark.parametrize("module", MODULES)
def test_rows_hold_what_points_say_and_nothing_else_moves(
    module: str, sensitivity: Sensitivity
) -> None:
    space = PriorSpace(module)
    points = space.prior(4, np.random.default_rng(3))
    rows = in_one_world(space, points, sensitivity)
    told = {dimension.name for dimension in space.dimensions} - set(space.extras)
    assert told == set(MODULES[module])
    table = parameter_table()
    for column, dimension in enumerate(space.dimensions):
        if dimension.name in space.extras:
            continue
        places = [dimension.country] if dimension.country in COUNTRIES else COUNTRIES
        for iso, number in itertools.product(places, range(4)):
            expected = table[dimension.name].quantile(dimension.country, points[number, column])
            assert rows[dimension.name][number, COUNTRIES.index(iso)] == expected
    follows = {"trust_sensitivity"} if "shopper_lapse" in told else set()
    for name in set(BASE.dtype.names) - told - follows:
        assert (rows[name] == BASE[name][None]).all(), name


def test_the_sensitivity_to_trust_follows_the_lapse_closely(sensitivity: Sensitivity) -> None:
    """Interpolated for the mean field, solved for the agents: within two thousandths of each other.

    Straight lines between 33 scores lie above the curve by 0.0016 at most, and below it by two
    hundredths where the curve meets the largest sensitivity.
    """
    space = PriorSpace("shoppers")
    points = space.prior(12, np.random.default_rng(4))
    rows = in_one_world(space, points, sensitivity)
    for number in range(12):
        values = PRIOR_CENTRAL.with_overrides(
            overrides({"shoppers": space}, {"shoppers": points}, number)
        )
        exact = parameter_sets([values], COUNTRIES)[0]
        for name in MODULES["shoppers"]:
            assert rows[name][number] == pytest.approx(exact[name], rel=1e-12), name
        interpolated = rows["trust_sensitivity"][number]
        solved = exact["trust_sensitivity"]
        near = np.array([values.get(iso, "largest_trust_sensitivity") for iso in COUNTRIES]) < (
            1.05 * solved
        )
        assert interpolated[near] == pytest.approx(solved[near], rel=2e-2)
        assert interpolated[~near] == pytest.approx(solved[~near], rel=2e-3)
        assert (interpolated[~near] >= solved[~near] - 1e-12).all()


def test_what_is_fixed_is_no_dimension() -> None:
    space = PriorSpace("shoppers", without=["covid_spending", "imitation"])
    names = [dimension.name for dimension in space.dimensions]
    assert len(space) == len(PriorSpace("shoppers")) - 6
    assert not {"covid_spending", "imitation"} & set(names)


def test_what_is_estimated_is_called_so_in_the_table() -> None:
    """Both ways: the page of parameters tells people which values come from data."""
    estimated = {name for names in MODULES.values() for name in names}
    assert estimated == {n for n, p in parameter_table().items() if p.status == "estimated"}
    assert set(WIDENED) <= estimated


def test_each_world_has_a_sensitivity_of_its_own() -> None:
    """Two worlds side by side give what each gives alone."""
    other = PRIOR_CENTRAL.with_overrides({"trust_in_starting": 0.2, "trust_in_spending": 0.1})
    bases = np.stack([BASE, parameter_sets([other], COUNTRIES)[0]])
    space, places = PriorSpace("shoppers"), np.array([1, 0, 1])
    points = space.prior(3, np.random.default_rng(5))
    together = space.rows(points, bases[places], Sensitivity(bases), places)
    for number, place in enumerate(places):
        alone = bases[place : place + 1]
        first, one = np.zeros(1, np.int64), points[number : number + 1]
        assert space.rows(one, alone, Sensitivity(alone), first)[0] == together[number]
    assert (together["trust_in_starting"][:, 0] == [0.2, BASE["trust_in_starting"][0], 0.2]).all()
