"""V14: capital under constant investment is exact for any time step, and so is the network's."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.model.broadband import Network, Networks, capital_after, capital_for, covered


@pytest.mark.parametrize("depreciation", [0.0, 0.03, 0.043, 0.1, 1.0])
@pytest.mark.parametrize("steps", [1, 4, 16, 64])
def test_many_small_steps_are_one_large_step(depreciation: float, steps: int) -> None:
    investment, years, capital = 3.7, 16.0, 0.0
    for _ in range(steps):
        capital = capital_after(capital, investment, depreciation, years / steps)
    if depreciation:
        exact = investment / depreciation * -math.expm1(-depreciation * years)
    else:
        exact = investment * years
    assert capital == pytest.approx(exact, rel=1e-12)


def test_capital_settles_where_investment_replaces_what_wears_out() -> None:
    assert capital_after(10.0, 4.3, 0.043, 2000.0) == pytest.approx(100.0, rel=1e-12)
    assert capital_after(100.0, 4.3, 0.043, 0.25) == pytest.approx(100.0, rel=1e-12)


def test_capital_without_investment_decays() -> None:
    assert capital_after(100.0, 0.0, 0.043, 10.0) == pytest.approx(100.0 * math.exp(-0.43))


@pytest.mark.parametrize("coverage", [0.0, 0.2, 0.9, 0.99])
def test_the_capital_for_a_coverage_covers_it(coverage: float) -> None:
    assert covered(capital_for(coverage, 120.0, 0.999), 120.0, 0.999) == pytest.approx(coverage)


@pytest.mark.parametrize("urban_share", [0.25, 0.5, 1.0])
def test_public_money_of_forty_quarters_has_the_closed_form(urban_share: float) -> None:
    """US$2 a person and year for ten years, in town and countryside by their shares.

    Where there is no countryside all is built in town.
    """
    values = {
        "public_investment_efficiency": 0.7,
        "private_leverage": 0.5,
        "rural_investment_share": 0.6,
        "network_depreciation": 0.05,
        "quality_money_share": 0.25,
        "coverage_scale": 120.0,
        "coverage_ceiling": 1.0,
    }
    stocks = [Network([(0.0, 0.0)] * 41) for _ in range(2)]
    networks = Networks(
        *stocks, urban_share, values.__getitem__, [(0.0, 0.0)], quality_2022=(0.0, 0.0)
    )
    lost = [networks.build(2.0, satellite=0.0) for _ in range(40)]
    grown = 1.2 * 2.0 / 0.05 * (1.0 - math.exp(-0.05 * 10.0))
    reach, quality = (np.array(stock.capital(40)) for stock in stocks)
    assert quality == pytest.approx(reach / 3.0, rel=1e-12)
    town, countryside = reach + quality
    in_town = 0.4 if urban_share < 1.0 else 1.0
    assert town == pytest.approx(grown * in_town / urban_share, rel=1e-12)
    if urban_share < 1.0:
        assert countryside == pytest.approx(grown * 0.6 / (1.0 - urban_share), rel=1e-12)
        together = urban_share * town + (1.0 - urban_share) * countryside
        assert together == pytest.approx(grown, rel=1e-12)
    assert lost == pytest.approx([0.6] * 40)
