"""A value that is there anyway makes no new run, so that every run of a study has one row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.experiments.design import make_design
from sim.experiments.study import Study, build_study

PRIOR = {"parameters.shopper_lapse": "prior", "parameters.start_shopper_share": "prior"}


def study(draws: int = 0) -> Study:
    made = build_study(["baseline", "anti_scam"], draws=draws, prior=True, scale=100_000)
    inputs = {**PRIOR, "levers.anti_scam_enforcement.level": [0.5, 1.0]}
    return replace(made, design=make_design("one_at_a_time", inputs))


@pytest.mark.parametrize(("draws", "runs"), [(0, 11), (2, 2 * 15)])
def test_every_run_of_a_study_is_another(draws: int, runs: int) -> None:
    """Medians of priors are the central values, and 0.5 is the level that the scenario has."""
    jobs = study(draws).jobs
    parts = [job.part for job in jobs]
    assert len(set(parts)) == len(parts) == runs
