"""What people spend in the sectors of the digital economy, from what the agents of a run have.

An account after the run: it reads counts by country and fifth of income and changes nothing in the
run. E-commerce is the run's own. For each other sector, spending of a fifth is

    share x consumption of its people online x income x place x habit x pandemic,

so nobody spends without a connection, and spending follows consumption. All online spending of a
fifth stays within the cap of the run on online shares of consumption; what is above it is taken
from the sectors, not from e-commerce.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.parameters.table import sector_table
from sim.target import BASE_YEAR

Floats = NDArray[np.float64]

ECOMMERCE = "e_commerce"
TRANSPORT, TRAVEL, MEDIA = "transport_food", "travel", "media"
SECTORS = (TRANSPORT, TRAVEL, MEDIA)
"""Sectors other than e-commerce, in the order of every array."""
EVERY = "digital_economy"
WITHOUT_TRAVEL = "digital_economy_without_travel"  # which was still low in 2022
TITLES = {
    ECOMMERCE: "e-commerce",
    TRANSPORT: "transport and food delivery",
    TRAVEL: "online travel",
    MEDIA: "online media",
    EVERY: "digital economy",
    WITHOUT_TRAVEL: "digital economy without travel",
}
LOST_IN_FULL = (2020, 2021)  # years in which all of the pandemic's loss of travel counts
FIFTHS = ("q1", "q2", "q3", "q4", "q5")
FIRST_YEAR = 2019  # figures by sector begin here, and so does the account


class Drivers(NamedTuple):
    """What the account reads of runs: (runs, countries, years, fifths) unless said otherwise."""

    years: tuple[int, ...]
    consumption: Floats  # nominal US$
    reach: Floats  # share of people who use the internet
    income: Floats  # consumption per head, constant 2022 US$
    ecommerce: Floats  # nominal US$
    urban: Floats  # urban share of the consumption of people online (runs, countries, years)
    cap: Floats  # largest online share of consumption (runs, countries)

    @property
    def online(self) -> Floats:
        """Consumption of people who use the internet."""
        return self.consumption * self.reach


Values = Mapping[str, Floats]
"""Parameters of the account by name, (runs, countries)."""


def wanted(sector: str, drivers: Drivers, values: Values) -> Floats:
    """Spending in a sector before the cap, nominal US$ by run, country, year and fifth."""

    def by_cell(name: str) -> Floats:
        return values[name][:, :, None, None]

    reference = float(sector_table()["reference_consumption"].central)
    with np.errstate(divide="ignore"):
        relative = np.where(drivers.income > 0.0, drivers.income, np.nan) / reference
    income = np.nan_to_num(relative ** by_cell(f"{sector}_income"))
    years = habit(drivers.years, values[f"{sector}_growth"], values["habit_fade"])
    if sector == TRANSPORT:
        rural = values["rural_delivery"][:, :, None]
        years = years * (drivers.urban + (1.0 - drivers.urban) * rural)
    if sector == TRAVEL:
        loss, recovery = values["travel_pandemic_loss"], values["travel_recovery"]
        years = years * (1.0 - pandemic(drivers.years, loss, recovery))
    share = values[f"{sector}_share"][:, :, None, None]
    return np.asarray(share * drivers.online * income * years[..., None])


def habit(years: tuple[int, ...], growth: Floats, fade: Floats) -> Floats:
    """How far a share has come from its value of 2022, by run, country and year.

    It grows at `growth` a year in 2022, and this growth fades at the rate `fade`: a Gompertz curve.
    """
    since = np.array(years, dtype=float) - BASE_YEAR
    gone = -np.expm1(-fade[..., None] * since) / fade[..., None]
    return np.exp(growth[..., None] * gone)


def pandemic(years: tuple[int, ...], loss: Floats, recovery: Floats) -> Floats:
    """Share of travel that is missing: none before 2020, all of `loss` to 2021, then it fades."""
    first, last = LOST_IN_FULL
    since = np.maximum(np.array(years, dtype=float) - last, 0.0)
    fading = np.exp(-recovery[..., None] * since)
    return np.where(np.array(years) < first, 0.0, loss[..., None] * fading)


def spending(drivers: Drivers, values: Values) -> Floats:
    """Spending by sector other than e-commerce (sectors, runs, countries, years, fifths)."""
    asked = np.stack([wanted(sector, drivers, values) for sector in SECTORS])
    total = asked.sum(axis=0)
    room = np.maximum(room_left(drivers), 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        kept = np.where(total > room, room / total, 1.0)
    return np.asarray(asked * kept)


def room_left(drivers: Drivers) -> Floats:
    """What the cap leaves for sectors other than e-commerce, nominal US$."""
    return np.asarray(drivers.cap[:, :, None, None] * drivers.online - drivers.ecommerce)


def capped(drivers: Drivers, values: Values) -> Floats:
    """Where the cap takes something from the sectors (runs, countries, years, fifths)."""
    asked = sum(wanted(sector, drivers, values) for sector in SECTORS)
    return np.asarray(asked > room_left(drivers))
