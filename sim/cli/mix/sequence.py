"""`mekong mix sequence`: in which order and when reforms start, and whether to wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.console.options import (
    DOSE_SCALE,
    Draws,
    Json,
    Objective,
    Out,
    Quiet,
    Scale,
    ScenarioName,
    Threads,
    Workers,
)

if TYPE_CHECKING:
    from rich.table import Table

    from sim.analysis.emulation.sequence import Sequencing


def sequence(
    scenario: ScenarioName,
    budget: Annotated[
        float | None,
        typer.Option(
            help="Million constant 2022 US$ a year in total; what is left is carried on.",
            show_default="half of what the mix costs in 2030",
        ),
    ] = None,
    new: Annotated[
        int | None,
        typer.Option(help="At most so many levers start in one year.", show_default="any number"),
    ] = None,
    objective: Objective = "value",
    draws: Draws = 20,
    points: Annotated[int, typer.Option(help="Timetables that are run in every draw.")] = 40,
    scale: Scale = DOSE_SCALE,
    workers: Workers = None,
    threads: Threads = None,
    out: Out = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find when the levers of a mix should start under a budget.

    Also what waiting a year for evidence is worth against acting now. Runs a designed set of
    timetables, fits an emulator, compares all that can be paid, and runs in full what it found.
    Another budget with the same --out uses the same runs; an existing --out resumes.
    """
    from sim.analysis.emulation.objectives import objective as objective_of
    from sim.analysis.emulation.sequence import carry_on, sequence_study
    from sim.analysis.emulation.sequence_sentences import sentences
    from sim.cli.console.outcome import deliver
    from sim.cli.console.progress import reporter
    from sim.cli.console.sizes import announce
    from sim.cli.console.tables import records

    wanted = objective_of(objective)
    study, about = sequence_study(
        scenario, budget=budget, a_year=new, draws=draws, points=points, scale=scale
    )
    announce(scale, len(study.jobs), workers, threads, quiet)
    words = "" if budget is None else f" --budget {budget:g}"
    with reporter(quiet, json) as progress:
        result = carry_on(
            study, about, wanted, budget, new, out, workers=workers, threads=threads,
            progress=progress, command=f"mekong mix sequence {about['mix']}{words}",
        )  # fmt: skip
    said = sentences(result)
    record = {
        "mix": about["mix"],
        "objective": wanted.words,
        "budget": result.budget,
        "sequence": records(result.table),
        "strategies": records(result.strategies),
        "plans": records(result.timetables),
        "sentences": said,
    }
    deliver(result, record, lambda: _write(result, said), json, quiet)


def _write(result: Sequencing, said: list[str]) -> None:
    from sim.cli.console.tables import console, show

    out = console()
    out.print(f"Objective: {result.objective.words}.\n", markup=False)
    show(_calendar(result))
    show(_strategies(result))
    for text in said:
        out.print(text, markup=False)


def _calendar(result: Sequencing) -> Table:
    from sim.analysis.text.formatting import short
    from sim.cli.console.tables import table

    heads = ["starts", "US$ m in 2030", "same in", "never in", "a year later costs"]
    made = table(
        "Best plan in expectation (same in, never in: share of draws in whose own best plan the "
        f"lever starts that year, or never), {result.objective.unit}",
        ["lever", *heads],
        right=heads,
    )
    for row in result.table.to_dict("records"):
        later, low, high = (float(row[name]) for name in ("year_later", "low", "high"))
        cost = "" if later != later else short(later) + ("°" if low <= 0.0 <= high else "")
        made.add_row(
            str(row["lever"]).replace("_", " "),
            str(row["start"] or "never"),
            f"{row['usd_a_year'] / 1e6:,.1f}",
            f"{100 * row['share_of_draws']:.0f} %",
            f"{100 * row['never_in']:.0f} %",
            cost,
        )
    return made


def _strategies(result: Sequencing) -> Table:
    from sim.analysis.emulation.timetables import STRATEGIES
    from sim.analysis.text.formatting import amount
    from sim.cli.console.tables import table

    heads = ["adds", "regret: mean", "largest"]
    made = table(
        f"Act now or wait, {result.objective.unit} by the emulator (mean; in brackets "
        f"{result.band}); evidence settles everything, so what it is worth is an upper bound",
        ["strategy", *heads],
        right=heads,
    )
    for row in result.strategies.to_dict("records"):
        made.add_row(
            STRATEGIES[str(row["strategy"])],
            f"{amount(row['value'])} ({amount(row['low'])}, {amount(row['high'])})",
            *(amount(float(row[name])) for name in ("regret_mean", "regret_max")),
        )
    return made
