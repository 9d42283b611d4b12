"""Every value that the parameter table allows can be run: no warning, no traceback, no nonsense."""

from __future__ import annotations

import pytest

from sim.errors import InputError
from sim.parameters.joint_constraints import JOINED
from sim.parameters.table import parameter_table
from tests.helpers.central import PRIOR_CENTRAL
from tests.helpers.models import people_model
from tests.properties.checks import CHECKS
from tests.verification.worlds import scenario

LEVERS = {
    "broadband_investment": [{"countries": "all", "level": 5.0, "start": "2015Q1"}],
    "anti_scam_enforcement": [{"countries": "all", "level": 1.0, "start": "2015Q1"}],
}


@pytest.mark.parametrize("name", parameter_table())
def test_a_parameter_at_its_bounds(name: str) -> None:
    row = parameter_table()[name]
    for value in (row.minimum, row.maximum):
        try:
            parameters = PRIOR_CENTRAL.with_overrides({name: value})
        except InputError as error:  # in words, and only what must fit together with others
            assert name in JOINED and "the nearest that fits is" in str(error)
            continue
        model = people_model(
            scenario("2016Q4", LEVERS), scale=200_000, threads=1, parameters=parameters
        ).run()
        for check in CHECKS:
            check(model)


@pytest.mark.parametrize("value", [1e-300, 1e-30, 1e-12, 1.0 - 1e-12, 1.0 - 1e-15])
def test_a_start_share_next_to_its_bounds(value: float) -> None:
    parameters = PRIOR_CENTRAL.with_overrides({"start_shopper_share": value})
    model = people_model(scenario("2015Q1"), scale=200_000, threads=1, parameters=parameters).run()
    for check in CHECKS:
        check(model)
