"""A comparison on the terminal: the conclusion, then scenarios by country, then the effects."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.analysis.comparison.account import PLACES as ACCOUNT_PLACES
from sim.analysis.comparison.account import THREE, TWO
from sim.analysis.comparison.channels import FAN
from sim.analysis.comparison.digital_economy import DigitalEconomy
from sim.analysis.comparison.tables.digital_economy import ALL_SECTORS
from sim.analysis.comparison.tables.summary import PLACES
from sim.analysis.comparison.who_gains import WhoGains
from sim.analysis.text.console_tables import (
    PRIOR_DRIVEN,
    UNSURE,
    assumption_notes,
    effect_columns,
    effect_rows,
    ratio_rows,
    shows_prior,
    statistic_words,
)
from sim.analysis.text.formatting import country_name, short, with_interval
from sim.cli.console.gain_tables import gain_group_table, gain_range_table
from sim.cli.console.tables import as_json, bold, console, records, show, table
from sim.policy.levers import LEVERS
from sim.rows import rows_where
from sim.sectors.rule import TITLES
from sim.target import TARGET_YEAR
from sim.units import REGION

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from sim.analysis.comparison.result import Comparison

FEW = 2  # scenarios whose effects are also told in sentences on the screen
_ROW_MEASURES = {
    "neighbours_usd": "bought from neighbours, US$",
    "neighbours_change": "  % of the baseline",
    "creation_usd": "created: all purchases, US$",
    "total_change": "  % of the baseline",
    "diversion_row_usd": "diverted from the rest of the world, US$",
    "diversion_home_usd": "diverted from home, US$",
}


def write(result: Comparison) -> None:
    """Print everything that a person should see, in the order in which it should be read."""
    out = console()
    _sentences(out, "Answer", result.verdict)
    if result.parts is not None and len(result.parts):
        show(part_table(result.parts))
    _sentences(out, "Conclusion", result.conclusion)
    if isinstance(result, DigitalEconomy):
        show(account_table(result))
    out.print(ratio_table(result))
    if result.contrasts.all:
        show(effect_table(result))
        for note in assumption_notes(result):
            out.print(note, markup=False)
        if isinstance(result, WhoGains):
            show(gain_group_table(result))
            show(gain_range_table(result))
        few = len(result.contrasts.all) <= FEW
        told = result.findings if few else [*result.about_trade, *result.about_others]
        _sentences(out, "Effects", told)
    if result.row_paths is not None:
        show(row_path_table(result.row_paths))
    if result.channels is not None:
        show(channel_table(result.channels))
    out.print(
        f"{_advice(result)}Scenarios, not forecasts. The value of e-commerce is not a welfare "
        "measure: welfare.csv shows who gains and who pays, effects.csv countries, pairs and "
        "groups, trade.csv creation and diversion.\n"
    )


def _sentences(out: Console, title: str, sentences: list[str]) -> None:
    if not sentences:
        return
    out.print(f"\n{title}\n", style="bold")
    for sentence in sentences:
        out.print(sentence, markup=False)
    out.print()


def ratio_table(result: Comparison) -> Table:
    """A row a scenario, a block a measure; the first row keeps the online share of 2022.

    Intervals of the policies are in `summary.csv`: next to the baseline's they would tell nothing.
    """
    places = ["five countries" if place == REGION else country_name(place) for place in PLACES]
    made = table(
        f"2030 over 2022: a doubling is 2 ({statistic_words(result)})",
        ["", *places],
        right=places,
    )
    for measure, rows in ratio_rows(result).items():
        made.add_row(bold(measure))
        for row in rows:
            made.add_row(f"  {row.words}", *row.cells)
    return made


def account_table(result: DigitalEconomy) -> Table:
    """The doubling of the digital economy in the baseline, a row a sector, a column a place."""
    account = result.account
    names = {TWO: "THA + VNM", THREE: "KHM, LAO, MMR", REGION: "five countries"}
    places = {place: names.get(place, place) for place in ACCOUNT_PLACES}
    made = table(
        f"Digital economy, 2030 over 2022 in '{result.baseline}', nominal US$ ({result.band}); "
        f"{names[THREE]} other than e-commerce are ranges from income and use",
        ["", *places.values(), "bn, 2022", "bn, 2030"],
        right=[*places.values(), "bn, 2022", "bn, 2030"],
    )
    for sector in ALL_SECTORS:
        rows = {place: account.row(sector, place) for place in places}
        cells = [f"{float(row['ratio']):.2f}" for row in rows.values()]
        whole = rows[REGION]
        if result.pairs > 1:
            cells[-1] += f" ({float(whole['low']):.2f}-{float(whole['high']):.2f})"
        levels = [f"{float(whole[name]) / 1e9:.1f}" for name in ("value_2022", "value_2030")]
        made.add_row(TITLES[sector], *cells, *levels)
    return made


def effect_table(result: Comparison) -> Table:
    """A column a comparison: median and interval of paired differences; how much is prior."""
    heads = effect_columns(result)
    several = (
        f": median of {result.pairs}; {result.band} in brackets; {UNSURE} interval includes zero"
        if result.pairs > 1
        else ""
    )
    groups = effect_rows(result)
    prior = [PRIOR_DRIVEN] if shows_prior(groups) else []
    made = table(
        f"Paired differences from the baseline (common random numbers), five countries{several}",
        ["", *heads, *prior],
        right=[*heads, *prior],
    )
    for title, rows in groups.items():
        made.add_row(bold(title))
        for row in rows:
            made.add_row(f"  {row.words}", *row.cells, *([row.prior] if prior else []))
    return made


def part_table(frame: pd.DataFrame) -> Table:
    """What each lever of a mix adds to outcomes of the five countries, its cost and its grade."""
    heads = {
        "gmv_real_usd": "purchases 2030, US$",
        "scam_losses_usd_cumulative": "losses 2026-30, US$",
        "cost_usd": "cost, US$",
    }
    mine = rows_where(frame, country=REGION)
    pairs, exact = int(mine["pairs"].max()), bool(mine["exact"].all())
    how = "all orders of adding levers" if exact else "the first and the last place"
    runs = f", mean and range of {pairs} runs" if pairs > 1 else ", one run"
    made = table(
        f"What each part of a mix adds, five countries: mean over {how}{runs}",
        ["", *heads.values(), "alone", "last", "grade"],
        right=[*heads.values(), "alone", "last"],
    )
    for scenario, own in mine.groupby("scenario", sort=False):
        made.add_row(bold(str(scenario)))
        rows = own.set_index(["part", "outcome"]).to_dict("index")
        for part in dict.fromkeys(own["part"]):
            cells = [_part_cell(rows[part, outcome]) for outcome in heads]
            gain = rows[part, "gmv_real_usd"]
            ends = [short(float(gain[name])) for name in ("first_in", "last_in")]
            made.add_row(f"  {part}", *cells, *ends, LEVERS[part].grade)
    return made


def _part_cell(row: Mapping[Hashable, Any]) -> str:
    value, low, high = (float(row[name]) for name in ("value", "low", "high"))
    return short(value) if low == high else with_interval(value, low, high)


def row_path_table(frame: pd.DataFrame) -> Table:
    """Creation and diversion in 2030 on every path of the rest of the world."""
    paths = list(dict.fromkeys(frame["row_path"]))
    made = table(
        "Common rules in 2030 if the rest of the world is ... (five countries, each against the "
        "baseline on its path)",
        ["", *paths],
        right=paths,
    )
    mine = rows_where(frame, country=REGION, period=str(TARGET_YEAR))
    for scenario in dict.fromkeys(mine["scenario"]):
        made.add_row(bold(scenario))
        for measure, words in _ROW_MEASURES.items():
            cells = []
            for path in paths:
                found = rows_where(mine, scenario=scenario, row_path=path, measure=measure)
                cells.append(_row_cell(found.iloc[0]) if len(found) else "")
            made.add_row(f"  {words}", *cells)
    return made


def channel_table(frame: pd.DataFrame) -> Table:
    """Effects with all channels on, and what is missing from them with one channel off."""
    outcomes = {
        "gmv_real_usd": "purchases 2030",
        "shoppers": "shoppers 2030",
        "gmv_region_usd": "from neighbours 2030",
        "scam_losses_usd_cumulative": "losses 2026-2030",
    }
    made = table(
        "Channels, five countries: the effect, and what is missing from it with one channel off",
        ["", *outcomes.values()],
        right=list(outcomes.values()),
    )
    mine = frame[(frame["country"] == REGION) & frame["indicator"].isin(outcomes)]
    told = []
    for scenario, own in mine.groupby("scenario", sort=False):
        moved = own[[f"difference{end}" for end in FAN]].any(axis=1)
        busy = moved.groupby(own["channel"], sort=False).any()
        rows = own.set_index(["channel", "indicator"]).to_dict("index")
        made.add_row(bold(str(scenario)))
        names = [str(name) for name in busy.index[busy]]
        for head, channel, column in (
            ("all channels on", busy.index[0], "effect"),
            *((f"through {name}", name, "difference") for name in names),
        ):
            found = [rows.get((channel, outcome)) for outcome in outcomes]
            made.add_row(f"  {head}", *("" if r is None else _with_ends(r, column) for r in found))
        if not busy.all():
            told.append(f"{scenario}: nothing passes through {', '.join(busy.index[~busy])}.")
    made.caption, made.caption_justify = "\n".join(told) or None, "left"
    return made


def _with_ends(row: Mapping[Hashable, Any], column: str) -> str:
    value, low, high = (float(row[f"{column}{end}"]) for end in FAN)
    return short(value) if low == high else with_interval(value, low, high)


def _row_cell(row: pd.Series) -> str:
    value, low, high = (float(row[name]) for name in ("value", "low", "high"))
    if "US$" in str(row["unit"]):
        return with_interval(value, low, high)
    return with_interval(100 * value, 100 * low, 100 * high)


def _advice(result: Comparison) -> str:
    """Which further runs a result on common rules should be compared with."""
    if result.row_paths is not None or not result.about_trade:
        return ""
    path = result.settings.path(result.baseline, "row")
    return (
        f"Prices in the rest of the world are '{path}' here; --row-paths shows the effects of "
        "common rules with these prices falling and taxed as well. "
    )


def write_json(result: Comparison) -> None:
    """Everything as one JSON object."""
    as_json(
        {
            **{name: records(frame) for name, frame in result.account_tables.items()},
            "baseline": result.baseline,
            "scenarios": list(result.scenarios),
            "comparisons": [
                {**contrast._asdict(), "assumptions": result.contrasts.assumed(contrast.scenario)}
                for contrast in result.contrasts.all
            ],
            "conclusion": result.conclusion,
            "findings": result.findings,
            "summary": records(result.table),
            "effects": records(result.effects),
            "trade": records(result.trade),
            "welfare": records(result.welfare),
            "row_paths": [] if result.row_paths is None else records(result.row_paths),
            "channels": [] if result.channels is None else records(result.channels),
            "parts": [] if result.parts is None else records(result.parts),
            "uncertainty": records(result.uncertainty),
            "region": records(result.region),
            "constant_share": records(result.constant_share),
            "not_informative": result.past,
            "interval": result.band,
            "failed_runs": records(result.failed[["scenario", "seed", "draw", "run"]]),
            "folder": str(result.folder),
        }
    )
