"""The pictures of a comparison: each hands a figure the tables that it shows."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.analysis.comparison.account import NOMINAL, THREE, indicator
from sim.analysis.comparison.contrasts import ASSUMPTIONS
from sim.analysis.comparison.digital_economy import DigitalEconomy
from sim.analysis.comparison.pairs import Pairs, spread
from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.tables import summary
from sim.analysis.comparison.tables.decomposition import decomposition
from sim.analysis.comparison.tables.inclusion import inclusion as shares
from sim.analysis.comparison.tables.spillover import ENFORCEMENT, spillover
from sim.analysis.comparison.who_gains import WhoGains
from sim.analysis.comparison.years import select
from sim.errors import InputError
from sim.figures.captions import RunsShown
from sim.figures.channels import channels as draw_channels
from sim.figures.difference import Part, Policy, country_difference
from sim.figures.difference import difference as draw_difference
from sim.figures.digital_economy import digital_economy as draw_digital_economy
from sim.figures.flow_map import flow_map as draw_flow_map
from sim.figures.forest import OUTCOMES, ForestLine
from sim.figures.forest import forest as draw_forest
from sim.figures.growth import growth as draw_growth
from sim.figures.history import BILLION, gmv_history
from sim.figures.inclusion import inclusion as draw_inclusion
from sim.figures.spillover import crackdown as draw_crackdown
from sim.figures.trajectory import Paths
from sim.figures.trajectory import trajectory as draw_trajectory
from sim.figures.who_gains import who_gains as draw_who_gains
from sim.parameters.channels import CHANNELS
from sim.policy.levers import LEVERS
from sim.rows import rows_where
from sim.sectors.rule import ECOMMERCE, EVERY, SECTORS, TITLES
from sim.target import BASE_YEAR, TARGET_YEAR, median
from sim.units import COUNTRIES, COUNTRY_NAMES, REGION

WHICH = "Which of these policies adds most to e-commerce, and at what cost?"
FLOW, PURCHASES = "flow_usd", "gmv_real_usd"


def pictures(comparison: Comparison) -> dict[str, Callable[[], Figure]]:
    """Those that suit a result, by the name of the file, in the order in which to look at them."""
    found: dict[str, Callable[[], Figure]] = {}
    if isinstance(comparison, DigitalEconomy):
        found["digital_economy"] = partial(digital_economy, comparison)
        found["digital_economy_trajectory"] = partial(account_trajectory, comparison)
    if comparison.paired:
        found["difference"] = partial(difference, comparison)
    found["trajectory"] = partial(trajectory, comparison)
    found["growth"] = partial(growth, comparison)
    if comparison.contrasts.all:
        found["effects"] = partial(forest, comparison)
    if isinstance(comparison, WhoGains) and comparison.paired:
        found["who_gains"] = partial(who_gains, comparison)
    if comparison.channels is not None and len(comparison.channels):
        found["channels"] = partial(channels, comparison, comparison.channels)
    found["inclusion"] = partial(inclusion, comparison)
    found["map"] = partial(flow_map, comparison)
    if _acting(comparison):
        found["crackdown"] = partial(crackdown, comparison)
    return found


def question(comparison: Comparison) -> str:
    """The question of the one scenario that is compared, else of policies or of the baseline."""
    others = [name for name in comparison.scenarios if name != comparison.baseline]
    if len(comparison.paired) > 1:
        return WHICH
    asked = others[0] if len(others) == 1 else comparison.baseline
    return comparison.settings.question(asked)


def runs_of(comparison: Comparison) -> RunsShown:
    """What captions tell of the runs."""
    return RunsShown(
        scenarios=comparison.scenarios,
        baseline=comparison.baseline,
        question=question(comparison),
        pairs=comparison.pairs,
        seeds=len(comparison.manifest["seeds"]),
        drawn=comparison.drawn,
        drawn_words=comparison.drawn_words,
        band=comparison.band,
        scale=comparison.manifest["scale"],
    )


def trajectory(comparison: Comparison) -> Figure:
    """E-commerce of the five countries and the region against the doubling trajectory."""
    history = {place: gmv_history(place) for place in summary.PLACES}
    table = _paths(comparison, "gmv_nominal_usd", comparison.table, comparison.past, history)
    return draw_trajectory(table, runs_of(comparison))


def account_trajectory(comparison: DigitalEconomy) -> Figure:
    """The same of the digital economy; what was observed is the range of published figures."""
    account = comparison.account
    spans = rows_where(account.years, scenario=comparison.baseline, sector=EVERY)
    history = {}
    for place in summary.PLACES:
        known = rows_where(spans, country=place).set_index("year")
        low, high = known["published_low"], known["published_high"]
        history[place] = pd.DataFrame({"best": (low + high) / 2, "low": low, "high": high}).dropna()
    name = indicator(EVERY, NOMINAL)
    mine = rows_where(account.doubling, sector=EVERY)
    table = _paths(comparison, name, mine, comparison.past_of(name), history)
    shown = table._replace(
        account="The digital economy",
        observed="published totals (e-Conomy SEA), range of editions; none for the other three",
    )
    return draw_trajectory(shown, runs_of(comparison))


def _paths(
    comparison: Comparison,
    name: str,
    table: pd.DataFrame,
    past: dict[str, float],
    history: dict[str, pd.DataFrame],
) -> Paths:
    alone = {
        contrast.scenario: (contrast.mine, contrast.words)
        for contrast in comparison.contrasts.all
        if contrast.effect_of == ASSUMPTIONS and contrast.mine != contrast.scenario
    }
    shown = [*comparison.scenarios, *(mine for mine, _ in alone.values())]
    fans = {}
    for scenario in shown:
        for place in summary.PLACES:
            base = float(comparison.fan(scenario, place, name)["median"][BASE_YEAR]) / BILLION
            fans[scenario, place] = comparison.growth(scenario, place, name) * base
    levels = {
        place: comparison.fan(comparison.baseline, place, name).loc[BASE_YEAR] / BILLION
        for place in summary.PLACES
    }
    return Paths(
        fans=fans,
        levels=pd.DataFrame(levels).T,
        summary=table,
        assumed=tuple(n for n in comparison.scenarios if comparison.contrasts.assumed(n)),
        alone=alone,
        past=past,
        history=history,
    )


def digital_economy(comparison: DigitalEconomy) -> Figure:
    """The account by sector and place."""
    places = {
        "THA": COUNTRY_NAMES["THA"],
        "VNM": COUNTRY_NAMES["VNM"],
        THREE: "Cambodia, Lao PDR, Myanmar",
        REGION: "Five countries",
    }
    sectors = {name: TITLES[name] for name in (ECOMMERCE, *SECTORS, EVERY)}
    account = comparison.account
    runs = runs_of(comparison)
    return draw_digital_economy(account.years, account.doubling, places, sectors, runs)


def who_gains(comparison: WhoGains) -> Figure:
    """Shares of groups in what policies add, and ranges of jobs and tax."""
    groups, ranges = (
        rows_where(table[table["effect_of"] != ASSUMPTIONS], country=REGION)
        for table in (comparison.gains.groups, comparison.gains.ranges)
    )
    return draw_who_gains(groups, ranges, runs_of(comparison))


def difference(comparison: Comparison) -> Figure:
    """What policies change: by year, by country and by part of a mix."""
    base = float(comparison.fan(comparison.baseline, REGION)["median"][BASE_YEAR]) / BILLION
    fan = comparison.growth(comparison.baseline, REGION) * base
    policies = [_policy(comparison, name, pairs) for name, pairs in comparison.paired.items()]
    return draw_difference(fan, policies, runs_of(comparison))


def country_brief(comparison: Comparison, country: str) -> Figure:
    """What policies change in one country, beside its baseline against the doubling."""
    base = float(comparison.fan(comparison.baseline, country)["median"][BASE_YEAR]) / BILLION
    fan = comparison.growth(comparison.baseline, country) * base
    policies = [
        Policy(
            name=name,
            by_year=comparison.difference(name, country),
            share=comparison.relative(name, PURCHASES, country) or (math.nan, math.nan, math.nan),
            by_country={},
            parts=[],
        )
        for name in comparison.paired
    ]
    return country_difference(country, fan, policies, runs_of(comparison))


def _policy(comparison: Comparison, name: str, pairs: Pairs) -> Policy:
    by_country = {
        iso: (spread(pairs.change(iso, PURCHASES), pairs.draws), share)
        for iso in COUNTRIES
        if (share := comparison.relative(name, PURCHASES, iso)) is not None
    }
    return Policy(
        name=name,
        by_year=comparison.difference(name),
        share=comparison.relative(name, PURCHASES) or (math.nan, math.nan, math.nan),
        by_country=by_country,
        parts=_parts(comparison.parts, name),
    )


def _parts(table: pd.DataFrame | None, scenario: str) -> list[Part]:
    if table is None:
        return []
    mine = rows_where(table, scenario=scenario, country=REGION)
    cost = rows_where(mine, outcome="cost_usd").set_index("part")["value"]
    return [
        Part(
            name=str(row["part"]),
            value=float(row["value"]),
            low=float(row["low"]),
            high=float(row["high"]),
            cost=float(cost[row["part"]]),
            grade=LEVERS[row["part"]].grade,
        )
        for row in rows_where(mine, outcome=PURCHASES).to_dict("records")
    ]


def growth(comparison: Comparison) -> Figure:
    """Where the growth of online purchases comes from."""
    table = decomposition(comparison.years, comparison.scenarios)
    return draw_growth(table, _ratios(comparison), runs_of(comparison))


def channels(comparison: Comparison, table: pd.DataFrame) -> Figure:
    """What is left of every effect without a channel."""
    titles = {name: channel.title for name, channel in CHANNELS.items()}
    return draw_channels(table, titles, runs_of(comparison))


def forest(comparison: Comparison) -> Figure:
    """What every scenario changes in six outcomes, with intervals."""
    lines = [
        ForestLine(
            scenario=contrast.scenario,
            words=contrast.words,
            only_assumptions=contrast.effect_of == ASSUMPTIONS,
            cost=comparison.cost(contrast.scenario),
            changes={
                name: comparison.relative(contrast.scenario, name, effect_of=contrast.effect_of)
                for name in OUTCOMES
            },
        )
        for contrast in comparison.contrasts.all
    ]
    return draw_forest(lines, runs_of(comparison))


def inclusion(comparison: Comparison) -> Figure:
    """Who buys online, by area, sex and income fifth."""
    return draw_inclusion(shares(comparison.years, comparison.scenarios), runs_of(comparison))


def flow_map(comparison: Comparison, scenario: str | None = None) -> Figure:
    """The baseline in 2030 and what `scenario` changes, on a map.

    Without a name it is the policy that moves purchases from neighbours most, before scenarios
    without a lever.
    """
    chosen = scenario or max(comparison.paired, key=partial(_moved, comparison), default=None)
    changes = {} if chosen is None else _changes(comparison, chosen)
    runs = runs_of(comparison)
    return draw_flow_map(_ratios(comparison), _levels(comparison), changes, runs, chosen)


def spillover_table(comparison: Comparison) -> pd.DataFrame:
    """The columns of `spillover.csv`; empty where no scenario acts against scams."""
    return spillover(comparison.paired, _acting(comparison))


def crackdown(comparison: Comparison) -> Figure:
    """Domestic, spillover and total effects of anti-scam enforcement.

    Raises InputError where no scenario acts against scams.
    """
    table = spillover_table(comparison)
    if table.empty:
        raise InputError(
            "no scenario of this result acts against scams",
            allowed=f"a scenario with the lever {ENFORCEMENT}, such as crackdown_khm",
        )
    return draw_crackdown(table, runs_of(comparison))


def _acting(comparison: Comparison) -> dict[str, tuple[str, ...]]:
    """The countries that enforce against scams, by scenario that changes this."""
    found = {
        name: comparison.settings.acting(name, ENFORCEMENT)
        for name, changed in comparison.changed_levers.items()
        if ENFORCEMENT in changed
    }
    return {name: countries for name, countries in found.items() if countries}


def _ratios(comparison: Comparison) -> dict[str, dict[str, float]]:
    """Nominal purchases of 2030 over 2022 by scenario and place."""
    table = comparison.table
    return {name: summary.ratios(table, name, "nominal_usd") for name in comparison.every}


def _moved(comparison: Comparison, scenario: str) -> tuple[bool, float]:
    change = comparison.relative(scenario, "gmv_region_usd")
    size = -1.0 if change is None or math.isnan(change[0]) else abs(change[0])
    return bool(comparison.settings.levers(scenario)), size


def _levels(comparison: Comparison) -> dict[tuple[str, str], float]:
    found = {}
    for one in COUNTRIES:
        for other in COUNTRIES:
            paths = select(comparison.years, comparison.baseline, f"{one}-{other}", FLOW)
            if one != other and not paths.empty:
                found[one, other] = median(paths[TARGET_YEAR].to_numpy(np.float64))
    return found


def _changes(comparison: Comparison, scenario: str) -> dict[tuple[str, str], float]:
    pairs = comparison.paired[scenario]
    return {
        (one, other): median(pairs.change(f"{one}-{other}", FLOW))
        for one in COUNTRIES
        for other in COUNTRIES
        if one != other and pairs.has(f"{one}-{other}", FLOW)
    }
