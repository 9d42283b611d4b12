"""What the page shows of a result: answer, ratios, paths, effects, costs, pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from sim.analysis.community_history import community_history
from sim.analysis.comparison.digital_economy import DigitalEconomy
from sim.analysis.comparison.dominance import MEASURE
from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.tables.digital_economy import ALL_SECTORS
from sim.analysis.comparison.tables.spillover import ENFORCEMENT
from sim.analysis.comparison.tables.summary import ratios
from sim.analysis.comparison.who_gains import WhoGains
from sim.analysis.text.console_tables import (
    PRIOR_DRIVEN,
    assumption_notes,
    effect_columns,
    effect_note,
    effect_rows,
    shows_prior,
)
from sim.analysis.text.digital_economy import about_account, limits
from sim.analysis.text.formatting import money, signed_money, small_percent
from sim.analysis.text.frequencies import doubles, hits_of
from sim.analysis.text.gain_rows import (
    GROUP_TITLE,
    RANGE_TITLE,
    gain_columns,
    gain_group_rows,
    gain_range_rows,
)
from sim.analysis.text.headline import answer, constant_share
from sim.analysis.text.policy_findings import funding_gap
from sim.analysis.text.who_gains import gain_limits
from sim.dashboard.account import shares_gains, whole_economy
from sim.dashboard.charts import (
    colours_of,
    cost_chart,
    difference_chart,
    difference_rows,
    fan_chart,
    fan_data,
)
from sim.dashboard.page_parts import SCREEN_DPI, key_of, shown_figure, table
from sim.dashboard.plaintext import plain, told
from sim.dashboard.quick import short_of_money
from sim.dashboard.worker import in_worker
from sim.errors import MekongError
from sim.figures.captions import place_name
from sim.figures.style import written
from sim.policy.levers import LEVERS
from sim.report.communities import animate
from sim.report.pictures import flow_map, pictures
from sim.rows import rows_where
from sim.scenario import Scenario
from sim.sectors.rule import TITLES
from sim.target import BASE_YEAR, FACTOR, MEASURES, POSTERIOR_ORIGIN, TARGET_YEAR, median
from sim.units import COUNTRIES, REGION

PLACES = (REGION, *COUNTRIES)
COLUMNS = 3  # of panels, where the screen is wide enough
PATHS, EFFECTS, COSTS, ACCOUNT = "Paths", "Effects", "Costs", "Digital economy"
GAINS = "Who gains"
PICTURES = {
    "growth": "Growth",
    "inclusion": "Who buys online",
    "map": "Map",
    "crackdown": "Scams",
}
INDENT = "\u2003" * 3
COMMUNITIES = "Communities"
COMMUNITY_SCALE = 5_000
_KEPT = 16  # pages of communities, some 180 kB each


def views_of(scenarios: Sequence[Scenario]) -> list[str]:
    """The views on offer; spillover of scams only where a mix acts against them."""
    acting = any(ENFORCEMENT in scenario.levers for scenario in scenarios)
    drawn = [words for name, words in PICTURES.items() if acting or name != "crackdown"]
    first = [ACCOUNT] if whole_economy() else []
    gains = [GAINS] if shares_gains() else []
    return [*first, PATHS, EFFECTS, *gains, COSTS, *drawn, COMMUNITIES]


def statistic(result: Comparison) -> str:
    """The statistic that the numbers of a result are."""
    if result.pairs == 1:
        return "Every number comes from this one run."
    over = f"{result.drawn} parameter draws" if result.drawn > 1 else "runs"
    if result.pairs > result.drawn > 1:
        over = f"{result.pairs} runs of {result.drawn} parameter draws"
    return f"Numbers are medians over {over}; ranges are {band_words(result)}."


def band_words(result: Comparison) -> str:
    """What low and high are."""
    if result.pairs == 1:
        return "not available for one run"
    few = result.band.startswith("range")
    return f"the {result.band} (lowest to highest)" if few else result.band


def headline(result: Comparison) -> None:
    """What the policies do, then the baseline, and the ratio of every scenario."""
    for one in result.answers:
        st.markdown(f"**{plain(one.sentence)}** {plain(one.details)}")
    for words in money_short(result):
        st.warning(plain(words))
    if isinstance(result, DigitalEconomy):
        for sentence in about_account(result.account):
            st.markdown(plain(sentence))
    st.markdown(f"{'' if result.verdict else '#### '}{plain(answer(result))}")
    st.markdown(plain(constant_share(result)))
    columns = st.columns(len(result.scenarios))
    base = ratios(result.table, result.baseline, "nominal_usd")[REGION]
    for column, name in zip(columns, result.scenarios, strict=True):
        if name == result.baseline:
            column.metric(plain(name), "unknown" if math.isnan(base) else f"×{base:.2f}")
            continue
        added = result.relative(name, MEASURE)
        amount = float(result.difference(name)["median"].get(TARGET_YEAR, math.nan))
        known = added is not None and not math.isnan(amount)
        column.metric(
            plain(name),
            signed_money(amount) if known else "unknown",
            f"{small_percent(abs(added[0]))} {'more' if added[0] >= 0 else 'less'}"
            if known and added is not None
            else None,
            delta_color="off",
            delta_arrow="off",
        )
    several = f"median of {result.pairs} runs" if result.pairs > 1 else "one run"
    st.caption(
        f"Five countries together, {several}. '{plain(result.baseline)}': {TARGET_YEAR} value over "
        f"{BASE_YEAR} value, nominal US\\$. Mixes: what they add to online purchases in "
        f"{TARGET_YEAR}, constant 2022 US\\$."
    )


def money_short(result: Comparison) -> list[str]:
    """By mix whose money runs out: where, how much, and what follows for its other levers."""
    gaps = rows_where(result.effects, indicator="lever_shortfall_usd_cumulative")
    gaps = gaps[(gaps["effect"] > 0) & gaps["country"].isin(COUNTRIES)]
    found = []
    for name, rows in gaps.groupby("scenario", sort=False):
        where = [
            f"{place_name(row['country'])} ({money(row['effect'])}, "
            f"{100 * row['effect'] / (row['effect'] + row['cost_usd']):.0f} % of the plan)"
            for row in rows.to_dict("records")
        ]
        found.append(short_of_money(str(name), where))
    return found


def scorecard(result: Comparison, measure: str) -> pd.DataFrame:
    """A row a place: median ratio by scenario, and in how many runs it doubles."""
    mine = rows_where(result.table, measure=measure)
    known = {(row["scenario"], row["country"]): row for row in mine.to_dict("records")}
    rows = []
    for place in PLACES:
        row: dict[str, object] = {"": place_name(place)}
        for name in result.scenarios:
            one = known[name, place]
            ratio = "unknown" if math.isnan(one["ratio"]) else f"×{one['ratio']:.2f}"
            row[name] = f"{ratio}, {doubles(*hits_of(pd.Series(one)))}"
        rows.append(row)
    return pd.DataFrame(rows)


def show(result: Comparison, view: str, place: str) -> None:
    """One of the views."""
    if view == PATHS:
        _paths(result)
    elif view == ACCOUNT and isinstance(result, DigitalEconomy):
        _account(result)
    elif view == EFFECTS:
        _effects(result, place)
    elif view == GAINS and isinstance(result, WhoGains):
        _who_gains(result, place)
    elif view == COSTS:
        _costs(result, place)
    elif view == PICTURES["map"]:
        for scenario in result.paired:  # a map has room for one mix beside the baseline
            shown_figure(flow_map(result, scenario))
    else:
        name = next(name for name, words in PICTURES.items() if words == view)
        _picture(result, name)


def account_scorecard(result: DigitalEconomy) -> pd.DataFrame:
    """A row a sector: the baseline's median ratio by country, and of all with its band."""
    rows = []
    for sector in ALL_SECTORS:
        row: dict[str, object] = {"": TITLES[sector]}
        for place in PLACES:
            mine = result.account.row(sector, place)
            band = f" ({mine['low']:.2f} to {mine['high']:.2f})" if place == REGION else ""
            row[place_name(place)] = f"×{mine['ratio']:.2f}{band if result.pairs > 1 else ''}"
        rows.append(row)
    return pd.DataFrame(rows)


