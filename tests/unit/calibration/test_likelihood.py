"""The likelihood of one series by hand, and what is drawn between and beyond its figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_normal

from sim.calibration.data.observables import OBSERVABLES, VALUE
from sim.calibration.posterior.likelihood import (
    OFFSET,
    Known,
    discrepancy,
    expected,
    known_series,
    log_likelihood,
)

YEARS = range(2015, 2031)
SHOPPERS = OBSERVABLES.index("adults_buying_online_share")
THA = 3
RNG = np.random.default_rng(5)
RUNS = RNG.normal(size=(3, 4, 5, len(YEARS)))
NUMBERS = {
    "drift_internet": np.array([0.1, 0.1, 0.1]),
    "drift_accounts": np.array([0.1, 0.1, 0.1]),
    "drift_shoppers": np.array([0.05, 0.2, 0.1]),
    "drift_value": np.array([0.1, 0.3, 0.2]),
    "coverage_step": np.array([0.0, 0.25, -0.1]),
}


def series(observable: int = VALUE, errors: float = 0.13) -> Known:
    years = np.array([2015, 2019, 2021, 2023])
    return Known(
        observable,
        THA,
        years,
        np.array([22.0, 22.6, 23.1, 23.4]),
        np.full(4, errors**2),
        years < 2020,
    )


@pytest.mark.parametrize("observable", [VALUE, SHOPPERS])
def test_one_series_is_a_normal_with_a_walk_and_errors(observable: int) -> None:
    known = series(observable)
    found = log_likelihood([known], RUNS, YEARS, NUMBERS)
    drift = NUMBERS["drift_value" if observable == VALUE else "drift_shoppers"]
    since = known.years - 2014.0
    for run in range(3):
        mean = RUNS[run, observable, THA, known.years - 2015].copy()
        if observable == VALUE:  # shares know no step
            mean[:2] -= NUMBERS["coverage_step"][run]
        cov = drift[run] ** 2 * np.minimum.outer(since, since) + OFFSET**2
        cov += np.diag(known.variances)
        constant = -0.5 * len(mean) * np.log(2.0 * np.pi)
        by_hand = multivariate_normal(mean, cov).logpdf(known.values) - constant
        assert found[run] == pytest.approx(by_hand, rel=1e-10)


def test_series_add_up() -> None:
    parts = [series(VALUE), series(SHOPPERS)]
    whole = log_likelihood(parts, RUNS, YEARS, NUMBERS)
    one, other = (log_likelihood([part], RUNS, YEARS, NUMBERS) for part in parts)
    assert whole == pytest.approx(one + other)


def figures(**changes: object) -> pd.DataFrame:
    """Figures of one series, a row a value of a list."""
    row: dict[str, object] = {
        "indicator": "ecommerce_value_nominal_usd",
        "country": "THA",
        "year": 2021,
        "value": 1e9,
        "scale": "log",
        "family": "e-conomy",
        "edition": 2021,
        "error": 0.2,
        "weight": 1.0,
    }
    return pd.DataFrame(row | changes)


def test_a_weight_divides_the_variance() -> None:
    [known] = known_series(figures(year=[2021, 2022, 2023], weight=[1.0, 0.25, 1 / 3]))
    assert known.variances == pytest.approx([0.04, 0.16, 0.12])
    assert known.values == pytest.approx(np.log([1e9] * 3))


def test_the_step_lowers_narrow_figures_and_no_others() -> None:
    """Narrow: e-Conomy SEA of years before 2020, and what its report of 2020 said of that year."""
    [narrow] = known_series(figures(year=[2019, 2020, 2021], edition=[2023, 2020, 2021]))
    assert narrow.narrow.tolist() == [True, True, False]
    [wide] = known_series(figures(year=[2020], edition=[2021]))
    assert wide.narrow.tolist() == [False]
    [other] = known_series(figures(year=[2019], family="ministry"))
    assert other.narrow.tolist() == [False]
    step = np.array([0.25, 0.0, -0.5])
    said = expected(narrow, RUNS, YEARS, step)
    plain = RUNS[:, VALUE, THA, 4:7]
    assert said == pytest.approx(plain - step[:, None] * np.array([1.0, 1.0, 0.0]))


def drawn(known: Known | None, runs: int, drift: float) -> np.ndarray:
    """Draws of what one and the same run misses, by draw and year."""
    observables = np.repeat(RUNS[:1], runs, axis=0)
    numbers = {name: np.full(runs, drift) for name in NUMBERS} | {"coverage_step": np.zeros(runs)}
    return discrepancy(known, VALUE, observables, THA, YEARS, numbers, np.random.default_rng(6))


def test_without_errors_of_measurement_draws_pass_through_the_figures() -> None:
    known = series(errors=0.0)
    truth = RUNS[0, VALUE, THA][None] + drawn(known, 50, 0.1)
    assert truth[:, known.years - 2015] == pytest.approx(
        np.repeat(known.values[None], 50, axis=0), abs=1e-3
    )
    between = truth[:, 2017 - 2015].std()
    assert between == pytest.approx(
        0.1, rel=0.25
    )  # a bridge of four years: drift * sqrt(2 * 2 / 4)


def test_beyond_the_last_figure_the_variance_grows_by_a_step_a_year() -> None:
    drift = 0.1
    variance = drawn(series(errors=0.0), 10_000, drift).var(axis=0)
    ahead = np.arange(1, 8)
    assert variance[2024 - 2015 :] == pytest.approx(drift**2 * ahead, rel=0.07)


def test_without_figures_the_walk_is_free_from_2014_on() -> None:
    variance = drawn(None, 20_000, 0.2).var(axis=0)
    assert variance == pytest.approx(OFFSET**2 + 0.04 * np.arange(1, 17), rel=0.05)


def test_errors_of_measurement_leave_the_truth_open() -> None:
    """One figure with error e on a walk with variance v there: what is left is v e / (v + e)."""
    known = Known(
        VALUE, THA, np.array([2018]), np.array([1.0]), np.array([0.09]), np.array([False])
    )
    left = drawn(known, 20_000, 0.1)[:, 3]
    walk = OFFSET**2 + 0.01 * 4
    missed = 1.0 - RUNS[0, VALUE, THA, 3]
    assert left.var() == pytest.approx(walk * 0.09 / (walk + 0.09), rel=0.05)
    assert left.mean() == pytest.approx(missed * walk / (walk + 0.09), abs=0.01)
