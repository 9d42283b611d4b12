"""Benchmark forecasts against closed forms, and what they may know."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit

from sim.calibration.data.targets import load_targets
from sim.calibration.forecast.benchmarks import (
    BENCHMARKS,
    FLOOR,
    MONEY,
    KnownFigures,
    known_at,
    nominal_consumption,
    predict,
    why_not,
)
from sim.calibration.forecast.curves import (
    Damped,
    bass,
    fit_bass,
    fit_damped,
    fit_gompertz,
    gompertz,
    smooth,
)
from sim.data.load import load_countries


def money(years: list[int], logs: list[float], **more: object) -> KnownFigures:
    known = KnownFigures(MONEY, "THA", years[-1], tuple(years), tuple(logs))
    return replace(known, **more)


def share(years: list[int], logits: list[float]) -> KnownFigures:
    return KnownFigures("internet_users_share", "THA", years[-1], tuple(years), tuple(logits))


def log_mean_sd(name: str, known: KnownFigures, years: list[int]) -> tuple[np.ndarray, np.ndarray]:
    found = predict(name, known, years, 4001)
    assert found is not None and found.shape == (4001, len(years))
    scale = np.log(found) if known.indicator == MONEY else logit(found)
    return np.median(scale, axis=0), scale.std(axis=0)


UNEVEN = money([2015, 2018, 2019], [1.0, 2.5, 2.8])


def test_last_value_stays_and_widens_by_the_root():
    mean, sd = log_mean_sd("last_value", UNEVEN, [2020, 2023])
    assert mean == pytest.approx([2.8, 2.8])
    # Changes 1.5 in three years and 0.3 in one: 1.5^2/3 = 0.75 and 0.09, mean 0.42.
    assert sd == pytest.approx(np.sqrt([0.42, 4 * 0.42]), rel=2e-3)


def test_drift_is_the_mean_change_a_year():
    mean, sd = log_mean_sd("drift", UNEVEN, [2020, 2022])
    assert mean == pytest.approx([2.8 + 1.8 / 4, 2.8 + 3 * 1.8 / 4])
    # Errors 0.15/sqrt(3) and -0.15, one degree of freedom left: 0.0075 + 0.0225 = 0.03.
    assert sd == pytest.approx(np.sqrt([0.03 * (1 + 1 / 4), 0.03 * (3 + 9 / 4)]), rel=2e-3)


def test_exponential_recovers_exact_growth():
    years = [2015, 2017, 2018, 2021]
    known = money(years, [math.log(5e9) + 0.2 * (year - 2015) for year in years])
    mean, sd = log_mean_sd("exponential", known, [2022, 2025])
    assert np.exp(mean) == pytest.approx(5e9 * np.exp([1.4, 2.0]))
    x = np.array(years) - np.mean(years)
    away = np.array([2022, 2025]) - np.mean(years)
    assert sd == pytest.approx(FLOOR * np.sqrt(1 + 1 / 4 + away**2 / (x @ x)), rel=2e-3)


def test_exponential_of_shares_is_a_logistic_that_stays_below_one():
    known = share([2015, 2016, 2017], [0.0, 1.0, 2.0])
    found = predict("exponential", known, [2030])
    assert found is not None and found.min() > 0.99 and found.max() < 1.0
    assert log_mean_sd("exponential", known, [2018])[0] == pytest.approx([3.0])


def test_constant_share_grows_as_consumption_does():
    path = {2015: 10.0, 2016: 12.0, 2017: 11.0, 2018: 15.0, 2020: 30.0}
    logs = [math.log(0.02 * path[year]) for year in (2015, 2016, 2017)]
    known = money([2015, 2016, 2017], logs, consumption=path)
    mean, sd = log_mean_sd("constant_share", known, [2018, 2020])
    assert np.exp(mean) == pytest.approx([0.02 * 15.0, 0.02 * 30.0])
    assert sd == pytest.approx(FLOOR * np.sqrt([1, 3]), rel=2e-3)
    # A share that grows by 0.3 in logs a year is its own error.
    moving = money([2015, 2016, 2017], [x + 0.3 * i for i, x in enumerate(logs)], consumption=path)
    assert log_mean_sd("constant_share", moving, [2018])[1] == pytest.approx([0.3], rel=2e-3)
    assert "consumption is not given" in why_not("constant_share", replace(known, consumption={}))
    assert "value of e-commerce" in why_not("constant_share", share([2015, 2016], [0.0, 1.0]))


def test_bass_has_its_closed_form_and_its_limits():
    p, q, t = 0.02, 0.4, np.array([0.0, 3.0, 10.0])
    textbook = (1 - np.exp(-(p + q) * t)) / (1 + q / p * np.exp(-(p + q) * t))
    assert bass(t, 0.0, p, q, 0.8) == pytest.approx(0.8 * textbook)
    assert bass(200.0, 0.1, p, q, 0.8) == pytest.approx(0.8)
    assert bass(t, 0.0, p, 0.0, 1.0) == pytest.approx(1 - np.exp(-p * t))  # nobody imitates
    later = bass(5.0 + t, 0.1, p, q, 0.8)  # the same curve from a later start
    assert bass(t, float(bass(5.0, 0.1, p, q, 0.8)), p, q, 0.8) == pytest.approx(later)


def test_curves_are_found_again_in_their_own_points():
    t = np.arange(10)
    seen = bass(t, 0.1, 0.03, 0.5, 0.7)
    curve = fit_bass(t, logit(seen))
    assert curve.sd < 1e-4
    assert bass(20.0, *curve.parameters) == pytest.approx(bass(20.0, 0.1, 0.03, 0.5, 0.7), rel=1e-3)
    curve = fit_gompertz(t, gompertz(t, 24.0, 4.0, 0.3))
    assert curve.parameters == pytest.approx((24.0, 4.0, 0.3), rel=1e-3)
    assert gompertz(1e3, 24.0, 4.0, 0.3) == pytest.approx(24.0)


def test_growth_curve_of_shares_nears_the_ceiling_of_its_points():
    years = list(range(2012, 2022))
    seen = bass(np.arange(10), 0.1, 0.03, 0.9, 0.7)
    mean, sd = log_mean_sd("growth_curve", share(years, logit(seen).tolist()), [2022, 2030])
    assert expit(mean[1]) == pytest.approx(0.7, abs=0.005)
    assert sd == pytest.approx(FLOOR * np.sqrt([1, 9]), rel=2e-3)


def test_damped_trend_by_hand():
    # Level 3, slope 1 after two figures; next 3.8 at damping 0.8, seen 4.8: error 1.
    level, slope, errors = smooth([0, 1, 2], [2.0, 3.0, 4.8], 0.5, 0.25, 0.8)
    assert (level, slope, *errors) == pytest.approx((4.3, 1.05, 1.0))
    # A gap of two years: slopes 0.8 and 0.64, so 4.44 is expected.
    level, slope, errors = smooth([0, 1, 3], [2.0, 3.0, 5.44], 0.5, 0.25, 0.8)
    assert (level, slope) == pytest.approx((4.94, 0.64 + 0.25))
    assert errors == pytest.approx([1 / math.sqrt(2)])


def test_damped_trend_has_a_limit_and_no_drift_without_slope():
    fitted = fit_damped([0, 1, 2, 3, 4], [0.0, 1.0, 1.9, 2.71, 3.439])  # slopes fall by 0.9
    assert fitted.damping == 0.9 and fitted.sd < 1e-9
    assert fitted.mean(1) == pytest.approx(3.439 + 0.6561)
    assert fitted.mean(500) == pytest.approx(10.0)  # the sum of 0.9^k
    flat = fit_damped([0, 1, 2, 3, 4], [2.0] * 5)
    assert flat.mean(1) == flat.mean(30) == 2.0


def test_variance_of_a_damped_trend_is_that_of_its_own_paths():
    fitted = Damped(4.0, 0.5, level_weight=0.6, slope_weight=0.3, damping=0.9, sd=1.0)
    luck = np.random.default_rng(3).normal(size=(200_000, 4))
    level, slope = np.full(200_000, fitted.level), np.full(200_000, fitted.slope)
    for step in range(4):
        slope = fitted.damping * slope
        level = level + slope
        seen = level + luck[:, step]
        assert seen.mean() == pytest.approx(fitted.mean(step + 1), abs=0.02)
        assert seen.var() == pytest.approx(fitted.growth_of_variance(step + 1), rel=0.02)
        level = level + fitted.level_weight * luck[:, step]
        slope = slope + fitted.slope_weight * luck[:, step]


def test_published_forecast_is_that_of_the_origins_own_report():
    known = money([2018, 2019], [math.log(3e9), math.log(5e9)], origin=2019)
    mean, sd = log_mean_sd("published", known, [2020, 2022, 2025])
    grown = math.log(18 / 5) / 6  # 18 bn in 2025 in the report of 2019
    assert np.exp(mean) == pytest.approx(5e9 * np.exp(grown * np.array([1, 3, 6])))
    moved = math.log(18 / 13)  # the report of 2018 had 13 bn
    assert sd == pytest.approx(moved * np.sqrt([1, 3, 6]), rel=2e-3)


def test_figures_from_memory_and_old_reports_are_not_forecasts():
    known = money([2018, 2022], [math.log(3e9), math.log(20e9)], origin=2022)
    assert "report of 2022" in why_not("published", known)  # only memory has that one
    assert predict("published", known, [2023]) is None
    assert predict("published", replace(known, origin=2020, years=(2018, 2020)), [2023]) is not None
    vietnam = KnownFigures(MONEY, "VNM", 2019, (2018, 2019), known.values)
    assert predict("published", vietnam, [2020]) is None
    assert predict("published", replace(vietnam, country="KHM"), [2020]) is None


@pytest.mark.parametrize("name", BENCHMARKS)
def test_too_few_figures_give_no_forecast(name: str):
    needs = BENCHMARKS[name].needs
    years = list(range(2019 - needs + 2, 2020))
    path = dict.fromkeys(range(2010, 2031), 1e9)
    known = KnownFigures(MONEY, "THA", 2019, tuple(years), (22.0,) * len(years), path)
    assert predict(name, known, [2020]) is None
    assert f"{needs} figures needed, {needs - 1} known in 2019" in why_not(name, known)
    enough = replace(known, years=(2019 - needs + 1, *years), values=(22.0,) * needs)
    assert why_not(name, enough) == "" and predict(name, enough, [2020]) is not None


def test_every_benchmark_is_repeatable_and_its_spread_has_a_floor_and_grows():
    years = list(range(2014, 2020))
    path = dict.fromkeys(range(2010, 2031), 1e9)
    known = KnownFigures(
        MONEY, "THA", 2019, tuple(years), tuple(20 + 0.1 * i for i in range(6)), path
    )
    for name in BENCHMARKS:
        first = predict(name, known, [2020, 2023])
        assert first is not None and np.array_equal(first, predict(name, known, [2020, 2023]))
        sd = np.log(first).std(axis=0)
        assert sd[0] > 0.99 * FLOOR and sd[1] > sd[0], name


def test_a_forecast_of_a_known_year_is_refused():
    with pytest.raises(ValueError, match="2019"):
        predict("last_value", UNEVEN, [2019])


def test_benchmarks_know_the_table_and_the_consumption_of_the_model():
    country = load_countries()["THA"]
    path = nominal_consumption(country)
    # In 2022 real and nominal US$ are the same.
    expected = country.gdp_per_head[8] * country.consumption_share[8] * country.population[8]
    assert path[2022] == pytest.approx(expected)
    assert 1.5e11 < path[2015] < path[2023] < 4e11
    known = known_at(load_targets(), 2020, MONEY, "THA", path)
    assert known.years == (2015, 2018, 2019, 2020)
    assert np.exp(known.values) == pytest.approx([0.9e9, 3e9, 5e9, 9e9])
    assert known_at(load_targets(), 2019, MONEY, "LAO").years == ()
    assert why_not("last_value", known_at(load_targets(), 2019, MONEY, "LAO"))
