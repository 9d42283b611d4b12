"""The account's rule: known answers, the budget, nothing without a connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from sim.parameters.table import sector_table
from sim.sectors.rule import (
    FIFTHS,
    MEDIA,
    SECTORS,
    TRANSPORT,
    TRAVEL,
    Drivers,
    capped,
    habit,
    pandemic,
    spending,
    wanted,
)
from sim.sectors.values import prior_values
from sim.units import COUNTRIES

YEARS = tuple(range(2019, 2031))
SHAPE = (2, len(COUNTRIES), len(YEARS), len(FIFTHS))
AT_2022 = YEARS.index(2022)


def drivers(**changed: Any) -> Drivers:
    """Two runs in which every fifth consumes 1,000 at the reference consumption, half online."""
    reference = sector_table()["reference_consumption"].central
    plain = {
        "years": YEARS,
        "consumption": np.full(SHAPE, 1000.0),
        "reach": np.full(SHAPE, 0.5),
        "income": np.full(SHAPE, reference),
        "ecommerce": np.full(SHAPE, 10.0),
        "urban": np.ones(SHAPE[:3]),
        "cap": np.full(SHAPE[:2], 0.4),
    }
    return Drivers(**{**plain, **changed})


def values(**changed: float) -> dict[str, np.ndarray]:
    """The prior's central values, the same in both runs, with some changed everywhere."""
    central = prior_values(0)
    found = {n: np.tile([v[iso] for iso in COUNTRIES], (2, 1)) for n, v in central.items()}
    return found | {name: np.full(SHAPE[:2], value) for name, value in changed.items()}


def test_a_share_is_of_the_consumption_of_people_online_in_2022() -> None:
    found = wanted(MEDIA, drivers(), values(media_share=0.03))
    np.testing.assert_allclose(found[:, :, AT_2022], 0.03 * 500.0)


def test_spending_doubles_with_consumption_and_follows_its_elasticity() -> None:
    twice = drivers(income=2.0 * drivers().income)
    plain = wanted(TRAVEL, drivers(), values())
    moved = wanted(TRAVEL, twice, values())
    elasticity = sector_table()["travel_income"].central
    np.testing.assert_allclose(moved / plain, 2.0**elasticity)
    more = wanted(TRAVEL, drivers(consumption=np.full(SHAPE, 2000.0)), values())
    np.testing.assert_allclose(more / plain, 2.0)


def test_rural_people_spend_their_share_on_rides_and_delivered_food() -> None:
    town = wanted(TRANSPORT, drivers(), values(rural_delivery=0.3))
    field = wanted(TRANSPORT, drivers(urban=np.zeros(SHAPE[:3])), values(rural_delivery=0.3))
    np.testing.assert_allclose(field, 0.3 * town)
    for sector in (TRAVEL, MEDIA):
        both = (wanted(sector, drivers(urban=np.full(SHAPE[:3], u)), values()) for u in (0.0, 1.0))
        np.testing.assert_array_equal(*both)


def test_habits_are_one_in_2022_and_grow_at_the_rate_given_there() -> None:
    growth, fade = np.full((1, 1), 0.12), np.full((1, 1), 0.2)
    found = habit((2021, 2022, 2023), growth, fade)[0, 0]
    assert found[1] == 1.0
    assert np.log(found[2]) == pytest.approx(0.12 * (1.0 - np.exp(-0.2)) / 0.2)
    assert np.log(found[0]) < -0.12 < np.log(found[2]) - 0.12 < 0.0  # growth fades
    steady = habit((2020, 2024), growth, np.full((1, 1), 1e-9))[0, 0]
    np.testing.assert_allclose(np.log(steady), [-0.24, 0.24], rtol=1e-6)


def test_the_pandemic_takes_travel_from_2020_and_gives_it_back() -> None:
    found = pandemic(YEARS, np.full((1, 1), 0.6), np.full((1, 1), 0.5))[0, 0]
    np.testing.assert_allclose(found[:5], [0.0, 0.6, 0.6, 0.6 * np.exp(-0.5), 0.6 * np.exp(-1.0)])
    assert (np.diff(found[2:]) < 0.0).all()
    media = [wanted(MEDIA, drivers(), values(travel_pandemic_loss=x)) for x in (0.0, 0.9)]
    np.testing.assert_array_equal(*media)


def test_nobody_spends_without_a_connection() -> None:
    reach = drivers().reach.copy()
    reach[:, 2, :, 0] = 0.0
    found = spending(drivers(reach=reach, ecommerce=np.zeros(SHAPE)), values())
    assert (found[:, :, 2, :, 0] == 0.0).all()
    assert (found[:, :, 2, :, 1:] > 0.0).all()


def test_who_has_nothing_spends_nothing() -> None:
    nothing = {name: np.zeros(SHAPE) for name in ("consumption", "income", "ecommerce")}
    found = spending(drivers(**nothing), values(travel_income=-0.5))
    assert (found == 0.0).all()


@dataclass
class Drawn:
    """Drivers and values at random, some with e-commerce at or above the cap."""

    seed: int

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        plain = drivers(
            consumption=rng.uniform(1.0, 1e9, SHAPE),
            reach=rng.uniform(0.0, 1.0, SHAPE),
            income=rng.uniform(100.0, 2e4, SHAPE),
            urban=rng.uniform(0.0, 1.0, SHAPE[:3]),
            cap=rng.uniform(0.02, 0.6, SHAPE[:2]),
        )
        shop = plain.cap[:, :, None, None] * plain.online * rng.uniform(0.0, 1.1, SHAPE)
        self.drivers = plain._replace(ecommerce=shop)
        self.values = values(
            **{f"{sector}_share": float(rng.uniform(0.001, 0.2)) for sector in SECTORS}
        )


@pytest.mark.parametrize("seed", range(20))
def test_all_online_spending_stays_within_the_cap(seed: int) -> None:
    drawn = Drawn(seed)
    here = drawn.drivers
    found = spending(here, drawn.values)
    most = np.maximum(here.cap[:, :, None, None] * here.online, here.ecommerce)
    assert (found >= 0.0).all()
    assert (found.sum(axis=0) + here.ecommerce <= most * (1.0 + 1e-12)).all()


@pytest.mark.parametrize("seed", range(5))
def test_the_cap_takes_the_same_share_of_each_sector_and_leaves_the_rest_alone(seed: int) -> None:
    drawn = Drawn(seed)
    found = spending(drawn.drivers, drawn.values)
    asked = np.stack([wanted(one, drawn.drivers, drawn.values) for one in SECTORS])
    cut = capped(drawn.drivers, drawn.values)
    assert cut.any() and not cut.all()
    np.testing.assert_array_equal(found[:, ~cut], asked[:, ~cut])
    kept = found[:, cut] / asked[:, cut]
    np.testing.assert_allclose(kept, np.broadcast_to(kept[0], kept.shape), rtol=1e-9, atol=1e-12)
    assert (kept < 1.0).all()
