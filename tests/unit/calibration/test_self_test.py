"""Figures made up from known parameters: does the estimation find them again?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibration.calibrate import setting_of
from sim.calibration.data.targets import as_known, load_targets
from sim.calibration.posterior.cut_posterior import SamplingPlan
from sim.calibration.posterior.prior import MODULES, PriorSpace
from sim.calibration.posterior.self_test import made_up, recover, summary

pytest.importorskip("emcee")

SMALL = SamplingPlan(ensembles=1, walkers=(20, 20, 60), steps=(60, 60, 60))
SETTING = setting_of(as_known(load_targets(), 2023), 2023, 4, {})


@pytest.fixture(scope="module")
def recovered(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    work: Path = tmp_path_factory.mktemp("recovery")
    return recover(SETTING, work, 1, SMALL)


def test_a_made_up_world_has_figures_where_the_real_one_has_them() -> None:
    one, again, other = made_up(SETTING, 1), made_up(SETTING, 1), made_up(SETTING, 2)
    assert len(one.known) == len(SETTING.known)
    for mine, real, same in zip(one.known, SETTING.known, again.known, strict=True):
        assert (mine.observable, mine.country) == (real.observable, real.country)
        assert (mine.years == real.years).all() and (mine.variances == real.variances).all()
        assert (mine.values == same.values).all() and (mine.values != real.values).all()
    assert any((a.values != b.values).any() for a, b in zip(one.known, other.known, strict=True))


def test_bands_hold_most_of_the_truths(recovered: pd.DataFrame) -> None:
    """45 dimensions of one world, which are not independent: nine in ten on average over worlds."""
    assert len(recovered) == sum(len(PriorSpace(module)) for module in MODULES)
    assert recovered["inside_90"].mean() > 0.7
    assert 0.2 < recovered["inside_50"].mean() < 0.8
    assert recovered["rank"].between(0.0, 1.0).all()


def test_what_the_figures_tell_is_learnt(recovered: pd.DataFrame) -> None:
    """Contraction: much for the speed of connection, of which there are eight years of figures."""
    by_name = recovered.groupby("parameter")["contraction"].mean()
    assert by_name["connection_hazard"] > 0.5
    assert by_name["connection_hazard"] > by_name["covid_spending"] + 0.2


def test_the_summary_counts_worlds_and_tests_ranks() -> None:
    ranks = np.linspace(0.01, 0.99, 40)
    frame = pd.DataFrame(
        {
            "module": "internet",
            "parameter": ["a"] * 40 + ["b"] * 40,
            "rank": [*ranks, *(ranks / 4.0)],
            "inside_50": [True, False] * 40,
            "inside_90": [True] * 80,
            "contraction": 0.5,
        }
    )
    found = summary(frame).set_index("parameter")
    assert found["worlds"].tolist() == [40, 40]
    assert found["inside_50"].tolist() == [0.5, 0.5] and found["inside_90"].tolist() == [1.0, 1.0]
    assert found.loc["a", "p_uniform"] > 0.9
    assert found.loc["b", "p_uniform"] < 1e-6
