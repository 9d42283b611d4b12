"""Broadband capital of towns and countryside, and the share of people it covers (M1).

Capital per person K wears out at `network_depreciation` and grows by what is invested; an area is
covered to the share `ceiling * (1 - exp(-K / coverage_scale))`. Private operators invest what the
observed coverage implies and, after the last observation, close a part of the remaining gap each
year. Coverage is a mean of mobile coverage (3G and 4G alike) and of households with a fixed line.
Public money adds to that: part of it is lost, and it draws in private money.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from sim.data.country import Country
from sim.units import QUARTERS_PER_YEAR

_NEARLY = 0.9995  # observed coverage at the ceiling would need infinite capital


def capital_after(capital: float, investment: float, depreciation: float, years: float) -> float:
    """Capital after `years` of constant `investment` (US$ per person and year); exact."""
    if depreciation == 0.0:
        return capital + investment * years
    kept = math.exp(-depreciation * years)
    return capital * kept + investment * (1.0 - kept) / depreciation


def covered(capital: float, scale: float, ceiling: float) -> float:
    """Share of an area that a capital per person covers."""
    return ceiling * (1.0 - math.exp(-capital / scale))


def capital_for(coverage: float, scale: float, ceiling: float) -> float:
    """The capital per person that covers a share of an area (inverse of `covered`)."""
    return -scale * math.log(1.0 - min(coverage / ceiling, _NEARLY))


@dataclass
class Network:
    """The network of one country: capital per person (constant 2022 US$) by area."""

    private_path: list[tuple[float, float]]  # by quarter: capital that private operators hold
    public: tuple[float, float] = (0.0, 0.0)

    def build(
        self, public_money: float, urban_share: float, params: Callable[[str], float]
    ) -> float:
        """Add one quarter of public money (US$ per person of the country and year).

        Returns the part that was lost on the way (US$ per person and year).
        """
        efficiency = params("public_investment_efficiency")
        works = (efficiency + params("private_leverage")) * public_money
        rural = params("rural_investment_share")
        if urban_share in (0.0, 1.0):  # nowhere else to build
            rural = 1.0 - urban_share
        shares = ((1.0 - rural, urban_share), (rural, 1.0 - urban_share))
        self.public = tuple(  # type: ignore[assignment]
            capital_after(
                stock,
                works * share / people if people > 0 else 0.0,
                params("network_depreciation"),
                1.0 / QUARTERS_PER_YEAR,
            )
            for stock, (share, people) in zip(self.public, shares, strict=True)
        )
        return (1.0 - efficiency) * public_money

    def capital(self, quarter: int) -> tuple[float, float]:
        """Capital per person at the end of a quarter, counted from 0 at 2014Q4."""
        town, countryside = self.private_path[quarter]
        return town + self.public[0], countryside + self.public[1]

    def coverage(self, quarter: int, params: Mapping[str, float]) -> tuple[float, float]:
        """Share of towns and of the countryside that is covered at the end of a quarter."""
        towns, countryside = self.capital(quarter)
        scale, ceiling = params["coverage_scale"], params["coverage_ceiling"]
        return covered(towns, scale, ceiling), covered(countryside, scale, ceiling)

    def national(
        self, quarter: int, params: Mapping[str, float], urban_share: float, satellite: float
    ) -> tuple[float, float]:
        """Capital per person and share of people covered in the whole country.

        `satellite` is the share of the uncovered countryside that rents capacity from space.
        """
        areas = np.array([urban_share, 1.0 - urban_share])
        towns, countryside = self.coverage(quarter, params)
        reached = (towns, countryside + satellite * (1.0 - countryside))
        return float(areas @ self.capital(quarter)), float(areas @ reached)


def private_network(country: Country, quarters: int, params: Callable[[str], float]) -> Network:
    """The network as private operators build it, by quarter from 2014Q4 on."""
    scale, ceiling = params("coverage_scale"), params("coverage_ceiling")
    mobile = (country.coverage_3g + country.coverage_4g) / 2.0
    fixed = params("fixed_line_weight")
    observed = list((1.0 - fixed) * mobile + fixed * country.fixed_lines)
    last = max(year for year, value in enumerate(observed) if not math.isnan(value))
    path: list[tuple[float, float]] = []
    for quarter in range(quarters + 1):
        year = quarter / QUARTERS_PER_YEAR  # years since the end of 2014
        if year <= last:
            below = int(year)
            part = year - below
            above = min(below + 1, last)
            national = observed[below] * (1.0 - part) + observed[above] * part
            stocks = _areas(national, country.urban_share, params("rural_coverage_gap"))
            path.append(
                (capital_for(stocks[0], scale, ceiling), capital_for(stocks[1], scale, ceiling))
            )
        else:  # a constant share of the uncovered is reached each year: linear in capital
            more = scale * params("coverage_gap_closing") / QUARTERS_PER_YEAR
            path.append((path[-1][0] + more, path[-1][1] + more))
    return Network(path)


def _areas(national: float, urban_share: float, gap: float) -> tuple[float, float]:
    """Coverage of town and countryside when the uncovered share differs by the factor `gap`."""
    uncovered = 1.0 - national
    town = uncovered / (urban_share + (1.0 - urban_share) * gap)
    countryside = town * gap
    if countryside > 1.0:
        countryside = 1.0
        town = (uncovered - (1.0 - urban_share)) / urban_share
    return 1.0 - town, 1.0 - countryside
