"""The account of the digital economy in sentences: the doubling, the documents, the limits."""

from __future__ import annotations

import math
from typing import NamedTuple

import pandas as pd

from sim.analysis.comparison.contrasts import POLICY
from sim.analysis.text.formatting import (
    amount,
    country_name,
    listed,
    money,
    signed_money,
    small_percent,
    times,
)
from sim.analysis.text.frequencies import counted, doubles, hits_of, probability
from sim.analysis.text.verdict import Answer
from sim.quantile_bands import band_name
from sim.rows import row_where, rows_where
from sim.sectors.published import PUBLISHED_FOR
from sim.sectors.rule import ECOMMERCE, EVERY, FIRST_YEAR, SECTORS, TITLES, WITHOUT_TRAVEL
from sim.sectors.values import estimated_given_other_draws
from sim.target import BASE_YEAR, FACTOR, POSTERIOR_ORIGIN, TARGET_YEAR
from sim.units import COUNTRIES, REGION

TWO = "+".join(PUBLISHED_FOR)
_THREE = [country_name(iso) for iso in COUNTRIES if iso not in PUBLISHED_FOR]
NOMINAL = "nominal_usd"
DOCUMENTS_FROM = 2019  # the documents: doubled from then to 2022


class AccountTables(NamedTuple):
    """The tables of the account, and what its sentences need beside them.

    `capped` is the share of runs, years and fifths of income in which the cap on online spending
    took something from the sectors.
    """

    doubling: pd.DataFrame
    years: pd.DataFrame
    effects: pd.DataFrame
    markets: pd.DataFrame
    levers: pd.DataFrame
    baseline: str
    source: str
    capped: float

    def row(self, sector: str, place: str, measure: str = NOMINAL) -> pd.Series:
        """The doubling of one sector and place in the baseline."""
        return row_where(
            self.doubling,
            scenario=self.baseline,
            sector=sector,
            country=place,
            measure=measure,
        )

    def level(self, sector: str, place: str, year: int) -> float:
        """The median of one sector, place and year in the baseline."""
        row = row_where(self.years, scenario=self.baseline, sector=sector, country=place, year=year)
        return float(row["median"])

    def market(self, year: int) -> pd.Series:
        """The row of a year of six markets."""
        return row_where(self.markets, year=year)


def about_account(account: AccountTables) -> list[str]:
    """The doubling of the digital economy, sector by sector, and the sentence of the documents."""
    return [_doubling(account), _sectors(account), documents_sentence(account)]


def _doubling(account: AccountTables) -> str:
    row = account.row(EVERY, REGION)
    known = probability(row, account.source)
    real = account.row(EVERY, REGION, "real_usd")
    two = account.row(EVERY, TWO)
    return (
        f"Digital economy ({listed([TITLES[one] for one in (ECOMMERCE, *SECTORS)])}): under "
        f"'{account.baseline}', that of the five countries together {doubles(*hits_of(row))} from "
        f"{BASE_YEAR} to {TARGET_YEAR} in nominal US${f' ({known})' if known else ''}: "
        f"{_ratio(row)}, from {money(row['value_2022'])} to {money(row['value_2030'])}. In "
        f"constant {BASE_YEAR} US$ it {doubles(*hits_of(real))} ({_ratio(real)}). Thailand and "
        f"Viet Nam together: {_ratio(two)}. Travel was still low in {BASE_YEAR}: without it the "
        f"five countries come to {_ratio(account.row(WITHOUT_TRAVEL, REGION))}."
    )


def _ratio(row: pd.Series) -> str:
    """`median 2.1 times the 2022 value (5-95 % of 40 draws: 1.8 to 2.6)`."""
    if math.isnan(float(row["ratio"])):
        return "unknown ratio"
    runs, drawn = int(row["runs"]), int(row["draws"]) > 1
    text = f"{'median ' if runs > 1 else ''}{times(row['ratio'])} the {BASE_YEAR} value"
    if runs < 2:
        return text
    band = band_name(*((int(row["draws"]), "draws") if drawn else (int(row["seeds"]), "seeds")))
    return f"{text} ({band}: {row['low']:.2f} to {row['high']:.2f})"


def _sectors(account: AccountTables) -> str:
    parts = []
    for sector in (ECOMMERCE, *SECTORS):
        row = account.row(sector, REGION)
        hits, runs = hits_of(row)
        parts.append(
            f"{TITLES[sector]} {money(row['value_2022'])} to {money(row['value_2030'])} "
            f"({times(row['ratio'])}, doubles {counted(hits, runs)})"
        )
    return (
        f"By sector, five countries, nominal US$, {BASE_YEAR} to {TARGET_YEAR} (medians): "
        f"{'; '.join(parts)}."
    )


