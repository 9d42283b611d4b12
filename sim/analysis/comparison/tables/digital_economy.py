"""Tables of the account of the digital economy: the doubling, years, effects, six markets."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.analysis.comparison.account import (
    NOMINAL,
    PAYMENT_USERS,
    PLACES,
    REAL,
    SHARE,
    THREE,
    TWO,
    indicator,
)
from sim.analysis.comparison.contrasts import ASSUMPTIONS, Contrast
from sim.analysis.comparison.pairs import Pairs, independent, spread
from sim.analysis.comparison.tables.summary import COLUMNS as OF_SUMMARY
from sim.analysis.comparison.tables.summary import doubling_row
from sim.analysis.comparison.years import select
from sim.policy.levers import LEVERS
from sim.sectors.levers import REASONS
from sim.sectors.published import PUBLISHED_FOR, SIX_MARKETS, Figure, figures, latest, ranges
from sim.sectors.rule import ECOMMERCE, EVERY, FIRST_YEAR, SECTORS, WITHOUT_TRAVEL
from sim.target import TARGET_YEAR, fans
from sim.units import COUNTRIES, REGION

ALL_SECTORS = (ECOMMERCE, *SECTORS, EVERY, WITHOUT_TRAVEL)
COLUMNS = ["sector", "basis", *OF_SUMMARY]
YEARS = ["scenario", "country", "sector", "year", "low", "median", "high"]
PUBLISHED = ["published_low", "published_high"]
EFFECTS = [
    *("scenario", "baseline", "effect_of", "country", "sector", "effect", "low", "high"),
    *("relative", "relative_low", "relative_high"),
]
MARKETS = [
    *("year", "six_markets_usd", "edition", "two_usd", "two_share"),
    *("two_low", "two_median", "two_high", "three_low", "three_median", "three_high"),
]
DIRECT = ["lever", "direct_effect", "reason"]
BASES = {iso: "figures" if iso in PUBLISHED_FOR else "income and use" for iso in COUNTRIES}
BASES |= {TWO: "figures", THREE: "income and use", REGION: "both"}


def doubling_table(years: pd.DataFrame, scenarios: tuple[str, ...]) -> pd.DataFrame:
    """A row for each sector, scenario, place and measure, as in `summary.csv`.

    `basis` says what the sectors other than e-commerce rest on: figures, or income and use.
    """
    rows: list[dict[str, object]] = []
    for sector in ALL_SECTORS:
        names = {measure: indicator(sector, measure) for measure in (NOMINAL, REAL)}
        names |= {"consumption_share": SHARE} if sector == EVERY else {}
        for scenario in scenarios:
            for place in PLACES:
                for measure, name in names.items():
                    paths = select(years, scenario, place, name)
                    row = doubling_row(scenario, place, measure, paths)
                    rows.append({"sector": sector, "basis": BASES[place], **row})
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame["year_doubled"] = frame["year_doubled"].astype("Int64")
    return frame


def year_table(years: pd.DataFrame, scenarios: tuple[str, ...]) -> pd.DataFrame:
    """Low, median and high over runs by sector and year (nominal US$), and published ranges.

    A published range is that of all editions, with rounding. `payment_users` are persons.
    """
    spans = ranges(figures())
    rows = []
    for name in (*ALL_SECTORS, PAYMENT_USERS):
        series = PAYMENT_USERS if name == PAYMENT_USERS else indicator(name, NOMINAL)
        for scenario in scenarios:
            for place in PLACES:
                paths = select(years, scenario, place, series)
                values = paths.to_numpy(np.float64)
                bands = fans(values.T, independent(paths.index.to_list())[0])
                for year, band in zip(paths.columns, bands, strict=True):
                    if int(year) >= FIRST_YEAR:
                        span = spans.get((name, place, int(year)), (np.nan, np.nan))
                        rows.append((scenario, place, name, int(year), *band, *span))
    return pd.DataFrame(rows, columns=[*YEARS, *PUBLISHED])


def effect_table(
    contrasts: list[Contrast], paired: Mapping[str, Pairs], assumed: Mapping[str, Pairs]
) -> pd.DataFrame:
    """What each comparison changes in 2030 (constant 2022 US$), by sector and place."""
    rows = []
    for contrast in contrasts:
        side = assumed if contrast.effect_of == ASSUMPTIONS else paired
        pairs = side[contrast.scenario]
        about = (contrast.scenario, contrast.against, contrast.effect_of)
        for sector in ALL_SECTORS:
            for place in PLACES:
                mine, theirs = pairs.both(place, indicator(sector, REAL))
                share = mine / np.where(theirs > 0.0, theirs, np.nan) - 1.0
                effects = (*spread(mine - theirs, pairs.draws), *spread(share, pairs.draws))
                rows.append((*about, place, sector, *effects))
    return pd.DataFrame(rows, columns=EFFECTS)


def six_market_table(years: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """The published total of six markets, what Thailand and Viet Nam are of it, and the account.

    `two` are Thailand and Viet Nam in the account, `three` Cambodia, Lao PDR and Myanmar, which are
    outside the six markets: low, median and high over runs of the baseline, nominal US$.
    """
    known = latest(figures())
    rows = []
    parts = {
        name: select(years, baseline, place, indicator(EVERY, NOMINAL))
        for name, place in (("two", TWO), ("three", THREE))
    }
    draws = independent(parts["two"].index.to_list())[0]
    for year in range(FIRST_YEAR, TARGET_YEAR + 1):
        whole = _figure(known, SIX_MARKETS, year)
        told = [_figure(known, iso, year) for iso in PUBLISHED_FOR]
        two = sum(one.value for one in told if one) if all(told) else np.nan
        row: dict[str, object] = {
            "year": year,
            "six_markets_usd": whole.value if whole else np.nan,
            "edition": whole.edition if whole else pd.NA,
            "two_usd": two,
            "two_share": two / whole.value if whole else np.nan,
        }
        for part, paths in parts.items():
            low, middle, high = fans(paths[year].to_numpy(np.float64)[None], draws)[0]
            row |= {f"{part}_low": low, f"{part}_median": middle, f"{part}_high": high}
        rows.append(row)
    frame = pd.DataFrame(rows, columns=MARKETS)
    frame["edition"] = frame["edition"].astype("Int64")
    return frame


def _figure(known: list[Figure], country: str, year: int) -> Figure | None:
    found = (one for one in known if (one.sector, one.country, one.year) == (EVERY, country, year))
    return next(found, None)


def lever_table() -> pd.DataFrame:
    """The direct effect of each lever on sectors other than e-commerce, with its reason."""
    return pd.DataFrame([(name, 0.0, REASONS[name]) for name in LEVERS], columns=DIRECT)
