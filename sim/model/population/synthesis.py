"""The people of 2014Q4: how the start stocks are dealt out so that they match what was observed.

Who is connected, holds an account or already shops is dealt by systematic sampling with unequal
probabilities inside each community: the probability of a person rises with income rank and in
towns, and the number of chosen people is the expected one to within one person per community.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from sim.data.country import Country
from sim.model.broadband import reach_at_start
from sim.model.population.people import COUNTRYSIDE, RANK, RANK_BINS, TOWN, cell_of, describe
from sim.rng import AgentRng, decision, scramble, uniform, unit
from sim.units import USD_SCALE, exponential

START_SKILL = decision("start_skill")
START_CONNECTED = decision("start_connected")
START_ACCOUNT = decision("start_account")
START_SHOPPER = decision("start_shopper")
POOREST = 0.4  # the published split of account holders: poorest 40 % against the rest


# columns of the census
PEOPLE, ADULTS, CONNECTED, ACCOUNTS, SHOPPERS, RELATIVE_INCOME = range(6)
INITIAL_COUNT_COLUMNS = 6


class Start(NamedTuple):
    """The start of one country, as the numbers from which its people are dealt."""

    connected: float  # log odds of being connected at mean rank in the countryside
    shopper: float  # the same for shopping, among connected adults
    rank_slope: float  # log odds per unit of (2 rank - 1)
    urban_slope: float  # log odds of towns
    account_poor: float  # probability among adults of the poorest 40 %
    account_rich: float  # among the other 60 %
    skill: float
    skill_slope: float
    skill_spread: float
    trust: float
    habit: float
    reach_town: float  # share of people within reach of networks, outside whom nobody is connected
    reach_countryside: float
    willing: float  # share of people who may ever buy online


START = np.dtype([(name, "f8") for name in Start._fields])


def odds_at(start, intercept, who):  # type: ignore[no-untyped-def]
    """Probability at log odds `intercept`, plus what rank and place add."""
    score = intercept + start.rank_slope * (2.0 * who.income_rank - 1.0)
    if who.urban:
        score += start.urban_slope
    return 1.0 / (1.0 + exponential(-score))


def deal(
    chunk, chunk_first, community_first, community_country, rows, seen, homes, starts,
    traits, counts, initial_counts,
):  # fmt: skip  # type: ignore[no-untyped-def]
    """Fill the rows of one chunk; `census` counts people, adults, connected, holders, shoppers."""
    for community in range(chunk_first[chunk], chunk_first[chunk + 1]):
        country = int(community_country[community])
        home = homes[country]
        start = starts[country]
        begin = int(community_first[community])
        area = TOWN
        reach = start.reach_town
        if begin - home.first >= home.urban_size:
            area = COUNTRYSIDE
            reach = start.reach_countryside
        here = begin - home.first
        connected_sum = unit(scramble(home.person_key ^ START_CONNECTED, here))
        account_sum = unit(scramble(home.person_key ^ START_ACCOUNT, here))
        shopper_sum = unit(scramble(home.person_key ^ START_SHOPPER, here))
        for i in range(begin, int(community_first[community + 1])):
            number = i - home.first
            who = describe(home, traits, country, area, number)
            row = rows[i]
            luck = AgentRng(home.person_key, number)
            spread = start.skill_spread * (2.0 * uniform(luck, START_SKILL) - 1.0)
            skill = start.skill + start.skill_slope * (who.income_rank - 0.5) + spread
            row.skill = min(max(skill, 0.0), 1.0)
            row.trust = start.trust
            before = math.floor(connected_sum)
            if who.coverage_rank < reach:
                connected_sum += min(odds_at(start, start.connected, who) / reach, 1.0)
            row.connected = math.floor(connected_sum) > before
            tally = initial_counts[chunk, cell_of(who)]
            tally[PEOPLE] += 1
            tally[RELATIVE_INCOME] += int(exponential(who.log_income) * USD_SCALE)
            if row.connected:
                tally[CONNECTED] += 1
            seen[i] = 0
            if who.adult:
                tally[ADULTS] += 1
                counts[community, 2] += 1
                before = math.floor(account_sum)
                if who.income_rank < POOREST:
                    account_sum += start.account_poor
                else:
                    account_sum += start.account_rich
                row.account = math.floor(account_sum) > before
                if row.account:
                    tally[ACCOUNTS] += 1
                if row.connected and who.reluctance >= 1.0 - start.willing:
                    before = math.floor(shopper_sum)
                    shopper_sum += min(odds_at(start, start.shopper, who) / start.willing, 1.0)
                    row.shopper = math.floor(shopper_sum) > before
                if row.shopper:
                    tally[SHOPPERS] += 1
                    row.habit = start.habit
                    seen[i] = 1
                    counts[community, 0] += 1


def start_of(
    country: Country, params: Callable[[str], float], traits: NDArray[np.float64]
) -> Start:
    """Solves the log odds at which the shares of the country come out as observed.

    `traits` is the table of the country by area, bin and column; `params` gives a parameter by
    name. Where more people were online than networks reach, all whom they reach are.
    """
    rank_slope, urban_slope = params("start_income_gradient"), params("start_urban_gradient")
    score = rank_slope * (2.0 * traits[..., RANK] - 1.0)
    score[TOWN] += urban_slope
    areas = np.array([[country.urban_share], [1.0 - country.urban_share]])
    weight = np.repeat(areas / RANK_BINS, RANK_BINS, axis=1)
    reach = np.array(reach_at_start(country, params))
    connected = _solve_odds(country.internet_share_2014, score, weight, reach[:, None])
    among = weight * np.minimum(1.0 / (1.0 + np.exp(-(connected + score))), reach[:, None])
    willing = 1.0 - params("never_online_buyers")
    shopper = _solve_odds(params("start_shopper_share"), score, among, willing)
    return Start(
        connected=connected,
        shopper=shopper,
        rank_slope=rank_slope,
        urban_slope=urban_slope,
        account_poor=country.account_share_2014_poorest40,
        account_rich=country.account_share_2014_richest60,
        skill=min(float(country.schooling_years[0]) / params("schooling_for_full_skill"), 1.0),
        skill_slope=params("start_skill_income_slope"),
        skill_spread=params("start_skill_spread"),
        trust=params("trust_level"),
        habit=params("start_habit"),
        reach_town=float(reach[0]),
        reach_countryside=float(reach[1]),
        willing=willing,
    )


def _solve_odds(
    share: float,
    score: NDArray[np.float64],
    weight: NDArray[np.float64],
    most: NDArray[np.float64] | float,
) -> float:
    """Log odds at which the weighted mean probability is `share` (-700 for none, 700 for all).

    No probability exceeds `most`.
    """
    total = float((weight * most).sum())
    if share <= 1e-250:
        return -700.0
    if share >= total * (1.0 - 1e-12):
        return 700.0

    def surplus(intercept: float) -> float:
        chosen = np.minimum(1.0 / (1.0 + np.exp(-(intercept + score))), most)
        return float((weight * chosen).sum()) - share

    return float(brentq(surplus, -690.0, 690.0, xtol=1e-12))
