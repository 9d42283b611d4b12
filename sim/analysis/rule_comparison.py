"""A rule of one's own beside the shipped rule: the same people, seeds and random numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from sim.analysis.text.formatting import small_percent
from sim.errors import known_name
from sim.experiments.execution.options import RunOptions
from sim.experiments.limits import check_scale
from sim.experiments.own_rules.gallery import about_rule, shipped_rule
from sim.experiments.own_rules.loading import check_rules, load_rules
from sim.experiments.run import seed_list
from sim.model.model import MekongModel
from sim.model.rules import own_indicators, own_rules
from sim.rows import rows_where
from sim.scenario import Scenario
from sim.target import TARGET_YEAR
from sim.units import COUNTRIES, REGION

SHIPPED, OWN = "shipped rule", "own rule"
COLUMNS = ["rule", "indicator", "unit", "year", "value", "low", "high"]
# What is shown in any case, and of what only the most changed is.
SHOWN = {
    "consumer": ("shoppers", "gmv_real_usd"),
    "sme": ("smes_online", "seller_revenue_usd"),
}
CHOSEN_FROM = {
    "consumer": ("victims", "trust", "skill"),
    "sme": ("sme_exporters", "exports_region_usd", "shops_closed"),
}
_NAMES = {
    "shoppers": "people who buy online",
    "gmv_real_usd": "online purchases",
    "victims": "victims of scams",
    "trust": "trust",
    "skill": "digital skill",
    "smes_online": "firms with a shop",
    "seller_revenue_usd": "sales of these firms",
    "sme_exporters": "exporters",
    "exports_region_usd": "sales to neighbours",
    "shops_closed": "shops closed",
}
_NOTHING = 5e-3  # a change below it is none


@dataclass(frozen=True)
class RuleComparison:
    """What a rule changes: `table` has yearly values under both rules, means over the seeds.

    `shown` are the indicators of the picture, `title` what the rule says of itself, `finding` the
    change of 2030 in words; `low` and `high` are the least and the most of the seeds.
    """

    name: str
    title: str
    table: pd.DataFrame
    shown: tuple[str, ...]
    finding: str
    scenario: str
    country: str
    seeds: int
    scale: int
    market: bool
    kind: str = field(default="rule")
    folder: Path | None = None

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The table by the name of its file."""
        return {self.name: self.table}


def compare_rule(
    rule: str | Path | type | Mapping[str, Any],
    scenario: str | Path | Scenario = "baseline",
    country: str = REGION,
    *,
    seeds: int | Sequence[int] = 1,
    scale: int = 20_000,
    market: bool | None = None,
    engine: str = "compiled",
    progress: Callable[[int, int], None] | None = None,
) -> RuleComparison:
    """Run a scenario with the shipped rule and with one of your own, under the same seeds.

    `rule` is a file, the name of a shipped rule, a class, or functions by kind. Without `market`
    sellers and trade are left out and online prices held constant, which is quicker; None leaves
    them out for rules of people. Raises InputError.
    """
    known_name(country, (*COUNTRIES, REGION), "country", "country")
    check_scale(scale)
    numbers = seed_list(seeds)
    if isinstance(rule, str | Path):
        known = shipped_rule(rule)
        file = known or Path(rule)
        rules, name, title = load_rules(file), file.stem, about_rule(file)
    else:
        known, rules = None, own_rules(rule)
        mine = rule if isinstance(rule, type) else next(iter(rules.values()))
        name, title = mine.__name__.lower(), (mine.__doc__ or mine.__name__).partition("\n")[0]
    if known is None:
        check_rules(RunOptions(rules=rules))
    firms = "sme" in rules
    market = firms if market is None else market
    found, done = [], 0
    for which, used in ((SHIPPED, None), (OWN, rules)):
        for seed in numbers:
            model = MekongModel(
                scenario, seed=seed, scale=scale, engine=engine, rules=used, market=market
            ).run()
            table = model.indicators(yearly=True)
            mine_only = rows_where(table, country=country, group="all")
            found.append(mine_only.assign(rule=which, indicator=mine_only["indicator"].astype(str)))
            done += 1
            if progress:
                progress(done, 2 * len(numbers))
    table = _table(found)
    shown = _shown("sme" if firms else "consumer", table, tuple(own_indicators(rules)))
    told = [f"{_NAMES[one]} {_change(table, one)}" for one in shown if one in _NAMES]
    return RuleComparison(
        name=name,
        title=title.rstrip("."),
        table=table,
        shown=shown,
        finding=f"{TARGET_YEAR}: {', '.join(told)}",
        scenario=model.policy_scenario.name,
        country=country,
        seeds=len(numbers),
        scale=scale,
        market=market,
    )


def _table(found: Sequence[pd.DataFrame]) -> pd.DataFrame:
    every = pd.concat(found, ignore_index=True)
    every["unit"] = every["unit"].astype(str)
    by = ["rule", "indicator", "unit", "year"]
    made = every.groupby(by, sort=False)["value"].agg(["mean", "min", "max"]).reset_index()
    return made.set_axis(COLUMNS, axis="columns")


def relative_change(table: pd.DataFrame, indicator: str, year: int = TARGET_YEAR) -> float:
    """By how much an indicator differs under the own rule; 0.1 is ten percent, nan unknown."""
    rows = rows_where(table, indicator=indicator, year=year)
    values = dict(zip(rows["rule"], rows["value"], strict=True))
    base = values.get(SHIPPED, 0.0)
    return float(values[OWN] / base - 1.0) if base and OWN in values else float("nan")


def _shown(kind: str, table: pd.DataFrame, own: tuple[str, ...]) -> tuple[str, ...]:
    there = set(table["indicator"])
    always = [name for name in SHOWN[kind] if name in there]
    others = [name for name in CHOSEN_FROM[kind] if name in there]
    others.sort(key=lambda name: -abs(relative_change(table, name)))
    return (*always, *(others[:1]), *own[:1])


def _change(table: pd.DataFrame, indicator: str) -> str:
    change = relative_change(table, indicator)
    if not abs(change) >= _NOTHING:
        return "unchanged"
    return f"{'up' if change > 0.0 else 'down'} {small_percent(abs(change))}"


def name_in_words(indicator: str) -> str:
    """An indicator in a few words, as the title of a panel."""
    words = _NAMES.get(indicator, indicator.replace("_", " "))
    return words[0].upper() + words[1:]
