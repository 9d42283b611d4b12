"""The scam history: syndicates under their own law follow the path, whatever the parameters."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.agents.mesa_adapter import mesa
from sim.data.enforcement import hazard_in_force
from sim.model.scam_history import (
    HISTORY_ENDS,
    KNOTS,
    QUARTERS,
    HistoryInputs,
    ScamHistory,
    capital_before,
    capital_path,
    inputs_of,
    scam_history,
)
from sim.model.scams import Hosts
from sim.parameters.table import parameter_table
from sim.parameters.values import ParameterSet
from sim.units import COUNTRIES, QUARTERS_PER_YEAR, quarter_index
from tests.helpers.central import PRIOR_CENTRAL

OF_HISTORY = (*(name for name in KNOTS.values() if name), "host_crowding")
YEAR_2023 = [q for q in QUARTERS if q // QUARTERS_PER_YEAR == 2023]
APART = [[0.0] * 5] * 5


@functools.cache
def drawn(number: int) -> ParameterSet:
    """A draw of the prior in which the parameters of the history are drawn too."""
    rng = np.random.default_rng(number)
    values = {
        name: parameter_table()[name].quantile("THA", float(rng.standard_normal()))
        for name in OF_HISTORY
    }
    return ParameterSet.prior_draw(number).with_overrides(values)


def inputs(values: ParameterSet) -> HistoryInputs:
    return inputs_of(values, values, COUNTRIES)


def followed(
    values: ParameterSet, history: ScamHistory, raids: Mapping[int, float] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Capital at the end of each quarter and takings in it, by host, without people."""
    of = [values.in_country(iso) for iso in COUNTRIES]
    shares = [one["host_share"] for one in of]
    hosts = Hosts(mesa.Model(), of, [share / sum(shares) for share in shares], history)
    capital, taken = [], []
    for quarter in QUARTERS:
        raided = (raids or {}).get(quarter, 0.0)
        known = of[0]["enforcement_in_force"]
        outcome = hosts.quarter(
            [known * hazard_in_force(iso, quarter) + raided for iso in COUNTRIES],
            APART,
            history.demand_in(quarter),
            history.closed_in(quarter),
        )
        capital.append(outcome.capital)
        taken.append(outcome.revenue)
    return np.array(capital), np.array(taken)


def in_2023(series: NDArray[np.float64]) -> NDArray[np.float64]:
    return series[[quarter - QUARTERS.start for quarter in YEAR_2023]]


@pytest.mark.parametrize("number", range(50))
def test_v28_the_reference_year_is_met(number: int) -> None:
    """Mean capital of 2023 is 1, hosts have their shares, takings are those of the year."""
    values = drawn(number)
    capital, taken = followed(values, scam_history(inputs(values)))
    shares = np.array(inputs(values).shares)
    assert in_2023(capital).sum(axis=1).mean() == pytest.approx(1.0, abs=1e-9)
    assert in_2023(capital).mean(axis=0) == pytest.approx(shares, abs=1e-9)
    assert in_2023(taken).sum() / QUARTERS_PER_YEAR == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("number", range(10))
def test_capital_follows_the_path_in_every_quarter(number: int) -> None:
    values = drawn(number)
    capital, _ = followed(values, scam_history(inputs(values)))
    path = capital_path(inputs(values))
    assert capital.sum(axis=1) == pytest.approx(path[1:], rel=1e-9)


def test_knots_are_met_in_the_middle_of_their_years() -> None:
    """Relative to 2023, the geometric mean of the two quarters around the middle of a year."""
    path = capital_path(inputs(PRIOR_CENTRAL))

    def middle(year: int) -> float:
        second = quarter_index(f"{year}Q2") - QUARTERS.start + 1
        return math.sqrt(path[second] * path[second + 1])

    for year in (2015, 2019, 2021, 2022, 2024):
        name = KNOTS[year]
        assert name
        expected = PRIOR_CENTRAL.get("THA", name)
        assert middle(year) / middle(2023) == pytest.approx(expected, rel=0.05)
    assert path[0] == path[1] == path[2] < path[3]
    half_a_quarter = math.sqrt(path[-4] / path[-3])
    assert path[-1] == path[-2] == pytest.approx(path[-3] / half_a_quarter, rel=1e-12)


def test_demand_is_one_in_2023() -> None:
    history = scam_history(inputs(drawn(7)))
    assert math.fsum(history.demand_in(q) for q in YEAR_2023) == pytest.approx(4.0, rel=1e-12)
    assert history.demand_in(HISTORY_ENDS + 17) == history.demand_in(HISTORY_ENDS)


