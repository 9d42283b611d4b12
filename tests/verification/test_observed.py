"""The central set of the posterior passes near the figures that it was fitted to.

A figure that the run misses by more than its error and the model's own discrepancy allow would say
that the fit went wrong, or that the rules have changed since. The counts of Viet Nam's ministry are
no figures of the fit (another definition, nearly twice the survey): nothing is held to them.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.calibration.data.observables import OBSERVABLES, VALUE, of_series
from sim.calibration.data.targets import as_known, load_targets
from sim.calibration.posterior.likelihood import DRIFT_OF, OFFSET, START_YEAR, Known, known_series
from sim.model.model import MekongModel
from sim.parameters.posterior import posterior_draw
from sim.target import POSTERIOR_ORIGIN
from sim.units import COUNTRIES

FACTOR = 1.6  # Thai value of 2021, in the pandemic, is missed by 1.5
SHOPPERS = OBSERVABLES.index("adults_buying_online_share")
KNOWN = known_series(as_known(load_targets(), POSTERIOR_ORIGIN))
NUMBERS = posterior_draw(0).observation


@pytest.fixture(scope="module")
def run() -> np.ndarray:
    return of_series(MekongModel("baseline", seed=1, scale=2000).run().series())


def missed(run: np.ndarray, known: Known) -> np.ndarray:
    """What the run says less the figures, in logs or log odds; the step of coverage is allowed."""
    step = NUMBERS["coverage_step"] * known.narrow if known.observable == VALUE else 0.0
    said = run[known.observable, known.country, known.years - 2015] - step
    return np.asarray(said - known.values)


@pytest.mark.parametrize(
    "known", KNOWN, ids=lambda one: f"{OBSERVABLES[one.observable]}-{COUNTRIES[one.country]}"
)
def test_every_figure_lies_within_error_and_discrepancy(run: np.ndarray, known: Known) -> None:
    """Three standard deviations, of about eighty figures."""
    drift = NUMBERS[DRIFT_OF[known.observable]]
    walked = drift**2 * (known.years - START_YEAR) + OFFSET**2
    assert (np.abs(missed(run, known)) < 3.0 * np.sqrt(known.variances + walked)).all()


def test_value_and_shoppers_of_the_large_countries_pass_within_a_factor(run: np.ndarray) -> None:
    large = [k for k in KNOWN if COUNTRIES[k.country] in ("THA", "VNM")]
    shown = [k for k in large if k.observable in (VALUE, SHOPPERS)]
    assert len(shown) == 4
    for known in shown:
        assert (np.abs(missed(run, known)) < math.log(FACTOR)).all(), known
