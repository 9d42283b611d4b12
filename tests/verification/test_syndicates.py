"""V17 and V18: where scam capital comes to rest when hosts are alike, and where raids only move it.

A time step finer than a quarter is had by dividing all rates: the law knows rates times time only.
With n hosts alike, s the capital of each, S_h the saturation of the market, K the room of a host, d
the displaced share, om the coordination, e the hazard of being raided and rho the growth rate:

    n s^2 / (S_h K) + s (n / S_h + 1 / K) + 1 - ratio / (1 + e (1 - d (1 - om)) / rho) = 0
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from sim.agents.mesa_adapter import mesa
from sim.agents.syndicate import FASTEST_GROWTH, Moves, Syndicate, growth, syndicate_market
from sim.model.scams import Hosts
from sim.units import COUNTRIES, QUARTER_YEARS
from tests.helpers.central import PRIOR_CENTRAL

RATIO, SATURATION, RHO = 2.5, 2.0, 0.8
START = 0.1


def parameters(d: float, rho: float = RHO, ratio: float = RATIO) -> dict[str, float]:
    return {
        "scam_revenue_ratio": ratio,
        "scam_market_saturation": SATURATION,
        "displaced_share": d,
        "syndicate_growth": rho,
    }


def settled(
    enforcement: Sequence[float],
    room: float,
    d: float,
    om: float = 0.0,
    *,
    steps: int = 1,
    years: int = 200,
    start: float = START,
    ratio: float = RATIO,
) -> list[float]:
    """Capital by host after so many years, in steps of a quarter over `steps`."""
    count = len(enforcement)
    p = parameters(d, RHO / steps, ratio)
    syndicate = Syndicate(mesa.Model(), [start] * count)
    together = [[om if c != k else 0.0 for k in range(count)] for c in range(count)]
    hazards = [e / steps for e in enforcement]
    for _ in range(4 * years * steps):
        market = syndicate_market(
            syndicate.capital, 1.0, [room] * count, [1.0] * count, hazards, together, p
        )
        syndicate.quarter(market)
    return syndicate.capital


def at_rest(n: int, room: float, e: float, d: float, om: float = 0.0) -> float:
    """The positive root of the equation above; zero where there is none."""
    square, linear = n / (SATURATION * room), n / SATURATION + 1.0 / room
    constant = 1.0 - RATIO / (1.0 + e * (1.0 - d * (1.0 - om)) / RHO)
    if constant >= 0.0:
        return 0.0
    if square == 0.0:
        return -constant / linear
    return (-linear + math.sqrt(linear * linear - 4.0 * square * constant)) / (2.0 * square)


def error(n: int, room: float, e: float, d: float, om: float = 0.0, steps: int = 1) -> float:
    """Relative distance of the host farthest from the root."""
    root = at_rest(n, room, e, d, om)
    return max(abs(s / root - 1.0) for s in settled([e] * n, room, d, om, steps=steps))


# V17


@pytest.mark.parametrize("e", [0.0, 0.1, 0.3, 0.6, 1.0])
def test_one_host_with_unlimited_room(e: float) -> None:
    """S* = S_h (ratio / (1 + e / rho) - 1); to 1e-3 at a quarter, and in fact to 1e-6."""
    (capital,) = settled([e], math.inf, 0.0, years=400)
    wanted = SATURATION * (RATIO / (1.0 + e / RHO) - 1.0)
    assert capital == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("n", [1, 2, 5])
@pytest.mark.parametrize("room", [0.2, 1.0, 10.0])
@pytest.mark.parametrize("e", [0.0, 0.3, 0.9])
def test_hosts_alike_without_relocation_rest_at_the_root(n: int, room: float, e: float) -> None:
    assert error(n, room, e, 0.0) < 1e-3


@pytest.mark.parametrize(("d", "om"), [(0.5, 0.0), (0.6, 0.0), (0.9, 0.0), (0.6, 0.8)])
def test_with_relocation_the_error_is_that_of_the_step(d: float, om: float) -> None:
    """At most 0.9 % at a quarter and 0.06 % at a sixteenth of it: first order in the step."""
    coarse = error(5, 0.2, 0.3, d, om)
    middle = error(5, 0.2, 0.3, d, om, steps=4)
    fine = error(5, 0.2, 0.3, d, om, steps=16)
    assert coarse < 0.009
    assert fine < 0.0006
    assert coarse / middle == pytest.approx(4.0, rel=0.1)
    assert middle / fine == pytest.approx(4.0, rel=0.1)


def test_full_relocation_makes_raids_vain() -> None:
    """With d = 1 the root does not depend on enforcement."""
    peaceful = settled([0.0] * 5, 0.2, 1.0)
    assert settled([1.5] * 5, 0.2, 1.0) == pytest.approx(peaceful, rel=1e-9)


def threshold(d: float) -> float:
    """Above this hazard no capital is left: rho (ratio - 1) / (1 - d)."""
    return RHO * (RATIO - 1.0) / (1.0 - d)


@pytest.mark.parametrize("n", [1, 3])
def test_capital_dies_out_above_the_threshold_and_not_below(n: int) -> None:
    over, under = 1.03 * threshold(0.0), 0.97 * threshold(0.0)
    assert sum(settled([over] * n, 1.0, 0.0, years=1500)) < 1e-9
    (*_, capital) = settled([under] * n, 1.0, 0.0, years=1500)
    assert capital == pytest.approx(at_rest(n, 1.0, under, 0.0), rel=1e-3)
    assert capital > 0.0


def test_with_relocation_it_dies_out_above_a_higher_threshold() -> None:
    """To two per cent at a step of a sixteenth of a quarter."""
    edge = threshold(0.5)
    assert sum(settled([1.03 * edge] * 2, 1.0, 0.5, steps=16, years=600)) < 1e-3
    assert sum(settled([0.97 * edge] * 2, 1.0, 0.5, steps=16, years=600)) > 0.01
    assert sum(settled([1.03 * threshold(0.0)] * 2, 1.0, 0.5, years=200)) > 0.1


def test_growth_is_held_at_its_fastest() -> None:
    """Both ways: profits beyond 2 / rho do not speed it up, losses do not clear a host at once."""
    for ratio, rate in ((1e6, FASTEST_GROWTH), (1e-6, -RHO), (2.0, 0.0)):
        demand = 1.0 + START / SATURATION
        market = syndicate_market(
            [START], demand, [math.inf], [1.0], [0.0], [[0.0]], parameters(0.0, ratio=ratio)
        )
        if ratio == 2.0:
            rate = RHO
        assert growth(market, 0) == pytest.approx(math.expm1(rate * QUARTER_YEARS), rel=1e-3)


def _hosts(start: float, d: float, hazards: Sequence[float] = (0.3,) * 5) -> Hosts:
    values = [
        {
            **PRIOR_CENTRAL.in_country(iso),
            "start_syndicate_capital": start,
            "displaced_share": d,
            "host_enforcement": hazard,
        }
        for iso, hazard in zip(COUNTRIES, hazards, strict=True)
    ]
    shares = [p["host_share"] for p in values]
    return Hosts(mesa.Model(), values, [share / sum(shares) for share in shares])


@pytest.mark.parametrize("start", [0.1, 1.0, 4.0])
@pytest.mark.parametrize("d", [0.0, 0.5, 0.9])
def test_the_reference_is_where_the_model_rests(d: float, start: float) -> None:
    """Rooms are solved so that a capital of 1, spread as in the reference, does not move.

    And capital comes there from wherever it starts, large hosts and small ones alike.
    """
    hosts = _hosts(start, d)
    for _ in range(4 if start == 1.0 else 1200):
        hosts.quarter([0.0] * 5, [[0.0] * 5] * 5, 1.0)
    assert hosts.capital == pytest.approx(hosts.shares, rel=1e-12 if start == 1.0 else 1e-6)


def test_takings_fall_with_rivals_and_with_demand() -> None:
    """S Z (1 + 1 / S_h) / (1 + S / S_h), 1 in the reference: 2 x 0.5 x 1.5 / 2 = 0.75."""
    hosts = _hosts(2.0, 0.5)
    assert hosts.parameters[0]["scam_market_saturation"] == 2.0
    world = hosts.quarter([0.0] * 5, [[0.0] * 5] * 5, 0.5)
    assert world.revenue == pytest.approx([0.75 * share for share in hosts.shares])


def test_hosts_that_enforce_unlike_one_another_rest_there_too() -> None:
    hosts = _hosts(1.0, 0.5, (0.1, 0.3, 0.2, 0.6, 0.4))
    for _ in range(200):
        hosts.quarter([0.0] * 5, [[0.0] * 5] * 5, 1.0)
    assert hosts.capital == pytest.approx(hosts.shares, rel=1e-12)


def test_a_host_that_enforces_more_has_more_room_at_the_same_capital() -> None:
    """It takes less crowding to hold back what is raided as well."""
    usual = _hosts(1.0, 0.0).capacities
    for stricter in range(5):
        hazards = [0.6 if place == stricter else 0.3 for place in range(5)]
        capacities = _hosts(1.0, 0.0, hazards).capacities
        assert [one != other for one, other in zip(capacities, usual, strict=True)] == [
            place == stricter for place in range(5)
        ]
        assert capacities[stricter] > usual[stricter]


# V18


@pytest.mark.parametrize("d", [0.0, 0.3, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("e", [0.25, 1.0])
def test_without_congestion_raids_in_one_host_move_all_to_the_other(d: float, e: float) -> None:
    """S_1 goes to nothing and the total stays where it was, whatever part of raids relocates."""
    before = settled([0.0, 0.0], math.inf, d, years=400)
    after = settled([e, 0.0], math.inf, d, years=400)
    assert sum(before) == pytest.approx(SATURATION * (RATIO - 1.0), rel=1e-9)
    assert after[0] < 1e-6
    assert sum(after) == pytest.approx(sum(before), rel=1e-6)


def test_coordination_does_not_help_against_regrowth() -> None:
    """Even where no capital moves: without congestion it grows anew where it is left alone."""
    after = settled([1.0, 0.0], math.inf, 0.6, 1.0, years=400)
    assert after[0] < 1e-6
    assert sum(after) == pytest.approx(SATURATION * (RATIO - 1.0), rel=1e-6)


def test_congestion_breaks_the_waterbed() -> None:
    """With limited room in each host a raid in one lowers the total."""
    before, after = settled([0.3, 0.3], 0.5, 0.0), settled([1.0, 0.3], 0.5, 0.0)
    assert after[0] < before[0]
    assert before[1] < after[1]
    assert sum(after) < 0.95 * sum(before)


def test_five_hosts_of_which_one_cracks_down() -> None:
    """In a year its capital falls by a third or more, others gain, the total falls by a little.

    Coordination of that one with all others, and enforcement in all, do far more.
    """
    capacities, d, base = 0.2, 0.6, 0.3
    quiet = settled([base] * 5, capacities, d)

    def a_year_later(enforcement: Sequence[float], om: float) -> list[float]:
        syndicate = Syndicate(mesa.Model(), quiet)
        together = [[om if c != k else 0.0 for k in range(5)] for c in range(5)]
        for _ in range(4):
            market = syndicate_market(
                syndicate.capital,
                1.0,
                [capacities] * 5,
                [1.0] * 5,
                enforcement,
                together,
                parameters(d),
            )
            moves = syndicate.quarter(market)
            assert isinstance(moves, Moves)
        return syndicate.capital

    one = [1.0, *[base] * 4]
    alone = a_year_later(one, 0.0)
    assert -0.5 < alone[0] / quiet[0] - 1.0 < -0.3
    for here, before in zip(alone[1:], quiet[1:], strict=True):
        assert 0.02 < here / before - 1.0 < 0.15
    fall = [
        1.0 - sum(a_year_later(enforcement, om)) / sum(quiet)
        for enforcement, om in ((one, 0.0), (one, 0.8), ([1.0] * 5, 0.0), ([1.0] * 5, 0.8))
    ]
    assert 0.0 < fall[0] < 0.06
    assert fall[0] < 0.4 * fall[1]
    assert fall[1] < fall[3]
    assert fall[2] < 0.6 * fall[3]
