"""V23 and I13: agreements that are negotiated, when they are signed and what they do then."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest
from scipy import stats

from sim.agents.government_rules import TREATY, expected_gain, signing_hazard, signs, willingness
from sim.model.model import MekongModel
from sim.policy.levers import PAIRS
from sim.units import COUNTRIES, FIRST_QUARTER, hazard_to_probability, quarter_index
from tests.helpers.central import PRIOR_CENTRAL
from tests.policy_signs.trial import (
    at,
    block,
    books_close,
    differing,
    national,
    pair_series,
    trial,
    untouched,
)

P = PRIOR_CENTRAL.in_country("THA")
EAGER, STUBBORN = -1e6, 1e6
SEEDS = 4000
TO = "2022Q4"
TALKS = {"agreements": "endogenous"}
TREATY_TALKS = {"agreements": "endogenous", "treaty": "regional"}
# Everybody wants to sign, and talks take months: all pairs sign within the run.
WILLING = {"political_cost": EAGER, "agreement_hazard": 0.6, "digital_budget_share": 0.2}


def _waiting(hazard: float, parties: str, longest: int = 400) -> list[int]:
    """Quarters until the parties sign, for many seeds."""
    found = []
    for seed in range(SEEDS):
        quarter = next(
            (q for q in range(longest) if signs(seed, parties, FIRST_QUARTER + q, hazard)), longest
        )
        found.append(quarter + 1)
    return found


def _cost(value: float) -> dict[str, float]:
    return {**P, "political_cost": value}


# V23


def test_with_eager_sides_the_hazard_is_that_of_talks() -> None:
    """Willingness is exactly one on both sides, whatever the distance."""
    for distance in (0.0, 0.1, 1.0):
        sides = [willingness(distance, _cost(EAGER))] * 2
        assert sides == [1.0, 1.0]
        assert signing_hazard(sides, P, task_force=False) == P["agreement_hazard"]
        boosted = P["agreement_hazard"] * (1.0 + P["task_force_boost"])
        assert signing_hazard(sides, P, task_force=True) == pytest.approx(boosted)


@pytest.mark.parametrize("parties", ["KHM-THA", "THA-VNM", TREATY])
@pytest.mark.parametrize("hazard", [0.1, 0.3, 0.6])
def test_waiting_times_are_exponential(hazard: float, parties: str) -> None:
    """In quarters: geometric with 1 - exp(-h / 4). Mean within 4 standard errors, and the shape."""
    waits = np.array(_waiting(hazard, parties))
    p = hazard_to_probability(hazard)
    assert abs(waits.mean() - 1.0 / p) < 4.0 * math.sqrt(1.0 - p) / p / math.sqrt(SEEDS)
    edges = np.unique(stats.geom.ppf(np.linspace(0.0, 1.0, 11)[1:-1], p))
    counts = np.histogram(waits, [0.5, *(edges + 0.5), np.inf])[0]
    shares = np.diff([0.0, *stats.geom.cdf(edges, p), 1.0])
    assert stats.chisquare(counts, shares * SEEDS).pvalue > 1e-4
    assert (waits <= 4).mean() == pytest.approx(1.0 - math.exp(-hazard), abs=0.03)


def test_pairs_wait_independently() -> None:
    one, other = (np.array(_waiting(0.3, pair)) for pair in ("KHM-THA", "LAO-VNM"))
    assert abs(np.corrcoef(one, other)[0, 1]) < 4.0 / math.sqrt(SEEDS)


@pytest.mark.parametrize("sides", [(EAGER, STUBBORN), (STUBBORN, EAGER), (STUBBORN, STUBBORN)])
def test_one_stubborn_side_is_enough_never_to_sign(sides: tuple[float, float]) -> None:
    weights = [willingness(1.0, _cost(cost)) for cost in sides]
    hazard = signing_hazard(weights, {**P, "agreement_hazard": 50.0}, task_force=True)
    assert hazard_to_probability(hazard) == 0.0
    assert not any(
        signs(seed, "KHM-THA", FIRST_QUARTER + quarter, hazard)
        for seed in range(200)
        for quarter in range(64)
    )


def test_willingness_rises_with_the_gain_and_falls_with_the_political_cost() -> None:
    """The gain is theta times the log cost cut by half of the distance."""
    distances = [0.0, 0.1, 0.3, 0.8]
    cost = P["regulatory_cost"] / P["reference_distance"]
    for distance in distances:
        gain = P["pareto_shape"] * math.log((1.0 + cost * distance) / (1.0 + cost * distance / 2.0))
        assert expected_gain(distance, P) == pytest.approx(gain)
    weights = [willingness(distance, P) for distance in distances]
    assert weights == sorted(weights) and len(set(weights)) == len(weights)
    by_cost = [willingness(0.3, _cost(cost)) for cost in (-3.0, 0.0, 1.0, 5.0)]
    assert by_cost == sorted(by_cost, reverse=True)
    assert willingness(0.0, _cost(0.0)) == 0.5


def test_a_treaty_is_slower_the_more_must_want_it() -> None:
    weights = [willingness(0.3, P)] * 5
    hazards = [signing_hazard(weights[:count], P, False) for count in range(2, 6)]
    assert hazards == sorted(hazards, reverse=True)
    assert hazards[-1] == pytest.approx(P["agreement_hazard"] * weights[0] ** 5)


# in the model


def _talks(
    parameters: Mapping[str, float] | None = None,
    paths: Mapping[str, str] = TALKS,
    places: object = "all",
    seed: int = 1,
    start: str = "2016Q1",
    **more: object,
) -> MekongModel:
    levers = block("regulatory_harmonization", 1.0, places, start, **more)
    return trial(levers, parameters, paths=paths, end=TO, seed=seed)


def test_pairs_sign_at_the_hazard_of_talks() -> None:
    """Over forty seeds the mean wait is that of the hazard; every pair is keyed by itself."""
    model = _talks(WILLING)
    waits = []
    for seed in range(40):
        model.decisions.seed = seed
        model.programmes.signed = {}
        for quarter in range(quarter_index("2016Q1"), quarter_index("2016Q1") + 120):
            model.decisions.negotiate(quarter, dict.fromkeys(PAIRS, 0.3))
        assert model.programmes.signed.keys() == set(PAIRS)
        waits += [
            signed - quarter_index("2016Q1") + 1 for signed in model.programmes.signed.values()
        ]
    p = hazard_to_probability(0.6)
    assert abs(np.mean(waits) - 1.0 / p) < 4.0 * math.sqrt(1.0 - p) / p / math.sqrt(len(waits))


def test_distance_does_not_move_before_both_have_signed() -> None:
    """I13: unchanged up to the lag after signing, then down to the floor; always symmetric."""
    model = _talks(WILLING, lag_years=0.5, ramp_years=1)
    plain = pair_series(untouched(), "regulatory_distance")
    quarters = len(plain)
    distance = pair_series(model.run(), "regulatory_distance")[:quarters]
    signed = model.programmes.signed
    assert len(signed) > 5
    p = model.values["THA"]
    floor = 1.0 - p["negotiable_distance"] * p["agreement_compliance"]
    for pair in PAIRS:
        i, j = (COUNTRIES.index(iso) for iso in pair.split("-"))
        assert (distance[:, i, j] == distance[:, j, i]).all()
        when = signed.get(pair, 10**6) - FIRST_QUARTER
        assert when >= at("2016Q1")
        works = min(when + 2, quarters)
        assert (distance[:works, i, j] == plain[:works, i, j]).all()
        built = np.clip((np.arange(quarters) + 1 - works) / 4.0, 0.0, 1.0)
        expected = plain[:, i, j] * (1.0 - built * (1.0 - floor))
        assert distance[:, i, j] == pytest.approx(expected, rel=1e-12)
    assert (distance[:, :5, :5] >= floor * plain[:, :5, :5] * (1.0 - 1e-12)).all()


def test_nothing_is_paid_before_signing() -> None:
    model = _talks(WILLING, ramp_years=0).run()
    spent = national(model, "spending_regulatory_harmonization_usd")
    price = model.values["THA"]["harmonization_unit_cost"]
    for place, iso in enumerate(COUNTRIES):
        starts = [q for pair, q in model.programmes.signed.items() if iso in pair.split("-")]
        quarters = FIRST_QUARTER + np.arange(len(spent))
        count = np.array([sum(q >= start for start in starts) for q in quarters])
        assert spent[:, place] == pytest.approx(count * price / 2.0 / 4.0, abs=1e-4)
    books_close(model)


@pytest.mark.parametrize("stubborn", ["KHM", "VNM"])
def test_a_stubborn_government_signs_with_nobody(stubborn: str) -> None:
    parameters = {**WILLING, "agreement_hazard": 50.0, f"{stubborn}.political_cost": STUBBORN}
    model = _talks(parameters).run()
    assert set(model.programmes.signed) == {p for p in PAIRS if stubborn not in p.split("-")}


def test_a_regional_treaty_needs_every_signatory() -> None:
    """One refuses: nobody signs. All want it: all sign in one quarter."""
    parameters = {**WILLING, "agreement_hazard": 50.0, "KHM.political_cost": STUBBORN}
    refused = _talks(parameters, TREATY_TALKS).run()
    assert refused.programmes.signed == {}
    plain = trial(parameters=parameters, end=TO).run()
    assert differing(refused, plain) == set()
    wanted = _talks(WILLING, TREATY_TALKS).run()
    assert wanted.programmes.signed.keys() == set(PAIRS)
    assert len(set(wanted.programmes.signed.values())) == 1


def test_only_those_in_talks_must_want_a_treaty() -> None:
    """A treaty of three does not wait for the two that are not in it."""
    parameters = {**WILLING, "agreement_hazard": 50.0, "KHM.political_cost": STUBBORN}
    three = ["LAO-THA", "LAO-VNM", "THA-VNM"]
    model = _talks(parameters, TREATY_TALKS, three).run()
    assert model.programmes.signed == dict.fromkeys(three, quarter_index("2016Q1"))


def test_talks_begin_when_the_scenario_says() -> None:
    model = _talks({**WILLING, "agreement_hazard": 50.0}, start="2019Q3").run()
    assert set(model.programmes.signed.values()) == {quarter_index("2019Q3")}


def test_talks_end_with_the_plan_that_asked_for_them() -> None:
    """No agreement is signed after the last quarter in which the scenario wants one."""
    model = _talks({**WILLING, "agreement_hazard": 0.3}, end="2017Q1").run()
    assert 0 < len(model.programmes.signed) < len(PAIRS)
    assert max(model.programmes.signed.values()) <= quarter_index("2017Q1")
    spent = national(model, "spending_regulatory_harmonization_usd")
    assert not spent[at("2017Q2") :].any()


def test_a_later_step_of_an_agreement_waits_for_its_own_start() -> None:
    """Signed under the first block, the second, deeper one begins when the scenario says."""
    first = block("regulatory_harmonization", 0.4, "all", "2016Q1", end="2018Q4", lag_years=0)
    second = block("regulatory_harmonization", 1.0, "all", "2019Q1", lag_years=0, ramp_years=0)
    name = "regulatory_harmonization"
    levers = {name: [first[name][0] | {"ramp_years": 0}, second[name][0]]}
    parameters = {**WILLING, "agreement_hazard": 50.0}
    model = trial(levers, parameters, paths=TALKS, end=TO).run()
    levels = [
        model.programmes.level(name, "KHM-THA", quarter_index(label))
        for label in ("2015Q4", "2016Q1", "2018Q4", "2019Q1")
    ]
    assert levels == [0.0, 0.4, 0.4, 1.0]


def test_the_same_seed_signs_the_same_agreements() -> None:
    one, two, other = (_talks(WILLING, seed=seed).run() for seed in (1, 1, 2))
    assert one.programmes.signed == two.programmes.signed
    assert differing(one, two) == set()
    assert one.programmes.signed != other.programmes.signed


def test_planned_agreements_are_signed_when_the_scenario_says() -> None:
    levers = block("regulatory_harmonization", 1.0, start="2016Q1")
    stubborn = {**WILLING, "political_cost": STUBBORN}
    model = trial(levers, stubborn, end=TO, market=False).run()
    assert model.programmes.signed == {}
    assert model.programmes.level("regulatory_harmonization", "KHM-THA", model.next_quarter - 1) > 0


def test_under_a_task_force_talks_are_quicker() -> None:
    """The same luck at a higher hazard: no pair signs later, some sign sooner."""
    slow = {**WILLING, "agreement_hazard": 0.2, "task_force_boost": 3.0}
    without = _talks(slow).run().programmes.signed
    boosted = _talks(slow, {**TALKS, "governments": "task_force"}).run().programmes.signed
    never = 10**6
    assert all(boosted.get(pair, never) <= without.get(pair, never) for pair in PAIRS)
    assert boosted != without
