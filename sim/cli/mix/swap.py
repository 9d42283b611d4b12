"""`mekong mix swap`: the same money moved from one lever to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.console.options import (
    MIX_SCALE,
    Country,
    Draws,
    Json,
    Out,
    Quiet,
    Scale,
    Seeds,
    Threads,
    Workers,
)

if TYPE_CHECKING:
    from sim.analysis.policy_mixes.swap import Swap


def swap(
    taken_from: Annotated[str, typer.Argument(metavar="FROM", help="The lever that has less.")],
    given_to: Annotated[str, typer.Argument(metavar="TO", help="The lever that has more.")],
    mix: Annotated[
        str | None,
        typer.Option("--scenario", help="Move it within this mix; else compare the levers alone."),
    ] = None,
    amount: Annotated[
        float, typer.Option(help="Million US$ of 2022 a year, for the five countries together.")
    ] = 10.0,
    seeds: Seeds = "1",
    draws: Draws = 10,
    scale: Scale = MIX_SCALE,
    country: Country = "GMS5",
    workers: Workers = None,
    threads: Threads = None,
    out: Out = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Move the same money from one lever to another.

    In each parameter draw at that draw's prices. The table in the folder has every country. An
    existing --out resumes when it holds the same study.
    """
    from sim.analysis.policy_mixes.mix_folder import conduct_parts
    from sim.analysis.policy_mixes.swap import KIND, Swap, swap_folder, swap_study
    from sim.cli.console.arguments import check_place, parse_seeds
    from sim.cli.console.outcome import deliver
    from sim.cli.console.progress import reporter
    from sim.cli.console.sizes import announce
    from sim.cli.console.tables import records
    from sim.experiments.execution.plan import plan

    check_place(country)
    plan(scale, 1, workers, threads)  # before anything is priced
    whole, parts, about = swap_study(
        taken_from, given_to, mix, amount=amount, seeds=parse_seeds(seeds), draws=draws,
        scale=scale, threads=threads,
    )  # fmt: skip
    announce(scale, sum(len(part.jobs) for part in parts.values()), workers, threads, quiet)
    words = f" --scenario {about['mix']}" if about["mix"] else ""
    command = f"mekong mix swap {taken_from} {given_to}{words} --amount {amount:g}"
    with reporter(quiet, json) as progress:
        folder = conduct_parts(
            whole, parts, KIND, about, out or swap_folder(whole, about), workers=workers,
            threads=threads, progress=progress, command=command,
        )  # fmt: skip
    result = Swap(folder)
    record = {"question": result.question, "swap": records(result.table)}
    deliver(result, record, lambda: _write(result, country), json, quiet)


def _write(result: Swap, country: str) -> None:
    from sim.analysis.policy_mixes.mix_outcomes import OUTCOMES
    from sim.analysis.text.formatting import short, with_interval
    from sim.cli.console.tables import show, table
    from sim.figures.captions import place_name
    from sim.rows import rows_where

    heads = ["before", "after", "difference", "better in"]
    made = table(
        f"{place_name(country)}: {result.question}; effects against the baseline, means of "
        f"{len(result.pairs)} runs; in brackets {result.band}",
        ["", *heads],
        right=heads,
    )
    for row in rows_where(result.table, country=country).to_dict("records"):
        change = with_interval(*(float(row[name]) for name in ("difference", "low", "high")))
        sides = [short(float(row[name])) for name in ("before", "after")]
        made.add_row(
            OUTCOMES[row["outcome"]].words, *sides, change, f"{row['better_in']} of {row['runs']}"
        )
    show(made)