def test_a_fall_faster_than_syndicates_shrink_is_a_closure_common_to_hosts() -> None:
    values = PRIOR_CENTRAL.with_overrides(
        {"scam_path_2024": 1.5, "scam_path_2025": 0.2, "syndicate_growth": 0.3}
    )
    history = scam_history(inputs(values))
    assert max(history.closed) > 1.0
    assert all(
        demand < 1e-6
        for demand, closed in zip(history.demand, history.closed, strict=True)
        if closed
    )
    assert history.closed_in(HISTORY_ENDS) == 0.0
    capital, _ = followed(values, history)
    assert capital.sum(axis=1) == pytest.approx(capital_path(inputs(values))[1:], rel=1e-9)
    assert max(scam_history(inputs(PRIOR_CENTRAL)).closed) == 0.0


def test_a_rise_faster_than_syndicates_can_grow_is_spread_over_more_years() -> None:
    values = PRIOR_CENTRAL.with_overrides({"scam_path_2021": 0.001, "scam_path_2022": 0.9})
    path = np.array(capital_path(inputs(values)))
    assert np.diff(np.log(path)).max() < 0.5
    capital, _ = followed(values, scam_history(inputs(values)))
    assert in_2023(capital).sum(axis=1).mean() == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("hazards", [(0.6, 0.1, 0.3, 0.45, 0.2), (0.1, 0.6, 0.1, 0.6, 0.1)])
def test_hosts_that_enforce_unlike_one_another_have_their_shares(hazards: tuple[float]) -> None:
    unlike = {f"{iso}.host_enforcement": h for iso, h in zip(COUNTRIES, hazards, strict=True)}
    values = PRIOR_CENTRAL.with_overrides(unlike)
    history = scam_history(inputs(values))
    capital, _ = followed(values, history)
    assert in_2023(capital).mean(axis=0) == pytest.approx(inputs(values).shares, abs=1e-9)
    order = np.argsort(hazards)
    assert history.costs[order[0]] > history.costs[order[-1]]


def test_the_unit_of_revenue_is_solved() -> None:
    """Revenue over cost of the first unit has no meaning of its own where history is matched."""
    dear = PRIOR_CENTRAL.with_overrides({"scam_revenue_ratio": 5.0})
    assert scam_history(inputs(dear)) == scam_history(inputs(PRIOR_CENTRAL))
    one, other = (followed(v, scam_history(inputs(v)))[0] for v in (dear, PRIOR_CENTRAL))
    assert np.array_equal(one, other)


def test_enforcement_in_the_past_lowers_capital_from_then_on() -> None:
    history = scam_history(inputs(PRIOR_CENTRAL))
    raids = {q: 0.5 for q in QUARTERS if q >= quarter_index("2020Q1")}
    capital, _ = followed(PRIOR_CENTRAL, history)
    raided, _ = followed(PRIOR_CENTRAL, history, raids)
    first = quarter_index("2020Q1") - QUARTERS.start
    assert np.array_equal(capital[:first], raided[:first])
    assert (raided[first:].sum(axis=1) < capital[first:].sum(axis=1)).all()


@pytest.mark.parametrize(
    ("changed", "isos"),
    [
        ({}, ("THA",)),
        ({"syndicate_growth": 0.0}, COUNTRIES),
        ({"syndicate_growth": 0.0, "host_enforcement": 0.0}, ("THA", "VNM")),
        ({"syndicate_growth": 0.0, "displaced_share": 0.0, "KHM.host_enforcement": 1.0}, COUNTRIES),
        ({"KHM.host_enforcement": 20.0, "displaced_share": 0.0}, COUNTRIES),
        ({"host_crowding": 0.0}, COUNTRIES),
        ({"displaced_share": 1.0, "host_enforcement": 5.0}, COUNTRIES),
        ({"syndicate_growth": 20.0, "scam_market_saturation": 0.01}, COUNTRIES),
    ],
)
def test_extreme_parameters_have_a_history(
    changed: dict[str, float], isos: tuple[str, ...]
) -> None:
    values = PRIOR_CENTRAL.with_overrides(changed)
    history = scam_history(inputs_of(values, values, isos))
    for numbers in (history.demand, history.closed, history.costs, history.start):
        assert all(math.isfinite(number) and number >= 0.0 for number in numbers)
    assert history.takings > 0.0


def test_capital_that_cannot_grow_is_constant_until_it_falls() -> None:
    """The made-up worlds of other tests: the pressure of scams is 1 up to 2024."""
    still = {"syndicate_growth": 0.0, "host_enforcement": 0.0}
    path = capital_path(inputs(PRIOR_CENTRAL.with_overrides(still | {"enforcement_in_force": 0.0})))
    assert path[: quarter_index("2024Q2") - QUARTERS.start] == pytest.approx([1.0] * 37)


def test_people_meet_with_the_capital_of_the_quarter_before() -> None:
    path = capital_path(inputs(PRIOR_CENTRAL))
    quarters = range(QUARTERS.start, HISTORY_ENDS + 9)
    before = capital_before(inputs(PRIOR_CENTRAL), quarters)
    assert before[: len(path)] == path
    assert before[len(path) :] == [path[-1]] * 7
