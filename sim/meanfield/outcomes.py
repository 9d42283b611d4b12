"""Outcomes and policy effects in the mean-field model: a baseline and a scenario under one draw.

Money and the ratio are taken in logarithms, shares and gaps as they are, so an effect on money is a
log difference and an effect on a share a difference in shares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.meanfield.recording import Recording, same_horizon
from sim.model.engine import people_loop
from sim.model.indicators import group_matrix
from sim.parameters.values import ParameterSet
from sim.target import BASE_YEAR
from sim.units import COUNTRIES, QUARTERS_PER_YEAR, REGION, year_of

Floats = NDArray[np.float64]
PLACES = (*COUNTRIES, REGION)
LEVEL, EFFECT = "outcome", "effect"
NET_BENEFIT = "net_benefit_usd"
VALUE, RATIO = "gmv_nominal_usd", "ratio_nominal"
OUTCOMES = {
    VALUE: "log of online purchases in nominal US$",
    "gmv_real_usd": "log of online purchases in constant 2022 US$",
    RATIO: "log of purchases in nominal US$ over those of 2022",
    "adults_buying_online_share": "share of adults who buy online",
    "town_countryside_gap": "share of adults who buy online, towns less countryside",
    "scam_losses_usd": "log of what victims lost, constant 2022 US$",
}
"""Name of each outcome and its scale in words."""
URBAN, RURAL = 1, 2  # rows of the groups of people


@dataclass(frozen=True)
class Quantity:
    """One number of a pair of runs."""

    kind: str  # outcome of the baseline, or effect of the scenario
    outcome: str
    country: str
    year: int


@dataclass(frozen=True)
class Pair:
    """A baseline and a scenario as people saw them, and what is read from their runs.

    `worth` is what a dollar of added purchases is worth in the net benefit.
    """

    baseline: Recording
    scenario: Recording
    years: tuple[int, ...]
    worth: float

    def __post_init__(self) -> None:
        same_horizon(self.baseline, self.scenario)
        check_years(self.years, sorted({year_of(quarter) for quarter in self.baseline.quarters}))

    def quantities(self) -> list[Quantity]:
        """What `run` returns, in order; the net benefit of the whole scenario stands last."""
        found = [
            Quantity(kind, outcome, place, year)
            for kind in (LEVEL, EFFECT)
            for outcome in OUTCOMES
            for place in PLACES
            for year in self.years
            if not (outcome == RATIO and (kind == EFFECT or year <= BASE_YEAR))
        ]
        last = year_of(self.baseline.quarters[-1])
        return [*found, *(Quantity(EFFECT, NET_BENEFIT, place, last) for place in PLACES)]

    def run(self, values: ParameterSet) -> tuple[Floats, Floats]:
        """The quantities of one draw, and the yearly sums of its baseline (see `sums_of`)."""
        base, policy = sums_of(self.baseline, values), sums_of(self.scenario, values)
        first = year_of(self.baseline.quarters[0])
        one, other = self._levels(base, first), self._levels(policy, first)
        money = self.worth * (policy[REAL] - base[REAL]) - (policy[LOSSES] - base[LOSSES])
        cost = _by_place((self.scenario.spending - self.baseline.spending).T)
        net = money.sum(axis=1) - cost.sum(axis=1)
        found = self._effects(other - one)
        return np.concatenate([one, found, net]), base

    def _effects(self, differences: Floats) -> Floats:
        """Without those on the ratio, which are those on the value in nominal US$ again."""
        after = sum(year > BASE_YEAR for year in self.years)
        start = 2 * len(PLACES) * len(self.years)  # after two tables of money
        return np.delete(differences, range(start, start + len(PLACES) * after))

    def _levels(self, sums: Floats, first: int) -> Floats:
        at = [year - first for year in self.years]
        with np.errstate(divide="ignore", invalid="ignore"):
            base = np.log(sums[NOMINAL][:, BASE_YEAR - first])[:, None]
            nominal = np.log(sums[NOMINAL][:, at])
            after = [place for place, year in enumerate(self.years) if year > BASE_YEAR]
            tables = [
                nominal,
                np.log(sums[REAL][:, at]),
                (nominal - base)[:, after],
                (sums[SHOPPERS] / sums[ADULTS])[:, at],
                (sums[TOWN_SHOPPERS] / sums[TOWN_ADULTS])[:, at]
                - (sums[COUNTRY_SHOPPERS] / sums[COUNTRY_ADULTS])[:, at],
                np.log(sums[LOSSES][:, at]),
            ]
        return np.concatenate([table.ravel() for table in tables])


(
    NOMINAL, REAL, LOSSES, VICTIMS, LAPSED, PEOPLE, ADULTS, CONNECTED, CONNECTED_ADULTS, HOLDERS,
    SHOPPERS, TRUST, TOWN_ADULTS, TOWN_SHOPPERS, COUNTRY_ADULTS, COUNTRY_SHOPPERS,
) = range(16)  # fmt: skip


def sums_of(recording: Recording, values: ParameterSet) -> Floats:
    """Yearly sums of a mean-field run: (16 sums named above, countries and the region, years).

    Persons and US$; flows of the year, stocks of its last quarter.
    """
    mean_field, outlooks = recording.mean_field(values), recording.outlooks(values)
    out = mean_field.run(groups=True)[0]  # countries, quarters, groups, measures
    people = np.stack([here.population for here in outlooks.values()])
    nominal = np.stack([here.nominal for here in outlooks.values()])
    whole = out.sum(axis=2) * people[:, :, None]
    areas = np.einsum("ag,cqg->acq", group_matrix()[[URBAN, RURAL]], out[..., people_loop.SHOPPERS])
    adults = np.stack([_adults(mean_field.cells, urban) for urban in (True, False)])
    ends = slice(QUARTERS_PER_YEAR - 1, None, QUARTERS_PER_YEAR)

    def flow(quarterly: Floats) -> Floats:
        return np.asarray(quarterly.reshape(len(quarterly), -1, QUARTERS_PER_YEAR).sum(axis=2))

    spending = whole[:, :, people_loop.SPENDING]
    tables = [
        flow(spending * nominal),
        flow(spending),
        flow(whole[:, :, people_loop.LOSSES]),
        flow(whole[:, :, people_loop.VICTIMS]),
        flow(whole[:, :, people_loop.LAPSED_SHOPPERS]),
        people[:, ends],
        (people * adults.sum(axis=0)[:, None])[:, ends],
        *(
            whole[:, ends, measure]
            for measure in (
                people_loop.CONNECTED, people_loop.CONNECTED_ADULTS, people_loop.ACCOUNTS,
                people_loop.SHOPPERS,
                people_loop.TRUST,
            )
        ),
        (people * adults[0][:, None])[:, ends],
        (people * areas[0])[:, ends],
        (people * adults[1][:, None])[:, ends],
        (people * areas[1])[:, ends],
    ]  # fmt: skip
    return np.stack([_by_place(table) for table in tables])


def _adults(cells: NDArray[np.void], urban: bool) -> Floats:
    return np.asarray((cells["adults"] * (cells["urban"] == urban)).sum(axis=1))


def _by_place(table: Floats) -> Floats:
    """Countries, and below them the region."""
    return np.concatenate([table, table.sum(axis=0, keepdims=True)])


def check_years(years: Sequence[int], covered: Sequence[int]) -> None:
    """Refuse years that were not lived through. Raises InputError."""
    wrong = [year for year in years if year not in covered]
    if wrong or not years:
        raise InputError(
            f"there is nothing to say on {', '.join(map(str, wrong[:10])) or 'no years'}",
            where="--years",
            allowed=f"{covered[0]} to {covered[-1]}",
        )


def years_from(text: str) -> tuple[int, ...]:
    """Years with commas between. Raises InputError."""
    pieces = [piece.strip() for piece in text.split(",") if piece.strip()]
    if not pieces or not all(piece.isascii() and piece.isdigit() for piece in pieces):
        raise InputError(f"'{text}' are not years", where="--years", allowed="such as 2023,2030")
    return tuple(sorted({int(piece) for piece in pieces}))


def series_of(quantities: Sequence[Quantity]) -> dict[Quantity, int]:
    """Place of each quantity in the results."""
    return {quantity: place for place, quantity in enumerate(quantities)}
