"""Inputs as known at an origin: no later edition moves them, and substitutes are on record."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.data.build import build_country
from sim.data.country import Country, year_index
from sim.data.gaps import Gaps
from sim.data.load import filled_gaps, load_countries, load_tables
from sim.data.outlook import outlook
from sim.data.prices import us_price_path
from sim.data.schema import LAST_OUTCOME_YEAR, Row
from sim.data.select import FIRST_ORIGIN, LEVELS, RATES, REVISED, VINTAGED, OriginSelection, sees
from sim.errors import InputError
from sim.units import COUNTRIES, quarter_index

ORIGINS = range(FIRST_ORIGIN, LAST_OUTCOME_YEAR + 1)
ROWS = load_tables().rows
LATER = "a later edition"


def built(rows: tuple[Row, ...], origin: int) -> tuple[dict[str, Country], Gaps]:
    gaps = Gaps()
    data = OriginSelection(rows, origin, gaps)
    us_prices = us_price_path(data, gaps)
    made = {iso: build_country(iso, data, us_prices, gaps, origin) for iso in COUNTRIES}
    return made, gaps


def same(one: Country, other: Country) -> bool:
    return all(
        np.array_equal(getattr(one, f.name), getattr(other, f.name), equal_nan=True)
        if isinstance(getattr(one, f.name), np.ndarray)
        else getattr(one, f.name) == getattr(other, f.name)
        for f in fields(Country)
    )


def _growth() -> dict[int, float]:
    found = [r for r in ROWS if (r.indicator, r.country) == ("gdp_real_growth_weo", "THA")]
    return {row.year: row.value for row in found if row.edition == 2025}


def unseen(row: Row, origin: int) -> bool:
    late = row.table in VINTAGED and row.year >= origin and row.edition > origin
    return late and (row.indicator, row.country) not in REVISED


@pytest.mark.parametrize("origin", ORIGINS)
def test_no_row_of_a_later_edition_is_seen_but_those_on_record(origin: int) -> None:
    _, gaps = built(ROWS, origin)
    record = {(one.country, one.indicator, one.year) for one in gaps.filled if LATER in one.rule}
    assert record == {("KHM", "household_consumption_gdp_share", 2025)}
    data = OriginSelection(ROWS, origin, Gaps())
    checked = 0
    for indicator, country in {(row.indicator, row.country) for row in ROWS}:
        for row in data.rows(indicator, country):
            late = row.table in VINTAGED and row.year >= origin and row.edition > origin
            if late and row.role != "input":
                raise AssertionError(row)
            checked += late is False
    assert checked > 3000


@settings(max_examples=12, deadline=None)
@given(origin=st.sampled_from(list(ORIGINS)), factor=st.floats(0.3, 0.95))
def test_no_figure_of_a_later_edition_about_later_years_moves_anything(
    origin: int, factor: float
) -> None:
    other = tuple(
        row._replace(value=row.value * factor) if unseen(row, origin) else row for row in ROWS
    )
    assert sum(unseen(row, origin) for row in ROWS) > 500
    one, two = built(ROWS, origin)[0], built(other, origin)[0]
    assert all(same(one[iso], two[iso]) for iso in COUNTRIES)


@pytest.mark.parametrize("indicator", [*LEVELS, *RATES])
def test_a_projection_of_the_time_moves_the_path(indicator: str) -> None:
    """What makes the test above able to fail: editions that are seen do matter."""
    other = tuple(
        row._replace(value=row.value * 1.01)
        if (row.indicator, row.country, row.year, row.edition) == (indicator, "THA", 2025, 2023)
        else row
        for row in ROWS
    )
    path = OriginSelection(other, 2023, Gaps()).by_year(indicator, "THA")
    was = OriginSelection(ROWS, 2023, Gaps()).by_year(indicator, "THA")
    assert path[2025] == pytest.approx(1.01 * was[2025])
    assert path[2024] == was[2024]
    assert sorted(was) == list(range(2015, 2031)) or indicator in RATES


def test_paths_by_hand() -> None:
    viet_nam, today = load_countries(origin=2023)["VNM"], load_countries()["VNM"]

    def step(path: np.ndarray, year: int) -> float:
        return float(path[year_index(year)] / path[year_index(year - 1)])

    real = viet_nam.gdp_per_head * viet_nam.population
    for year, growth in ((2023, 1.047), (2024, 1.058), (2028, 1.06831), (2030, 1.06831)):
        assert step(real, year) == pytest.approx(growth)
    assert step(viet_nam.population, 2024) == pytest.approx(101.302 / 100.399)
    assert step(viet_nam.population, 2030) == pytest.approx(104.639 / 103.837)
    usd = real * viet_nam.nominal_per_real
    assert step(usd, 2024) == pytest.approx(469.672 / 433.356)
    assert viet_nam.us_prices[-1] == pytest.approx(1.02**8)
    # Levels of Cambodia were revised by a third after this edition: only its growth counts.
    cambodia = load_countries(origin=2023)["KHM"]
    usd = cambodia.gdp_per_head * cambodia.population * cambodia.nominal_per_real
    assert step(usd, 2023) == pytest.approx(30.943 / 28.818)
    assert step(cambodia.population, 2023) == pytest.approx(16.153 / 15.993)
    assert cambodia.population[year_index(2022)] == load_countries()["KHM"].population[8]
    for name in ("population", "gdp_per_head", "deflator", "exchange_rate", "us_prices"):
        known = slice(0, year_index(2023))
        assert np.array_equal(getattr(viet_nam, name)[known], getattr(today, name)[known]), name
    assert max(viet_nam.gmv_best) == 2022 and max(viet_nam.buying_online) == 2022
    held = {(one.indicator, one.year) for one in filled_gaps(origin=2023) if "held" in one.rule}
    assert {(name, year) for name in (*LEVELS, *RATES) for year in (2029, 2030)} <= held


def test_without_an_edition_of_the_time_the_later_one_is_taken_and_is_on_record() -> None:
    rows = tuple(row for row in ROWS if row.source_id != "imf_weo_202310")
    made, gaps = built(rows, 2023)
    realised = {year: rate for year, rate in _growth().items() if year >= 2023}
    path = made["THA"].gdp_per_head * made["THA"].population
    for year, rate in realised.items():
        assert path[year_index(year)] / path[year_index(year) - 1] == pytest.approx(1.0 + rate)
    told = {(one.indicator, one.year) for one in gaps.filled if LATER in one.rule}
    assert {(name, year) for name in (*LEVELS, *RATES) for year in range(2023, 2031)} <= told


def test_history_counts_in_its_latest_revision() -> None:
    row = next(r for r in ROWS if (r.indicator, r.country) == ("gdp_current_usd_weo", "KHM"))
    assert sees(row._replace(year=2022, edition=2025), 2023)
    assert not sees(row._replace(year=2023, edition=2024), 2023)
    assert sees(row._replace(year=2028, edition=2023), 2023)
    assert sees(row._replace(year=2026, edition=2026, table="regulation"), 2023)


@pytest.mark.parametrize("origin", [2019, FIRST_ORIGIN - 1, LAST_OUTCOME_YEAR + 1])
def test_an_origin_without_projections_is_refused(origin: int) -> None:
    with pytest.raises(InputError, match=f"{FIRST_ORIGIN} to {LAST_OUTCOME_YEAR}"):
        load_countries(origin=origin)
    with pytest.raises(InputError, match="as they were known"):
        filled_gaps(origin=origin)


def test_incomes_may_deviate_after_the_origin_and_not_before() -> None:
    paths = {"growth": "weo", "exchange": "weo", "conflict": "weo", "covid": "none"}

    def income(country: Country, deviation: float) -> np.ndarray:
        drawn = {"growth_deviation": deviation}
        quarters = (quarter_index("2022Q1"), quarter_index("2027Q4"))
        return outlook(country, *quarters, paths, lambda name: drawn.get(name, 0.0)).income

    for country, last in (
        (load_countries(origin=2023)["THA"], 2023),
        (load_countries()["THA"], 2025),
    ):
        moved = (income(country, 0.01) / income(country, 0.0)).reshape(-1, 4).mean(axis=1)
        years_after = np.maximum(np.arange(2022, 2028) - last, 0)
        assert moved == pytest.approx(np.exp(0.01 * years_after), abs=1e-3)
