"""Tables of effects and of 2030 over 2022 as text, for console, report and dashboard."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from sim.analysis.comparison.contrasts import ASSUMPTIONS, POLICY, TOGETHER
from sim.analysis.comparison.pairs import CUMULATIVE_FROM, distinguishable
from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.tables.effects import CUMULATIVE
from sim.analysis.comparison.tables.summary import PLACES
from sim.analysis.text.conclusion import row_of
from sim.analysis.text.formatting import short, with_interval
from sim.analysis.text.frequencies import hits_of
from sim.model.indicators import INDICATORS
from sim.rows import row_where, rows_where
from sim.target import MEASURES, TARGET_YEAR
from sim.units import REGION

PRIOR_DRIVEN = "prior-driven"  # heading of the column of prior shares
_UNKNOWN = "unknown"  # of a place where nothing was bought online in the first year, in any run
UNSURE = "\u00b0"  # after an effect whose interval includes zero
_HUNDREDTHS = ("share", "index 0 to 1", "2019-21 = 1")


class ConsoleLine(NamedTuple):
    """One line: its words, the indicator and group of `effects.csv`; `welfare` is of the other."""

    words: str
    name: str
    group: str = "all"
    welfare: bool = False


GROUPS: dict[str, tuple[ConsoleLine, ...]] = {
    "E-commerce and people in 2030": (
        ConsoleLine("online purchases, US$", "gmv_real_usd"),
        ConsoleLine("internet users", "connected"),
        ConsoleLine("account holders", "account_holders"),
        ConsoleLine("online shoppers", "shoppers"),
        ConsoleLine("  rural", "shoppers", "rural"),
        ConsoleLine("  women", "shoppers", "women"),
        ConsoleLine("  poorest fifth", "shoppers", "q1"),
    ),
    "Trade in 2030": (
        ConsoleLine("from domestic sellers, US$", "gmv_home_usd"),
        ConsoleLine("from neighbours, US$", "gmv_region_usd"),
        ConsoleLine("from the rest of the world", "gmv_row_usd"),
        ConsoleLine("price index, points of 100", "online_price_index"),
    ),
    "Sellers in 2030": (
        ConsoleLine("small firms online", "smes_online"),
        ConsoleLine("  that sell to neighbours", "sme_exporters"),
        ConsoleLine("sales of micro firms, US$", "seller_revenue_usd", "micro"),
        ConsoleLine("  of small firms", "seller_revenue_usd", "small"),
        ConsoleLine("  of medium firms", "seller_revenue_usd", "medium"),
        ConsoleLine("  of women-owned firms", "seller_revenue_usd", "women"),
        ConsoleLine("  of rural firms", "seller_revenue_usd", "rural"),
        ConsoleLine("profit from these sales", "seller_profit_usd"),
    ),
    "Scams": (
        ConsoleLine("victims in 2030", "victims"),
        ConsoleLine("losses 2026-30, US$", "scam_losses_usd" + CUMULATIVE),
        ConsoleLine("trust 2030, points of 100", "trust"),
        ConsoleLine("syndicates 2030, 2023 = 1", "syndicate_capital"),
    ),
    "Gains and costs, 2026-30, US$": (
        ConsoleLine("buyers, from lower prices", "lower_prices_usd", "all", True),
        ConsoleLine("  poorest fifth", "lower_prices_usd", "q1", True),
        ConsoleLine("offline sales", "offline_sales_usd", "all", True),
        ConsoleLine("tax on online purchases", "treasury_usd", "all", True),
        ConsoleLine("cost of programmes", "programme_cost_usd", "all", True),
        ConsoleLine("  funding gap", "lever_shortfall_usd" + CUMULATIVE),
    ),
}


class ConsoleRow(NamedTuple):
    """One line of a table: its words, its cells, and how much of each effect is prior."""

    words: str
    cells: tuple[str, ...]
    prior: str = ""


def effect_columns(result: Comparison) -> list[str]:
    """Heads of the columns of `effect_rows`: the baseline, then every comparison."""
    return [result.baseline, *(contrast.words for contrast in result.contrasts.all)]


def assumption_notes(result: Comparison) -> list[str]:
    """Notes on scenarios whose assumptions differ from the baseline's; none if none do."""
    found = []
    for contrast in result.contrasts.all:
        if contrast.effect_of == POLICY:
            continue
        named = ", ".join(result.contrasts.assumed(contrast.scenario))
        if contrast.effect_of == TOGETHER:
            told = "levers and assumptions cannot be separated: no counterfactual was run"
        elif contrast.mine == contrast.scenario:
            told = "it changes no policy, so none of its effects is a policy effect"
        else:
            told = "its policy effect is measured under the same assumptions"
        found.append(f"'{contrast.scenario}' assumes {named}; {told}.")
    return found


