"""What the account of who gains reads of the pairs of a comparison."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sim.accounts import WHO_GAINS
from sim.analysis.comparison.pairs import CUMULATIVE_FROM, Pairs
from sim.analysis.comparison.run_parameters import RunParameters
from sim.data.trade import load_trade
from sim.errors import InputError
from sim.gains.rule import BRANDS, SIZES, Changes
from sim.target import TARGET_YEAR

Floats = NDArray[np.float64]
Sides = tuple[Floats, Floats]

YEARS = tuple(range(CUMULATIVE_FROM, TARGET_YEAR + 1))
SELLERS = "seller_revenue_usd"
NEEDED = (
    "gmv_real_usd",
    "gmv_home_usd",
    "gmv_region_usd",
    "gmv_row_usd",
    "exports_region_usd",
    "exports_row_usd",
    "receipts_treasury_vat_usd",
    "receipts_treasury_tariff_usd",
    "consumption_usd",
    "population",
)


def changes_of(pairs: Pairs, mine: str, settings: RunParameters, iso: str) -> Changes:
    """The changes in one country from 2026 to 2030; `mine` is the scenario of the first side.

    Tax on purchases from home is that of the run's own rate, tax on those from abroad the rest of
    what the run collects. The indicators have to be there: see `refuse_what_lacks`.
    """

    def both(name: str, group: str = "all") -> Sides:
        return _years(pairs, pairs.paths(iso, name, group))

    def change(name: str, group: str = "all") -> Floats:
        one, other = both(name, group)
        return np.asarray(one - other)

    rate = load_trade().vat_rate[iso]
    home_tax = [
        _home_tax(side, rate, _shares(settings, scenario, pairs, iso))
        for side, scenario in zip(both("gmv_home_usd"), (mine, pairs.against), strict=True)
    ]
    on_home = np.asarray(home_tax[0] - home_tax[1])
    collected = change("receipts_treasury_vat_usd") + change("receipts_treasury_tariff_usd")
    sales = {size: change(SELLERS, size) for size in SIZES}
    exports = change("exports_region_usd") + change("exports_row_usd")
    sales[BRANDS] = change("gmv_home_usd") - (change(SELLERS) - exports)
    consumed, people = (both(name)[1] for name in ("consumption_usd", "population"))
    return Changes(
        purchases=change("gmv_real_usd"),
        home=change("gmv_home_usd"),
        abroad=change("gmv_region_usd") + change("gmv_row_usd"),
        home_tax=on_home,
        import_tax=collected - on_home,
        sales=sales,
        per_head=np.divide(consumed, people, out=np.zeros_like(consumed), where=people > 0.0),
        vat_rate=rate,
    )


def _years(pairs: Pairs, sides: Sides) -> Sides:
    """Both sides by pair and year, of `YEARS`."""
    at = [pairs.periods.index(str(year)) for year in YEARS]
    one, other = (np.asarray(side[at].T) for side in sides)
    return one, other


def _home_tax(purchases: Floats, rate: float, share: Floats) -> Floats:
    """Value added tax in purchases from sellers at home, of whom a share pays."""
    paid = rate * share[:, None]
    return np.asarray(purchases * paid / (1.0 + paid))


def _shares(settings: RunParameters, scenario: str, pairs: Pairs, iso: str) -> Floats:
    draws: Iterable[int] = (draw for _, draw in pairs.runs)
    return np.array([settings.value(scenario, d, iso, "vat_registered_share") for d in draws])


def refuse_what_lacks(pairs: Pairs, iso: str) -> None:
    """Raises InputError for a comparison without an indicator that the account is made of."""
    wanted = [*((name, "all") for name in (*NEEDED, SELLERS)), *((SELLERS, s) for s in SIZES)]
    for name, group in wanted:
        if not pairs.has(iso, name, group):
            words = "" if group == "all" else f" of {group} firms"
            raise InputError(
                f"this result cannot be read for the account '{WHO_GAINS}': it has no {name}"
                f"{words} of {iso}",
                where="--account",
                allowed="a result of mekong compare, run or sweep with all indicators and groups",
                todo="run it again, or leave --account out",
            )
