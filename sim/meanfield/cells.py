"""The cells of the mean-field model: who is alike, how many they are, and how they start.

A cell is the adults of one country, area, sex, band of income rank and band of age, with the
children of their age band's share: children connect as adults do and do nothing else. Shares are of
the country's people; the start stocks are those that `model.population.synthesis` deals to agents.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.agents.consumer import Person
from sim.data.country import Country
from sim.model.population.people import LOG_INCOME, RANK, RANK_BINS, cell_of, trait_table
from sim.model.population.synthesis import POOREST, start_of
from sim.parameters.values import ParameterSet

INCOME_EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0)  # fifths; the top one in two, as it buys most
INCOMES = len(INCOME_EDGES) - 1
AGES = 3  # 15 to 24, between, 55 and over
YOUNG, MIDDLE, OLDER = range(AGES)
# Points and weights for a standard normal propensity: the moments up to the fifth are exact.
PROPENSITIES = ((0.0, 2.0 / 3.0), (-math.sqrt(3.0), 1.0 / 6.0), (math.sqrt(3.0), 1.0 / 6.0))
CELLS_A_COUNTRY = 2 * 2 * INCOMES * AGES * len(PROPENSITIES)

CELL = np.dtype(
    [
        ("adults", "f8"),  # of the cell, as a share of the country's people
        ("people", "f8"),  # with the children
        ("young", "?"),
        ("older", "?"),
        ("woman", "?"),
        ("urban", "?"),
        ("income_rank", "f8"),
        ("propensity", "f8"),  # to shop online and to spend there
        ("log_income", "f8"),  # of the cell's mean income relative to the country's mean
        ("group", "i8"),  # of the 20 in which people are counted
        ("connected", "f8"),  # share of the cell at the end of 2014
        ("account", "f8"),
        ("shopper_score", "f8"),  # log odds of shopping above those of mean rank in the countryside
        ("skill", "f8"),
    ]
)


@dataclass(frozen=True)
class Band:
    """One band of income in one area: rank bins that belong to it, as a share of the area."""

    bins: NDArray[np.bool_]
    share: float
    rank: float
    log_income: float


def lay_out_cells(countries: Mapping[str, Country], values: ParameterSet) -> NDArray[np.void]:
    """The cells of every country, (countries, cells), at the start under these parameters."""
    traits = trait_table(countries, values)
    ranks, log_incomes = traits[..., RANK], traits[..., LOG_INCOME]
    table = np.zeros((len(countries), CELLS_A_COUNTRY), dtype=CELL)
    for position, (iso, country) in enumerate(countries.items()):
        params = values.in_country(iso)
        start = start_of(country, params.__getitem__, traits[position])
        reach = (start.reach_town, start.reach_countryside)
        nodes = _propensities(params)
        ages = _ages(params)
        place = 0
        for area, area_share in enumerate((country.urban_share, 1.0 - country.urban_share)):
            urban = area == 0
            for band in _bands(ranks[position, area], log_incomes[position, area]):
                rank = ranks[position, area][band.bins]
                slope = start.rank_slope * (2.0 * rank - 1.0) + (start.urban_slope if urban else 0)
                connected = np.minimum(_logistic(start.connected + slope), reach[area])
                for woman, sex_share in enumerate(
                    (1.0 - params["women_share"], params["women_share"])
                ):
                    for age, (propensity, age_share) in (
                        (age, (node, age_share * weight))
                        for age, age_share in enumerate(ages)
                        for node, weight in nodes
                    ):
                        who = Person(
                            True, age == YOUNG, age == OLDER, woman == 1, urban,
                            band.rank, band.log_income, 0.0, propensity, 1.0,
                        )  # fmt: skip
                        account = np.where(
                            rank < POOREST, start.account_poor, start.account_rich
                        ).mean()
                        people = area_share * band.share * sex_share * age_share
                        table[position, place] = (
                            people * country.adult_share,
                            people,
                            who.young, who.older, who.woman, who.urban,
                            who.income_rank, who.propensity, who.log_income, cell_of(who),
                            connected.mean(),
                            account,
                            math.log(_mean_odds(slope, connected)),
                            min(max(start.skill + start.skill_slope * (band.rank - 0.5), 0.0), 1.0),
                        )  # fmt: skip
                        place += 1
    return table


def _bands(ranks: NDArray[np.float64], log_incomes: NDArray[np.float64]) -> list[Band]:
    bands = []
    for income in range(INCOMES):
        bins = (ranks >= INCOME_EDGES[income]) & (ranks < INCOME_EDGES[income + 1])
        if bins.any():
            mean = float(np.exp(log_incomes[bins]).mean())
            share = float(bins.sum() / RANK_BINS)
            bands.append(Band(bins, share, float(ranks[bins].mean()), math.log(mean)))
        else:
            bands.append(Band(np.ones_like(bins), 0.0, INCOME_EDGES[income], 0.0))
    return bands


def _propensities(params: Mapping[str, float]) -> tuple[tuple[float, float], ...]:
    """Points of the propensity and their weights; one point where nothing depends on it."""
    if params["adoption_spread"] == 0.0 and params["spending_spread"] == 0.0:
        return ((0.0, 1.0), *((node, 0.0) for node, _ in PROPENSITIES[1:]))
    return PROPENSITIES


def _ages(params: Mapping[str, float]) -> list[float]:
    young, older = params["youth_share_of_adults"], params["older_share_of_adults"]
    return [young, 1.0 - young - older, older]


def _logistic(score: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(-score)))


def _mean_odds(slope: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Odds of a cell relative to mean rank in the countryside, among those connected."""
    return float((np.exp(slope) * weight).sum() / weight.sum())