def _account(result: DigitalEconomy) -> None:
    title = f"{TARGET_YEAR} over {BASE_YEAR}, nominal US$, {result.baseline}"
    table(account_scorecard(result), f"{title} (doubling means {FACTOR:.0f})")
    _picture(result, "digital_economy")
    for sentence in limits(result.account):
        st.caption(plain(sentence))


def _paths(result: Comparison) -> None:
    colours = colours_of(result.scenarios)
    if result.paired:
        st.markdown("**Difference from the baseline, five countries**")
        by_mix = {
            name: difference_rows(
                {int(year): values for year, *values in result.difference(name).itertuples()}
            )
            for name in result.paired
        }
        differences(by_mix, colours)
        st.caption(
            f"Lines: median over runs of the paired difference in online purchases, constant 2022 "
            f"US\\$; shaded: {band_words(result)}. Each panel has its own scale."
        )
    st.markdown("**Paths against the doubling**")
    key_of(colours, ["dashed: doubling", "grey: observed"])
    for row in (PLACES[:COLUMNS], PLACES[COLUMNS:]):
        for column, place in zip(st.columns(COLUMNS), row, strict=True):
            rows = fan_data(result, place)
            with column:
                st.markdown(f"**{place_name(place)}**")
                st.vega_lite_chart(rows, fan_chart(result, place, rows), width="stretch")
    st.caption(
        "Lines: median over runs of growth since 2022, times the median 2022 value. "
        f"Shaded: {band_words(result)}. Dashed: doubling from the baseline's 2022 value. "
        "Grey: observed, with the range of conflicting sources; "
        f"last outcome data {POSTERIOR_ORIGIN}. "
        "A mix that coincides with the baseline is not drawn over it. "
        "Each panel has its own scale."
    )
    for measure, words in MEASURES.items():
        title = f"{TARGET_YEAR} over 2022, {words} (median over runs; doubling means {FACTOR:.0f})"
        table(scorecard(result, measure), title)


