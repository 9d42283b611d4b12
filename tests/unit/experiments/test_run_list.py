"""Studies whose parameters do not fit together end before anything runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.errors import InputError
from sim.experiments.design import csv_design, make_design
from tests.helpers.made_up import two_scenarios

ABROAD = ["parameters.intra_region_share", "parameters.row_share"]


@pytest.mark.parametrize(
    ("names", "rows"),
    [
        (ABROAD, [[0.01, 0.1], [0.2698, 0.7744]]),
        (ABROAD, [[0.01, 0.1], [0.4, 0.9]]),
        (["parameters.THA.intra_region_share", ABROAD[1]], [[0.01, 0.1], [0.3, 0.7]]),
        (["parameters.VNM.older_share_of_adults"], [[0.2], [0.9]]),
    ],
)
def test_a_point_that_does_not_fit_is_refused(names: list[str], rows: list[list[float]]) -> None:
    study = replace(two_scenarios(seeds=1), design=csv_design(names, rows))
    with pytest.raises(InputError, match="does not fit") as caught:
        _ = study.jobs
    assert "point 2 of the design" in str(caught.value) and caught.value.todo


def test_points_that_fit_are_run() -> None:
    design = make_design("grid", {ABROAD[0]: [0.01, 0.05], ABROAD[1]: [0.1, 0.5]})
    assert len(replace(two_scenarios(seeds=1), design=design).jobs) == 8
