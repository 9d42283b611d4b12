"""The task force: figures a year late and with error, and a fund for the largest weighted gap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.agents.government_rules import Seen, grants, published
from sim.model.governments import what_was_seen
from sim.model.model import MekongModel
from sim.units import COUNTRIES, FIRST_QUARTER, year_of
from tests.policy_signs.trial import (
    block,
    books_close,
    differing,
    national,
    same_people_and_firms,
    sums,
    trial,
)

FORCE = {"governments": "task_force"}
TO = "2022Q4"
SHARES = st.integers(0, 1000).map(lambda k: k / 1000.0)
FIGURES = st.builds(Seen, loss_share=SHARES, coverage=SHARES, adoption=SHARES, gap=SHARES)
HALF = Seen(loss_share=0.001, coverage=0.9, adoption=0.5, gap=0.1)


def _need(figures: Seen) -> float:
    return 1.0 - figures.adoption + 2.0 * figures.gap


def _errors(seeds: int, isos: tuple[str, ...] = COUNTRIES, error: float = 0.03) -> np.ndarray:
    """Errors of adoption and gap: seeds by countries by figures."""
    return np.array(
        [
            [
                (here.adoption - HALF.adoption, here.gap - HALF.gap)
                for here in published([HALF] * len(isos), isos, seed, 2020, error)
            ]
            for seed in range(seeds)
        ]
    )


@given(st.lists(FIGURES, min_size=1, max_size=5), st.integers(0, 10**9))
def test_all_of_the_fund_goes_to_the_largest_weighted_gap(seen: list[Seen], fund: int) -> None:
    shares = grants(seen, float(fund), 2.0)
    assert sum(shares) == fund
    assert sum(share > 0.0 for share in shares) <= 1
    if fund:
        neediest = max(_need(figures) for figures in seen)
        assert _need(seen[shares.index(float(fund))]) == neediest


def test_the_gap_between_towns_and_countryside_counts_twice() -> None:
    lagging = Seen(loss_share=0.0, coverage=0.5, adoption=0.3, gap=0.0)
    unequal = Seen(loss_share=0.0, coverage=0.5, adoption=0.5, gap=0.11)
    assert grants([lagging, unequal], 1.0, 2.0) == [0.0, 1.0]
    level = Seen(loss_share=0.0, coverage=0.5, adoption=0.5, gap=0.09)
    assert grants([lagging, level], 1.0, 2.0) == [1.0, 0.0]


def test_errors_are_normal_with_the_given_deviation() -> None:
    errors = _errors(800).ravel()
    assert abs(errors.mean()) < 4.0 * 0.03 / np.sqrt(errors.size)
    assert errors.std() == pytest.approx(0.03, rel=0.05)
    assert stats.kstest(errors / 0.03, "norm").pvalue > 1e-4


def test_errors_of_countries_figures_and_years_are_independent() -> None:
    columns = _errors(800).reshape(800, -1)
    off_diagonal = np.corrcoef(columns.T) - np.eye(columns.shape[1])
    assert np.abs(off_diagonal).max() < 5.0 / np.sqrt(800)
    years = [
        [published([HALF], ("THA",), seed, year, 0.03)[0].adoption for seed in range(800)]
        for year in (2019, 2020)
    ]
    assert abs(np.corrcoef(years)[0, 1]) < 5.0 / np.sqrt(800)


def test_the_same_seed_has_the_same_errors_whoever_else_is_there() -> None:
    """A country's error is keyed by its code, the year and the seed, not by its place in a list."""
    once, again = _errors(5), _errors(5)
    assert (once == again).all()
    turned = tuple(reversed(COUNTRIES))
    assert (_errors(5, turned)[:, ::-1] == once).all()
    assert (_errors(5, ("MMR", "VNM")) == once[:, [2, 4]]).all()
    assert (once[0] != once[1]).all()


def test_without_error_figures_are_published_as_they_are() -> None:
    seen = [HALF, Seen(0.2, 0.3, 0.4, 0.5)]
    assert published(seen, COUNTRIES[:2], 1, 2020, 0.0) == seen
    wild = published([HALF] * 5, COUNTRIES, 1, 2020, 50.0)
    assert all(-1.0 <= here.adoption <= 1.0 and -1.0 <= here.gap <= 1.0 for here in wild)


# in the model


def _run(parameters: dict[str, float] | None = None, seed: int = 1) -> MekongModel:
    levers = block("broadband_investment", 20.0, "all", "2015Q1")
    return trial(levers, parameters, paths=FORCE, end=TO, seed=seed, market=False).run()


def _expected(model: MekongModel) -> list[list[float]]:
    """Grants by quarter, from the series of the run itself: published figures of a year ago."""
    series = sums(model)
    p = model.values["THA"]
    given = [0.0] * 5
    expected = []
    for quarter in range(len(series["population"])):
        if quarter % 4 == 0 and quarter >= 8:
            known = [
                {name: values[k] for name, values in series.items()} for k in range(quarter - 4)
            ]
            seen = what_was_seen(known)
            year = year_of(FIRST_QUARTER + quarter)
            figures = published(seen, tuple(model.countries), 1, year, p["kpi_error"])
            given = grants(figures, p["regional_fund"], p["gap_weight"])
        expected.append([share / 4.0 for share in given])
    return expected


@pytest.mark.parametrize("error", [0.0, 0.03, 0.3])
def test_the_fund_of_a_year_follows_what_was_published_a_year_late(error: float) -> None:
    model = _run({"kpi_error": error})
    granted = national(model, "budget_grants_usd")
    assert granted == pytest.approx(np.array(_expected(model)), abs=1e-4)
    assert not granted[:8].any()
    assert granted[8:].sum(axis=1) == pytest.approx(model.values["THA"]["regional_fund"] / 4.0)
    books_close(model)


def test_a_grant_buys_what_the_plan_had_no_money_for() -> None:
    """Broadband far beyond every budget: the country with the grant spends that much more."""
    with_fund, without = _run(), _run({"regional_fund": 0.0})
    extra = national(with_fund, "budget_spending_usd") - national(without, "budget_spending_usd")
    granted = national(with_fund, "budget_grants_usd")
    assert extra[12:].sum() == pytest.approx(granted[12:].sum(), rel=0.01)
    assert not national(without, "budget_grants_usd").any()


def test_a_run_repeats_and_another_seed_has_other_errors() -> None:
    one, two = _run({"kpi_error": 0.3}), _run({"kpi_error": 0.3})
    assert differing(one, two) == set()
    assert same_people_and_firms(one, two)
    other = [_run({"kpi_error": 0.3}, seed) for seed in (2, 3, 4)]
    before = national(one, "budget_grants_usd")
    assert any((national(model, "budget_grants_usd") != before).any() for model in other)
