"""What is read from a pair of runs stands under its own name, and money adds up."""

from __future__ import annotations

import numpy as np
import pytest

from sim.meanfield import outcomes as t
from sim.meanfield.recording import Recording
from sim.parameters.values import ParameterSet


def test_every_quantity_is_what_its_name_says() -> None:
    base, policy = (
        Recording(name, scale=200_000, market=False) for name in ("baseline", "anti_scam")
    )
    pair = t.Pair(base, policy, (2023, 2030), worth=0.1)
    values = ParameterSet.prior_draw(3)
    found, sums = pair.run(values)
    other = t.sums_of(policy, values)
    at = t.series_of(pair.quantities())
    assert len(found) == len(at)
    here, year = t.PLACES.index("VNM"), 2030 - 2015

    def said(kind: str, outcome: str, country: str = "VNM") -> float:
        return float(found[at[t.Quantity(kind, outcome, country, 2030)]])

    one, two = sums[:, here, year], other[:, here, year]
    for name, place in (
        (t.VALUE, t.NOMINAL),
        ("gmv_real_usd", t.REAL),
        ("scam_losses_usd", t.LOSSES),
    ):
        assert said(t.LEVEL, name) == pytest.approx(np.log(one[place]))
        assert said(t.EFFECT, name) == pytest.approx(np.log(two[place] / one[place]))
    # Only of the five together do real and nominal effects differ: prices weigh the countries.
    five = np.log(other[t.REAL, -1, year] / sums[t.REAL, -1, year])
    assert said(t.EFFECT, "gmv_real_usd", "GMS5") == pytest.approx(five, rel=1e-9)
    ratio = one[t.NOMINAL] / sums[t.NOMINAL, here, 2022 - 2015]
    assert said(t.LEVEL, t.RATIO) == pytest.approx(np.log(ratio))
    share = two[t.SHOPPERS] / two[t.ADULTS] - one[t.SHOPPERS] / one[t.ADULTS]
    assert said(t.EFFECT, "adults_buying_online_share") == pytest.approx(share)
    gap = (
        one[t.TOWN_SHOPPERS] / one[t.TOWN_ADULTS] - one[t.COUNTRY_SHOPPERS] / one[t.COUNTRY_ADULTS]
    )
    assert said(t.LEVEL, "town_countryside_gap") == pytest.approx(gap)
    assert one[t.TOWN_SHOPPERS] + one[t.COUNTRY_SHOPPERS] == pytest.approx(one[t.SHOPPERS])

    cost = (policy.spending - base.spending).sum(axis=0)
    assert cost.min() > 0.0
    change = (other - sums).sum(axis=2)
    for country, money in ((here, cost[here]), (-1, cost.sum())):
        net = 0.1 * change[t.REAL, country] - change[t.LOSSES, country] - money
        assert said(t.EFFECT, t.NET_BENEFIT, t.PLACES[country]) == pytest.approx(net)
