"""Jobs, tax and offline sales that go with a change of online purchases.

An account after the run: it reads what two runs of a pair bought and sold, and changes nothing in
them. Everything is linear in these changes, so without a change there is no effect, and monotone in
each coefficient, so its lowest and highest values are those at ends of the coefficients' ranges.
Each country may have its own values within the ranges: bounds of several countries are sums.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.gains.coefficients import central, corners

Floats = NDArray[np.float64]

SIZES = ("micro", "small", "medium")
BRANDS = "brand"
DISPLACED = "offline_sales_displaced_usd"
JOBS_ONLINE, JOBS_SHOPS, JOBS_NET = "jobs_online_sellers", "jobs_offline_shops", "jobs_net"
TAX_COLLECTED, TAX_NET = "tax_collected_usd", "tax_net_usd"
TAX_LOST_HOME, TAX_LOST_IMPORTS = "tax_lost_home_usd", "tax_lost_imports_usd"
MEASURES = {
    DISPLACED: "offline sales at home that added online purchases replace",
    JOBS_ONLINE: "work at online sellers at home, for buyers at home and abroad",
    JOBS_SHOPS: "work lost in offline shops",
    JOBS_NET: "work at online sellers less work lost in shops",
    TAX_COLLECTED: "value added tax and tariffs on added online purchases",
    TAX_LOST_HOME: "tax that replaced shops would have paid less what online sellers at home pay",
    TAX_LOST_IMPORTS: "the same for purchases from abroad",
    TAX_NET: "tax collected less the tax that replaced shops would have paid",
}
JOBS = (JOBS_ONLINE, JOBS_SHOPS, JOBS_NET)


class Changes(NamedTuple):
    """What a policy changes in one country: (pairs, years), constant 2022 US$ a year.

    `purchases` are those of residents, of which `home` and `abroad` and the rest in fake shops;
    `home_tax` and `import_tax` what the run collects on them. `sales` are online sales of sellers
    at home by size of firm, exports included, those of brands under "brand". `per_head` is what a
    person consumes without the policy, a level and no change; `vat_rate` a fraction.
    """

    purchases: Floats
    home: Floats
    abroad: Floats
    home_tax: Floats
    import_tax: Floats
    sales: Mapping[str, Floats]
    per_head: Floats
    vat_rate: float


class Bounds(NamedTuple):
    """By pair: the lowest value over all coefficients, the one at their centre, the highest."""

    low: Floats
    central: Floats
    high: Floats

    def plus(self, other: Bounds) -> Bounds:
        """Those of two countries together, each with coefficients of its own."""
        return Bounds(*(one + two for one, two in zip(self, other, strict=True)))


def outcomes(changes: Changes, values: Mapping[str, float]) -> dict[str, Floats]:
    """Every measure by pair and year, for one value of each coefficient.

    Jobs are persons at work for a year, money is in constant 2022 US$.
    """
    displaced = values["offline_displacement"] * changes.purchases
    shops = values["shop_sales_per_worker"] * changes.per_head  # sales a worker, US$ a year
    online = np.zeros_like(displaced)
    for size, sold in changes.sales.items():
        online = online + _over(sold, shops * values[f"{size}_sales_per_worker"])
    lost = _over(displaced, shops)
    on_imports = values["import_taxed_share"] * changes.import_tax
    taxed = values["shop_taxed_share"] * changes.vat_rate
    of_shops = (
        values["offline_displacement"] * taxed / (1.0 + taxed)
    )  # tax in a dollar that is replaced
    collected = changes.home_tax + on_imports
    return {
        DISPLACED: displaced,
        JOBS_ONLINE: online,
        JOBS_SHOPS: lost,
        JOBS_NET: online - lost,
        TAX_COLLECTED: collected,
        TAX_LOST_HOME: of_shops * changes.home - values["offline_displacement"] * changes.home_tax,
        TAX_LOST_IMPORTS: of_shops * changes.abroad - values["offline_displacement"] * on_imports,
        TAX_NET: collected - of_shops * changes.purchases,
    }


def bounds(changes: Changes, years: slice) -> dict[str, Bounds]:
    """Every measure by pair, summed over some of the years, with its lowest and highest value."""

    def summed(values: Mapping[str, float]) -> dict[str, Floats]:
        found = outcomes(changes, values)
        return {name: one[:, years].sum(axis=1) for name, one in found.items()}

    middle = summed(central())
    low, high = dict(middle), dict(middle)
    for values in corners():
        for name, one in summed(values).items():
            low[name] = np.minimum(low[name], one)
            high[name] = np.maximum(high[name], one)
    return {name: Bounds(low[name], middle[name], high[name]) for name in middle}


def _over(top: Floats, bottom: Floats) -> Floats:
    """A quotient that is zero where nobody consumes anything."""
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0.0)
