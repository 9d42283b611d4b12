"""A comparison on the terminal: the verdict first, then the table, then effects with their cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.analysis.effects import CUMULATIVE, distinguishable
from sim.analysis.words import amount, country_name, money, signed_money
from sim.cli.show import as_json, console, records, table
from sim.target import MEASURES
from sim.units import REGION

if TYPE_CHECKING:
    from rich.console import Console

    from sim.analysis.comparison import Comparison

_WORDS = {
    "gmv_real_usd": "e-commerce, constant 2022 US$",
    "gmv_nominal_usd": "e-commerce, nominal US$",
    "shoppers": "people who shop online",
    "connected": "people online",
    "account_holders": "account holders",
    "adults_buying_online_share": "adults who shop online, share",
    "internet_users_share": "people online, share",
    "victims": "victims of scams in the year",
    "scam_losses_usd": "losses to scams, constant 2022 US$",
    "trust": "trust (0 to 1)",
    "coverage": "broadband coverage",
    "lever_shortfall_usd": "planned but not paid, constant 2022 US$",
}
_IN_POINTS = ("share", "fraction")


def write(result: Comparison) -> None:
    """Print everything that a person should see, in the order in which it should be read."""
    out = console()
    _sentences(out, "Verdict", result.verdict)
    _ratios(out, result)
    _bar(out, result)
    if not result.effects.empty:
        _effects(out, result)
        _sentences(out, "What the levers add", result.findings)
    out.print(
        "Scenarios, not forecasts. GMV is not welfare: losses of offline shops are not in it.\n"
    )


def _sentences(out: Console, title: str, sentences: list[str]) -> None:
    out.print(f"\n[bold]{title}[/bold]\n")
    for sentence in sentences:
        out.print(sentence + "\n", markup=False)


def _ratios(out: Console, result: Comparison) -> None:
    made = table(
        f"2030 over 2022 (baseline: {result.baseline}; in brackets: {result.band})",
        ["country", "measure", *result.scenarios, "doubled in", "short by 2030", "years late"],
        right=[*result.scenarios, "doubled in", "short by 2030", "years late"],
    )
    base = result.table[result.table["scenario"] == result.baseline]
    for row in records(base):
        cells = [
            _ratio(result.table, name, row["country"], row["measure"]) for name in result.scenarios
        ]
        gap = row["gap_usd_2030"]
        made.add_row(
            country_name(row["country"]) if row["measure"] == "nominal_usd" else "",
            MEASURES[row["measure"]],
            *cells,
            "" if pd.isna(row["year_doubled"]) else str(row["year_doubled"]),
            "" if pd.isna(gap) else (money(gap) if gap > 0 else "-"),
            "-" if row["gap_years"] <= 0 else f"{row['gap_years']:.1f}",
            end_section=row["measure"] == "consumption_share",
        )
    out.print(made)
    out.print(f"The last three columns are of '{result.baseline}'.\n", markup=False)


def _ratio(frame: pd.DataFrame, scenario: str, country: str, measure: str) -> str:
    row = frame[
        (frame["scenario"] == scenario)
        & (frame["country"] == country)
        & (frame["measure"] == measure)
    ].iloc[0]
    spread = f" ({row['low']:.2f}-{row['high']:.2f})" if row["runs"] > 1 else ""
    return f"{row['ratio']:.2f}{spread}"


def _bar(out: Console, result: Comparison) -> None:
    made = table(
        "How high the bar is: 2030 over 2022 if the online share stayed as it was, and the rise of "
        "the share that a doubling needs",
        ["country", "growth, nominal", "needs", "growth, constant 2022 US$", "needs "],
        right=["growth, nominal", "needs", "growth, constant 2022 US$", "needs "],
    )
    for row in records(result.bar):
        made.add_row(
            country_name(row["country"]),
            f"{row['growth_nominal']:.2f}",
            f"{row['share_must_rise_nominal']:.2f} x",
            f"{row['growth_real']:.2f}",
            f"{row['share_must_rise_real']:.2f} x",
        )
    out.print(made)


def _effects(out: Console, result: Comparison) -> None:
    scenarios = [name for name in result.scenarios if name != result.baseline]
    made = table(
        f"Effects in 2030 against '{result.baseline}', run by run under the same luck (0: interval "
        "includes zero)",
        ["place", "indicator", "group", *scenarios],
        right=scenarios,
    )
    frame = result.effects
    keys = frame[["country", "indicator", "group"]].drop_duplicates()
    region = keys[keys["country"] == REGION]
    countries = keys[(keys["country"] != REGION) & (keys["indicator"] == "gmv_real_usd")]
    for part in (region, countries):
        for key in records(part):
            cells = [_effect(frame, name, key, result.pairs) for name in scenarios]
            place = "five countries" if key["country"] == REGION else country_name(key["country"])
            made.add_row(place, indicator_words(key["indicator"]), key["group"], *cells)
        made.add_section()
    costs = [_cost(frame, name) for name in scenarios]
    made.add_row("five countries", "cost up to 2030, constant 2022 US$", "", *costs)
    out.print(made)


def _effect(frame: pd.DataFrame, scenario: str, key: dict[str, Any], pairs: int) -> str:
    rows = frame[
        (frame["scenario"] == scenario)
        & (frame["country"] == key["country"])
        & (frame["indicator"] == key["indicator"])
        & (frame["group"] == key["group"])
    ]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    value, low, high = float(row["effect"]), float(row["low"]), float(row["high"])
    unit = str(row["unit"])
    if value == low == high == 0.0:
        return "none"
    text = number(value, unit)
    if pairs > 1:
        text += f" ({number(low, unit)} to {number(high, unit)})"
        if not distinguishable(low, high):
            text += " 0"
    return text


def indicator_words(name: str) -> str:
    """An indicator of `effects.csv` as a person reads it."""
    plain = name.removesuffix(CUMULATIVE)
    words = _WORDS.get(plain, plain)
    return words if plain == name else f"{words}, sum 2026-2030"


def number(value: float, unit: str) -> str:
    """An effect in its unit; shares in percentage points."""
    if "US$" in unit:
        return signed_money(value)
    if unit in _IN_POINTS:
        return f"{100 * value:+.3g} pp"
    return ("+" if value > 0 else "") + amount(value)


def _cost(frame: pd.DataFrame, scenario: str) -> str:
    rows = frame[(frame["scenario"] == scenario) & (frame["country"] == REGION)]
    return "" if rows.empty else money(float(rows["cost_usd"].iloc[0]))


def write_json(result: Comparison) -> None:
    """Everything as one JSON object."""
    as_json(
        {
            "baseline": result.baseline,
            "scenarios": list(result.scenarios),
            "verdict": result.verdict,
            "findings": result.findings,
            "summary": records(result.table),
            "effects": records(result.effects),
            "uncertainty": records(result.uncertainty),
            "region": records(result.region),
            "bar": records(result.bar),
            "not_informative": result.past,
            "interval": result.band,
            "failed_runs": records(result.failed[["scenario", "seed", "draw", "run"]]),
            "folder": str(result.folder),
        }
    )
