"""`trade.csv`: where the change of purchases comes from, and what theory alone would expect.

For every buyer country and the five countries together, a change of purchases from neighbours is
new purchases (creation) or replaces purchases elsewhere (diversion); fake shops take a share of
all. By construction: neighbours = creation + diversion from the rest of the world + diversion from
home
- what fake shops take more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.comparison.contrasts import ASSUMPTIONS, POLICY
from sim.analysis.comparison.pairs import CUMULATIVE_FROM, Pairs, spread
from sim.analysis.comparison.run_parameters import RunParameters
from sim.analysis.comparison.tables.summary import PLACES
from sim.rows import row_where
from sim.target import TARGET_YEAR
from sim.units import COUNTRIES, REGION

Floats = NDArray[np.float64]
TOTAL, HOME, NEAR, FAR = "gmv_real_usd", "gmv_home_usd", "gmv_region_usd", "gmv_row_usd"
FAKE = "purchase_fraud_usd"
COLUMNS = [
    "scenario",
    "baseline",
    "effect_of",
    "country",
    "period",
    "measure",
    "value",
    "low",
    "high",
    "unit",
]
PERIODS = {str(TARGET_YEAR): TARGET_YEAR, f"{CUMULATIVE_FROM}-{TARGET_YEAR}": CUMULATIVE_FROM}
_MONEY, _SHARE, _LOG = "constant 2022 US$", "share", "log points"
MEASURES = {
    "creation_usd": "change of all online purchases",
    "diversion_row_usd": "purchases that no longer go to the rest of the world",
    "diversion_home_usd": "purchases that no longer go to sellers at home",
    "fake_shops_usd": "change of revenue of fake shops",
    "neighbours_usd": "change of purchases from the other four countries",
    "neighbours_change": "the same relative to the baseline",
    "total_change": "change of all online purchases relative to the baseline",
    "neighbours_share": "share of purchases that comes from the other four in the baseline",
    "spending_expected": "change of log spending that the back-of-envelope expects",
    "spending_simulated": "change of log spending in the runs",
    "spending_gap": "what the agents add to the back-of-envelope",
    "loop_gain": "how much of a rise of spending comes back through varieties and prices",
}


def trade(pairs_by_scenario: Mapping[str, Pairs], settings: RunParameters) -> pd.DataFrame:
    """The columns of `trade.csv`; values are medians over pairs, with their interval.

    What theory expects is known of a change of policy alone: it takes parameters as given.
    """
    rows: list[tuple[object, ...]] = []
    for scenario, pairs in pairs_by_scenario.items():
        sides = (scenario, pairs.against, pairs.effect_of)
        for country in PLACES:
            if not all(pairs.has(country, name) for name in (TOTAL, HOME, NEAR, FAR, FAKE)):
                continue
            for period, first in PERIODS.items():
                for measure, unit, values in _flows(pairs, country, first):
                    found = (*sides, country, period, measure)
                    rows.append((*found, *spread(values, pairs.draws), unit))
            if pairs.effect_of != POLICY:
                continue
            expected = _expected(pairs, scenario, country, settings)
            if expected is None:
                continue
            simulated = _log_change(*pairs.both(country, TOTAL))
            for measure, values in (
                ("spending_expected", expected),
                ("spending_simulated", simulated),
                ("spending_gap", simulated - expected),
            ):
                found = (*sides, country, str(TARGET_YEAR), measure)
                rows.append((*found, *spread(values, pairs.draws), _LOG))
            if country != REGION:
                gain = loop_gain(*_elasticities(pairs, scenario, country, settings))
                found = (*sides, country, str(TARGET_YEAR), "loop_gain")
                rows.append((*found, *spread(gain, pairs.draws), "1"))
    return pd.DataFrame(rows, columns=COLUMNS)


def _flows(pairs: Pairs, country: str, first: int) -> Iterator[tuple[str, str, Floats]]:
    change = {
        name: pairs.change(country, name, first=first) for name in (TOTAL, HOME, NEAR, FAR, FAKE)
    }
    yield "creation_usd", _MONEY, change[TOTAL]
    yield "diversion_row_usd", _MONEY, 0.0 - change[FAR]
    yield "diversion_home_usd", _MONEY, 0.0 - change[HOME]
    yield "fake_shops_usd", _MONEY, change[FAKE]
    yield "neighbours_usd", _MONEY, change[NEAR]
    total, near = pairs.both(country, TOTAL, first=first), pairs.both(country, NEAR, first=first)
    yield "neighbours_change", _SHARE, _ratio(*near) - 1.0
    yield "total_change", _SHARE, _ratio(*total) - 1.0
    yield "neighbours_share", _SHARE, _ratio(near[1], total[1])


def _expected(pairs: Pairs, scenario: str, country: str, settings: RunParameters) -> Floats | None:
    """d ln E by pair; that of the region is the sum over countries."""
    if country != REGION:
        return _country_expected(pairs, scenario, country, settings)
    weights, parts = [], []
    for iso in COUNTRIES:
        found = _country_expected(pairs, scenario, iso, settings)
        if found is None:
            return None
        weights.append(pairs.both(iso, TOTAL)[1])
        parts.append(found)
    whole = np.sum(weights, axis=0)
    grown = np.sum([w * np.exp(x) for w, x in zip(weights, parts, strict=True)], axis=0)
    return _log_change(grown, whole)


def _country_expected(
    pairs: Pairs, scenario: str, iso: str, settings: RunParameters
) -> Floats | None:
    if not pairs.has(iso, "consumption_usd"):
        return None
    mine, theirs = (
        _ratio(home, home + near + far)
        for home, near, far in zip(
            *(pairs.both(iso, name) for name in (HOME, NEAR, FAR)), strict=True
        )
    )
    elasticities = _elasticities(pairs, scenario, iso, settings)
    return expected_change(_log_change(mine, theirs), *elasticities)


def _elasticities(
    pairs: Pairs, scenario: str, iso: str, settings: RunParameters
) -> tuple[Floats, Floats, Floats, Floats]:
    """By pair: eta, the baseline's online share of consumption, sigma and theta."""
    share = _ratio(pairs.both(iso, TOTAL)[1], pairs.both(iso, "consumption_usd")[1])
    eta, sigma, theta = (
        np.array([settings.value(scenario, draw, iso, name) for _, draw in pairs.runs])
        for name in ("price_elasticity", "variety_substitution", "pareto_shape")
    )
    return eta, share, sigma, theta


