"""Figures on losses to scams: what they are, and their likelihood against integrals by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import multivariate_normal, norm

from sim.calibration.data.scam_figures import POLICE, REPORTING, ScamFigure, scam_figures
from sim.calibration.posterior.importance_weights import weights_of
from sim.calibration.posterior.scam_likelihood import ERROR, scam_log_likelihood
from sim.data.load import load_tables
from sim.errors import InputError
from sim.units import COUNTRIES

YEARS = range(2022, 2026)
NCA, GASA = "scam_loss_nca", "scam_loss_gasa"
CONSTANT = 0.5 * math.log(2.0 * math.pi)  # left out of every figure's density


def losses(*logs: float) -> np.ndarray:
    """Runs that lose the same in all countries and years."""
    return np.stack([np.full((len(COUNTRIES), len(YEARS)), one) for one in logs])


def figure(indicator: str, country: str, year: int, value: float) -> ScamFigure:
    return ScamFigure(indicator, country, year, value, "a_test")


def test_the_shipped_figures() -> None:
    found = {one[:3]: math.exp(one.value) for one in scam_figures()}
    assert found[(POLICE, "THA", 2024)] == pytest.approx(26.49e9 / 35.3, rel=0.01)
    assert found[(POLICE, "THA", 2025)] == pytest.approx(25.1e9 / 34, rel=0.1)
    assert found[(POLICE, "VNM", 2024)] == pytest.approx(759e6)
    assert found[(GASA, "VNM", 2023)] == pytest.approx(16.23e9)
    assert {key[0] for key in found} == set(REPORTING)
    assert {key[1] for key in found} == {"KHM", "THA", "VNM"}
    assert len(found) == 10  # one each, though several rows print the same one in two currencies


@pytest.mark.parametrize("origin", [2015, 2022, 2023, 2024, 2025])
def test_an_origin_sees_no_later_edition(origin: int) -> None:
    editions = {
        (row.indicator, row.country, row.year, row.source_id): row.edition
        for row in load_tables().rows
        if row.indicator in REPORTING
    }
    seen = scam_figures(origin)
    assert len(seen) == {2015: 0, 2022: 0, 2023: 1, 2024: 6, 2025: 8}[origin]
    for one in seen:
        key = (one.indicator, one.country, one.year, one.source_id)
        assert editions[key] <= origin


def test_factors_have_the_ranges_they_say() -> None:
    for one in REPORTING.values():
        band = norm(one.mean, one.spread)
        assert band.cdf(math.log(one.low)) == pytest.approx(0.05)
        assert band.cdf(math.log(one.high)) == pytest.approx(0.95)
        assert band.cdf(math.log(one.central)) == pytest.approx(0.5, abs=0.2)


def test_one_figure_is_a_normal_density() -> None:
    kind = REPORTING[NCA]
    fit = scam_log_likelihood([figure(NCA, "VNM", 2024, 20.0)], losses(20.0, 21.0), YEARS)
    wide = norm(kind.mean, math.hypot(kind.spread, ERROR))
    expected = [wide.logpdf(0.0) + CONSTANT, wide.logpdf(-1.0) + CONSTANT]
    assert fit == pytest.approx(expected, rel=1e-12)


def test_years_of_one_country_share_their_factor() -> None:
    """The factor integrated out by hand."""
    kind = REPORTING[GASA]
    values = {2023: 20.2, 2024: 20.9, 2025: 21.1}
    known = [figure(GASA, "THA", year, value) for year, value in values.items()]

    def joint(factor: float) -> float:
        errors = [norm(20.0 + factor, ERROR).pdf(value) for value in values.values()]
        return math.prod(errors) * norm(kind.mean, kind.spread).pdf(factor)

    whole, _ = quad(joint, -5.0, 5.0, epsabs=1e-14)
    (fit,) = scam_log_likelihood(known, losses(20.0), YEARS)
    assert fit == pytest.approx(math.log(whole) + 3 * CONSTANT, rel=1e-8)


def test_countries_share_half_of_the_variance_of_a_factor_and_sources_none() -> None:
    known = [
        figure(GASA, "THA", 2023, 20.0),
        figure(GASA, "VNM", 2023, 21.0),
        figure(NCA, "VNM", 2023, 20.5),
    ]
    one, other = REPORTING[GASA].spread ** 2, REPORTING[NCA].spread ** 2
    table = np.array([[one, one / 2, 0], [one / 2, one, 0], [0, 0, other]]) + ERROR**2 * np.eye(3)
    means = 20.0 + np.array([REPORTING[GASA].mean, REPORTING[GASA].mean, REPORTING[NCA].mean])
    expected = multivariate_normal(means, table).logpdf([20.0, 21.0, 20.5]) + 3 * CONSTANT
    assert scam_log_likelihood(known, losses(20.0), YEARS)[0] == pytest.approx(expected, rel=1e-12)


def test_no_less_is_lost_than_police_know_of() -> None:
    known = [figure(POLICE, "THA", 2023, 20.0), figure(GASA, "THA", 2023, 30.0)]
    fit = scam_log_likelihood(known, losses(19.99, 20.0, 25.0), YEARS)
    assert fit[0] == -np.inf
    assert np.isfinite(fit[1:]).all()
    assert fit[2] > fit[1]


def test_figures_of_other_years_say_nothing() -> None:
    known = [figure(POLICE, "THA", 2026, 20.0)]
    assert scam_log_likelihood(known, losses(1.0, 2.0), YEARS).tolist() == [0.0, 0.0]


def test_weights_take_the_figures_on_scams_along() -> None:
    none = np.zeros(3)
    scams = np.log([1.0, 3.0, 1e-300])
    scams[2] = -np.inf
    assert weights_of(none, none, none, scams) == pytest.approx([0.25, 0.75, 0.0])
    assert weights_of(none, none, none) == pytest.approx([1 / 3] * 3)
    with pytest.raises(InputError, match="no point of the posterior"):
        weights_of(none, none, none, np.full(3, -np.inf))
