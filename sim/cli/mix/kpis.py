"""`mekong mix kpis`: yearly key figures by country, secure, innovative and inclusive."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.console.options import (
    INSPECTION_SCALE,
    Json,
    NoProgress,
    Scale,
    Seeds,
    Threads,
    a_file,
)
from sim.cli.console.tables import as_json, console, records, show, table
from sim.rows import rows_where


def kpis(
    scenarios: Annotated[list[str], typer.Argument(help="Shipped names or files.")],
    years: Annotated[
        str, typer.Option(help="Years to print, or all; files and JSON have every year.")
    ] = "2022,2026,2030",
    country: Annotated[
        str | None, typer.Option(help="Only this one: a code, or GMS5.", show_default=False)
    ] = None,
    seeds: Seeds = "1",
    scale: Scale = INSPECTION_SCALE,
    threads: Threads = None,
    out: Annotated[Path | None, a_file("Write every year to this CSV file.", False)] = None,
    json: Json = False,
    quiet: NoProgress = False,
) -> None:
    """Show yearly key figures of adoption, trust, trade and gaps."""
    from sim.analysis.kpis import scorecard
    from sim.analysis.tables import write_csv
    from sim.cli.console.arguments import check_place, parse_seeds
    from sim.cli.console.progress import reporter
    from sim.cli.console.sizes import announce

    if country is not None:
        check_place(country)
    wanted = parse_seeds(seeds)
    shown = None if years == "all" else _years(years)
    count = wanted if isinstance(wanted, int) else len(wanted)
    announce(scale, len(scenarios) * count, 1, threads, quiet)
    with reporter(quiet, json) as progress:
        frame = scorecard(scenarios, wanted, scale, threads, progress)
    if country is not None:
        frame = rows_where(frame, country=country)
    if out is not None:
        write_csv(out, frame)
    if json:
        as_json(records(frame))
    else:
        _write(frame, shown)


def _years(text: str) -> tuple[int, ...]:
    from sim.meanfield.outcomes import check_years, years_from
    from sim.units import FIRST_QUARTER, LAST_QUARTER, year_of

    years = years_from(text)
    check_years(years, range(year_of(FIRST_QUARTER), year_of(LAST_QUARTER) + 1))
    return years


def _write(frame, years: Sequence[int] | None) -> None:  # type: ignore[no-untyped-def]
    from sim.analysis.kpis import KPIS
    from sim.analysis.text.formatting import country_name
    from sim.units import REGION

    there = sorted({int(year) for year in frame["year"]})
    chosen = there if years is None else [year for year in there if year in years]
    names = list(dict.fromkeys(frame["scenario"]))
    values = frame.set_index(["scenario", "country", "kpi", "year"])["value"].to_dict()
    heads = [f"{name} {year}" for name in names for year in chosen]
    out = console()
    for place in dict.fromkeys(frame["country"]):
        title = "Five countries" if place == REGION else country_name(place)
        made = table(title, ["axis", "figure", *heads], right=heads)
        for kpi, about in KPIS.items():
            cells = [
                _number(values[name, place, kpi, year], about.unit)
                for name in names
                for year in chosen
            ]
            made.add_row(about.axis, kpi.replace("_", " "), *cells)
        show(made)
    for kpi, about in KPIS.items():
        out.print(
            f"{kpi.replace('_', ' ')}: {about.definition} ({about.unit}; better {about.better})"
        )


def _number(value: float, unit: str) -> str:
    from sim.analysis.text.formatting import amount

    if value != value:
        return ""
    if unit == "share":
        return f"{100 * value:.1f} %"
    if unit == "share points":
        return f"{100 * value:.1f} pp"
    return f"{value:.2f}" if unit.startswith("index") else amount(value)