def _ratio(top: Floats, bottom: Floats) -> Floats:
    return np.asarray(top / np.where(bottom > 0, bottom, np.nan))


def _log_change(now: Floats, before: Floats) -> Floats:
    ratio = _ratio(now, before)
    return np.asarray(np.log(np.where(ratio > 0, ratio, np.nan)))


def row(frame: pd.DataFrame, scenario: str, country: str, period: str, measure: str) -> pd.Series:
    """One row of `trade.csv` about policy. Raises KeyError where it is not known."""
    policy = frame[frame["effect_of"] != ASSUMPTIONS]
    return row_where(policy, scenario=scenario, country=country, period=period, measure=measure)


def loop_gain(eta: Floats, share: Floats, sigma: Floats, theta: Floats) -> Floats:
    """Spending, varieties and prices that feed on each other; below 1 they come to rest.

    `eta` is the elasticity between online and offline, `share` the online share of consumption,
    `sigma` the elasticity between varieties, `theta` the shape of the productivity distribution.
    """
    return np.asarray((eta - 1.0) * (1.0 - share) * (1.0 / (sigma - 1.0) - 1.0 / theta))


def expected_change(
    home_share_change: Floats, eta: Floats, share: Floats, sigma: Floats, theta: Floats
) -> Floats:
    """Expected change in the log of online spending, given d ln lambda_home."""
    gain = loop_gain(eta, share, sigma, theta)
    direct = (eta - 1.0) * (1.0 - share) / theta
    return np.asarray(-direct / (1.0 - gain) * home_share_change)
