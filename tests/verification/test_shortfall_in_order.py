"""V33: a budget for one and a half levers pays the first in full, half of the second, no third."""

from __future__ import annotations

from itertools import permutations

import pytest

from sim.agents.government import Government
from sim.agents.mesa_adapter import mesa
from sim.model.programmes import Programmes, Size
from sim.parameters.values import ParameterSet
from sim.scenario import Scenario
from sim.units import COUNTRIES, QUARTERS_PER_YEAR, USD_SCALE, quarter_index

LEVERS = ("payments_interoperability", "data_safeguards", "remittance_links")
PRICE = 3_000_000.0  # US$ a year, of each of the three
BLOCK = {"countries": "all", "level": 1.0, "start": "2026Q1", "lag_years": 0.0, "ramp_years": 0.0}
GDP = 1e9
PARAMETERS = {
    "payments_unit_cost": PRICE,
    "data_safeguards_unit_cost": PRICE,
    "remittance_unit_cost": PRICE,
    "digital_budget_share": 1.5 * PRICE / GDP,
    "budget_carry_limit": 0.0,
}


def _after_a_quarter(order: tuple[str, ...], shortfall: str) -> Programmes:
    mix = Scenario.from_dict(
        {
            "title": "T",
            "paths": {"shortfall": shortfall},
            "levers": {name: [BLOCK] for name in order},
        },
        name="t",
    )
    parameters = ParameterSet.central().with_overrides(PARAMETERS)
    model = mesa.Model()
    programmes = Programmes(
        mix.levers,
        {iso: Government(model, iso) for iso in COUNTRIES},
        {iso: parameters.in_country(iso) for iso in COUNTRIES},
        in_order=mix.paths["shortfall"] == "in_order",
    )
    size = Size(GDP, people=1e6, rural_people=5e5, firms=1e4, online_firms=1e3, takings=0.0)
    programmes.spend(quarter_index("2026Q1"), dict.fromkeys(COUNTRIES, size))
    return programmes


@pytest.mark.parametrize("order", permutations(LEVERS))
def test_levers_are_paid_in_the_order_of_the_scenario(order: tuple[str, ...]) -> None:
    programmes = _after_a_quarter(order, "in_order")
    whole = int(PRICE / QUARTERS_PER_YEAR * USD_SCALE)
    for government in programmes.governments.values():
        books = government.books
        assert [books.spending[name] for name in order] == [whole, whole // 2, 0]
        assert books.shortfall == whole + whole // 2
        assert books.revenue == sum(books.spending.values())
        assert books.returned == books.closing == 0
    works = [programmes.level(name, "KHM", quarter_index("2026Q1")) for name in order]
    assert works == [1.0, 0.5, 0.0]


def test_in_proportion_each_gets_half() -> None:
    programmes = _after_a_quarter(LEVERS, "proportional")
    works = [programmes.level(name, "KHM", quarter_index("2026Q1")) for name in LEVERS]
    assert works == [0.5, 0.5, 0.5]
