"""Networks of towns and countryside: whom they reach, and how good they are (M1).

Two stocks of capital a person: one decides which share of an area networks reach, the other their
quality. Capital K wears out at `network_depreciation` and grows by what is invested; an area is
served to the share `ceiling * (1 - exp(-K / scale))`. Private operators invest what the observed
shares imply and, after the last observation, close a part of the remaining gap each year. Public
money adds to that: part of it is lost, it draws in private money, and it is split between the two.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.data.country import BASE_YEAR, Country
from sim.units import FIRST_QUARTER, QUARTERS_PER_YEAR, quarter_index

Areas = tuple[float, float]  # towns, countryside
Reader = Callable[[str], float]
LEAST_CAPITAL = 1.0  # US$ per person; keeps ratios finite where there is no network
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
    """One stock of capital of one country: per person (constant 2022 US$) by area."""

    private_path: list[Areas]  # by quarter: capital that private operators hold
    public: Areas = (0.0, 0.0)

    def build(self, works: float, urban_share: float, params: Reader) -> None:
        """Add one quarter of public works (US$ per person of the country and year)."""
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

    def capital(self, quarter: int) -> Areas:
        """Capital per person at the end of a quarter, counted from 0 at 2014Q4."""
        town, countryside = self.private_path[quarter]
        return town + self.public[0], countryside + self.public[1]


@dataclass
class Networks:
    """The networks of one country; quarters are counted from 0 at 2014Q4.

    `reached` is the share of each area within reach by quarter, satellites included, as far as the
    quarters were built; `quality_2022` the quality of each area in 2022 without programmes.
    """

    coverage: Network
    quality: Network
    urban_share: float
    params: Reader
    reached: list[Areas]
    quality_2022: Areas

    def build(self, public_money: float, satellite: float) -> float:
        """One quarter: public money (US$ per person of the country and year) becomes capital.

        `satellite` is the share of the uncovered countryside that rents capacity from space.
        Returns the part that was lost on the way (US$ per person and year).
        """
        efficiency = self.params("public_investment_efficiency")
        works = (efficiency + self.params("private_leverage")) * public_money
        better = self.params("quality_money_share")
        self.coverage.build((1.0 - better) * works, self.urban_share, self.params)
        self.quality.build(better * works, self.urban_share, self.params)
        towns, countryside = self._reach(self.coverage.capital(len(self.reached)))
        self.reached.append((towns, countryside + satellite * (1.0 - countryside)))
        return (1.0 - efficiency) * public_money

    def seen_by_people(self) -> dict[str, float]:
        """What people see of the last quarter built, by fields of `CountryEnvironment`."""
        by_area = {
            "coverage": self.reached[-1],
            "year_ago": self.reached[self._year_ago],
            "unaided": self._unaided_year_ago(),
            "quality": self.quality_gain(),
        }
        return {
            f"{name}_{area}": value
            for name, values in by_area.items()
            for area, value in zip(("town", "countryside"), values, strict=True)
        }

    def newly_covered(self) -> Areas:
        """Share of each area that programmes have reached for a year."""
        reached, unaided = self.reached[self._year_ago], self._unaided_year_ago()
        return max(reached[0] - unaided[0], 0.0), max(reached[1] - unaided[1], 0.0)

    def quality_gain(self) -> Areas:
        """Quality of each area in the last quarter built less that of 2022."""
        scale = self.params("quality_scale")
        town, countryside = (
            covered(capital, scale, 1.0) for capital in self.quality.capital(len(self.reached) - 1)
        )
        return town - self.quality_2022[0], countryside - self.quality_2022[1]

    def national_quality_gain(self) -> float:
        """The same as a mean over the people of the country."""
        return self._mean(self.quality_gain())

    def price_factor(self) -> float:
        """What capital that programmes added leaves of the price of data."""
        now = len(self.reached) - 1
        private = self._mean(self.coverage.private_path[now], self.quality.private_path[now])
        added = self._mean(self.coverage.public, self.quality.public)
        growth = 1.0 + added / max(private, LEAST_CAPITAL)
        return float(growth ** -self.params("data_price_response"))

    def national(self) -> tuple[float, float, float]:
        """Capital per person that reaches, share of people reached, capital that makes quality."""
        now = len(self.reached) - 1
        return (
            self._mean(self.coverage.capital(now)),
            self._mean(self.reached[now]),
            self._mean(self.quality.capital(now)),
        )

    @property
    def _year_ago(self) -> int:
        """Four quarters before the last one built, at the earliest 2014Q4."""
        return max(len(self.reached) - 1 - QUARTERS_PER_YEAR, 0)

    def _unaided_year_ago(self) -> Areas:
        """What was within reach a year ago without programmes."""
        return self._reach(self.coverage.private_path[self._year_ago])

    def _reach(self, capital: Areas) -> Areas:
        return areas_reached(capital, self.params)

    def _mean(self, *stocks: Areas) -> float:
        """Mean over the people of the country, summed over stocks."""
        areas = np.array([self.urban_share, 1.0 - self.urban_share])
        return sum(float(areas @ stock) for stock in stocks)


def areas_reached(capital: Areas, params: Reader) -> Areas:
    """Share of each area that a capital per person reaches."""
    scale, ceiling = params("coverage_scale"), params("coverage_ceiling")
    return covered(capital[0], scale, ceiling), covered(capital[1], scale, ceiling)


def unaided_networks(country: Country, quarters: int, params: Reader) -> Networks:
    """The networks of a country as private operators build them, from 2014Q4 on."""
    last = max(quarters, quarter_index(f"{BASE_YEAR}Q4") - FIRST_QUARTER + 1)
    fixed, scale = params("fixed_line_weight"), params("quality_scale")
    coverage = _unaided_coverage(country, last, params)
    quality = private_network(
        country,
        (1.0 - fixed) * country.coverage_4g + fixed * country.fixed_lines,
        last,
        (scale, 1.0, params("quality_gap_closing")),
        params("rural_coverage_gap"),
    )
    in_base_year = range(quarter_index(f"{BASE_YEAR}Q1"), quarter_index(f"{BASE_YEAR}Q4") + 1)
    served = np.array(
        [
            [covered(k, scale, 1.0) for k in quality.private_path[q - FIRST_QUARTER + 1]]
            for q in in_base_year
        ]
    ).mean(axis=0)
    return Networks(
        coverage,
        quality,
        country.urban_share,
        params,
        [areas_reached(coverage.private_path[0], params)],
        (float(served[0]), float(served[1])),
    )


def _unaided_coverage(country: Country, quarters: int, params: Reader) -> Network:
    """The stock that decides whom networks reach: mobile networks of 3G or better."""
    return private_network(
        country,
        country.coverage_3g,
        quarters,
        (params("coverage_scale"), params("coverage_ceiling"), params("coverage_gap_closing")),
        params("rural_coverage_gap"),
    )


def reach_at_start(country: Country, params: Reader) -> Areas:
    """Share of each area within reach at the end of 2014; all of it where that is no gate."""
    if params("coverage_gate") <= 0.0:
        return 1.0, 1.0
    return areas_reached(_unaided_coverage(country, 0, params).private_path[0], params)


def private_network(
    country: Country,
    observed: NDArray[np.float64],
    quarters: int,
    shape: tuple[float, float, float],
    gap: float,
) -> Network:
    """A stock as private operators build it, by quarter from 2014Q4 on.

    `observed` are shares of people by year, `shape` the scale, the ceiling and the share of the gap
    that is closed in a year, `gap` how much more of the countryside is left out than of towns.
    """
    scale, ceiling, closing = shape
    last = max(year for year, value in enumerate(observed) if not math.isnan(value))
    path: list[Areas] = []
    for quarter in range(quarters + 1):
        year = quarter / QUARTERS_PER_YEAR  # years since the end of 2014
        if year <= last:
            below = int(year)
            part = year - below
            above = min(below + 1, last)
            national = observed[below] * (1.0 - part) + observed[above] * part
            stocks = _areas(national, country.urban_share, gap)
            path.append(
                (capital_for(stocks[0], scale, ceiling), capital_for(stocks[1], scale, ceiling))
            )
        else:  # a constant share of the uncovered is reached each year: linear in capital
            more = scale * closing / QUARTERS_PER_YEAR
            path.append((path[-1][0] + more, path[-1][1] + more))
    return Network(path)


def _areas(national: float, urban_share: float, gap: float) -> Areas:
    """Coverage of town and countryside when the uncovered share differs by the factor `gap`."""
    uncovered = 1.0 - national
    town = uncovered / (urban_share + (1.0 - urban_share) * gap)
    countryside = town * gap
    if countryside > 1.0:
        countryside = 1.0
        town = (uncovered - (1.0 - urban_share)) / urban_share
    return 1.0 - town, 1.0 - countryside
