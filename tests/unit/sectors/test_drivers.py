"""Drivers are read from the right country, group and year."""

from __future__ import annotations

import numpy as np

from sim.calibration.sectors.runs import YEARS, yearly
from sim.model.model import MekongModel
from sim.sectors.drivers import NEEDED, drivers_of
from sim.sectors.rule import FIFTHS
from sim.units import COUNTRIES

GROUPS = (*FIFTHS, "urban", "rural")


def read(iso: str, indicator: str, group: str) -> np.ndarray:
    """Two runs of three years; every number says where it comes from."""
    number = 1.0 + COUNTRIES.index(iso) + 10 * GROUPS.index(group) + 100 * NEEDED.index(indicator)
    return number * np.array([[1.0, 1.1, 1.2], [2.0, 2.1, 2.2]])


def test_every_number_is_in_its_place() -> None:
    found = drivers_of(read, (2019, 2020, 2021), np.full((2, 5), 0.4))
    assert found.consumption.shape == (2, len(COUNTRIES), 3, len(FIFTHS))
    expected = read("VNM", "consumption_nominal_usd", "q4")
    np.testing.assert_array_equal(found.consumption[:, COUNTRIES.index("VNM"), :, 3], expected)
    people, online = (read("LAO", name, "q2") for name in ("population", "connected"))
    np.testing.assert_allclose(found.reach[:, COUNTRIES.index("LAO"), :, 1], online / people)
    town, country = (
        read("THA", "consumption_usd", place)
        * read("THA", "connected", place)
        / read("THA", "population", place)
        for place in ("urban", "rural")
    )
    share = town / (town + country)
    np.testing.assert_allclose(found.urban[:, COUNTRIES.index("THA")], share)


def test_a_group_without_people_has_no_reach() -> None:
    def empty(iso: str, indicator: str, group: str) -> np.ndarray:
        return 0.0 * read(iso, indicator, group)

    found = drivers_of(empty, (2019, 2020, 2021), np.full((2, 5), 0.4))
    assert (found.reach == 0.0).all() and (found.urban == 0.0).all()


def test_a_run_is_read_by_year_country_and_group() -> None:
    model = MekongModel("baseline", seed=3, scale=1_000_000)
    series = model.run().series()
    found = yearly(series)
    assert found.shape == (len(NEEDED), len(COUNTRIES), len(GROUPS), len(YEARS))
    year = YEARS.index(2024)
    quarters = slice(4 * 2024 - series.first, 4 * 2024 - series.first + 4)
    bought = series.sums["gmv_nominal_usd"][quarters, COUNTRIES.index("VNM"), 9].sum()
    assert found[NEEDED.index("gmv_nominal_usd"), COUNTRIES.index("VNM"), 4, year] == bought
    online = series.sums["connected"][quarters, COUNTRIES.index("THA"), 1][-1]
    assert found[NEEDED.index("connected"), COUNTRIES.index("THA"), 5, year] == online
