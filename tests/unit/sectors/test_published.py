"""Published figures: latest editions, rounding, ranges, the cut."""

from __future__ import annotations

from sim.data.schema import LAST_OUTCOME_YEAR
from sim.policy.levers import LEVERS
from sim.sectors.levers import REASONS
from sim.sectors.published import (
    BILLION,
    PUBLISHED_FOR,
    SIX_MARKETS,
    Figure,
    figures,
    latest,
    ranges,
)
from sim.sectors.rule import ECOMMERCE, EVERY, MEDIA, SECTORS


def figure(value: float, edition: int, year: int = 2022) -> Figure:
    return Figure(MEDIA, "THA", year, value * BILLION, edition, "somebody")


def test_rounding_is_half_of_the_last_digit_printed() -> None:
    assert figure(5.0, 2024).rounding == 0.5 * BILLION
    assert figure(5.1, 2022).rounding == 0.05 * BILLION


def test_the_last_edition_counts_and_the_range_has_all() -> None:
    found = [figure(5.1, 2022), figure(6.0, 2024), figure(4.0, 2023)]
    assert latest(found) == [figure(6.0, 2024)]
    assert ranges(found) == {(MEDIA, "THA", 2022): (3.5 * BILLION, 6.5 * BILLION)}


def test_figures_of_an_edition_were_published_by_then() -> None:
    then = figures(until=2021)
    assert then and {one.edition for one in then} <= {2019, 2020, 2021}
    assert set(then) < set(figures())


def test_every_sector_has_figures_of_both_countries_and_none_after_the_cut() -> None:
    found = figures()
    assert {one.country for one in found} == {*PUBLISHED_FOR, SIX_MARKETS}
    for sector in (ECOMMERCE, *SECTORS, EVERY):
        for iso in PUBLISHED_FOR:
            years = {one.year for one in found if (one.sector, one.country) == (sector, iso)}
            assert {2019, 2020, 2021, 2022, 2023} <= years
    assert max(one.year for one in found) <= LAST_OUTCOME_YEAR


def test_sectors_published_add_up_to_the_total_within_rounding() -> None:
    known = {(one.sector, one.country, one.year): one for one in latest(figures())}
    for (sector, iso, year), total in known.items():
        if sector != EVERY or iso not in PUBLISHED_FOR:
            continue
        parts = [known[part, iso, year] for part in (ECOMMERCE, *SECTORS)]
        if {one.edition for one in (*parts, total)} != {total.edition}:
            continue  # an edition revised one of them later
        slack = sum(one.rounding for one in (*parts, total))
        assert abs(sum(one.value for one in parts) - total.value) <= slack, (iso, year)


def test_every_lever_has_a_reason_for_its_zero() -> None:
    assert set(REASONS) == set(LEVERS)
    assert all(len(reason) > 20 for reason in REASONS.values())