def differences(by_mix: Mapping[str, pd.DataFrame], colours: Mapping[str, str]) -> None:
    """A chart a mix of what it adds by year, next to one another where there is room."""
    for column, (name, rows) in zip(st.columns(len(by_mix)), by_mix.items(), strict=True):
        with column:
            st.markdown(f"**{plain(name)}**")
            chart = difference_chart(name, colours[name], rows)
            st.vega_lite_chart(rows, chart, width="stretch")


def _effects(result: Comparison, place: str) -> None:
    columns = effect_columns(result)
    groups = effect_rows(result, place)
    prior = shows_prior(groups)
    rows = [
        {
            "": _row_words(title, row.words),
            **dict(zip(columns, row.cells, strict=True)),
            **({PRIOR_DRIVEN: row.prior} if prior else {}),
        }
        for title, lines in groups.items()
        for row in lines
    ]
    table(pd.DataFrame(rows), f"Effects: {place_name(place)}")
    st.caption(effect_note(result))
    for note in assumption_notes(result):
        st.caption(plain(note))


def _who_gains(result: WhoGains, place: str) -> None:
    if not result.paired:
        st.info("Choose a policy to see who gains from it.")
        return
    columns = gain_columns(result.gains)
    for title, groups in (
        (GROUP_TITLE, gain_group_rows(result.gains, place)),
        (RANGE_TITLE, gain_range_rows(result.gains, place)),
    ):
        rows = [
            {"": f"{heading}: {row.words}", **dict(zip(columns, row.cells, strict=True))}
            for heading, lines in groups.items()
            for row in lines
        ]
        table(pd.DataFrame(rows), f"{place_name(place)}. {title}")
    _picture(result, "who_gains")
    for sentence in gain_limits(result.gains):
        st.caption(plain(sentence))


def _row_words(title: str, words: str) -> str:
    """A row with its heading; one that is part of the row above is indented instead."""
    part = words.startswith(" ")
    return f"{INDENT}{words.strip()}" if part else f"{title}: {words}"


def costs(result: Comparison, place: str) -> pd.DataFrame:
    """US$ million by mix and lever up to 2030 above the baseline's (medians over runs)."""
    rows = []
    for name, pairs in result.paired.items():
        first = int(pairs.periods[0][:4])
        for lever in LEVERS.values():
            indicator = f"spending_{lever.name}_usd"
            if not pairs.has(place, indicator):
                continue
            spent = median(pairs.change(place, indicator, first=first))
            if spent and not np.isnan(spent):
                rows.append((name, lever.title, lever.grade, round(spent / 1e6, 1)))
    return pd.DataFrame(rows, columns=["mix", "lever", "grade", "million"])


def _costs(result: Comparison, place: str) -> None:
    spent = costs(result, place)
    st.markdown(f"**Costs: {place_name(place)}**")
    if spent.empty:
        st.info("No lever costs anything here.")
        return
    colours = colours_of(result.scenarios)
    del colours[result.baseline]
    key_of(colours)
    st.vega_lite_chart(spent, cost_chart(spent, colours), width="stretch")
    totals = spent.groupby("mix", sort=False)["million"].sum()
    st.markdown(
        "; ".join(
            f"**{plain(str(name))}**: {plain(money_words(total))}" for name, total in totals.items()
        )
    )
    st.caption(
        "Public spending up to 2030 above the baseline's (median over runs), constant 2022 US$."
    )
    gaps = rows_where(result.effects, country=place, indicator="lever_shortfall_usd_cumulative")
    for row in gaps[gaps["effect"] > 0].to_dict("records"):
        st.warning(plain(funding_gap(row["scenario"], row["effect"], row["cost_usd"])))


def money_words(million: float) -> str:
    """An amount in millions as text."""
    return f"US$ {million:,.0f} m"


def _picture(result: Comparison, name: str) -> None:
    shown_figure(pictures(result)[name]())


def png(result: Comparison, name: str, dpi: int = SCREEN_DPI) -> bytes:
    """One picture of the house as PNG."""
    return written(pictures(result)[name](), "png", dpi)


def show_communities(scenarios: Sequence[Scenario]) -> None:
    """The communities of one of the scenarios, run once at the central parameters."""
    names = [scenario.name for scenario in scenarios]
    chosen = st.radio(
        "Communities under", names, index=len(names) - 1, format_func=plain, horizontal=True,
        key="communities",
    )  # fmt: skip
    scenario = scenarios[names.index(chosen if chosen in names else names[-1])]
    try:
        page = _page(scenario)
    except MekongError as error:
        st.error(told(error))
        return
    st.iframe(page)


def _identity(scenario: Scenario) -> tuple[str, str]:
    return scenario.name, scenario.fingerprint()


@st.cache_data(
    max_entries=_KEPT, show_spinner="Running every community ...", hash_funcs={Scenario: _identity}
)
def _page(scenario: Scenario) -> str:
    lived = partial(community_history, scale=COMMUNITY_SCALE, market=True)
    return animate(in_worker(0, lived, scenario)).content