def effect_rows(result: Comparison, country: str = REGION) -> dict[str, list[ConsoleRow]]:
    """By group of lines: the baseline's level, then a cell for each of `effect_columns`.

    Empty groups are left out; the interval is `result.band`, `UNSURE` marks one that includes zero.
    `prior` of a row has the prior shares of the shipped table, in the order of the policies.
    """
    names = [(c.scenario, c.effect_of) for c in result.contrasts.all]
    policies = [name for name in names if name[1] == POLICY]
    known = _known(result.effects, "indicator", "effect", country)
    shares = _shares(result.effects, country)
    gains = _known(result.welfare, "measure", "value", country)
    groups: dict[str, list[ConsoleRow]] = {}
    for title, lines in GROUPS.items():
        rows = []
        for line in lines:
            found = gains if line.welfare else known
            cells = [found.get((*name, line.name, line.group)) for name in names]
            if any(cell is not None for cell in cells):
                words = ["" if cell is None else _cell(*cell, result.pairs) for cell in cells]
                prior = "" if line.welfare else _prior(shares, policies, line)
                rows.append(ConsoleRow(line.words, (_level(result, line, country), *words), prior))
        if rows:
            groups[title] = rows
    return groups


_Effect = tuple[float, float, float, str]
_Key = tuple[str, str, str, str]  # scenario, what the effect is of, measure, group


def _known(frame: pd.DataFrame, name: str, value: str, country: str) -> dict[_Key, _Effect]:
    mine = rows_where(frame, country=country)
    keys = zip(mine["scenario"], mine["effect_of"], mine[name], mine["group"], strict=True)
    found = zip(mine[value], mine["low"], mine["high"], mine["unit"], strict=True)
    return {
        (str(a), str(b), str(c), str(d)): (float(e), float(f), float(g), str(unit))
        for (a, b, c, d), (e, f, g, unit) in zip(keys, found, strict=True)
    }


def _shares(frame: pd.DataFrame, country: str) -> dict[_Key, float]:
    mine = frame[(frame["country"] == country) & frame["prior_share"].notna()]
    keys = zip(mine["scenario"], mine["effect_of"], mine["indicator"], mine["group"], strict=True)
    return dict(zip(keys, mine["prior_share"].astype(float), strict=True))


def _prior(shares: dict[_Key, float], names: list[tuple[str, str]], line: ConsoleLine) -> str:
    """Prior shares in per cent, in the order of the scenarios; empty where none is known."""
    found = [shares.get((*name, line.name, line.group)) for name in names]
    if all(share is None for share in found):
        return ""
    return " / ".join("-" if share is None else f"{100 * share:.0f}" for share in found) + " %"


def shows_prior(groups: dict[str, list[ConsoleRow]]) -> bool:
    """Whether a table has a column of prior shares."""
    return any(row.prior for rows in groups.values() for row in rows)


def _cell(value: float, low: float, high: float, unit: str, pairs: int) -> str:
    if value == low == high == 0.0:
        return "none"
    value, low, high = (part * _times(unit) for part in (value, low, high))
    if pairs < 2:
        return ("+" if value > 0 else "") + short(value)
    unsure = "" if distinguishable(low, high) else UNSURE
    return with_interval(value, low, high) + unsure


def _times(unit: str) -> float:
    return 100.0 if unit in _HUNDREDTHS else 1.0


