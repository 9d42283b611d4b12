"""`mekong mix optimum`: the best use of a budget, with how sure it is."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.console.options import (
    DOSE_SCALE,
    Draws,
    Json,
    Objective,
    Out,
    Quiet,
    Scale,
    Threads,
    Workers,
)
from sim.rows import rows_where

if TYPE_CHECKING:
    from rich.table import Table

    from sim.analysis.emulation.optimum import Optimum

_SEARCH = "Between the designed runs and the full runs of what is found: a search, about a minute."


def optimum(
    objective: Objective = "value",
    budget: Annotated[
        float | None,
        typer.Option(
            help="Million constant 2022 US$ a year in total, 2026-2030.",
            show_default="what treasuries have",
        ),
    ] = None,
    levers: Annotated[
        str | None,
        typer.Option(help="Levers to choose from, with commas.", show_default="all ranked"),
    ] = None,
    draws: Draws = 20,
    points: Annotated[int, typer.Option(help="Mixes that are run in every draw.")] = 100,
    scale: Scale = DOSE_SCALE,
    workers: Workers = None,
    threads: Threads = None,
    out: Out = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find the best use of a budget over levers, doses, countries.

    With one purse for the five countries, and with each treasury spending for its own. Runs a
    designed set of mixes, fits an emulator, searches on it, and runs in full what it found. Another
    objective with the same --out uses the same designed runs; an existing --out resumes.
    """
    from sim.analysis.emulation.objectives import objective as objective_of
    from sim.analysis.emulation.optimum import MOST_MIXES, carry_on, optimum_study
    from sim.analysis.emulation.optimum_sentences import sentences
    from sim.cli.console.arguments import names_in
    from sim.cli.console.outcome import deliver
    from sim.cli.console.progress import reporter
    from sim.cli.console.sizes import announce
    from sim.cli.console.tables import records
    from sim.experiments.execution.plan import plan

    wanted = objective_of(objective)
    plan(scale, 1, workers, threads)  # before anything is priced
    study, about = optimum_study(
        None if levers is None else names_in(levers, "--levers"),
        budget=budget, draws=draws, points=points, scale=scale, threads=threads,
    )  # fmt: skip
    announce(scale, len(study.jobs) + MOST_MIXES * len(study.draws), workers, threads, quiet)
    if not quiet:
        typer.echo(_SEARCH, err=True)
    command = f"mekong mix optimum --objective {wanted.name} --budget {about['budget']:g}"
    with reporter(quiet, json) as progress:
        result = carry_on(
            study, about, wanted, out, workers=workers, threads=threads, progress=progress,
            command=command,
        )  # fmt: skip
    said = sentences(result)
    record = {
        "objective": wanted.words,
        "optimum": records(result.table),
        "mixes": records(result.mixes),
        "emulator": records(result.emulator_error),
        "sentences": said,
    }
    deliver(result, record, lambda: _write(result, said), json, quiet)


def _write(result: Optimum, said: list[str]) -> None:
    from sim.analysis.emulation.purses import COMMON, OWN
    from sim.cli.console.tables import console, show

    out = console()
    out.print(f"Objective: {result.objective.words}.\n", markup=False)
    show(_mixes(result))
    for purse in (COMMON, OWN):
        show(_money(result, purse))
    show(_next_dollar(result))
    for text in said:
        out.print(text, markup=False)


def _mixes(result: Optimum) -> Table:
    from sim.analysis.emulation.purses import MIXES, PURSES
    from sim.analysis.text.formatting import amount
    from sim.cli.console.tables import table

    heads = ["full runs", "emulator", "regret: mean", "largest"]
    made = table(
        f"What each mix adds, {result.objective.unit} (mean; in brackets {result.band})",
        ["mix", *heads],
        right=heads,
    )
    frame = rows_where(result.mixes, outcome="objective", country="GMS5")
    for purse, words in PURSES.items():
        made.add_row(words)
        for row in rows_where(frame, purse=purse).to_dict("records"):
            made.add_row(
                f"  {MIXES[row['mix']]}",
                f"{amount(row['value'])} ({amount(row['low'])}, {amount(row['high'])})",
                *(amount(row[name]) for name in ("predicted", "regret_mean", "regret_max")),
            )
    return made


def _money(result: Optimum, purse: str) -> Table:
    from sim.analysis.emulation.purses import BEST, PURSES
    from sim.analysis.text.formatting import short
    from sim.cli.console.tables import table
    from sim.units import COUNTRIES, REGION

    heads = [*COUNTRIES, "all", "in best", "lost without"]
    made = table(
        f"Best mix, {PURSES[purse]}: million US$ a year (in best: share of draws in whose best mix "
        f"the lever is; lost without: {result.objective.unit}, -: less than the emulator's error)",
        ["lever", *heads],
        right=heads,
    )
    frame = rows_where(result.table, purse=purse, mix=BEST)
    for lever, rows in frame.groupby("lever", sort=False):
        by = {row["country"]: row for row in rows.to_dict("records")}
        whole = by[REGION]
        money = [by[iso]["usd_a_year"] if iso in by else 0.0 for iso in (*COUNTRIES, REGION)]
        lost = whole["lost_without"]
        made.add_row(
            str(lever).replace("_", " "),
            *("" if not value else _millions(value) for value in money),
            f"{100 * whole['share_of_draws']:.0f} %",
            "" if lost != lost else "-" if lost < result.emulator.error() else short(lost),
        )
    return made


def _millions(value: float) -> str:
    return f"{value / 1e6:.1f}" if value < 99.95e6 else f"{value / 1e6:,.0f}"


def _next_dollar(result: Optimum) -> Table:
    from sim.analysis.emulation.purses import BEST, COMMON
    from sim.cli.console.tables import table
    from sim.units import COUNTRIES, REGION

    each = 1.0 if result.objective.unit == "US$" else 1e6
    unit = "US$ for each US$" if each == 1.0 else f"{result.objective.unit} for each US$ million"
    heads = [*COUNTRIES, "all pairs"]
    made = table(
        f"The next dollar on top of the best mix, one purse: {unit} (mean over draws; °: the "
        "band includes zero; end: no larger dose was tried, or there is none)",
        ["lever", *heads],
        right=heads,
    )
    frame = rows_where(result.table, purse=COMMON, mix=BEST)
    for lever, rows in frame.groupby("lever", sort=False):
        by = {row["country"]: row for row in rows.to_dict("records")}
        cells = []
        for place in (*COUNTRIES, REGION):
            known = place in by and (place != REGION or len(by) == 1)
            cells.append(_slope(by[place], each) if known else "")
        made.add_row(str(lever).replace("_", " "), *cells)
    return made


def _slope(row: dict[Hashable, Any], each: float) -> str:
    from sim.analysis.text.formatting import short

    value, low, high = (float(row[name]) for name in ("next_dollar", "low", "high"))
    if value != value:
        return "end"
    return short(each * value) + ("°" if low <= 0.0 <= high else "")
