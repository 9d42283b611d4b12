"""Jobs, tax and offline sales of changes that can be worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.gains import rule
from sim.gains.coefficients import central, coefficients, corners
from sim.gains.rule import (
    DISPLACED,
    JOBS_NET,
    JOBS_ONLINE,
    JOBS_SHOPS,
    MEASURES,
    TAX_COLLECTED,
    TAX_LOST_HOME,
    TAX_LOST_IMPORTS,
    TAX_NET,
    Changes,
    bounds,
    outcomes,
)

EQUAL = {
    "offline_displacement": 1.0,
    "shop_sales_per_worker": 10.0,
    "micro_sales_per_worker": 1.0,
    "small_sales_per_worker": 1.0,
    "medium_sales_per_worker": 1.0,
    "brand_sales_per_worker": 1.0,
    "shop_taxed_share": 0.5,
    "import_taxed_share": 1.0,
}
ALL_YEARS = slice(None)


@dataclass(frozen=True)
class Sold:
    """Added purchases of one pair and year, US$; a person consumes US$ 1,000 a year."""

    micro: float = 0.0
    brands: float = 0.0
    abroad: float = 0.0
    fake: float = 0.0
    exports: float = 0.0
    vat_rate: float = 0.1
    taxed_share: float = 0.5
    parcels_taxed: bool = True

    @property
    def changes(self) -> Changes:
        def one(value: float) -> np.ndarray:
            return np.array([[value]])

        home, rate = self.micro + self.brands, self.vat_rate * self.taxed_share
        of_imports = self.abroad * self.vat_rate / (1.0 + self.vat_rate)
        return Changes(
            purchases=one(home + self.abroad + self.fake),
            home=one(home),
            abroad=one(self.abroad),
            home_tax=one(home * rate / (1.0 + rate)),
            import_tax=one(of_imports if self.parcels_taxed else 0.0),
            sales={"micro": one(self.micro + self.exports), "brand": one(self.brands)},
            per_head=one(1000.0),
            vat_rate=self.vat_rate,
        )


def told(sold: Sold, **values: float) -> dict[str, float]:
    found = outcomes(sold.changes, {**EQUAL, **values})
    return {name: float(value[0, 0]) for name, value in found.items()}


def test_every_measure_is_worked_out() -> None:
    assert list(outcomes(Sold().changes, EQUAL)) == list(MEASURES)


def test_equal_sales_per_worker_and_full_displacement_leave_no_net_jobs() -> None:
    found = told(Sold(micro=40_000.0, brands=60_000.0))
    assert found[DISPLACED] == 100_000.0
    assert found[JOBS_ONLINE] == found[JOBS_SHOPS] == 10.0  # US$ 10,000 a worker
    assert found[JOBS_NET] == 0.0


def test_half_displaced_is_half_the_jobs_of_shops() -> None:
    found = told(Sold(micro=100_000.0), offline_displacement=0.5)
    assert (found[JOBS_ONLINE], found[JOBS_SHOPS], found[JOBS_NET]) == (10.0, 5.0, 5.0)


def test_purchases_from_abroad_cost_jobs_at_home_and_exports_bring_them() -> None:
    assert told(Sold(abroad=50_000.0))[JOBS_NET] == -5.0
    assert told(Sold(exports=50_000.0))[JOBS_NET] == 5.0
    assert told(Sold(exports=50_000.0))[DISPLACED] == 0.0
    assert told(Sold(brands=50_000.0), brand_sales_per_worker=5.0)[JOBS_NET] == 1.0 - 5.0


def test_sellers_who_pay_as_shops_do_cost_no_tax() -> None:
    found = told(Sold(micro=105_000.0))  # 5 % of 100,000 on either side
    assert found[TAX_COLLECTED] == pytest.approx(5_000.0)
    assert found[TAX_LOST_HOME] == pytest.approx(0.0, abs=1e-9)
    assert found[TAX_NET] == pytest.approx(0.0, abs=1e-9)


def test_sellers_who_pay_nothing_cost_the_tax_of_the_shops() -> None:
    found = told(Sold(micro=105_000.0, taxed_share=0.0))
    assert found[TAX_COLLECTED] == 0.0
    assert found[TAX_LOST_HOME] == pytest.approx(5_000.0)
    assert found[TAX_NET] == pytest.approx(-5_000.0)
    assert told(Sold(micro=105_000.0, taxed_share=0.0), offline_displacement=0.6)[
        TAX_NET
    ] == pytest.approx(-3_000.0)


def test_untaxed_parcels_cost_tax_and_taxed_ones_bring_it() -> None:
    untaxed = told(Sold(abroad=105_000.0, parcels_taxed=False))
    assert untaxed[TAX_COLLECTED] == 0.0
    assert untaxed[TAX_LOST_IMPORTS] == pytest.approx(5_000.0)
    assert untaxed[TAX_NET] == pytest.approx(-5_000.0)
    taxed = told(Sold(abroad=110_000.0))  # 10 % of 100,000 against 5 % in shops
    assert taxed[TAX_COLLECTED] == pytest.approx(10_000.0)
    assert taxed[TAX_LOST_IMPORTS] == pytest.approx(110_000.0 * 0.05 / 1.05 - 10_000.0)
    half = told(Sold(abroad=110_000.0), import_taxed_share=0.5)
    assert half[TAX_COLLECTED] == pytest.approx(5_000.0)


def test_a_rate_of_zero_is_no_tax() -> None:
    found = told(Sold(micro=7e4, abroad=3e4, fake=1e4, vat_rate=0.0))
    assert all(found[name] == 0.0 for name in MEASURES if name.startswith("tax_"))
    assert found[DISPLACED] > 0.0


def test_what_fake_shops_take_displaces_sales_and_pays_no_tax() -> None:
    found = told(Sold(fake=105_000.0))
    assert found[DISPLACED] == 105_000.0
    assert found[TAX_NET] == pytest.approx(-5_000.0)
    assert found[TAX_LOST_HOME] == found[TAX_LOST_IMPORTS] == 0.0


def test_where_nobody_consumes_nobody_works() -> None:
    changes = Sold(micro=1e5).changes._replace(per_head=np.zeros((1, 1)))
    assert outcomes(changes, EQUAL)[JOBS_NET].tolist() == [[0.0]]


def test_no_change_is_no_effect_for_any_coefficients() -> None:
    for one in bounds(Sold().changes, ALL_YEARS).values():
        assert all((end == 0.0).all() for end in one)


amounts = st.floats(-1e9, 1e9)


@given(amounts, amounts, amounts, amounts, st.lists(st.floats(0.0, 1.0), min_size=8, max_size=8))
@settings(max_examples=25, deadline=None)
def test_bounds_hold_for_every_value_of_the_coefficients(
    micro: float, brands: float, abroad: float, exports: float, at: list[float]
) -> None:
    changes = Sold(micro=micro, brands=brands, abroad=abroad, exports=exports).changes
    found = bounds(changes, ALL_YEARS)
    table = coefficients()
    values = {
        name: one.low + where * (one.high - one.low)
        for (name, one), where in zip(table.items(), at, strict=True)
    }
    slack = 1e-9 * (abs(micro) + abs(brands) + abs(abroad) + abs(exports)) + 1e-9
    for name, value in outcomes(changes, values).items():
        assert found[name].low[0] - slack <= value[0, 0] <= found[name].high[0] + slack, name
        middle = outcomes(changes, central())[name][0, 0]
        assert found[name].central[0] == pytest.approx(middle)


def test_bounds_are_reached_at_corners() -> None:
    changes = Sold(micro=3e5, abroad=1e5).changes
    found = bounds(changes, ALL_YEARS)
    every = [outcomes(changes, values)[JOBS_NET][0, 0] for values in corners()]
    assert len(every) == 2 ** len(coefficients())
    assert (found[JOBS_NET].low[0], found[JOBS_NET].high[0]) == (min(every), max(every))
    displaced = found[DISPLACED]
    assert displaced.low[0] == pytest.approx(0.45 * 4e5)
    assert displaced.high[0] == pytest.approx(4e5)


def test_years_are_added_up_and_countries_too() -> None:
    changes = Sold(micro=1e5).changes
    twice = Changes(
        *(np.repeat(one, 2, axis=1) for one in changes[:5]),
        sales={size: np.repeat(one, 2, axis=1) for size, one in changes.sales.items()},
        per_head=np.array([[1000.0, 2000.0]]),
        vat_rate=changes.vat_rate,
    )
    both = bounds(twice, ALL_YEARS)
    first, last = bounds(twice, slice(0, 1)), bounds(twice, slice(1, None))
    assert last[JOBS_SHOPS].high[0] == pytest.approx(first[JOBS_SHOPS].high[0] / 2.0)
    assert both[JOBS_SHOPS].high[0] == pytest.approx(1.5 * first[JOBS_SHOPS].high[0])
    together = first[JOBS_NET].plus(last[JOBS_NET])
    assert together.low[0] == first[JOBS_NET].low[0] + last[JOBS_NET].low[0]
    assert rule.SIZES == ("micro", "small", "medium")