def documents_sentence(account: AccountTables) -> str:
    """How the statement on six markets reads against the account."""
    first, base = account.market(DOCUMENTS_FROM), account.market(BASE_YEAR)
    grown = float(base["six_markets_usd"]) / float(first["six_markets_usd"])
    two = float(base["two_usd"]) / float(first["two_usd"])
    mine = [float(account.market(year)["two_median"]) for year in (DOCUMENTS_FROM, BASE_YEAR)]
    three = float(base["three_median"]) / (float(base["two_median"]) + float(base["three_median"]))
    share = float(base["two_share"])
    ratio = float(account.row(EVERY, TWO)["ratio"])
    published = (
        f"{money(first['six_markets_usd'])} in {DOCUMENTS_FROM} and "
        f"{money(base['six_markets_usd'])} in {BASE_YEAR} ({times(grown)})"
    )
    return (
        f"The documents speak of South-East Asia: doubled from {DOCUMENTS_FROM} to {BASE_YEAR} to "
        f"over US$ 200 bn, could double again by {TARGET_YEAR}. That is six markets. Published: "
        f"{published}; Thailand and Viet Nam are {100 * share:.0f} % of it and grew to "
        f"{times(two)} ({times(mine[1] / mine[0])} in the account: the source counted less before "
        f"2020 than since). {listed(_THREE)} are not in it; the account puts them at "
        f"{100 * three:.0f} % of the five countries. From {BASE_YEAR} to {TARGET_YEAR} Thailand "
        f"and Viet Nam come to {times(ratio)} in the account, so the six markets double if the "
        f"other four come to {times(needed_of_others(share, ratio))}; nothing here says whether "
        "they do."
    )


def needed_of_others(share: float, ratio: float) -> float:
    """Growth of the other four markets with which all six double."""
    return (FACTOR - share * ratio) / (1.0 - share) if share < 1.0 else math.nan


def limits(account: AccountTables) -> list[str]:
    """What the account rests on, and what it leaves out."""
    users = {
        year: account.level("payment_users", REGION, year) for year in (BASE_YEAR, TARGET_YEAR)
    }
    told = (
        f"Limits of the account. Sectors of Thailand and Viet Nam are estimated from figures of "
        f"{FIRST_YEAR} to {POSTERIOR_ORIGIN}; those of {listed(_THREE)} are ranges from income "
        "and use, since no figure is published. Growth after the last figure rests on how fast "
        "habits fade, which no figure says. Levers act on sectors other than e-commerce only "
        "through who is online and what people consume: no study measured a direct effect on "
        f"them, so all {len(account.levers)} are zero (digital_economy_levers.csv has the reason "
        "for each). Travel includes what visitors book as far as the source counts it. "
        "Intervals leave out what the account misses of a sector; bands.csv of "
        "calibration/sectors has it."
    )
    payments = (
        "Digital payments are counted as use and not added: "
        f"{amount(users[BASE_YEAR])} people in {BASE_YEAR}, {amount(users[TARGET_YEAR])} in "
        f"{TARGET_YEAR} (account holders times the share that paid digitally in 2021-22). "
        "Digital lending has no figure and is left out."
    )
    found = [f"{told} {payments}"]
    if account.capped > 0.0:
        found.append(
            f"In {small_percent(account.capped)} of fifths, years and runs the cap on online "
            "spending cuts these sectors."
        )
    if estimated_given_other_draws():
        found.append(
            "The sectors were estimated given an earlier posterior of the model: run mekong "
            "evidence sectors."
        )
    return found


def policy_answers(account: AccountTables, runs: int) -> list[Answer]:
    """What each policy adds to the digital economy of the five countries in 2030."""
    mine = rows_where(account.effects, country=REGION, effect_of=POLICY)
    return [_policy(name, own, runs) for name, own in mine.groupby("scenario", sort=False)]


def _policy(scenario: object, effects: pd.DataFrame, runs: int) -> Answer:
    row = row_where(effects, sector=EVERY)
    value, low, high = (float(row[f"relative{end}"]) for end in ("", "_low", "_high"))
    if value == low == high == 0.0:
        return Answer(f"'{scenario}' does not change the digital economy in {TARGET_YEAR}.")
    band = f" (median; {small_percent(low)} to {small_percent(high)})" if runs > 1 else ""
    parts = ", ".join(
        f"{TITLES[one]} {signed_money(float(row_where(effects, sector=one)['effect']))}"
        for one in (ECOMMERCE, *SECTORS)
    )
    return Answer(
        f"'{scenario}' {'raises' if value >= 0 else 'lowers'} the digital economy of the five "
        f"countries in {TARGET_YEAR} by {money(abs(float(row['effect'])))} or "
        f"{small_percent(value)}{band}: {parts}.",
        "No direct effect of a lever on the other sectors was measured; they move only with who "
        "is online and what people consume.",
    )