def _level(result: Comparison, line: ConsoleLine, country: str) -> str:
    """The baseline's own value, so that the size of an effect can be judged."""
    if line.welfare:
        return ""
    plain = line.name.removesuffix(CUMULATIVE)
    first = CUMULATIVE_FROM if plain != line.name else 0
    value = result.level(country, plain, line.group, first)
    return short(value * _times(INDICATORS[plain].unit)) if value == value else ""


def effect_note(result: Comparison) -> str:
    """What the columns of `effect_rows` hold, for the line below the table."""
    if result.pairs < 2:
        change, interval = "one paired difference", ""
    else:
        change = f"median of {result.pairs} paired differences"
        interval = f"; {result.band} in brackets; {UNSURE} interval includes zero"
    return (
        "First column: value in the baseline. Other columns: change from the baseline "
        f"({change}, common random numbers){interval}."
    )


def statistic_words(result: Comparison) -> str:
    """The statistic that the table of ratios shows."""
    if result.pairs < 2:
        return "of one run"
    return f"median of {result.pairs} runs; in brackets {result.band} of '{result.baseline}'"


_GROWTH = {"nominal_usd": "growth_nominal", "real_usd": "growth_real"}
SHARE_KEPT = "online share unchanged"


def ratio_rows(result: Comparison) -> dict[str, list[ConsoleRow]]:
    """By measure: the online share of 2022 kept, a row a scenario, how often the baseline doubles.

    A cell for each country and one for the region: the median of the runs' ratios. Only the
    baseline's have an interval, as those of the policies are not paired with it. Where levers
    and assumptions of a scenario differ from the baseline's, its assumptions alone have a row.
    """
    groups: dict[str, list[ConsoleRow]] = {}
    for measure, words in MEASURES.items():
        rows = [ConsoleRow(SHARE_KEPT, tuple(_bar(result, measure, place) for place in PLACES))]
        for name in result.scenarios:
            only = name != result.baseline
            cells = tuple(_ratio(result.table, name, place, measure, only) for place in PLACES)
            rows.append(ConsoleRow(name, cells))
            rows += _assumptions_row(result, name, measure)
        known = [row_of(result.table, result.baseline, measure, place) for place in PLACES]
        often = ConsoleRow(f"{result.baseline} doubles in", tuple(_often(row) for row in known))
        years = ConsoleRow("  its median doubles", tuple(_doubled(row) for row in known))
        groups[words] = [*rows, often, years]
    return groups


def _ratio(frame: pd.DataFrame, scenario: str, country: str, measure: str, only: bool) -> str:
    row = row_of(frame, scenario, measure, country)
    if pd.isna(row["ratio"]):
        return _UNKNOWN
    if only or row["runs"] < 2:
        return f"{row['ratio']:.2f}"
    return f"{row['ratio']:.2f} ({_brief(row['low'])}-{_brief(row['high'])})"


def _brief(ratio: float) -> str:
    return f"{ratio:.1f}" if ratio >= 9.95 else f"{ratio:.2f}"


def _assumptions_row(result: Comparison, name: str, measure: str) -> list[ConsoleRow]:
    """The baseline's policy under the assumptions of a scenario, where the two differ."""
    return [
        ConsoleRow(
            f"  {contrast.words}",
            tuple(_ratio(result.table, contrast.mine, p, measure, True) for p in PLACES),
        )
        for contrast in result.contrasts.of(name)
        if contrast.effect_of == ASSUMPTIONS and contrast.mine != name
    ]


def _often(row: pd.Series) -> str:
    hits, runs = hits_of(row)
    if runs == 0:
        return _UNKNOWN
    return f"{hits} of {runs} runs" if runs != 1 else ("the run" if hits else "no run")


def _doubled(row: pd.Series) -> str:
    year = row["year_doubled"]
    if pd.isna(row["ratio"]):
        return _UNKNOWN
    return f"not by {TARGET_YEAR}" if pd.isna(year) else f"in {year}"


def _bar(result: Comparison, measure: str, country: str) -> str:
    if measure not in _GROWTH:
        return "1.00"
    row = row_where(result.constant_share, country=country)
    return f"{row[_GROWTH[measure]]:.2f}"
