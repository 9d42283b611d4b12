"""The account of the digital economy as further rows of a table of years.

It is worked out from what every result holds, so a result that was kept before the account existed
can be read for it, and no run changes. Rows begin in 2019, when figures by sector begin.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.accounts import DIGITAL_ECONOMY
from sim.analysis.comparison.run_parameters import RunParameters
from sim.analysis.comparison.years import KEYS, select
from sim.errors import InputError
from sim.sectors.drivers import Read, drivers_of
from sim.sectors.published import PUBLISHED_FOR
from sim.sectors.rule import (
    ECOMMERCE,
    EVERY,
    FIRST_YEAR,
    SECTORS,
    TRAVEL,
    WITHOUT_TRAVEL,
    capped,
    spending,
)
from sim.sectors.values import sector_values
from sim.units import COUNTRIES, REGION

Floats = NDArray[np.float64]
TWO = "+".join(PUBLISHED_FOR)
"""Thailand and Viet Nam together: the two countries with figures, and two of the six markets."""
THREE = "+".join(iso for iso in COUNTRIES if iso not in PUBLISHED_FOR)
"""Cambodia, Lao PDR and Myanmar together: ranges, outside the six markets."""
PLACES = (*COUNTRIES, TWO, THREE, REGION)
NOMINAL, REAL = "nominal_usd", "real_usd"
SHARE = "digital_economy_share"
PAYMENT_USERS = "payment_users"


def indicator(sector: str, measure: str) -> str:
    """The name of a sector's rows in a measure: e-commerce keeps that of the run."""
    return f"gmv_{measure}" if sector == ECOMMERCE else f"{sector}_{measure}"


class AccountRows(NamedTuple):
    """Rows in the form of `years`, and the share of fifths, years and runs that the cap cut."""

    rows: pd.DataFrame
    capped: float


def account_rows(years: pd.DataFrame, settings: RunParameters) -> AccountRows:
    """The account of every scenario in a table of years.

    Raises InputError for a result that lacks what the account is made of.
    """
    parts, cut = [], []
    for scenario in years.index.get_level_values("scenario").unique():
        found = _of_scenario(years, str(scenario), settings)
        parts.append(found.rows)
        cut.append(found.capped)
    return AccountRows(pd.concat(parts).sort_index(), float(np.mean(cut)))


def _of_scenario(years: pd.DataFrame, scenario: str, settings: RunParameters) -> AccountRows:
    shown = tuple(int(year) for year in years.columns if int(year) >= FIRST_YEAR)
    runs = select(years, scenario, COUNTRIES[0], "population").index
    draws = runs.get_level_values("draw")

    def read(iso: str, name: str, group: str) -> Floats:
        table = select(years, scenario, iso, name, group)
        if len(table) != len(runs) or not len(runs):
            _refuse(scenario, iso, name, group)
        return table.loc[runs, list(shown)].to_numpy(np.float64)

    cap = [
        [settings.value(scenario, int(draw), iso, "spending_cap") for iso in COUNTRIES]
        for draw in draws
    ]
    drivers, values = drivers_of(read, shown, np.array(cap)), sector_values(draws)
    money = {
        sector: part.sum(axis=3)
        for sector, part in zip(SECTORS, spending(drivers, values), strict=True)
    }
    money[ECOMMERCE] = _everybody(read, "gmv_nominal_usd")
    money[EVERY] = np.asarray(sum(money.values()))
    money[WITHOUT_TRAVEL] = money[EVERY] - money[TRAVEL]
    consumed = _everybody(read, "consumption_nominal_usd")
    real = _everybody(read, "consumption_usd")
    deflated = np.divide(real, consumed, out=np.zeros_like(real), where=consumed > 0.0)
    holders, online = _everybody(read, "account_holders"), _everybody(read, "connected")
    users = np.minimum(holders * values["payment_use"][:, :, None], online)
    found = {PAYMENT_USERS: _places(users)}
    for sector, value in money.items():
        found[indicator(sector, NOMINAL)] = _places(value)
        found[indicator(sector, REAL)] = _places(value * deflated)
    found[SHARE] = {
        place: found[indicator(EVERY, REAL)][place] / np.where(base > 0.0, base, np.nan)
        for place, base in _places(real).items()
    }
    known = {(iso, f"gmv_{one}") for iso in (*COUNTRIES, REGION) for one in (NOMINAL, REAL)}
    frames = [
        _frame(scenario, place, name, runs, shown, value)
        for name, by_place in found.items()
        for place, value in by_place.items()
        if (place, name) not in known
    ]
    return AccountRows(
        pd.concat(frames).reindex(columns=years.columns), float(capped(drivers, values).mean())
    )


def _everybody(read: Read, name: str) -> Floats:
    """Values of everybody by run, country and year."""
    return np.stack([read(iso, name, "all") for iso in COUNTRIES], axis=1)


def _places(values: Floats) -> dict[str, Floats]:
    """Values (runs, countries, years) by country, and of several countries together."""
    found = {iso: values[:, at] for at, iso in enumerate(COUNTRIES)}
    some = {
        place: np.sum([found[iso] for iso in place.split("+")], axis=0) for place in (TWO, THREE)
    }
    return found | some | {REGION: values.sum(axis=1)}


def _frame(
    scenario: str, place: str, name: str, runs: pd.Index, years: tuple[int, ...], value: Floats
) -> pd.DataFrame:
    keys = [(scenario, place, name, "all", int(seed), int(draw)) for seed, draw in runs]
    index = pd.MultiIndex.from_tuples(keys, names=KEYS)
    return pd.DataFrame(value, index=index, columns=list(years))


def _refuse(scenario: str, iso: str, name: str, group: str) -> None:
    words = f" of group {group}" if group != "all" else ""
    raise InputError(
        f"this result cannot be read for the account '{DIGITAL_ECONOMY}': '{scenario}' has no "
        f"{name} of {iso}{words}",
        where="--account",
        allowed="a result of mekong compare, run or sweep with all indicators and groups",
        todo="run it again, or leave --account out",
    )
